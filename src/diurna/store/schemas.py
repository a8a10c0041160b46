"""The tables of the record: columns, their meaning, and the rows that a story gives.

Every table but ``reviews`` and ``runs`` carries ``batch``, the number of the write that brought the row. A story's row is written last; a
row whose batch holds no story row is what a killed writer left, and no reader sees it (docs/why/010).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from deltalake import Field, Schema
from deltalake.schema import ArrayType, PrimitiveType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diurna.records import CoderVersion, Event, Reject, Story

__all__ = ["CHILDREN", "LINKS", "PARTITION", "RELEASES", "TABLES", "frame_of", "reject_rows", "schema_of", "story_rows"]

PARTITION: Final = "month"
_KEYS: Final[dict[str, tuple[Any, str]]] = {
    "batch": (pl.Int64, "number of the write that brought the row"),
    PARTITION: (pl.String, "month of publication, YYYY-MM; undated when unknown"),
    "story": (pl.String, "id of the story"),
}
_EVENT_KEYS: Final[dict[str, tuple[Any, str]]] = {
    **_KEYS,
    "event": (pl.String, "id of the event"),
    "published": (pl.Date, "day of publication"),
}

TABLES: Final[dict[str, dict[str, tuple[Any, str]]]] = {
    "stories": {
        "batch": _KEYS["batch"],
        PARTITION: _KEYS[PARTITION],
        "id": (pl.String, "hash of text and publication day (docs/record.md)"),
        "recorded": (pl.Datetime("us", "UTC"), "when the row was written, UTC"),
        "coder": (pl.String, "version of program and model"),
        "published": (pl.Date, "day of publication"),
        "source": (pl.String, "who published it"),
        "url": (pl.String, "where"),
        "title": (pl.String, "headline"),
        "language": (pl.String, "ISO 639-1"),
        "events": (pl.Int32, "number of events coded"),
        "record": (pl.String, "the whole story record as JSON (docs/record.md)"),
    },
    "events": {
        "batch": _KEYS["batch"],
        PARTITION: _KEYS[PARTITION],
        "story": _KEYS["story"],
        "id": (pl.String, "hash of story, trigger offsets and type"),
        "published": (pl.Date, "day of publication"),
        "sentence": (pl.Int32, "running number of the sentence in the story"),
        "type": (pl.Categorical, "PLOVER type (codebook §2)"),
        "mode": (pl.Categorical, "PLOVER mode (codebook §2)"),
        "cameo": (pl.String, "CAMEO code"),
        "quad": (pl.Categorical, "verbal or material, cooperation or conflict"),
        "score": (pl.Float32, "PLOVER score, -10 to 10"),
        "modality": (pl.Categorical, "codebook §3"),
        "trigger": (pl.String, "words that name the act"),
        "actors": (pl.List(pl.String), "names of the actors"),
        "actor_countries": (pl.List(pl.String), "ISO 3166 alpha-3, IGO, NGO, MNC"),
        "actor_sectors": (pl.List(pl.String), "codebook §4"),
        "recipients": (pl.List(pl.String), "names of the recipients"),
        "recipient_countries": (pl.List(pl.String), "ISO 3166 alpha-3, IGO, NGO, MNC"),
        "recipient_sectors": (pl.List(pl.String), "codebook §4"),
        "from": (pl.Date, "first day of the act"),
        "to": (pl.Date, "last day of the act"),
        "place": (pl.String, "name of the place"),
        "place_country": (pl.String, "ISO 3166 alpha-3"),
        "geonames": (pl.String, "GeoNames id of the place"),
        "lat": (pl.Float64, "degrees north, WGS 84"),
        "lon": (pl.Float64, "degrees east, WGS 84"),
        "claimant": (pl.String, "whom the report credits"),
        "claimant_country": (pl.String, "ISO 3166 alpha-3, IGO, NGO, MNC"),
        "confidence": (pl.Float32, "probability that the event is right, in [0, 1]"),
        "record": (pl.String, "the whole event record as JSON (docs/record.md)"),
    },
    "mentions": {
        **_EVENT_KEYS,
        "part": (pl.String, "actor, recipient or claimant"),
        "text": (pl.String, "words as written"),
        "start": (pl.Int32, "offset of the first character in the story's text"),
        "end": (pl.Int32, "offset after the last character"),
        "name": (pl.String, "whom the words stand for"),
        "entity": (pl.String, "Wikidata id, or org:…, person:…"),
        "country": (pl.String, "ISO 3166 alpha-3, IGO, NGO, MNC"),
        "sector": (pl.String, "codebook §4"),
        "role": (pl.String, "office or function"),
    },
    "claims": {
        **_EVENT_KEYS,
        "claimant": (pl.String, "whom the report credits"),
        "entity": (pl.String, "Wikidata id, or org:…, person:…"),
        "country": (pl.String, "ISO 3166 alpha-3, IGO, NGO, MNC"),
        "sector": (pl.String, "codebook §4"),
        "cue": (pl.String, "the reporting word"),
        "quote": (pl.Boolean, "whether the event stands in quotation marks"),
        "type": (pl.String, "type of the event claimed"),
        "modality": (pl.String, "modality of the event claimed"),
    },
    "harm": {
        **_EVENT_KEYS,
        "kind": (pl.String, "killed, injured, captured or displaced"),
        "low": (pl.Int64, "persons, at least"),
        "high": (pl.Int64, "persons, at most; null when open"),
        "who": (pl.String, "who suffered it"),
        "text": (pl.String, "words as written"),
        "claimant": (pl.String, "whom the report credits"),
        "from": (pl.Date, "first day of the act"),
        "to": (pl.Date, "last day of the act"),
        "place": (pl.String, "name of the place"),
        "place_country": (pl.String, "ISO 3166 alpha-3"),
        "modality": (pl.String, "codebook §3"),
    },
    "treaties": {
        **_EVENT_KEYS,
        "accord": (pl.String, "name of the accord"),
        "entity": (pl.String, "Wikidata id where known"),
        "action": (pl.String, "signs, ratifies, joins, proposes, extends, breaches, suspends, leaves, inspects, consults, terminates"),
        "countries": (pl.List(pl.String), "countries of the actors"),
        "from": (pl.Date, "first day of the act"),
        "modality": (pl.String, "codebook §3"),
    },
    "rejects": {
        "batch": _KEYS["batch"],
        PARTITION: _KEYS[PARTITION],
        "recorded": (pl.Datetime("us", "UTC"), "when the row was written, UTC"),
        "where": (pl.String, "file and line it came from"),
        "code": (pl.String, "error code (docs/reference/errors.md)"),
        "reason": (pl.String, "why it could not be read"),
    },
    "runs": {
        PARTITION: (pl.String, "month of the run, YYYY-MM"),
        "run": (pl.String, "id of the run"),
        "began": (pl.Datetime("us", "UTC"), "UTC"),
        "ended": (pl.Datetime("us", "UTC"), "UTC"),
        "coder": (pl.String, "version of program and model"),
        "stories": (pl.Int64, "stories written"),
        "known": (pl.Int64, "stories that were there already"),
        "rejects": (pl.Int64, "stories that could not be read"),
    },
    "reviews": {
        PARTITION: (pl.String, "month of the review, YYYY-MM"),
        "event": (pl.String, "id of the event"),
        "verdict": (pl.String, "confirm, correct or reject"),
        "field": (pl.String, "field corrected, as in docs/record.md"),
        "value": (pl.String, "its right value, as JSON"),
        "reason": (pl.String, "in words"),
        "reviewer": (pl.String, "who"),
        "recorded": (pl.Datetime("us", "UTC"), "when, UTC"),
    },
}
LINKS: Final[dict[str, dict[str, tuple[Any, str]]]] = {
    "passes": {
        "pass": (pl.Int64, "number of the pass of linking"),
        "before": (pl.Int64, "number of the pass that it built on; null when it linked all stories anew"),
        "recorded": (pl.Datetime("us", "UTC"), "when it ended, UTC"),
        "stories": (pl.Int64, "stories that were new to it"),
        "affairs": (pl.Boolean, "whether it gathered affairs"),
    },
    "families": {
        "pass": (pl.Int64, "number of the pass of linking"),
        "story": (pl.String, "id of the story"),
        "batch": (pl.Int64, "number of the write that brought the reading of it"),
        "family": (pl.String, "id of the first version of the stories that are one; its own when it is alone"),
        "kind": (pl.String, "what it is to the version before: first, exact, copy, update or rewrite"),
        "previous": (pl.String, "id of the earlier version that it is most like"),
        "score": (pl.Float64, "how sure, in [0, 1]"),
        "changes": (pl.List(pl.String), "figures, days and names told otherwise than there"),
    },
    "threads": {
        "pass": (pl.Int64, "number of the pass of linking"),
        "event": (pl.String, "id of the event"),
        "story": (pl.String, "id of the story"),
        "thread": (pl.String, "id of the first mention of the same event; null when the event is no longer"),
        "component": (pl.String, "id of an event that all events go by which hang together, through whatever lies between"),
        "score": (pl.Float64, "average likeness to the other mentions, in [0, 1]"),
        "nearest": (pl.String, "id of the event that it is most like"),
        "because": (pl.List(pl.String), "why, in words"),
        "sources": (pl.Int32, "independent sources of the thread"),
    },
    "affairs": {
        "pass": (pl.Int64, "number of the pass of linking"),
        "thread": (pl.String, "id of the thread"),
        "affair": (pl.String, "id of the first thread that it belongs with; null when the thread is no longer"),
    },
}
"""Tables of links, which passes of linking append to (docs/why/111)."""
RELEASES: Final[dict[str, tuple[Any, str]]] = {
    "name": (pl.String, "the release's name"),
    "version": (pl.Int64, "version of the stories that it was made of"),
    "made": (pl.Datetime("us", "UTC"), "when, UTC"),
    "citation": (pl.String, "how to cite it"),
    "manifest": (pl.String, "its files with rows, bytes and hashes, as JSON"),
}
"""The table of releases, made with the first."""
CHILDREN: Final = ("events", "mentions", "claims", "harm", "treaties")
"""Tables whose rows become visible with their story's row."""


