"""What rules see: events that fit, measures that pass a limit, changes against own history, firsts (docs/guide/signals.md)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import polars as pl

from diurna.analyse.changes import change_points
from diurna.signals.look import Linked, days_back, select, subjects
from diurna.signals.rules import LINKED
from diurna.signals.signal import Signal, evidence_of, view_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diurna.signals.look import Look
    from diurna.signals.rules import Rule, Rules

__all__ = ["Memory", "Seen", "look_with"]

_ENOUGH: Final = 8  # windows with news that a z-score needs
_FRESH: Final = 6  # windows within which a change point is news; twice the shortest stretch between two
_Z: Final = 3.0


class Memory(Protocol):
    """Remember what rules have seen before."""

    def covered(self, rule: str, events: Iterable[str]) -> set[str]:
        """Tell which events a rule has sent a signal of."""

    def raised(self, rule: str) -> set[str]:
        """Tell which subjects were past a rule's limit when last looked at."""


@dataclass(slots=True)
class Seen:
    """Hold what one rule saw: signals, the events that they cover, subjects that came past its limit or fell back, and what hindered it."""

    rule: str
    signals: list[Signal] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)
    risen: set[str] = field(default_factory=set)
    fallen: set[str] = field(default_factory=set)
    note: str = ""


def look_with(rule: Rule, rules: Rules, look: Look, memory: Memory) -> Seen:
    """Look at the record with a rule.

    Args:
        rule: the rule.
        rules: the file it is from.
        look: the record on a day.
        memory: what was seen before; it is not changed.
    """
    return _KINDS[rule.kind](rule, rules, look, memory)


def _match(rule: Rule, rules: Rules, look: Look, memory: Memory) -> Seen:
    """Send each event that fits once, however many reports tell it and whenever they come."""
    seen, since = Seen(rule.name), days_back(look.on, rule.days)
    found = select(look, rules, rule.filters, days_back(look.on, rule.days + LINKED), look.on)
    ids = set(found["id"])
    old = memory.covered(rule.name, ids)
    if not ids - old:
        return seen
    linker = _linked(rule, look, found).linker
    for thread in linker.threads((ids - old) & linker.mentions.keys()):
        if old.intersection(thread.events):
            seen.covered |= set(thread.events)  # one more report of what was sent
        elif thread.sources >= rule.min_sources and any((m.published or "") >= since.isoformat() for m in thread.members):
            newest = sorted(thread.members, key=lambda m: (m.published or "", m.event), reverse=True)
            pairs = [(m.event, m.story) for m in newest]
            subject = " ".join(filter(None, [thread.type, "-".join(thread.countries), thread.place]))
            seen.signals.append(evidence_of(look, rules, rule, pairs, key=thread.id, subject=subject, on=look.on, sources=thread.sources))
            seen.covered |= set(thread.events)
    return seen


def _linked(rule: Rule, look: Look, found: pl.DataFrame) -> Linked:
    """Link the events found: what is new to what the last round of the day linked; all anew where something has left it, by a review or a new day."""
    wanted = {story: frozenset(events) for story, events in found.group_by("story").agg("id").iter_rows()}
    linked = look.linked.get(rule.name)
    if linked is None or linked.on != look.on or any(wanted.get(story) != events for story, events in linked.ids.items()):
        linked = look.linked[rule.name] = Linked(look.on)
    fresh = [story for story in wanted if story not in linked.ids]
    stories = look.stories(fresh)
    linked.linker.extend(replace(story, events=tuple(e for e in story.events if e.id in wanted[key])) for key, story in stories.items())
    linked.ids |= {key: wanted[key] for key in stories}
    return linked


def _threshold(rule: Rule, rules: Rules, look: Look, memory: Memory) -> Seen:
    """Send a subject when its measure comes past the limit, and again only after it has fallen back."""
    since = days_back(look.on, rule.days)
    rows = subjects(look, rules, rule, select(look, rules, rule.filters, since, look.on))
    values = dict(rows.group_by("subject").agg(_measure(rule)).iter_rows())
    if rule.per == "all":
        values.setdefault("all", 0)
    limit = rule.above if rule.above is not None else rule.below
    assert limit is not None
    past = {s: round(float(v), 3) for s, v in values.items() if (v > limit if rule.above is not None else v < limit)}

    def told(subject: str) -> str:
        return f"{_name(rule, subject)}: {_amount(rule, past[subject])} in {rule.days} days, {'above' if rule.above is not None else 'below'} {limit:g}"

    return _past_limit(rule, rules, look, memory, rows, past, told, limit=dict.fromkeys(past, limit), since=since)


