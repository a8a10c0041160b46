"""Code harm: how many were killed, injured, captured, displaced or missing, in the words of the report, and who gives the figure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from diurna.coding.attributions import find_claims
from diurna.knowledge.tables import load_tables
from diurna.parse.frames import Hint
from diurna.records import Attribution, Event, Harm, Party, Period, Place, Span
from diurna.resolve.counts import count_of, who_of
from diurna.resolve.phrases import cut
from diurna.resolve.times import find_times, read_time
from diurna.resolve.tolls import Toll, find_tolls, names_persons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diurna.parse.frames import Frame, ParsedStory
    from diurna.records import Sentence, Story

__all__ = ["toll_hints", "with_harm"]

_LEAST = 0.05  # probability of an act at words of a toll; set by hand (docs/why/032)
_FAR = 3  # sentences that a toll without an act of its own may stand from the act that it belongs to
_HARMFUL = {"captured": ("COERCE", "ASSAULT"), "displaced": ("ASSAULT", "COERCE", "MOBILIZE"), "missing": ("ASSAULT", "COERCE")}
_KIND_OF_MODE = {"arrest": "captured", "abduct": "captured", "targeted": "killed"}
_VIOLENT = ("ASSAULT", "PROTEST", "COERCE")
_PERIOD = re.compile(
    r"\b(?:over|in|during|within|for)\s+(?P<last>the\s+(?:previous|past|last|preceding)\s+(?:[\w-]+\s+)?(?:hours?|days?|weeks?|fortnight|months?|years?))\b"
    r"|\b(?P<since>since\s+(?!then\b)[^,.;:]{3,60})|\b(?P<night>overnight)\b|\b(?P<so>so far\s+(?P<this>this\s+(?:week|month|year)))\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:kill(?:ed|ing|s)?|massacred?|execut(?:ed|ing)|wound(?:ed|ing|s)|injur(?:ed|ing|es)|displac(?:ed|ing)|fled|uprooted|evacuated|abduct(?:ed|ing)|"
    r"kidnapp(?:ed|ing)|captur(?:ed|ing)|seized|detained|arrested|dead|deaths?|died|casualties)\b",
    re.IGNORECASE,
)
_ATTACKS = re.compile(
    r"\b(?:(?:car |suicide |truck )?bombings?|(?:air)?strikes?|attacks?|shelling|raids?|blasts?|explosions?|massacre|ambush|clash(?:es)?|fighting|offensive|siege|"
    r"assault|battle|shooting|crackdown)\b",
    re.IGNORECASE,
)


def toll_hints(text: str, sentence: Sentence) -> list[Hint]:
    """Point at the word of a sentence that names the act behind its tolls: what befell the persons, or the attack that did it."""
    tolls = [t for t in find_tolls(text, sentence.start, sentence.end) if not t.included and (t.low or t.high)]
    if not tolls:
        return []
    for pattern in (_ATTACKS, _WORDS):
        words = [(m.start(), m.end()) for m in pattern.finditer(text, sentence.start, sentence.end)]
        if words:
            start, end = min(words, key=lambda w: max(w[0] - tolls[0].end, tolls[0].start - w[1]))
            return [Hint(text[start:end], start, end, ("ASSAULT", "COERCE"), _LEAST)]
    return []


def with_harm(
    story: Story, parsed: ParsedStory, events: Sequence[Event], parties: Mapping[tuple[int, int], Party], places: Mapping[tuple[int, int], Place]
) -> tuple[tuple[Event, ...], tuple[Harm, ...]]:
    """Give every toll of a story to one event: that of its own words, else the nearest act that can have done it.

    Args:
        story: the story.
        parsed: what the model read in it.
        events: the story's events, without harm.
        parties: resolved parties by the offsets of their words.
        places: resolved places, likewise.

    Returns:
        The events in the same order, with their harm; and the tolls that no event accounts for.
    """
    held: dict[str, list[Harm]] = {}
    alone: list[Harm] = []
    frames = {(f.trigger.start, f.trigger.end): f for f in parsed.frames}
    published = date.fromisoformat(story.published[:10]) if story.published else None
    for sentence in parsed.sentences:
        tolls = find_tolls(story.text, sentence.start, sentence.end)
        tolls += _by_model(story.text, sentence, events, frames, tolls)
        for toll in tolls:
            owner = _owner(toll, sentence, events, frames)
            (alone if owner is None else held.setdefault(owner.id, [])).append(_harm(story, sentence, toll, owner, parties, places, published))
    return tuple(replace(e, harm=tuple(sorted(held.get(e.id, ()), key=lambda h: (h.start, h.kind)))) for e in events), tuple(alone)


def _by_model(text: str, sentence: Sentence, events: Sequence[Event], frames: Mapping[tuple[int, int], Frame], tolls: Sequence[Toll]) -> list[Toll]:
    """Read the counts that the model gives to an arrest, an abduction or a killing and that the grammar of tolls does not tie to it."""
    found = []
    for event in (e for e in events if e.sentence.index == sentence.index):
        frame = frames[event.trigger.start, event.trigger.end]
        kind = _KIND_OF_MODE.get(frame.mode or "")
        for mention in frame.counts if kind else ():
            count, who = count_of(mention.text), who_of(mention.text)
            doer = text[max(0, mention.start - 5) : mention.start].casefold().endswith(("by ", "with "))
            if kind and count is not None and not doer and (who is None or names_persons(who)) and not any(t.overlaps(mention) for t in tolls):
                found.append(Toll(mention.text, mention.start, mention.end, kind, count[0], count[1], who))
    return found


def _owner(toll: Toll, sentence: Sentence, events: Sequence[Event], frames: Mapping[tuple[int, int], Frame]) -> Event | None:
    """Choose the event that a toll belongs to."""
    types = _HARMFUL.get(toll.kind, _VIOLENT)

    def rank(event: Event) -> tuple[float, ...]:
        frame = frames[event.trigger.start, event.trigger.end]
        counted = any(m.overlaps(toll) for m in frame.counts)
        kind = types.index(event.type) if event.type in types else len(types)
        gap = max(event.trigger.start - toll.end, toll.start - event.trigger.end, 0)
        return (not counted, kind, gap)

    here = [e for e in events if e.sentence.index == sentence.index]
    best = min(here, key=rank, default=None)
    if best is not None and (rank(best)[0] == 0 or best.type in types):
        return best
    near = [e for e in events if e.type in types and e.modality in {"actual", "historical"} and abs(e.sentence.index - sentence.index) <= _FAR]
    return min(near, key=lambda e: (e.sentence.index > sentence.index, abs(e.sentence.index - sentence.index), types.index(e.type)), default=best)


def _harm(
    story: Story, sentence: Sentence, toll: Toll, owner: Event | None, parties: Mapping[tuple[int, int], Party], places: Mapping[tuple[int, int], Place], published: date | None
) -> Harm:
    period = _period(story.text, sentence, toll, published)
    total = toll.total
    if period is not None and total is None:
        total = period.text.casefold().startswith(("since", "so far"))
    said = owner is not None and owner.attributed_to is not None and sentence.start <= owner.attributed_to.start < sentence.end
    claimant = None if said else _claimant(story.text, sentence, toll, parties)
    here = [p for p in places.values() if sentence.start <= p.start < sentence.end and p.country]
    where = min(here, key=lambda p: max(p.start - toll.end, toll.start - p.end), default=None) if owner is None or owner.where is None else None
    return Harm(toll.text, toll.start, toll.end, toll.kind, toll.low, toll.high, toll.who, _side(toll.text, published), toll.included, total, period, where, claimant)


def _side(words: str, day: date | None) -> str | None:
    """Tell whose people they are by the country in their words (“12 Ukrainian soldiers”)."""
    named = {p.country.code for p in cut(words, day, load_tables()) if p.kind == "country" and p.country is not None}
    return named.pop() if len(named) == 1 else None


def _period(text: str, sentence: Sentence, toll: Toll, published: date | None) -> Period | None:
    """Read the days that a toll covers, from the nearest such words of its sentence."""
    found = list(_PERIOD.finditer(text, sentence.start, sentence.end))
    if not found:
        return None
    m = min(found, key=lambda m: max(m.start() - toll.end, toll.start - m.end()))
    name = "last" if m["last"] else "since" if m["since"] else "night" if m["night"] else "so"
    span = Span(text[m.start(name) : m.end(name)], m.start(name), m.end(name))
    if published is None:
        return Period(span.text, span.start, span.end, None, None)
    if name == "since":
        found_times = find_times(text[sentence.start : sentence.end], published)
        times = [t for t in found_times if t.start + sentence.start >= span.start + len("since") and t.end + sentence.start <= span.end]
        words = text[times[0].start + sentence.start : times[0].end + sentence.start] if times else span.text[len("since") :]
        days = (times[0].from_, times[0].to) if times and times[0].from_ else _days(words, published)
        stop = times[0].end + sentence.start if times else span.end
        return Period(text[span.start : stop], span.start, stop, days[0] if days else None, published.isoformat())
    if name == "so":
        days = _days(m["this"], published)
        return Period(span.text, span.start, span.end, days[0] if days else None, published.isoformat())
    days = _days("last night" if name == "night" else span.text, published)
    return Period(span.text, span.start, span.end, days[0] if days else None, published.isoformat() if name == "night" else days[1] if days else None)


def _days(words: str, published: date) -> tuple[str, str] | None:
    found = read_time(words, published)
    return (found.from_, found.to) if found and found.from_ and found.to else None


def _claimant(text: str, sentence: Sentence, toll: Toll, parties: Mapping[tuple[int, int], Party]) -> Attribution | None:
    """Find whom the sentence credits for the figure."""
    for claim in find_claims(text[sentence.start : sentence.end]):
        source = claim.source
        told = any(c.start + sentence.start <= toll.start and toll.end <= c.end + sentence.start for c in claim.content)
        if source is None or not told:
            continue
        start, end = source.start + sentence.start, source.end + sentence.start
        who = next((p for (a, b), p in sorted(parties.items()) if a < end and start < b), None) or Party(text[start:end], start, end)
        cue = Span(claim.cue.text, claim.cue.start + sentence.start, claim.cue.end + sentence.start)
        return Attribution(who.text, who.start, who.end, who.name, who.entity, who.country, who.sector, who.role, cue, claim.quote)
    return None
