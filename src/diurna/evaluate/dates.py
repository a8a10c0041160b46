"""Suite ``dates``: TimeML files; a date is right when its words share a character with a gold DATE and its value is the same.

TIME, DURATION and SET expressions are neither asked for nor counted, but for one that is read as a date, which is wrong.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lxml import etree

from diurna.errors import InputError
from diurna.evaluate.figures import f1, share
from diurna.resolve.times import TimeExpression, find_times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["dates"]

Gold = tuple[int, int, str]


def dates(path: Path, coder: Coder | None = None) -> dict[str, Any]:  # noqa: ARG001 - every suite takes the coder; dates need none
    """Score the dates found in raw text.

    Args:
        path: a TimeML file, or a folder of them.
        coder: not used.

    Returns:
        ``f1``, ``precision``, ``recall`` of span overlap with the same value; ``span_f1`` of overlap alone; ``n`` gold dates.

    Raises:
        InputError: D223 if there is no TimeML file, or one that is not well-formed.
    """
    files = sorted(path.rglob("*.tml")) if path.is_dir() else [path]
    if not files:
        raise InputError("D223", "there is no TimeML file (*.tml) here", str(path))
    n_gold = n_found = right = overlapping = 0
    for file in files:
        text, published, gold = read_timeml(file)
        found = find_times(text, published)
        n_gold += len(gold)
        n_found += len(found)
        pairs = list(_paired(gold, found))
        overlapping += len(pairs)
        right += sum(g[2] == t.value for g, t in pairs)
    return {
        "suite": "dates",
        "files": len(files),
        "n": n_gold,
        "f1": f1(right, n_gold, n_found),
        "precision": share(right, n_found),
        "recall": share(right, n_gold),
        "span_f1": f1(overlapping, n_gold, n_found),
        "value_right": share(right, overlapping),
    }


def _paired(gold: list[Gold], found: list[TimeExpression]) -> Iterator[tuple[Gold, TimeExpression]]:
    free = list(found)
    for g in gold:
        touching = [t for t in free if t.start < g[1] and g[0] < t.end]
        if touching:
            best = max(touching, key=lambda t: (t.value == g[2], min(t.end, g[1]) - max(t.start, g[0])))
            free.remove(best)
            yield g, best


def read_timeml(path: Path) -> tuple[str, date | None, list[Gold]]:
    """Read a TimeML file.

    Args:
        path: the file.

    Returns:
        The text of its TEXT element, the day it was made, and its gold dates as start, end, value.

    Raises:
        InputError: D223 if it is not well-formed TimeML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(str(path), parser).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        raise InputError("D223", f"not a TimeML file ({error})", str(path)) from error
    body = root.find(".//TEXT")
    body = root if body is None else body
    made = root.find(".//DCT/TIMEX3")
    text = ""
    gold: list[Gold] = []

    def walk(node: etree._Element) -> None:
        nonlocal text
        start = len(text)
        text += node.text or ""
        for child in node:
            walk(child)
            text += child.tail or ""
        if node.tag == "TIMEX3" and node.get("type") == "DATE":
            gold.append((start, len(text), node.get("value", "")))

    walk(body)
    return text, _day(made.get("value") if made is not None else None), sorted(gold)


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
