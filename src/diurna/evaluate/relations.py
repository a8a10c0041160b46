"""Suite ``relations`` (after Hu et al., ACL 2024): tab-separated sentences, actor marked ``<s>…</s>``, recipient ``<t>…</t>``, with gold ``type`` and ``quad``."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.evaluate.figures import score_labels

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["relations", "unmark"]


YIELD = "YIELD"
# The benchmark's own conventions: quads 1 to 4, CONCEDE and RETREAT as one, and two modes that it files elsewhere.
_QUADS = {
    **dict.fromkeys(("AGREE", "CONSULT", "SUPPORT"), "1"),
    **dict.fromkeys(("AID", "COOPERATE", YIELD), "2"),
    **dict.fromkeys(("REQUEST", "ACCUSE", "REJECT", "THREATEN"), "3"),
    **dict.fromkeys(("COERCE", "PROTEST", "SANCTION", "MOBILIZE", "ASSAULT"), "4"),
}
_MARKS = re.compile(r"</?[st]>")


def relations(path: Path, coder: Coder) -> dict[str, Any]:
    """Score the types that the coder gives marked pairs.

    Args:
        path: a table with columns ``marked_sentence`` (or ``sentence``), ``type`` and, if there, ``quad``.
        coder: the coder to score.

    Returns:
        ``f1`` (macro over types), ``quad_f1``, ``accuracy``, ``n``, and ``types``: precision, recall and F1 of each.

    Raises:
        InputError: D220 if the table has no such columns, D221 if a row has no actor marked.
    """
    rows = _table(path)
    found = []
    for low in range(0, len(rows), 256):
        part = rows[low : low + 256]
        found += coder.relate_many([_unmark(r, path, low + i + 2) for i, r in enumerate(part)])
    gold = [r["type"] for r in rows]
    types = [_older_convention(f.type, f.mode) for f in found]
    scores = score_labels(gold, types)
    quads = score_labels([r.get("quad") or _QUADS.get(r["type"], "") for r in rows], [_QUADS[t] for t in types])
    return {
        "suite": "relations",
        "n": len(rows),
        "f1": scores["f1"],
        "quad_f1": quads["f1"],
        "accuracy": scores["accuracy"],
        "types": scores["labels"],
        "quads": quads["labels"],
    }


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or "type" not in rows[0] or not {"marked_sentence", "sentence"} & set(rows[0]):
        raise InputError("D220", "a relations table has tab-separated columns marked_sentence, type and, if known, quad", str(path))
    return rows


def _unmark(row: dict[str, str], path: Path, line: int) -> tuple[str, tuple[int, int] | None, tuple[int, int] | None]:
    sentence, actor, recipient = unmark(row.get("marked_sentence") or row["sentence"])
    if actor is None and recipient is None:
        raise InputError("D221", "the sentence marks nobody; write <s>actor</s> and <t>recipient</t>", f"{path}:{line}")
    return sentence, actor, recipient


def unmark(marked: str) -> tuple[str, tuple[int, int] | None, tuple[int, int] | None]:
    """Take the marks out of a sentence.

    Args:
        marked: the sentence, its actor between ``<s>`` and ``</s>``, its recipient between ``<t>`` and ``</t>``.

    Returns:
        The plain sentence, and the half-open offsets of actor and recipient in it, without white space at their edges; None where nobody is marked.

    >>> unmark("<s>Police</s> arrested <t>a man</t>.")
    ('Police arrested a man.', (0, 6), (16, 21))
    """
    spans: list[tuple[int, int] | None] = []
    for tag in "st":
        found = re.search(f"<{tag}>(.*?)</{tag}>", marked, re.DOTALL)
        words = _MARKS.sub("", found.group(1)) if found else ""
        if found is None or not words.strip():
            spans.append(None)
            continue
        start = len(_MARKS.sub("", marked[: found.start()]))
        spans.append((start + len(words) - len(words.lstrip()), start + len(words.rstrip())))
    return _MARKS.sub("", marked), spans[0], spans[1]


def _older_convention(type_: str, mode: str | None) -> str:
    """Map a type to the benchmark's conventions (older than the codebook's)."""
    if type_ in {"CONCEDE", "RETREAT"}:
        return YIELD
    if type_ == "SANCTION" and mode in {"impose", "convict"}:
        return "COERCE" if mode == "impose" else "ACCUSE"
    return type_
