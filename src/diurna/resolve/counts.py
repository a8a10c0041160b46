"""Read counts of persons: how many at least and at most, and which noun they count."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["AMOUNT", "PLAIN_NUMBER", "PREFIX", "Amount", "amount_of", "bounds_of", "count_of", "value_of", "who_of"]

_SMALL_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_SMALL = {w: i for i, w in enumerate(_SMALL_WORDS.split())}
_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_ARTICLES = {"a": 1, "an": 1, "both": 2}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
# Vague amounts, as the corpus guide has it: the least that the word can mean, and no upper bound.
_VAGUE = {
    "hundreds of thousands": 200_000, "tens of thousands": 20_000, "thousands": 2000, "millions": 2_000_000, "several hundred": 300, "several thousand": 3000,
    "several dozen": 36, "a few hundred": 300, "a few thousand": 3000, "a few dozen": 36,
    "a couple of dozen": 24, "a couple of hundred": 200, "many hundreds": 200, "many dozens": 24, "hundreds": 200, "dozens": 24, "scores": 40,
    "several": 3, "a few": 3, "many": 3, "a number of": 3, "a handful of": 3, "a handful": 3, "a couple of": 2, "numerous": 3,
}  # fmt: skip
_NONE = "no one|nobody|none|no"
_NO_DIGIT_BEFORE = r"(?<![\w$€£#.,:/-])"
_NO_UNIT_AFTER = r"(?!\d|[,.:/]\d|-(?:year|day|month|hour|week|member|mile|km|kilomet|point)|(?:st|nd|rd|th|km|m)\b|%)"
_DIGITS = rf"{_NO_DIGIT_BEFORE}\d{{1,3}}(?:[,\u00a0 ]\d{{3}})+(?!\d|-year)|{_NO_DIGIT_BEFORE}\d+(?:\.\d+)?{_NO_UNIT_AFTER}"
_ONES = "|".join(w for w in _SMALL if w != "zero")
_TY = rf"(?:{'|'.join(_TENS)})(?:[- ](?:one|two|three|four|five|six|seven|eight|nine)\b)?"
_CARDINAL = rf"(?:{_TY}|{_ONES}|both(?=\s+(?:of\s+)?[a-z]))"
_SCALED = rf"(?:{_CARDINAL}|an?|half a)\s+(?:dozen|hundred|thousand|million)(?:\s+(?:{_CARDINAL})\s+hundred)?(?:\s+and\s+(?:{_CARDINAL})\b(?!\s+(?:hundred|thousand|dozen)))?"
_NUMBER = rf"(?:(?:{_DIGITS})(?:\s+(?:thousand|million|dozen|hundred)\b)?|\b(?:{_SCALED}|{_CARDINAL})\b)"
PLAIN_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?:\s+(?:thousand|million|dozen|hundred)\b)?(?![,.]?\d|-(?:year|day|hour))|\b(?:{_SCALED}|{_CARDINAL})\b"
_RANGE = (
    rf"\b(?:between|from)\s+(?P<low>{_NUMBER})\s+(?:and|to)\s+(?P<high>{PLAIN_NUMBER})"
    rf"|(?P<low2>{_NUMBER})(?:(?<=\d)\s*[-–—]\s*(?=\d)|\s+(?:to|or)\s+)(?P<high2>{PLAIN_NUMBER})"
)
_VAGUE_WORDS = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(_VAGUE, key=len, reverse=True))
AMOUNT = rf"(?:{_RANGE}|\b(?P<vague>{_VAGUE_WORDS})\b(?!\s+(?:times|hours|days|weeks|months|years))|(?P<number>{_NUMBER})|\b(?P<none>{_NONE})\b)"
"""The pattern of an amount; verbose groups ``low``/``high``, ``low2``/``high2``, ``vague``, ``number``, ``none``."""
_AT_LEAST = r"at least|no fewer than|not fewer than|no less than|not less than|a minimum of|upwards of|more than|greater than|over|above|in excess of|well over|past"
_AT_MOST = r"up to|as many as|at most|no more than|not more than|fewer than|less than|under|below|a maximum of"
_ABOUT = r"about|around|some|nearly|almost|roughly|approximately|close to|an estimated|estimated|exactly|only|just|another|a further|an additional|a total of|a combined|the|all|its|their|his|her|our|these|those|possibly|perhaps|even|now|further|other|as"  # noqa: E501
PREFIX = rf"(?:\b(?:{_AT_LEAST}|{_AT_MOST}|{_ABOUT})\s+)*"
"""The pattern of what may stand before an amount and moves its bounds or not."""
_LEAST_WORD, _MOST_WORD = re.compile(rf"\b(?:{_AT_LEAST})\b"), re.compile(rf"\b(?:{_AT_MOST})\b")
_NOT_MORE, _NOT_FEWER = re.compile(r"\b(?:no|not) (?:more than|over)\b"), re.compile(r"\b(?:no|not) (?:fewer|less) than\b")
_OR_MORE = re.compile(r"^\s*(?:or more|and more|at least|plus\b|\+)")
_WHOLE = re.compile(rf"(?P<before>{PREFIX}){AMOUNT}", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|\band\b|,\s*and\b)\s*")
_PERSON = re.compile(
    r"(?:an?|the|his|her|its|their)?\s*(?:[\w'-]+\s+){0,4}(?:man|woman|boy|girl|child|soldier|policeman|officer|civilian|person|driver|journalist|worker|guard|protester|student"
    r"|teacher|peacekeeper|bystander|passer-by|pilot|farmer|villager|militant|rebel|gunman|commander|official|priest|nurse|doctor|resident|lawyer|reporter|cameraman|fighter|infant|teenager)\b"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Hold an amount read at the start of words: bounds (None where open), and where the words for it end."""

    low: int | None
    high: int | None
    end: int


