"""Unite claims and events: each claim knows its claimant, the events told in it and what it denies; each event the claims that tell it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diurna.coding.attributions import is_cue
from diurna.coding.quotes import inside_quotes
from diurna.coding.stances import denied_by, is_denial, stances_of
from diurna.parse.frames import Mention
from diurna.records import Attribution, Party, Span, Statement, claim_id
from diurna.resolve.pronouns import is_person_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diurna.coding.attributions import Claim
    from diurna.parse.frames import ParsedStory
    from diurna.records import Event, Sentence, Story

__all__ = ["is_channel", "unite", "with_sources"]

# Wire services that carry reports across borders. A state's own agency (Tasnim, KCNA) is a claimant like any other.
_WIRES = frozenset({"reuters", "associated press", "ap", "agence france-presse", "afp", "dpa", "united press international", "upi", "bloomberg", "bloomberg news", "efe", "wire"})
_RELATIVE = re.compile(r",?\s+(?:who|whose|which|whom|that)\b.*", re.DOTALL)
_ANONYMOUS = re.compile(
    r"\b(?:condition of anonymity|condition (?:that )?(?:he|she|they) not be (?:named|identified)|"
    r"(?:not to be|declined to be|without being|who cannot be|could not be) (?:named|identified)|"
    r"(?:asked|requested|insisted on|demanded) (?:for )?anonymity|not authori[sz]ed to (?:speak|talk|brief))",
    re.IGNORECASE,
)
_SOURCES = re.compile(r"\b(?:sources?|insiders?)\b", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"\b(?:report|document|memo|memorandum|letter|statement|communiqu[eé]|cable|draft|text|indictment|filing|affidavit|complaint|transcript|survey|poll|study|record|"
    r"records|documents|papers|letters|cables|minutes|decree|resolution|ruling|verdict|notice|leaflet|audit|file|files|data|figures|e-?mails?)\b",
    re.IGNORECASE,
)
_BROADCASTER = re.compile(
    r"\b(?:television|tv|radio|broadcaster|network|channel|newspaper|daily|weekly|news agency|media|press|website|footage|al[- ]jazeera|bbc|cnn)\b", re.IGNORECASE
)
# Cues that tell a fact: what stands in their content is credited to their claimant. Others (refuse, promise, demand) name an act of their own.
_TELLS = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|t(?:ell|ells|old|elling)|add(?:s|ed|ing)?|according\s+to|report(?:s|ed|ing)?|den(?:y|ies|ied|ying)|alleg(?:e|es|ed|ing)|claim(?:s|ed|ing)?|"
    r"confirm(?:s|ed|ing)?|acknowledg(?:e|es|ed|ing)|assert(?:s|ed|ing)?|insist(?:s|ed|ing)?|testif(?:y|ies|ied)|accus(?:e|es|ed|ing)|blam(?:e|es|ed|ing)|complain(?:s|ed|ing)?|"
    r"conced(?:e|es|ed|ing)|estimat(?:e|es|ed|ing)|reveal(?:s|ed|ing)?|stat(?:ed|ing)|w(?:rote|rites|rite|ritten)|maintain(?:s|ed|ing)?|contend(?:s|ed|ing)?)$",
    re.IGNORECASE,
)
_ASKS = frozenset({"asked", "requested", "declined", "insisted"})
_LISTED = re.compile(r"\s*(?:,|,?\s+and)\s+(?:the\s+)?")
_AND = re.compile(r"\band\b")
_IDLE = re.compile(r"\b(?:seem|appear|continu|worr)\w*$", re.IGNORECASE)  # no words or thoughts of anybody
# Types of act that are done in words: where the words' order gives no claim at their trigger, the event gives it
_SPOKEN = frozenset({"ACCUSE", "AGREE", "CONCEDE", "REJECT", "REQUEST", "SUPPORT", "THREATEN"})
_DONE = frozenset({"actual", "historical"})  # “rejected a demand to free the man whom police arrested” tells the freeing, not the arrest
_ABOUT = 400  # characters: a source's parties stand no farther from it, as sources are shorter
_SUBJECT_FIRST = 40  # characters: a party later in the source's words than this is not their head


@dataclass(slots=True)
class _Draft:
    """Gather a claim while its parts are found."""

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    sentence: int
    quote: bool
    party: Party | None = None
    kind: str = "named"
    events: list[Event] = field(default_factory=list)
    act: Event | None = None
    within: _Draft | None = None
    statement: str = ""
    low: int = field(init=False)
    high: int = field(init=False)

    def __post_init__(self) -> None:
        self.low, self.high = min(c.start for c in self.content), max(c.end for c in self.content)

    def holds(self, span: Span) -> bool:
        return self.low <= span.start <= self.high and any(c.start <= span.start and span.end <= c.end for c in self.content)

    def tells(self) -> bool:
        """Tell whether its cue tells facts, or somebody is quoted."""
        return self.quote or self.kind == "hearsay" or (self.cue is not None and _TELLS.search(self.cue.text) is not None)

    def length(self) -> int:
        return sum(c.end - c.start for c in self.content)


def with_sources(parsed: ParsedStory, claims: Sequence[Claim]) -> ParsedStory:
    """Add the claims' sources to the mentions, where the model read no party in them, so that they are resolved like any actor.

    Args:
        parsed: what the model read.
        claims: of the same sentences.
    """
    parties = [m for m in parsed.mentions if m.kind == "party"]
    added: list[Mention] = []
    for claim in claims:
        source = claim.source
        if source is None or any(m.overlaps(source) for m in (*parties, *added)) or (sentence := _sentence_of(parsed.sentences, source)) is None:
            continue
        words = _RELATIVE.sub("", source.text) or source.text
        added.append(Mention(words, source.start, source.start + len(words), "party", sentence.index, 0.5))
    return replace(parsed, mentions=tuple(sorted((*parsed.mentions, *added), key=lambda m: (m.start, m.end)))) if added else parsed


def is_channel(name: str, story: Story) -> bool:
    """Tell whether words name the agency that carries the story, or a wire service: it passes claims on and makes none.

    >>> from diurna.records import Story
    >>> is_channel("The Associated Press", Story("s", "Text.")), is_channel("Tasnim news agency", Story("s", "Text."))
    (True, False)
    """
    said = re.sub(r"^the\s+|\s+news agency$|['’]s?$", "", " ".join(name.casefold().split()))
    return said in _WIRES or (story.source is not None and said == story.source.casefold())


def unite(
    story: Story, parsed: ParsedStory, events: Sequence[Event], claims: Sequence[Claim], parties: Mapping[tuple[int, int], Party]
) -> tuple[tuple[Event, ...], tuple[Statement, ...]]:
    """Unite a story's claims with its events.

    Args:
        story: the story.
        parsed: what was read in it, with the claims' sources.
        events: as coded, each with the claimant that the model read.
        claims: as ``find_claims`` finds them in the same sentences.
        parties: who the mentions are, by their offsets.

    Returns:
        The events, each with its claims and its claimant; and the claims in text order.
    """
    drafts = _drafts(story, parsed, claims, parties)
    coded = [replace(e, attributed_to=None) if e.attributed_to is not None and is_channel(e.attributed_to.text, story) else e for e in events]
    drafts += [d for e in coded if (d := _of_act(story, e, drafts)) is not None]
    for event in coded:
        _join(story, drafts, event)
    drafts = [d for d in drafts if d.act is None or d.act.type in _SPOKEN]  # “troops attacked”: an act in deed, whose word is elsewhere one of speech
    drafts.sort(key=lambda d: d.cue.start if d.cue else d.content[0].start)
    for draft in drafts:
        draft.within = _outer(draft, drafts)
        at = draft.cue or draft.content[0]
        draft.statement = claim_id(story.id, at.start, draft.party.start if draft.party else at.end)
    told = tuple(_with_claims(story, e, drafts) for e in coded)
    by_id = {e.id: e for e in told}
    for draft in drafts:
        draft.events = [by_id[e.id] for e in draft.events]
    return told, _statements(story, drafts, told)


def _drafts(story: Story, parsed: ParsedStory, claims: Sequence[Claim], parties: Mapping[tuple[int, int], Party]) -> list[_Draft]:
    found = []
    ordered = sorted(parties.items())
    for claim in claims:
        sentence = _sentence_of(parsed.sentences, claim.cue)
        if sentence is None or not claim.content:
            continue
        who = _parties_of(story.text, claim.source, _near(ordered, claim.source)) if claim.source else (None,)
        for party in who:
            draft = _Draft(claim.source, claim.cue, claim.content, sentence.index, claim.quote, party)
            draft.kind = _kind(story, draft, story.text[sentence.start : sentence.end])
            nobody = draft.kind == "unnamed" and party is not None and not (party.name or party.country or party.sector)
            asks_anonymity = _ANONYMOUS.search(" ".join(c.text for c in claim.content)) is not None and claim.cue.text.casefold() in _ASKS
            if not _IDLE.search(claim.cue.text) and not (nobody and not _TELLS.search(claim.cue.text)) and not asks_anonymity:
                found.append(draft)
    return found


def _near(ordered: Sequence[tuple[tuple[int, int], Party]], source: Span) -> dict[tuple[int, int], Party]:
    """Give the parties that stand about a source, so that a long story takes no longer for each claim."""
    return dict(ordered[bisect_left(ordered, source.start - _ABOUT, key=_start) : bisect_left(ordered, source.end + _ABOUT, key=_start)])


def _start(entry: tuple[tuple[int, int], Party]) -> int:
    return entry[0][0]


def _parties_of(text: str, source: Span, parties: Mapping[tuple[int, int], Party]) -> tuple[Party, ...]:
    """Give a source's claimants: one, or each of those that stand in a list (“London, Paris and Brussels”)."""
    first = _party_of(source, parties)
    found = [first]
    for _, party in sorted(parties.items()):
        if party.overlaps(source) and party.start >= found[-1].end and _LISTED.fullmatch(text[found[-1].end : party.start]):
            found.append(party)
    return tuple(found) if len(found) > 1 and _AND.search(text[first.end : found[-1].start]) else (first,)


