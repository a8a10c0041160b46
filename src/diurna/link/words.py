"""Read a story's words so that copies compare: spelling, units, numbers and days written another way become the same words.

A number, a measure or a day is one word of the wording (``<n>``, ``<length>``, ``<day>``), and its value is kept beside it as a fact. So an
update that raises a toll runs in the same words and differs in a fact, and so does next week's instance of a routine report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from diurna.parse.sentences import split
from diurna.read import boilerplate_spans, find_dateline
from diurna.resolve.times import find_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.records import Story

__all__ = ["Fact", "Unit", "shingles", "units_of"]

_GRAM = 3  # words: the shingle that the corpus's own check of near-duplicates uses
_SHORT = 6  # words: a shorter sentence ("No one was hurt.") says too little alone and joins the one before

_SMALL = {w: i for i, w in enumerate("two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 2)}
_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_MEASURES: Final[dict[str, tuple[str, float]]] = {
    "kilometre": ("length", 1000.0), "km": ("length", 1000.0), "mile": ("length", 1609.34), "meter": ("length", 1.0), "metre": ("length", 1.0), "m": ("length", 1.0),
    "foot": ("length", 0.3048), "feet": ("length", 0.3048), "ft": ("length", 0.3048), "yard": ("length", 0.9144), "inch": ("length", 0.0254), "inche": ("length", 0.0254),
    "cm": ("length", 0.01), "centimeter": ("length", 0.01), "kilometer": ("length", 1000.0), "nautical": ("length", 1852.0),
    "kilogram": ("mass", 1.0), "kilo": ("mass", 1.0), "kg": ("mass", 1.0), "pound": ("mass", 0.4536), "lb": ("mass", 0.4536), "ton": ("mass", 907.2), "tonne": ("mass", 1000.0),
    "acre": ("area", 0.4047), "hectare": ("area", 1.0), "ha": ("area", 1.0), "liter": ("volume", 1.0), "litre": ("volume", 1.0), "gallon": ("volume", 3.785),
    "barrel": ("volume", 159.0),
    "kph": ("speed", 1.0), "kmh": ("speed", 1.0), "mph": ("speed", 1.609), "knot": ("speed", 1.852),
    "celsius": ("heat", 1.0), "fahrenheit": ("heat", 0.0),
}  # fmt: skip
"""Kind of measure, and how many metres, kilograms, hectares, litres or kilometres an hour one is (BIPM SI Brochure, NIST SP 811); degrees are worked out."""

_SPELLING: Final = (
    (re.compile(r"^(\w{3,})is(e|ed|es|ing|ation|ations|er|ers)$"), r"\1iz\2"),
    (re.compile(r"^(\w{2,})our(s|ed|ing|ite|ites|able|hood|hoods|er|ers)?$"), r"\1or\2"),
    (re.compile(r"^(\w*(?:cent|theat|met|lit|fib|calib|somb))re(s|d)?$"), r"\1er\2"),
    (re.compile(r"^(\w+)ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"^(def|off|lic|pret)ence(s|less)?$"), r"\1ense\2"),
    (re.compile(r"^programme(s|d)?$"), r"program\1"),
    (re.compile(r"^(\w+)logue(s)?$"), r"\1log\2"),
)
_ALIKE: Final = {
    "organisation": "organization", "u.s": "us", "u.n": "un", "u.k": "uk", "grey": "gray", "cheque": "check", "tyre": "tire", "ageing": "aging", "aeroplane": "airplane",
    "plough": "plow", "travelled": "traveled", "mr": "", "mrs": "", "ms": "", "towards": "toward", "afterwards": "afterward", "whilst": "while", "amongst": "among",
}  # fmt: skip
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’.-][^\W\d_]+)*|[%$€£¥°]")
_BRACKETED: Final = re.compile(r"\((?:about |some |around |roughly |nearly )?[€$£¥]?\d[\d.,]*\s*(?:[^\W\d_]+\.?\s*){0,3}\)")


class Fact(NamedTuple):
    """Hold a value told in passing: its kind (``n``, ``day``, ``length`` …) and the value, a number in SI units or a day's ordinal."""

    kind: str
    value: float

    def agrees(self, other: Fact) -> bool:
        """Tell whether two facts may be the same; measures may have been rounded when they were converted."""
        if self.kind != other.kind:
            return False
        slack = 0.0 if self.kind in {"n", "day"} else 0.06 * max(abs(self.value), abs(other.value)) + (1.0 if self.kind == "heat" else 0.0)
        return abs(self.value - other.value) <= slack


@dataclass(frozen=True, slots=True)
class Unit:
    """Hold a sentence as it compares: its offsets in the story, its words, its facts, its names, and how many of its words are quoted."""

    start: int
    end: int
    words: tuple[str, ...]
    facts: tuple[Fact, ...]
    names: frozenset[str]
    quoted: int = 0


def shingles(words: Sequence[str]) -> list[str]:
    """Give the runs of three words; of fewer words, the one run that there is.

    >>> shingles("police held two men".split())
    ['police held two', 'held two men']
    """
    return [" ".join(words[i : i + _GRAM]) for i in range(max(1, len(words) - _GRAM + 1))] if words else []


