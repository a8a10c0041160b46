"""Fit the weights of the event links on the part ``tune`` of a benchmark: ``python eval/link_weights.py tests/cases/threads.jsonl``.

Logistic regression by Newton's method, drawn towards weights set by hand (a Gaussian prior), as there are few pairs and many measures.
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

PRIOR = 2.0  # strength: the inverse variance of a weight around its start; of 2, 4, 8 and 16 the best on the part `tune` itself
START = {
    "bias": -3.0, "type": 2.5, "mode": 0.5, "parties": 2.5, "strangers": -1.5, "turned": -1.0, "other actors": -1.5, "days": -2.0, "place": 1.0, "elsewhere": -2.0,
    "wording": 3.0, "names": 1.5, "other names": -1.0, "trigger": 0.5, "harm": 0.5, "other harm": -0.5, "modality": -1.0, "story": 1.0, "vague": -0.5, "vague force": -1.0,
}  # fmt: skip
"""Weights set by hand."""


def main() -> int:
    """Print the weights."""
    WEIGHTS.update(START)
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
