"""How well a person's name fits a country, by the names of those who held office there."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from diurna.knowledge.tables import key, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.knowledge.tables import Tables

__all__ = ["Origins", "fit_of_name"]

_ENDING = 3  # letters of a word's beginning and end that count as parts of a name
_SMOOTH = 4.0  # names that stand for those not seen
_BOUND = 2.5


def _parts(name: str) -> list[str]:
    """List a name's words, and the beginnings and endings of the longer ones."""
    found = []
    for word in tokens_of(name):
        folded = key(word).lower()
        found.append(folded)
        if len(folded) > _ENDING:
            found += [folded[:_ENDING] + "-", "-" + folded[-_ENDING:]]
    return found


class Origins:
    """Count the parts of office holders' names by country."""

    def __init__(self, tables: Tables) -> None:
        self.parts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.sizes: Counter[str] = Counter()
        self.size = 0
        for name, country in {(p.name, p.country) for p in tables.people if p.country}:
            for part in _parts(name):
                self.parts[part][country] += 1
                self.sizes[country] += 1
                self.size += 1

    def fit(self, name: str, country: str) -> float:
        """Tell how well a name fits a country (``fit_of_name``)."""
        total, seen = 0.0, 0
        for part in _parts(name):
            counts = self.parts.get(part)
            if not counts:
                continue
            whole = counts.total() / self.size
            mine = (counts[country] + _SMOOTH * whole) / (self.sizes[country] + _SMOOTH)
            total += math.log(mine / whole)
            seen += 1
        return max(-_BOUND, min(_BOUND, total / seen)) if seen else 0.0


def fit_of_name(name: str, countries: Sequence[str], tables: Tables) -> dict[str, float]:
    """Tell how well a person's name fits countries.

    Args:
        name: the name, without title.
        countries: alpha-3 codes.
        tables: the knowledge tables; their persons are counted at the first call.

    Returns:
        For each country the mean log ratio of how often a part of the name is found in its office holders' names and in all, in [-2.5, 2.5]; 0 when
        no part is known.
    """
    if tables.origins is None:
        tables.origins = Origins(tables)
    return {c: tables.origins.fit(name, c) for c in countries}
