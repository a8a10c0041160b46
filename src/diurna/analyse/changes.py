"""Change points of a series, and weeks that are unusual against a dyad's own history."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diurna.analyse.dyads import dyad_series

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from diurna.analyse.acts import Acts, Selection

__all__ = ["Change", "UnusualWeek", "change_points", "unusual_weeks"]

_SHORTEST: Final = 3  # periods between changes
_HISTORY: Final = 52  # weeks that a week is weighed against
_ENOUGH: Final = 12  # of them at least, with news
_RARE: Final = 0.001  # chance of so many acts, or more, below which a week is unusual
_FEW: Final = 3  # acts that an unusual week has at least
_MAD: Final = 1.4826  # standard deviations to a median absolute deviation of a normal variable


@dataclass(frozen=True, slots=True)
class Change:
    """Hold a change of level: the first period of the new level, its place in the series, and the mean before and after."""

    at: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class UnusualWeek:
    """Hold a week with more acts than the dyad's own history makes likely: acts seen and expected, and the chance of so many or more."""

    start: date
    end: date
    count: int
    expected: float
    chance: float
    ids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the week as plain JSON types."""
        return {
            "start": self.start.isoformat(), "end": self.end.isoformat(), "count": self.count, "expected": self.expected, "chance": self.chance, "ids": list(self.ids),
        }  # fmt: skip


def change_points(values: Sequence[float | None]) -> list[Change]:
    """Find where the level of a series changes (docs/guide/measures.md, “Change points”).

    Args:
        values: one a period, in order; None where there was no news, which is passed over.

    Returns:
        Changes in order; none where fewer than six periods have a value or nothing varies.

    >>> [c.at for c in change_points([1, 2, 1, 2, 1, 2, 9, 10, 9, 10, 9, 10])]
    [6]
    """
    import ruptures

    kept = [i for i, v in enumerate(values) if v is not None]
    series = np.array([values[i] for i in kept], dtype=float)
    if len(series) < 2 * _SHORTEST or not (noise := _noise(series)):
        return []
    penalty = 2 * noise**2 * np.log(len(series))
    ends = ruptures.KernelCPD(kernel="linear", min_size=_SHORTEST).fit(series.reshape(-1, 1)).predict(pen=penalty)
    borders = [0, *ends]
    means = [float(series[s:e].mean()) for s, e in pairwise(borders)]
    return [Change(kept[at], round(before, 3), round(after, 3)) for at, (before, after) in zip(ends[:-1], pairwise(means), strict=True)]


def _noise(series: np.ndarray) -> float:
    """Estimate the standard deviation of a series about its level from its steps, which a change of level hardly touches."""
    steps = np.diff(series)
    robust = _MAD * float(np.median(np.abs(steps - np.median(steps)))) / float(np.sqrt(2))
    return robust or float(steps.std() / np.sqrt(2))


def unusual_weeks(acts: Acts, a: str, b: str, *, both: bool = True, quads: Sequence[str] = ("MX",), selection: Selection | None = None) -> list[UnusualWeek]:
    """Find weeks with more acts than the dyad's own last year makes likely (docs/guide/measures.md, “Unusual weeks”).

    Args:
        acts: the record.
        a: alpha-3 of the actor's country.
        b: alpha-3 of the recipient's.
        both: count acts of ``b`` to ``a`` too.
        quads: quad codes of the acts to count.
        selection: which acts count.
    """
    points = dyad_series(acts, a, b, by="week", both=both, selection=selection).points
    counts = np.array([sum(p.quads[q] for q in quads) for p in points], dtype=float)
    stories = np.array([p.stories for p in points], dtype=float)
    words = dict(acts.between(a, b, both=both).select("id", "quad").iter_rows())
    wanted = _words(quads)
    found = []
    for at, point in enumerate(points):
        past = slice(max(0, at - _HISTORY), at)
        if counts[at] < _FEW or np.count_nonzero(stories[past]) < _ENOUGH:
            continue
        expected, chance = _surprise(counts[past], stories[past], int(counts[at]), stories[at])
        if chance < _RARE:
            ids = tuple(i for i in point.ids if words[i] in wanted)
            found.append(UnusualWeek(point.start, point.end, int(counts[at]), round(expected, 3), float(f"{chance:.2g}"), ids))
    return found


def _words(quads: Sequence[str]) -> set[str]:
    from diurna.ontology import QUADS

    return {QUADS[q] for q in quads}


def _surprise(past: np.ndarray, news: np.ndarray, count: int, now: float) -> tuple[float, float]:
    """Expect a week's acts from the weeks before, and give the chance of so many or more under a negative binomial of their spread.

    Args:
        past: acts of each week before. *Shape:* (n_weeks,)
        news: stories of each. *Shape:* (n_weeks,)
        count: acts of the week itself.
        now: its stories.
    """
    from scipy.special import betainc, gammainc

    rate = (past.sum() + 0.5) / max(news.sum(), 1.0)  # half an act more than was seen: a dyad never heard of may still act
    expected = float(rate * now)
    fitted = np.maximum(rate * news, 1e-9)
    spread = float(((past - fitted) ** 2 / fitted)[news > 0].sum() / max(np.count_nonzero(news) - 1, 1))
    if spread <= 1:
        return expected, float(gammainc(count, expected))
    size = expected / (spread - 1)
    return expected, float(betainc(count, size, 1 - 1 / spread))
