"""Places of acts, and whom disputed areas count for."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from diurna.analyse.places import spots_of
from diurna.knowledge.disputed import AUTHORITIES, HELD, UN, disputed_areas, viewpoints
from diurna.ontology import QUADS
from diurna.serve.answers import FORMS, GeoJson, json_answer, table_answer
from diurna.serve.finding import LAND, Borders, EventQuery, event_rows
from diurna.serve.names import country_names
from diurna.serve.routes.common import PROBLEMS, Snap, plainly, tabled
from diurna.serve.routes.dyads import Counting

if TYPE_CHECKING:
    from diurna.serve.snapshot import Snapshot

__all__ = ["router"]

router = APIRouter(tags=["places"])
_Quad = Literal["VC", "MC", "VX", "MX"]


class PlacesQuery(Counting):
    """Say which acts are wanted, and whose view of borders."""

    borders: Borders = "held"
    land: str | None = Field(None, pattern=LAND, description="The country that places count for, alpha-3; `open` for what `borders` leaves open.", examples=["UKR"])
    quad: list[_Quad] = Field([], max_length=4, description="VC, MC: verbal, material cooperation; VX, MX: conflict.", examples=[["MX"]])
    limit: int = Field(500, ge=1, le=10_000, description="At most so many places.")


class SpotRow(BaseModel):
    """Acts at a place: `recorded` is the country that the record names, `country` the one that it counts for, `area` the disputed area it lies in."""

    name: str
    geonames: str | None
    lat: float
    lon: float
    recorded: str | None
    country: str | None
    area: str | None
    count: int
    quads: dict[_Quad, int]
    events: str


class ShadeRow(BaseModel):
    """Acts in a country; `alone` those of which no nearer place is known; `code` is null for what the view leaves open, `areas` the disputed areas among it."""

    code: str | None
    name: str | None
    count: int
    alone: int
    areas: list[str]
    events: str


class PlacesView(BaseModel):
    """Places, and countries shaded."""

    borders: str
    items: list[SpotRow]
    total: int
    acts: int
    countries: list[ShadeRow]
    as_of: str


class AreaRow(BaseModel):
    """A disputed area: who holds it, who claims it, what the United Nations say, and whom it counts for in the view asked for."""

    id: str
    name: str
    held: str
    claims: list[str]
    un: str | None
    counts_for: str | None
    code: str | None
    land: str | None
    why: str
    outline: list[list[float]]


class BordersQuery(BaseModel):
    """Say whose view of borders is wanted."""

    model_config = {"extra": "forbid"}
    borders: Borders = "held"


class ViewRow(BaseModel):
    """A view that can be chosen."""

    id: str
    name: str


class BordersView(BaseModel):
    """Disputed areas in a view, and the views there are."""

    borders: str
    views: list[ViewRow]
    areas: list[AreaRow]


@router.get("/borders", response_model=BordersView, responses=PROBLEMS)
def borders(query: Annotated[BordersQuery, Query()]) -> Response:
    """Tell whom disputed areas count for, as held, as the United Nations have it, or as a state does."""
    names = country_names()
    words = {HELD: "as they are held", UN: "as the United Nations have them"}
    views = [{"id": v, "name": words.get(v) or f"as {names.get(v, v)} has them"} for v in viewpoints()]
    areas = [{k: v for k, v in asdict(a).items() if k != "by"} | {"counts_for": a.under(query.borders)} for a in disputed_areas()]
    return json_answer({"borders": query.borders, "views": views, "areas": areas})


@router.get("/places", response_model=PlacesView, responses=PROBLEMS)
def places(snapshot: Snap, query: Annotated[PlacesQuery, Query()]) -> Response:
    """Count acts by place, and by the country that each place counts for in a view of disputed borders."""
    spots, shades = _places(snapshot, query)
    names = country_names() | AUTHORITIES
    lands = [asdict(s) | {"name": names.get(s.code or ""), "events": _link(query, land=s.code or "open")} for s in shades]
    facts = {"borders": query.borders, "items": spots[: query.limit], "total": len(spots), "acts": sum(s["count"] for s in spots)}
    return json_answer(facts | {"countries": lands, "as_of": snapshot.stamp})


@router.get("/places.csv", responses=tabled(FORMS["csv"], "places as a table"))
def places_csv(snapshot: Snap, query: Annotated[PlacesQuery, Query()]) -> Response:
    """Give places as a table of text."""
    return table_answer(_table(snapshot, query), "csv")


@router.get("/places.parquet", responses=tabled(FORMS["parquet"], "places as a Parquet file"))
def places_parquet(snapshot: Snap, query: Annotated[PlacesQuery, Query()]) -> Response:
    """Give places as a Parquet file."""
    return table_answer(_table(snapshot, query), "parquet")


@router.get("/places.geojson", response_class=GeoJson, responses=plainly(PROBLEMS))
def places_geojson(snapshot: Snap, query: Annotated[PlacesQuery, Query()]) -> Response:
    """Give places as points."""
    spots, _ = _places(snapshot, query)
    features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [s["lon"], s["lat"]]}, "properties": s} for s in spots[: query.limit]]
    return json_answer({"type": "FeatureCollection", "features": features}, kind=FORMS["geojson"])


def _places(snapshot: Snapshot, query: PlacesQuery) -> tuple[list[dict[str, Any]], list[Any]]:
    """Count, over rows narrowed as ``/events`` narrows them."""
    land = query.land and (query.land if query.land == "open" else query.land.upper())
    rows = event_rows(snapshot, EventQuery.model_validate({"land": land, "borders": query.borders})) if land else None
    conditions = query.selection().holds()
    if query.quad:
        conditions.append(pl.col("quad").is_in([QUADS[q] for q in query.quad]))
    spots, shades = spots_of(snapshot.acts, conditions, rows, query.borders)
    return [asdict(s) | {"events": _link(query, place=s.name[:200])} for s in spots], shades


def _link(query: PlacesQuery, **more: str) -> str:
    quads = "".join(f"&quad={q}" for q in query.quad)
    view = {"borders": query.borders} if "land" in more or query.land else {}
    return query.link(**({"land": query.land} if query.land and "land" not in more else {}), **view, **more) + quads


def _table(snapshot: Snapshot, query: PlacesQuery) -> pl.DataFrame:
    spots, _ = _places(snapshot, query)
    return pl.DataFrame([{k: v for k, v in s.items() if k != "quads"} | s["quads"] for s in spots[: query.limit]], infer_schema_length=None)
