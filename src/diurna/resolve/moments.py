"""Further rules for the time words of an act: times of day, stretches up to now, and what is told from the day before in the story.

They are no TIMEX3 dates (TIME, DURATION) or need the story's last told day, and so stay out of ``Coder.dates``; an act is dated by them all the same.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from diurna.resolve.timex import FISCAL_STARTS, MONTHS, ORDINALS, Setting, count_of, moved, read_weekday, shift

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MOMENTS", "after_anniversary", "easter"]

_COUNT = (
    r"(?P<count>\d{1,3}|a\s+couple\s+of|a\s+few|few|several|a\s+dozen|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_LOOSE = {"a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "several": 3, "a dozen": 12}
_UNIT = r"(?P<unit>hour|day|night|week|fortnight|month|year|decade)s?"
_PART = r"(?:early\s+|late\s+)?(?P<part>night|morning|afternoon|evening|lunchtime|noon|midday|midnight|dawn|dusk)"
_DAYS = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_ORDINAL_DAYS = {**ORDINALS, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18}
_ORDINAL_DAYS |= {"nineteenth": 19, "twentieth": 20, "twenty-first": 21, "twenty-second": 22, "twenty-third": 23, "twenty-fourth": 24, "twenty-fifth": 25}
_ORDINAL_DAYS |= {"twenty-sixth": 26, "twenty-seventh": 27, "twenty-eighth": 28, "twenty-ninth": 29, "thirtieth": 30, "thirty-first": 31}
_WORD_DAY = rf"(?P<nth>{'|'.join(sorted(_ORDINAL_DAYS, key=len, reverse=True))})"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})"
_LENGTH = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30.44, "year": 365.25, "decade": 3652.5}


def _number(words: str) -> int:
    plain = " ".join(words.casefold().split())
    return _LOOSE.get(plain) or count_of(plain)


def _got(m: re.Match[str], name: str) -> str | None:
    """Give a group that a pattern has under several numbered names."""
    return next((v for k, v in m.groupdict().items() if v is not None and k.rstrip("23") == name), None)


def _day(s: Setting, day: date) -> str:
    s.days = day, day
    return day.isoformat()


def _month(s: Setting, year: int, month: int) -> str:
    s.days = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return f"{year:04}-{month:02}"


def _part_of_day(m: re.Match[str], s: Setting) -> str:
    """Read “Monday night”, “last night”, “this morning”."""
    words = m.group().casefold()
    if m["weekday"]:
        return _day(s, date.fromisoformat(read_weekday(m, s)))
    back = 1 if "yesterday" in words or words.endswith("last night") else -1 if "tomorrow" in words else 0
    return _day(s, s.published - timedelta(days=back))


def _overnight(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001 - every rule takes the match
    """Read the night before publication: it began on one day and ended on the next."""
    s.days = s.published - timedelta(days=1), s.published
    return s.published.isoformat()


def _hour(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    """Read “at dawn”, “hours later”, “the same day”: the day that the story told last, else publication's."""
    return _day(s, s.told or s.published)


def _next_day(m: re.Match[str], s: Setting) -> str:
    """Read “the next day”, “the day before”, “a day later” from the day told last."""
    step = -1 if re.search(r"before|previous|earlier|preceding|eve", m.group(), re.IGNORECASE) else 1
    return _day(s, (s.told or s.published) + timedelta(days=step))


def _stretch(m: re.Match[str], s: Setting) -> str:
    """Read “the previous 24 hours”, “the past three weeks”, “the next ten days”."""
    count = _number(m["count"]) if m["count"] else 1
    unit = m["unit"].casefold()
    span = timedelta(days=max(1, round(count * _LENGTH.get(unit, 1 / 24))))
    coming = re.match(r"(?:the\s+)?(?:next|coming|following)", m.group(), re.IGNORECASE)
    s.days = (s.published, s.published + span) if coming else (s.published - span, s.published)
    return "FUTURE_REF" if coming else "PAST_REF"


