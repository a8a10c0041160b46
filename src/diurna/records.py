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
    "Period",
    "Place",
    "Reject",
    "Sentence",
    "Span",
    "Stance",
    "Statement",
    "Story",
    "TreatyAct",
    "When",
    "claim_id",
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


def claim_id(story: str, cue: int, claimant: int) -> str:
    """Hash a story's id and the offsets at which the reporting words and the claimant's begin into a claim's identifier."""
    return _digest("claim", story, str(cue), str(claimant))


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
class Stance:
    """Say how a claimant speaks of somebody: ``value`` is supportive, hostile or neutral; the rest is whom, as in a ``Party``."""

    value: str
    name: str
    entity: str | None = None
    country: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold who said what: the claimant (None where nobody is named), the reporting words, what is told, and the events in it.

    ``kind`` tells the claimant: named, unnamed (“officials”), anonymous, document, broadcaster, hearsay (nobody), or channel (the agency itself,
    which claims nothing: ``source`` is None). ``within`` is the id of the claim that this one is told in, ``act`` that of the event that the
    reporting words themselves name, ``denies`` are ids of claims and ``denied`` of events that it contradicts.
    """

    id: str
    story: str
    sentence: int
    source: Party | None
    cue: Span | None
    content: tuple[Span, ...]
    quote: bool = False
    kind: str = "named"
    within: str | None = None
    act: str | None = None
    events: tuple[str, ...] = ()
    stances: tuple[Stance, ...] = ()
    denies: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain JSON types."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """Build a claim from its JSON form."""
        lists = {k: tuple(row.get(k) or ()) for k in ("events", "denies", "denied")}
        parts = {
            "source": _pick(Party, row["source"]) if row.get("source") else None,
            "cue": _pick(Span, row["cue"]) if row.get("cue") else None,
            "content": tuple(_pick(Span, c) for c in row.get("content") or ()),
            "stances": tuple(_pick(Stance, c) for c in row.get("stances") or ()),
        }
        return _pick(cls, row | lists | parts)


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
class Period(Span):
    """Point at the words for the days that a toll covers (“the previous 24 hours”); ISO 8601 days, None where the words do not tell."""

    from_: str | None
    to: str | None


@dataclass(frozen=True, slots=True)
class Harm(Span):
    """Count the harm of an act.

    ``kind`` is killed, injured, captured, displaced, missing, or casualties where killed and injured are not told apart; ``low``/``high`` are
    persons, None when open; ``side`` the alpha-3 of the country whose people they are, where the words say it; ``included`` is True for a part
    of another toll (“including three children”), ``total`` True for a running total, False for a new count, None where words do not tell;
    ``where`` the place told beside it when the event has none; ``claimant`` whoever gives the figure, when the event itself is credited to nobody or to another.
    """

    kind: str
    low: int | None
    high: int | None
    who: str | None = None
    side: str | None = None
    included: bool = False
    total: bool | None = None
    period: Period | None = None
    where: Place | None = None
    claimant: Attribution | None = None


@dataclass(frozen=True, slots=True)
class TreatyAct(Span):
    """Name the accord that an act concerns, and the action taken on it (``suspends``, ``signs`` …; record.md).

    ``entity`` is the accord's id in the packaged table, None for one that is not in it. ``step`` tells how far the action went: ``done``,
    ``announced``, ``endorsed``, ``allowed``, ``refused``, ``urged``; ``party`` is the alpha-3 (or IGO) of the state whose action it is, ``when``
    the day of the step, where they differ from the event's or the event has none.
    """

    name: str
    entity: str | None
    action: str
    step: str = "done"
    parties: tuple[str, ...] = ()
    when: When | None = None


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
    claims: tuple[str, ...] = ()  # ids of the claims that it is told in, innermost first

    def spans(self) -> tuple[Span, ...]:
        """List every span of evidence in the record, trigger first.

        Returns:
            Spans of trigger, parties, claimant, cue, place, time, harm and treaty that the record points at.
        """
        found: list[Span | None] = [self.trigger, *self.actors, *self.recipients, self.where, self.treaty, *self.harm]
        for who in (self.attributed_to, *(h.claimant for h in self.harm)):
            if who is not None:
                found += [who, who.cue]
        found += [span for h in self.harm for span in (h.period, h.where)]
        for when in (self.when, self.treaty and self.treaty.when):
            if when is not None and when.text is not None and when.start is not None and when.end is not None:
                found.append(Span(when.text, when.start, when.end))
        return tuple(span for span in found if span is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON types, keys in the order of ``docs/record.md``."""
        row = asdict(self)
        row["contexts"] = list(self.contexts)
        for key in ("actors", "recipients"):
            row[key] = list(row[key])
        row["when"] = _dates_out(row["when"])
        row["harm"] = [_harm_out(h) for h in self.harm]
        if row["treaty"] is None:
            del row["treaty"]
        else:
            row["treaty"] |= {"parties": list(row["treaty"]["parties"]), "when": _dates_out(row["treaty"]["when"])}
        row["claims"] = list(self.claims)
        if not self.claims:
            del row["claims"]
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
            when=_when_in(when),
            where=None if where is None else _pick(Place, where),
            attributed_to=_source_in(source),
            harm=tuple(_harm_in(h) for h in row.get("harm") or ()),
            treaty=None if treaty is None else _pick(TreatyAct, treaty | {"parties": tuple(treaty.get("parties") or ()), "when": _when_in(treaty.get("when"))}),
            confidence=_pick(Confidence, {"event": 1.0, "type": 1.0} | confidence),
            coder=_pick(CoderVersion, row.get("coder") or {"version": "", "model": ""}),
            claims=tuple(row.get("claims") or ()),
        )


