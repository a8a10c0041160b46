"""Work out how a claimant speaks of whom, and which claim a denial contradicts: from the cue, and from the events told and their quads."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from diurna.records import Stance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diurna.records import Event, Party, Span, Statement

__all__ = ["denied_by", "is_denial", "stances_of"]

_HOSTILE = re.compile(
    r"\b(?:accus|alleg|blam|condemn|denounc|critici[sz]|slam|blast|decr|mock|scold|scoff|threaten|complain|charg|lament|protest|attack|rail|oppos|deplor|rebuk)\w*$",
    re.IGNORECASE,
)
_FRIENDLY = re.compile(r"\b(?:prais|welcom|endors|back|defend|thank|applaud|commend|support|congratulat|hail|favou?r|advocat|salut|laud)\w*$", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|disput(?:e|es|ed|ing)|refut(?:e|es|ed|ing)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|contradict(?:s|ed|ing)?|rebut(?:s|ted)?)$", re.IGNORECASE
)
_CHARGE = re.compile(
    r"\b(?:accusation|allegation|charge|claim|report|suggestion|rumou?r|account|version)s?\b|^\s*(?:it|this|that|any|all|both|responsibility|involvement|doing so)\b", re.IGNORECASE
)
_CONFLICT = frozenset({"verbal conflict", "material conflict"})
_COOPERATION = frozenset({"verbal cooperation", "material cooperation"})
_NEUTRAL_ACTS = frozenset({"REQUEST", "CONSULT"})  # to ask or to meet is to be neither for nor against
_VIOLENT = frozenset({"ASSAULT", "COERCE"})  # to say that somebody does these is to blame them
_STATE = frozenset({"GOV", "MIL", "COP", "SPY", "LEG", "JUD", None})
_REACH = 40  # sentences between a denial and what it denies; reports are shorter, and collections of them are not searched as one
_TOLD = frozenset({"actual", "historical", "hypothetical", "future"})


def stances_of(claimant: Party | None, cue: Span | None, act: Event | None, told: Sequence[Event]) -> tuple[Stance, ...]:
    """Work out a claim's stances.

    Args:
        claimant: who claims; nobody has no stance.
        cue: the reporting words.
        act: the event that the cue itself names (an ACCUSE, a SUPPORT).
        told: the events that this claim tells itself, none of those told by a claim within it.

    Returns:
        One stance for each party spoken of, in the order of the words. A party that the claimant says does harm is spoken of with hostility; one whose
        harm is denied, in another's defence, with support; whom the claimant's own side helps or hurts, with support or hostility. What goes both ways is neutral.
    """
    if claimant is None:
        return ()
    votes: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    parties: dict[tuple[str, str | None], Party] = {}
    for party, value in (*_by_cue(cue, act, told), *_by_events(claimant, told)):
        if _own(claimant, party) or not (party.name or party.country or party.sector):
            continue
        key = (party.entity or (party.name or party.text).casefold(), party.country)
        votes[key].append(value)
        first = parties.setdefault(key, party)
        parties[key] = first if first.start <= party.start else party
    found = []
    for key, party in sorted(parties.items(), key=lambda item: item[1].start):
        said = {v for v in votes[key] if v != "neutral"}
        value = said.pop() if len(said) == 1 else "neutral"
        found.append(Stance(value, party.name or " ".join(party.text.split()), party.entity, party.country, party.sector))
    return tuple(found)


def _by_cue(cue: Span | None, act: Event | None, told: Sequence[Event]) -> Iterator[tuple[Party, str]]:
    """Read the stance that the reporting words bear, toward those whom the act is done to, or who do what is told."""
    value = None
    if act is not None and act.type not in _NEUTRAL_ACTS and act.modality in _TOLD:
        value = "hostile" if act.quad in _CONFLICT else "supportive" if act.quad in _COOPERATION else None
    elif cue is not None and act is None:
        value = "hostile" if _HOSTILE.search(cue.text) else "supportive" if _FRIENDLY.search(cue.text) else None
    if act is not None:
        for party in act.recipients:
            yield party, value or "neutral"
    elif value is not None:
        for event in told:
            for party in event.actors:
                yield party, value


def _by_events(claimant: Party, told: Sequence[Event]) -> Iterator[tuple[Party, str]]:
    for event in told:
        mine = any(_own(claimant, p) for p in event.actors)
        hits_mine = any(_own(claimant, p) or (claimant.country is not None and claimant.country == p.country) for p in event.recipients)
        if mine:
            value = "neutral" if event.modality == "negated" or event.type in _NEUTRAL_ACTS else "hostile" if event.quad in _CONFLICT else "supportive"
            for party in event.recipients:
                yield party, value
            continue
        harsh = event.type in _VIOLENT or (hits_mine and event.quad in _CONFLICT and event.type not in _NEUTRAL_ACTS | {"PROTEST"})
        kind = event.quad in _COOPERATION and event.type not in _NEUTRAL_ACTS
        for party in event.actors:
            if event.modality == "negated":
                yield party, "supportive" if harsh else "hostile" if kind and hits_mine else "neutral"
            else:
                yield party, "hostile" if harsh else "supportive" if kind and hits_mine else "neutral"
        for party in event.recipients:
            yield party, "neutral"


def _own(claimant: Party, party: Party) -> bool:
    """Tell whether a party is the claimant or of its side: the same entity, the same name, or offices and forces of one state."""
    if claimant.overlaps(party) or (claimant.entity is not None and claimant.entity == party.entity):
        return True
    if claimant.name and party.name and claimant.name.casefold() == party.name.casefold():
        return True
    return claimant.country is not None and claimant.country == party.country and claimant.sector in _STATE and party.sector in _STATE


# -- denials


def is_denial(cue: Span | None, told: Sequence[Event]) -> bool:
    """Tell whether a claim contradicts: its cue denies, or all that it tells did not happen."""
    return (cue is not None and _DENIAL.search(cue.text) is not None) or (bool(told) and all(e.modality == "negated" for e in told))


def denied_by(n: int, claims: Sequence[Statement], events: Sequence[Event]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find what a denial denies.

    Args:
        n: the denial's place among the claims.
        claims: the story's claims in text order.
        events: the story's events.

    Returns:
        Ids of the claims and of the events that it contradicts: those that tell what it says did not happen; or, where it tells nothing itself (“Lima denied
        the charge”), the latest claim before it that speaks of the denier's side. Empty where the story has none.
    """
    denial = claims[n]
    by_id = {e.id: e for e in events}
    own = [by_id[e] for e in denial.events if by_id[e].modality == "negated"]
    near = [e for e in events if abs(e.sentence.index - denial.sentence) <= _REACH]
    facts = [e for e in near if e.modality in _TOLD and e.id not in denial.events and not (denial.source and e.claims and _same_voice(denial, claims, e))]
    hits = [e for e in facts if any(_contradicts(mine, e, answered=_answered(denial, mine, e, claims)) for mine in own)]
    if not hits and not own:
        hits = _charged(denial, n, claims, by_id)
    ids = {e.id for e in hits}
    others = tuple(c.id for c in claims if c.id != denial.id and ids & set(c.events) and not (c.within == denial.id or denial.within == c.id))
    return others, tuple(e.id for e in events if e.id in ids)


