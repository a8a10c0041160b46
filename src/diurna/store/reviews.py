"""Reviews: what people said of the machine's events, appended and never overwritten."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from diurna.errors import StoreError
from diurna.ontology import PLOVER
from diurna.records import Event, Story
from diurna.store.corrections import corrected, values_of
from diurna.store.schemas import PARTITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diurna.ontology import Ontology
    from diurna.store.store import Store

__all__ = ["STATES", "VERDICTS", "Review", "Standing", "append_review", "find_event", "read_reviews", "standings", "with_reviews"]

VERDICTS: Final = ("confirm", "correct", "reject")
STATES: Final = ("open", "disputed", *VERDICTS, "any")
"""States that events may be asked for by: ``open`` await review, ``disputed`` have reviewers who disagree, the others are what was said last."""
_JUDGED_BY_ITSELF = ("confidence", "coder")  # of a record, what another coder may change without another meaning


@dataclass(frozen=True, slots=True)
class Review:
    """Hold what a reviewer said of an event: a verdict, its reason, who and when (UTC); a correction names a field and its right value."""

    event: str
    verdict: str
    reason: str
    reviewer: str
    recorded: datetime
    field: str | None = None
    value: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        told = {"field": self.field, "value": self.value} if self.verdict == "correct" else {}
        return {"event": self.event, "verdict": self.verdict, **told, "reason": self.reason, "reviewer": self.reviewer, "recorded": self.recorded.isoformat()}


@dataclass(slots=True)
class Standing:
    """Hold where an event stands after all its reviews, oldest first.

    ``stale`` tells that it was confirmed as an older coder read it, and a newer one reads it otherwise.
    """

    event: str
    reviews: list[Review] = field(default_factory=list)
    stale: bool = False

    @property
    def last(self) -> Review:
        """Give the newest review, which stands."""
        return self.reviews[-1]

    @property
    def verdict(self) -> str:
        """Name what stands; an event confirmed after a correction stays corrected."""
        return "correct" if self.last.verdict == "confirm" and self.values else self.last.verdict

    @property
    def values(self) -> dict[str, Any]:
        """Give the corrected values by field, the newest of each."""
        return {r.field: r.value for r in self.reviews if r.verdict == "correct" and r.field}

    @property
    def disputed(self) -> bool:
        """Tell whether another reviewer's last word differs from the newest."""
        if len({r.reviewer for r in self.reviews}) == 1:
            return False
        words: dict[str, tuple[str, str]] = {}
        values: dict[str | None, Any] = {}
        for r in self.reviews:  # what each held the event to be when it spoke
            if r.verdict == "correct":
                values[r.field] = r.value
            held = "" if r.verdict == "reject" else json.dumps(values, sort_keys=True)
            words[r.reviewer] = ("reject" if r.verdict == "reject" else "keep", held)
        return len(set(words.values())) > 1

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "verdict": self.verdict, "values": self.values, "disputed": self.disputed, "stale": self.stale, "reviews": [r.to_dict() for r in self.reviews],
        }  # fmt: skip


def find_event(store: Store, event: str) -> tuple[Story, Event]:
    """Read an event and its story, with all events of the story.

    Raises:
        StoreError: D532 if the record has no such event.
    """
    found = store.rows("events").filter(pl.col("id") == event).select("story", "batch").head(1).collect()
    if not len(found):
        raise StoreError("D532", f"the record has no event “{event}”; `diurna review list` and `diurna query --json` tell ids", store.url)
    key, batch = found.row(0)
    here = pl.col("batch") == batch
    record = store.scan("stories").filter(here, pl.col("id") == key).select("record").head(1).collect().item()
    events = store.scan("events").filter(here, pl.col("story") == key).select("record").collect()["record"]
    coded = sorted((Event.from_dict(json.loads(r)) for r in events), key=lambda e: (e.trigger.start, e.type))
    row = json.loads(record)
    story = Story.from_dict(row | {"id": row.get("key"), "events": [e.to_dict() for e in coded]})
    return story, next(e for e in story.events if e.id == event)


def append_review(
    store: Store, event: str, verdict: str, *, by: str, reason: str, changes: Mapping[str, Any] | None = None, ontology: Ontology = PLOVER
) -> tuple[Review, ...]:
    """Append a review: one commit, so that it is there whole or not at all; see ``Store.review``."""
    if verdict not in VERDICTS:
        raise StoreError("D531", f"“{verdict}” is no verdict; choose one of {', '.join(VERDICTS)}", event)
    if not by.strip() or not reason.strip():
        raise StoreError("D531", "a review needs who says it and why: --by NAME --reason TEXT", event)
    if (verdict == "correct") != bool(changes):
        raise StoreError("D531", "a correction needs what is right: --set FIELD=VALUE" if verdict == "correct" else f"to {verdict} changes no field; use correct", event)
    story, coded = find_event(store, event)
    values: list[tuple[str | None, Any]] = [(None, None)]
    if changes:
        before = next((s.values for s in standings(store, [event])), {})
        values = [*values_of(corrected(coded, before, ontology), story, changes, ontology).items()]
    now = datetime.now(UTC)
    said = tuple(Review(event, verdict, reason.strip(), by.strip(), now, name, value) for name, value in values)
    store.append("reviews", [_row(r) for r in said])
    return said


