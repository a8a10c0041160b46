"""The status of claims: who says that an event happened, who denies it, and whose side each is on. Counts by independent claimant, never a fact.

docs/why/034 tells what makes two reports one event.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from diurna.analyse.rows import Report, claimant_of, same_claimant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diurna.records import Event, Party

__all__ = ["Claimed", "Voice", "status_ledger"]

_DAYS = 1  # days that two reports of an act may be apart when only publication dates one of them
_DENIED_WITHIN = 14  # days after an act's last report within which a denial of its like is one of it
_CONFIRMS = ("confirm", "acknowledg", "admit", "conced", "claimed responsibility", "claims responsibility")
_STATE = frozenset({None, "GOV", "LEG", "JUD", "MIL", "COP", "SPY", "PRM"})
_STANCES = {"actual": "claims", "historical": "claims", "negated": "denies"}


@dataclass(frozen=True, slots=True)
class Voice:
    """Hold one claimant's word on an event: its stance (claims, confirms or denies) and its side (actor, recipient, third, or report for the publisher)."""

    claimant: str
    key: str
    country: str | None
    side: str
    stance: str
    published: str | None
    source: str | None
    story: str
    event: str
    text: str


@dataclass(slots=True)
class Claimed:
    """Hold the reports of one event and what is said of it."""

    number: int
    events: list[tuple[Report, Event]] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)

    @property
    def latest(self) -> list[Voice]:
        """Give each independent claimant's latest word."""
        last: list[Voice] = []
        for voice in self.voices:
            last = [v for v in last if not same_claimant((v.key, v.country), (voice.key, voice.country))] + [voice]
        return last

    @property
    def status(self) -> tuple[str, ...]:
        """Say what is claimed, in fixed words; several may hold at once."""
        latest = self.latest
        sides = {v.side for v in latest if v.stance != "denies"}
        told = [
            (sides >= {"actor", "recipient"}, "claimed by both sides"),
            (len(sides & {"actor", "recipient"}) == 1, "claimed by one side"),
            ("third" in sides, "claimed by a third party"),
            (sides == {"report"}, "reported without a claimant"),
            (any(v.stance == "confirms" or (v.stance == "claims" and v.side == "actor") for v in latest), "confirmed by the actor's side"),
            (any(v.stance == "denies" for v in latest), "denied"),
        ]
        return tuple(words for holds, words in told if holds)

    def to_dict(self) -> dict[str, Any]:
        """Return the event as plain JSON types, with counts by side and stance over independent claimants."""
        _, first = self.events[0]
        when, where = first.when, first.where
        return {
            "event": self.number, "type": first.type, "mode": first.mode,
            "actors": _countries(e for _, e in self.events), "recipients": _countries((e for _, e in self.events), actors=False),
            "from": when.from_ if when else None, "to": when.to if when else None, "place": (where.name or where.text) if where else None, "trigger": first.trigger.text,
            "status": list(self.status), "counts": {f"{side} {stance}": n for (side, stance), n in sorted(Counter((v.side, v.stance) for v in self.latest).items())},
            "reports": len({r.story for r, _ in self.events}),
            "voices": [{k: getattr(v, k) for k in ("claimant", "country", "side", "stance", "published", "source", "story", "event", "text")} for v in self.voices],
        }  # fmt: skip


def _countries(events: Iterable[Event], *, actors: bool = True) -> list[str]:
    return sorted({p.country or p.name or p.text for e in events for p in (e.actors if actors else e.recipients)})