_DELTA = {
    pl.String: "string", pl.Categorical: "string", pl.Int64: "long", pl.Int32: "integer", pl.Float32: "float", pl.Float64: "double", pl.Boolean: "boolean", pl.Date: "date",
}  # fmt: skip


def schema_of(columns: Mapping[str, tuple[Any, str]]) -> Schema:
    """Give a table's Delta schema, each column with its comment."""
    return Schema([Field(column, _delta_type(kind), nullable=True, metadata={"comment": comment}) for column, (kind, comment) in columns.items()])


def _delta_type(kind: object) -> PrimitiveType | ArrayType:
    if isinstance(kind, pl.List):
        return ArrayType(_delta_type(kind.inner), contains_null=True)
    if isinstance(kind, pl.Datetime):
        return PrimitiveType("timestamp")
    return PrimitiveType(_DELTA[kind])  # type: ignore[index]


def frame_of(table: str, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Make a frame of a table's rows, columns and types as ``TABLES`` gives them."""
    schema = {name: pl.String if kind == pl.Categorical else kind for name, (kind, _) in (TABLES | LINKS | {"releases": RELEASES})[table].items()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def story_rows(story: Story, batch: int, coder: CoderVersion) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of a coded story, by table."""
    month, day = (story.published or "undated")[:7], _day(story.published)
    keys = {"batch": batch, PARTITION: month, "story": story.id}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("stories", *CHILDREN)}
    rows["stories"].append(
        {
            "batch": batch, PARTITION: month, "id": story.id, "recorded": datetime.now(UTC), "coder": f"{coder.version} {coder.model}", "published": day,
            "source": story.source, "url": story.url, "title": story.title, "language": story.language, "events": len(story.events), "record": story.to_json(),
        }
    )  # fmt: skip
    for event in story.events:
        rows["events"].append(keys | {"published": day} | _event_row(event))
        by_event = keys | {"event": event.id, "published": day}
        rows["mentions"] += [by_event | row for row in _mention_rows(event)]
        rows["harm"] += [by_event | row for row in _harm_rows(event)]
        if (who := event.attributed_to) is not None:
            claim = {"claimant": who.name or who.text, "entity": who.entity, "country": who.country, "sector": who.sector, "cue": who.cue and who.cue.text, "quote": who.quote}
            rows["claims"].append(by_event | claim | {"type": event.type, "modality": event.modality})
        if (act := event.treaty) is not None:
            countries = [p.country for p in event.actors if p.country]
            accord = {"accord": act.name, "entity": act.entity, "action": act.action, "countries": countries, "from": _from(event), "modality": event.modality}
            rows["treaties"].append(by_event | accord)
    return rows


def reject_rows(rejects: Iterable[Reject], batch: int) -> list[dict[str, Any]]:
    """Give the rows of stories that could not be read."""
    now = datetime.now(UTC)
    return [{"batch": batch, PARTITION: f"{now:%Y-%m}", "recorded": now, "where": r.where, "code": r.code, "reason": r.reason} for r in rejects]


def _event_row(event: Event) -> dict[str, Any]:
    where, who = event.where, event.attributed_to
    return {
        "id": event.id, "sentence": event.sentence.index, "type": event.type, "mode": event.mode, "cameo": event.cameo, "quad": event.quad, "score": event.score,
        "modality": event.modality, "trigger": event.trigger.text,
        "actors": [p.name or p.text for p in event.actors], "actor_countries": [p.country for p in event.actors], "actor_sectors": [p.sector for p in event.actors],
        "recipients": [p.name or p.text for p in event.recipients], "recipient_countries": [p.country for p in event.recipients],
        "recipient_sectors": [p.sector for p in event.recipients],
        "from": _from(event), "to": _day(event.when.to) if event.when else None,
        "place": where and (where.name or where.text), "place_country": where and where.country, "geonames": where and where.geonames,
        "lat": where and where.lat, "lon": where and where.lon,
        "claimant": who and (who.name or who.text), "claimant_country": who and who.country,
        "confidence": event.confidence.event, "record": event.to_json(),
    }  # fmt: skip


def _mention_rows(event: Event) -> Iterable[dict[str, Any]]:
    claimants = (event.attributed_to,) if event.attributed_to else ()
    for part, parties in (("actor", event.actors), ("recipient", event.recipients), ("claimant", claimants)):
        for p in parties:
            yield {
                "part": part, "text": p.text, "start": p.start, "end": p.end, "name": p.name, "entity": p.entity, "country": p.country, "sector": p.sector, "role": p.role,
            }  # fmt: skip


def _harm_rows(event: Event) -> Iterable[dict[str, Any]]:
    where, who = event.where, event.attributed_to
    for h in event.harm:
        yield {
            "kind": h.kind, "low": h.low, "high": h.high, "who": h.who, "text": h.text, "claimant": who and (who.name or who.text),
            "from": _from(event), "to": _day(event.when.to) if event.when else None,
            "place": where and (where.name or where.text), "place_country": where and where.country, "modality": event.modality,
        }  # fmt: skip


def _from(event: Event) -> date | None:
    return _day(event.when.from_) if event.when else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
