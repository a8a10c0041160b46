"""Forecasts of next month's material conflict by dyad and country, shown only where they beat their baselines in backtests that never see the future."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from diurna.analyse.forecast_models import BASELINES, FORECASTERS, LEARNED, Outlooks
from diurna.analyse.forecast_panel import RECENT, Kind, next_month, panels_of
from diurna.analyse.forecast_scores import brier, count_interval, crps, log_loss, skill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from diurna.analyse.acts import Acts, Selection
    from diurna.analyse.forecast_models import Outlook
    from diurna.analyse.forecast_panel import Panel

__all__ = ["GROUPS", "Backtest", "Forecast", "ScoreRow", "Verdict", "backtest", "forecast", "forecasts"]

Group = Literal["all", "quiet", "restless"]
Target = Literal["chance", "count"]
GROUPS: Final[tuple[Group, ...]] = ("all", "quiet", "restless")
"""Quiet: no material conflict in the last six months; restless: some. A verdict is reached for each by itself."""
_FIRST: Final = 3  # months before the first forecast that is tested
_LONGEST: Final = 36  # months tested, the newest
_ENOUGH: Final = 12  # months tested before a forecast may be shown
_HAPPENED: Final = 10  # months of a unit with conflict, and without, that a verdict needs
_REFERENCE: Final = "climatology"
_MEASURE: Final[dict[Target, str]] = {"chance": "brier", "count": "crps"}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Hold how a forecaster did in the backtest: mean scores (0 is best) and skill against a reference, with its interval (95 %).

    ``n`` counts forecasts, ``months`` the months forecast, ``happened`` the forecasts after which there was conflict. The reference of a baseline is
    climatology; that of the regression is the best baseline, for chances and for counts each. Skill is None where there is nothing to compare.
    """

    kind: Kind
    group: Group
    forecaster: str
    n: int
    months: int
    happened: int
    brier: float
    log: float
    crps: float
    chance_reference: str | None
    chance_skill: float | None
    chance_low: float | None
    chance_high: float | None
    count_reference: str | None
    count_skill: float | None
    count_low: float | None
    count_high: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold which forecaster is shown for a group, None where none may be, the best baseline, and the reason in words."""

    kind: Kind
    group: Group
    target: Target
    shown: str | None
    baseline: str
    reason: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """Hold the scores of all forecasters and the verdicts reached from them; ``first`` and ``last`` are the first days of the months forecast, None where there were none."""

    rows: tuple[ScoreRow, ...]
    verdicts: tuple[Verdict, ...]
    first: date | None
    last: date | None

    def verdict(self, kind: Kind, group: Group, target: Target) -> Verdict:
        """Find a verdict."""
        return next(v for v in self.verdicts if (v.kind, v.group, v.target) == (kind, group, target))


@dataclass(frozen=True, slots=True)
class Forecast:
    """Hold a forecast of a month's material conflict.

    ``chance`` is the probability of at least one act, ``mean`` the expected number of acts, ``low`` and ``high`` their interval (90 %); they are None where
    nothing beats climatology, and ``chance_note`` or ``count_note`` says so. ``…_by`` names the forecaster, ``…_baseline`` the best baseline, with its own
    forecast beside. ``observed`` are the acts of the last six months with news, oldest first; ``ids`` the events that they count, newest first.
    """

    kind: Kind
    unit: str
    month: date
    group: Group
    chance: float | None
    chance_by: str | None
    chance_note: str
    chance_baseline: str
    baseline_chance: float
    mean: float | None
    low: int | None
    high: int | None
    count_by: str | None
    count_note: str
    count_baseline: str
    baseline_mean: float
    observed: tuple[tuple[date, int], ...]
    ids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the forecast as plain JSON types."""
        observed = [{"month": month.isoformat(), "count": count} for month, count in self.observed]
        return asdict(self) | {"month": self.month.isoformat(), "observed": observed, "ids": list(self.ids)}


