"""Forecasts of material conflict, and how they did."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from diurna.analyse.acts import Selection, dyad_of, period_end
from diurna.serve.answers import FORMS, json_answer, table_answer
from diurna.serve.finding import CODE, DYAD, Flag
from diurna.serve.routes.common import PROBLEMS, Snap, tabled
from diurna.serve.routes.dyads import Counting

if TYPE_CHECKING:
    from diurna.analyse.forecast import Backtest, Forecast
    from diurna.serve.snapshot import Snapshot

__all__ = ["router"]

router = APIRouter(tags=["forecasts"])
_Kind = Literal["dyad", "country"]
_Group = Literal["all", "quiet", "restless"]


class _Tested(BaseModel):
    """Say which acts are forecast."""

    model_config = ConfigDict(extra="forbid")
    kind: _Kind | None = Field(None, description="Only dyads, or only countries.")
    hypothetical: Flag = Field(default=False, description="Count acts planned, feared, urged or possible too.")
    confirmed: Flag = Field(default=False, description="Leave out acts that reports only credit to somebody.")

    def selection(self) -> Selection:
        """Give the selection that these flags describe."""
        return Selection(self.hypothetical, not self.confirmed)


class _Wanted(_Tested):
    """Say which forecasts are wanted."""

    dyad: str | None = Field(None, pattern=DYAD, description="A dyad, either way round.", examples=["RUS-UKR"])
    country: str | None = Field(None, pattern=CODE, description="A country, and dyads with it on a side.", examples=["RUS"])
    ids: Flag = Field(default=False, description="List the events behind the values last observed.")
    limit: int = Field(100, ge=1, le=10_000, description="At most so many.", examples=[100])


class Observed(BaseModel):
    """Acts of material conflict in a month; `events` leads to them."""

    month: str
    count: int
    events: str


class ForecastRow(BaseModel):
    """A forecast; `chance`, `mean`, `low` and `high` are null where nothing beats climatology, and the notes say so (docs/guide/forecasts.md)."""

    kind: _Kind
    unit: str
    month: str
    group: _Group
    chance: float | None
    chance_by: str | None
    chance_note: str
    chance_baseline: str
    baseline_chance: float
    mean: float | None
    low: int | None
    high: int | None
    count_by: str | None
    count_note: str
    count_baseline: str
    baseline_mean: float
    observed: list[Observed]
    ids: list[str] | None


class ForecastsView(BaseModel):
    """Forecasts, countries before dyads, likeliest conflict first."""

    items: list[ForecastRow]
    total: int
    as_of: str


class ScoreLine(BaseModel):
    """How a forecaster did: mean scores, and skill against a reference with its interval (95 %)."""

    kind: _Kind
    group: _Group
    forecaster: str
    n: int
    months: int
    happened: int
    brier: float
    log: float
    crps: float
    chance_reference: str | None
    chance_skill: float | None
    chance_low: float | None
    chance_high: float | None
    count_reference: str | None
    count_skill: float | None
    count_low: float | None
    count_high: float | None


class VerdictLine(BaseModel):
    """Which forecaster is shown for a group of units, null where none may be, the best baseline, and why."""

    kind: _Kind
    group: _Group
    target: Literal["chance", "count"]
    shown: str | None
    baseline: str
    reason: str


class BacktestView(BaseModel):
    """The backtest: the months forecast, scores of every forecaster, and what follows from them."""

    first: str | None
    last: str | None
    rows: list[ScoreLine]
    verdicts: list[VerdictLine]
    as_of: str


@router.get("/forecasts", response_model=ForecastsView, responses=PROBLEMS)
async def forecasts(request: Request, snapshot: Snap, query: Annotated[_Wanted, Query()]) -> Response:
    """Forecast next month's material conflict by dyad and country, where that beats the baselines."""
    rows = await _rows(request, snapshot, query)
    return json_answer({"items": rows[: query.limit], "total": len(rows), "as_of": snapshot.stamp})


