"""Tell which state a place belonged to on a day: Baku is SUN in 1990, AZE in 2020."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from diurna.knowledge.gazetteer import Entry

__all__ = ["state_then"]


@dataclass(frozen=True, slots=True)
class _Era:
    state: str
    from_: str
    to: str
    regions: tuple[str, ...]
    north_of: float | None


@cache
def _eras() -> dict[str, tuple[_Era, ...]]:
    found: dict[str, tuple[_Era, ...]] = {}
    for line in (files("diurna.knowledge") / "eras.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, state, from_, to, part = line.split("\t")
        regions = tuple(part[1:].split("|")) if part.startswith("~") else ()
        north = float(part[1:]) if part.startswith("N") else None
        found[code] = (*found.get(code, ()), _Era(state, from_, to, regions, north))
    return found


def state_then(entry: Entry, day: date | None) -> str | None:
    """Tell the state that a place belonged to.

    Args:
        entry: the place.
        day: when; today's state when None.

    Returns:
        Alpha-3, or None for a place without a country.

    >>> from datetime import date
    >>> from diurna.knowledge.gazetteer import gazetteer
    >>> baku = gazetteer().find("Baku")[0]
    >>> state_then(baku, date(1990, 1, 20)), state_then(baku, date(2020, 1, 20))
    ('SUN', 'AZE')
    """
    if day is None or entry.country is None:
        return entry.country
    told = day.isoformat()
    for era in _eras().get(entry.country, ()):
        inside = (not era.regions or entry.admin1 in era.regions or entry.name in era.regions) and (era.north_of is None or entry.lat > era.north_of)
        if (era.from_ or told) <= told <= (era.to or told) and inside:
            return era.state
    return entry.country
