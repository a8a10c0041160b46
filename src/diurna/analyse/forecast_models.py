"""Forecasters of a month from the months before it: no change, climatology, exponential smoothing, and a regression that learns from all units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diurna.analyse.forecast_scores import brier, fit_size

if TYPE_CHECKING:
    from diurna.analyse.forecast_panel import Panel

__all__ = ["BASELINES", "FORECASTERS", "LEARNED", "Outlook", "Outlooks"]

BASELINES: Final = ("no change", "climatology", "exponential smoothing")
LEARNED: Final = "regression"
FORECASTERS: Final = (*BASELINES, LEARNED)
_MOST: Final = 500  # units forecast together, those told of most so far
_WINDOW: Final = 36  # months that a fit looks back
_ROWS: Final = 60  # rows that a regression is fitted on at least
_WEIGHTS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)  # of the newest month, in exponential smoothing
_BEFORE: Final = 0.5  # months of the mean of all units that smoothing begins with
_NEWS: Final = 3  # months whose mean is the news expected
_LEAST: Final = 1e-3  # the smallest chance and the smallest mean that are forecast
_FAR: Final = 4.0  # standard deviations beyond which a feature is cut


@dataclass(frozen=True, slots=True)
class Outlook:
    """Hold what a forecaster says, at the end of one month, of the next: the chance of any conflict, and a negative binomial of its acts.

    Args:
        chance: of at least one act. *Shape:* (n_units,)
        mean: of the number of acts. *Shape:* (n_units,)
        size: of the negative binomial.
    """

    chance: np.ndarray
    mean: np.ndarray
    size: float


class Outlooks:
    """Make the forecasts of a panel; each looks at the months up to its own and at none after.

    Args:
        panel: the months.
    """

    def __init__(self, panel: Panel) -> None:
        self.panel, self.y = panel, panel.conflict
        self.any = (self.y > 0).astype(float)
        self.rate = self.y / panel.stories
        self.seen = _seen(panel.counts.sum(0))
        """Whether a unit is forecast at the end of a month. *Shape:* (n_units, n_months)"""
        self.news = _mean_of_last(panel.stories[None], _NEWS)[0]
        self._after = np.append(self.seen[:, :-1], np.zeros((len(self.y), 1), bool), axis=1)  # seen, and the month after is known
        self.chances, self.means = self._baselines()
        self._features: np.ndarray | None = None

    def at(self, name: str, month: int) -> Outlook:
        """Forecast the month after a month.

        Args:
            name: one of ``FORECASTERS``.
            month: place of the last month that is looked at.
        """
        if name == LEARNED:
            return self._regression(month)
        past = slice(max(0, month - _WINDOW), month)
        rows = self.seen[:, past]
        size = fit_size(self.means[name][:, past][rows], self.y[:, 1:][:, past][rows])
        return Outlook(self.chances[name][:, month], self.means[name][:, month], size)

    def _baselines(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Make the baselines' chances and means, for the month after every month."""
        made = {"no change": self._no_change(), "climatology": self._climatology(), "exponential smoothing": self._smoothing()}
        chances = {name: np.clip(chance, _LEAST, 1 - _LEAST) for name, (chance, _) in made.items()}
        return chances, {name: np.maximum(rate * self.news, _LEAST) for name, (_, rate) in made.items()}

    def _no_change(self) -> tuple[np.ndarray, np.ndarray]:
        """Expect the last month again: chances are how often conflict came after a month with it or without it; the rate is the last month's own."""
        following = np.append(self.any[:, 1:], np.zeros((len(self.y), 1)), axis=1)
        later = np.append(self.y[:, 1:], np.zeros((len(self.y), 1)), axis=1)
        news = np.append(self.panel.stories[1:], 0.0)
        chance, rate = np.empty_like(self.y), self.rate.copy()
        for state in (0.0, 1.0):
            here = self._after & (self.any == state)
            pairs, came = _before(here.sum(0)), _before((following * here).sum(0))
            chance = np.where(self.any == state, (came + 0.5) / (pairs + 1), chance)
            if not state:
                after = (_before((later * here).sum(0)) + 0.5) / (_before((news * here).sum(0)) + self.panel.stories)
                rate = np.where(self.any == state, after, rate)
        return chance, rate

    def _climatology(self) -> tuple[np.ndarray, np.ndarray]:
        """Expect a unit's own past, drawn towards that of all units as far as their pasts do not tell them apart (empirical Bayes)."""
        chance, rate = np.zeros_like(self.y), np.zeros_like(self.y)
        news, acts, months = np.cumsum(self.panel.stories), np.cumsum(self.y, axis=1), np.cumsum(self.any, axis=1)
        for month in range(self.y.shape[1]):
            rows, n = self.seen[:, month], month + 1
            if not rows.any():
                continue
            own = months[rows, month] / n
            centre = float((own.sum() + 0.5) / (len(own) + 1))
            spread = max(float(own.var()) - centre * (1 - centre) / n, _LEAST**2)
            weight = float(np.clip(centre * (1 - centre) / spread - 1, 0.5, 1e4))
            chance[:, month] = (months[:, month] + weight * centre) / (n + weight)
            own = acts[rows, month] / news[month]
            centre = float((acts[rows, month].sum() + 0.5) / (len(own) * news[month]))
            spread = max(float(own.var()) - centre / news[month], (centre / 100) ** 2)
            rate[:, month] = (acts[:, month] + centre**2 / spread) / (news[month] + centre / spread)
        return chance, rate

    def _smoothing(self) -> tuple[np.ndarray, np.ndarray]:
        """Smooth a unit's months exponentially, with the weight that has served best so far; half a month of the mean of all units stands for what came before."""
        chance = self._best([_smooth(self.any, w, self.seen) for w in _WEIGHTS], lambda made, came, _: brier(made, came > 0))
        rate = self._best([_smooth(self.rate, w, self.seen) for w in _WEIGHTS], _deviance)
        return chance, rate

    def _best(self, made: list[np.ndarray], loss: Any) -> np.ndarray:  # noqa: ANN401 - a function of three arrays
        """Take, at each month, the weight with the least loss in the months before."""
        losses = []
        for forecast in made:
            each = loss(forecast[:, :-1], self.y[:, 1:], self.panel.stories[1:])
            losses.append(np.concatenate([[0.0], np.cumsum((each * self.seen[:, :-1]).sum(0))]))
        best = np.argmin(np.round(losses, 9), axis=0)
        found: np.ndarray = np.take_along_axis(np.stack(made), best[None, None, :], axis=0)[0]
        return found

    def _regression(self, month: int) -> Outlook:
        """Fit logistic and Poisson regressions, both ridged, on the months before, and forecast the next; climatology where there is too little to learn from."""
        from sklearn.linear_model import LogisticRegression, PoissonRegressor

        if self._features is None:
            self._features = _features(self)
        past = slice(max(0, month - _WINDOW), month)
        rows = self.seen[:, past]
        x, y = self._features[:, past][rows], self.y[:, 1:][:, past][rows]
        if len(y) < _ROWS or not 0 < (y > 0).sum() < len(y):
            return self.at("climatology", month)
        news = np.broadcast_to(self.panel.stories[1:][past], rows.shape)[rows] / self.news[month]
        centre, scale = x.mean(0), np.maximum(x.std(0), 1e-6)
        x, now = (np.clip((f - centre) / scale, -_FAR, _FAR) for f in (x, self._features[:, month]))
        logistic = LogisticRegression(C=0.1, max_iter=500).fit(x, y > 0)
        poisson = PoissonRegressor(alpha=0.1, max_iter=500).fit(x, y / news, sample_weight=news)
        highest = 2 * float((y / news).max())
        fitted, mean = (np.clip(poisson.predict(f), _LEAST, highest) for f in (x, now))
        return Outlook(np.clip(logistic.predict_proba(now)[:, 1], _LEAST, 1 - _LEAST), mean, fit_size(np.maximum(fitted * news, _LEAST), y))


