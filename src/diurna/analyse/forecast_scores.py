"""Proper scores of forecasts, the negative binomial that counts are told by, and skill with its interval."""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["at_least_one", "brier", "count_interval", "crps", "fit_size", "log_loss", "skill"]

_LEVEL: Final = 0.95
_SEED: Final = 1  # the same record gives the same interval
_SIZES: Final = np.geomspace(0.05, 200, 25)
_SMALL: Final = 1e-9


def brier(chance: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Score chances of an event by their squared error; 0 is best.

    >>> import numpy as np
    >>> brier(np.array([0.8]), np.array([True])).round(2).tolist()
    [0.04]
    """
    found: np.ndarray = (chance - happened) ** 2
    return found


def log_loss(chance: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Score chances of an event by the natural logarithm of what they gave to what came, its sign turned; 0 is best."""
    found: np.ndarray = -np.log(np.maximum(np.where(happened, chance, 1 - chance), _SMALL))
    return found


def crps(mean: np.ndarray, size: np.ndarray | float, count: np.ndarray) -> np.ndarray:
    """Score counts told by a negative binomial, by the continuous ranked probability score in closed form; 0 is best.

    Args:
        mean: of the forecast, in acts, above 0.
        size: of the forecast: its variance is mean + mean² / size.
        count: what came.
    """
    from scipy.special import betainc, hyp2f1

    p = size / (size + mean)
    below = betainc(size, count + 1, p)  # P(X ≤ count)
    shifted = np.where(count > 0, betainc(size + 1.0, np.maximum(count, 1), p), 0.0)  # P(X ≤ count − 1) for size + 1
    spread = p * (2 * shifted - 1) + hyp2f1(size + 1.0, 0.5, 2.0, -4 * (1 - p) / p**2)
    found: np.ndarray = count * (2 * below - 1) - size * (1 - p) / p**2 * spread
    return found


def at_least_one(mean: np.ndarray, size: np.ndarray | float) -> np.ndarray:
    """Give the chance of at least one act under a negative binomial."""
    found: np.ndarray = 1 - (size / (size + mean)) ** size
    return found


def count_interval(mean: float, size: float, level: float = 0.9) -> tuple[int, int]:
    """Give the middle of a negative binomial, in acts: at least ``level`` of it lies within.

    >>> count_interval(2.0, 200.0)
    (0, 5)
    """
    from scipy.stats import nbinom

    low, high = nbinom.ppf([(1 - level) / 2, (1 + level) / 2], size, size / (size + mean))
    return int(low), int(high)


def fit_size(mean: np.ndarray, count: np.ndarray) -> float:
    """Find the size of the negative binomial under which forecasts made before were likeliest, out of 25 from 0.05 to 200 (nearly Poisson).

    Args:
        mean: what was forecast. *Shape:* (n,)
        count: what came. *Shape:* (n,)
    """
    from scipy.special import gammaln

    if not len(mean):
        return 1.0
    y, inverse, times = np.unique(count, return_inverse=True, return_counts=True)
    likely = []
    for size in _SIZES:
        constant = float((times * (gammaln(y + size) - gammaln(size))).sum())
        likely.append(constant + float((size * np.log(size / (size + mean)) + y[inverse] * np.log(mean / (size + mean))).sum()))
    return float(_SIZES[int(np.argmax(likely))])


def skill(score: np.ndarray, reference: np.ndarray, draws: int = 1000) -> tuple[float, float, float] | None:
    """Measure how much better a score is than a reference's: 1 − score / reference, with its interval (95 %).

    Months and units are drawn anew with replacement, each independently of the other, since forecasts of one month share its news and forecasts of one unit its history.

    Args:
        score: nan where there was no forecast. *Shape:* (n_units, n_months)
        reference: likewise.
        draws: bootstrap samples.

    Returns:
        Skill and the ends of its interval; None where the reference made no error or nothing was scored.
    """
    made = ~np.isnan(score)
    score, reference = (np.where(made, s, 0.0)[made.any(1)][:, made.any(0)] for s in (score, reference))
    if not score.size or reference.sum() <= 0:
        return None
    random = np.random.default_rng(_SEED)
    units, months = (random.multinomial(n, np.full(n, 1 / n), size=draws).astype(float) for n in score.shape)
    ours, theirs = (((units @ s) * months).sum(1) for s in (score, reference))
    kept = theirs > 0
    low, high = np.quantile(1 - ours[kept] / theirs[kept], [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(1 - score.sum() / reference.sum()), float(low), float(high)
