"""The countries that a story is set in, and the likeliest one for a party whose words name none."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diurna.knowledge.origins import fit_of_name
from diurna.knowledge.tables import Person, key
from diurna.ontology import INTERNATIONAL
from diurna.resolve.actors import Context
from diurna.resolve.phrases import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from diurna.knowledge.tables import Tables
    from diurna.parse.frames import Mention, ParsedStory
    from diurna.records import Story
    from diurna.resolve.phrases import Piece

__all__ = ["FEATURES", "Bearer", "Setting"]

# Sectors whose unnamed bearers are of the place where the act is; the others act for a state that may be elsewhere
_LOCAL = frozenset({"COP", "CVL", "CRM", "MED", "EDU", "LAB", "AGR", "REL", "REF", "JUD", "SOC", "BUS", "PTY", "OPP", "JRN", "PRE"})
_ARMED = frozenset({"MIL", "REB", "UAF", "PRM"})
FEATURES = (
    "place here", "place before", "named before it", "named after it", "named in the sentence before", "dateline", "share", "first named", "most named",
    "party before", "its like before", "place of the act", "other side of the act", "own side of the act", "share of places", "its name", "last place",
    "chosen before", "named at the top", "great power", "nearness", "leader of the sentence before",
    "share of towns",
)  # fmt: skip
# Weights of FEATURES in a conditional logit, fitted on the annotated corpus (eval/setting.py)
_WEIGHTS = {
    "local": (0.67, -0.34, -0.36, -0.87, -0.16, 1.44, 0.88, 0.05, 0.2, 0.59, 0.26, 1.47, 0.52, 0.2, -0.29, 0.0, 0.59, 0.34, 0.63, -0.56, -0.13, -0.02, 0.83),
    "armed": (0.02, -0.01, 0.11, -1.2, -0.63, 0.75, 1.55, -0.22, 0.17, 0.42, 0.96, 0.04, 0.15, 1.72, -0.1, 0.0, 0.25, -0.12, 0.85, -0.98, 0.75, 0.47, 0.7),
    "state": (-0.18, -0.68, 0.32, -0.4, -0.11, 1.6, 1.14, -0.49, 0.33, 0.68, -0.19, 0.18, -0.32, -0.64, 0.26, 0.0, 0.27, 0.26, 0.81, -0.18, 0.63, 0.68, 0.17),
    "person": (-0.44, -0.43, 0.25, -0.62, -0.5, 1.11, 1.63, 0.15, 0.5, 0.58, -0.45, 1.1, -0.3, 0.41, -0.48, 0.68, 0.73, -0.25, 0.89, -0.03, 0.74, 0.7, 0.2),
}
_POWERS = frozenset({"USA", "GBR", "FRA", "RUS", "SUN", "CHN"})  # named in stories of everywhere
_PLAIN = re.compile(r"^((the|in|near|eastern|western|northern|southern|central|north|south|east|west)\s+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Describe a party whose words name no country: its place in the text, its sector, and the countries of parties around it.

    ``name`` is a person's; ``before`` is the party before, ``like`` the last of its sector, ``chosen`` the last that was given a country by the
    story, ``leader`` the first of the sentence before.
    """

    sentence: int
    start: int
    end: int
    sector: str | None = None
    name: str | None = None
    before: str | None = None
    like: str | None = None
    chosen: str | None = None
    leader: str | None = None

    @property
    def group(self) -> str:
        """Tell which weights hold for it."""
        if self.name:
            return "person"
        return "local" if self.sector in _LOCAL or self.sector is None else "armed" if self.sector in _ARMED else "state"


@dataclass(slots=True)
class _Act:
    """Hold what an act tells of a party's country: where it was, and the offsets of the parties of either side."""

    place: str | None
    own: list[tuple[int, int]]
    other: list[tuple[int, int]]


