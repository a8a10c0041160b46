"""Resolve a story's parties in the order of the text, with the story's own memory.

A surname takes the full name that the story gave, "the minister" the minister it spoke of, an acronym the name it was put after in brackets, a
pronoun its best antecedent; police, troops or lawmakers without a country take the story's. What cannot be told stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from diurna.knowledge.tables import key, tokens_of, word_set, word_sets
from diurna.ontology import INTERNATIONAL
from diurna.records import Candidate, Evidence, Party
from diurna.resolve.actors import Identity, Resolver
from diurna.resolve.candidates import SURE
from diurna.resolve.pronouns import PRONOUNS, Referent, antecedent, is_person_role
from diurna.resolve.setting import Bearer, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diurna.parse.frames import Mention, ParsedStory
    from diurna.records import Story

__all__ = ["resolve_story", "trace_story"]

_ARTICLES = frozenset({"the", "this", "that", "these", "those", "a", "an", "both", "its", "his", "her", "their", "our", "my"})
_POSSESSIVE = frozenset({"its", "his", "her", "their", "our", "my", "whose"})
# "the group" and its like take up an earlier body of these sectors
_BODIES = word_sets("bodies")
# "the North", of a divided country
_HALVES = {"north": ("PRK", "VDR", "SDN", "YEM"), "south": ("KOR", "VNM", "SSD", "YMD")}
# Roles borne across borders: nothing in the story says whose they are
_WORLD = re.compile(
    r"\b(international|foreign|regional|world|global|multinational|caribbean|arab|african|european|asian|latin|gulf|central american|"
    r"diplomats|states|"
    r"nations|countries|powers)\b",
    re.IGNORECASE,
)
_OFFICE_ABROAD = re.compile(r"\b(foreign|external) (minist|secretar|office|affairs)\w*", re.IGNORECASE)  # a state's own, for all its name
_ACRONYM_AFTER = re.compile(r"\s*\(([A-Z][A-Za-z&.\-]{1,11})\)")
_APPOSITION = re.compile(
    r",\s+((?:the|a|an|his|her|its|who is)\s[^,;.:()\"“”]{3,70}|[a-z][^,;.:()\"“”]{3,60}|[A-Z][\w'’. ]{2,20}(?:'s|’s) [^,;.:()]{3,50})[,.;:]",
)
_MEN = word_set("men")
_WOMEN = word_set("women")
_FAMILY_FIRST = frozenset({"CHN", "HKG", "KHM", "KOR", "MAC", "PRK", "SGP", "TWN", "VNM"})
_ARMED = frozenset({"MIL", "REB", "PRM", "COP"})
_MEN_OF = frozenset({"man", "men", "person", "people", "reinforcement", "force", "troops"})


def resolve_story(
    story: Story,
    parsed: ParsedStory,
    resolver: Resolver,
    country_of_place: Callable[[str], str | None] | None = None,
    told: Mapping[str, int] | None = None,
) -> dict[tuple[int, int], Party]:
    """Resolve every party mention of a story.

    Args:
        story: the story, for its text, dateline and publication day.
        parsed: the mentions read in it.
        resolver: the knowledge tables' resolver.
        country_of_place: gives the alpha-3 code of a place's name, or None.
        told: how many places of each country the story names.

    Returns:
        Parties by the offsets of their words.
    """
    return {at: found.party for at, found in trace_story(story, parsed, resolver, country_of_place, told).items()}


def trace_story(
    story: Story,
    parsed: ParsedStory,
    resolver: Resolver,
    country_of_place: Callable[[str], str | None] | None = None,
    told: Mapping[str, int] | None = None,
) -> dict[tuple[int, int], Evidence]:
    """Resolve every party mention of a story, with reasons and antecedents, as ``diurna explain`` shows them.

    Args:
        story: the story.
        parsed: the mentions read in it.
        resolver: the knowledge tables' resolver.
        country_of_place: gives the alpha-3 code of a place's name, or None.
        told: how many places of each country the story names.

    Returns:
        Evidence by the offsets of the mentions' words.
    """
    day = _day(story.published)
    memory = Memory(story, resolver, Setting.of(story, parsed, resolver.tables, day, country_of_place, told), day)
    mentions = sorted((m for m in parsed.mentions if m.kind == "party"), key=lambda m: (m.start, m.end))
    memory.read_ahead(mentions)
    found: dict[tuple[int, int], Evidence] = {}
    led: set[int] = set()
    for mention in mentions:
        found[mention.start, mention.end] = memory.take(mention, leads=mention.sentence not in led)
        led.add(mention.sentence)
    return found


@dataclass(slots=True)
class Memory:
    """Remember a story's parties while its mentions go by."""

    story: Story
    resolver: Resolver
    setting: Setting
    day: date | None = None
    referents: list[Referent] = field(default_factory=list)
    full_names: dict[str, Identity] = field(default_factory=dict)
    family_names: dict[str, Identity] = field(default_factory=dict)  # of persons whose names begin with it
    acronyms: dict[str, str] = field(default_factory=dict)
    unnamed: list[tuple[Mention, Bearer]] = field(default_factory=list)  # those given the story's country, for eval/setting.py
    chosen: str | None = None  # the country last given by the story

    def read_ahead(self, mentions: list[Mention]) -> None:
        """Gather full names and acronyms, as a headline has the surname before the text has the name."""
        for mention in mentions:
            if after := _ACRONYM_AFTER.match(self.story.text, mention.end):
                self.acronyms[key(after[1])] = mention.text
            if mention.text.lower() in PRONOUNS or " " not in mention.text:
                continue
            found = self._by_words(mention)
            if found.kind == "person" and found.name and " " in found.name:
                if not found.country and found.sector and found.sector != "IGO":
                    bearer = self._bearer(mention, found)
                    self.unnamed.append((mention, bearer))
                    country, why = self.setting.country_for(bearer)
                    found = replace(found, country=country, reason=f"{found.reason}; {country} by {why}")
                self.full_names.setdefault(_last(found.name or ""), found)
                if found.country in _FAMILY_FIRST:
                    self.family_names.setdefault(_folded(found.name or "")[0], found)

    def take(self, mention: Mention, *, leads: bool) -> Evidence:
        """Resolve the next mention and remember it.

        Args:
            mention: the next party mention in text order.
            leads: whether it is its sentence's first party.

        Returns:
            Who it is, and why.
        """
        words = [w.lower() for w in tokens_of(mention.text)] or [mention.text.lower()]
        if len(words) == 1 and words[0] in PRONOUNS:
            return self._stand_in(mention, words[0], leads)
        found = self._by_words(mention)
        half = [w for w in words if w != "'s"][-1:]
        if (half and half[0] in _HALVES and len(words) <= 3) or (found.kind == "unknown" and not found.name and not found.sector):  # noqa: PLR2004
            words = half or words
            if mention.text.split(" ", 1)[0].lower() in {"a", "an"}:
                return self._new(mention, found, leads)
            return self._counted(mention, words, leads)
        found, earlier = self._by_story(mention, words, found)
        if earlier:
            return self._seen(mention, earlier, leads, f"{mention.text} takes up {earlier.identity.name or earlier.identity.role}", found)
        return self._new(mention, found, leads)

    # -- pronouns and their like

    def _stand_in(self, mention: Mention, word: str, leads: bool) -> Evidence:
        chosen = antecedent(word, mention.sentence, mention.start, self.referents)
        if chosen is None:
            return self._answer(mention, Identity(), "a pronoun without an antecedent", None)
        if word in {"she", "her", "he", "him", "his"}:
            chosen.gender = "f" if word in {"she", "her"} else "m"
        return self._seen(mention, chosen, leads, f"{mention.text} stands for {chosen.identity.name or chosen.identity.role}", rule="pronoun")

    def _counted(self, mention: Mention, words: list[str], leads: bool) -> Evidence:
        """Resolve "the three", "some", "the North", "the front": what words alone never tell."""
        if words[-1] in _HALVES and (code := next((c for c in _HALVES[words[-1]] if c in self.setting.ranking), None)):
            state = self.resolver.tables.countries.get(code)
            name, entity = (state.name, state.entity) if state else (None, None)
            return self._new(mention, Identity(name, entity, code, "GOV", reason="half of a divided country", kind="state", rule="state"), leads)
        chosen = self._with_word(words) or antecedent("they", mention.sentence, mention.start, self.referents)
        if chosen is None:
            return self._answer(mention, Identity(), "no words of it are known", None)
        return self._seen(mention, chosen, leads, f"{mention.text} stands for {chosen.identity.name or chosen.identity.role}")

    # -- names and roles

    def _by_words(self, mention: Mention) -> Identity:
        """Read the words alone; a name without a role takes the one put beside it: "Ana Ruiz, the health minister,"."""
        context = self.setting.context(mention.sentence)
        long = self.acronyms.get(key(re.sub(r"^the ", "", mention.text, flags=re.IGNORECASE)))
        if long and long != mention.text:
            whole = self.resolver.party(long, published=self.day, context=context)
            if whole.sector:
                return whole
        found = self.resolver.party(mention.text, published=self.day, context=context)
        if found.kind == "person" and found.sector is None and (beside := _APPOSITION.match(self.story.text, mention.end)):
            role = self.resolver.party(beside[1], published=self.day, context=context)
            if role.sector and role.kind == "role":
                return replace(found, sector=role.sector, country=found.country or role.country, role=role.role, reason=f"{found.reason}; {beside[1]}")
        return found

    def _by_story(self, mention: Mention, words: list[str], found: Identity) -> tuple[Identity, Referent | None]:
        """Let the story decide what the words alone do not."""
        known = self.full_names.get(_last(mention.text)) or self.family_names.get(_last(mention.text))
        if found.kind in {"person", "unknown", "place", "state"} and found.name and known:
            said = set(_folded(mention.text)) - _ARTICLES
            if set(_folded(found.name)) <= set(_folded(known.name or "")) or (len(said) == 1 and said <= set(_folded(known.name or ""))):
                found = replace(known, role=found.role or known.role, sector=(found.role and found.sector) or known.sector, country=known.country or found.country)
        if found.rule == "office":
            found = self._office_of_story(found)
        unknown = found.rule == "unresolved" and words[0] == "the"
        earlier = self._same(found, mention) or self._taken_up(found, words) or (self._with_word(words) if unknown else None)
        if earlier:
            return found, earlier
        shared = found.kind == "body" and found.sector in {"GOV", "MIL"}  # "Arab states", "world powers"
        if found.country is None and (found.sector or found.name) and found.kind in {"role", "person", "body", "unknown"} and not shared:
            found = self._with_country(mention, words, found)
        return found, None

    def _office_of_story(self, found: Identity) -> Identity:
        """Let the story's own holder of an office stand before the tables': it may tell of another day, or of one whom they do not know."""
        told = [r.identity for r in self.referents if r.person] + list(self.full_names.values())
        for mine in told:
            if mine.kind == "person" and mine.role == found.role and mine.country == found.country and mine.name:
                return replace(mine, reason=f"{mine.name} is {found.role} of {found.country} by the story", rule="memory")
        return found

    def _same(self, found: Identity, mention: Mention) -> Referent | None:
        """Find the party that was already named: by name and country, or by the same words."""
        said = frozenset(w for w in _folded(mention.text) if w not in _ARTICLES)
        for r in reversed(self.referents):
            mine = r.identity
            same_name = found.name and mine.name and found.name.casefold() == mine.name.casefold() and found.kind == mine.kind
            if (same_name or (said and said == r.words)) and found.country in {None, mine.country}:
                return r
        return None

    def _with_word(self, words: list[str]) -> Referent | None:
        """Find the body whose name has the last word: "the Front" for "the Islamic Salvation Front"."""
        if len(words) > 2 or (len(words) == 2 and words[0] not in _ARTICLES):  # noqa: PLR2004 - an article and a word
            return None
        fitting = [r for r in self.referents if words[-1] == r.last and not r.person]
        return max(fitting, key=lambda r: (r.sentence, r.order)) if fitting else None

    def _taken_up(self, found: Identity, words: list[str]) -> Referent | None:
        """Find what a definite description takes up: "the minister", "the group", "the army"."""
        if found.country is not None or found.kind != "role" or not found.role or words[0] in {"a", "an"} or words[0] in _POSSESSIVE:
            return None
        definite, head = words[0] == "the", words[-1]
        if definite and (named := self._with_word(words)):
            return named
        for r in sorted(self.referents, key=lambda r: (r.sentence, r.order), reverse=True):
            mine = r.identity
            if definite and head in _BODIES and mine.kind in {"body", "role"} and not r.person and mine.sector in _BODIES[head]:
                return r
            alike = mine.role is not None and (mine.role == found.role or mine.role.endswith(" " + found.role))
            if alike and mine.sector == found.sector and r.plural == found.plural and (definite or r.plural):
                return r
            if definite and r.person and alike and is_person_role(found.role):
                return r
        return None

    def _with_country(self, mention: Mention, words: list[str], found: Identity) -> Identity:
        """Give an unnamed role the country of its owner ("its troops"), of its like before, or of the story."""
        if words[0] in _POSSESSIVE:
            owner = antecedent(words[0], mention.sentence, mention.start, self.referents)
            if owner and owner.identity.country:
                mine = owner.identity
                sector = mine.sector if mine.sector in _ARMED and (found.role in _MEN_OF or found.sector == "GOV") else found.sector
                return replace(found, country=mine.country, sector=sector, reason=f"{found.reason}; {words[0]} stands for {mine.name}")
        if found.kind == "role" and _WORLD.search(_OFFICE_ABROAD.sub("", mention.text)):
            return found
        bearer = self._bearer(mention, found)
        self.unnamed.append((mention, bearer))
        options = sorted(self.setting.countries_for(bearer), key=lambda c: -c[1])
        if not options:
            return replace(found, reason=f"{found.reason}; the story names no country")
        country, share, why = options[0]
        self.chosen = country
        rule = "setting" if found.rule in {"role", "unresolved"} else found.rule
        placed = replace(found, country=country, reason=f"{found.reason}; {country} by {why} ({share:.2f})", rule=rule)
        if words[0] != "the" or found.kind != "role":
            return placed
        named = self.resolver.holder(placed, self.day)
        if named.kind == "person" and share < SURE:
            names = [(self.resolver.holder(replace(placed, country=c), self.day), p) for c, p, _ in options[:3]]
            candidates = tuple(Candidate(n.name, n.entity, n.country, n.role, round(p, 2)) for n, p in names if n.kind == "person" and n.name)
            return replace(placed, candidates=candidates, reason=f"{placed.reason}; too unsure to name the {found.role}")
        return self._office_of_story(named) if named.rule == "office" else named

    def _bearer(self, mention: Mention, found: Identity) -> Bearer:
        """Gather what speaks for a country of a party whose words name none."""
        told = [r for r in sorted(self.referents, key=lambda r: r.start, reverse=True) if r.identity.country and r.identity.country not in INTERNATIONAL]
        before = told[0].identity.country if told else None
        like = next((r.identity.country for r in told if r.identity.sector == found.sector), None)
        leader = next((r.identity.country for r in reversed(told) if mention.sentence - 1 in r.leads), None)
        name = found.name if found.kind == "person" else None
        return Bearer(mention.sentence, mention.start, mention.end, found.sector, name, before, like, self.chosen, leader)

    # -- remembering

    def _new(self, mention: Mention, found: Identity, leads: bool) -> Evidence:
        person = found.kind == "person" or (found.kind == "role" and not found.plural and bool(found.role) and is_person_role(found.role or ""))
        plural = found.plural or (found.kind == "body" and found.sector in _ARMED)
        said = frozenset(w for w in _folded(mention.text) if w not in _ARTICLES)
        last = (_folded(mention.text) or [""])[-1]
        r = Referent(found, person, plural, said, last, order=len(self.referents), gender=_gender(mention.text))
        self.referents.append(r)
        return self._seen(mention, r, leads, found.reason, first=True, rule=found.rule)

    def _seen(
        self, mention: Mention, r: Referent, leads: bool, why: str, found: Identity | None = None, *, first: bool = False, rule: str = "memory"
    ) -> Evidence:
        at = None if first else (r.start, r.end)
        r.sentence, r.start, r.end = mention.sentence, mention.start, mention.end
        r.mentions += 1
        if leads:
            r.leads.add(mention.sentence)
        who = r.identity
        if found:
            stated = found.kind == "person" and found.sector and found.role
            who = replace(who, sector=found.sector if stated else who.sector, role=who.role or found.role)
        return self._answer(mention, who, why, at, rule)

    def _answer(self, mention: Mention, who: Identity, why: str, at: tuple[int, int] | None, rule: str = "unresolved") -> Evidence:
        if who.country:
            self.setting.known[mention.start, mention.end] = who.country
        party = Party(mention.text, mention.start, mention.end, who.name, who.entity, who.country, who.sector, who.role)
        return Evidence(party, rule, why, at, who.candidates)


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def _folded(words: str) -> list[str]:
    return [key(w) for w in tokens_of(words) if w != "'s"]


def _last(name: str) -> str:
    words = _folded(name)
    return words[-1].removeprefix("al-").removeprefix("el-") if words else ""


def _gender(words: str) -> str:
    said = {w.lower() for w in words.split()}
    return "m" if said & _MEN else "f" if said & _WOMEN else ""
