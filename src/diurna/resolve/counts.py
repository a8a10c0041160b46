"""Read counts of persons: how many at least and at most, what befell them, and who they were."""

from __future__ import annotations

import re

__all__ = ["count_of", "kind_of", "who_of"]

_SMALL_WORDS = "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_SMALL = {w: i for i, w in enumerate(_SMALL_WORDS.split())}
_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
# Vague amounts, as the corpus guide has it: the least that the word can mean, and no upper bound.
_VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "millions": 2_000_000, "several": 3, "some": 2, "a few": 3, "many": 3}
_VAGUE |= {"a number of": 3, "a handful of": 3}
_VAGUE |= {"several dozen": 36, "tens of thousands": 20_000, "hundreds of thousands": 200_000, "a couple of": 2}
_AT_LEAST = re.compile(r"^(?:at least|no fewer than|not fewer than|a minimum of|upwards of)\s+|\bor more\b")
_MORE = re.compile(r"^(?:more than|over|above|in excess of)\s+")
_AT_MOST = re.compile(r"^(?:up to|as many as|at most|no more than|fewer than|less than|under)\s+")
_ABOUT = re.compile(
    r"^(?:about|around|some|nearly|almost|roughly|approximately|close to|an estimated|exactly|only|another|a further|other|"
    r"the|all|its|their|his|her|these|those|both of)\s+"
)
_NUMERAL = r"\d{1,3}(?:[,.\u00a0 ]\d{3})+|\d+"
_RANGE = re.compile(rf"^(?:between\s+)?(?P<low>{_NUMERAL})\s*(?:-|–|to|and)\s*(?P<high>{_NUMERAL})\b")
_PERSON = re.compile(
    r"^(?:an?|the|his|her|its|their)?\s*(?:[\w'-]+\s+){0,4}(?:man|woman|boy|girl|child|soldier|policeman|officer|civilian|person|driver|journalist|worker|guard|protester|student"
    r"|teacher|peacekeeper|bystander|passer-by|pilot|farmer|villager|militant|rebel|gunman|commander|official|priest|nurse|doctor|resident|lawyer|reporter|cameraman|fighter|infant|teenager)\b"
)
_DEATH = r"kill|dead\b|deaths?\b|died\b|dies\b|die\b|slain|slaughter|execut|shot dead|massacr|fatal|lives\b|"
_DEATH += r"bodies|corpses|perish|murder|assassinat|lynch|beheaded|gunned down|toll"
_KINDS = (
    ("killed", _DEATH),
    ("injured", r"injur|wound|hurt\b|maim|hospitali[sz]ed|treated for|casualt"),
    ("captured", r"captur|abduct|kidnap|hostage|taken prisoner|prisoners? of war|seized|detain|arrest|snatch|captive"),
    ("displaced", r"displac|flee\b|fled\b|fleeing|homeless|evacuat|uproot|driven from|refugees"),
)
_ACROSS_AND = 8  # characters that an "and" between a word and the count adds to their distance
_KIND_PATTERNS = tuple((kind, re.compile(rf"\b(?:{family})", re.IGNORECASE)) for kind, family in _KINDS)


def count_of(text: str) -> tuple[int | None, int | None] | None:
    """Read a count.

    Args:
        text: the words, such as ``at least seven civilians``.

    Returns:
        The least and the most number of persons, None where open; None when the words give no number.

    >>> count_of("at least seven civilians")
    (7, None)
    >>> count_of("20 to 30 people"), count_of("dozens"), count_of("up to 50")
    ((20, 30), (24, None), (0, 50))
    >>> count_of("the battle") is None
    True
    """
    words = " ".join(text.casefold().split())
    at_least, more, at_most = bool(_AT_LEAST.search(words)), bool(_MORE.search(words)), bool(_AT_MOST.search(words))
    if not _vague(words):
        words = _ABOUT.sub("", _AT_MOST.sub("", _MORE.sub("", _AT_LEAST.sub("", words))))
        words = _ABOUT.sub("", words)
    if found := _RANGE.match(words):
        low, high = _numeral(found["low"]), _numeral(found["high"])
        return (low, high) if low <= high else None
    if (vague := _vague(words)) is not None:
        return vague, None
    number = _number(words)
    if number is None:
        return (1, 1) if _PERSON.match(words) and not re.search(r"\band\b", words) else None
    if at_most:
        return 0, number
    return number, None if at_least or more else number


