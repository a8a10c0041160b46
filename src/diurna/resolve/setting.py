"""The countries that a story is set in, and the likeliest one for a role that names none."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diurna.resolve.actors import Context
from diurna.resolve.phrases import cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from diurna.knowledge.tables import Tables
    from diurna.parse.frames import ParsedStory
    from diurna.records import Story

__all__ = ["FEATURES", "Setting"]

# Sectors whose unnamed bearers are of the place where the act is; the others act for a state that may be elsewhere
_LOCAL = frozenset({"COP", "CVL", "UAF", "CRM", "MED", "EDU", "LAB", "AGR", "REL", "REF", "JUD", "REB", "SOC", "BUS", "PTY", "OPP", "JRN", "PRM", "PRE"})
FEATURES = ("place here", "place before", "named before it", "named after it", "named in the sentence before", "dateline", "share", "first named", "most named", "party before")
# Weights of FEATURES in a conditional logit, fitted on the annotated corpus (eval/setting.py)
_WEIGHTS = {
    True: (0.8, 0.0, 0.4, -0.2, 0.5, 1.3, 1.3, 0.1, 0.5, 0.6),
    False: (0.2, 0.1, 0.5, -0.2, 0.5, 1.0, 1.2, 0.8, 0.6, 0.6),
}
_INTERNATIONAL = frozenset({"IGO", "NGO", "MNC"})
_PLAIN = re.compile(r"^((the|in|near|eastern|western|northern|southern|central|north|south|east|west)\s+)+", re.IGNORECASE)


@dataclass(slots=True)
class Setting:
    """Hold the countries that a story names, sentence by sentence."""

    story: Story
    tables: Tables
    day: date | None
    country_of_place: Callable[[str], str | None] | None
    named: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    places: dict[int, list[str]] = field(default_factory=dict)
    weights: Counter[str] = field(default_factory=Counter)
    ranking: tuple[str, ...] = ()
    first: str | None = None
    dateline: str | None = None

    @classmethod
    def of(cls, story: Story, parsed: ParsedStory, tables: Tables, day: date | None, ask: Callable[[str], str | None] | None) -> Setting:
        """Read a story's countries: in its dateline, in its places, anywhere in its text."""
        made = cls(story, tables, day, ask)
        for sentence in parsed.sentences:
            text = story.text[sentence.start : sentence.end]
            found, at = [], 0
            for piece in cut(text, day, tables):
                if piece.kind != "country" or piece.country is None:
                    continue
                at = max(text.find(piece.text, at), at)
                found.append((sentence.start + at, piece.country.code))
            made.named[sentence.index] = found
            made.weights.update(code for _, code in found)
        for mention in parsed.mentions:
            if mention.kind == "place" and (code := made.place(mention.text)):
                made.places.setdefault(mention.sentence, []).append(code)
                made.weights[code] += 1
        if story.dateline and (code := made.place(story.dateline.title())):
            made.dateline = code
            made.weights[code] += 1
        made.first = next((code for found in made.named.values() for _, code in found), None)
        made.ranking = tuple(code for code, _ in made.weights.most_common())
        return made

    def place(self, words: str) -> str | None:
        """Tell the country of a place by its name, its first part or its last."""
        plain = _PLAIN.sub("", words.strip())
        for name in dict.fromkeys((plain, plain.split(",")[0], plain.split(" of ")[-1], plain.split(",")[-1].strip())):
            if found := self.tables.country_named(name, self.day):
                return found
            if self.country_of_place and (found := self.country_of_place(name)):
                return found
        return None

    def context(self, sentence: int) -> Context:
        """Gather what a single mention's resolving may use: nearest countries first."""
        places = self.places.get(sentence, [])
        near = [*places, *(code for _, code in self.named.get(sentence, []))]
        return Context(tuple(dict.fromkeys([*near, *self.ranking])), tuple(places or ([self.dateline] if self.dateline else [])), self.country_of_place)

    def features(self, code: str, sentence: int, start: int, party_before: str | None) -> tuple[float, ...]:
        """Describe a country as a candidate for an unnamed role, as ``FEATURES`` lists it."""
        here = self.named.get(sentence, [])
        before = [c for at, c in here if at < start]
        after = [c for at, c in here if at > start]
        earlier = self.named.get(sentence - 1, [])
        total = sum(self.weights.values()) or 1
        return (
            float(code in self.places.get(sentence, [])[:1]),
            float(code in self.places.get(sentence - 1, [])[-1:]),
            float(code in before[-1:]),
            float(code in after[:1]),
            float(code in [c for _, c in earlier[-1:]]),
            float(code == self.dateline),
            self.weights[code] / total,
            float(code == self.first),
            float(code in self.ranking[:1]),
            float(code == party_before),
        )

    def country_for(self, sector: str | None, sentence: int, start: int, party_before: str | None) -> tuple[str | None, str]:
        """Choose the country of a role that names none.

        Args:
            sector: the role's sector.
            sentence: its sentence's number.
            start: its offset in the story.
            party_before: country of the party before it.

        Returns:
            The country, or None when the story names none, and the reason.
        """
        best = max(self.countries_for(sector, sentence, start, party_before), key=lambda c: c[1], default=None)
        return (best[0], best[2]) if best else (None, "")

    def countries_for(self, sector: str | None, sentence: int, start: int, party_before: str | None) -> list[tuple[str, float, str]]:
        """Weigh the countries that a role which names none may belong to.

        Args:
            sector: the role's sector.
            sentence: its sentence's number.
            start: its offset in the story.
            party_before: country of the party before it.

        Returns:
            Code, probability by the fitted weights, and the feature that spoke for it most, in the order the story ranks them.
        """
        weights = _WEIGHTS[sector in _LOCAL or sector is None]
        found = []
        for code in dict.fromkeys([*self.ranking, *([party_before] if party_before else [])]):
            if code in _INTERNATIONAL:
                continue
            shares = [v * w for v, w in zip(self.features(code, sentence, start, party_before), weights, strict=True)]
            found.append((code, math.exp(sum(shares)), FEATURES[shares.index(max(shares))]))
        total = sum(odds for _, odds, _ in found) or 1.0
        return [(code, odds / total, why) for code, odds, why in found]