@dataclass(slots=True)
class Setting:
    """Hold the countries that a story names, sentence by sentence."""

    story: Story
    tables: Tables
    day: date | None
    country_of_place: Callable[[str], str | None] | None
    told: dict[str, int] = field(default_factory=dict)
    named: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    places: dict[int, list[str]] = field(default_factory=dict)
    placed: list[tuple[int, str]] = field(default_factory=list)  # offsets and countries of all places, in order
    weights: Counter[str] = field(default_factory=Counter)
    ranking: tuple[str, ...] = ()
    first: str | None = None
    dateline: str | None = None
    acts: dict[tuple[int, int], list[_Act]] = field(default_factory=dict)
    known: dict[tuple[int, int], str] = field(default_factory=dict)  # countries of the parties resolved so far

    @classmethod
    def of(
        cls,
        story: Story,
        parsed: ParsedStory,
        tables: Tables,
        day: date | None,
        ask: Callable[[str], str | None] | None,
        told: Mapping[str, int] | None = None,
    ) -> Setting:
        """Read a story's countries: in its dateline, in its places, anywhere in its text.

        Args:
            story: the story.
            parsed: the mentions and frames read in it.
            tables: the knowledge tables.
            day: its day.
            ask: gives the alpha-3 code of a place's name, or None.
            told: how many places of each country the story names.
        """
        made = cls(story, tables, day, ask, dict(told or {}))
        for sentence in parsed.sentences:
            made._read(sentence.index, sentence.start, story.text[sentence.start : sentence.end])
        own: dict[tuple[int, int], str] = {}
        for mention in parsed.mentions:
            if mention.kind == "place" and (code := made.place(mention.text)):
                own[mention.start, mention.end] = code
                made.places.setdefault(mention.sentence, []).append(code)
                made.placed.append((mention.start, code))
                made.weights[code] += 1
        if story.dateline and (code := made.place(story.dateline.title())):
            made.dateline = code
            made.weights[code] += 1
        for frame in parsed.frames:
            place = own.get((frame.place.start, frame.place.end)) if frame.place else None
            sides = [_spans(frame.actors), _spans(frame.recipients)]
            for mine, others in (sides, sides[::-1]):
                for span in mine:
                    made.acts.setdefault(span, []).append(_Act(place, [s for s in mine if s != span], others))
        made.first = next((code for found in made.named.values() for _, code in found), None)
        made.ranking = tuple(code for code, _ in made.weights.most_common())
        return made

    def _read(self, index: int, start: int, text: str) -> None:
        """Read a sentence's countries: as named, and as those of bodies and persons that the tables know."""
        found, at = [], 0
        before: Piece | None = None
        for piece in cut(text, self.day, self.tables):
            if piece.kind == "country" and piece.country is not None:
                at = max(text.find(piece.text, at), at)
                found.append((start + at, piece.country.code))
            elif code := _home(piece) or self._led(before, piece):
                self.weights[code] += 1
            before = piece
        self.named[index] = found
        self.weights.update(code for _, code in found)

    def _led(self, title: Piece | None, piece: Piece) -> str | None:
        """Tell the country of an office holder told by title and surname: "President Marcos"."""
        if piece.kind != "name" or title is None or title.head is None or title.end != piece.start or title.head.sector != "GOV" or self.day is None:
            return None
        held = self.tables.on(self.tables.surnames.get(key(piece.text), []), self.day)
        codes = {p.country for p in held if isinstance(p, Person) and p.role == title.head.role}
        code = codes.pop() if len(codes) == 1 else None
        return code if code not in INTERNATIONAL else None

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

    def candidates(self, bearer: Bearer) -> list[str]:
        """List the countries that a party may be of, as the story ranks them."""
        codes = [*self.ranking, *self.told, bearer.before, bearer.like]
        return [c for c in dict.fromkeys(codes) if c and c not in INTERNATIONAL]

    def features(self, codes: list[str], bearer: Bearer) -> list[tuple[float, ...]]:
        """Describe countries as candidates for a party, as ``FEATURES`` lists it."""
        sentence, start = bearer.sentence, bearer.start
        here = self.named.get(sentence, [])
        before = [c for at, c in here if at < start][-1:]
        after = [c for at, c in here if at > start][:1]
        earlier = [c for _, c in self.named.get(sentence - 1, [])[-1:]]
        top = {c for i in (0, 1) for _, c in self.named.get(i, [])} | {c for i in (0, 1) for c in self.places.get(i, [])}
        last_place = [c for at, c in self.placed if at < start][-1:]
        acts = self.acts.get((bearer.start, bearer.end), [])
        others = {c for a in acts for s in a.other if (c := self._country_at(s))}
        mine = {c for a in acts for s in a.own if (c := self._country_at(s))}
        sites = {a.place for a in acts}
        total = sum(self.weights.values()) or 1
        towns = Counter(c for _, c in self.placed)
        told = sum(self.told.values()) or 1
        names = fit_of_name(bearer.name, codes, self.tables) if bearer.name else {}
        return [
            (
                float(c in self.places.get(sentence, [])[:1]),
                float(c in self.places.get(sentence - 1, [])[-1:]),
                float(c in before),
                float(c in after),
                float(c in earlier),
                float(c == self.dateline),
                self.weights[c] / total,
                float(c == self.first),
                float(c in self.ranking[:1]),
                float(c == bearer.before),
                float(c == bearer.like),
                float(c in sites),
                float(c in others),
                float(c in mine),
                towns[c] / (len(self.placed) or 1),
                names.get(c, 0.0),
                float(c in last_place),
                float(c == bearer.chosen),
                float(c in top),
                float(c in _POWERS),
                self._nearness(c, sentence),
                float(c == bearer.leader),
                self.told.get(c, 0) / told,
            )
            for c in codes
        ]

    def _nearness(self, code: str, sentence: int) -> float:
        """Give 1 to a country spoken of in the sentence, a half to one of the sentence before, and so on."""
        back = next((i for i in range(4) if any(c == code for _, c in self.named.get(sentence - i, [])) or code in self.places.get(sentence - i, [])), None)
        return 0.0 if back is None else 0.5**back

    def _country_at(self, span: tuple[int, int]) -> str | None:
        """Tell the country of a party by its offsets: as resolved, or as its words name it."""
        if span in self.known:
            return self.known[span]
        return next((c for found in self.named.values() for at, c in found if span[0] <= at < span[1]), None)

    def country_for(self, bearer: Bearer) -> tuple[str | None, str]:
        """Choose the country of a party whose words name none.

        Args:
            bearer: the party.

        Returns:
            The country, or None when the story names none, and the reason.
        """
        best = max(self.countries_for(bearer), key=lambda c: c[1], default=None)
        return (best[0], best[2]) if best else (None, "")

    def countries_for(self, bearer: Bearer) -> list[tuple[str, float, str]]:
        """Weigh the countries that a party whose words name none may belong to.

        Args:
            bearer: the party.

        Returns:
            Code, probability by the fitted weights, and the feature that spoke for it most, in the order the story ranks them.
        """
        weights = _WEIGHTS[bearer.group]
        codes = self.candidates(bearer)
        found = []
        for code, values in zip(codes, self.features(codes, bearer), strict=True):
            shares = [v * w for v, w in zip(values, weights, strict=True)]
            found.append((code, math.exp(sum(shares)), FEATURES[shares.index(max(shares))]))
        total = sum(odds for _, odds, _ in found) or 1.0
        return [(code, odds / total, why) for code, odds, why in found]


def _spans(mentions: tuple[Mention, ...]) -> list[tuple[int, int]]:
    return [(m.start, m.end) for m in mentions]


def _home(piece: Piece) -> str | None:
    """Tell the country of a known person, or of a body of one country only."""
    if piece.kind == "person":
        codes = {p.country for p in piece.people}
    elif piece.kind == "body" and piece.body and not piece.others and not piece.head:
        codes = set(piece.body.countries)
    else:
        return None
    code = codes.pop() if len(codes) == 1 else ""
    return code if code and code not in INTERNATIONAL else None