def forecast(acts: Acts, selection: Selection | None = None) -> tuple[list[Forecast], Backtest]:
    """Forecast the month after the last one that is over, for dyads and countries (docs/guide/forecasts.md).

    Args:
        acts: the record.
        selection: which acts count; ``until`` forecasts as of a day gone by.

    Returns:
        Forecasts, likeliest conflict first, and the backtest that decides which are shown.
    """
    panels = panels_of(acts, selection)
    tested = backtest(panels)
    return forecasts(panels, tested), tested


def backtest(panels: dict[Kind, Panel]) -> Backtest:
    """Forecast every month gone by from the months before it alone, and score what was forecast.

    Args:
        panels: of dyads and of countries.
    """
    rows: list[ScoreRow] = []
    verdicts: list[Verdict] = []
    for panel in panels.values():
        scored = _scored(panel)
        for group in GROUPS:
            found = _rows(panel.kind, group, scored)
            rows += found
            verdicts += [_verdict(panel.kind, group, target, found, scored) for target in _MEASURE]
    months = panels["dyad"].months
    tested = months[_begin(len(months)) + 1 :]
    return Backtest(tuple(rows), tuple(verdicts), tested[0] if tested else None, tested[-1] if tested else None)


def _begin(months: int) -> int:
    """Give the place of the month at whose end the first forecast is made."""
    return max(_FIRST - 1, months - 1 - _LONGEST)


@dataclass(frozen=True, slots=True)
class _Scored:
    """Hold every score. *Shape:* (n_units, n_months tested), nan where there was no forecast; ``groups`` tells which forecasts belong to a group."""

    scores: dict[tuple[str, str], np.ndarray]
    happened: np.ndarray
    groups: dict[Group, np.ndarray]

    def of(self, forecaster: str, measure: str, group: Group) -> np.ndarray:
        """Give the scores of a group, nan elsewhere."""
        return np.where(self.groups[group], self.scores[forecaster, measure], np.nan)


def _scored(panel: Panel) -> _Scored:
    made = Outlooks(panel)
    origins = range(_begin(len(panel.months)), len(panel.months) - 1)
    shape = len(panel.units), len(origins)
    scores = {(name, measure): np.full(shape, np.nan) for name in FORECASTERS for measure in ("brier", "log", "crps")}
    seen, quiet, came = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape)
    for column, origin in enumerate(origins):
        rows = seen[:, column] = made.seen[:, origin]
        quiet[:, column], came[:, column] = _quiet(panel, origin), panel.conflict[:, origin + 1]
        if not rows.any():
            continue
        for name in FORECASTERS:
            outlook, count = made.at(name, origin), came[rows, column]
            chance = outlook.chance[rows]
            scores[name, "brier"][rows, column] = brier(chance, count > 0)
            scores[name, "log"][rows, column] = log_loss(chance, count > 0)
            scores[name, "crps"][rows, column] = crps(outlook.mean[rows], outlook.size, count)
    return _Scored(scores, came > 0, {"all": seen, "quiet": seen & quiet, "restless": seen & ~quiet})


def _quiet(panel: Panel, month: int) -> np.ndarray:
    found: np.ndarray = panel.conflict[:, max(0, month + 1 - RECENT) : month + 1].sum(1) == 0
    return found


def _rows(kind: Kind, group: Group, scored: _Scored) -> list[ScoreRow]:
    cells = scored.groups[group]
    if not cells.any():
        return []
    counted = int(cells.sum()), int(cells.any(0).sum()), int(scored.happened[cells].sum())
    mean = partial(_mean, scored, group)
    rows = []
    for name in FORECASTERS:
        told: list[Any] = []
        for measure in _MEASURE.values():
            against = _best(scored, group, measure) if name == LEARNED else None if name == _REFERENCE else _REFERENCE
            found = against and skill(scored.of(name, measure, group), scored.of(against, measure, group))
            told += [against, *(round(v, 4) for v in found)] if found else [against, None, None, None]
        brier_, log, crps_ = (round(mean(name, m), 5) for m in ("brier", "log", "crps"))
        rows.append(ScoreRow(kind, group, name, *counted, brier_, log, crps_, *told))
    return rows


