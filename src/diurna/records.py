"""The record: frozen dataclasses for a story and its events, and their JSON form.

Offsets are half-open, in Unicode code points of ``Story.text``; ``text[start:end]`` equals the ``text`` beside it, always. The JSON form,
field by field, is in ``docs/record.md``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple, Self, TypeVar

__all__ = [
    "Attribution",
    "Candidate",
    "CoderVersion",
    "Confidence",
    "Event",
    "Evidence",
    "Harm",
    "Party",
    "Place",
    "Reject",
    "Sentence",
    "Span",
    "Story",
    "TreatyAct",
    "When",
    "event_id",
    "story_id",
]

T = TypeVar("T")
_HASH_BYTES = 10  # 80 bits: under one chance in a million of a clash in 10^9 records (birthday bound)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=_HASH_BYTES).hexdigest()


def story_id(text: str, published: str | None) -> str:
    """Hash a story's stored text and publication date into its identifier.

    Args:
        text: the story's text as stored.
        published: ISO 8601 date, or None when unknown.

    Returns:
        Twenty hexadecimal characters; the same input gives the same id on every machine.
    """
    return _digest("story", text, published or "")


def event_id(story: str, start: int, end: int, type_: str) -> str:
    """Hash a story's id, the trigger's offsets and the type into an event's identifier."""
    return _digest("event", story, str(start), str(end), type_)


@dataclass(frozen=True, slots=True)
class Span:
    """Point at words of a story: ``story.text[start:end] == text``."""

    text: str
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether two spans of one story share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """Locate a sentence: its running number in the story and its offsets."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Party(Span):
    """Name an actor, recipient or claimant: the words, and whom they stand for.

    ``country`` is ISO 3166 alpha-3, ``IGO``, ``NGO``, ``MNC`` or None; ``sector`` a code of codebook §4; ``entity`` a Wikidata id or one of
    the project's own (``org:…``, ``person:…``); all None when they cannot be told.
    """

    name: str | None = None
    entity: str | None = None
    country: str | None = None
    sector: str | None = None
    role: str | None = None


class Candidate(NamedTuple):
    """Name one whom a mention may stand for, with a share in [0, 1] of the weight of all."""

    name: str
    entity: str | None
    country: str | None
    role: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Say by which rule and why a party's words were taken for whom they were, and whom else they may mean.

    ``antecedent`` are the offsets of the earlier words that they take up. Kept with a coded story in memory, and no part of its record.
    """

    party: Party
    rule: str
    reason: str
    antecedent: tuple[int, int] | None = None
    candidates: tuple[Candidate, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self.party) | {
            "rule": self.rule,
            "reason": self.reason,
            "antecedent": list(self.antecedent) if self.antecedent else None,
            "candidates": [c._asdict() for c in self.candidates],
        }