def _since_told(m: re.Match[str], s: Setting) -> str | None:
    """Read “three days later”, “two weeks earlier”, “two nights before” from the day told last, “in two days” from publication."""
    words = m.group().casefold()
    count, unit = _number(m["count"]), m["unit"].casefold()
    back = re.search(r"(?:earlier|before|previously|ago|back)$", words)
    from_now = re.match(r"(?:with)?in\s", words) or re.search(r"(?:ago|time|now|hence)$", words)
    base = s.published if from_now or s.told is None else s.told
    sign = -1 if back else 1
    if unit == "hour":
        return _day(s, base + timedelta(days=sign * (count // 24)))
    if unit in {"day", "night", "week", "fortnight"}:
        return _day(s, base + timedelta(days=sign * count * int(_LENGTH[unit])))
    if unit == "month":
        return _month(s, *shift(base, sign * count))
    return moved(Setting(base), sign * count, unit)


def _same(m: re.Match[str], s: Setting) -> str | None:
    """Read “the same month”, “that year”, “the following week”, “that March” from the day told last."""
    here = s.told or s.published
    words = m.group().casefold()
    step = 1 if "following" in words or "after" in words else -1 if "previous" in words or "before" in words else 0
    if m["month"]:
        return _month(s, here.year, MONTHS[m["month"].casefold()])
    unit = (_got(m, "unit") or "").casefold()
    if unit == "month":
        return _month(s, *shift(here, step))
    return moved(Setting(here), step, unit)


def _ordinal_day(m: re.Match[str], s: Setting) -> str:
    """Read “the fifth of June”, and “the 5th” of the month that fits."""
    day = _ORDINAL_DAYS[m["nth"].casefold()] if m["nth"] else int(m["number"])
    if m["month"]:
        year, month = int(m["year"] or s.published.year), MONTHS[m["month"].casefold()]
        here = date(year, month, day)
        if not m["year"] and not s.ahead and here > s.published:
            here = here.replace(year=year - 1)
        return _day(s, here)
    here = s.published.replace(day=day)
    if not s.ahead and here > s.published:
        here = date(*shift(s.published, -1), day)
    elif s.ahead and here < s.published:
        here = date(*shift(s.published, 1), day)
    return _day(s, here)


def _end_of(m: re.Match[str], s: Setting) -> str | None:
    """Read “the end of the month”, “the year's end”, “the end of next month”."""
    which = (_got(m, "which") or "the").casefold()
    step = 1 if which == "next" else -1 if which == "last" else 0
    unit = (_got(m, "unit") or "").casefold()
    value = moved(s, step, unit)
    if unit == "week":
        monday = s.published - timedelta(days=s.published.weekday()) + timedelta(weeks=step)
        s.days = monday + timedelta(days=4), monday + timedelta(days=6)
    elif unit == "month":
        year, month = shift(s.published, step)
        s.days = date(year, month, 21), date(year, month, calendar.monthrange(year, month)[1])
    else:
        s.days = date(s.published.year + step, 12, 1), date(s.published.year + step, 12, 31)
    return value


def _month_of_year(m: re.Match[str], s: Setting) -> str:
    """Read “October last year”, “March of this year”."""
    step = {"last": -1, "this": 0, "next": 1}[m["which"].casefold()]
    return _month(s, s.published.year + step, MONTHS[m["month"].casefold()])


def _new_year(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    year = s.published.year + (s.ahead or s.published.month == 12)  # noqa: PLR2004 - in December it is the coming one
    return _day(s, date(year, 1, 1))


def _two_days(m: re.Match[str], s: Setting) -> str | None:
    """Read “August 1 and 2”, “3–5 May 2019”, “June 3 to 7”."""
    month = MONTHS[m["month"].casefold()]
    year = int(m["year"]) if m["year"] else s.published.year
    low, high = date(year, month, int(m["first"])), date(year, month, int(m["last"]))
    if not m["year"] and not s.ahead and low > s.published:
        low, high = low.replace(year=year - 1), high.replace(year=year - 1)
    if low > high:
        return None
    s.days = low, high
    return f"{low.isoformat()}/{high.isoformat()}"


def _dotted(m: re.Match[str], s: Setting) -> str:
    return _day(s, date(int(m["year"]), int(m["month_number"]), int(m["number"])))


def _school_year(m: re.Match[str], s: Setting) -> str | None:
    """Read “the 2019-20 academic year”, and “fiscal 2019/20” by the calendar of the dateline's country."""
    year, end = _got(m, "year") or "", _got(m, "last") or ""
    first, last = int(year), int(year[:2] + end[-2:])
    if last != first + 1:
        return None
    if (_got(m, "kind") or "").casefold() in {"academic", "school"}:
        s.days = date(first, 9, 1), date(last, 6, 30)
    else:
        start = date(first, FISCAL_STARTS.get(s.country or "", 7), 1)
        s.days = start, start.replace(year=last) - timedelta(days=1)
    return f"{first:04}"


def easter(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus, Astronomical Algorithms, 1991).

    >>> easter(2024)
    datetime.date(2024, 3, 31)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    g = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + g - 7 * ((a + 11 * h + 22 * g) // 451) + 114, 31)
    return date(year, month, day + 1)


def _movable(m: re.Match[str], s: Setting) -> str:
    step = {"good friday": -2, "palm sunday": -7, "easter monday": 1, "pentecost": 49}.get(" ".join(m["feast"].casefold().split()), 0)
    year = int(m["year"]) if m["year"] else s.published.year
    day = easter(year) + timedelta(days=step)
    if not m["year"] and not s.ahead and day > s.published:
        day = easter(year - 1) + timedelta(days=step)
    elif not m["year"] and s.ahead and day < s.published:
        day = easter(year + 1) + timedelta(days=step)
    return _day(s, day)


def after_anniversary(words: str) -> int | None:
    """Tell how many years an anniversary lies after its day (“the third anniversary of”), None for other words.

    >>> after_anniversary("the 10th anniversary of the "), after_anniversary("the eve of ")
    (10, None)
    """
    found = re.search(r"(?:(?P<nth>\w+)\s+)?anniversary\s+of\s+(?:(?!(?:in|on|at|for)\b)[\w’'-]+\s+){0,3}$", words, re.IGNORECASE)
    if not found:
        return None
    nth = (found["nth"] or "").casefold()
    return _ORDINAL_DAYS.get(nth) or (int(number.group()) if (number := re.match(r"\d+", nth)) else None)


_Y = r"(?P<year>(?:1[5-9]|20)\d\d)"
MOMENTS: tuple[tuple[str, str, Callable[[re.Match[str], Setting], str | None]], ...] = (
    (
        "weekday or part of a day",
        (rf"(?:(?:early|late)\s+(?:on\s+)?)?(?:(?P<which>last|next|this)\s+)?{_DAYS}(?:\s+{_PART})?"
        rf"|(?:yesterday|tomorrow|this|last)\s+{_PART.replace('<part', '<part2')}|tonight"),
        _part_of_day,
    ),
    ("overnight", r"overnight|during\s+the\s+night|(?:in\s+)?the\s+(?:early|small)\s+hours", _overnight),
    (
        "hour",
        (r"(?:just\s+|shortly\s+)?(?:at|before|after|around|about|by|until|since)\s+(?:dawn|dusk|noon|midday|midnight|nightfall|sunset|sunrise|daybreak)"
        r"|(?:the\s+)?(?:dawn|dusk|noon|midday|midnight|nightfall|daybreak)"),
        _hour,
    ),
    (
        "same day",
        r"(?:hours|minutes|moments)\s+(?:later|earlier|before|ago)|(?:the|that)\s+same\s+(?:day|time|night|morning|evening)|(?:earlier|later)\s+(?:in|on)\s+the\s+day",
        _hour,
    ),
    (
        "next day",
        r"the\s+(?:next|following|previous|preceding)\s+(?:day|morning|evening|night|afternoon)|(?:the|a|one)\s+(?:day|night)\s+(?:before|earlier|later|after)",
        _next_day,
    ),
    ("stretch", rf"(?:the\s+)?(?:(?:past|last|previous|preceding|next|coming|following)\s+{_COUNT}[ -]|(?:past|preceding|coming)\s+){_UNIT}", _stretch),
    (
        "since told",
        (rf"(?:(?:with)?in\s+|about\s+|some\s+|nearly\s+|almost\s+|more\s+than\s+|over\s+|less\s+than\s+|only\s+|just\s+)?{_COUNT}\s+{_UNIT}"
        r"(?:['’]\s+time|\s+(?:later|earlier|before|previously|ago|back|hence|from\s+now))"),
        _since_told,
    ),
    (
        "same unit",
        (rf"(?:the\s+same|that)\s+(?:(?P<unit>week|month|year)|{_MONTH})|the\s+(?:following|previous)\s+(?P<unit2>week|month|year)"
        r"|the\s+(?P<unit3>week|month|year)\s+(?:after|before)(?!\s+last)"),
        _same,
    ),
    (
        "ordinal day",
        rf"the\s+(?:{_WORD_DAY}|(?P<number>3[01]|[12]\d|[1-9])(?:st|nd|rd|th))(?:\s+(?:day\s+)?of\s+{_MONTH}(?:,?\s+{_Y})?)?(?!\s+[a-z])",
        _ordinal_day,
    ),
    (
        "end of unit",
        r"the\s+end\s+of\s+(?:(?P<which>this|next|last|the)\s+)(?P<unit>week|month|year)|(?P<which2>this|next|last|the)\s+(?P<unit2>week|month|year)['’]s\s+end",
        _end_of,
    ),
    ("month of a year", rf"{_MONTH}\s+(?:of\s+)?(?P<which>last|this|next)\s+year", _month_of_year),
    ("New Year", r"the\s+New\s+Year", _new_year),
    ("two days", rf"{_MONTH}\s+(?P<first>\d\d?)\s*(?:-|–|to|and|through)\s*(?P<last>\d\d?)(?:st|nd|rd|th)?(?:,?\s+{_Y})?(?!\s*(?:percent|people|,\d))", _two_days),
    ("two days", rf"(?:between\s+|from\s+)?(?P<first>\d\d?)\s*(?:-|–|to|and)\s*(?P<last>\d\d?)\s+(?:of\s+)?{_MONTH}(?:,?\s+{_Y})?", _two_days),
    ("dotted date", rf"(?P<number>\d\d?)\.(?P<month_number>\d\d?)\.{_Y}", _dotted),
    (
        "school year",
        (rf"(?:the\s+)?{_Y}\s*[-–/]\s*(?P<last>\d{{2}}|\d{{4}})\s+(?P<kind>academic|school|fiscal|financial)\s+year"
        r"|(?:the\s+)?(?P<kind2>academic|school|fiscal|financial)\s+(?:year\s+)?(?P<year2>(?:1[5-9]|20)\d\d)\s*[-–/]\s*(?P<last2>\d{2}|\d{4})"),
        _school_year,
    ),
    ("movable feast", rf"(?P<feast>Good\s+Friday|Palm\s+Sunday|Easter\s+Monday|Easter(?:\s+Sunday)?|Pentecost)(?:,?\s+{_Y})?", _movable),
)  # fmt: skip
"""Name, pattern and rule of each; the longest match of all rules is read."""