def amount_of(text: str, start: int = 0) -> Amount | None:
    """Read the amount that words begin with, with what bounds it.

    >>> amount_of("between 20 and 30 soldiers")
    Amount(low=20, high=30, end=17)
    """
    found = _WHOLE.match(text, start)
    if found is None:
        return None
    low, high = bounds_of(found, text)
    return Amount(low, high, found.end())


def bounds_of(found: re.Match[str], text: str) -> tuple[int | None, int | None]:
    """Give the bounds of a match of ``AMOUNT`` whose group ``before`` holds its prefix."""
    before = found["before"].casefold()
    after = text[found.end("number") :].casefold() if found["number"] else ""
    more = bool(_LEAST_WORD.search(_NOT_MORE.sub("", before)) or _OR_MORE.match(after))
    most = bool(_MOST_WORD.search(_NOT_FEWER.sub("", before)))
    if found["none"]:
        return 0, 0
    if found["vague"]:
        return _VAGUE[" ".join(found["vague"].casefold().split())], None
    if found["number"]:
        number = value_of(found["number"])
        return (0, number) if most else (number, None if more else number)
    low, high = value_of(found["low"] or found["low2"]), value_of(found["high"] or found["high2"])
    return (low, high) if low <= high else (low, None)


def count_of(text: str) -> tuple[int | None, int | None] | None:
    """Read a count of persons; counts joined by *and* are added.

    Args:
        text: the words, such as ``at least seven civilians``.

    Returns:
        The least and the most number of persons, None where open; None when the words give no number.

    >>> count_of("at least seven civilians")
    (7, None)
    >>> count_of("20 to 30 people"), count_of("dozens"), count_of("up to 50"), count_of("two soldiers and a civilian")
    ((20, 30), (24, None), (0, 50), (3, 3))
    >>> count_of("the battle") is None
    True
    """
    words = " ".join(text.casefold().split())
    first = _one(words)
    if first is None:
        return (2, None) if re.match(r"some\s+[a-z]", words) else None
    low, high, end = first.low, first.high, first.end
    while (joint := _AND.search(words, end)) is not None and (more := _one(words, joint.end())) is not None:
        low = None if low is None or more.low is None else low + more.low
        high = None if high is None or more.high is None else high + more.high
        end = more.end
    return low, high


def _one(words: str, start: int = 0) -> Amount | None:
    if (found := amount_of(words, start)) is not None:
        return found
    if (both := re.compile(r"(?:both|a couple)\b(?! of\b)").match(words, start)) is not None:
        return Amount(2, 2, both.end())
    person = _PERSON.match(words, start)
    return Amount(1, 1, person.end()) if person is not None and " and " not in person.group() else None


def value_of(text: str) -> int:
    """Give the value of a number in figures or words: ``1,200``, ``1.5 million``, ``two dozen``, ``one hundred and twelve``.

    >>> value_of("two thousand three hundred"), value_of("half a dozen"), value_of("twenty-one")
    (2300, 6, 21)
    """
    words = re.sub(r"(?<=\d)[,\u00a0 ](?=\d{3})", "", text.casefold())
    words = re.sub(r"\b(?:half a|half-a)\s+", "0.5 ", words)
    total = current = 0.0
    for word in re.findall(r"\d+(?:\.\d+)?|[a-z]+", words):
        if word[0].isdigit():
            current += float(word)
        elif word in _SCALES:
            part = (current or 1) * _SCALES[word]
            total, current = (total, part) if word in {"hundred", "dozen"} else (total + part, 0.0)
        else:
            current += _SMALL.get(word, _TENS.get(word, _ARTICLES.get(word, 0)))
    return int(total + current)


def who_of(text: str) -> str | None:
    """Give the noun that a count counts; None when the count stands alone.

    >>> who_of("at least seven civilians"), who_of("12")
    ('civilians', None)
    """
    words = re.findall(r"[^\W\d_][\w'-]*", text)
    rest = [w for w in words if w.casefold() not in _NOT_PERSONS and w.casefold().partition("-")[0] not in _TENS]
    return rest[-1] if rest else None


_NOT_PERSONS = (
    set(_SMALL) | set(_TENS) | set(_SCALES) | {"dozens", "scores", "hundreds", "thousands", "several", "some", "few", "many", "dozen", "couple", "number", "handful", "no"}
    | set("half nobody none a an the of at least more than over up to about around nearly almost as many fewer no only another further other others both between and or".split())
)  # fmt: skip
