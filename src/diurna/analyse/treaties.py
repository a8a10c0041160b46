"""The treaty ledger: what states did to accords, with evidence, and each accord's standing by party on any date.

Facts of the packaged table are the ground; acts that the record reports are laid on it in the order of their days (docs/why/034).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from diurna.analyse.rows import Report, claimant_of
from diurna.ontology.treaties import Accord, accords

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diurna.records import Event, TreatyAct

__all__ = ["Entry", "Evidence", "Standing", "accords_of", "entries_of", "standings"]

_MODALITY_STEP = {"negated": "denied", "future": "announced", "hypothetical": "supposed"}
_TOLD = frozenset({"done", "announced"})
_MOVES = {"signs": "signatory", "ratifies": "party", "joins": "party", "extends": "party", "suspends": "suspended", "leaves": "left", "terminates": "left"}
_UNBOUND = frozenset({"signatory", "none"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Point at what an entry rests on: the table's source, or an event of the record with its claimant and words."""

    source: str | None
    text: str
    claimant: str | None = None
    story: str | None = None
    event: str | None = None
    published: str | None = None


@dataclass(slots=True)
class Entry:
    """Hold an act of a state on an accord: action and step as in ``docs/record.md``, ISO 8601 days (as exact as told), and its evidence."""

    accord: str
    entity: str | None
    state: str
    action: str
    step: str
    from_: str
    to: str
    evidence: list[Evidence] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain JSON types."""
        row = asdict(self)
        return {("from" if k == "from_" else k): v for k, v in row.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """Say how a state stands to an accord on a day: ``party``, ``signatory``, ``suspended``, ``left``, ``ended`` or ``none``; since when, and by which entries."""

    accord: str
    state: str
    status: str
    since: str | None
    entries: tuple[Entry, ...] = ()


def entries_of(reports: Iterable[Report]) -> list[Entry]:
    """List what the record says that states did to accords.

    Reports of one act (the same accord, state and action on days that meet) make one entry, dated by the days that they have in common; done
    and announced go together, and are done as soon as one report tells it so. Reports of other steps (endorsed, urged, refused …) stand by themselves.

    Returns:
        Entries by day.
    """
    found: list[Entry] = []
    for report in sorted(reports, key=lambda r: (r.published or "", r.story)):
        for event in report.events:
            if event.treaty is not None:
                for entry in _entries(report, event, event.treaty):
                    _add(found, entry)
    return sorted(found, key=lambda e: (e.from_, e.accord, e.state, e.action))


def _entries(report: Report, event: Event, act: TreatyAct) -> Iterable[Entry]:
    when = act.when or event.when
    first, last = (when.from_, when.to) if when else (report.published, report.published)
    if first is None or last is None:
        return
    step = act.step if act.step != "done" or event.modality in {"actual", "historical"} else _MODALITY_STEP[event.modality]
    states = act.parties or tuple(dict.fromkeys(p.country for p in event.actors if p.country))
    claimant = claimant_of(event, None, report.source)[1]
    evidence = Evidence(report.source, f"{event.trigger.text} … {act.text}" if event.trigger.start < act.start else f"{act.text} … {event.trigger.text}", claimant)
    evidence = replace(evidence, story=report.story, event=event.id, published=report.published)
    for state in states:
        yield Entry(act.name, act.entity, state, act.action, step, first, last, [evidence])


def _add(found: list[Entry], new: Entry) -> None:
    for old in found:
        same = (old.accord, old.state, old.action) == (new.accord, new.state, new.action)
        steps = {old.step, new.step} <= _TOLD or old.step == new.step
        if same and steps and old.from_ <= new.to and new.from_ <= old.to:
            old.from_, old.to = max(old.from_, new.from_), min(old.to, new.to)
            old.step = "done" if "done" in {old.step, new.step} else old.step
            old.evidence += new.evidence
            return
    found.append(new)


def standings(accord: Accord | str, entries: Sequence[Entry], on: str) -> list[Standing]:
    """Tell how each state stands to an accord on a day.

    Args:
        accord: an accord of the table, or the name of one that only the record knows.
        entries: of the record, as ``entries_of`` gives them.
        on: the day, ISO 8601.

    Returns:
        One standing for each state that the table or an act until that day names, by its code. An act counts from its last possible day on; an
        announced one, or one that is endorsed, refused, urged or alleged, changes nothing.
    """
    known = accord if isinstance(accord, Accord) else None
    name = known.name if known else str(accord)
    acts = [e for e in (*(_facts(known) if known else ()), *entries) if e.accord == name and e.to <= on]
    states = sorted({e.state for e in acts} | set(known.parties if known else ()))
    found = (_standing(known, name, state, [e for e in acts if e.state == state], on) for state in states)
    return [s for s in found if s.status != "none" or s.entries]


def _facts(accord: Accord) -> list[Entry]:
    """Turn the table's facts into entries; a day told as a month or a year may be any of its days."""
    rows = []
    for fact in accord.facts:
        last = fact.on + "-12-31"[3 * (fact.on.count("-")) :] if len(fact.on) < len("2000-01-01") else fact.on
        rows += [Entry(accord.name, accord.entity, state, fact.action, "done", fact.on, last, [Evidence(accord.source, "table of accords")]) for state in fact.states]
    return rows


def _standing(accord: Accord | None, name: str, state: str, acts: Sequence[Entry], on: str) -> Standing:
    status, since = "none", None
    used = tuple(sorted((e for e in acts if e.from_ <= on), key=lambda e: (e.to, e.from_)))
    if accord is not None and state in accord.parties:
        bound = accord.in_force or accord.signed
        if accord.signed and accord.signed <= on:
            status, since = "signatory", accord.signed
        if bound and bound <= on:
            status, since = "party", bound
    for entry in used:
        if entry.step == "done" and (to := _MOVES.get(entry.action)) is not None and not (to == "signatory" and status != "none"):
            if to == "party" and entry.action in {"ratifies", "extends"} and accord is not None and accord.in_force is None and status in _UNBOUND:
                to = "signatory"
            if to != status:
                status, since = to, entry.from_
    if accord is not None and accord.ended and accord.ended <= on and status != "none":
        status, since = ("left", since) if status == "left" else ("ended", accord.ended)
    return Standing(name, state, status, since, used)


def accords_of(entries: Sequence[Entry]) -> list[Accord | str]:
    """List the accords that entries speak of: the table's, and by name those that it does not have."""
    table = accords()
    return [table.get(e.entity or "", e.accord) for e in {e.accord: e for e in entries}.values()]
