"""Read a coded event as a mention: what of it can be compared with a mention in another report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from diurna.knowledge.tables import load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Event, Harm, Party, Place, Story

__all__ = ["Mention", "Side", "blocks", "mentions_of"]

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_EMPTY: Final = frozenset(
    "a an the of to in on at by for from with as and or but that which who whom whose this these those it its he she his her they their them was were is are be been being "
    "has have had will would could should may might do did does not no said say says told tell tells after before over under into out up down off than more most least about "
    "some any all other others another one also near two three four five six seven eight nine ten dozen hundred thousand monday tuesday wednesday thursday friday saturday "
    "sunday january february march april may june july august september october november december week month year day days ago later early late last next first new people "
    "official officials spokesman according when while where what there here against between during".split()
)
_ROLES: Final = frozenset(
    "president prime minister premier foreign defence defense interior king queen prince general secretary chancellor ambassador leader army police navy state government "
    "ministry parliament council security union united nations republic democratic north south east west northern southern eastern western central mr mrs ms dr sir party "
    "front forces city province region".split()
)
_ENDINGS: Final = re.compile(r"(?:ations?|ings?|ments?|ers?|ors?|ies|ied|ed|es|s|e|y)$")
_STEM: Final = 4  # letters that a stem keeps at least
_LONG: Final = 31  # days: a longer range says when no more exactly than a year does


@dataclass(frozen=True, slots=True)
class Side:
    """Hold a party as it compares: what is known of who it is, and whether it acts."""

    actor: bool
    entity: str | None
    names: frozenset[str]
    country: str | None
    sector: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Hold a mention of an event. ``low``/``high`` are its first and last day as ordinals, ``dated`` whether the report tells them."""

    id: str
    story: str
    source: str | None
    published: str | None
    type: str
    mode: str | None
    modality: str
    sides: tuple[Side, ...]
    low: int | None
    high: int | None
    dated: bool
    place: Place | None
    words: frozenset[str]
    story_words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    harm: tuple[Harm, ...]
    trigger: str
    text: str
    claimant: str | None
    at: int

    @property
    def countries(self) -> frozenset[str]:
        """Countries of the parties and of the place."""
        found = {side.country for side in self.sides} | ({self.place.country} if self.place else set())
        return frozenset(c for c in found if c)


def mentions_of(story: Story) -> list[Mention]:
    """Read the events of a coded story as mentions, in text order.

    An event is compared by the sentence that tells it; where only the record is known and not the text, by the words of its spans.
    """
    whole, _, _ = _content(story.text, ())
    return [_mention(story, event, whole) for event in sorted(story.events, key=lambda e: (e.trigger.start, e.id))]


def _mention(story: Story, event: Event, whole: frozenset[str]) -> Mention:
    text = story.text[event.sentence.start : event.sentence.end] or " ".join(s.text for s in event.spans())
    parties = (*event.actors, *event.recipients)
    words, names, numbers = _content(text, [p.text for p in parties] + ([event.where.text] if event.where else []))
    who = event.attributed_to
    low, high = _days(event, story.published)
    return Mention(
        id=event.id,
        story=event.story or story.id,
        source=story.source,
        published=story.published,
        type=event.type,
        mode=event.mode,
        modality=event.modality,
        sides=tuple([_side(p, actor=True) for p in event.actors] + [_side(p, actor=False) for p in event.recipients]),
        low=low,
        high=high,
        dated=event.when is not None and event.when.text is not None,
        place=event.where if event.where and (event.where.name or event.where.country) else None,
        words=words,
        story_words=whole or words,
        names=names,
        numbers=numbers,
        harm=event.harm,
        trigger=_stem((event.trigger.text.casefold().split() or [""])[0]),
        text=" ".join(text.split()),
        claimant=(who.name or who.text) if who else None,
        at=event.sentence.start,
    )


def _side(party: Party, *, actor: bool) -> Side:
    words, names, _ = _content(party.name or party.text, [party.name or party.text])
    return Side(actor, party.entity, names or words, party.country, party.sector, party.name or party.text)


def _days(event: Event, published: str | None) -> tuple[int | None, int | None]:
    """Give the days of an act; the publication day where the report gives none or gives no more than a season."""
    when = event.when
    if when is not None:
        low, high = date.fromisoformat(when.from_), date.fromisoformat(when.to)
        if when.text is None:  # told as news, with no day named: of this day or the one before
            return low.toordinal() - 1, high.toordinal()
        if high - low <= timedelta(days=_LONG) or event.modality == "historical":
            return low.toordinal(), high.toordinal()
    if published is None or event.modality == "historical":
        return None, None
    day = date.fromisoformat(published).toordinal()
    return day - 1, day


def _content(text: str, named: tuple[str, ...] | list[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Give the stems of the words that tell something, the words that are names and no countries, and the numbers."""
    inside = {w.casefold() for phrase in named for w in _WORD.findall(phrase) if w[0].isupper()}
    words, names, numbers = set(), set(), set()
    opens = True
    for match in _WORD.finditer(text.replace("’", "'")):
        token = match.group()
        folded = token.casefold().removesuffix("'s")
        if token[0].isdigit():
            numbers.add(token)
        elif folded not in _EMPTY:
            country = _country(token.removesuffix("'s"))
            if country:
                words.add(f"={country}")
            else:
                words.add(_stem(folded))
                if token[0].isupper() and folded not in _ROLES and (not opens or folded in inside):
                    names.add(folded)
        opens = text[match.end() : match.end() + 1] in {".", "?", "!", "\n", "“", '"'}
    return frozenset(words), frozenset(names), frozenset(numbers)


@lru_cache(maxsize=50_000)
def _country(word: str) -> str | None:
    return load_tables().country_named(word) if word[0].isupper() else None


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Cut inflections off, leaving four letters at least; good enough to meet “shelled” with “shelling”."""
    stem = word
    while (found := _ENDINGS.search(stem)) and found.start() >= _STEM and stem != found.group():
        stem = stem[: found.start()]
    return stem


def blocks(mention: Mention, reach: int) -> Iterator[tuple[str, int]]:
    """Give the keys under which a mention may meet another: each country or name with each day that is near enough."""
    if mention.low is None or mention.high is None:
        days = range(-1, 0)
    elif mention.high - mention.low > _LONG:
        days = range(-mention.low, -mention.low + 1)  # a year or an era meets only the same one
    else:
        days = range(mention.low - reach, mention.high + reach + 1)
    keys = mention.countries | mention.names or {mention.type}
    for key in keys:
        for day in days:
            yield key, day
