"""Tension of a dyad: how hostile its acts are for the amount of news there was, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from diurna.analyse.acts import PERIODS, Selection, period_end, periods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from diurna.analyse.acts import Acts, By

__all__ = ["Tension", "tension"]

_PER: Final = 1000.0  # stories of the record
_LEVEL: Final = 0.95
_MANY: Final = 30  # stories that bear on the dyad
_NORMAL: Final = 1.96  # standard deviations to either side that hold 95 %
_GRID: Final = 2048  # points of the grid of sums
_WIDTH: Final = 20.0  # standard deviations of the sum that the grid spans
_AT_ONCE: Final = 256  # periods transformed together


@dataclass(frozen=True, slots=True)
class Tension:
    """Hold a period's tension: ``value`` is hostility per thousand stories, ``low`` and ``high`` the bounds of its 95 % bootstrap interval.

    ``value`` is None in a period without news; the bounds are None too where no story tells an act of the dyad, since there is nothing to draw
    from. ``hostile`` and ``friendly`` are its two parts (``value = hostile - friendly``); ``bearing`` counts the stories that tell an act of
    the dyad, ``stories`` all stories of the record.
    """

    start: date
    end: date
    value: float | None
    low: float | None
    high: float | None
    hostile: float | None
    friendly: float | None
    bearing: int
    stories: int
    ids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the point as plain JSON types."""
        return {
            "start": self.start.isoformat(), "end": self.end.isoformat(), "value": self.value, "low": self.low, "high": self.high, "hostile": self.hostile,
            "friendly": self.friendly, "bearing": self.bearing, "stories": self.stories, "ids": list(self.ids),
        }  # fmt: skip


def tension(acts: Acts, a: str, b: str, *, by: By = "month", both: bool = True, selection: Selection | None = None) -> list[Tension]:
    """Measure a dyad's tension, period by period (docs/guide/measures.md, “Tension”).

    Args:
        acts: the record.
        a: alpha-3 of the actor's country.
        b: alpha-3 of the recipient's.
        by: day, week (from Monday) or month, of publication.
        both: count acts of ``b`` to ``a`` too, each act once.
        selection: which acts count.

    Raises:
        QueryError: D629 if ``by`` is no period.
    """
    choice = selection or Selection()
    every = periods(acts, by, choice)
    found = acts.between(a, b, both=both).filter(choice.holds()).with_columns(start=pl.col("published").dt.truncate(PERIODS[by]))
    told = found.group_by("start", "story").agg(hostility=-pl.col("score").sum().cast(pl.Float64))
    values = told.group_by("start").agg("hostility")
    hostile, friendly = -pl.col("score").clip(upper_bound=0).sum(), pl.col("score").clip(lower_bound=0).sum()
    parts = found.group_by("start", maintain_order=True).agg(hostile=hostile, friendly=friendly, ids=pl.col("id"))
    rows = every.join(values, on="start", how="left").join(parts, on="start", how="left").sort("start")
    told_ = [np.asarray(row["hostility"] or [], dtype=float) for row in rows.iter_rows(named=True)]
    bounds = intervals(told_, rows["stories"].to_list())
    return [_point(row, by, pair) for row, pair in zip(rows.iter_rows(named=True), bounds, strict=True)]


def _point(row: dict[str, Any], by: By, bounds: tuple[float, float] | None) -> Tension:
    stories, start, hostility = row["stories"], row["start"], row["hostility"] or []
    if not stories:
        return Tension(start, period_end(start, by), None, None, None, None, None, 0, 0, ())
    rate = _PER / stories
    low, high = bounds or (None, None)
    return Tension(
        start, period_end(start, by), round(sum(hostility) * rate, 3), low, high, round((row["hostile"] or 0.0) * rate, 3), round((row["friendly"] or 0.0) * rate, 3),
        len(hostility), stories, tuple(row["ids"] or ()),
    )  # fmt: skip


def intervals(hostility: Sequence[np.ndarray], stories: Sequence[int]) -> list[tuple[float, float] | None]:
    """Give the middle 95 % of the rates that drawing each period's stories anew, with replacement, would give.

    The sum over a sample is a sum of as many independent draws as there are stories, so that its distribution is the convolution power of the
    distribution of one draw: it is worked out whole, by Fourier transform on a grid, in place of drawing samples (docs/why/115). Where many
    stories bear on the dyad, its normal limit is taken.

    Args:
        hostility: for each period, that of each story that tells an act of the dyad. *Shape:* (n_stories,)
        stories: all stories of each period.
    """
    found: list[tuple[float, float] | None] = [None] * len(hostility)
    few = []
    for at, (values, n) in enumerate(zip(hostility, stories, strict=True)):
        total = max(n, len(values))
        if not n or not len(values):
            continue
        centre = values.sum() / total
        spread = np.sqrt(max((values**2).sum() / total - centre**2, 0.0) / total)
        if len(values) >= _MANY or not spread:
            found[at] = round(float(centre - _NORMAL * spread) * _PER, 3), round(float(centre + _NORMAL * spread) * _PER, 3)
        else:
            few.append((at, values, total, float(spread) * total))
    for first in range(0, len(few), _AT_ONCE):
        chunk = few[first : first + _AT_ONCE]
        for (at, *_), pair in zip(chunk, _convolved(chunk), strict=True):
            found[at] = pair
    return found


def _convolved(periods_: Sequence[tuple[int, np.ndarray, int, float]]) -> list[tuple[float, float]]:
    """Work out the distribution of the sum over a sample, and its quantiles as rates.

    Args:
        periods_: place, hostility of the stories that bear, number of all stories, standard deviation of the sum.
    """
    one, steps = np.zeros((len(periods_), _GRID)), np.array([_WIDTH * sd / _GRID for *_, sd in periods_])
    totals = np.array([total for _, _, total, _ in periods_])
    for line, (_, values, total, _) in enumerate(periods_):
        below = np.floor(values / steps[line])
        share = values / steps[line] - below  # a value between two points of the grid is shared by both, so that means stay true
        np.add.at(one[line], below.astype(int) % _GRID, (1 - share) / total)
        np.add.at(one[line], (below.astype(int) + 1) % _GRID, share / total)
        one[line, 0] += 1 - len(values) / total
    whole = np.fft.irfft(np.fft.rfft(one, axis=1) ** totals[:, None], _GRID, axis=1)
    found = []
    for line, (_, values, total, _) in enumerate(periods_):
        middle = round(float(values.sum() / steps[line]))
        around = np.cumsum(np.roll(whole[line], _GRID // 2 - middle))  # the sum of the very stories told stands in the middle
        low, high = (float((np.searchsorted(around, q) - _GRID // 2 + middle) * steps[line] * _PER / total) for q in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
        found.append((round(low, 3), round(high, 3)))
    return found