def _mean(scored: _Scored, group: Group, name: str, measure: str) -> float:
    return float(scored.scores[name, measure][scored.groups[group]].mean())


def _best(scored: _Scored, group: Group, measure: str) -> str:
    """Name the baseline with the least mean score."""
    return min(BASELINES, key=lambda name: _mean(scored, group, name, measure))


def _verdict(kind: Kind, group: Group, target: Target, rows: list[ScoreRow], scored: _Scored) -> Verdict:
    """Decide what is shown: the regression if it beats every baseline for certain, else a baseline that so beats climatology, else nothing."""
    measure, reach = _MEASURE[target], partial(Verdict, kind, group, target)
    if not rows or rows[0].months < _ENOUGH:
        months = rows[0].months if rows else 0
        return reach(None, _REFERENCE, f"no forecast: {months} months to test on, fewer than {_ENOUGH}")
    if not _HAPPENED <= rows[0].happened <= rows[0].n - _HAPPENED:
        few = f"conflict came after {rows[0].happened} of {rows[0].n} forecasts to test; at least {_HAPPENED} with it and without are needed"
        return reach(None, _REFERENCE, f"no forecast: {few}")
    best = _best(scored, group, measure)
    lows = [low for name in BASELINES if (low := _low(scored, group, measure, LEARNED, name)) is not None]
    if lows and min(lows) > 0:
        return reach(LEARNED, best, f"{LEARNED}: beats every baseline, of which {best} is the best")
    sure = _low(scored, group, measure, best, _REFERENCE) if best != _REFERENCE else None
    if sure is not None and sure > 0:
        return reach(best, best, f"{best}: beats climatology; the {LEARNED} does not beat it for certain")
    return reach(None, _REFERENCE, "no forecast: nothing beats climatology for certain")


def _low(scored: _Scored, group: Group, measure: str, name: str, against: str) -> float | None:
    found = skill(scored.of(name, measure, group), scored.of(against, measure, group))
    return None if found is None else found[1]


def forecasts(panels: dict[Kind, Panel], tested: Backtest) -> list[Forecast]:
    """Forecast the month after the last of the panels.

    Args:
        panels: of dyads and of countries.
        tested: what the backtest found.

    Returns:
        One forecast a unit, likeliest conflict first.
    """
    found = [one for panel in panels.values() if panel.units and panel.months for one in _forecasts(panel, tested)]
    return sorted(found, key=lambda f: (f.kind, -(f.baseline_chance if f.chance is None else f.chance), f.unit))


def _forecasts(panel: Panel, tested: Backtest) -> Iterator[Forecast]:
    made, last = Outlooks(panel), len(panel.months) - 1
    outlooks = {name: made.at(name, last) for name in FORECASTERS}
    quiet, month = _quiet(panel, last), next_month(panel.months[last])
    for at in np.flatnonzero(made.seen[:, last]).tolist():
        group: Group = "quiet" if quiet[at] else "restless"
        chance, count = tested.verdict(panel.kind, group, "chance"), tested.verdict(panel.kind, group, "count")
        told, beside = chance.shown and outlooks[chance.shown], outlooks[chance.baseline]
        mean, low, high = _count(outlooks[count.shown], at) if count.shown else (None, None, None)
        first = max(0, last + 1 - RECENT)
        observed = tuple((m, int(c)) for m, c in zip(panel.months[first:], panel.conflict[at, first:], strict=True))
        yield Forecast(
            panel.kind, panel.units[at], month, group, round(float(told.chance[at]), 4) if told else None, chance.shown, chance.reason, chance.baseline,
            round(float(beside.chance[at]), 4), mean, low, high, count.shown, count.reason, count.baseline, round(float(outlooks[count.baseline].mean[at]), 4), observed,
            panel.ids.get(panel.units[at], ()),
        )  # fmt: skip


def _count(outlook: Outlook, at: int) -> tuple[float, int, int]:
    mean = float(outlook.mean[at])
    return round(mean, 4), *count_interval(mean, outlook.size)
