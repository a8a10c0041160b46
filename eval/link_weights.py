"""Fit the weights of the event links on the part ``tune`` of a benchmark: ``python eval/link_weights.py tests/cases/threads.jsonl``.

Logistic regression by Newton's method, drawn towards the weights in use (a Gaussian prior), as there are few pairs and many measures.
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from diurna import Coder
from diurna.evaluate.threads import Report, coded_reports
from diurna.link.sameness import WEIGHTS, measures, sameness

if TYPE_CHECKING:
    from diurna.link.mentions import Mention

PRIOR = 4.0  # strength: the inverse variance of a weight around the one in use


def main() -> int:
    """Print the weights."""
    reports = [r for r in coded_reports(Path(sys.argv[1]), Coder()) if r.part == "tune"]
    pairs = [(pair, same) for a, b in combinations(reports, 2) for pair, same in _pairs(a, b)]
    values = np.array([[1.0, *(measures(*pair)[name] for name in list(WEIGHTS)[1:])] for pair, _ in pairs])
    truth = np.array([float(same) for _, same in pairs])
    start = np.array(list(WEIGHTS.values()))
    weights = start.copy()
    for _ in range(30):
        p = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (p - truth) + PRIOR * (weights - start)
        bend = values.T @ (values * (p * (1 - p))[:, None]) + PRIOR * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    print({name: round(float(w), 2) for name, w in zip(WEIGHTS, weights, strict=True)})
    return 0


def _pairs(a: Report, b: Report) -> list[tuple[tuple[Mention, Mention], bool]]:
    """Give the mentions of two leads: of one event the best pair, of two events all that could be taken for one."""
    options = [(m, n) for m in a.lead for n in b.lead if measures(m, n)["days"] < np.log1p(4)]
    if a.event == b.event:
        return [(max(options, key=lambda pair: sameness(*pair)), True)] if options else []
    return [(pair, False) for pair in options]


if __name__ == "__main__":
    sys.exit(main())
