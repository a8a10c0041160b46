"""Suite ``modality``: sentences with one act each whose type and modality the codebook settles (§3).

Kinds: denied, alleged, planned, conditional, historical, hoped, refused, nested. A case passes when an event of its type and modality is coded at
its words; what else the sentence reports is not looked at.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.evaluate.figures import share
from diurna.evaluate.packaged import at_words, code_sentence, find_words, read_cases

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["modality"]

_CASE = {"id": str, "kind": str, "text": str, "at": str, "type": str, "modality": str}


def modality(path: Path, coder: Coder) -> dict[str, Any]:
    """Score the modality cases.

    Args:
        path: JSONL, a case a line: ``id``, ``kind``, ``text``, ``at`` (the words of the act), ``type``, ``modality``.
        coder: the coder to score.

    Returns:
        ``n`` cases; ``pass``, the share with type and modality right; ``found``, the share with any event at the words; ``modality``, the share of those
        with the right modality, whatever their type; ``kinds``, the same for each kind; ``failed``, each case that failed, with what was coded.

    Raises:
        InputError: D234 if a line is no such case.
    """
    counts: dict[str, Counter[str]] = {}
    failed = []
    for number, case in enumerate(read_cases(path, _CASE), 1):
        if find_words(case["text"], case["at"]) is None:
            raise InputError("D234", f"the words “{case['at']}” are not in “{case['text']}”", f"{path}, case {number}")
        found = at_words(code_sentence(coder, case["text"]), case["text"], case["at"], case["type"])
        passed = found is not None and (found.type, found.modality) == (case["type"], case["modality"])
        told = {"n": 1, "pass": passed, "found": found is not None, "modality": found is not None and found.modality == case["modality"]}
        counts.setdefault(case["kind"], Counter()).update({k: int(v) for k, v in told.items()})
        if not passed:
            coded = None if found is None else f"{found.type} {found.modality}"
            failed.append({"id": case["id"], "wanted": f"{case['type']} {case['modality']}", "coded": coded, "text": case["text"]})
    total = sum(counts.values(), Counter[str]())
    return {"suite": "modality", **_row(total), "kinds": {kind: _row(row) for kind, row in counts.items()}, "failed": failed}


def _row(counts: Counter[str]) -> dict[str, Any]:
    n = counts["n"]
    return {"n": n, "pass": share(counts["pass"], n), "found": share(counts["found"], n), "modality": share(counts["modality"], counts["found"])}
