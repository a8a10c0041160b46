"""Part things into groups by how alike each two are: average linkage, whose outcome depends on the things and not on their order."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["average_linkage"]

_UNIT: Final = 10_000  # likeness is counted in whole ten-thousandths, so that sums do not depend on their order


def average_linkage(items: Iterable[str], likeness: Mapping[str, Mapping[str, float]], least: float) -> list[list[str]]:
    """Join the two groups that are most alike on average until none are alike enough (UPGMA; Sokal & Michener 1958).

    Args:
        items: names.
        likeness: of two names, how alike they are in [0, 1], given under both, or −1 for two that should stay apart; two that are not there are not alike.
        least: average likeness from which two groups are one.

    Returns:
        Groups, each sorted, in order of their first names. Equal likeness is settled by name.

    >>> average_linkage("abc", {"a": {"b": 0.9}, "b": {"a": 0.9, "c": 0.6}, "c": {"b": 0.6}}, 0.5)
    [['a', 'b'], ['c']]
    """
    names = sorted(items)
    inside = set(names)
    groups: dict[str, list[str]] = {name: [name] for name in names}
    sums = {name: {other: round(v * _UNIT) for other, v in likeness.get(name, {}).items() if other in inside and other != name} for name in names}
    heap: list[tuple[float, str, str, int, int]] = [(-float(v), a, b, 1, 1) for a in names for b, v in sums[a].items() if a < b]
    heapq.heapify(heap)
    while heap:
        average, a, b, size_a, size_b = heapq.heappop(heap)
        if -average < least * _UNIT:
            break
        if len(groups.get(a, ())) != size_a or len(groups.get(b, ())) != size_b:
            continue  # one of the two has grown or gone since
        groups[a] += groups.pop(b)
        for other, v in sums.pop(b).items():
            sums[other].pop(b)
            if other != a:
                sums[a][other] = sums[other][a] = sums[a].get(other, 0) + v
        for other, v in sums[a].items():
            low, high = sorted((a, other))
            heapq.heappush(heap, (-v / (len(groups[a]) * len(groups[other])), low, high, len(groups[low]), len(groups[high])))
    return sorted(sorted(group) for group in groups.values())
