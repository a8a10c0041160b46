"""The knowledge tables: countries, organisations, persons and role words, loaded once, from the package's TSV files.

A user's own folder, named by ``DIURNA_KNOWLEDGE``, is laid over them (``diurna.knowledge.own``).

The files are built by ``knowledge/build.py`` (countries, names, organisations, persons) or written by hand (sectors, modifiers); their sources are
in ``knowledge/SOURCES.md``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from diurna.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from diurna.knowledge.origins import Origins

__all__ = ["Country", "CountryName", "Entry", "Head", "Organisation", "Person", "Tables", "fold", "key", "load_tables", "tokens_of", "word_set", "word_sets"]

_HANDOVER = timedelta(days=31)
_MONARCHS = frozenset({"king", "queen", "emir", "amir", "sultan", "emperor", "monarch", "sovereign", "shah", "grand duke"})
_LONGEST_ACRONYM = 8  # letters; longer capitals are a shouted word
_EDGES = ',;:!?"“”„()[]…«»'
_SPECIAL = str.maketrans("øØłŁđĐıßæÆ’‘ʼʻ", "oOlLdDisaA''''")
_DASHES = str.maketrans("‐‑–", "---")


class Country(NamedTuple):
    """Describe a country or territory: alpha-3, alpha-2, Correlates of War number, Wikidata id, English name."""

    code: str
    alpha2: str
    cow: str
    entity: str
    name: str


class CountryName(NamedTuple):
    """Say which country words name, and how: ``name``, ``adjective``, ``people`` (a plural) or ``capital``; empty dates are open."""

    code: str
    kind: str
    from_: str = ""
    to: str = ""


class Organisation(NamedTuple):
    """Describe a body or group; ``countries`` has the main one first, and is empty when none can be told.

    ``from_`` and ``to`` bound the days on which country and sector hold; ``founded`` and ``ended`` are years of the body's life.
    """

    entity: str
    name: str
    countries: tuple[str, ...]
    sector: str
    from_: str = ""
    to: str = ""
    cased: bool = True
    founded: str = ""
    ended: str = ""


class Person(NamedTuple):
    """Describe a person in an office, from one day to another; ``to`` ends in ``?`` when the person was last seen in office then.

    ``source`` says where the fact is from: ours, REIGN, Wikidata, factbook, or what a user's table gives.
    """

    entity: str
    name: str
    country: str
    sector: str
    role: str
    from_: str = ""
    to: str = ""
    source: str = ""


class Head(NamedTuple):
    """Give the sector and the normal name of a role word; ``plural`` tells one person or body from many."""

    sector: str
    role: str
    plural: bool = False


Entry = CountryName | Organisation | Person | Head


def key(token: str) -> str:
    """Fold a token for look-up: acronyms to capitals without dots, all else to lower case; accents and curly quotes go.

    Args:
        token: one word as written.

    Returns:
        The folded word: ``"U.S."`` gives ``"US"``, which differs from ``"us"``.
    """
    if not token.isascii():
        token = unicodedata.normalize("NFKD", token.translate(_SPECIAL).translate(_DASHES))
        token = "".join(c for c in token if not unicodedata.combining(c))
    bare = token.replace(".", "")
    if len(bare) > 1 and len(bare) <= _LONGEST_ACRONYM and bare.isupper():
        return bare
    return (bare if "." in token and len(bare) > 1 else token).lower()


def tokens_of(text: str) -> list[str]:
    """Split words as written, without punctuation at their edges and with the possessive split off as ``"'s"``.

    Args:
        text: a few words.

    Returns:
        The words in order.
    """
    found: list[str] = []
    for raw in text.replace("’", "'").split():
        word = raw.strip(_EDGES)
        if word.endswith("'s"):
            found += [word[:-2], "'s"]
        elif word.endswith("s'"):
            found += [word[:-1], "'s"]
        elif stripped := word.strip("'"):
            found.append(stripped)
    return [w for w in found if w]


def fold(phrase: str) -> str:
    """Fold a phrase into its look-up key.

    Args:
        phrase: words as written.

    Returns:
        The folded words, joined by single spaces.
    """
    return " ".join(key(w) for w in tokens_of(phrase))


def _current(entry: Entry, day: str) -> bool:
    if isinstance(entry, Head):
        return True
    return (not entry.from_ or entry.from_ <= day) and (not entry.to or day <= entry.to)


@dataclass(slots=True)
class Tables:
    """Hold every table in memory and find the longest known phrase at a place in a list of words."""

    countries: dict[str, Country] = field(default_factory=dict)
    phrases: dict[str, list[Entry]] = field(default_factory=dict)
    surnames: dict[str, list[Person]] = field(default_factory=dict)
    modifiers: dict[str, list[tuple[frozenset[str], str]]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    origins: Origins | None = None  # counts of the persons' names, made when first asked for
    _offices: dict[tuple[str, str], list[Person]] = field(default_factory=dict)

    def add(self, phrase: str, entry: Entry) -> None:
        """File an entry under a phrase as written."""
        self.file(fold(phrase), entry)

    def file(self, folded: str, entry: Entry, *, first: bool = False) -> None:
        """File an entry under a folded phrase, before the entries it has already if ``first``."""
        entries = self.phrases.setdefault(folded, [])
        entries.insert(0 if first else len(entries), entry)
        word, length = folded.partition(" ")[0], folded.count(" ") + 1
        if self.longest.get(word, 0) < length:
            self.longest[word] = length

    def at(self, keys: list[str], start: int) -> Iterator[tuple[int, list[Entry]]]:
        """Yield the known phrases that begin at a word, longest first.

        Args:
            keys: folded words.
            start: index of the first word.

        Yields:
            The number of words, and the entries.
        """
        for length in range(min(self.longest.get(keys[start], 0), len(keys) - start), 0, -1):
            if found := self.phrases.get(" ".join(keys[start : start + length])):
                yield length, found

    def country_named(self, words: str, day: date | None = None) -> str | None:
        """Tell which country some words name, be it by name, adjective, people or capital.

        Args:
            words: as written.
            day: the day that the words are from; without it, today's meaning.

        Returns:
            The alpha-3 code, or None.
        """
        found = self.phrases.get(" ".join(key(w) for w in words.split()), ())
        names = [e for e in found if isinstance(e, CountryName)]
        held = self.in_force(names, day)
        return held[0].code if held else None

    def in_force(self, entries: list[CountryName], day: date | None) -> list[CountryName]:
        """Order the meanings of a name: those bound to the day first, then the unbound ones; meanings of other days are left out."""
        if len(entries) == 1 and not entries[0].from_ and not entries[0].to:
            return entries
        iso = day.isoformat() if day else ""
        bound = [e for e in entries if (e.from_ or e.to) and iso and _current(e, iso)]
        return bound + [e for e in entries if not e.from_ and not e.to]

    def holders(self, country: str, role: str, day: date) -> list[Person]:
        """List who held an office on a day, by the tables.

        Where terms overlap by a month or less, as sources differ, the one who came is listed and the one who left is not.

        Args:
            country: alpha-3 code.
            role: a role's normal name, such as ``president`` or ``foreign minister``.
            day: the day.

        Returns:
            The holders, the latest to take office first; empty when the tables know none.
        """
        if not self._offices:
            classes = {p.role: self._class(p.role) for p in self.people}
            for person in self.people:
                if person.role and person.sector != "ELI":
                    self._offices.setdefault((person.country, classes[person.role]), []).append(person)
        iso, soon = day.isoformat(), (day + _HANDOVER).isoformat()
        held = sorted((p for p in self._offices.get((country, self._class(role)), ()) if _current(p, iso)), key=lambda p: p.from_, reverse=True)
        found: list[Person] = []
        for person in held:
            leaving = found and person.to and person.to.rstrip("?") <= soon
            if not leaving and all(person.name.split()[-1] != f.name.split()[-1] for f in found):
                found.append(person)
        return found

    def _class(self, role: str) -> str:
        """Bring an office's names together: premier and head of government are prime minister, queen and emir are monarch."""
        if role in _MONARCHS:
            return "monarch"
        return next((e.role for e in self.phrases.get(fold(role), ()) if isinstance(e, Head)), role)

    def on(self, entries: list[Organisation] | list[Person], day: date | None) -> list[Organisation | Person]:
        """Keep the entries that held on a day; without a day, all."""
        if day is None:
            return sorted(entries, key=lambda e: e.to or "9999", reverse=True)
        iso = day.isoformat()
        return [e for e in entries if _current(e, iso)]