def _vague(words: str) -> int | None:
    for phrase in sorted(_VAGUE, key=len, reverse=True):
        if re.match(rf"{phrase}\b(?! *\d)", words) and not (phrase == "some" and _number(words[5:]) is not None):
            return _VAGUE[phrase]
    return None


def _numeral(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _number(words: str) -> int | None:
    """Read the number that words begin with; numbers joined by *and* or a comma are added (``two soldiers and a civilian``)."""
    total = 0
    seen = False
    for part in re.split(r"\s*(?:,|\band\b)\s*(?=(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b)(?!\d{3})", words):
        value = _simple(part)
        if value is None:
            break
        total += value
        seen = True
    return total if seen else None


def _simple(words: str) -> int | None:
    if found := re.match(rf"({_NUMERAL})(?:\s+(thousand|million))?\b", words):
        return _numeral(found[1]) * _SCALES.get(found[2] or "", 1)
    if re.match(r"(?:half a|a half) dozen\b", words):
        return 6
    if found := re.match(r"(?:a|one|(\w+)) dozen\b", words):
        return 12 * (_SMALL.get(found[1], 1) if found[1] else 1)
    if found := re.match(r"(?:a|one|(\w+)) (hundred|thousand|million)\b", words):
        return _SCALES[found[2]] * (_SMALL.get(found[1]) or _TENS.get(found[1]) or 1 if found[1] else 1)
    if found := re.match(r"(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(\w+))?\b", words):
        return _TENS[found[1]] + _SMALL.get(found[2] or "", 0)
    if found := re.match(r"(\w+)\b", words):
        word = found[1]
        if word in _SMALL:
            return _SMALL[word]
        if word in {"both", "couple"}:
            return 2
        if word in {"a", "an"}:
            return 1 if _PERSON.match(words) else None
    return None


def kind_of(before: str, count: str, after: str) -> str | None:
    """Tell what befell the persons counted, by the nearest word for it: inside the count, after it, then before it.

    >>> kind_of("", "Twelve people", " were killed and 30 wounded")
    'killed'
    >>> kind_of("killed 12 people and ", "30", " more were wounded")
    'injured'
    """
    inside = [(m.start(), kind) for kind, p in _KIND_PATTERNS if (m := p.search(count))]
    if inside:
        return min(inside)[1]
    options = [(m.start(), kind) for kind, p in _KIND_PATTERNS if (m := p.search(after))]
    for kind, p in _KIND_PATTERNS:
        options += [(len(before) - m.end() + (_ACROSS_AND if " and " in before[m.end() :] else 0), kind) for m in p.finditer(before)]
    return min(options)[1] if options else None


def who_of(text: str) -> str | None:
    """Give the noun that a count counts; None when the count stands alone.

    >>> who_of("at least seven civilians"), who_of("12")
    ('civilians', None)
    """
    words = re.findall(r"[^\W\d_][\w'-]*", text)
    rest = [w for w in words if w.casefold() not in _NOT_PERSONS]
    return rest[-1] if rest and rest[-1].casefold() not in _SMALL else None


_NOT_PERSONS = (
    set(_SMALL) | set(_TENS) | set(_SCALES) | {"dozens", "scores", "hundreds", "thousands", "several", "some", "few", "many", "dozen", "couple", "number", "handful"}
    | set("a an the of at least more than over up to about around nearly almost as many fewer no only another further other others both between and or".split())
)  # fmt: skip
