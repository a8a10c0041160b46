"""Find the time expressions of a text and give each its value: a closed grammar over all sentences.

One reader serves two ends. ``find_times`` finds every date of a text, as TIMEX3 counts dates; ``time_at`` reads the words that date an act,
which may also be a time of day, a stretch up to now, or a day told from the one before in the story. Values are those of TIMEX3
(``diurna.resolve.timex``); ``from_`` and ``to`` are the first and last day meant, by the codebook, where the words name any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from diurna.records import Span
from diurna.resolve import timex
from diurna.resolve.moments import MOMENTS, after_anniversary
from diurna.resolve.timex import Setting, days_of

__all__ = ["TimeExpression", "days_of", "find_times", "read_time", "time_at"]

_Rule = Callable[[re.Match[str], Setting], str | None]
_Compiled = tuple[tuple[str, re.Pattern[str], _Rule], ...]


_SHAPES = (
    (r"\d{4}-\d\d-\d\d", "day"), (r"\d{4}-W.*", "week"), (r"\d{4}-\d\d", "month"), (r"\d{4}-Q\d", "quarter"), (r"\d{4}-[SFW].", "season"),
    (r"\d{4}", "year"), (r"\d{3}", "decade"), (r"\d{2}", "century"), (r".*/.*", "range"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeExpression(Span):
    """Point at words that name a date: its TIMEX3 value, the rule that read it, and the days it covers (ISO 8601, both included)."""

    value: str
    rule: str
    from_: str | None = None
    to: str | None = None

    @property
    def absolute(self) -> bool:
        """Tell whether the words name their own date, whenever they are read."""
        return self.rule in _SELF_TOLD

    @property
    def precision(self) -> str | None:
        """Name how exact the value is: day, week, month, quarter, season, year, decade, century; None for one that names no days.

        >>> TimeExpression("last month", 0, 10, "2023-01", "relative unit").precision
        'month'
        """
        return next((name for shape, name in _SHAPES if re.fullmatch(shape, self.value)), None)


_M = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_S = r"(?P<season>spring|summer|autumn|fall|winter)"
_W = rf"(?P<weekday>{_DAYS})"
_D = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\d|[.,]\d|%)"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_SPELT = rf"(?:eighteen|nineteen|twenty)[ -](?:(?:{'|'.join(timex.TENS)})(?:[ -](?:{_ONES}))?|{_TEENS})"
_Y = rf"(?P<year>(?:1[5-9]|20)\d\d(?!\d|[.,]\d)|{_SPELT})"
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(timex.UNITS)}|{'|'.join(timex.TENS)})"
_NTH = r"(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)"
_ABOUT = r"(?:about |some |nearly |almost |more than |over |less than |only |just )?"
_NOT_A_YEAR = r"(?![-/]\d|\s*(?:percent|%|points|people|men|troops|shares|tons|tonnes|miles|km|dollars|feet|soldiers|workers|employees))"
_PART = r"(?:(?:early|late|mid|the (?:beginning|start|middle|end) of|earlier|later)[ -](?:in |on )?)?"




def find_times(text: str, published: date | None, *, country: str | None = None, south: bool = False) -> list[TimeExpression]:
    """Find every date in a text.

    Args:
        text: any English text.
        published: the day of publication; without it only what tells its own date has a value that names days.
        country: alpha-3 of the dateline's country, for the order of 03/04/2023 and for financial years.
        south: whether the dateline's seasons are those of the southern hemisphere.

    Returns:
        Expressions in text order, none within another. Times of day, durations and repeated times are passed over.

    >>> [(t.text, t.value) for t in find_times("Talks held on Tuesday ended a war that began in May 1998.", date(2023, 2, 22))]
    [('Tuesday', '2023-02-21'), ('May 1998', '1998-05')]
    """
    setting = Setting(published or date.min, country=country, south=south)
    found: list[TimeExpression] = []
    for match, name, rule in _chosen(text, _RULES):
        setting.ahead, setting.behind = _direction(text, match.start(), match.end())
        if setting.quarter and match.start() - setting.told_at > _REACH:
            setting.quarter = None
        before = setting.quarter
        read = _read(match, name, rule, setting)
        if setting.quarter != before or "quarter" in name:
            setting.told_at = match.start()
        if read is not None and (published is not None or name in _SELF_TOLD):
            found.append(read)
    return found


def _read(match: re.Match[str], name: str, rule: _Rule, setting: Setting) -> TimeExpression | None:
    setting.days = None
    try:
        value = rule(match, setting)
    except (ValueError, OverflowError):  # 30 February, or a year that the calendar does not hold
        return None
    if value is None:
        return None
    days = timex.days_meant(value, match.group(), setting)
    return TimeExpression(match.group(), match.start(), match.end(), value, name, *(days or (None, None)))


_AROUND = 40  # characters on each side of the words that the model read, as it may have missed a year or an “eve of”


def time_at(text: str, start: int, end: int, setting: Setting) -> TimeExpression | None:
    """Read the words that date an act.

    Args:
        text: the story's text.
        start: first character of the words.
        end: the character after their last.
        setting: what they are worked out from; its ``ahead`` and ``behind`` are kept.

    Returns:
        One expression over all that touch the words (“Thursday night and Saturday morning”), or None when they tell no days.

    >>> time_at("They met two days later in Riga.", 9, 23, Setting(date(2023, 2, 22), told=date(2023, 2, 14))).from_
    '2023-02-16'
    """
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    low = max(low, text.rfind("\n", low, start) + 1)
    found = []
    for match, name, rule in _chosen(text[low:high], _ALL):
        if match.start() + low < end and start < match.end() + low and (read := _read(match, name, rule, setting)) and read.from_:
            found.append(replace(read, start=read.start + low, end=read.end + low))
    if not found:
        return None
    first, last = min(found, key=lambda t: t.from_ or ""), max(found, key=lambda t: t.to or "")
    whole = first if len(found) == 1 else _joined(text, found, first, last)
    return _before_or_after(text, whole, low)


def _joined(text: str, found: list[TimeExpression], first: TimeExpression, last: TimeExpression) -> TimeExpression:
    start, end = found[0].start, found[-1].end
    inner = next((t for t in found if first.from_ and t.from_ and t.to and last.to and t is not first and first.from_ <= t.from_ and t.to <= (first.to or "")), None)
    if inner is not None and len(found) == 2 and not re.search(r"\band\b|,|\bto\b|[-–]", text[found[0].end : found[1].start]):  # noqa: PLR2004 - “Friday last week”
        return replace(inner, text=text[start:end], start=start, end=end)
    return TimeExpression(text[start:end], start, end, f"{first.value}/{last.value}", "several", first.from_, last.to)


def _before_or_after(text: str, time: TimeExpression, low: int) -> TimeExpression:
    """Move a day by the words before it: “the eve of Friday's vote”, “the third anniversary of the Feb. 24, 2022, invasion”."""
    before = text[low : time.start]
    if time.from_ is None or time.to is None:
        return time
    if eve := re.search(r"(?:the\s+)?eve\s+of\s+(?:the\s+)?$", before, re.IGNORECASE):
        day = (date.fromisoformat(time.from_) - timedelta(days=1)).isoformat()
        return TimeExpression(text[low + eve.start() : time.end], low + eve.start(), time.end, day, "eve", day, day)
    years = after_anniversary(before)
    if years is not None and time.precision == "day" and (start := re.search(r"(?:the\s+)?(?:[\w-]+\s+)?anniversary\s+of\b", before, re.IGNORECASE)):
        here = date.fromisoformat(time.from_)
        try:
            day = here.replace(year=here.year + years).isoformat()
        except ValueError:  # 29 February
            return time
        return TimeExpression(text[low + start.start() : time.end], low + start.start(), time.end, day, "anniversary", day, day)
    return time


