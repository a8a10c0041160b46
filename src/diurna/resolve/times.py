"""Find the time expressions of a text and give each its value: a closed grammar over all sentences.

Values are those of TIMEX3 (Pustejovsky et al., TimeML 1.2.1): ``2023-02-21``, ``2023-02``, ``2023``, ``2023-W08``, ``2023-Q1``, ``2023-SU``,
``199``, ``PAST_REF`` and so on. ``from_`` and ``to`` are the first and last day meant, where the value has any.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from diurna.records import Span

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TimeExpression", "days_of", "find_times"]


@dataclass(frozen=True, slots=True)
class TimeExpression(Span):
    """Point at words that name a date: its TIMEX3 value, the days it covers (ISO 8601, both included), and the rule that read it."""

    value: str
    rule: str
    from_: str | None = None
    to: str | None = None


@dataclass(slots=True)
class _Setting:
    """Hold what an expression is worked out from: the publication day, what was told before, and whether its clause looks ahead."""

    published: date
    ahead: bool = False
    behind: bool = False
    quarter: tuple[int, int] | None = None
    told_at: int = 0


_MONTHS = {m: i for i, m in enumerate("january february march april may june july august september october november december".split(), 1)}
_SHORT = {m[:3]: i for m, i in _MONTHS.items()} | {"sept": 9}
_WEEKDAYS = {w: i for i, w in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_UNITS = {w: i for i, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_UNITS |= {w: i for i, w in enumerate("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 13)}
_TENS = {w: i * 10 for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_ORDINALS = {w: i for i, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)}
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
_DECADES = {"twenties": 2, "thirties": 3, "forties": 4, "fifties": 5, "sixties": 6, "seventies": 7, "eighties": 8, "nineties": 9}
_HOLIDAYS = {"christmas day": "12-25", "christmas eve": "12-24", "christmas": "12-25", "new year's day": "01-01", "new year's eve": "12-31", "may day": "05-01"}

_M = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_S = r"(?P<season>spring|summer|autumn|fall|winter)"
_W = rf"(?P<weekday>{_DAYS})"
_D = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\d|[.,]\d|%)"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_SPELT = rf"(?:eighteen|nineteen|twenty)[ -](?:(?:{'|'.join(_TENS)})(?:[ -](?:{_ONES}))?|{_TEENS})"
_Y = rf"(?P<year>(?:1[5-9]|20)\d\d(?!\d|[.,]\d)|{_SPELT})"
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(_UNITS)}|{'|'.join(_TENS)})"
_NTH = r"(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)"
_ABOUT = r"(?:about |some |nearly |almost |more than |over |less than |only |just )?"
_NOT_A_YEAR = r"(?![-/]\d|\s*(?:percent|%|points|people|men|troops|shares|tons|tonnes|miles|km|dollars|feet|soldiers|workers|employees))"
_PART = r"(?:(?:early|late|mid|the (?:beginning|start|middle|end) of|earlier|later)[ -](?:in |on )?)?"


def find_times(text: str, published: date | None) -> list[TimeExpression]:
    """Find every date in a text.

    Args:
        text: any English text.
        published: the day of publication; without it only what tells its own date has a value that names days.

    Returns:
        Expressions in text order, none within another. Times of day, durations and repeated times are passed over.

    >>> [(t.text, t.value) for t in find_times("Talks held on Tuesday ended a war that began in May 1998.", date(2023, 2, 22))]
    [('Tuesday', '2023-02-21'), ('May 1998', '1998-05')]
    """
    setting = _Setting(published or date.min)
    found: list[TimeExpression] = []
    for match, name, rule in _chosen(text):
        setting.ahead, setting.behind = _direction(text, match.start(), match.end())
        if setting.quarter and match.start() - setting.told_at > _REACH:
            setting.quarter = None
        before = setting.quarter
        try:
            value = rule(match, setting)
        except (ValueError, OverflowError):  # 30 February, or a year that the calendar does not hold
            value = None
        if setting.quarter != before or "quarter" in name:
            setting.told_at = match.start()
        if value is None or (published is None and name not in _SELF_TOLD):
            continue
        days = days_of(value)
        found.append(TimeExpression(match.group(), match.start(), match.end(), value, name, *(days or (None, None))))
    return found


def _chosen(text: str) -> list[tuple[re.Match[str], str, Callable[[re.Match[str], _Setting], str | None]]]:
    """Give the matches to read: the longest where several begin or overlap, in text order."""
    options = [(m, name, rule) for name, pattern, rule in _RULES for m in pattern.finditer(text)]
    options.sort(key=lambda o: (-(o[0].end() - o[0].start()), o[0].start()))
    taken: list[tuple[re.Match[str], str, Callable[[re.Match[str], _Setting], str | None]]] = []
    busy = bytearray(len(text))
    for option in options:
        start, end = option[0].span()
        if not any(busy[start:end]):
            busy[start:end] = b"\1" * (end - start)
            taken.append(option)
    return sorted((o for o in taken if o[1] != "passed over"), key=lambda o: o[0].start())


_NEAR_DAYS = 60  # ahead, up to which a day of a past-tense clause may still lie (“announced a meeting on Dec. 7”); set by hand
_NEAR_MONTHS = 3  # ahead, up to which a month that no verb places is taken to come; set by hand
_REACH = 400  # characters within which “a year earlier” still speaks of the quarter told before; set by hand
_AHEAD = re.compile(
    r"\b(?:will|shall)\s+(?:\w+\s+)?be\s+\w+|\b(?:will|shall|won't|'ll|expects?|expected|plans?|planned|scheduled|due|slated|begins|starts|takes|opens|next|upcoming|until|effective|starting|beginning)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:was|were|had|did|ago|since|became|began|came|fell|gave|got|held|hit|led|left|lost|made|met|paid|put|rose|said|sent|sold|told|took|went|won|wrote)\b"
    r"|\b\w+ed\b"
)


def _direction(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Tell by the nearest verb before (else after) whether a date without its year or week lies ahead, or behind."""
    low = max(text.rfind(mark, 0, start) for mark in (". ", ".\n", "\n\n", "; ", "? ", "” ", '" '))
    before = text[low + 1 : start]
    ahead = max((m.end() for m in _AHEAD.finditer(before)), default=-1)
    behind = max((m.end() for m in _BEHIND.finditer(before)), default=-1)
    if ahead == behind == -1:
        after = re.split(r"[.;?]\s", text[end : end + 60])[0]
        will, did = re.search(r"\b(?:will|shall)\b", after), _BEHIND.search(after)
        return will is not None and (did is None or will.start() < did.start()), did is not None
    return ahead >= behind, behind > ahead


