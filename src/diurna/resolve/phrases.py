"""Cut the words of a party into known pieces: countries, bodies, persons, role words, names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diurna.knowledge.tables import CountryName, Head, Organisation, Person, Tables, key, tokens_of, word_set

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Piece", "cut"]

# A country before one of these backs, leads or holds the party; it is not where the party belongs
LINKS = word_set("backing")
_AIRCRAFT = re.compile(r"(F|B|C|Su|MiG|Mig|Tu|Il|AH|UH|CH|Mi|MQ|RQ|A|AC|U|KC|EP|P|An|MH|T|Su-)-\d+[A-Za-z]{0,2}s?$")
_STANCES = word_set("stances")
PREPOSITIONS = word_set("prepositions")
_SKIPPED = word_set("skipped")
_TITLES = word_set("titles")
# Role words that are also surnames or given names: taken as a name after another capitalised name
_ALSO_NAMES = word_set("also_names")


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold one piece of a party's words: ``kind`` is country, body, person, head, backer, stance, link, name or word."""

    kind: str
    start: int
    end: int
    text: str
    country: CountryName | None = None
    body: Organisation | None = None
    people: tuple[Person, ...] = ()
    head: Head | None = None
    others: tuple[Organisation, ...] = ()  # further bodies of the name


def _dated_body(entries: list[Organisation], day: date | None, tables: Tables) -> Organisation:
    held = [e for e in tables.on(entries, day) if isinstance(e, Organisation)]
    return held[0] if held else entries[0]


def _choose(entries: list, start: int, length: int, words: list[str], day: date | None, tables: Tables) -> Piece | None:  # type: ignore[type-arg]
    """Pick the reading of a known phrase; None when the way it is written rules all readings out."""
    text = " ".join(words[start : start + length])
    cased = any(w[:1].isupper() for w in words[start : start + length])
    end = start + length
    people = tuple(e for e in entries if isinstance(e, Person))
    head = next((e for e in entries if isinstance(e, Head)), None)
    if people and cased and length > 1:
        return Piece("person", start, end, text, people=people)
    names = tables.in_force([e for e in entries if isinstance(e, CountryName)], day)
    if names and cased:
        return Piece("country", start, end, text, country=names[0])
    bodies = [e for e in entries if isinstance(e, Organisation) and (not e.cased or words[start][:1].isupper() or (length > 1 and cased))]
    if bodies:
        body = _dated_body(bodies, day, tables)
        return Piece("body", start, end, text, body=body, head=head, others=tuple(b for b in bodies if b.entity != body.entity))
    if head:
        return Piece("head", start, end, text, head=head)
    return None


def _compound(word: str, at: int, day: date | None, tables: Tables) -> Piece | None:
    """Read "Turkish-backed", "pro-Russian", "ex-president"."""
    folded = key(word)
    first, _, last = folded.rpartition("-")
    if last in LINKS and first:
        return Piece("backer", at, at + 1, word, *_named(word.rsplit("-", 1)[0], day, tables))
    start, _, rest = folded.partition("-")
    if start in _STANCES and rest:
        return Piece("stance", at, at + 1, word)
    return None


def _named(word: str, day: date | None, tables: Tables) -> tuple[CountryName | None, Organisation | None]:
    entries = tables.phrases.get(key(word), [])
    names = tables.in_force([e for e in entries if isinstance(e, CountryName)], day)
    bodies = [e for e in entries if isinstance(e, Organisation)]
    return (names[0] if names else None), (_dated_body(bodies, day, tables) if bodies else None)


def cut(text: str, day: date | None, tables: Tables) -> list[Piece]:
    """Cut a party's words into pieces, longest known phrase first.

    Args:
        text: the party as written.
        day: the report's day, by which names change their meaning.
        tables: the knowledge tables.

    Returns:
        The pieces in order; articles, numbers and titles of courtesy are left out.
    """
    words = tokens_of(text)
    keys = [key(w) for w in words]
    pieces: list[Piece] = []
    i = 0
    while i < len(words):
        piece = _piece(words, keys, i, pieces, day, tables)
        if piece is None:
            i += 1
            continue
        pieces.append(piece)
        i = piece.end
    return pieces


def _piece(words: list[str], keys: list[str], i: int, before: list[Piece], day: date | None, tables: Tables) -> Piece | None:
    word, folded = words[i], keys[i]
    if folded == "'s":
        return Piece("link", i, i + 1, "'s")
    after_name = bool(before) and before[-1].kind == "name" and before[-1].end == i
    if not (after_name and word[:1].isupper() and folded in _ALSO_NAMES):
        for length, entries in tables.at(keys, i):
            if folded == "the" and any(i + 1 + longer > i + length for longer, _ in tables.at(keys, i + 1)):
                continue  # "the League of Nations" is no League
            if piece := _choose(entries, i, length, words, day, tables):
                return piece
    if "-" in word and (piece := _compound(word, i, day, tables)):
        return piece
    if "-" in word and _AIRCRAFT.match(word):
        return Piece("head", i, i + 1, word, head=Head("MIL", "aircraft", word.endswith("s")))
    if folded in PREPOSITIONS:
        return Piece("link", i, i + 1, folded)
    if folded in _SKIPPED or word[0].isdigit() or (folded in _TITLES and i + 1 < len(words)):
        return None
    # a surname may begin small ("de Klerk", "al-Abadi"), an adjective does not
    small = folded.startswith(("al-", "el-", "ul-")) or folded in {"de", "van", "von", "bin", "ibn", "der", "la", "da", "dos", "ben", "al", "el", "abu", "ould"}
    kind = "name" if word[0].isupper() or (small and (after_name or i + 1 < len(words))) else "word"
    return Piece(kind, i, i + 1, word)
