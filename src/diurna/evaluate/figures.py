"""The figures that every suite gives: shares, F1, and scores of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["calibration", "f1", "score_labels", "share"]


def score_labels(gold: Sequence[str], found: Sequence[str]) -> dict[str, Any]:
    """Score labels: macro F1 over the labels that gold has, accuracy, and each label's figures."""
    labels = {}
    for label in sorted(set(gold)):
        right = sum(g == f == label for g, f in zip(gold, found, strict=True))
        n_gold, n_found = gold.count(label), list(found).count(label)
        labels[label] = {"precision": share(right, n_found), "recall": share(right, n_gold), "f1": f1(right, n_gold, n_found), "n": n_gold}
    return {
        "f1": round(sum(row["f1"] for row in labels.values()) / max(1, len(labels)), 4),
        "accuracy": share(sum(g == f for g, f in zip(gold, found, strict=True)), len(gold)),
        "labels": labels,
    }


def calibration(told: Sequence[tuple[float, bool]], bins: int = 10) -> dict[str, Any]:
    """Compare confidences with what came true: the expected calibration error (Naeini et al., AAAI 2015) and its reliability diagram.

    Args:
        told: confidence in [0, 1], and whether the value was right.
        bins: bins of equal width.

    Returns:
        ``ece``, the mean over all values of the gap between confidence and share right, bin by bin; and ``bins``, each with ``n``, mean ``confidence`` and share ``right``.

    >>> calibration([(0.75, True), (0.75, True), (0.75, True), (0.75, False)])["ece"]
    0.0
    """
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in told:
        groups[min(bins - 1, int(confidence * bins))].append((confidence, right))
    rows = [
        {"n": len(g), "confidence": round(sum(c for c, _ in g) / len(g), 4), "right": share(sum(r for _, r in g), len(g))} for g in groups if g
    ]
    error = sum(row["n"] * abs(row["confidence"] - row["right"]) for row in rows) / max(1, len(told))
    return {"ece": round(error, 4), "bins": rows}


def share(part: int, whole: int) -> float:
    """Divide a part by its whole, rounded to four places; 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0


def f1(right: int, gold: int, found: int) -> float:
    """Give the F1 of so many right among so many gold and found; 0 where there is neither."""
    return round(2 * right / (gold + found), 4) if gold + found else 0.0
