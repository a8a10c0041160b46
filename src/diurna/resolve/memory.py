"""Resolve a story's parties in the order of the text, with the story's own memory.

A surname takes the full name that the story gave, "the minister" the minister it spoke of, an acronym the name it was put after in brackets, a
pronoun its best antecedent; police, troops or lawmakers without a country take the story's. What cannot be told stays None.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from diurna.knowledge.tables import key, tokens_of
from diurna.records import Party
from diurna.resolve.actors import Context, Identity, Resolver, countries_in
from diurna.resolve.phrases import cut
from diurna.resolve.pronouns import PRONOUNS, Referent, antecedent, is_person_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from diurna.parse.frames import Mention, ParsedStory
    from diurna.records import Story

__all__ = ["Resolution", "resolve_story", "trace_story"]

_DATELINE_WEIGHT = 2.5
_LEAD_WEIGHT = 2.0  # a country named in the first two sentences counts double
_PLACE_WEIGHT = 1.5
_ARTICLES = frozenset({"the", "this", "that", "these", "those", "a", "an", "both", "its", "his", "her", "their", "our", "my"})
_POSSESSIVE = frozenset({"its", "his", "her", "their", "our", "my", "whose"})
# Sectors whose unnamed bearers are of the place where the act is; others follow the story's main country
_LOCAL = frozenset({"COP", "CVL", "UAF", "CRM", "MED", "EDU", "LAB", "AGR", "REL", "REF", "JUD", "REB", "SOC", "BUS", "PTY", "OPP", "JRN", "PRM"})
# "the group" and its like take up an earlier body of these sectors
_BODIES = {
    "group": {"REB", "SOC", "PRM", "CRM", "OPP", "IGO", "UAF", "JRN", "PTY", "LAB"},
    "organisation": {"REB", "SOC", "IGO", "OPP"},
    "organization": {"REB", "SOC", "IGO", "OPP"},
    "movement": {"REB", "OPP", "SOC", "PTY", "PRE"},
    "agency": {"IGO", "GOV", "SPY", "JRN"},
    "bloc": {"IGO", "PTY", "OPP"},
    "alliance": {"IGO", "PTY", "OPP", "REB"},
    "body": {"IGO", "GOV", "SOC"},
    "party": {"PTY", "OPP"},
    "council": {"IGO", "GOV"},
    "court": {"JUD"},
    "tribunal": {"JUD"},
    "union": {"LAB", "IGO"},
    "company": {"BUS"},
    "firm": {"BUS"},
    "newspaper": {"JRN"},
    "paper": {"JRN"},
    "militia": {"PRM", "REB"},
    "force": {"MIL", "IGO", "COP"},
    "mission": {"IGO", "MIL", "GOV"},
    "charity": {"SOC"},
    "commission": {"IGO", "GOV"},
    "coalition": {"MIL", "OPP", "PTY", "IGO"},
}
_ACRONYM_AFTER = re.compile(r"\s*\(([A-Z][A-Za-z&.\-]{1,11})\)")
_MEN = frozenset({"king", "prince", "emir", "sultan", "spokesman", "chairman", "congressman", "policeman", "mr", "mr.", "father", "husband", "imam", "ayatollah", "bishop", "pope"})
_WOMEN = frozenset({"queen", "princess", "spokeswoman", "chairwoman", "congresswoman", "policewoman", "mrs", "mrs.", "ms", "ms.", "mother", "wife", "nun"})


@dataclass(frozen=True, slots=True)
class Resolution:
    """Say who a mention is, why, and where in the story the name it takes up stands."""

    party: Party
    reason: str
    antecedent: tuple[int, int] | None = None


def resolve_story(
    story: Story,
    parsed: ParsedStory,
    resolver: Resolver,
    country_of_place: Callable[[str], str | None] | None = None,
) -> dict[tuple[int, int], Party]:
    """Resolve every party mention of a story.

    Args:
        story: the story, for its text, dateline and publication day.
        parsed: the mentions read in it.
        resolver: the knowledge tables' resolver.
        country_of_place: gives the alpha-3 code of a place's name, or None.

    Returns:
        Parties by the offsets of their words.
    """
    return {at: found.party for at, found in trace_story(story, parsed, resolver, country_of_place).items()}


def trace_story(
    story: Story,
    parsed: ParsedStory,
    resolver: Resolver,
    country_of_place: Callable[[str], str | None] | None = None,
) -> dict[tuple[int, int], Resolution]:
    """Resolve every party mention of a story, with reasons and antecedents, as ``diurna explain`` shows them.

    Args:
        story: the story.
        parsed: the mentions read in it.
        resolver: the knowledge tables' resolver.
        country_of_place: gives the alpha-3 code of a place's name, or None.

    Returns:
        Resolutions by the offsets of the mentions' words.
    """
    memory = _Memory(story, parsed, resolver, country_of_place)
    mentions = sorted((m for m in parsed.mentions if m.kind == "party"), key=lambda m: (m.start, m.end))
    memory.read_ahead(mentions)
    found: dict[tuple[int, int], Resolution] = {}
    led: set[int] = set()
    for mention in mentions:
        found[mention.start, mention.end] = memory.take(mention, leads=mention.sentence not in led)
        led.add(mention.sentence)
    return found


@dataclass(slots=True)
class _Memory:
    """Remember a story's parties while its mentions go by."""

    story: Story
    parsed: ParsedStory
    resolver: Resolver
    country_of_place: Callable[[str], str | None] | None
    day: date | None = None
    referents: list[Referent] = field(default_factory=list)
    full_names: dict[str, Identity] = field(default_factory=dict)
    acronyms: dict[str, str] = field(default_factory=dict)
    named: dict[int, list[str]] = field(default_factory=dict)
    places: dict[int, list[str]] = field(default_factory=dict)
    ranking: tuple[str, ...] = ()
    home: str | None = None

    def __post_init__(self) -> None:
        published = self.story.published
        try:
            self.day = date.fromisoformat(published[:10]) if published else None
        except ValueError:
            self.day = None
        self._weigh_countries()

    # -- the story's countries

    def _weigh_countries(self) -> None:
        """Rank the countries that the story names: in the dateline, in places, anywhere in the text."""
        weights: Counter[str] = Counter()
        for sentence in self.parsed.sentences:
            pieces = cut(self.story.text[sentence.start : sentence.end], self.day, self.resolver.tables)
            codes = countries_in(pieces)
            self.named[sentence.index] = codes
            for code in codes:
                weights[code] += _LEAD_WEIGHT if sentence.index <= 1 else 1.0
        for mention in self.parsed.mentions:
            if mention.kind == "place" and (code := self._place(mention.text)):
                self.places.setdefault(mention.sentence, []).append(code)
                weights[code] += _PLACE_WEIGHT
        if self.story.dateline and (code := self._place(self.story.dateline.title())):
            self.home = code
            weights[code] += _DATELINE_WEIGHT
        self.ranking = tuple(code for code, _ in weights.most_common())
        self.home = self.home or (self.ranking[0] if self.ranking else None)

    def _place(self, words: str) -> str | None:
        plain = re.sub(r"^(the|in|near|eastern|western|northern|southern|central|north|south|east|west)\s+", "", words.strip(), flags=re.IGNORECASE)
        for name in (plain, plain.split(",")[0], plain.split(" of ")[-1]):
            if found := self.resolver.tables.country_named(name, self.day):
                return found
            if self.country_of_place and (found := self.country_of_place(name)):
                return found
        return None

    def _context(self, sentence: int) -> Context:
        near = [*self.places.get(sentence, []), *self.named.get(sentence, [])]
        return Context(tuple(dict.fromkeys([*near, *self.ranking])), self.country_of_place)

    def _country_for(self, sector: str | None, mention: Mention) -> tuple[str | None, str]:
        """Take an unnamed role's country from the story."""
        here, before = self.places.get(mention.sentence, []), self.places.get(mention.sentence - 1, [])
        if sector in _LOCAL or sector is None:
            if here:
                return here[0], "the place in the sentence"
            if before and not self.named.get(mention.sentence):
                return before[0], "the place in the sentence before"
        named = [c for c in self.named.get(mention.sentence, []) if len(c) == 3]  # noqa: PLR2004 - alpha-3
        if len(set(named)) == 1 and not here:
            return named[0], "the country in the sentence"
        if self.home:
            return self.home, "the story's country"
        return None, ""

    # -- names

    def read_ahead(self, mentions: list[Mention]) -> None:
        """Gather full names and acronyms, as a headline has the surname before the text has the name."""
        for mention in mentions:
            if after := _ACRONYM_AFTER.match(self.story.text, mention.end):
                self.acronyms[key(after[1])] = mention.text
            if mention.text.lower() in PRONOUNS or " " not in mention.text:
                continue
            found = self.resolver.party(mention.text, published=self.day, context=self._context(mention.sentence))
            if found.kind == "person" and found.name and " " in found.name:
                self.full_names.setdefault(_last(found.name), found)
                if not found.country and found.sector:
                    country, _ = self._country_for("GOV", mention)
                    self.full_names[_last(found.name)] = replace(found, country=country)

    def take(self, mention: Mention, *, leads: bool) -> Resolution:
        """Resolve the next mention and remember it."""
        words = [w.lower() for w in mention.text.split()]
        if len(words) == 1 and words[0] in PRONOUNS:
            chosen = antecedent(words[0], mention.sentence, mention.start, self.referents)
            if chosen is None:
                return self._answer(mention, Identity(), "a pronoun without an antecedent", None)
            if words[0] in {"she", "her", "he", "him", "his"}:
                chosen.gender = "f" if words[0] in {"she", "her"} else "m"
            return self._seen(mention, chosen, leads, f"{mention.text} stands for {chosen.identity.name or chosen.identity.role}")
        found = self.resolver.party(mention.text, published=self.day, context=self._context(mention.sentence))
        found, earlier = self._by_story(mention, words, found)
        if earlier:
            return self._seen(mention, earlier, leads, f"{mention.text} takes up {earlier.identity.name or earlier.identity.role}", found)
        return self._new(mention, found, leads)

    def _by_story(self, mention: Mention, words: list[str], found: Identity) -> tuple[Identity, Referent | None]:
        """Let the story decide what the words alone do not."""
        bare = [w for w in words if w not in _ARTICLES]
        if long := self.acronyms.get(key(mention.text.removeprefix("the ").removeprefix("The "))):
            whole = self.resolver.party(long, published=self.day, context=self._context(mention.sentence))
            if whole.sector:
                found = whole
        if found.kind in {"person", "unknown"} and found.name:
            known = self.full_names.get(_last(found.name))
            if known and set(_folded(found.name)) <= set(_folded(known.name or "")):
                role = found.role or known.role
                found = replace(known, role=role, sector=found.sector or known.sector, country=found.country or known.country)
        earlier = self._same(found, mention) or self._taken_up(found, words, bare)
        if earlier:
            return found, earlier
        if found.country is None and found.sector and found.kind in {"role", "person", "body"}:
            found = self._with_country(mention, words, found)
        return found, None

    def _same(self, found: Identity, mention: Mention) -> Referent | None:
        """Find the party that was already named: by entity, or by name and country, or by the same words."""
        said = frozenset(w for w in _folded(mention.text) if w not in _ARTICLES)
        for r in reversed(self.referents):
            mine = r.identity
            if found.name and mine.name and key(found.name) == key(mine.name) and found.kind == mine.kind:
                if found.country in {None, mine.country}:
                    return r
            if said and said == r.words and found.country in {None, mine.country}:
                return r
        return None

    def _taken_up(self, found: Identity, words: list[str], bare: list[str]) -> Referent | None:
        """Find what a definite description takes up: "the minister", "the group", "the army"."""
        if found.country is not None or found.kind != "role" or not found.role or words[0] in {"a", "an"} or words[0] in _POSSESSIVE:
            return None
        head = bare[-1] if bare else ""
        for r in sorted(self.referents, key=lambda r: (r.sentence, r.order), reverse=True):
            mine = r.identity
            if words[0] == "the" and head in _BODIES and mine.kind in {"body", "role"} and not r.person and mine.sector in _BODIES[head]:
                return r
            if mine.role and mine.sector == found.sector and (mine.role == found.role or mine.role.endswith(" " + found.role)) and r.plural == found.plural:
                return r
            if words[0] == "the" and r.person and mine.role and is_person_role(found.role) and mine.role.endswith(found.role):
                return r
        return None

    def _with_country(self, mention: Mention, words: list[str], found: Identity) -> Identity:
        if words[0] in _POSSESSIVE:
            owner = antecedent(words[0], mention.sentence, mention.start, self.referents)
            if owner and owner.identity.country:
                return replace(found, country=owner.identity.country, reason=f"{found.reason}; {words[0]} stands for {owner.identity.name}")
        if found.sector in {"MIL", "LEG", "COP", "SPY", "REB"}:
            for r in reversed(self.referents):
                if r.identity.sector == found.sector and r.identity.country and not r.person:
                    return replace(found, country=r.identity.country, reason=f"{found.reason}; {r.identity.country} as {r.identity.name} before")
        country, why = self._country_for(found.sector, mention)
        return replace(found, country=country, reason=f"{found.reason}; {country} by {why}") if country else found

    # -- memory

    def _new(self, mention: Mention, found: Identity, leads: bool) -> Resolution:  # noqa: FBT001 - private
        person = found.kind == "person" or (found.kind == "role" and not found.plural and bool(found.role) and is_person_role(found.role or ""))
        plural = found.plural or (found.kind == "body" and found.sector in {"REB", "MIL", "COP"})
        said = frozenset(w for w in _folded(mention.text) if w not in _ARTICLES)
        r = Referent(found, person, plural, said, order=len(self.referents), gender=_gender(mention.text))
        self.referents.append(r)
        return self._seen(mention, r, leads, found.reason, first=True)

    def _seen(self, mention: Mention, r: Referent, leads: bool, why: str, found: Identity | None = None, *, first: bool = False) -> Resolution:  # noqa: FBT001, PLR0913
        at = None if first else (r.start, r.end)
        r.sentence, r.start, r.end = mention.sentence, mention.start, mention.end
        r.mentions += 1
        r.sentences.add(mention.sentence)
        if leads:
            r.leads.add(mention.sentence)
        who = r.identity
        if found:
            who = replace(who, sector=found.sector if found.kind == "person" and found.sector and found.role else who.sector, role=who.role or found.role)
        return self._answer(mention, who, why, at)

    def _answer(self, mention: Mention, who: Identity, why: str, at: tuple[int, int] | None) -> Resolution:
        party = Party(mention.text, mention.start, mention.end, who.name, who.entity, who.country, who.sector, who.role)
        return Resolution(party, why, at)


def _folded(words: str) -> list[str]:
    return [key(w) for w in tokens_of(words) if w != "'s"]


def _last(name: str) -> str:
    return key(name.split()[-1]).removeprefix("al-").removeprefix("el-")


def _gender(words: str) -> str:
    said = {w.lower() for w in words.split()}
    return "m" if said & _MEN else "f" if said & _WOMEN else ""
