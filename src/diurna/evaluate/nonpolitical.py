"""Suite ``nonpolitical``: sentences of sport, business, weather and other plain life, in which every event coded is a false one (codebook §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diurna.evaluate.packaged import code_sentence, read_cases

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["nonpolitical"]

_CASE = {"id": str, "group": str, "text": str}


def nonpolitical(path: Path, coder: Coder) -> dict[str, Any]:
    """Count the false events in text without politics.

    Args:
        path: JSONL, a sentence a line: ``id``, ``group``, ``text``.
        coder: the coder to score.

    Returns:
        ``n`` sentences; ``events`` coded in them, all false; ``per_100``, events per 100 sentences; ``groups``, the same for each group; ``coded``, each false
        event with its sentence.

    Raises:
        InputError: D234 if a line is no such case.
    """
    counts: dict[str, list[int]] = {}
    coded = []
    for case in read_cases(path, _CASE):
        events = code_sentence(coder, case["text"])
        row = counts.setdefault(case["group"], [0, 0])
        row[0] += 1
        row[1] += len(events)
        coded += [
            {"id": case["id"], "coded": f"{e.type} {e.modality}", "at": e.trigger.text, "confidence": e.confidence.event, "text": case["text"]} for e in events
        ]
    total = [sum(row[i] for row in counts.values()) for i in (0, 1)]
    return {"suite": "nonpolitical", **_row(*total), "groups": {group: _row(*row) for group, row in counts.items()}, "coded": coded}


def _row(n: int, events: int) -> dict[str, Any]:
    return {"n": n, "events": events, "per_100": round(100 * events / n, 2) if n else 0.0}
