"""Where acts happen: acts by place, and by the country that the place counts for in a view of disputed borders."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from diurna.knowledge.disputed import HELD, disputed_areas
from diurna.ontology import QUADS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diurna.analyse.acts import Acts

__all__ = ["CountryShade", "Spot", "in_land", "spots_of"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Hold the acts at a place: its name and coordinates, the country that the record names, the one that it counts for, acts by quad."""

    name: str
    geonames: str | None
    lat: float
    lon: float
    recorded: str | None
    country: str | None
    area: str | None
    count: int
    quads: dict[str, int]


@dataclass(frozen=True, slots=True)
class CountryShade:
    """Hold the acts in a country: all, and those of which no nearer place is known; ``code`` is None for what a view leaves open."""

    code: str | None
    count: int
    alone: int
    areas: tuple[str, ...]


def spots_of(acts: Acts, conditions: Iterable[pl.Expr], rows: pl.Series | None = None, borders: str = HELD) -> tuple[list[Spot], list[CountryShade]]:
    """Count acts by place and by country (docs/guide/page.md, “Borders”).

    Args:
        acts: the record.
        conditions: which acts count, on the frame of events.
        rows: rows of the frame to look at; all when None.
        borders: the view of borders (``diurna.knowledge.disputed``).

    Returns:
        Places with coordinates, and countries; each most acts first.
    """
    frame = acts.events.with_columns(acts.places["area"])
    frame = frame if rows is None else frame[rows]
    quads = [(pl.col("quad") == words).sum().alias(code) for code, words in QUADS.items()]
    found = frame.lazy().filter(*conditions, pl.col("place").is_not_null() | pl.col("place_country").is_not_null())
    table = found.group_by("place", "place_country", "geonames", "lat", "lon", "area").agg(pl.len().alias("count"), *quads).collect()
    spots, lands, unders = [], _Lands(), {area.id: area.under(borders) for area in disputed_areas()}
    for row in table.iter_rows(named=True):
        area = row["area"]
        country = row["place_country"] if area is None else unders[area]
        exact = row["lat"] is not None and row["lon"] is not None and row["place"] is not None
        if exact:
            spots.append(
                Spot(row["place"], row["geonames"], row["lat"], row["lon"], row["place_country"], country, area, row["count"], {q: row[q] for q in QUADS})
            )
        if country is not None or area is not None:
            lands.add(country, row["count"], exact=exact, area=area)
    spots.sort(key=lambda s: (-s.count, s.name, s.geonames or "", s.lat, s.lon))
    return spots, lands.sorted()


class _Lands:
    """Sum acts by country."""

    def __init__(self) -> None:
        self.sums: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
        self.areas: dict[str | None, set[str]] = defaultdict(set)

    def add(self, code: str | None, count: int, *, exact: bool, area: str | None) -> None:
        self.sums[code][0] += count
        self.sums[code][1] += 0 if exact else count
        if area is not None:
            self.areas[code].add(area)

    def sorted(self) -> list[CountryShade]:
        found = [CountryShade(code, count, alone, tuple(sorted(self.areas[code]))) for code, (count, alone) in self.sums.items()]
        return sorted(found, key=lambda s: (-s.count, s.code or "~"))


def in_land(acts: Acts, code: str, borders: str) -> pl.Series:
    """Tell of each event whether its place counts for a country in a view.

    Args:
        acts: the record.
        code: alpha-3, or ``open`` for what the view leaves open.
        borders: the view.
    """
    names = {area.id: area.under(borders) for area in disputed_areas()}
    wanted = [key for key, under in names.items() if under == code or (under is None and code == "open")]
    areas: Any = pl.col("area")
    return acts.places.select((areas.is_null() & (pl.col("place_country") == code)).fill_null(value=False) | areas.is_in(wanted).fill_null(value=False)).to_series()
