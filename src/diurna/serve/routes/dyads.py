"""Dyads and their measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from diurna.analyse.acts import Selection, dyad_of
from diurna.analyse.changes import change_points, unusual_weeks
from diurna.analyse.dyads import dyad_series, dyads_of
from diurna.analyse.tension import tension
from diurna.serve.answers import FORMS, json_answer, table_answer
from diurna.serve.finding import CODE, DYAD, Day, Flag
from diurna.serve.routes.common import PROBLEMS, Snap, tabled
from diurna.serve.shapes import DyadPage, Measures

if TYPE_CHECKING:
    from diurna.serve.snapshot import Snapshot

__all__ = ["Counting", "router"]

router = APIRouter(tags=["dyads"])
Dyad = Annotated[str, Path(pattern=DYAD, description="Actor's and recipient's country, alpha-3.", examples=["RUS-UKR"])]


class Counting(BaseModel):
    """Say which acts count (docs/guide/measures.md)."""

    model_config = ConfigDict(extra="forbid")
    since: Day | None = Field(None, description="First day of publication.", examples=["2019-01-01"])
    until: Day | None = Field(None, description="Last day of publication.", examples=["2019-12-31"])
    hypothetical: Flag = Field(default=False, description="Count acts planned, feared, urged or possible too.")
    confirmed: Flag = Field(default=False, description="Leave out acts that reports only credit to somebody.")
    min_confidence: float = Field(0.0, ge=0, le=1, description="Count acts at least this sure.", examples=[0.5])

    def selection(self) -> Selection:
        """Give the selection that these flags describe."""
        return Selection(self.hypothetical, not self.confirmed, self.min_confidence, self.since, self.until)

    def link(self, **more: str) -> str:
        """Give the address of the events that a count comes from."""
        flags = {name: "true" for name in ("hypothetical", "confirmed") if getattr(self, name)}
        days = {name: getattr(self, name).isoformat() for name in ("since", "until") if getattr(self, name)}
        least = {"min_confidence": str(self.min_confidence)} if self.min_confidence else {}
        return f"/api/v1/events?{urlencode({'counted': 'true', **days, **flags, **least, **more})}"


class DyadsQuery(Counting):
    """Say which dyads are wanted."""

    country: str | None = Field(None, pattern=CODE, description="Dyads with this country on a side.", examples=["NOR"])
    inward: Flag = Field(default=False, description="What countries do within themselves too.")
    limit: int = Field(100, ge=1, le=10_000, description="At most so many.", examples=[100])


class SeriesQuery(Counting):
    """Say how a dyad is measured."""

    by: Literal["day", "week", "month"] = Field("month", description="Period of publication; weeks begin on Monday.")
    both: Flag = Field(default=True, description="Count acts of the second country to the first too.")
    ids: Flag = Field(default=False, description="List the events of every period.")


@router.get("/dyads", response_model=DyadPage, responses=PROBLEMS)
def dyads(snapshot: Snap, query: Annotated[DyadsQuery, Query()]) -> Response:
    """List the dyads of the record, most acts first."""
    rows = _totals(snapshot, query)
    return json_answer({"items": rows[: query.limit], "total": len(rows), "as_of": snapshot.stamp})


@router.get("/dyads.csv", responses=tabled(FORMS["csv"], "dyads as a table"))
def dyads_csv(snapshot: Snap, query: Annotated[DyadsQuery, Query()]) -> Response:
    """Give the dyads of the record as a table of text."""
    rows = [{k: v for k, v in r.items() if k != "quads"} | r["quads"] for r in _totals(snapshot, query)[: query.limit]]
    return table_answer(pl.DataFrame(rows), "csv")


def _totals(snapshot: Snapshot, query: DyadsQuery) -> list[dict[str, Any]]:
    country = query.country.upper() if query.country else None
    return [
        {"dyad": f"{d.a}-{d.b}", "a": d.a, "b": d.b, "count": d.count, "quads": d.quads, "score": d.score, "mean": d.mean, "last": d.last.isoformat()}
        for d in dyads_of(snapshot.acts, country=country, selection=query.selection(), inward=query.inward)
    ]


@router.get("/dyads/{dyad}", response_model=Measures, responses=PROBLEMS)
def dyad(snapshot: Snap, dyad: Dyad, query: Annotated[SeriesQuery, Query()]) -> Response:
    """Measure a dyad period by period: acts, scores, tension with its interval, change points, unusual weeks."""
    return json_answer(_measures(snapshot, dyad, query))


@router.get("/dyads/{dyad}/series.csv", responses=tabled(FORMS["csv"], "a dyad's periods as a table"))
def dyad_csv(snapshot: Snap, dyad: Dyad, query: Annotated[SeriesQuery, Query()]) -> Response:
    """Give a dyad's periods as a table of text."""
    return table_answer(_flat(_measures(snapshot, dyad, query)), "csv")


@router.get("/dyads/{dyad}/series.parquet", responses=tabled(FORMS["parquet"], "a dyad's periods as a Parquet file"))
def dyad_parquet(snapshot: Snap, dyad: Dyad, query: Annotated[SeriesQuery, Query()]) -> Response:
    """Give a dyad's periods as a Parquet file."""
    return table_answer(_flat(_measures(snapshot, dyad, query)), "parquet")


def _flat(facts: dict[str, Any]) -> pl.DataFrame:
    rows = [{k: v for k, v in p.items() if k not in {"quads", "shares", "ids"}} | p["quads"] for p in facts["points"]]
    return pl.DataFrame(rows, infer_schema_length=None)


def _measures(snapshot: Snapshot, dyad: str, query: SeriesQuery) -> dict[str, Any]:
    (a, b), chosen = dyad_of(dyad), query.selection()
    named = {"dyad": f"{a}-{b}"} | ({"both": "true"} if query.both else {})
    series = dyad_series(snapshot.acts, a, b, by=query.by, both=query.both, selection=chosen)
    tensions = tension(snapshot.acts, a, b, by=query.by, both=query.both, selection=chosen)
    points = []
    for point, t in zip(series.points, tensions, strict=True):
        row = point.to_dict() | {"tension": t.value, "low": t.low, "high": t.high, "hostile": t.hostile, "friendly": t.friendly, "bearing": t.bearing}
        row["ids"] = row["ids"] if query.ids else None
        first, last = max(point.start, query.since or point.start), min(point.end, query.until or point.end)
        points.append(row | {"events": query.link(**named, since=first.isoformat(), until=last.isoformat())})
    changes = [{"start": points[c.at]["start"], "before": c.before, "after": c.after} for c in change_points([t.value for t in tensions])]
    weeks = [
        w.to_dict() | {"events": query.link(**named, quad="MX", since=w.start.isoformat(), until=w.end.isoformat())}
        for w in unusual_weeks(snapshot.acts, a, b, both=query.both, selection=chosen)
    ]
    return {"dyad": f"{a}-{b}", "both": query.both, "by": query.by, "points": points, "changes": changes, "unusual_weeks": weeks, "as_of": snapshot.stamp}
