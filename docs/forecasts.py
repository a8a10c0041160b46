"""Print the figures of docs/guide/forecasts.md: ``python -m docs.forecasts``, backtests over the sample record and over records of a known process."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from diurna.analyse.acts import Acts
from diurna.analyse.forecast import backtest, forecast
from diurna.serve.sample import sample_record
from tests.made_panel import made_panel, noise, spells

if TYPE_CHECKING:
    from diurna.analyse.forecast import Backtest, ScoreRow

_DRAWS = 10


def table(tested: Backtest, kind: str) -> str:
    """Write a backtest as a table of Markdown."""

    def over(row: ScoreRow, target: str) -> str:
        value, low, high = (getattr(row, f"{target}_{part}") for part in ("skill", "low", "high"))
        return "" if value is None else f"{value:+.3f} ({low:+.3f} to {high:+.3f}) over {getattr(row, f'{target}_reference')}"

    lines = ["| of late | forecaster | forecasts | with conflict | Brier | log | skill, Brier | CRPS | skill, CRPS |", "|---|---|---|---|---|---|---|---|---|"]
    lines += [
        f"| {r.group} | {r.forecaster} | {r.n} | {r.happened} | {r.brier:.4f} | {r.log:.4f} | {over(r, 'chance')} | {r.crps:.4f} | {over(r, 'count')} |"
        for r in tested.rows
        if r.kind == kind
    ]
    reasons = [f"- {v.group}, {v.target}: {v.reason}" for v in tested.verdicts if v.kind == kind and v.group != "all"]
    return "\n".join([*lines, "", *reasons])


def main() -> None:
    """Print all of it."""
    out = sys.stdout
    with TemporaryDirectory() as folder:
        _, tested = forecast(Acts.of(sample_record(Path(folder))))
    for kind in ("dyad", "country"):
        out.write(f"## sample record, {kind}, {tested.first} – {tested.last}\n\n{table(tested, kind)}\n\n")
    out.write(f"## spells\n\n{table(backtest({'dyad': made_panel('dyad', spells(np.random.default_rng(1), 60, 60))}), 'dyad')}\n\n")
    shown: Counter[tuple[str, str]] = Counter()
    for seed in range(1, _DRAWS + 1):
        tested = backtest({"dyad": made_panel("dyad", noise(np.random.default_rng(seed), 60, 60))})
        if seed == 1:
            out.write(f"## noise\n\n{table(tested, 'dyad')}\n\n")
        shown.update((v.group, v.target) for v in tested.verdicts if v.shown and v.group != "all")
    out.write(f"shown for noise, of {_DRAWS} records and {4 * _DRAWS} verdicts: {sum(shown.values())} {dict(shown)}\n")


if __name__ == "__main__":
    main()