def _rows(name: str) -> Iterator[list[str]]:
    try:
        text = files("diurna.knowledge").joinpath(name).read_text("utf-8")
    except OSError as error:
        raise KnowledgeError("D401", "a knowledge table is missing; install the package again", name) from error
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def plural(words: str) -> str | None:
    """Form the English plural of a phrase's last word; None when the word is plural already or has none."""
    if re.search(r"(men|people|forces|troops|children|police|ese|[^s]s')$", words) or (words.endswith("s") and not words.endswith("ss")):
        return None
    if words.endswith(("man", "woman")) and not words.endswith("human"):
        return words[:-2] + "en"
    if words.endswith("child"):
        return words + "ren"
    if re.search(r"[^aeiou]y$", words):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("ss", "ch", "sh", "x")) else "s")


_INNER_PLURAL = {"of": 0, "in": 0, "to": 0}  # "members of parliament": the word before the preposition takes the plural


def _plural_phrase(words: str) -> str | None:
    parts = words.split()
    for i, part in enumerate(parts):
        if i and part in _INNER_PLURAL:
            inner = plural(" ".join(parts[:i]))
            return None if inner is None else " ".join([inner, *parts[i:]])
    return plural(words)


def _load_heads(tables: Tables) -> None:
    for sector, role, phrases in _rows("sectors.tsv"):
        for phrase in phrases.split("|"):
            known = tables.phrases.get(" ".join(key(w) for w in tokens_of(phrase)), ())
            if any(isinstance(e, Head) for e in known):
                continue
            more = _plural_phrase(phrase)
            normal = phrase if sector not in {"GOV", "MIL"} or role in {"monarch", "official", "minister", "military", "ministry", "government"} else role
            tables.add(phrase, Head(sector, normal, more is None and not phrase.endswith("ss")))
            if more:
                tables.add(more, Head(sector, normal, plural=True))