def _party_of(source: Span, parties: Mapping[tuple[int, int], Party]) -> Party:
    """Give whom a source's words stand for: its first party, or the name put beside it."""
    inside = [p for _, p in sorted(parties.items()) if p.overlaps(source)]
    if not inside or inside[0].start - source.start > _SUBJECT_FIRST:
        return Party(source.text, source.start, source.end)
    first = inside[0]
    beside = next((p for p in inside[1:] if p.start - first.end <= 2 and p.name and not p.role), None)  # noqa: PLR2004 - a comma and a space
    return beside if beside is not None and beside.country in {None, first.country} and first.name is None else first


def _kind(story: Story, draft: _Draft, sentence: str) -> str:
    """Tell what kind of claimant a claim has."""
    source = draft.source
    if source is None:
        return "hearsay"
    if is_channel(source.text, story):
        return "channel"
    if _ANONYMOUS.search(sentence) or _SOURCES.search(source.text):
        return "anonymous"
    if _BROADCASTER.search(source.text):
        return "broadcaster"
    head = re.split(r"\s(?:of|from|by|for|in|to|on|that|which|who)\s|,", source.text, maxsplit=1)[0]
    if _DOCUMENT.search(head.split()[-1]):
        return "document"
    party = draft.party
    if party is None or not (party.name or party.entity):
        return "unnamed"
    only_role = party.entity is None and party.role is not None and is_person_role(party.role) and party.role.casefold() in (party.name or "").casefold()
    return "unnamed" if only_role or not any(c.isupper() for c in party.name or "") else "named"