def _change(rule: Rule, rules: Rules, look: Look, memory: Memory) -> Seen:
    """Send a subject when its last window, or its level, differs from its own history."""
    points = rule.method == "points"
    end = date.fromordinal(look.on.toordinal() - (look.on.toordinal() + 1) % rule.days) if points else look.on  # whole windows, the same whichever day one looks
    since = days_back(end, rule.days * (rule.history + 1))
    rows = subjects(look, rules, rule, select(look, rules, rule.filters, since, end)).with_columns(window=(end - pl.col("published")).dt.total_days() // rule.days)
    news = _windows(look.acts.stories.filter(pl.col("published").is_between(since, end), ~pl.col("copy")), end, rule)
    if int((news[1:] > 0).sum()) < _ENOUGH:
        return Seen(rule.name, note=f"{int((news[1:] > 0).sum())} of the {_ENOUGH} windows with news that it needs before {end}", fallen=memory.raised(rule.name))
    changed: dict[str, _Changed] = {}
    every: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(rule.history + 1))
    for subject, window, value in rows.group_by("subject", "window").agg(_measure(rule)).iter_rows():
        every[subject][window] = value
    for subject, series in every.items():
        found = _by_points(series, news, rule) if points else _by_zscore(series, news, rule)
        if found is not None:
            changed[subject] = found

    def told(subject: str) -> str:
        c = changed[subject]
        how = f"z {c.z:+.1f}" if c.z is not None else f"level changed {c.windows * rule.days} days ago"
        return f"{_name(rule, subject)}: {_amount(rule, c.value)} in {rule.days} days where {c.before:.1f} was usual ({how})"

    rows = rows.filter(pl.col("window") < pl.col("subject").replace_strict({s: c.windows for s, c in changed.items()}, default=0, return_dtype=pl.Int64))
    past, limits = {s: c.value for s, c in changed.items()}, {s: c.before for s, c in changed.items()}
    return _past_limit(rule, rules, look, memory, rows, past, told, limit=limits, since=days_back(end, rule.days * max((c.windows for c in changed.values()), default=1)))


@dataclass(frozen=True, slots=True)
class _Changed:
    """Hold a change: what is, what was usual, the z-score if it is one, and over how many windows."""

    value: float
    before: float
    z: float | None
    windows: int


def _by_zscore(series: np.ndarray, news: np.ndarray, rule: Rule) -> _Changed | None:
    """Weigh the last window against those before it, each brought to the last one's amount of news.

    Args:
        series: the measure by window, newest first. *Shape:* (n_windows,)
        news: stories of each. *Shape:* (n_windows,)
        rule: the limit and the direction.
    """
    if not news[0]:
        return None
    told = news[1:] > 0
    past = series[1:][told] * news[0] / news[1:][told]
    usual = float(past.mean())
    spread = max(float(past.std(ddof=1)), float(np.sqrt(usual)) if rule.measure == "count" else 0.0, 1.0)  # a count varies as a Poisson variable at least
    z = float((series[0] - usual) / spread)
    if abs(z) < (rule.above or _Z) or not _wanted(z, rule):
        return None
    return _Changed(round(float(series[0]), 3), round(usual, 3), round(z, 2), 1)


def _by_points(series: np.ndarray, news: np.ndarray, rule: Rule) -> _Changed | None:
    """Find whether the level changed lately; the measure is brought to the mean amount of news."""
    mean = float(news[news > 0].mean())
    values = [float(v * mean / n) if n else None for v, n in zip(series[::-1], news[::-1], strict=True)]
    if not any(values):
        return None
    last = next(reversed(change_points(values)), None)
    if last is None or len(values) - last.at > _FRESH or not _wanted(last.after - last.before, rule):
        return None
    return _Changed(last.after, last.before, None, len(values) - last.at)


def _wanted(step: float, rule: Rule) -> bool:
    return rule.direction == "either" or (step > 0) == (rule.direction == "up")