def _row(review: Review) -> dict[str, Any]:
    value = json.dumps(review.value, ensure_ascii=False) if review.verdict == "correct" else None
    told = {"field": review.field, "value": value, "reason": review.reason, "reviewer": review.reviewer, "recorded": review.recorded}
    return {PARTITION: f"{review.recorded:%Y-%m}", "event": review.event, "verdict": review.verdict, **told}


def read_reviews(store: Store, events: Iterable[str] | None = None) -> list[Review]:
    """Read reviews, oldest first: all, or those of some events."""
    rows = store.rows("reviews")
    if events is not None:
        rows = rows.filter(pl.col("event").is_in(list(events)))
    ordered = rows.sort("recorded", "reviewer", "field", maintain_order=True).collect()
    return [
        Review(r["event"], r["verdict"], r["reason"], r["reviewer"], r["recorded"], r["field"], None if r["value"] is None else json.loads(r["value"]))
        for r in ordered.iter_rows(named=True)
    ]


def standings(store: Store, events: Iterable[str] | None = None) -> list[Standing]:
    """Tell where each reviewed event stands: all of them, or some."""
    found: dict[str, Standing] = {}
    for review in read_reviews(store, events):
        found.setdefault(review.event, Standing(review.event)).reviews.append(review)
    confirmed = {s.event: s for s in found.values() if s.verdict == "confirm"}
    for event in _stale(store, {key: s.last.recorded for key, s in confirmed.items()}):
        confirmed[event].stale = True
    return list(found.values())


def _stale(store: Store, when: Mapping[str, datetime]) -> list[str]:
    """Find events that were confirmed at a time when the record said something else of them than it does now."""
    marks = store.scan("stories").select("id", "batch", "recorded")
    again = marks.filter(pl.len().over("id") > 1).collect()
    if not when or not len(again):
        return []
    held = store.scan("events").filter(pl.col("id").is_in(list(when)), pl.col("story").is_in(again["id"].unique().implode())).select("id", "story", "batch", "record").collect()
    rows = held.join(again, left_on=["story", "batch"], right_on=["id", "batch"])
    now = dict(store.rows("events").filter(pl.col("id").is_in(list(when))).select("id", "record").collect().iter_rows())
    told = rows.sort("recorded").select("id", "record", "recorded").iter_rows()
    then = {event: record for event, record, recorded in told if recorded <= when[event]}  # the newest before the review
    return [event for event, record in then.items() if event in now and _meaning(record) != _meaning(now[event])]


def _meaning(record: str) -> dict[str, Any]:
    return {k: v for k, v in json.loads(record).items() if k not in _JUDGED_BY_ITSELF}


def with_reviews(store: Store, rows: pl.LazyFrame, state: str = "any") -> pl.LazyFrame:
    """Put what reviewers said beside events.

    Args:
        store: the record.
        rows: events of the record.
        state: keep only those in a state of ``STATES``; ``any`` keeps all.

    Returns:
        The rows with ``review`` (confirm, correct, reject; null when there is none), ``reviewer``, ``review_reason`` and ``corrections`` (JSON by field).

    Raises:
        StoreError: D531 if there is no such state.
    """
    if state not in STATES:
        raise StoreError("D531", f"“{state}” is no state of review; choose one of {', '.join(STATES)}", store.url)
    told = standings(store)
    schema = {"id": pl.String, "review": pl.String, "reviewer": pl.String, "review_reason": pl.String, "corrections": pl.String, "_again": pl.Boolean, "_disputed": pl.Boolean}
    beside = pl.DataFrame(
        [
            (s.event, s.verdict, s.last.reviewer, s.last.reason, json.dumps(s.values, ensure_ascii=False) if s.values else None, s.stale, s.disputed)
            for s in told
        ],
        schema=schema, orient="row",
    )  # fmt: skip
    joined = rows.join(beside.lazy(), on="id", how="left")
    if state == "open":
        joined = joined.filter(pl.col("review").is_null() | pl.col("_again"))
    elif state == "disputed":
        joined = joined.filter(pl.col("_disputed"))
    elif state != "any":
        joined = joined.filter(pl.col("review") == state)
    return joined.drop("_again", "_disputed")
