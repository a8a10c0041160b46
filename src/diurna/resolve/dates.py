"""Work out the days that time expressions mean, from the publication date. A closed grammar: what it does not know stays unknown."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["resolve_when"]

Days = tuple[date, date]
_SATURDAY = 5

_MONTHS = {name: i for i, name in enumerate("january february march april may june july august september october november december".split(), 1)}
_MONTHS |= {name[:3]: i for name, i in list(_MONTHS.items())} | {"sept": 9}
_WEEKDAYS = {name: i for i, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_WEEKDAYS |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
_NUMBERS = {w: i for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split())}
_NUMBERS |= {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "several": 3, "twenty": 20, "thirty": 30, "a dozen": 12}
_SEASONS = {"winter": (12, 2), "spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_ORDINALS = {w: i for i, w in enumerate("first second third fourth fifth".split(), 1)}
_HOLIDAYS = {"christmas day": (12, 25), "christmas": (12, 25), "christmas eve": (12, 24)}
_HOLIDAYS |= {"new year's day": (1, 1), "new year's eve": (12, 31), "may day": (5, 1)}

_MONTH = r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.?"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues|tue|wed|thurs|thur|thu|fri|sat|sun)\.?"
_DAY = r"(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_COUNT = r"(?P<count>\d{1,3}|a couple of|couple of|a few|few|several|a dozen|"
_COUNT += r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|thirty|an?)"
_UNIT = r"(?P<unit>hour|day|week|fortnight|month|year|decade)s?"
_PART = r"(?:(?:early|late|the early|the late|the small) (?:hours (?:of|on) |on )?)?"
_OF_DAY = r"(?:\s+(?:morning|afternoon|evening|night|noon|midday|midnight|dawn|overnight|early|late))*"


def resolve_when(text: str, published: date, *, modality: str = "actual") -> tuple[str, str] | None:
    """Work out the first and last day that a time expression means.

    Args:
        text: the expression as written, without its preposition or with it.
        published: the day of publication.
        modality: of the event; what is ``future`` looks forward (a bare weekday is the next one), all else back (codebook §5).

    Returns:
        ISO 8601 days, both included, or None when the words do not tell.

    >>> resolve_when("Tuesday", date(2023, 2, 22))
    ('2023-02-21', '2023-02-21')
    >>> resolve_when("last month", date(2023, 2, 22))
    ('2023-01-01', '2023-01-31')
    >>> resolve_when("the eve of the talks", date(2023, 2, 22)) is None
    True
    """
    words = re.sub(r"\s+", " ", text.casefold().replace("’", "'")).strip(" ,.;")
    words = re.sub(r"^(?:on|in|at|during|since|by|until|till|for|over|from|of|before|after|around|about|some|only|just|as early as|as recently as)\s+(?=\S)", "", words)
    ahead = modality == "future"
    try:
        for pattern, rule in _RULES:
            if found := pattern.fullmatch(words):
                days = rule(found, published, ahead)
                return (days[0].isoformat(), days[1].isoformat()) if days and days[0] <= days[1] else None
    except (ValueError, OverflowError):  # 30 February, or a year that the calendar does not hold: not a date
        return None
    return None


def _one(day: date) -> Days:
    return day, day


def _month_days(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _shift_months(day: date, months: int) -> tuple[int, int]:
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def _weekday(found: re.Match[str], published: date, ahead: bool) -> Days:
    target = _WEEKDAYS[found["weekday"]]
    which = found.groupdict().get("which") or ""
    back = (published.weekday() - target) % 7
    if which == "last":
        return _one(published - timedelta(days=back or 7))
    if which in {"next", "the following", "the coming"} or ahead:
        return _one(published + timedelta(days=(-back % 7) or 7))
    return _one(published - timedelta(days=back))


def _month_day(found: re.Match[str], published: date, ahead: bool) -> Days:
    month, day = _MONTHS[found["month"]], int(found["day"])
    parts = found.groupdict()
    last_day = int(parts["last"]) if parts.get("last") else day
    if parts.get("year"):
        year = int(parts["year"])
    else:
        year = published.year
        if ahead and date(year, month, day) < published:
            year += 1
        elif not ahead and date(year, month, day) > published:
            year -= 1
    return date(year, month, day), date(year, month, last_day)


def _month_only(found: re.Match[str], published: date, ahead: bool) -> Days:
    month = _MONTHS[found["month"]]
    parts = found.groupdict()
    if parts.get("year"):
        year = int(parts["year"])
    elif parts.get("which") == "last":
        year = published.year - (month >= published.month)
    elif parts.get("which") == "next" or ahead:
        year = published.year + (month < published.month or (parts.get("which") == "next" and month == published.month))
    else:
        year = published.year - (month > published.month)
    first, last = _month_days(year, month)
    third = parts.get("third")
    if third == "early":
        last = date(year, month, 10)
    elif third in {"mid", "mid-", "the middle of"}:
        first, last = date(year, month, 11), date(year, month, 20)
    elif third in {"late", "the end of"}:
        first = date(year, month, 21)
    return first, last


def _day_of_month(found: re.Match[str], published: date, ahead: bool) -> Days:
    day = int(found["day"])
    here = published.replace(day=day)
    if not ahead and here > published:
        here = date(*_shift_months(published, -1), day)
    elif ahead and here < published:
        here = date(*_shift_months(published, 1), day)
    return _one(here)


def _near(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    return _one(published + timedelta(days=_NEAR[found["near"]]))


_NEAR = {
    "today": 0, "tonight": 0, "now": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "earlier today": 0, "later today": 0, "overnight": 0,
    "yesterday": -1, "last night": -1, "the day before": -1, "a day earlier": -1, "the previous day": -1, "one day earlier": -1, "the night before": -1,
    "tomorrow": 1, "the next day": 1, "the day before yesterday": -2, "the day after tomorrow": 2, "yesterday morning": -1, "yesterday evening": -1,
    "yesterday afternoon": -1, "tomorrow morning": 1, "the same day": 0, "at the same time": 0, "hours later": 0, "hours earlier": 0, "earlier in the day": 0,
    "earlier on the day": 0, "minutes later": 0, "shortly after dawn": 0, "before dawn": 0, "dawn": 0, "at dawn": 0, "hours ago": 0, "hours before": 0,
    "later in the day": 0, "late last night": -1, "in the early hours": 0, "the early hours": 0,
}  # fmt: skip


def _week(found: re.Match[str], published: date, ahead: bool) -> Days | None:
    which, unit = found["which"], found["unit"]
    monday = published - timedelta(days=published.weekday())
    steps = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}[which]
    if unit == "week":
        if which == "past":
            return published - timedelta(days=7), published
        first = monday + timedelta(weeks=steps)
        last = first + timedelta(days=6)
        return (published, last) if steps == 0 and ahead else (first, min(last, published) if steps == 0 else last)
    if unit == "weekend":
        saturday = monday + timedelta(days=5, weeks=steps - (which in {"this", "current"} and not ahead and published.weekday() < _SATURDAY))
        return saturday, saturday + timedelta(days=1)
    if unit == "month":
        first, last = _month_days(*_shift_months(published, steps))
        return first, min(last, published) if steps == 0 and not ahead else last
    if unit == "year":
        year = published.year + steps
        last = date(year, 12, 31)
        return date(year, 1, 1), min(last, published) if steps == 0 and not ahead else last
    if unit == "decade":
        first_year = (published.year // 10 + steps) * 10
        return date(first_year, 1, 1), date(first_year + 9, 12, 31)
    if unit == "century":
        return None
    return _season(unit, steps, published)


def _season(name: str, steps: int, published: date) -> Days:
    low, high = _SEASONS[name]
    year = published.year
    if steps < 0 and date(year, low, 1) > published - timedelta(days=60):
        year -= 1
    if steps > 0 and date(year, low, 1) <= published:
        year += 1
    return date(year, low, 1), _month_days(year + (high < low), high)[1]


def _season_year(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    low, high = _SEASONS[found["season"]]
    year = int(found["year"]) if found["year"] else published.year - (date(published.year, low, 1) > published)
    return date(year, low, 1), _month_days(year + (high < low), high)[1]


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _ago(found: re.Match[str], published: date, ahead: bool) -> Days | None:  # noqa: ARG001
    return _moved(published, -_number(found["count"]), found["unit"])


def _hence(found: re.Match[str], published: date, ahead: bool) -> Days | None:  # noqa: ARG001
    return _moved(published, _number(found["count"]), found["unit"])


def _moved(published: date, count: int, unit: str) -> Days:
    if unit == "hour":
        return _one(published + timedelta(hours=0, days=(abs(count) // 24) * (1 if count > 0 else -1)))
    if unit in {"day", "week", "fortnight"}:
        return _one(published + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit]))
    if unit == "month":
        return _month_days(*_shift_months(published, count))
    year = published.year + count * (10 if unit == "decade" else 1)
    return date(year, 1, 1), date(year, 12, 31)


_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14, "month": 30.44, "year": 365.25, "decade": 3652.5}


def _past(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    count = _number(found["count"]) if found["count"] else 1
    unit = found["unit"]
    span = timedelta(days=max(1, round(count * _DAYS[unit])))
    coming = found["which"] in {"next", "coming"}
    return (published, published + span) if coming else (published - span, published)


def _recent(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    span = {"hours": 1, "days": 7, "weeks": 30, "months": 183, "years": 1826}[found["unit"]]
    if found["which"] in {"coming", "the coming", "next few"}:
        return published, published + timedelta(days=span)
    return published - timedelta(days=span), published


def _within_year(found: re.Match[str], published: date, ahead: bool) -> Days:
    first, last = _week_like(found["unit"], published)
    return (published, last) if ahead or found["which"] in {"later", "the end of"} else (first, published)


def _week_like(unit: str, published: date) -> Days:
    if unit == "week":
        monday = published - timedelta(days=published.weekday())
        return monday, monday + timedelta(days=6)
    if unit == "month":
        return _month_days(published.year, published.month)
    return date(published.year, 1, 1), date(published.year, 12, 31)


def _years(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    parts = found.groupdict()
    year = int(parts["year"])
    last = year
    if parts.get("last"):
        last = int(parts["last"]) if len(parts["last"]) == len("2014") else year // 100 * 100 + int(parts["last"])
    first_day, last_day = date(year, 1, 1), date(last, 12, 31)
    third = parts.get("third")
    if third == "early":
        last_day = date(year, 4, 30)
    elif third == "mid-":
        first_day, last_day = date(year, 5, 1), date(year, 8, 31)
    elif third == "late":
        first_day = date(year, 9, 1)
    return first_day, last_day


def _decade(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    year = int(found["decade"])
    low, high = {"early": (0, 3), "mid-": (4, 6), "late": (7, 9)}.get((found["third"] or "").strip(), (0, 9))
    return date(year + low, 1, 1), date(year + high, 12, 31)


def _iso(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    return _one(date(int(found["year"]), int(found["m"]), int(found["d"])))


def _holiday(found: re.Match[str], published: date, ahead: bool) -> Days:
    month, day = _HOLIDAYS[found["holiday"]]
    here = date(published.year, month, day)
    if found["year"]:
        here = date(int(found["year"]), month, day)
    elif not ahead and here > published:
        here = here.replace(year=published.year - 1)
    return _one(here)


def _quarter(found: re.Match[str], published: date, ahead: bool) -> Days:  # noqa: ARG001
    number = _ORDINALS[found["nth"]]
    year = int(found["year"]) if found["year"] else published.year
    return date(year, 3 * number - 2, 1), _month_days(year, 3 * number)[1]


_Rule = tuple[str, "Callable[[re.Match[str], date, bool], Days | None]"]
_GRAMMAR: tuple[_Rule, ...] = (
    (rf"(?:the )?(?P<near>{'|'.join(sorted(map(re.escape, _NEAR), key=len, reverse=True))})", _near),
    (rf"{_PART}(?:(?P<which>last|next|this|the following|the coming|this past|this coming) )?{_WEEKDAY}{_OF_DAY}(?:'s)?", _weekday),
    (rf"{_WEEKDAY}{_OF_DAY}?,? (?:the )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _month_day),
    (rf"(?:{_WEEKDAY},? )?{_MONTH} {_DAY}(?:,? {_YEAR})?", _month_day),
    (rf"{_MONTH} {_DAY}\s?(?:-|–|to|and) ?(?P<last>[12]?\d|3[01])(?:st|nd|rd|th)?(?:,? {_YEAR})?", _month_day),
    (rf"(?:the )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _month_day),
    (rf"(?:between )?{_DAY}\s?(?:-|–|to|and) ?(?P<last>[12]?\d|3[01])(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR})?", _month_day),
    (r"(?P<year>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
    (rf"(?:(?P<third>early|mid-?|late|the middle of|the end of) ?(?:in )?)?{_MONTH}(?: of)?(?:,? {_YEAR})?", _month_only),
    (rf"(?P<which>last|next|this|this past) {_MONTH}", _month_only),
    (rf"the {_DAY}", _day_of_month),
    (r"(?:the )?(?P<which>last|previous|past|this|current|next|coming|following) (?P<unit>week|weekend|month|year|decade|century|winter|spring|summer|autumn|fall)", _week),
    (r"(?P<which>earlier|later|late|the end of|the beginning of|the start of) (?:in )?(?:this|the) (?P<unit>week|month|year)", _within_year),
    (rf"(?:(?:the )?(?:early|late) )?(?P<season>winter|spring|summer|autumn|fall)(?: of)?(?: {_YEAR})?", _season_year),
    (rf"(?:about |some |nearly |almost |more than |over |less than )?{_COUNT} {_UNIT} (?:ago|earlier|before|previously|back)", _ago),
    (rf"(?:within |in )?{_COUNT} {_UNIT}(?:' time| later| from now| hence)", _hence),
    (rf"(?:the )?(?P<which>past|last|previous|next|coming|preceding) {_COUNT}[ -]{_UNIT}", _past),
    (r"(?P<which>recent|the past few|the last few|past|the past|coming|the coming|next few) (?P<unit>hours|days|weeks|months|years)", _recent),
    (rf"(?:the year )?(?P<third>early|mid-|late)? ?(?:in )?{_YEAR}(?:\s?(?:-|–|/|to|and) ?(?P<last>\d{{4}}|\d\d))?", _years),
    (r"(?:the )?(?P<third>early |mid-|late )?(?P<decade>1[5-9]\d0|20\d0)s", _decade),
    (rf"(?P<holiday>{'|'.join(map(re.escape, _HOLIDAYS))})(?:,? {_YEAR})?", _holiday),
    (rf"(?:the )?(?P<nth>first|second|third|fourth) quarter(?: of {_YEAR})?", _quarter),
)
_RULES = tuple((re.compile(pattern), rule) for pattern, rule in _GRAMMAR)