def units_of(story: Story) -> list[Unit]:
    """Cut a story into sentences that compare, without its dateline, bylines and notices.

    Args:
        story: a story as read; it need not be coded.

    Returns:
        Units in text order; a very short sentence is part of the one before.
    """
    text = story.text
    without = list(boilerplate_spans(text))
    if (dateline := find_dateline(text)) is not None:
        without.append((dateline.place_span[0], dateline.end))
    published = date.fromisoformat(story.published) if story.published else None
    times = [(t.start, t.end, t.from_ if t.from_ == t.to else None) for t in find_times(text, published)]
    units: list[Unit] = []
    for sentence in split(text, without):
        unit = _unit(text, sentence.start, sentence.end, times)
        if units and len(unit.words) < _SHORT:
            last = units.pop()
            unit = Unit(last.start, unit.end, last.words + unit.words, last.facts + unit.facts, last.names | unit.names, last.quoted + unit.quoted)
        if unit.words:
            units.append(unit)
    return units


def _unit(text: str, start: int, end: int, times: Sequence[tuple[int, int, str | None]]) -> Unit:
    words: list[str] = []
    facts: list[Fact] = []
    names: set[str] = set()
    at = start
    for low, high, day in times:
        if high <= start or low >= end:
            continue
        _read(text[at : max(at, low)], words, facts, names)
        words.append("<day>")
        if day is not None:
            facts.append(Fact("day", date.fromisoformat(day).toordinal()))
        at = max(at, high)
    _read(text[at:end], words, facts, names)
    return Unit(start, end, tuple(words), tuple(facts), frozenset(names), _quoted(text[start:end]))


def _quoted(text: str) -> int:
    return sum(len(_WORD.findall(inside)) for inside in re.findall(r"[“\"]([^“”\"]+)[”\"]", text))


def _read(text: str, words: list[str], facts: list[Fact], names: set[str]) -> None:
    """Add the words of a stretch without days."""
    tokens = _WORD.findall(_BRACKETED.sub(" ", text).replace("’", "'"))
    at = 0
    while at < len(tokens):
        number, after = _number(tokens, at)
        if number is not None:
            kind, value, at = _measured(tokens, after, number)
            if words and words[-1] in {"$", "€", "£", "¥"}:
                kind = "money"
                words.pop()
            words.append(f"<{kind}>")
            facts.append(Fact(kind, value))
            continue
        token = tokens[at]
        if token[0].isupper() and words and not token.isupper():
            names.add(token.casefold().removesuffix("'s"))
        words.extend(_word(token))
        at += 1


@lru_cache(maxsize=50_000)
def _word(token: str) -> tuple[str, ...]:
    """Spell a word in one way; parts joined by a hyphen are words of their own."""
    words = []
    for part in token.casefold().removesuffix("'s").split("-"):
        word = _ALIKE.get(part, part)
        if word in {"%", "percent", "percentage"}:
            word = "percent"
        for pattern, into in _SPELLING:
            word = pattern.sub(into, word)
        if word:
            words.append(word.replace(".", ""))
    return tuple(words)


def _number(tokens: Sequence[str], at: int) -> tuple[float | None, int]:
    """Read a number in digits or words; give it and where the next token stands."""
    token = tokens[at].casefold()
    value: float | None = None
    if token[0].isdigit():
        value = float(token.replace(",", "")) if token.count(".") <= 1 else None
    elif token in _SMALL or token in _TENS:
        value = float(_SMALL.get(token) or _TENS[token])
    elif "-" in token and token.split("-")[0] in _TENS:
        tens, _, ones = token.partition("-")
        value = float(_TENS[tens] + (1 if ones == "one" else _SMALL.get(ones, 0)))
    elif token in {"a", "one"} and at + 1 < len(tokens) and tokens[at + 1].casefold() in {"dozen", *_SCALES}:
        value = 1.0
    if value is None:
        return None, at
    at += 1
    while at < len(tokens) and (scale := 12.0 if tokens[at].casefold() == "dozen" else _SCALES.get(tokens[at].casefold())):
        value *= scale
        at += 1
    return value, at


def _measured(tokens: Sequence[str], at: int, number: float) -> tuple[str, float, int]:
    """Join a number with the unit after it, if there is one; "per cent" is a unit too."""
    left = [t.casefold() for t in tokens[at : at + 3]]
    if not left:
        return "n", number, at
    if left[0] in {"percent", "%"}:
        return "percent", number, at + 1
    if left[:2] == ["per", "cent"]:
        return "percent", number, at + 2
    if left[0] in {"°", "degree", "degrees"}:
        scale = next((w for w in left[1:2] if w in {"c", "f", "celsius", "fahrenheit"}), "celsius")
        return "heat", (number - 32) / 1.8 if scale.startswith("f") else number, at + (2 if len(left) > 1 and left[1] in {"c", "f", "celsius", "fahrenheit"} else 1)
    if left[0] in {"dollar", "dollars", "euro", "euros"}:
        return "money", number, at + 1
    unit = left[0] if left[0] in _MEASURES else left[0].removesuffix("s")
    if unit not in _MEASURES or (unit == "m" and number > 10_000):  # noqa: PLR2004 - no report counts so many metres
        return "n", number, at
    kind, size = _MEASURES[unit]
    return kind, number * size, at + (2 if unit == "nautical" else 1)
