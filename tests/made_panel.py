"""Panels of a known process, for tests of forecasts and for the figures in docs/guide/forecasts.md (``python -m tests.made_panel``)."""

from __future__ import annotations

from datetime import date
from itertools import accumulate, repeat

import numpy as np

from diurna.analyse.forecast_panel import CONFLICT, Kind, Panel, next_month

__all__ = ["made_panel", "made_panels", "noise", "spells"]


def made_panel(kind: Kind, conflict: np.ndarray, stories: np.ndarray | None = None, talk: np.ndarray | None = None) -> Panel:
    """Make a panel of given acts of material conflict; each unit has also met another once a month.

    Args:
        kind: dyad or country.
        conflict: acts. *Shape:* (n_units, n_months)
        stories: news of each month, 300 if not given.
        talk: acts of verbal cooperation.
    """
    units, months = conflict.shape
    starts = tuple(accumulate(repeat(date(2001, 1, 1), months), lambda day, _: next_month(day)))
    counts = np.zeros((4, units, months))
    counts[CONFLICT] = conflict
    counts[0] = 1 if talk is None else talk
    names = tuple(f"{_code(2 * i)}-{_code(2 * i + 1)}" if kind == "dyad" else _code(i) for i in range(units))
    news = np.full(months, 300.0) if stories is None else stories.astype(float)
    return Panel(kind, names, starts, news, counts, 9 * conflict - counts[0], np.zeros_like(conflict, dtype=float))


def _code(number: int) -> str:
    return "".join(chr(65 + number // 26**power % 26) for power in (2, 1, 0))


def made_panels(conflict: np.ndarray, stories: np.ndarray | None = None) -> dict[Kind, Panel]:
    """Make the dyads and the countries of the same acts."""
    return {"dyad": made_panel("dyad", conflict, stories), "country": made_panel("country", conflict, stories)}


def noise(random: np.random.Generator, units: int, months: int) -> np.ndarray:
    """Draw acts at a rate that is each unit's own and never changes: nothing but the unit's past mean can be known."""
    rates = random.gamma(0.8, 0.6, units)
    return random.poisson(rates[:, None], (units, months)).astype(float)


def spells(random: np.random.Generator, units: int, months: int) -> np.ndarray:
    """Draw acts in spells: in a spell 3 a month on average, outside of one 0.05; a spell begins with chance 0.05 and ends with 0.15."""
    within, found = random.random(units) < 0.25, np.empty((units, months))
    for month in range(months):
        chance = random.random(units)
        within = np.where(within, chance >= 0.15, chance < 0.05)
        found[:, month] = random.poisson(np.where(within, 3.0, 0.05))
    return found
