"""Tension of a dyad: how hostile its acts are for the amount of news there was, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from diurna.analyse.acts import PERIODS, Selection, period_end, periods

if TYPE_CHECKING:
    from datetime import date

    from diurna.analyse.acts import Acts, By

__all__ = ["Tension", "tension"]

_PER: Final = 1000.0  # stories of the record
_LEVEL: Final = 0.95
_MANY: Final = 30  # stories that bear on the dyad
_NORMAL: Final = 1.96  # standard deviations to either side that hold 95 %
_SEED: Final = 7  # the same record gives the same interval


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


def tension(acts: Acts, a: str, b: str, *, by: By = "month", both: bool = True, selection: Selection | None = None, draws: int = 1000) -> list[Tension]:
    """Measure a dyad's tension, period by period (docs/guide/measures.md, “Tension”).

    Args:
        acts: the record.
        a: alpha-3 of the actor's country.
        b: alpha-3 of the recipient's.
        by: day, week (from Monday) or month, of publication.
        both: count acts of ``b`` to ``a`` too, each act once.
        selection: which acts count.
        draws: bootstrap samples of a period's stories.

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
    random = np.random.default_rng(_SEED)
    return [_point(row, by, random, draws) for row in rows.iter_rows(named=True)]


def _point(row: dict[str, Any], by: By, random: np.random.Generator, draws: int) -> Tension:
    stories, start, hostility = row["stories"], row["start"], row["hostility"] or []
    if not stories:
        return Tension(start, period_end(start, by), None, None, None, None, None, 0, 0, ())
    rate = _PER / stories
    low, high = _interval(np.asarray(hostility), stories, random, draws) if hostility else (None, None)
    return Tension(
        start, period_end(start, by), round(sum(hostility) * rate, 3), low, high, round((row["hostile"] or 0.0) * rate, 3), round((row["friendly"] or 0.0) * rate, 3),
        len(hostility), stories, tuple(row["ids"] or ()),
    )  # fmt: skip


def _interval(hostility: np.ndarray, stories: int, random: np.random.Generator, draws: int) -> tuple[float, float]:
    """Draw the period's stories anew, with replacement, and give the middle 95 % of the rates.

    Stories with the same hostility are drawn together: how many of each value come up is multinomial, which is the same bootstrap and does not
    depend on how many stories there are. Where many stories bear on the dyad, the samples' normal limit is taken in place of drawing them.

    Args:
        hostility: of each story that tells an act of the dyad. *Shape:* (n_stories,)
        stories: all stories of the period.
        random: where chance comes from.
        draws: how many samples.
    """
    if len(hostility) >= _MANY:
        centre, spread = hostility.sum() / stories, np.sqrt(max((hostility**2).sum() / stories - (hostility.sum() / stories) ** 2, 0.0) / stories)
        return round(float(centre - _NORMAL * spread) * _PER, 3), round(float(centre + _NORMAL * spread) * _PER, 3)
    values, counts = np.unique(np.round(hostility, 3), return_counts=True)
    silent = max(stories - len(hostility), 0)
    chances = np.append(counts, silent) / (len(hostility) + silent)
    drawn = random.multinomial(stories, chances, size=draws)[:, :-1] @ values * (_PER / stories)
    low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return round(float(low), 3), round(float(high), 3)