@router.get("/forecasts.csv", responses=tabled(FORMS["csv"], "forecasts as a table"))
async def forecasts_csv(request: Request, snapshot: Snap, query: Annotated[_Wanted, Query()]) -> Response:
    """Give forecasts as a table of text."""
    frame = _flat((await _rows(request, snapshot, query))[: query.limit])
    return table_answer(frame.with_columns(pl.col(pl.List(pl.Int64)).cast(pl.List(pl.String))), "csv")


@router.get("/forecasts.parquet", responses=tabled(FORMS["parquet"], "forecasts as a Parquet file"))
async def forecasts_parquet(request: Request, snapshot: Snap, query: Annotated[_Wanted, Query()]) -> Response:
    """Give forecasts as a Parquet file."""
    return table_answer(_flat((await _rows(request, snapshot, query))[: query.limit]), "parquet")


@router.get("/forecasts/backtest", response_model=BacktestView, responses=PROBLEMS)
async def tested(request: Request, snapshot: Snap, query: Annotated[_Tested, Query()]) -> Response:
    """Tell how each forecaster did on months gone by, each forecast from the months before it alone."""
    _, found = await _asked(request, snapshot, query)
    verdicts = [asdict(v) for v in found.verdicts if query.kind in {None, v.kind}]
    months = {"first": found.first and found.first.isoformat(), "last": found.last and found.last.isoformat()}
    return json_answer(months | {"rows": _scores(found, query), "verdicts": verdicts, "as_of": snapshot.stamp})


@router.get("/forecasts/backtest.csv", responses=tabled(FORMS["csv"], "scores as a table"))
async def tested_csv(request: Request, snapshot: Snap, query: Annotated[_Tested, Query()]) -> Response:
    """Give the backtest's scores as a table of text."""
    return table_answer(pl.DataFrame(_scores((await _asked(request, snapshot, query))[1], query), infer_schema_length=None), "csv")


@router.get("/forecasts/backtest.parquet", responses=tabled(FORMS["parquet"], "scores as a Parquet file"))
async def tested_parquet(request: Request, snapshot: Snap, query: Annotated[_Tested, Query()]) -> Response:
    """Give the backtest's scores as a Parquet file."""
    return table_answer(pl.DataFrame(_scores((await _asked(request, snapshot, query))[1], query), infer_schema_length=None), "parquet")


async def _asked(request: Request, snapshot: Snapshot, query: _Tested) -> tuple[list[Forecast], Backtest]:
    found: tuple[list[Forecast], Backtest] = await request.app.state.foreseeing.ask(snapshot.acts, snapshot.version, query.selection())
    return found


def _scores(found: Backtest, query: _Tested) -> list[dict[str, Any]]:
    return [asdict(r) for r in found.rows if query.kind in {None, r.kind}]


async def _rows(request: Request, snapshot: Snapshot, query: _Wanted) -> list[dict[str, Any]]:
    dyad = "-".join(sorted(dyad_of(query.dyad))) if query.dyad else None
    country = query.country.upper() if query.country else None
    found, _ = await _asked(request, snapshot, query)
    kept = [f for f in found if query.kind in {None, f.kind} and dyad in {None, f.unit} and (country is None or country in f.unit.split("-"))]
    return [_row(f, query) for f in kept]


def _row(one: Forecast, query: _Wanted) -> dict[str, Any]:
    counting = Counting.model_validate(query.model_dump(include={"hypothetical", "confirmed"}))
    named = {"dyad": one.unit, "both": "true"} if one.kind == "dyad" else {"country": one.unit}
    observed = [
        {"month": m.isoformat(), "count": n, "events": counting.link(**named, quad="MX", since=m.isoformat(), until=period_end(m, "month").isoformat())} for m, n in one.observed
    ]
    return one.to_dict() | {"observed": observed, "ids": list(one.ids) if query.ids else None}


def _flat(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make a table: the months last observed become a list of counts."""
    found = [{k: v for k, v in r.items() if k not in {"observed", "ids"}} | {"observed": [o["count"] for o in r["observed"]], "ids": r["ids"] or []} for r in rows]
    return pl.DataFrame(found, infer_schema_length=None, schema_overrides={"ids": pl.List(pl.String)} if found else None)