def read_time(words: str, published: date, *, ahead: bool = False) -> TimeExpression | None:
    """Read words that are a time expression, with or without its preposition.

    Args:
        words: such as ``last week`` or ``on the eve of Christmas``.
        published: the day of publication.
        ahead: whether what they date lies ahead (codebook §5: a bare weekday is then the next one).

    Returns:
        The expression, or None when the words do not tell days.

    >>> read_time("last month", date(2023, 2, 22)).to
    '2023-01-31'
    """
    return time_at(words, 0, len(words), Setting(published, ahead=ahead, behind=not ahead, past=not ahead))


def _chosen(text: str, rules: _Compiled) -> list[tuple[re.Match[str], str, _Rule]]:
    """Give the matches to read: the longest where several begin or overlap, in text order."""
    options = [(m, name, rule) for name, pattern, rule in rules for m in pattern.finditer(text)]
    options.sort(key=lambda o: (-(o[0].end() - o[0].start()), o[0].start()))
    taken: list[tuple[re.Match[str], str, _Rule]] = []
    busy = bytearray(len(text))
    for option in options:
        start, end = option[0].span()
        if not any(busy[start:end]):
            busy[start:end] = b"\1" * (end - start)
            taken.append(option)
    return sorted((o for o in taken if o[1] != "passed over"), key=lambda o: o[0].start())


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