@dataclass(frozen=True, slots=True)
class Attribution(Party):
    """Name whom the report credits for an event, the reporting word, and whether the event stands in quotation marks."""

    cue: Span | None = None
    quote: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Date an act: ISO 8601 days, both ends included. ``text`` is None when the date comes from the publication day alone."""

    from_: str
    to: str
    text: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Place(Span):
    """Place an act: the words and the gazetteer's entry. ``lat``/``lon`` are WGS 84 degrees, only as precise as the text.

    ``precision`` is one of ``country``, ``admin1``, ``admin2``, ``city``, ``point``, ``vague``.
    """

    name: str | None = None
    geonames: str | None = None
    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class Harm(Span):
    """Count the harm of an act: ``kind`` is killed, injured, captured or displaced; ``low``/``high`` are persons, None when open."""

    kind: str
    low: int | None
    high: int | None
    who: str | None = None


@dataclass(frozen=True, slots=True)
class TreatyAct(Span):
    """Name the accord that an act concerns, and the action taken on it (``suspends``, ``signs`` …; record.md)."""

    name: str
    entity: str | None
    action: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """Say how sure each part of an event is, in [0, 1]: of events with 0.8, four in five are right."""

    event: float
    type: float
    parties: float | None = None
    modality: float | None = None
    when: float | None = None
    where: float | None = None


@dataclass(frozen=True, slots=True)
class CoderVersion:
    """Name what made a record: the program's version and the model's."""

    version: str
    model: str


@dataclass(frozen=True, slots=True)
class Event:
    """Record one reported act. Fields follow ``docs/record.md``; codes follow the codebook."""

    id: str
    story: str
    sentence: Sentence
    type: str
    mode: str | None
    cameo: str
    quad: str
    score: float
    contexts: tuple[str, ...]
    modality: str
    trigger: Span
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    when: When | None
    where: Place | None
    attributed_to: Attribution | None
    harm: tuple[Harm, ...]
    treaty: TreatyAct | None
    confidence: Confidence
    coder: CoderVersion

    def spans(self) -> tuple[Span, ...]:
        """List every span of evidence in the record, trigger first.

        Returns:
            Spans of trigger, parties, claimant, cue, place, time, harm and treaty that the record points at.
        """
        found: list[Span | None] = [self.trigger, *self.actors, *self.recipients, self.where, self.treaty, *self.harm]
        if self.attributed_to is not None:
            found += [self.attributed_to, self.attributed_to.cue]
        when = self.when
        if when is not None and when.text is not None and when.start is not None and when.end is not None:
            found.append(Span(when.text, when.start, when.end))
        return tuple(span for span in found if span is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON types, keys in the order of ``docs/record.md``."""
        row = asdict(self)
        row["contexts"] = list(self.contexts)
        for key in ("actors", "recipients", "harm"):
            row[key] = list(row[key])
        if row["when"] is not None:
            when = row["when"]
            row["when"] = {
                "text": when["text"],
                "start": when["start"],
                "end": when["end"],
                "from": when["from_"],
                "to": when["to"],
            }
        if row["treaty"] is None:
            del row["treaty"]
        row["confidence"] = {k: v for k, v in row["confidence"].items() if v is not None}
        return row

    def to_json(self) -> str:
        """Return the record as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """Build an event from its JSON form; fields that are absent become None or empty.

        Raises:
            KeyError: if type, modality or trigger is missing.
        """
        when = row.get("when")
        where = row.get("where")
        source = row.get("attributed_to")
        treaty = row.get("treaty")
        confidence = row.get("confidence") or {}
        return cls(
            id=row.get("id", ""),
            story=row.get("story", ""),
            sentence=_pick(Sentence, row.get("sentence") or {"index": 0, "start": 0, "end": 0}),
            type=row["type"],
            mode=row.get("mode"),
            cameo=row.get("cameo", ""),
            quad=row.get("quad", ""),
            score=float(row.get("score", 0.0)),
            contexts=tuple(row.get("contexts") or ()),
            modality=row["modality"],
            trigger=_pick(Span, row["trigger"]),
            actors=tuple(_pick(Party, p) for p in row.get("actors") or ()),
            recipients=tuple(_pick(Party, p) for p in row.get("recipients") or ()),
            when=None
            if when is None
            else When(when["from"], when["to"], when.get("text"), when.get("start"), when.get("end")),
            where=None if where is None else _pick(Place, where),
            attributed_to=None
            if source is None
            else _pick(Attribution, source | {"cue": _pick(Span, source["cue"]) if source.get("cue") else None}),
            harm=tuple(_pick(Harm, h) for h in row.get("harm") or ()),
            treaty=None if treaty is None else _pick(TreatyAct, treaty),
            confidence=_pick(Confidence, {"event": 1.0, "type": 1.0} | confidence),
            coder=_pick(CoderVersion, row.get("coder") or {"version": "", "model": ""}),
        )


def _pick(cls: type[T], row: dict[str, Any]) -> T:
    """Build a dataclass from the keys of ``row`` that it has."""
    names = {f.name for f in fields(cls)}  # type: ignore[arg-type]
    return cls(**{k: v for k, v in row.items() if k in names})


@dataclass(frozen=True, slots=True)
class Story:
    """Hold a report as stored, with the events coded from it."""

    id: str
    text: str
    published: str | None = None
    source: str | None = None
    url: str | None = None
    title: str | None = None
    author: str | None = None
    dateline: str | None = None
    fetched: str | None = None
    language: str | None = "en"
    contexts: tuple[str, ...] = ()
    duplicate_of: str | None = None
    thread: str | None = None
    key: str | None = None  # the id that the input gave, kept beside our own
    events: tuple[Event, ...] = field(default=(), repr=False)
    evidence: tuple[Evidence, ...] = field(default=(), repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the story record (without its events and their evidence) as plain JSON types."""
        row = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"events", "evidence"}}
        row["contexts"] = list(self.contexts)
        return row

    def to_json(self) -> str:
        """Return the story record as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """Build a story from its JSON form; ``events`` inside the row, if any, come along."""
        known = {f.name for f in fields(cls)} - {"events", "evidence", "contexts", "id", "key"}
        text = row["text"]
        return cls(
            id=story_id(text, row.get("published")),
            key=row.get("key") or row.get("id"),
            contexts=tuple(row.get("contexts") or ()),
            events=tuple(Event.from_dict(e) for e in row.get("events") or ()),
            **{k: v for k, v in row.items() if k in known},
        )


@dataclass(frozen=True, slots=True)
class Reject:
    """Keep a story that could not be read: where it came from, the error's code, and the reason in words."""

    where: str
    code: str
    reason: str

    def to_json(self) -> str:
        """Return the reject as one line of JSON."""
        return json.dumps({"where": self.where, "code": self.code, "reason": self.reason}, ensure_ascii=False)