def _same_voice(denial: Statement, claims: Sequence[Statement], event: Event) -> bool:
    inner = next((c for c in claims if c.id == event.claims[0]), None)
    return inner is not None and inner.source is not None and denial.source is not None and _own(denial.source, inner.source)


def _answered(denial: Statement, denied: Event, told: Event, claims: Sequence[Statement]) -> bool:
    """Tell whether another side tells an act in the sentence before or after its denial."""
    inner = next((c for c in claims if told.claims and c.id == told.claims[0]), None)
    sides = {c.source.country for c in (denial, inner) if c is not None and c.source is not None and c.source.country}
    return len(sides) == 2 and abs(denied.sentence.index - told.sentence.index) <= 1  # noqa: PLR2004 - the denier's and the other


def _contradicts(denied: Event, told: Event, *, answered: bool) -> bool:
    """Tell whether one event is the other's denial: one type (or one quad and one word), no side that rules the other out, and something in common."""
    alike = denied.type == told.type or (denied.quad == told.quad and _stem(denied) == _stem(told))
    shared = answered or _stem(denied) == _stem(told)
    for one, other in ((denied.actors, told.actors), (denied.recipients, told.recipients)):
        a, b = ({p.country for p in side if p.country} for side in (one, other))
        if a and b and not a & b:
            return False
        shared = shared or bool(a & b)
    return alike and shared


def _stem(event: Event) -> str:
    word = re.sub(r"^(?:the|a|an)\s+", "", event.trigger.text.casefold()).split()[0]
    return word[:4]


def _charged(denial: Statement, n: int, claims: Sequence[Statement], by_id: dict[str, Event]) -> list[Event]:
    """Find the charge that “denied it”, “denied the accusation” answers."""
    if not denial.content or not _CHARGE.search(denial.content[0].text[:40]) or denial.source is None:
        return []
    for claim in reversed(claims[:n]):
        if claim.id in {denial.within, denial.id} or (claim.source is not None and _own(denial.source, claim.source)):
            continue
        told = [by_id[e] for e in claim.events]
        mine = [e for e in told if any(_own(denial.source, p) for p in e.actors)]
        if mine or (told and any(s.value == "hostile" for s in claim.stances)):
            return mine or told
    return []