# Rules ---------------------------------------------------------------------------------------------------------------------------

_WHICH = r"(?:(?P<which>last|next|this|this past|this coming)\s+)?"
_UNIT = r"(?P<unit>day|week|weekend|fortnight|month|quarter|year|decade|century)"
_GRAMMAR: tuple[tuple[str, str, _Rule], ...] = (
    ("ISO date", r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?", timex.read_iso),
    ("numbered date", r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4}|\d\d)", timex.read_slashed),
    ("month and day", rf"(?:{_W},?\s+)?{_M}\s+{_D}(?:(?:,?\s+|,){_Y})?", timex.read_month_day),
    ("day and month", rf"(?:{_W},?\s+)?(?:the\s+)?{_D}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?", timex.read_month_day),
    ("month and year", rf"{_PART}{_M}(?:\s+of)?,?\s+{_Y}", timex.read_month_year),
    ("month", rf"{_PART}{_WHICH}{_M}(?!\s+\d)", timex.read_month_only),
    ("weekday", rf"{_WHICH}{_W}", timex.read_weekday),
    ("day", r"the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow|(?:later |earlier )?today|yesterday|tomorrow", timex.read_plain),
    ("relative unit", rf"{_PART}(?:the\s+)?(?P<which>last|this|this past|past|previous|current|next|coming)\s+{_UNIT}(?!-)", timex.read_relative),
    ("end of unit", r"(?:the\s+(?:end|beginning|start|middle)\s+of|earlier|later|late|early)\s+(?:in\s+)?(?:this|the)\s+(?P<unit>week|month|year)", timex.read_within),
    ("weekend", r"(?:over\s+)?the\s+weekend", timex.read_weekend),
    ("season", rf"(?:(?:the\s+)?(?:early|late)\s+)?(?:(?P<which>the|last|this|next|this past|this coming)\s+){_S}(?:\s+of\s+{_Y})?", timex.read_season),
    ("season and year", rf"(?P<which>){_S}(?:\s+of)?\s+{_Y}", timex.read_season),
    ("so long ago", rf"{_ABOUT}{_COUNT}\s+(?P<unit>hour|day|week|fortnight|month|year|decade)s?\s+(?:ago|earlier|previously)", timex.read_ago),
    ("so long hence", rf"{_COUNT}\s+(?P<unit>day|week|month|year)s?\s+(?:from\s+now|hence)", timex.read_hence),
    (
        "year before",
        (r"year[- ](?:ago|earlier)(?!\s+(?:quarter|period))|"
        r"the\s+(?:year[- ]ago|year[- ]earlier|corresponding|same)\s+period(?:\s+(?:last\s+year|a\s+year\s+(?:ago|earlier)))?"),
        timex.read_year_before,
    ),
    (
        "quarter",
        (rf"(?:(?:the|(?P<which>last|this|next)\s+year's|{_Y.replace('year', 'year2')}(?:'s)?)\s+)?(?:the\s+)?(?:fiscal\s+)?"
        rf"{_NTH}[ -](?:fiscal[ -])?quarter(?:\s+(?:of|in)\s+(?:fiscal\s+)?{_Y})?"),
        timex.read_quarter,
    ),
    (
        "same quarter",
        (r"(?:the|this|last)\s+(?:latest|current|year[- ]ago|year[- ]earlier|recent|most\s+recent|previous|same|coming|next)?\s*"
        r"(?:quarter|latest\s+period)(?!s)(?:\s+last\s+year)?|the\s+latest\s+period"),
        timex.read_this_quarter,
    ),
    ("fiscal year", rf"(?:the\s+)?(?:fiscal|financial|academic)(?:\s+year)?\s+{_Y}", timex.read_fiscal),
    ("year", rf"(?:{_PART})(?:the\s+year\s+)?(?<![-$£€\d.,/]){_Y}{_NOT_A_YEAR}", timex.read_year),
    ("decade", rf"(?:the\s+)?(?:(?:early|late|mid)[- ])?(?:(?P<digits>(?:1[5-9]|20)\d0)s|['’](?P<short>[2-9]0)s|(?<=the )(?P<word>{'|'.join(timex.DECADES)}))", timex.read_decade),
    ("century", r"(?:the\s+)?(?:(?:early|late|mid)[- ])?(?P<nth>1[5-9]th|20th|21st|eighteenth|nineteenth|twentieth|twenty-first)[- ]century", timex.read_century),
    ("holiday", rf"(?P<holiday>{'|'.join(timex.HOLIDAYS)})(?:,?\s+{_Y})?", timex.read_holiday),
    ("now", r"now|currently|right\s+now|at\s+present|at\s+the\s+moment|these\s+days|nowadays|presently", timex.read_ref("PRESENT_REF")),
    (
        "lately",
        (r"(?:more\s+|most\s+)?recently|(?:in\s+)?recent\s+(?:days|weeks|months|years|times)|lately|past\s+years|"
        r"(?<=in )the\s+past(?!\s+(?:\w+\s+)?(?:day|week|month|year|decade|hour|few|several|two|three))"),
        timex.read_lately,
    ),
    (
        "some time",
        r"(?<=in )the\s+(?:near\s+)?future|the\s+near\s+future|soon|(?:at\s+)?a\s+later\s+date|(?:in\s+)?coming\s+(?:days|weeks|months|years)", timex.read_ref("FUTURE_REF"),
    ),
    # Words that look like dates and are none: durations, names, times of day.
    (
        "passed over",
        (rf"(?:the\s+)?(?:last|past|next|previous|coming|first|final)\s+(?:few|several|couple\s+of|{'|'.join(timex.UNITS)}|\d+)\s+"
        r"(?:hours|days|weeks|months|quarters|years|decades)"),
        timex.read_ref(""),
    ),
    ("passed over", rf"(?:last|this|tomorrow|yesterday|{_DAYS})\s+(?:night|morning|afternoon|evening)|tonight|overnight", timex.read_ref("")),
    ("passed over", rf"(?:every|each)\s+(?:{_DAYS}|day|week|month|year)|(?:{_DAYS})s\b|a\s+(?:day|week|month|year)\b(?!\s+(?:ago|earlier|previously))", timex.read_ref("")),
    ("passed over", r"(?:as|so)\s+soon\s+as|now\s+that|until\s+now|by\s+now|no\s+sooner|how\s+soon|too\s+soon|and\s+now\b(?=\s+a\b)", timex.read_ref("")),
)
_SELF_TOLD = frozenset({"ISO date", "numbered date", "month and year", "year", "decade", "century", "fiscal year", "season and year", "now", "lately", "some time"})
_NO_TITLE = r"(?<!Mr\.\s)(?<!Ms\.\s)(?<!Mrs\.\s)(?<!Dr\.\s)(?<!Gen\.\s)(?<!Col\.\s)"  # Ms. May is no month


def _compiled(grammar: tuple[tuple[str, str, _Rule], ...]) -> _Compiled:
    return tuple((name, re.compile(rf"(?<![\w-]){_NO_TITLE}(?:{pattern})(?!\w)", 0 if name == "month" else re.IGNORECASE), rule) for name, pattern, rule in grammar)


_RULES = _compiled(_GRAMMAR)
_ALL = _compiled(MOMENTS) + tuple(r for r in _RULES if r[0] != "passed over")
