"""Areas that more than one state holds to be its own, and whom each counts for as one chooses to look at them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["AUTHORITIES", "HELD", "UN", "Area", "area_at", "disputed_areas", "viewpoints", "whose"]

HELD: Final = "held"
UN: Final = "un"
AUTHORITIES: Final = {"XNC": "Northern Cyprus", "XSL": "Somaliland", "XAB": "Abkhazia", "XOS": "South Ossetia", "XTR": "Transnistria"}
"""Names of codes, of our own, for authorities that ISO 3166 does not list."""


@dataclass(frozen=True, slots=True)
class Area:
    """Hold a disputed area.

    ``held`` is the code of who governs it, ``claims`` those of all who claim it, ``un`` the one that the United Nations give it (None where they
    leave it open), ``by`` what states without a claim hold; ``code`` is its own ISO code, ``land`` its key among the page's borders;
    ``outline`` is a schematic ring of degrees east and north; ``why`` what the entry rests on.
    """

    id: str
    name: str
    held: str
    claims: tuple[str, ...]
    un: str | None
    outline: tuple[tuple[float, float], ...]
    why: str
    by: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    land: str | None = None

    def under(self, borders: str) -> str | None:
        """Give the code that the area counts for, or None where the view leaves it open.

        Args:
            borders: ``held``, ``un``, or the alpha-3 of the state whose view is taken. A state counts what it claims as its own; of what it does not
                claim it has the view given in ``by``, else the United Nations'; where they leave it open, it counts for its holder.
        """
        if borders == HELD:
            return self.held
        if borders == UN:
            return self.un
        return borders if borders in self.claims else self.by.get(borders) or self.un or self.held

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies within the outline."""
        ring = self.outline
        if not (min(x for x, _ in ring) <= lon <= max(x for x, _ in ring) and min(y for _, y in ring) <= lat <= max(y for _, y in ring)):
            return False
        inside = False
        for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
        return inside


@cache
def disputed_areas() -> tuple[Area, ...]:
    """Read the table of areas; the second call is free."""
    table = tomllib.loads((files("diurna.knowledge") / "disputed.toml").read_text("utf-8"))
    return tuple(
        Area(
            key, row["name"], row["held"], tuple(row["claims"]), row["un"] or None, tuple(_point(p) for p in row["outline"].split(",")), row["why"], row.get("by", {}),
            row.get("code"), row.get("land"),
        )
        for key, row in table.items()
    )  # fmt: skip


def _point(words: str) -> tuple[float, float]:
    lon, lat = words.split()
    return float(lon), float(lat)


def area_at(lon: float | None, lat: float | None, country: str | None) -> Area | None:
    """Find the disputed area that a place lies in: by the area's own code, else by its outline; None in undisputed land.

    >>> area_at(34.1, 44.95, "UKR").name
    'Crimea'
    >>> area_at(None, None, "ESH").name
    'Western Sahara'
    """
    for area in disputed_areas():
        if area.code is not None and area.code == country:
            return area
    if lon is None or lat is None:
        return None
    return next((a for a in disputed_areas() if (country is None or country in a.claims) and a.holds(lon, lat)), None)


def whose(lon: float | None, lat: float | None, country: str | None, borders: str = HELD) -> str | None:
    """Give the code of the country that a place counts for in a view, or None where the view leaves it open.

    >>> [whose(34.1, 44.95, "UKR", view) for view in ("held", "un", "RUS")]
    ['RUS', 'UKR', 'RUS']
    """
    area = area_at(lon, lat, country)
    return country if area is None else area.under(borders)


@cache
def viewpoints() -> tuple[str, ...]:
    """List the views there are: ``held``, ``un``, and the states that hold, claim or have a view of an area."""
    states = {c for a in disputed_areas() for c in (*a.claims, *a.by)} - set(AUTHORITIES)
    return (HELD, UN, *sorted(states))
