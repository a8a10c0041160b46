"""Resolve places: the words for a place to a gazetteer entry, by size, by the story's countries and by the places named beside it."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from diurna.knowledge.gazetteer import Entry, gazetteer, key_of
from diurna.knowledge.tables import CountryName, key, load_tables
from diurna.records import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diurna.parse.frames import ParsedStory
    from diurna.records import Story

__all__ = ["StoryPlaces", "place"]

_LEAD = re.compile(
    r"^(?:(?:the|a|an|its|their|outside|near|nearby|central|downtown|inner|greater|suburban|rural|remote|coastal|"
    r"occupied|besieged|disputed|mostly|mainly|predominantly|partially|partly|largely|"
    r"rebel-held|government-held|capital|border|port|oil|market|mining|garrison|resort|mountain|desert|island|ancient|old|historic|key|strategic|"
    r"flashpoint|industrial)[\s-]+"
    r"|(?:city|town|village|port|region|province|state|district|governorate|area|island|islands|"
    r"peninsula|valley|suburb|neighbou?rhood|county|department|territory|republic|outskirts|streets|coast|shores|airspace|waters) of\s+"
    r"|(?:city|town|village|port|capital|province|region|district|suburb|neighbou?rhood|island|hamlet|settlement|enclave)\s+(?=[A-Z]))",
)
_COMPASS = re.compile(r"^(?:(?:north|south|east|west|northern|southern|eastern|western|central|northeast|northwest|southeast|southwest)(?:ern)?[\s-]*(?:of\s+)?)+", re.IGNORECASE)
_TAIL = re.compile(
    r"\s+(?:city|town|village|province|region|district|governorate|state|county|oblast|prefecture|department|municipality|area|airport|international airport|port|"
    r"border|coast|suburb|suburbs|refugee camp|camp|"
    r"metropolitan area|borough|subdistrict|division|territory|island|islands|peninsula|valley|capital|airspace|waters|frontier)$",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"^(?:the\s+)?(?:(?P<of>.+?)['’]?s?\s+)?capital(?:\s+city)?$", re.IGNORECASE)
_ADMIN_WORDS = re.compile(r"\b(?:province|region|governorate|state|oblast|prefecture|department|county|district|republic|territory)\b", re.IGNORECASE)
# Weights on the scale of log10 of inhabitants, set by hand: a place in the story's main country beats a namesake up to 1,000 times as large elsewhere.
_IN_COUNTRY = 3.0
_NAMED_BESIDE = 6.0  # the region or country stands right after the name
_WHOLE = 0.5  # the words say "province", or do not
_KNOWN_TOWN = 40_000  # inhabitants: from here on a name is rather the town's than a person's


def place(text: str, start: int, end: int, countries: Mapping[str, float] | None = None) -> Place | None:
    """Resolve the words for a place.

    Args:
        text: the words, such as ``the port town of Barawe`` or ``Springfield, Illinois``.
        start: their first character in the story.
        end: the character after their last.
        countries: weight in [0, 1] of each country in the story, by alpha-3 code.

    Returns:
        The place with its words; its gazetteer fields are None when nothing of the name is known. None when there is no name in the words.
    """
    entry, vague = _entry(text, countries or {})
    if entry is None:
        return Place(text, start, end) if any(c.isupper() for c in text) else None
    precision = "vague" if vague and entry.precision != "city" else entry.precision
    return Place(text, start, end, entry.name, entry.geonames, entry.country, entry.admin1, entry.lat, entry.lon, precision)


def _entry(text: str, countries: Mapping[str, float]) -> tuple[Entry | None, bool]:
    """Find the likeliest entry, and tell whether the words name only a part of it."""
    words = " ".join(text.split()).strip(" ,.")
    if (found := _capital(words, countries)) is not None:
        return found, False
    head, comma, rest = words.partition(",")
    beside = rest.strip() if comma else ""
    vague = False
    for _ in range(6):
        options = _options(head)
        if options:
            return _best(options, countries, beside, admin=bool(_ADMIN_WORDS.search(words))), vague
        shorter = _LEAD.sub("", head, count=1)
        if shorter == head:
            shorter = _COMPASS.sub("", head, count=1)
            vague = vague or shorter != head
        if shorter == head:
            shorter = _TAIL.sub("", head, count=1)
        if shorter == head or not shorter:
            break
        head = shorter
    capitals = re.search(r"(?:[A-ZÀ-Þ][\w'’-]+(?:[\s-]+(?:of|de|el|al|ez|es|ed|du|la))?[\s-]*)+", words)
    if capitals and capitals.group().strip() != head.strip():
        options = _options(capitals.group().strip())
        if options:
            return _best(options, countries, beside, admin=False), True
    return None, False


def _options(name: str) -> tuple[Entry, ...]:
    found = gazetteer().find(name) or gazetteer().find(re.sub(r"^the\s+", "", name, flags=re.IGNORECASE))
    if own_table := tuple(e for e in found if e.geonames is None):
        return own_table
    if (country := _country_called(name)) is not None and (own := _countries().get(country)):
        return tuple(own)
    return found


def _best(options: tuple[Entry, ...], countries: Mapping[str, float], beside: str, *, admin: bool) -> Entry:
    near = load_tables().country_named(beside) if beside else None

    def weight(entry: Entry) -> float:
        score = math.log10(entry.population + 10)
        score += _IN_COUNTRY * countries.get(entry.country or "", 0.0)
        if beside and (entry.country == near or (entry.admin1 and key_of(beside).startswith(key_of(entry.admin1)))):
            score += _NAMED_BESIDE
        return score + (_WHOLE if (entry.precision == "admin1") == admin else 0.0)

    return max(options, key=weight)


def _capital(words: str, countries: Mapping[str, float]) -> Entry | None:
    found = _CAPITAL.match(words)
    if not found:
        return None
    tables = load_tables()
    code = tables.country_named(found["of"]) if found["of"] else max(countries, key=lambda c: countries[c], default=None)
    names = _capitals().get(code or "", ())
    return next((e for name in names for e in gazetteer().find(name) if e.country == code), None)


def _country_called(words: str) -> str | None:
    """Tell which country a name (not a capital, nor a demonym) means."""
    folded = " ".join(key(w) for w in re.sub(r"^the\s+", "", words, flags=re.IGNORECASE).split())
    found = [e for e in load_tables().phrases.get(folded, ()) if isinstance(e, CountryName) and e.kind == "name" and not e.to]
    return found[0].code if found else None


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
def _countries() -> dict[str, list[Entry]]:
    """List the gazetteer's countries by code."""
    found: dict[str, list[Entry]] = {}
    for entry in gazetteer().countries():
        found.setdefault(entry.country or "", []).append(entry)
    return found