# Values --------------------------------------------------------------------------------------------------------------------------


def _year_of(words: str) -> int:
    if words.isdigit():
        return int(words)
    parts = re.split(r"[ -]", words.casefold())
    century = {"eighteen": 1800, "nineteen": 1900, "twenty": 2000}[parts[0]]
    return century + sum(_TENS.get(p, _UNITS.get(p, 0)) for p in parts[1:])


def _count_of(words: str) -> int:
    words = words.casefold()
    return int(words) if words.isdigit() else 1 if words in {"a", "an"} else _UNITS.get(words) or _TENS[words]


def _month_of(words: str) -> int:
    words = words.casefold().rstrip(".")
    return _MONTHS.get(words) or _SHORT[words]


def _shift(day: date, months: int) -> tuple[int, int]:
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def _week_value(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _iso(m: re.Match[str], s: _Setting) -> str:  # noqa: ARG001 - every rule takes the setting
    return date(int(m["y"]), int(m["m"]), int(m["d"])).isoformat()


def _slashed(m: re.Match[str], s: _Setting) -> str | None:  # noqa: ARG001
    """Read 02/22/23 as American wires write it, and as European ones where no month has that number."""
    first, second, year = int(m["a"]), int(m["b"]), int(m["y"])
    if len(m["y"]) == len("98"):
        year += 1900 if year > 50 else 2000  # noqa: PLR2004 - POSIX puts 69 to 99 into the 1900s; news archives reach back further
    return date(year, *((first, second) if first <= 12 else (second, first))).isoformat()  # noqa: PLR2004 - months


def _month_day(m: re.Match[str], s: _Setting) -> str:
    month, day = _month_of(m["month"]), int(m["day"])
    if m["year"]:
        return date(_year_of(m["year"]), month, day).isoformat()
    here = s.published
    options = [date(y, month, day) for y in range(here.year - 1, here.year + 2) if day <= calendar.monthrange(y, month)[1]]
    if s.ahead:
        return min((o for o in options if o >= here), default=options[-1]).isoformat()
    near = min(options, key=lambda o: abs((o - here).days))
    if s.behind and (near - here).days > _NEAR_DAYS:
        near = max(o for o in options if o <= here)
    return near.isoformat()


def _weekday_date(m: re.Match[str], s: _Setting) -> str:
    return _month_day(m, s)


def _month_year(m: re.Match[str], s: _Setting) -> str:  # noqa: ARG001
    return f"{_year_of(m['year']):04}-{_month_of(m['month']):02}"


def _month_only(m: re.Match[str], s: _Setting) -> str | None:
    month, which = _month_of(m["month"]), (m["which"] or "").casefold()
    here = s.published
    if which == "last":
        return f"{here.year - (month >= here.month):04}-{month:02}"
    if which == "next" or (s.ahead and which != "this"):
        return f"{here.year + (month < here.month or (which == 'next' and month == here.month)):04}-{month:02}"
    if (month - here.month) % 12 <= (1 if s.behind else _NEAR_MONTHS):  # the nearer one, where no verb tells otherwise
        return f"{here.year + (month < here.month):04}-{month:02}"
    return f"{here.year - (month > here.month):04}-{month:02}"


def _weekday(m: re.Match[str], s: _Setting) -> str:
    target, which = _WEEKDAYS[m["weekday"].casefold()], (m["which"] or "").casefold()
    back = (s.published.weekday() - target) % 7
    if which == "last":
        return (s.published - timedelta(days=back or 7)).isoformat()
    if which in {"next", "this coming"} or (s.ahead and back):
        return (s.published + timedelta(days=(-back % 7) or 7)).isoformat()
    return (s.published - timedelta(days=back)).isoformat()


def _plain(m: re.Match[str], s: _Setting) -> str:
    word = m.group().casefold()
    step = -1 if "yesterday" in word else 1 if "tomorrow" in word else 0
    if "before yesterday" in word or "after tomorrow" in word:
        step *= 2
    return (s.published + timedelta(days=step)).isoformat()


def _relative(m: re.Match[str], s: _Setting) -> str | None:
    unit, which = m["unit"].casefold(), m["which"].casefold()
    steps = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[which.split()[-1]]
    return _moved(s, steps, unit)


def _moved(s: _Setting, steps: int, unit: str) -> str | None:
    here = s.published
    if unit == "day":
        return (here + timedelta(days=steps)).isoformat()
    if unit in {"week", "weekend", "fortnight"}:
        return _week_value(here + timedelta(weeks=steps * (2 if unit == "fortnight" else 1))) + ("-WE" if unit == "weekend" else "")
    if unit == "month":
        year, month = _shift(here, steps)
        return f"{year:04}-{month:02}"
    if unit == "quarter":
        return _quarter_value(here.year, (here.month - 1) // 3 + 1, steps)
    if unit == "decade":
        return f"{here.year // 10 + steps:03}"
    if unit == "century":
        return f"{here.year // 100 + steps:02}"
    return f"{here.year + steps:04}" if unit == "year" else None


def _quarter_value(year: int, quarter: int, steps: int = 0) -> str:
    total = year * 4 + quarter - 1 + steps
    return f"{total // 4:04}-Q{total % 4 + 1}"


def _season(m: re.Match[str], s: _Setting) -> str | None:
    code, which = _SEASONS[m["season"].casefold()], (m["which"] or "").casefold()
    if m["year"]:
        return f"{_year_of(m['year']):04}-{code}"
    first = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[code]
    year = s.published.year
    if which.endswith("last") and first >= s.published.month - 1:
        year -= 1
    elif which.endswith("next") and first <= s.published.month:
        year += 1
    elif not which.endswith(("this", "next")) and not s.ahead and first > s.published.month:
        year -= 1
    return f"{year:04}-{code}"


def _ago(m: re.Match[str], s: _Setting) -> str | None:
    unit, count = m["unit"].casefold(), _count_of(m["count"])
    if unit == "year" and count == 1 and s.quarter:
        return _quarter_value(s.quarter[0] - 1, s.quarter[1])
    if unit == "hour":
        return None
    return _moved(s, -count, unit)


def _hence(m: re.Match[str], s: _Setting) -> str | None:
    return None if m["unit"].casefold() == "hour" else _moved(s, _count_of(m["count"]), m["unit"].casefold())


def _year_before(m: re.Match[str], s: _Setting) -> str:  # noqa: ARG001
    if s.quarter:
        return _quarter_value(s.quarter[0] - 1, s.quarter[1])
    return f"{s.published.year - 1:04}"


def _quarter(m: re.Match[str], s: _Setting) -> str:
    number = _ORDINALS.get(m["nth"].casefold()) or int(m["nth"][0])
    parts = m.groupdict()
    told = parts.get("year") or parts.get("year2")
    which = (parts.get("which") or "").casefold()
    if told:
        year = _year_of(told)
    elif which:
        year = s.published.year + {"last": -1, "this": 0, "next": 1}[which]
    else:
        ended = 3 * number < s.published.month + (3 if s.ahead else 0)
        year = s.published.year - (not ended and not s.ahead and 3 * number - 2 > s.published.month)
    s.quarter = year, number
    return _quarter_value(year, number)


def _this_quarter(m: re.Match[str], s: _Setting) -> str:
    word = m.group().casefold()
    here = s.published.year, (s.published.month - 1) // 3 + 1
    if "year-ago" in word or "year-earlier" in word or "last year" in word:
        year, number = s.quarter or here
        return _quarter_value(year - 1, number)
    if "this" in word or "current" in word:
        return _quarter_value(*here)
    if "next" in word or "coming" in word:
        return _quarter_value(*here, 1)
    if s.quarter is None or "latest" in word or "recent" in word or "last" in word or "previous" in word:
        value = _quarter_value(*here, -1)
        if s.quarter is None:
            s.quarter = int(value[:4]), int(value[-1])
        return value
    return _quarter_value(*s.quarter)


def _fiscal(m: re.Match[str], s: _Setting) -> str | None:  # noqa: ARG001
    return f"{_year_of(m['year']):04}"


def _year(m: re.Match[str], s: _Setting) -> str | None:  # noqa: ARG001
    return f"{_year_of(m['year']):04}"


def _decade(m: re.Match[str], s: _Setting) -> str:  # noqa: ARG001
    if m["digits"]:
        return m["digits"][:3]
    if m["short"]:
        return f"19{m['short'][0]}"
    return f"19{_DECADES[m['word'].casefold()]}"


def _century(m: re.Match[str], s: _Setting) -> str:  # noqa: ARG001
    words = m["nth"].casefold()
    number = int(re.sub(r"\D", "", words)) if words[0].isdigit() else {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}[words]
    return f"{number - 1:02}"


def _holiday(m: re.Match[str], s: _Setting) -> str:
    year = _year_of(m["year"]) if m["year"] else s.published.year
    here = f"{year:04}-{_HOLIDAYS[m['holiday'].casefold().replace('’', chr(39))]}"
    if not m["year"] and not s.ahead and here > s.published.isoformat():
        here = f"{year - 1:04}{here[4:]}"
    return here


def _weekend(m: re.Match[str], s: _Setting) -> str:  # noqa: ARG001
    back = 0 if s.ahead or s.published.weekday() >= 5 else 1  # noqa: PLR2004 - Saturday
    return _week_value(s.published - timedelta(weeks=back)) + "-WE"


def _within(m: re.Match[str], s: _Setting) -> str | None:
    return _moved(s, 0, m["unit"].casefold())


def _ref(value: str) -> Callable[[re.Match[str], _Setting], str | None]:
    return lambda m, s: value  # noqa: ARG005 - every rule takes the match and the setting


# Rules ---------------------------------------------------------------------------------------------------------------------------

_WHICH = r"(?:(?P<which>last|next|this|this past|this coming)\s+)?"
_UNIT = r"(?P<unit>day|week|weekend|fortnight|month|quarter|year|decade|century)"
_GRAMMAR: tuple[tuple[str, str, Callable[[re.Match[str], _Setting], str | None]], ...] = (
    ("ISO date", r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
    ("numbered date", r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4}|\d\d)", _slashed),
    ("month and day", rf"(?:{_W},?\s+)?{_M}\s+{_D}(?:(?:,?\s+|,){_Y})?", _month_day),
    ("day and month", rf"(?:{_W},?\s+)?(?:the\s+)?{_D}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?", _month_day),
    ("month and year", rf"{_PART}{_M}(?:\s+of)?,?\s+{_Y}", _month_year),
    ("month", rf"{_PART}{_WHICH}{_M}(?!\s+\d)", _month_only),
    ("weekday", rf"{_WHICH}{_W}", _weekday),
    ("day", r"the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow|(?:later |earlier )?today|yesterday|tomorrow", _plain),
    ("relative unit", rf"{_PART}(?:the\s+)?(?P<which>last|this|this past|past|previous|current|next|coming)\s+{_UNIT}(?!-)", _relative),
    ("end of unit", r"(?:the\s+(?:end|beginning|start|middle)\s+of|earlier|later|late|early)\s+(?:in\s+)?(?:this|the)\s+(?P<unit>week|month|year)", _within),
    ("weekend", r"(?:over\s+)?the\s+weekend", _weekend),
    ("season", rf"(?:(?:the\s+)?(?:early|late)\s+)?(?:(?P<which>the|last|this|next|this past|this coming)\s+){_S}(?:\s+of\s+{_Y})?", _season),
    ("season and year", rf"(?P<which>){_S}(?:\s+of)?\s+{_Y}", _season),
    ("so long ago", rf"{_ABOUT}{_COUNT}\s+(?P<unit>hour|day|week|fortnight|month|year|decade)s?\s+(?:ago|earlier|previously)", _ago),
    ("so long hence", rf"{_COUNT}\s+(?P<unit>day|week|month|year)s?\s+(?:from\s+now|hence)", _hence),
    (
        "year before",
        (r"year[- ](?:ago|earlier)(?!\s+(?:quarter|period))|"
        r"the\s+(?:year[- ]ago|year[- ]earlier|corresponding|same)\s+period(?:\s+(?:last\s+year|a\s+year\s+(?:ago|earlier)))?"),
        _year_before,
    ),
    (
        "quarter",
        (rf"(?:(?:the|(?P<which>last|this|next)\s+year's|{_Y.replace('year', 'year2')}(?:'s)?)\s+)?(?:the\s+)?(?:fiscal\s+)?"
        rf"{_NTH}[ -](?:fiscal[ -])?quarter(?:\s+(?:of|in)\s+(?:fiscal\s+)?{_Y})?"),
        _quarter,
    ),
    (
        "same quarter",
        (r"(?:the|this|last)\s+(?:latest|current|year[- ]ago|year[- ]earlier|recent|most\s+recent|previous|same|coming|next)?\s*"
        r"(?:quarter|latest\s+period)(?!s)(?:\s+last\s+year)?|the\s+latest\s+period"),
        _this_quarter,
    ),
    ("fiscal year", rf"(?:the\s+)?(?:fiscal|financial|academic)(?:\s+year)?\s+{_Y}", _fiscal),
    ("year", rf"(?:{_PART})(?:the\s+year\s+)?(?<![-$£€\d.,/]){_Y}{_NOT_A_YEAR}", _year),
    ("decade", rf"(?:the\s+)?(?:(?:early|late|mid)[- ])?(?:(?P<digits>(?:1[5-9]|20)\d0)s|['’](?P<short>[2-9]0)s|(?<=the )(?P<word>{'|'.join(_DECADES)}))", _decade),
    ("century", r"(?:the\s+)?(?:(?:early|late|mid)[- ])?(?P<nth>1[5-9]th|20th|21st|eighteenth|nineteenth|twentieth|twenty-first)[- ]century", _century),
    ("holiday", rf"(?P<holiday>{'|'.join(_HOLIDAYS)})(?:,?\s+{_Y})?", _holiday),
    ("now", r"now|currently|right\s+now|at\s+present|at\s+the\s+moment|these\s+days|nowadays|presently", _ref("PRESENT_REF")),
    (
        "lately",
        (r"(?:more\s+|most\s+)?recently|(?:in\s+)?recent\s+(?:days|weeks|months|years|times)|lately|past\s+years|"
        r"(?<=in )the\s+past(?!\s+(?:\w+\s+)?(?:day|week|month|year|decade|hour|few|several|two|three))"),
        _ref("PAST_REF"),
    ),
    ("some time", r"(?<=in )the\s+(?:near\s+)?future|the\s+near\s+future|soon|(?:at\s+)?a\s+later\s+date|(?:in\s+)?coming\s+(?:days|weeks|months|years)", _ref("FUTURE_REF")),
    # Words that look like dates and are none: durations, names, times of day.
    (
        "passed over",
        (rf"(?:the\s+)?(?:last|past|next|previous|coming|first|final)\s+(?:few|several|couple\s+of|{'|'.join(_UNITS)}|\d+)\s+"
        r"(?:hours|days|weeks|months|quarters|years|decades)"),
        _ref(""),
    ),
    ("passed over", rf"(?:last|this|tomorrow|yesterday|{_DAYS})\s+(?:night|morning|afternoon|evening)|tonight|overnight", _ref("")),
    ("passed over", rf"(?:every|each)\s+(?:{_DAYS}|day|week|month|year)|(?:{_DAYS})s\b|a\s+(?:day|week|month|year)\b(?!\s+(?:ago|earlier|previously))", _ref("")),
    ("passed over", r"(?:as|so)\s+soon\s+as|now\s+that|until\s+now|by\s+now|no\s+sooner|how\s+soon|too\s+soon|and\s+now\b(?=\s+a\b)", _ref("")),
)
_SELF_TOLD = frozenset({"ISO date", "numbered date", "month and year", "year", "decade", "century", "fiscal year", "season and year", "now", "lately", "some time"})
_NO_TITLE = r"(?<!Mr\.\s)(?<!Ms\.\s)(?<!Mrs\.\s)(?<!Dr\.\s)(?<!Gen\.\s)(?<!Col\.\s)"  # Ms. May is no month
_RULES = tuple(
    (name, re.compile(rf"(?<![\w-]){_NO_TITLE}(?:{pattern})(?!\w)", 0 if name == "month" else re.IGNORECASE), rule) for name, pattern, rule in _GRAMMAR
)


def days_of(value: str) -> tuple[str, str] | None:
    """Give the first and last day that a TIMEX3 value covers, or None for one that names no days.

    >>> days_of("2023-Q1")
    ('2023-01-01', '2023-03-31')
    >>> days_of("PAST_REF") is None
    True
    """
    try:
        low, high = _range(value)
    except (ValueError, KeyError):
        return None
    return low.isoformat(), high.isoformat()


def _range(value: str) -> tuple[date, date]:
    if found := re.fullmatch(r"(\d{4})-W(\d\d)(-WE)?", value):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return (monday + timedelta(days=5) if found[3] else monday), monday + timedelta(days=6)
    if found := re.fullmatch(r"(\d{4})-(?:Q(\d)|(SP|SU|FA|WI))", value):
        year = int(found[1])
        first = 3 * int(found[2]) - 2 if found[2] else {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[found[3]]
        last_year, last = _shift(date(year, first, 1), 2)
        return date(year, first, 1), date(last_year, last, calendar.monthrange(last_year, last)[1])
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value), date.fromisoformat(value)
    if found := re.fullmatch(r"(\d{4})-(\d\d)", value):
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if re.fullmatch(r"\d{2,4}", value):
        return date(int(value.ljust(4, "0")), 1, 1), date(int(value.ljust(4, "9")), 12, 31)
    raise ValueError(value)