def _seen(acts: np.ndarray) -> np.ndarray:
    """Tell which units have been told of by the end of each month; of many, those told of most by then."""
    so_far = np.cumsum(acts, axis=1)
    found: np.ndarray = so_far > 0
    for month in np.flatnonzero(found.sum(0) > _MOST):
        found[np.argsort(-so_far[:, month], kind="stable")[_MOST:], month] = False
    return found


def _before(sums: np.ndarray) -> np.ndarray:
    """Sum what is known at each month: what began before it."""
    return np.concatenate([[0.0], np.cumsum(sums)[:-1]])


def _mean_of_last(series: np.ndarray, months: int) -> np.ndarray:
    """Average the last months at each month, fewer at the beginning. *Shape:* (n_units, n_months)."""
    sums = np.cumsum(np.pad(series, ((0, 0), (1, 0))), axis=1)
    ends = np.arange(1, series.shape[1] + 1)
    starts = np.maximum(ends - months, 0)
    found: np.ndarray = (sums[:, ends] - sums[:, starts]) / (ends - starts)
    return found


def _smooth(series: np.ndarray, weight: float, seen: np.ndarray) -> np.ndarray:
    """Average each unit's months, each older one with a weight smaller by the same factor."""
    sums, made, weights = np.zeros(len(series)), np.empty_like(series), 0.0
    pool = np.cumsum((series * seen).sum(0)) / np.maximum(np.cumsum(seen.sum(0)), 1)
    for month in range(series.shape[1]):
        sums = series[:, month] + (1 - weight) * sums
        weights = 1 + (1 - weight) * weights
        made[:, month] = (sums + _BEFORE * pool[month]) / (weights + _BEFORE)
    return made


def _deviance(rate: np.ndarray, count: np.ndarray, stories: np.ndarray) -> np.ndarray:
    """Measure how far a rate is from a count under a Poisson."""
    mean = np.maximum(rate * stories, _LEAST)
    found: np.ndarray = mean - count + count * np.log(np.maximum(count, 1.0) / mean)
    return found


def _features(made: Outlooks) -> np.ndarray:
    """Describe each unit at the end of each month. *Shape:* (n_units, n_months, n_features)."""
    panel, typical = made.panel, np.cumsum(made.panel.stories) / np.arange(1, len(made.panel.stories) + 1)
    per = typical / panel.stories  # counts as of a month with as much news as is usual
    quads = [np.log1p(c * per) for c in panel.counts]
    since = np.empty_like(made.y)
    gap = np.full(len(made.y), 24.0)
    for month in range(made.y.shape[1]):
        gap = np.where(made.y[:, month] > 0, 0.0, np.minimum(gap + 1, 24.0))
        since[:, month] = gap
    conflict = made.y * per
    return np.stack(
        [
            *quads, np.log1p(_mean_of_last(conflict, 3)), np.log1p(_mean_of_last(conflict, 6)), np.log1p(_mean_of_last(panel.counts.sum(0) * per, 6)),
            made.any, _mean_of_last(made.any, 6), np.log(made.means["climatology"]), _logit(made.chances["climatology"]), _logit(made.chances["exponential smoothing"]),
            np.log1p(since), np.log1p(panel.near * per), np.arcsinh(panel.hostility * 1000 / panel.stories),
            np.broadcast_to(np.log(made.news), made.y.shape), np.broadcast_to(np.log(panel.stories / made.news), made.y.shape),
        ],
        axis=2,
    )  # fmt: skip


def _logit(chance: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.log(chance / (1 - chance))
    return found
