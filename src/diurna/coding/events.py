"""Code events: one record for each frame, every value with the words that it comes from."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from diurna.coding.harm import with_harm
from diurna.coding.quotes import inside_quotes
from diurna.coding.treaty import with_treaties
from diurna.ontology import PLOVER, Ontology
from diurna.records import Attribution, CoderVersion, Confidence, Event, Party, Place, Span, Story, When, event_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diurna.parse.frames import Frame, Mention, ParsedStory
    from diurna.records import Harm
    from diurna.resolve.places import Located
    from diurna.resolve.timeline import Dated

__all__ = ["Resolved", "code_events"]

_APPOSITION = re.compile(r"(?: of (?:the )?[\w ]{1,30})?,? (?:the |its |his |her |their |a )?")
_BACKGROUND = timedelta(days=366)  # codebook §3: told as background when more than a year before publication


@dataclass(frozen=True, slots=True)
class Resolved:
    """Hold what the resolve stage found: parties and places by the offsets of their words, days and sites of acts by trigger offsets and type."""

    parties: Mapping[tuple[int, int], Party]
    places: Mapping[tuple[int, int], Place]
    times: Mapping[tuple[int, int, str], Dated]
    sites: Mapping[tuple[int, int, str], Located]


def code_events(
    story: Story, parsed: ParsedStory, resolved: Resolved, coder: CoderVersion, ontology: Ontology = PLOVER
) -> tuple[tuple[Event, ...], tuple[Harm, ...]]:
    """Code a story's events.

    Args:
        story: the story, without events.
        parsed: what the model read in it.
        resolved: who and where its mentions are.
        coder: the program's and the model's versions.
        ontology: the model's.

    Returns:
        Events in text order; of two readings of one act in one sentence the surer is kept (codebook §1, *Same act, several words*).
        And the tolls that no event accounts for.
    """
    coded = [_code(story, parsed, frame, resolved, coder, ontology) for frame in parsed.frames]
    coded.sort(key=lambda e: (e.trigger.start, e.trigger.end, e.type))
    kept = with_treaties(story, parsed, _without_repeats(coded), resolved.parties)
    return with_harm(story, parsed, kept, resolved.parties, resolved.places)


def _code(story: Story, parsed: ParsedStory, frame: Frame, resolved: Resolved, coder: CoderVersion, ontology: Ontology) -> Event:
    sentence = parsed.sentences[frame.sentence]
    entry = ontology.types[frame.type]
    at = frame.trigger.start, frame.trigger.end, frame.type
    dated = resolved.times.get(at)
    when = dated.when if dated else None
    located = resolved.sites.get(at)
    where = located.place if located else None
    return Event(
        id=event_id(story.id, frame.trigger.start, frame.trigger.end, frame.type),
        story=story.id,
        sentence=sentence,
        type=frame.type,
        mode=frame.mode,
        cameo=entry.cameo_of(frame.mode),
        quad=ontology.quad_of(frame.type),
        score=entry.score_of(frame.mode),
        contexts=frame.contexts,
        modality=_modality(story, frame, when),
        trigger=frame.trigger,
        actors=_parties(story.text, frame.actors, resolved),
        recipients=_parties(story.text, frame.recipients, resolved),
        when=when,
        where=where,
        attributed_to=_attribution(story, frame, resolved),
        harm=(),
        treaty=None,
        confidence=_confidence(frame, dated, located),
        coder=coder,
    )


def _parties(text: str, mentions: Sequence[Mention], resolved: Resolved) -> tuple[Party, ...]:
    found = []
    for m in mentions:
        party = resolved.parties.get((m.start, m.end))
        found.append(party if party is not None else Party(m.text, m.start, m.end))
    return tuple(p for i, p in enumerate(found) if not any(_apposed(text, p, other) for j, other in enumerate(found) if i != j))


def _apposed(text: str, party: Party, other: Party) -> bool:
    """Tell whether words are only an apposition to the same side's other words (“the governor, Ada Obi”); the clearer of the two stays."""
    first, second = (party, other) if party.start < other.start else (other, party)
    gap = text[first.end : second.start]
    if not _APPOSITION.fullmatch(gap) or (None not in {party.country, other.country} and party.country != other.country):
        return False
    names = [bool(p.entity or (p.name and not (p.role and p.role.casefold() in p.name.casefold()))) for p in (party, other)]
    if party.name == other.name:
        return party is second
    return gap.count(",") == 1 and party.sector == other.sector and names == [False, True]


def _modality(story: Story, frame: Frame, when: When | None) -> str:
    """Correct the model's modality by the calendar, which it does not see: an actual act of more than a year ago is historical."""
    if frame.modality == "actual" and when is not None and when.text is not None and story.published:
        published = date.fromisoformat(story.published[:10])
        if published - date.fromisoformat(when.to) > _BACKGROUND:
            return "historical"
    return frame.modality


def _attribution(story: Story, frame: Frame, resolved: Resolved) -> Attribution | None:
    if frame.speaker is None:
        return None
    m = frame.speaker
    who = resolved.parties.get((m.start, m.end)) or Party(m.text, m.start, m.end)
    cue = Span(frame.cue.text, frame.cue.start, frame.cue.end) if frame.cue else None
    return Attribution(
        m.text,
        m.start,
        m.end,
        who.name,
        who.entity,
        who.country,
        who.sector,
        who.role,
        cue,
        inside_quotes(story.text, frame.trigger.start),
    )


def _confidence(frame: Frame, dated: Dated | None, located: Located | None) -> Confidence:
    return Confidence(
        event=frame.scores["event"],
        type=frame.scores["type"],
        parties=frame.scores["parties"],
        modality=frame.scores["modality"],
        when=None if dated is None or dated.when is None else dated.sure,
        where=None if located is None or located.place is None else located.score,
    )


def _without_repeats(events: list[Event]) -> list[Event]:
    """Drop the less sure of two events of one sentence that say the same of the same parties."""
    best: dict[tuple[object, ...], Event] = {}
    for e in events:
        sides = tuple(tuple(p.start for p in side) for side in (e.actors, e.recipients))
        key = (e.sentence.index, e.type, e.modality, sides, e.when and e.when.from_) if any(sides) else (e.id,)
        other = best.get(key)
        if other is None or e.confidence.event > other.confidence.event:
            best[key] = e
    kept = {e.id for e in best.values()}
    by_sentence: defaultdict[int, list[Event]] = defaultdict(list)
    for e in events:
        by_sentence[e.sentence.index].append(e)
    return [e for e in events if e.id in kept and not any(_same_words(e, other) for other in by_sentence[e.sentence.index] if other is not e)]


def _same_words(event: Event, other: Event) -> bool:
    """Tell whether an event's trigger only goes on another's (*held* and *talks*), which is the surer of the two."""
    gap = abs(max(event.trigger.start, other.trigger.start) - min(event.trigger.end, other.trigger.end))
    beside = event.type == other.type and event.sentence == other.sentence and gap <= 1
    return beside and (other.confidence.event, -other.trigger.start) > (event.confidence.event, -event.trigger.start)
