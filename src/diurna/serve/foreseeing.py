"""Forecasts as the service holds them: made when first asked for, and anew only when a month that they look at has changed."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Final

from anyio import CapacityLimiter, to_thread

from diurna.analyse.forecast import backtest, forecasts
from diurna.analyse.forecast_panel import panels_of

if TYPE_CHECKING:
    from diurna.analyse.acts import Acts, Selection
    from diurna.analyse.forecast import Backtest, Forecast
    from diurna.analyse.forecast_panel import Kind, Panel

__all__ = ["Foreseeing"]

_KEPT: Final = 4  # answers kept: one for each way to count acts


class Foreseeing:
    """Keep the forecasts of a record; news of the month under way changes none.

    They are made in a thread beside those that answer other questions, one at a time, so that nobody else waits for them.
    """

    def __init__(self) -> None:
        self._panels: dict[tuple[str, Selection], dict[Kind, Panel]] = {}
        self._made: dict[bytes, tuple[list[Forecast], Backtest]] = {}

    @cached_property
    def _alone(self) -> CapacityLimiter:
        return CapacityLimiter(1)

    async def ask(self, acts: Acts, version: str, selection: Selection) -> tuple[list[Forecast], Backtest]:
        """Give forecasts and backtest; who asks while they are being made waits for the same.

        Args:
            acts: the record as it stands.
            version: of the record.
            selection: which acts count.
        """
        return await to_thread.run_sync(self._ask, acts, version, selection, limiter=self._alone)

    def _ask(self, acts: Acts, version: str, selection: Selection) -> tuple[list[Forecast], Backtest]:
        panels = self._panels.get((version, selection))
        if panels is None:
            panels = self._panels[version, selection] = panels_of(acts, selection)
            _shorten(self._panels)
        key = _digest(panels)
        if key not in self._made:
            tested = backtest(panels)
            self._made[key] = forecasts(panels, tested), tested
            _shorten(self._made)
        return self._made[key]


def _shorten(kept: dict) -> None:  # type: ignore[type-arg]
    """Let go of the oldest."""
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]


def _digest(panels: dict[Kind, Panel]) -> bytes:
    """Name what forecasts are made of."""
    found = hashlib.sha256()
    for panel in panels.values():
        found.update(repr((panel.kind, panel.units, panel.months, sorted(panel.ids.items()))).encode())
        for part in (panel.stories, panel.counts, panel.hostility, panel.near):
            found.update(part.tobytes())
    return found.digest()