def _windows(stories: pl.DataFrame, end: date, rule: Rule) -> np.ndarray:
    found = np.zeros(rule.history + 1)
    for window, count in stories.group_by(((end - pl.col("published")).dt.total_days() // rule.days).alias("window")).len().iter_rows():
        found[window] = count
    return found


def _past_limit(
    rule: Rule, rules: Rules, look: Look, memory: Memory, rows: pl.DataFrame, past: dict[str, float], told: Callable[[str], str], *, limit: dict[str, float], since: date
) -> Seen:
    """Send the subjects that came past the limit since the last look."""
    raised = memory.raised(rule.name)
    seen = Seen(rule.name, fallen=raised - set(past))
    for subject in sorted(set(past) - raised):
        pairs = _pairs(rows.filter(pl.col("subject") == subject))
        link = view_link(rules, **_place_of(rule, subject), since=since, until=look.on, type=rule.filters.types)
        made = evidence_of(
            look, rules, rule, pairs, key=f"{subject}\n{look.on}", subject=subject, on=look.on, title=told(subject), value=past[subject], limit=limit[subject], link=link
        )
        if made.sources >= rule.min_sources or not pairs:
            seen.signals.append(made)
            seen.risen.add(subject)
    return seen


def _novelty(rule: Rule, rules: Rules, look: Look, memory: Memory) -> Seen:
    """Send the first act of a type in a dyad after a quiet time, the first claim of one, or each new claimant of one."""
    since = days_back(look.on, rule.days)
    if look.first > since - timedelta(days=rule.quiet):
        return Seen(rule.name, note=f"the record begins on {look.first}, less than {rule.quiet} days before {since}: what is first cannot be told")
    found = select(look, rules, rule.filters, days_back(look.on, rule.days + rule.quiet), look.on, sure=False)
    rows = subjects(look, rules, rule, found).sort("row")
    if rule.first != "act":
        rows = rows.drop_nulls("claimant")
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows.select("subject", "type", "claimant", "id", "story", "published", "confidence").iter_rows(named=True):  # newest first
        groups[(row["subject"], row["type"], *([row["claimant"].casefold()] if rule.first == "claimant" else []))].append(row)
    seen = Seen(rule.name)
    for key, group in sorted(groups.items()):
        news = [r for r in group if r["published"] >= since and r["confidence"] >= rule.filters.min_confidence]
        if not news:
            continue
        first, ids = news[-1]["published"], {r["id"] for r in news}
        if memory.covered(rule.name, ids):
            seen.covered |= ids
        elif not any(first - timedelta(days=rule.quiet) <= r["published"] < first for r in group):
            pairs = list(dict.fromkeys((r["id"], r["story"]) for r in news))
            made = evidence_of(look, rules, rule, pairs, key="\n".join([*key, str(first)]), subject=key[0], on=look.on, title=_first(rule, news[-1]))
            if made.sources >= rule.min_sources:
                seen.signals.append(made)
                seen.covered |= ids
    return seen


def _pairs(rows: pl.DataFrame) -> list[tuple[str, str]]:
    return list(rows.sort("published", "id", descending=True).select("id", "story").unique(maintain_order=True).iter_rows())


def _first(rule: Rule, row: dict[str, Any]) -> str:
    act = f"{row['type']} {row['subject'].replace('-', ' → ')}"
    if rule.first == "act":
        return f"{act}: the first in {rule.quiet} days"
    return f"{act}: first claimed by {row['claimant']}" + (f", for the first time in {rule.quiet} days" if rule.first == "claim" else f", who did not say so in {rule.quiet} days")


def _measure(rule: Rule) -> pl.Expr:
    return (pl.len() if rule.measure == "count" else pl.col("score").sum()).cast(pl.Float64)


def _amount(rule: Rule, value: float) -> str:
    return f"{value:g} acts" if rule.measure == "count" else f"PLOVER score {value:+.1f}"


def _name(rule: Rule, subject: str) -> str:
    return subject.replace("-", " → ") if rule.per == "dyad" else subject.replace("-", " – ") if rule.per == "pair" else subject


def _place_of(rule: Rule, subject: str) -> dict[str, Any]:
    """Give the question to the page that a subject is."""
    if rule.per in {"dyad", "pair"}:
        return {"dyad": subject, "both": "true" if rule.per == "pair" else ""}
    if rule.per == "country":
        return {"country": subject}
    return {"place": subject.rpartition(", ")[0] or subject} if rule.per == "place" else {}


_KINDS: Final[dict[str, Callable[[Rule, Rules, Look, Memory], Seen]]] = {"match": _match, "threshold": _threshold, "change": _change, "novelty": _novelty}