def _sentence_of(sentences: Sequence[Sentence], span: Span) -> Sentence | None:
    at = bisect_right(sentences, span.start, key=lambda s: s.start) - 1
    return sentences[at] if at >= 0 and span.start < sentences[at].end else None


# -- events into claims


def _of_act(story: Story, event: Event, drafts: Sequence[_Draft]) -> _Draft | None:
    """Make a claim of an act in words that the order of the words did not give: “leading her to warn that …”."""
    if event.type not in _SPOKEN or event.modality != "actual" or not event.actors or not is_cue(event.trigger.text):
        return None
    if any(d.cue is not None and d.cue.overlaps(event.trigger) for d in drafts):
        return None
    who = event.actors[0]
    words = re.sub(r"^\s*(?:that\s)?", "", story.text[event.trigger.end : event.sentence.end])
    start = event.sentence.end - len(words)
    words = words.rstrip(' .,;”"')
    if not words or who.end > event.trigger.start:
        return None
    draft = _Draft(who, event.trigger, (Span(words, start, start + len(words)),), event.sentence.index, _quoted(story, event), who)
    draft.kind = _kind(story, draft, story.text[event.sentence.start : event.sentence.end])
    return draft


def _join(story: Story, drafts: list[_Draft], event: Event) -> None:
    """Put an event into the claims that it is told in; make a claim of the model's reading where the words' order gave none."""
    for draft in drafts:
        if draft.cue is not None and draft.cue.overlaps(event.trigger):
            draft.act = draft.act or event
        elif draft.holds(event.trigger) and (event.modality not in _DONE or draft.tells()):
            draft.events.append(event)
    who = event.attributed_to
    if who is None:
        return
    mine = [d for d in drafts if (d.source is not None and d.source.overlaps(who)) or (d.cue is not None and who.cue is not None and d.cue.overlaps(who.cue))]
    if any(event in d.events for d in mine):
        return
    near = next((d for d in mine if d.sentence == event.sentence.index and d.act is not event), None)
    if near is None:
        content = _told_around(story.text, event, who)
        near = _Draft(who, who.cue, content, event.sentence.index, who.quote, Party(who.text, who.start, who.end, who.name, who.entity, who.country, who.sector, who.role))
        near.kind = _kind(story, near, story.text[event.sentence.start : event.sentence.end])
        drafts.append(near)
    near.events.append(event)


