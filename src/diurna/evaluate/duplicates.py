"""Suite ``duplicates``: groups of stories, and pairs of them that are one story or are not (tests/cases/duplicates.jsonl).

The stories of a part are linked all together, as an archive would be; a pair is said to be one story only when the index meets it and the
check agrees. Constants were set on the part ``tune``; ``f1`` is that of the part ``report``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.evaluate.figures import f1, share
from diurna.link.duplicates import Duplicates
from diurna.read.story import story_from_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from diurna.coder import Coder
    from diurna.records import Story

__all__ = ["duplicates", "read_groups"]


def duplicates(path: Path, coder: Coder | None = None) -> dict[str, Any]:  # noqa: ARG001 - every suite takes the coder; words need none
    """Score which stories are said to be the same.

    Args:
        path: JSONL of groups: ``part``, ``stories`` (id, published, source, text) and ``pairs`` (two ids, what was done, whether they are one story).
        coder: not used.

    Returns:
        ``f1``, ``precision``, ``recall`` over the pairs of part ``report``; ``tune_f1``; ``kinds``, the share of right answers for each thing done.

    Raises:
        InputError: D231 if a line is no such group.
    """
    rows = read_groups(path, "pairs")
    scores = {part: _score([g for g in rows if g.get("part", "report") == part]) for part in ("report", "tune")}
    return {"suite": "duplicates", "n": scores["report"]["n"], **scores["report"], "tune_f1": scores["tune"]["f1"], "tune_n": scores["tune"]["n"]}


def _score(groups: Iterable[dict[str, Any]]) -> dict[str, Any]:
    stories: dict[str, Story] = {}
    told: list[tuple[str, str, str, bool]] = []
    for group in groups:
        stories |= {row["id"]: story_from_text(row["text"], published=row.get("published"), source=row.get("source"), key=row["id"]) for row in group["stories"]}
        told += [tuple(pair) for pair in group["pairs"]]
    found = {frozenset((p.a, p.b)) for p in Duplicates().pairs(stories.values())}
    right = n_gold = n_found = 0
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for a, b, kind, same in told:
        says = frozenset((stories[a].id, stories[b].id)) in found
        right, n_gold, n_found = right + (says and same), n_gold + same, n_found + says
        by_kind[kind].append(says == same)
    kinds = {kind: {"right": share(sum(answers), len(answers)), "n": len(answers)} for kind, answers in sorted(by_kind.items())}
    return {"n": len(told), "f1": f1(right, n_gold, n_found), "precision": share(right, n_found), "recall": share(right, n_gold), "kinds": kinds}


def read_groups(path: Path, key: str) -> list[dict[str, Any]]:
    """Read a linking benchmark: JSON objects, one a line, each with ``stories`` or ``reports`` and what is true of them.

    Raises:
        InputError: D231 if a line is not JSON or lacks ``key``.
    """
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError("D231", f"the line is not JSON ({error})", f"{path}:{number}") from error
        if not isinstance(row, dict) or key not in row:
            raise InputError("D231", f"the line has no “{key}”; see docs/guide/evaluation.md", f"{path}:{number}")
        rows.append(row)
    return rows