def _dates_out(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """Name the days of a ``When`` or a ``Period`` as the JSON form does."""
    return row and {"text": row["text"], "start": row["start"], "end": row["end"], "from": row["from_"], "to": row["to"]}


def _harm_out(harm: Harm) -> dict[str, Any]:
    """Give a toll as plain JSON types, without what its words do not tell beyond kind, bounds and who."""
    row = asdict(harm)
    row["period"] = _dates_out(row["period"])
    return {k: v for k, v in row.items() if k in {"text", "start", "end", "kind", "low", "high", "who"} or (v is not None and (v is not False or k == "total"))}


def _when_in(row: dict[str, Any] | None) -> When | None:
    return None if row is None else When(row["from"], row["to"], row.get("text"), row.get("start"), row.get("end"))


def _source_in(row: dict[str, Any] | None) -> Attribution | None:
    return None if row is None else _pick(Attribution, row | {"cue": _pick(Span, row["cue"]) if row.get("cue") else None})


def _harm_in(row: dict[str, Any]) -> Harm:
    period = row.get("period")
    days = None if period is None else Period(period["text"], period["start"], period["end"], period.get("from"), period.get("to"))
    return _pick(Harm, row | {"period": days, "where": _pick(Place, row["where"]) if row.get("where") else None, "claimant": _source_in(row.get("claimant"))})


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
    harm: tuple[Harm, ...] = ()  # tolls that no event accounts for (“the river rose, 12 people are missing”)
    claims: tuple[Statement, ...] = field(default=(), repr=False)
    evidence: tuple[Evidence, ...] = field(default=(), repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the story record (without its events and their evidence) as plain JSON types."""
        row = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"events", "harm", "claims", "evidence"}}
        row["contexts"] = list(self.contexts)
        if self.harm:
            row["harm"] = [_harm_out(h) for h in self.harm]
        if self.claims:
            row["claims"] = [c.to_dict() for c in self.claims]
        return row

    def to_json(self) -> str:
        """Return the story record as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """Build a story from its JSON form; ``events`` inside the row, if any, come along."""
        known = {f.name for f in fields(cls)} - {"events", "harm", "claims", "evidence", "contexts", "id", "key"}
        text = row["text"]
        return cls(
            id=story_id(text, row.get("published")),
            key=row.get("key") or row.get("id"),
            contexts=tuple(row.get("contexts") or ()),
            events=tuple(Event.from_dict(e) for e in row.get("events") or ()),
            harm=tuple(_harm_in(h) for h in row.get("harm") or ()),
            claims=tuple(Statement.from_dict(c) for c in row.get("claims") or ()),
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