def _told_around(text: str, event: Event, who: Attribution) -> tuple[Span, ...]:
    """Give the side of a sentence that the event stands on, seen from its claimant and the reporting word."""
    marks = [s for s in (who, who.cue) if s is not None and event.sentence.start <= s.start < event.sentence.end]
    low = max((s.end for s in marks if s.end <= event.trigger.start), default=event.sentence.start)
    high = min((s.start for s in marks if s.start >= event.trigger.end), default=event.sentence.end)
    words = text[low:high]
    left = low + len(words) - len(words.lstrip(" ,;\n"))
    right = low + len(words.rstrip(" ,;.\n"))
    return (Span(text[left:right], left, right),) if left < right else (event.trigger,)


def _outer(draft: _Draft, drafts: Sequence[_Draft]) -> _Draft | None:
    """Find the claim that another is told in: the shortest that holds its cue and its source."""
    parts = [s for s in (draft.cue, draft.source) if s is not None]
    first = parts[0].start if parts else -1
    near = [d for d in drafts if d.low <= first <= d.high and d is not draft and not (d.cue and d.cue == draft.cue)]
    around = [d for d in near if all(d.holds(s) for s in parts) and not (d.cue and draft.holds(d.cue))]
    return min(around, key=_Draft.length, default=None)


def _with_claims(story: Story, event: Event, drafts: Sequence[_Draft]) -> Event:
    """Give an event its claims, innermost first, and the claimant of the innermost where the model, which reads one sentence, could not see the cue."""
    mine = sorted((d for d in drafts if any(event is e for e in d.events)), key=_Draft.length)
    event_claims = tuple(d.statement for d in mine)
    who = event.attributed_to
    if who is None and mine and (teller := mine[0]).party is not None and teller.kind != "channel" and teller.sentence != event.sentence.index and teller.tells():
        p, cue = teller.party, teller.cue
        who = Attribution(p.text, p.start, p.end, p.name, p.entity, p.country, p.sector, p.role, cue, teller.quote and _quoted(story, event))
    return replace(event, claims=event_claims, attributed_to=who)


def _quoted(story: Story, event: Event) -> bool:
    """Tell whether an event's trigger stands in quotation marks."""
    return inside_quotes(story.text, event.trigger.start)


# -- statements


def _statements(story: Story, drafts: Sequence[_Draft], events: Sequence[Event]) -> tuple[Statement, ...]:
    made = []
    for d in drafts:
        party = None if d.kind == "channel" else d.party
        inner = [e for e in d.events if not any(other.within is d and e in other.events for other in drafts)]
        act = next((e for e in events if d.act is not None and e.id == d.act.id), None)
        made.append(
            Statement(
                d.statement, story.id, d.sentence, party, d.cue, d.content, d.quote, d.kind, d.within.statement if d.within else None, act.id if act else None,
                tuple(e.id for e in d.events), stances_of(party, d.cue, act, inner),
            )
        )  # fmt: skip
    linked = []
    for n, statement in enumerate(made):
        if is_denial(statement.cue, drafts[n].events):
            denies, denied = denied_by(n, made, events)
            linked.append(replace(statement, denies=denies, denied=denied))
        else:
            linked.append(statement)
    return tuple(linked)
