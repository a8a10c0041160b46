"""Ledgers of the record: tolls by claimant, acts on accords and standings by party, sources."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any, Final

import polars as pl
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from diurna.analyse.harm import claims_of, harm_ledger, totals
from diurna.analyse.rows import Report
from diurna.analyse.treaties import accords_of, entries_of, standings
from diurna.serve.answers import json_answer
from diurna.serve.finding import CODE, Day
from diurna.serve.routes.common import PROBLEMS, Snap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.serve.snapshot import Snapshot

__all__ = ["router"]

router = APIRouter(tags=["ledgers"])
_MOST: Final = 500  # stories that a ledger is made of: the newest that fit


class LedgerQuery(BaseModel):
    """Say which reports a ledger is made of."""

    model_config = ConfigDict(extra="forbid")
    since: Day | None = Field(None, description="First day of publication.", examples=["2019-01-01"])
    until: Day | None = Field(None, description="Last day of publication.", examples=["2019-12-31"])
    country: str | None = Field(None, pattern=CODE, description="Only tolls in this country, or acts of this state.", examples=["NOR"])


class TreatyQuery(LedgerQuery):
    """Say which accord is wanted, and when."""

    accord: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(None, description="Words in the accord's name.", examples=["New START"])
    on: Day | None = Field(None, description="Day of the standings; the last of the record if not given.")


class LedgerView(BaseModel):
    """What a ledger has in common: how many stories it is made of, and of how many that fit."""

    stories: int
    of: int
    as_of: str


class HarmView(LedgerView):
    """Tolls, newest first; `totals` by kind, where incidents within others are not counted twice (docs/guide/ledgers.md)."""

    items: list[dict[str, Any]]
    totals: dict[str, dict[str, Any]]


class AccordRow(BaseModel):
    """An accord: what the record says that states did, and how each stands on a day."""

    accord: str
    entity: str | None
    entries: list[dict[str, Any]]
    standings: list[dict[str, Any]]


class TreatiesView(LedgerView):
    """Accords that the record speaks of, the last acted on first."""

    on: date | None
    items: list[AccordRow]


class SourceRow(BaseModel):
    """What one source gave the record; `mean` is events a story."""

    source: str
    stories: int
    copies: int
    events: int
    mean: float
    first: date | None
    last: date | None
    days: int | None = Field(description="Days between its last story and the record's last.")


class SourcesView(BaseModel):
    """Sources, most stories first."""

    items: list[SourceRow]
    as_of: str


def _reports(request: Request, snapshot: Snapshot, table: str, query: LedgerQuery) -> tuple[list[Report], dict[str, Any]]:
    """Read the newest stories that have rows in a table."""
    ids = request.app.state.holder.store.rows(table).select(pl.col("story").unique()).collect()["story"]
    stories = snapshot.acts.stories.filter(pl.col("id").is_in(ids.implode()), ~pl.col("copy"))
    for bound, holds in ((query.since, pl.col("published") >= query.since), (query.until, pl.col("published") <= query.until)):
        stories = stories if bound is None else stories.filter(holds)
    chosen = snapshot.stories_of(stories.head(_MOST))
    reports = [Report(s.id, s.published and s.published[:10], s.source, s.events, s.harm) for s in chosen]
    return reports, {"stories": len(reports), "of": len(stories), "as_of": snapshot.stamp}


@router.get("/ledgers/harm", response_model=HarmView, responses=PROBLEMS)
def harm(request: Request, snapshot: Snap, query: Annotated[LedgerQuery, Query()]) -> Response:
    """Give tolls by claimant: best, low and high, what was superseded, what was denied."""
    reports, facts = _reports(request, snapshot, "harm", query)
    incidents = harm_ledger(claims_of(reports))
    if query.country is not None:
        incidents = [i for i in incidents if query.country.upper() in {c.country for c in i.claims}]
    sums = {kind: {"best": f.best, "low": f.low, "high": f.high, "open": f.open} for kind, f in totals(incidents).items()}
    items = sorted((i.to_dict() for i in incidents), key=lambda i: (i["to"] or "", i["incident"]), reverse=True)
    return json_answer({"items": items, "totals": sums, **facts})


@router.get("/ledgers/treaties", response_model=TreatiesView, responses=PROBLEMS)
def treaties(request: Request, snapshot: Snap, query: Annotated[TreatyQuery, Query()]) -> Response:
    """Give the accords that the record speaks of: what states did to each, and how each state stands to it on a day."""
    reports, facts = _reports(request, snapshot, "treaties", query)
    on = query.on or query.until or (snapshot.acts.span[1] if snapshot.acts.span else None)
    entries = [e for e in entries_of(reports) if query.country is None or e.state == query.country.upper()]
    items = [_accord(accord, entries, on.isoformat()) for accord in accords_of(entries)] if on else []
    if query.accord is not None:
        items = [i for i in items if query.accord.casefold() in i["accord"].casefold()]
    items.sort(key=lambda i: max((e["to"] for e in i["entries"]), default=""), reverse=True)
    return json_answer({"on": on and on.isoformat(), "items": items, **facts})


def _accord(accord: Any, entries: Sequence[Any], on: str) -> dict[str, Any]:  # noqa: ANN401 - an accord of the table, or a name
    name = accord if isinstance(accord, str) else accord.name
    mine = [e.to_dict() for e in entries if e.accord == name]
    stand = [{"state": s.state, "status": s.status, "since": s.since} for s in standings(accord, entries, on)]
    return {"accord": name, "entity": mine[0]["entity"] if mine else None, "entries": mine, "standings": stand}


@router.get("/sources", response_model=SourcesView, responses=PROBLEMS)
def sources(snapshot: Snap) -> Response:
    """List the sources of the record with what each gave, and how fresh each is."""
    newest = snapshot.acts.span[1] if snapshot.acts.span else None
    rows = (
        snapshot.acts.stories.group_by(pl.col("source").fill_null(""))
        .agg(stories=pl.len(), copies=pl.col("copy").sum(), events=pl.col("events").sum(), first=pl.col("published").min(), last=pl.col("published").max())
        .sort(["stories", "source"], descending=[True, False])
    )
    items = [
        r | {"mean": round(r["events"] / r["stories"], 3), "days": (newest - r["last"]).days if newest and r["last"] else None}
        | {k: r[k] and r[k].isoformat() for k in ("first", "last")}
        for r in rows.iter_rows(named=True)
    ]  # fmt: skip
    return json_answer({"items": items, "as_of": snapshot.stamp})