class StoryPlaces:
    """Resolve a story's places with one memory: the same words are the same place throughout.

    Args:
        story: the story, for its dateline.
        parsed: its mentions.
    """

    def __init__(self, story: Story, parsed: ParsedStory) -> None:
        self._parsed = parsed
        self.countries: dict[str, float] = {}
        self.countries = self._weights(story)
        self._memory: dict[str, Place | None] = {}

    def _weights(self, story: Story) -> dict[str, float]:
        tables = load_tables()
        counts: Counter[str] = Counter()
        for m in self._parsed.mentions:
            if m.kind in {"party", "place"}:
                counts.update({code for word in _names(m.text) if (code := tables.country_named(word))})
        if story.dateline:
            code = tables.country_named(story.dateline.split(",")[-1].strip()) or self.country_of(story.dateline)
            counts.update({code: 2} if code else {})
        most = max(counts.values(), default=1)
        return {code: n / most for code, n in counts.items()}

    def country_of(self, words: str) -> str | None:
        """Name the country of a place, alpha-3, or None; small towns do not count, as they share their names with persons."""
        entry, _ = _entry(words.title() if words.isupper() else words, self.countries)
        return entry.country if entry and entry.population >= _KNOWN_TOWN else None

    def place(self, text: str, start: int, end: int) -> Place | None:
        """Resolve one mention."""
        name = key_of(text)
        if name not in self._memory:
            self._memory[name] = place(text, start, end, self.countries)
        found = self._memory[name]
        if found is None:
            return None
        return Place(text, start, end, found.name, found.geonames, found.country, found.admin1, found.lat, found.lon, found.precision)

    def all(self) -> dict[tuple[int, int], Place]:
        """Resolve every place mention, by its offsets."""
        found = {(m.start, m.end): self.place(m.text, m.start, m.end) for m in self._parsed.mentions if m.kind == "place"}
        return {span: p for span, p in found.items() if p is not None}


def _names(text: str) -> list[str]:
    """List capitalised words and pairs of them, as candidates for country names."""
    words = re.findall(r"[A-ZÀ-Þ][\w.'’-]*", re.sub(r"['’]s\b", "", text))
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]