@cache
def _words() -> dict[str, list[str] | dict[str, list[str]]]:
    return tomllib.loads(files("diurna.knowledge").joinpath("words.toml").read_text("utf-8"))


def word_set(name: str) -> frozenset[str]:
    """Load one of the small word lists of words.toml."""
    found = _words()[name]
    return frozenset(found)


def word_sets(name: str) -> dict[str, frozenset[str]]:
    """Load a table of word lists of words.toml, by their heads."""
    found = _words()[name]
    return {head: frozenset(words) for head, words in found.items()} if isinstance(found, dict) else {}


def _load_persons(tables: Tables) -> None:
    for entity, name, keys, country, sector, role, from_, to, source in _rows("persons.tsv"):
        person = Person(entity, name, country, sector, role, from_, to, source)
        tables.people.append(person)
        for words in keys.split("|"):
            if words[0] == "=":
                tables.surnames.setdefault(words[1:], []).append(person)
            else:
                tables.file(words, person)


def _load_organisations(tables: Tables) -> None:
    for entity, name, keys, country, sector, from_, to, founded, ended in _rows("organisations.tsv"):
        body = Organisation(entity, name, tuple(country.split(",")) if country != "-" else (), sector, from_, to, founded=founded, ended=ended)
        for words in keys.split("|"):
            if words[0] == "~":
                tables.file(words[1:], body._replace(cased=False))
            else:
                tables.file(words, body)


@cache
def load_tables() -> Tables:
    """Load the tables, and the user's own over them; the second call is free.

    Returns:
        The tables, to be read only.

    Raises:
        KnowledgeError: D401, if a file of the package is missing; D405, if a row of the user's folder is wrong.
    """
    from diurna.knowledge.own import lay_over, own_folder, replaced

    folder = own_folder()
    without = replaced(folder)
    tables = Tables()
    for code, alpha2, cow, entity, name in _rows("countries.tsv"):
        tables.countries[code] = Country(code, alpha2, cow, entity, name)
    if "names" not in without:
        for words, code, kind, from_, to in _rows("names.tsv"):
            tables.file(words, CountryName(code, kind, from_, to))
    if "organisations" not in without:
        _load_organisations(tables)
    if "persons" not in without:
        _load_persons(tables)
    _load_heads(tables)
    for word, sectors, sector in _rows("modifiers.tsv"):
        tables.modifiers.setdefault(word, []).append((frozenset(sectors.split(",")), sector))
    if folder:
        lay_over(tables, folder)
    return tables
