"""Place a story's acts: the words that the model gives an act, resolved among all places of the story (``diurna.resolve.toponyms``).

An act has its own place, apart from the other places of its sentence. What is told of it is kept as exact as the words are: “eastern Chad” is
vague, “the border” has a country and no point, a hamlet that no gazetteer has keeps its words and the country that they or the story tell.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from diurna.knowledge.eras import state_then
from diurna.knowledge.gazetteer import Entry, gazetteer
from diurna.knowledge.tables import CountryName, load_tables
from diurna.records import Place
from diurna.resolve.sites import likely_site
from diurna.resolve.toponyms import Reading, Toponym, likeliest, read_toponyms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diurna.parse.frames import Frame, Mention, ParsedStory
    from diurna.records import Story
    from diurna.resolve.timeline import Dated

__all__ = ["Located", "StoryPlaces"]

_CAPITAL = re.compile(r"^(?:(?:the|its|their)\s+)?(?:(?P<of>[A-Z].*?)(?:['’]s)?\s+)?(?:national\s+)?capital(?:\s+city)?(?:,\s+(?P<name>[A-Z].*))?$")
_FEATURES = {
    "city": re.compile(r"\b(?:city|town|village|suburb|settlement|hamlet)\b", re.IGNORECASE),
    "admin1": re.compile(r"\b(?:province|region|state|governorate|oblast|district|department|prefecture|territory|enclave)\b", re.IGNORECASE),
    "country": re.compile(r"\b(?:country|nation|kingdom|republic)\b", re.IGNORECASE),
    "island": re.compile(r"\bisland\b", re.IGNORECASE),
}
_TOWNS = frozenset({"city", "point"})
_RANK = {"point": 0, "city": 1, "admin2": 2, "admin1": 3, "vague": 4, "country": 5}
_PARTLY = re.compile(
    r"\b(?:near|nearby|outside|outskirts|around|surrounding|off|coast|shores?|borders?|frontier|parts?|(?:north|south|east|west)(?:ern|east|west)?(?:ern)?|central|rural)\b[\s-]*"
    r"(?:(?:of|with|from|to)\s+)?(?:the\s+)?(?:(?:city|town|village|province|region)\s+of\s+)?$",
    re.IGNORECASE,
)
_NEAR_BEFORE = re.compile(
    r"\b(?:near|outside|off|close\s+to|north\s+of|south\s+of|east\s+of|west\s+of|miles\s+from|kilometers\s+from|kilometres\s+from|km\s+from)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_DIGITS = {"city": 2, "point": 2}  # of a degree: a hundredth is about a kilometre, a tenth about eleven
_KNOWN_TOWN = 40_000  # inhabitants: from here on a name is rather the town's than a person's
_BESIDE = 12  # characters up to the name that tells where an unknown place is (“Musaga in Burundi”)
_FOREIGN = re.compile(r"\b(?:borders?|frontier|crossing|embassy|consulate|mission|legation)\b", re.IGNORECASE)  # the country in front is the other side's
_DATELINE_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Located:
    """Hold the place of an act, None where none is told, and the reason."""

    place: Place | None
    reason: str
    score: float = 1.0


@dataclass(slots=True)
class StoryPlaces:
    """Resolve a story's places together, so that one name is one place throughout.

    Args:
        story: the story, for its text, dateline and day.
        parsed: what the model read in it.
    """

    story: Story
    parsed: ParsedStory
    reading: Reading = field(init=False)
    countries: dict[str, float] = field(init=False)
    dateline: Entry | None = field(init=False)

    def __post_init__(self) -> None:
        text, line = self.story.text, self.story.dateline
        self.reading = read_toponyms(text, line, [(m.start, m.end) for m in self.parsed.mentions if m.kind == "place"])
        self.countries = {}
        self.countries = self._weights()
        self.dateline = likeliest(_named(line), self.countries) if line else None
        if self.dateline is not None and self.dateline.country:
            self.countries[self.dateline.country] = self.countries.get(self.dateline.country, 0.0) + _DATELINE_WEIGHT

    def _weights(self) -> dict[str, float]:
        """Count how often the story speaks of each country: by name, people, capital or place."""
        tables = load_tables()
        counts: Counter[str] = Counter()
        for m in self.parsed.mentions:
            if m.kind in {"party", "place"}:
                counts.update({code for word in _words(m.text) if (code := tables.country_named(word))})
        for toponym in self.reading.found:
            if toponym.entry is not None and toponym.entry.country:
                counts[toponym.entry.country] += 1
        return dict(counts)

    def country_of(self, words: str) -> str | None:
        """Name the state that a place belonged to on the story's day, alpha-3, or None; small towns do not count, as they share their names with persons."""
        entry = likeliest(_named(words), self.countries)
        return state_then(entry, _day(self.story.published)) if entry and entry.population >= _KNOWN_TOWN else None

    def told(self) -> dict[str, int]:
        """Count the story's places by the state that they belonged to on its day."""
        day = _day(self.story.published)
        return dict(Counter(code for t in self.reading.found if t.entry is not None and (code := state_then(t.entry, day))))

    def all(self) -> dict[tuple[int, int], Place]:
        """Resolve every place mention, by its offsets."""
        day = _day(self.story.published)
        found = {(m.start, m.end): self.locate(m, day).place for m in self.parsed.mentions if m.kind == "place"}
        return {span: p for span, p in found.items() if p is not None}

    def sites(self, times: Mapping[tuple[int, int, str], Dated]) -> dict[tuple[int, int, str], Located]:
        """Resolve the own place of every act, by the offsets of its trigger and its type.

        Args:
            times: the acts' days; a place belongs to the state of that day.
        """
        found = {}
        for frame in self.parsed.frames:
            at = frame.trigger.start, frame.trigger.end, frame.type
            found[at] = self._site(frame, times.get(at))
        return found

    def _site(self, frame: Frame, dated: Dated | None) -> Located:
        own, sure, why = frame.place, frame.place.score if frame.place else 0.0, ""
        if own is None and (likely := likely_site(self.story.text, self.parsed, frame)) is not None:
            (own, sure), why = likely, "; the place of the sentence that is likely its own"
        if own is None:
            return Located(None, "no place is told for it")
        when = dated.when if dated else None
        located = self.locate(own, _day(when.from_ if when else self.story.published))
        return Located(located.place, located.reason + why, round(sure * located.score, 4))

    def locate(self, mention: Mention, day: date | None) -> Located:
        """Resolve one mention: a name that the gazetteer has, a capital, a town told before, else the country alone."""
        name = self._toponym(mention)
        if self.dateline is not None and re.match(rf"{re.escape(mention.text)}\s", self.story.dateline or "", re.IGNORECASE):
            return Located(self._place(mention, self.dateline, mention.end, day), "the dateline's first words")
        if name is not None and name.entry is not None and not _CAPITAL.match(mention.text):
            return Located(self._place(mention, name.entry, name.start, day), name.reason, name.score)
        if (entry := self._capital(mention)) is not None:
            return Located(self._place(mention, entry, mention.end, day), f"the capital of {entry.country}")
        if not any(c.isupper() for c in mention.text) and (before := self._told_before(mention)) is not None and before.entry is not None:
            return Located(self._place(mention, before.entry, mention.end, day), f"“{before.text}”, told before")
        code, why = self._country_for(mention)
        if code is None:
            return Located(Place(mention.text, mention.start, mention.end) if any(c.isupper() for c in mention.text) else None, why)
        land = _countries().get(code)
        code = code if land is None else state_then(land, day) or code
        return Located(Place(mention.text, mention.start, mention.end, country=code), why)

    def _toponym(self, mention: Mention) -> Toponym | None:
        """Choose the toponym that a mention's words are about: our own table's if all of them are its name, else the most exact one, and the first of these."""
        own = [e for e in gazetteer().find(re.sub(r"^the\s+", "", mention.text)) if e.geonames is None]
        if own:
            return Toponym(mention.text, mention.start, mention.end, own[0], 1.0, "all of the words are its name")
        found = [t for t in self.reading.within(mention.start, mention.end) if t.entry is not None]
        return min(found, key=lambda t: (_RANK[t.entry.precision] if t.entry else 9, t.start), default=None)

    def _place(self, mention: Mention, entry: Entry, at: int, day: date | None) -> Place:
        """Write an entry as exact as the words are."""
        text = self.story.text
        inner = text[mention.start : at]
        partly = _PARTLY.search(inner) is not None and (entry.precision not in _TOWNS or re.search(r"\bof\s+$|\bwith\s+$|\bnear|\boutside|\boutskirts|\boff\b", inner) is not None)
        precision = "vague" if partly or _NEAR_BEFORE.search(text[max(0, mention.start - 20) : mention.start]) else entry.precision
        digits = _DIGITS.get(precision, 1)
        lat, lon = round(entry.lat, digits), round(entry.lon, digits)
        state = (load_tables().country_named(entry_words, day) if entry.precision == "country" and (entry_words := text[at : mention.end]) else None) or state_then(entry, day)
        return Place(mention.text, mention.start, mention.end, entry.name, entry.geonames, state, entry.admin1, lat, lon, precision)

    def _capital(self, mention: Mention) -> Entry | None:
        found = _CAPITAL.match(mention.text)
        if not found:
            return None
        code = load_tables().country_named(found["of"]) if found["of"] else None
        if code is None:
            code = (self.dateline.country if self.dateline else None) or self._main()
        names = _capitals().get(code or "", ())
        return next((e for name in names for e in gazetteer().find(name) if e.country == code and e.precision == "city"), None)

    def _earlier(self, mention: Mention) -> list[Toponym]:
        return [t for t in self.reading.found if t.end <= mention.start]

    def _told_before(self, mention: Mention) -> Toponym | None:
        """Find what “the town”, “the province”, “the island” speaks of: the last such place told before."""
        for kind, words in _FEATURES.items():
            if not words.search(mention.text):
                continue
            for t in reversed(self._earlier(mention)):
                around = self.story.text[max(0, t.start - 25) : t.end + 15]
                if t.entry and (t.entry.precision == kind or (kind == "island" and words.search(around)) or (kind == "admin1" and t.entry.precision == "vague")):
                    return t
            if kind == "city" and self.dateline is not None and self.dateline.precision == "city":
                return Toponym(self.story.dateline or "", 0, 0, self.dateline, 1.0, "the dateline")
            return None
        return None

    def _country_for(self, mention: Mention) -> tuple[str | None, str]:
        """Tell the country of a place that no gazetteer has, by the words, the sentence, the dateline, the story."""
        tables = load_tables()
        named = next((code for word in _words(mention.text) if (code := tables.country_named(word))), None)
        if named is not None and not _FOREIGN.search(mention.text):
            return named, f"not in the gazetteer; its words tell {named}"
        sentence = self.parsed.sentences[mention.sentence]
        near = [t for t in self.reading.within(sentence.start, sentence.end) if t.entry and t.entry.country and t.entry.country != named]
        beside = next((t for t in near if 0 <= t.start - mention.end <= _BESIDE), None)
        if beside is not None and beside.entry:
            return beside.entry.country, f"not in the gazetteer; it stands beside “{beside.text}”"
        if self.dateline is not None and self.dateline.country not in {None, named}:
            return self.dateline.country, "not in the gazetteer; the country is the dateline's"
        towns = [t for t in near if t.entry and t.entry.precision != "country"]
        if towns and (nearest := min(towns, key=lambda t: abs(t.start - mention.start))).entry:
            return nearest.entry.country, f"not in the gazetteer; the sentence names “{nearest.text}”"
        if (main := self._main(named)) is not None:
            return main, "not in the gazetteer; the country is the story's"
        return None, "not in the gazetteer, and no country is told"

    def _main(self, but: str | None = None) -> str | None:
        """Give the country that the story speaks of most, but for one."""
        return max((c for c in self.countries if c != but), key=lambda c: self.countries[c], default=None)


def _named(words: str) -> str:
    """Give words in capitals their lower case back, as in a dateline."""
    return words.title() if words.isupper() else " ".join(w.title() if w.isupper() and len(w) > 4 else w for w in words.split(" "))  # noqa: PLR2004 - USA, D.C.


def _words(text: str) -> list[str]:
    """List capitalised words and pairs of them, as candidates for country names."""
    words = re.findall(r"[A-ZÀ-Þ][\w.'’-]*", re.sub(r"['’]s\b", "", text))
    return [*(f"{a} {b}" for a, b in pairwise(words)), *words]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None


@cache
def _capitals() -> dict[str, list[str]]:
    """List each country's capitals as the tables name them."""
    found: dict[str, list[str]] = {}
    for phrase, entries in load_tables().phrases.items():
        for e in entries:
            if isinstance(e, CountryName) and e.kind == "capital" and not e.to:
                found.setdefault(e.code, []).append(phrase)
    return found


@cache
def _countries() -> dict[str, Entry]:
    return {e.country: e for e in gazetteer().countries() if e.country}