def status_ledger(reports: Iterable[Report]) -> list[Claimed]:
    """Group the reports of the same event and list who claims or denies it.

    Two reports are of the same event when type and day agree, neither names a party or a place that the other rules out, and they share a
    party's country on one side or the place. A denial joins the event of its type and parties that it comes nearest to.

    Args:
        reports: as ``read_reports`` gives them.

    Returns:
        Events in the order of their first report; what is planned, feared or supposed is left out.
    """
    found: list[Claimed] = []
    denials = []
    for report in sorted(reports, key=lambda r: (r.published or "", r.story)):
        for event in report.events:
            if event.modality == "negated":
                denials.append((report, event))
            elif event.modality in _STANCES:
                home = next((c for c in found if any(_same(e, event) for _, e in c.events)), None)
                _enter(found, home, report, event)
    for report, event in denials:
        home = next((c for c in reversed(found) if any(_denies(r, e, report, event) for r, e in c.events)), None)
        _enter(found, home, report, event)
    for claimed in found:
        claimed.voices.sort(key=lambda v: v.published or "")
    return found


def _enter(found: list[Claimed], home: Claimed | None, report: Report, event: Event) -> None:
    if home is None:
        home = Claimed(len(found) + 1)
        found.append(home)
    home.events.append((report, event))
    home.voices.append(_voice(report, event))


def _voice(report: Report, event: Event) -> Voice:
    key, name, country = claimant_of(event, None, report.source)
    source = event.attributed_to
    actors, recipients = ({_camp(p) for p in side if p.country} for side in (event.actors, event.recipients))
    camp = None if source is None or country is None else _camp(source)
    side = "report" if source is None else "actor" if camp in actors - recipients else "recipient" if camp in recipients - actors else "third"
    cue = source.cue.text.casefold() if source is not None and source.cue else ""
    stance = _STANCES[event.modality]
    if stance == "claims" and any(word in cue for word in _CONFIRMS):
        stance = "confirms"
    return Voice(name, key, country, side, stance, report.published, report.source, report.story, event.id, event.trigger.text)


def _camp(party: Party) -> tuple[str | None, str | None]:
    """Give a party's country and camp: the state's offices and forces are one, rebels, gunmen and civilians each another."""
    return party.country, None if party.sector in _STATE else party.sector


def _sides(event: Event) -> tuple[set[str], set[str]]:
    actors, recipients = ({p.country for p in side if p.country} for side in (event.actors, event.recipients))
    return actors, recipients


def _fits(a: Event, b: Event) -> bool:
    """Tell whether two events can be one by type, parties and place, and have a party or the place in common."""
    if a.type != b.type or (a.mode and b.mode and a.mode != b.mode):
        return False
    shared = False
    for x, y in zip(_sides(a), _sides(b), strict=True):
        if x and y and not x & y:
            return False
        shared = shared or bool(x & y)
    if a.where is not None and b.where is not None:
        same = a.where.geonames == b.where.geonames if a.where.geonames and b.where.geonames else (a.where.name or a.where.text) == (b.where.name or b.where.text)
        return same or (a.where.country == b.where.country and "country" in {a.where.precision, b.where.precision})
    return shared


def _same(a: Event, b: Event) -> bool:
    if not _fits(a, b) or a.when is None or b.when is None:
        return False
    if a.story == b.story and a.sentence != b.sentence and a.trigger.text.casefold() != b.trigger.text.casefold() and a.where is None and b.where is None:
        return False  # two acts of one report between the same states need more than their day to be one
    slack = 0 if a.when.text and b.when.text else _DAYS
    return _gap((a.when.from_, a.when.to), (b.when.from_, b.when.to)) <= slack


def _gap(a: tuple[str, str], b: tuple[str, str]) -> int:
    first, second = ([date.fromisoformat(d).toordinal() for d in days] for days in (a, b))
    return max(first[0] - second[1], second[0] - first[1], 0)


def _denies(told: Report, event: Event, report: Report, denial: Event) -> bool:
    if not _fits(event, denial):
        return False
    if denial.when is not None and event.when is not None:
        return _gap((event.when.from_, event.when.to), (denial.when.from_, denial.when.to)) <= _DAYS
    return told.published is None or report.published is None or _gap((told.published, told.published), (report.published, report.published)) <= _DENIED_WITHIN
