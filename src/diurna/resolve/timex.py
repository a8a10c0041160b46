"""Values of time expressions: words and numbers to TIMEX3 values, and the days that these cover.

Values are those of TIMEX3 (Pustejovsky et al., TimeML 1.2.1): ``2023-02-21``, ``2023-02``, ``2023``, ``2023-W08``, ``2023-Q1``, ``2023-SU``,
``199``, ``PAST_REF`` and so on. Every rule takes a match of its pattern and the setting; ``diurna.resolve.times`` holds the patterns.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Setting", "days_of"]

@dataclass(slots=True)
class Setting:
    """Hold what an expression is worked out from.

    ``published`` is the publication day; ``ahead`` and ``behind`` tell whether its clause looks forward or back, ``past`` that
    no day of it can lie ahead; ``told`` is the day that the
    story told last; ``country`` and ``south`` are the dateline's (alpha-3; whether its seasons are those of the southern hemisphere);
    ``quarter`` and ``told_at`` are the quarter told last, and where. A rule sets ``days`` where they are others than its value covers.
    """

    published: date
    ahead: bool = False
    behind: bool = False
    past: bool = False
    told: date | None = None
    country: str | None = None
    south: bool = False
    quarter: tuple[int, int] | None = None
    told_at: int = 0
    days: tuple[date, date] | None = None


MONTHS = {m: i for i, m in enumerate("january february march april may june july august september october november december".split(), 1)}
SHORT = {m[:3]: i for m, i in MONTHS.items()} | {"sept": 9}
WEEKDAYS = {w: i for i, w in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
UNITS = {w: i for i, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
UNITS |= {w: i for i, w in enumerate("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 13)}
TENS = {w: i * 10 for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
ORDINALS = {w: i for i, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)}
SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
DECADES = {"twenties": 2, "thirties": 3, "forties": 4, "fifties": 5, "sixties": 6, "seventies": 7, "eighties": 8, "nineties": 9}
HOLIDAYS = {"christmas day": "12-25", "christmas eve": "12-24", "christmas": "12-25", "new year's day": "01-01", "new year's eve": "12-31", "may day": "05-01"}
_NEAR_DAYS = 60  # ahead, up to which a day of a past-tense clause may still lie (“announced a meeting on Dec. 7”); set by hand
_NEAR_MONTHS = 3  # ahead, up to which a month that no verb places is taken to come; set by hand
# Month in which the financial year begins, by country; the calendar's elsewhere (each treasury's own rule; Egypt and Pakistan as of today)
FISCAL_STARTS = {"USA": 10, "GBR": 4, "IND": 4, "JPN": 4, "CAN": 4, "ZAF": 4, "AUS": 7, "PAK": 7, "BGD": 7, "EGY": 7, "KEN": 7, "NPL": 7}
_THIRDS = {"month": ((1, 10), (11, 20), (21, 31)), "year": ((1, 4), (5, 8), (9, 12)), "decade": ((0, 3), (4, 6), (7, 9))}
_PART_WORDS = re.compile(r"(?:the\s+)?(?P<part>early|beginning|start|mid|middle|late|end|earlier|later)\b(?!\s+(?:on|today)\b)")
_SOUTHERN = {"SP": 9, "SU": 12, "FA": 3, "WI": 6}
_NORTHERN = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}



def year_of(words: str) -> int:
    if words.isdigit():
        return int(words)
    parts = re.split(r"[ -]", words.casefold())
    century = {"eighteen": 1800, "nineteen": 1900, "twenty": 2000}[parts[0]]
    return century + sum(TENS.get(p, UNITS.get(p, 0)) for p in parts[1:])


def count_of(words: str) -> int:
    words = words.casefold()
    return int(words) if words.isdigit() else 1 if words in {"a", "an"} else UNITS.get(words) or TENS[words]


def month_of(words: str) -> int:
    words = words.casefold().rstrip(".")
    return MONTHS.get(words) or SHORT[words]


def shift(day: date, months: int) -> tuple[int, int]:
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def week_value(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def read_iso(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001 - every rule takes the setting
    return date(int(m["y"]), int(m["m"]), int(m["d"])).isoformat()


def read_slashed(m: re.Match[str], s: Setting) -> str | None:
    """Read 02/22/23 as American wires write it, and the day first where the dateline is elsewhere or no month has that number."""
    first, second, year = int(m["a"]), int(m["b"]), int(m["y"])
    if s.country not in {None, "USA"} and second <= 12:  # noqa: PLR2004 - months
        first, second = second, first
    if len(m["y"]) == len("98"):
        year += 1900 if year > 50 else 2000  # noqa: PLR2004 - POSIX puts 69 to 99 into the 1900s; news archives reach back further
    return date(year, *((first, second) if first <= 12 else (second, first))).isoformat()  # noqa: PLR2004 - months


def read_month_day(m: re.Match[str], s: Setting) -> str:
    month, day = month_of(m["month"]), int(m["day"])
    if m["year"]:
        return date(year_of(m["year"]), month, day).isoformat()
    here = s.published
    options = [date(y, month, day) for y in range(here.year - 1, here.year + 2) if day <= calendar.monthrange(y, month)[1]]
    if s.ahead:
        return min((o for o in options if o >= here), default=options[-1]).isoformat()
    near = min(options, key=lambda o: abs((o - here).days))
    if near > here and (s.past or (s.behind and (near - here).days > _NEAR_DAYS)):
        near = max(o for o in options if o <= here)
    return near.isoformat()


def read_weekday_date(m: re.Match[str], s: Setting) -> str:
    return read_month_day(m, s)


def read_month_year(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    return f"{year_of(m['year']):04}-{month_of(m['month']):02}"


def read_month_only(m: re.Match[str], s: Setting) -> str | None:
    month, which = month_of(m["month"]), (m["which"] or "").casefold()
    here = s.published
    if which == "last":
        return f"{here.year - (month >= here.month):04}-{month:02}"
    if which == "next" or (s.ahead and which != "this"):
        return f"{here.year + (month < here.month or (which == 'next' and month == here.month)):04}-{month:02}"
    if not s.past and (month - here.month) % 12 <= (1 if s.behind else _NEAR_MONTHS):  # the nearer one, where no verb tells otherwise
        return f"{here.year + (month < here.month):04}-{month:02}"
    return f"{here.year - (month > here.month):04}-{month:02}"


def read_weekday(m: re.Match[str], s: Setting) -> str:
    target, which = WEEKDAYS[m["weekday"].casefold()], (m["which"] or "").casefold()
    back = (s.published.weekday() - target) % 7
    if which == "last":
        return (s.published - timedelta(days=back or 7)).isoformat()
    if which in {"next", "this coming"} or (s.ahead and back):
        return (s.published + timedelta(days=(-back % 7) or 7)).isoformat()
    return (s.published - timedelta(days=back)).isoformat()


def read_plain(m: re.Match[str], s: Setting) -> str:
    word = m.group().casefold()
    step = -1 if "yesterday" in word else 1 if "tomorrow" in word else 0
    if "before yesterday" in word or "after tomorrow" in word:
        step *= 2
    return (s.published + timedelta(days=step)).isoformat()


def read_relative(m: re.Match[str], s: Setting) -> str | None:
    unit, which = m["unit"].casefold(), m["which"].casefold()
    if which.endswith("past") and unit in {"day", "week", "fortnight", "month"} and not which.startswith("this"):
        back = {"day": 1, "week": 7, "fortnight": 14, "month": calendar.monthrange(*shift(s.published, -1))[1]}[unit]
        s.days = s.published - timedelta(days=back), s.published
    steps = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[which.split()[-1]]
    return moved(s, steps, unit)


def moved(s: Setting, steps: int, unit: str) -> str | None:
    here = s.published
    if unit == "day":
        return (here + timedelta(days=steps)).isoformat()
    if unit in {"week", "weekend", "fortnight"}:
        return week_value(here + timedelta(weeks=steps * (2 if unit == "fortnight" else 1))) + ("-WE" if unit == "weekend" else "")
    if unit == "month":
        year, month = shift(here, steps)
        return f"{year:04}-{month:02}"
    if unit == "quarter":
        return quarter_value(here.year, (here.month - 1) // 3 + 1, steps)
    if unit == "decade":
        return f"{here.year // 10 + steps:03}"
    if unit == "century":
        return f"{here.year // 100 + steps:02}"
    return f"{here.year + steps:04}" if unit == "year" else None


def quarter_value(year: int, quarter: int, steps: int = 0) -> str:
    total = year * 4 + quarter - 1 + steps
    return f"{total // 4:04}-Q{total % 4 + 1}"


def read_season(m: re.Match[str], s: Setting) -> str | None:
    code, which = SEASONS[m["season"].casefold()], (m["which"] or "").casefold()
    if m["year"]:
        year = year_of(m["year"])
        s.days = _season_days(year, code) if s.south else None
        return f"{year:04}-{code}"
    first = (_SOUTHERN if s.south else _NORTHERN)[code]
    year = s.published.year
    if which.endswith("last") and first >= s.published.month - 1:
        year -= 1
    elif which.endswith("next") and first <= s.published.month:
        year += 1
    elif not which.endswith(("this", "next")) and not s.ahead and first > s.published.month:
        year -= 1
    if s.south and which.endswith("last") and _season_days(year, code)[1] >= s.published:  # the one that is not over is no last one
        year -= 1
    s.days = _season_days(year, code) if s.south else None
    return f"{year:04}-{code}"


def _season_days(year: int, code: str) -> tuple[date, date]:
    """Give the days of a southern season that begins in a year."""
    first = date(year, _SOUTHERN[code], 1)
    last_year, last = shift(first, 2)
    return first, date(last_year, last, calendar.monthrange(last_year, last)[1])


def read_ago(m: re.Match[str], s: Setting) -> str | None:
    unit, count = m["unit"].casefold(), count_of(m["count"])
    if unit == "year" and count == 1 and s.quarter:
        return quarter_value(s.quarter[0] - 1, s.quarter[1])
    if unit == "hour":
        return None
    if unit in {"week", "fortnight"}:  # as many weeks to the day, though the value is only as exact as the words
        there = s.published - timedelta(weeks=count * (2 if unit == "fortnight" else 1))
        s.days = there, there
    return moved(s, -count, unit)


def read_hence(m: re.Match[str], s: Setting) -> str | None:
    return None if m["unit"].casefold() == "hour" else moved(s, count_of(m["count"]), m["unit"].casefold())


def read_year_before(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    if s.quarter:
        return quarter_value(s.quarter[0] - 1, s.quarter[1])
    return f"{s.published.year - 1:04}"


def read_quarter(m: re.Match[str], s: Setting) -> str:
    number = ORDINALS.get(m["nth"].casefold()) or int(m["nth"][0])
    parts = m.groupdict()
    told = parts.get("year") or parts.get("year2")
    which = (parts.get("which") or "").casefold()
    if told:
        year = year_of(told)
    elif which:
        year = s.published.year + {"last": -1, "this": 0, "next": 1}[which]
    else:
        ended = 3 * number < s.published.month + (3 if s.ahead else 0)
        year = s.published.year - (not ended and not s.ahead and 3 * number - 2 > s.published.month)
    s.quarter = year, number
    return quarter_value(year, number)


def read_this_quarter(m: re.Match[str], s: Setting) -> str:
    word = m.group().casefold()
    here = s.published.year, (s.published.month - 1) // 3 + 1
    if "year-ago" in word or "year-earlier" in word or "last year" in word:
        year, number = s.quarter or here
        return quarter_value(year - 1, number)
    if "this" in word or "current" in word:
        return quarter_value(*here)
    if "next" in word or "coming" in word:
        return quarter_value(*here, 1)
    if s.quarter is None or "latest" in word or "recent" in word or "last" in word or "previous" in word:
        value = quarter_value(*here, -1)
        if s.quarter is None:
            s.quarter = int(value[:4]), int(value[-1])
        return value
    return quarter_value(*s.quarter)


def read_fiscal(m: re.Match[str], s: Setting) -> str | None:
    """Read a financial year, named by the year it ends in, or an academic one, named by that it begins in."""
    year = year_of(m["year"])
    if "academic" in m.group().casefold() or "school" in m.group().casefold():
        s.days = (date(year, 2, 1), date(year, 12, 15)) if s.south else (date(year, 9, 1), date(year + 1, 6, 30))
    elif first := FISCAL_STARTS.get(s.country or ""):
        s.days = date(year - 1, first, 1), date(year, first, 1) - timedelta(days=1)
    return f"{year:04}"


def read_year(m: re.Match[str], s: Setting) -> str | None:  # noqa: ARG001
    return f"{year_of(m['year']):04}"


def read_decade(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    if m["digits"]:
        return m["digits"][:3]
    if m["short"]:
        return f"19{m['short'][0]}"
    return f"19{DECADES[m['word'].casefold()]}"


def read_century(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    words = m["nth"].casefold()
    number = int(re.sub(r"\D", "", words)) if words[0].isdigit() else {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}[words]
    return f"{number - 1:02}"


def read_holiday(m: re.Match[str], s: Setting) -> str:
    year = year_of(m["year"]) if m["year"] else s.published.year
    here = f"{year:04}-{HOLIDAYS[m['holiday'].casefold().replace('’', chr(39))]}"
    if not m["year"] and not s.ahead and here > s.published.isoformat():
        here = f"{year - 1:04}{here[4:]}"
    return here


def read_weekend(m: re.Match[str], s: Setting) -> str:  # noqa: ARG001
    back = 0 if s.ahead or s.published.weekday() >= 5 else 1  # noqa: PLR2004 - Saturday
    return week_value(s.published - timedelta(weeks=back)) + "-WE"


def read_within(m: re.Match[str], s: Setting) -> str | None:
    return moved(s, 0, m["unit"].casefold())


def read_lately(m: re.Match[str], s: Setting) -> str:
    """Read “in recent days” as the seven days before (codebook §7), weeks as thirty, hours as one; months and years stay vague."""
    for unit, back in (("days", 7), ("weeks", 30)):
        if m.group().casefold().endswith(f"recent {unit}"):
            s.days = s.published - timedelta(days=back), s.published
    return "PAST_REF"


def read_ref(value: str) -> Callable[[re.Match[str], Setting], str | None]:
    return lambda m, s: value  # noqa: ARG005 - every rule takes the match and the setting



def days_of(value: str) -> tuple[str, str] | None:
    """Give the first and last day that a TIMEX3 value covers, or None for one that names no days.

    >>> days_of("2023-Q1")
    ('2023-01-01', '2023-03-31')
    >>> days_of("PAST_REF") is None
    True
    """
    try:
        low, high = range_of(value)
    except (ValueError, KeyError):
        return None
    return low.isoformat(), high.isoformat()


def range_of(value: str) -> tuple[date, date]:
    if found := re.fullmatch(r"(\d{4})-W(\d\d)(-WE)?", value):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return (monday + timedelta(days=5) if found[3] else monday), monday + timedelta(days=6)
    if found := re.fullmatch(r"(\d{4})-(?:Q(\d)|(SP|SU|FA|WI))", value):
        year = int(found[1])
        first = 3 * int(found[2]) - 2 if found[2] else {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[found[3]]
        last_year, last = shift(date(year, first, 1), 2)
        return date(year, first, 1), date(last_year, last, calendar.monthrange(last_year, last)[1])
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value), date.fromisoformat(value)
    if found := re.fullmatch(r"(\d{4})-(\d\d)", value):
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if re.fullmatch(r"\d{2,4}", value):
        return date(int(value.ljust(4, "0")), 1, 1), date(int(value.ljust(4, "9")), 12, 31)
    raise ValueError(value)


def days_meant(value: str, words: str, s: Setting) -> tuple[str, str] | None:
    """Give the days that an expression means by the codebook: a part of what its value covers where the words say so; what goes on stops at publication.

    Args:
        value: its TIMEX3 value.
        words: the words, such as ``early 1990s`` or ``earlier this month``.
        s: the setting that it was read in.

    >>> days_meant("2023-W08", "this week", Setting(date(2023, 2, 22)))
    ('2023-02-20', '2023-02-22')
    """
    found = s.days or _days(value)
    if found is None:
        return None
    low, high = found
    plain = words.casefold()
    part = _PART_WORDS.match(plain)
    if part and part["part"] in {"earlier", "later"}:
        low, high = (low, min(high, s.published)) if part["part"] == "earlier" else (max(low, s.published), high)
    elif part:
        third = 0 if part["part"] in {"early", "beginning", "start"} else 1 if part["part"].startswith("mid") else 2
        low, high = _third(value, low, high, third)
    if re.match(r"(?:\w+\s+){0,3}(?:this|current)\s+(?!past|coming|weekend)", plain) and low <= s.published <= high and not (part and part["part"] in {"late", "end", "later"}):
        low, high = (s.published, high) if s.ahead else (low, s.published)
    return (low.isoformat(), high.isoformat()) if low <= high else None


def _third(value: str, low: date, high: date, third: int) -> tuple[date, date]:
    """Cut a month, year or decade to its first, middle or last part."""
    if re.fullmatch(r"\d{4}-\d\d", value):
        first, last = _THIRDS["month"][third]
        return low.replace(day=first), low.replace(day=min(last, high.day))
    if re.fullmatch(r"\d{4}", value):
        first, last = _THIRDS["year"][third]
        return date(low.year, first, 1), date(low.year, last, calendar.monthrange(low.year, last)[1])
    if re.fullmatch(r"\d{3}", value):
        first, last = _THIRDS["decade"][third]
        return date(low.year + first, 1, 1), date(low.year + last, 12, 31)
    return low, high


def _days(value: str) -> tuple[date, date] | None:
    try:
        return range_of(value)
    except (ValueError, KeyError):
        return None
