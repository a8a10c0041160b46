"""Compare two sources on the same dyads and days: what both have, what each lacks, and how far they agree."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from diurna.errors import InputError
from diurna.exchange.pairs import FACTS, pairs
from diurna.ontology import QUADS, TYPES
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PERIODS", "Side", "compare", "tally"]

PERIODS: Final = {"day": 10, "month": 7, "year": 4}
"""Characters of an ISO 8601 day that tell the period."""
_WHOLE = frozenset({"D210", "D211", "D240"})  # rejects of whole files
_TOP = 10  # dyads listed

Cell = tuple[str, str, str]  # actor's country, recipient's country, period


@dataclass(slots=True)
class Side:
    """Count what a source has: acts told as fact, by dyad and period and type.

    ``skipped`` counts what cannot be compared, by reason; memory grows with the cells, not with the events.
    """

    cells: dict[Cell, Counter[str]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    events: int = 0
    pairs: int = 0

    @property
    def periods(self) -> tuple[str, str]:
        """First and last period; empty when there is none."""
        found = [cell[2] for cell in self.cells]
        return (min(found), max(found)) if found else ("", "")


def tally(stories: Iterable[Story | Reject], by: str = "day") -> Side:
    """Count a source's acts by dyad, period and type.

    Args:
        stories: the source.
        by: a period of ``PERIODS``.

    Raises:
        InputError: D210, D211 or D240 if a file of the source cannot be read at all.
    """
    side, length = Side(), PERIODS[by]
    for story in stories:
        if isinstance(story, Reject):
            if story.code in _WHOLE:
                raise InputError(story.code, story.reason, story.where)
            side.skipped["not read"] += 1
            continue
        for event in story.events:
            side.events += 1
            if event.modality not in FACTS:
                side.skipped["not told as fact"] += 1
            elif event.when is None:
                side.skipped["without a day"] += 1
            else:
                found = [(p.actors[0].country, p.recipients[0].country) for p in pairs(event) if p.actors and p.recipients]
                dyads = [(a, r) for a, r in found if a is not None and r is not None]
                if not dyads:
                    side.skipped["without two countries"] += 1
                for actor, recipient in dyads:
                    side.pairs += 1
                    side.cells.setdefault((actor, recipient, event.when.from_[:length]), Counter())[event.type] += 1
    return side


def compare(a: Side, b: Side) -> dict[str, Any]:
    """Compare two sources over the time that both cover.

    Returns:
        ``window`` (first and last period of both); of each side its size and ``has``, the share of the other's dyad-periods that it has too;
        ``cells`` in both and in one only; ``agreement`` in the cells that both have: the same leading quad (with Cohen's kappa), the same leading
        type, and ``overlap``, the shared part of the type counts (least over most); ``dyads``, the correlation (Pearson, of log(1+n)) of counts by
        dyad; ``types`` with counts in the window; and what each lacks most.
    """
    first, last = max(a.periods[0], b.periods[0]), min(a.periods[1], b.periods[1])
    within = [{cell: n for cell, n in side.cells.items() if first <= cell[2] <= last} if first else {} for side in (a, b)]
    left, right = within
    both = left.keys() & right.keys()
    return {
        "window": {"from": first or None, "to": last or None} if first <= last else None,
        "a": _size(a, left) | {"has": _ratio(len(both), len(right))},
        "b": _size(b, right) | {"has": _ratio(len(both), len(left))},
        "cells": {"both": len(both), "a only": len(left) - len(both), "b only": len(right) - len(both)},
        "agreement": _agreement(left, right, both),
        "dyads": {"correlation": _correlation(left, right)},
        "types": _types(left, right),
        "a lacks": _lacking(left, right),
        "b lacks": _lacking(right, left),
    }


def _size(side: Side, cells: dict[Cell, Counter[str]]) -> dict[str, Any]:
    return {
        "events": side.events, "pairs": side.pairs, "in window": sum(sum(n.values()) for n in cells.values()), "dyads": len({c[:2] for c in cells}), "cells": len(cells),
        "skipped": dict(side.skipped),
    }  # fmt: skip


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _leading(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _quads(counts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, n in counts.items():
        found[QUADS[TYPES[name].quad] if name in TYPES else name] += n
    return found


def _agreement(left: dict[Cell, Counter[str]], right: dict[Cell, Counter[str]], both: set[Cell]) -> dict[str, Any]:
    quads = Counter((_leading(_quads(left[c])), _leading(_quads(right[c]))) for c in both)
    types = sum(_leading(left[c]) == _leading(right[c]) for c in both)
    least = sum(sum((left[c] & right[c]).values()) for c in both)
    most = sum(sum((left[c] | right[c]).values()) for c in both)
    same = sum(n for (x, y), n in quads.items() if x == y)
    return {"quad": _ratio(same, len(both)), "quad kappa": _kappa(quads), "type": _ratio(types, len(both)), "overlap": _ratio(least, most)}


def _kappa(pairs_: Counter[tuple[str, str]]) -> float | None:
    """Cohen's kappa: agreement beyond what the two sides' own shares would bring by chance."""
    total = sum(pairs_.values())
    if not total:
        return None
    rows, columns = Counter[str](), Counter[str]()
    for (x, y), n in pairs_.items():
        rows[x] += n
        columns[y] += n
    seen = sum(n for (x, y), n in pairs_.items() if x == y) / total
    chance = sum(rows[k] * columns[k] for k in rows) / total**2
    return round((seen - chance) / (1 - chance), 4) if chance < 1 else None


def _by_dyad(cells: dict[Cell, Counter[str]]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (actor, recipient, _), n in cells.items():
        found[actor, recipient] += sum(n.values())
    return found


def _correlation(left: dict[Cell, Counter[str]], right: dict[Cell, Counter[str]]) -> float | None:
    a, b = _by_dyad(left), _by_dyad(right)
    dyads = sorted(a.keys() | b.keys())
    xs, ys = ([math.log1p(side[d]) for d in dyads] for side in (a, b))
    if len(dyads) < 3:  # noqa: PLR2004 - two points always lie on a line
        return None
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = math.sqrt(sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys))
    return round(sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread, 4) if spread else None


def _types(left: dict[Cell, Counter[str]], right: dict[Cell, Counter[str]]) -> dict[str, dict[str, int]]:
    shared: Counter[str] = Counter()
    for cell in left.keys() & right.keys():
        shared.update(left[cell] & right[cell])
    a, b = (_by_type(side) for side in (left, right))
    names = [name for name in TYPES if a[name] or b[name]] + sorted((a.keys() | b.keys()) - TYPES.keys())
    return {name: {"a": a[name], "b": b[name], "both": shared[name]} for name in names}


def _by_type(cells: dict[Cell, Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for counts in cells.values():
        found.update(counts)
    return found


def _lacking(here: dict[Cell, Counter[str]], there: dict[Cell, Counter[str]]) -> list[dict[str, Any]]:
    """List the dyads of most acts that the other side has in periods where this side has none."""
    missing = _by_dyad({cell: n for cell, n in there.items() if cell not in here})
    return [{"dyad": f"{actor}-{recipient}", "acts": n} for (actor, recipient), n in sorted(missing.items(), key=lambda i: (-i[1], i[0]))[:_TOP]]
