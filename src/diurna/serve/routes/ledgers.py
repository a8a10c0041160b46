"""Ledgers of the record: tolls by claimant, acts on accords and standings by party, sources."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any, Final

import polars as pl
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from diurna.analyse.acts import Selection
from diurna.analyse.harm import claims_of, harm_ledger, totals
from diurna.analyse.rows import Report
from diurna.analyse.treaties import accords_of, entries_of, standings
from diurna.serve.answers import FORMS, json_answer, table_answer
from diurna.serve.finding import CODE, Day
from diurna.serve.routes.common import PROBLEMS, Snap, tabled

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
    stories = stories.filter(*Selection(since=query.since, until=query.until).within())
    chosen = snapshot.stories_of(stories.head(_MOST))
    reports = [Report(s.id, s.published and s.published[:10], s.source, s.events, s.harm) for s in chosen]
    return reports, {"stories": len(reports), "of": len(stories), "as_of": snapshot.stamp}


@router.get("/ledgers/harm", response_model=HarmView, responses=PROBLEMS)
def harm(request: Request, snapshot: Snap, query: Annotated[LedgerQuery, Query()]) -> Response:
    """Give tolls by claimant: best, low and high, what was superseded, what was denied."""
    return json_answer(_harm(request, snapshot, query))


def _harm(request: Request, snapshot: Snapshot, query: LedgerQuery) -> dict[str, Any]:
    reports, facts = _reports(request, snapshot, "harm", query)
    incidents = harm_ledger(claims_of(reports))
    if query.country is not None:
        incidents = [i for i in incidents if query.country.upper() in {c.country for c in i.claims}]
    sums = {kind: {"best": f.best, "low": f.low, "high": f.high, "open": f.open} for kind, f in totals(incidents).items()}
    items = sorted((i.to_dict() for i in incidents), key=lambda i: (i["to"] or "", i["incident"]), reverse=True)
    return {"items": items, "totals": sums, **facts}


@router.get("/ledgers/harm.csv", responses=tabled(FORMS["csv"], "tolls as a table, a line for each claim"))
def harm_csv(request: Request, snapshot: Snap, query: Annotated[LedgerQuery, Query()]) -> Response:
    """Give tolls as a table of text, a line for each claim: what still stands, what was superseded, what was denied."""
    return table_answer(pl.DataFrame(_toll_lines(request, snapshot, query), infer_schema_length=None), "csv")


@router.get("/ledgers/harm.parquet", responses=tabled(FORMS["parquet"], "tolls as a Parquet file, a line for each claim"))
def harm_parquet(request: Request, snapshot: Snap, query: Annotated[LedgerQuery, Query()]) -> Response:
    """Give tolls as a Parquet file, a line for each claim."""
    return table_answer(pl.DataFrame(_toll_lines(request, snapshot, query), infer_schema_length=None), "parquet")


def _toll_lines(request: Request, snapshot: Snapshot, query: LedgerQuery) -> list[dict[str, Any]]:
    lines = []
    for i in _harm(request, snapshot, query)["items"]:
        head = {k: i[k] for k in ("incident", "kind", "best", "low", "high", "place", "country", "from", "to")}
        for state in ("claims", "superseded", "denied"):
            said = ({f"claim_{k}": c[k] for k in ("claimant", "low", "high", "published", "story", "event", "text")} for c in i[state])
            lines += [head | {"state": "stands" if state == "claims" else state} | c for c in said]
    return lines


@router.get("/ledgers/treaties.csv", responses=tabled(FORMS["csv"], "acts on accords as a table"))
def treaties_csv(request: Request, snapshot: Snap, query: Annotated[TreatyQuery, Query()]) -> Response:
    """Give acts on accords as a table of text."""
    return table_answer(pl.DataFrame(_act_lines(request, snapshot, query), infer_schema_length=None), "csv")


@router.get("/ledgers/treaties.parquet", responses=tabled(FORMS["parquet"], "acts on accords as a Parquet file"))
def treaties_parquet(request: Request, snapshot: Snap, query: Annotated[TreatyQuery, Query()]) -> Response:
    """Give acts on accords as a Parquet file."""
    return table_answer(pl.DataFrame(_act_lines(request, snapshot, query), infer_schema_length=None), "parquet")


def _act_lines(request: Request, snapshot: Snapshot, query: TreatyQuery) -> list[dict[str, Any]]:
    kept = ("accord", "entity", "state", "action", "step", "from", "to")
    entries = [e for i in _treaties(request, snapshot, query)["items"] for e in i["entries"]]
    return [{k: e[k] for k in kept} | {"stories": ";".join(dict.fromkeys(v["story"] for v in e["evidence"] if v["story"]))} for e in entries]


@router.get("/ledgers/treaties", response_model=TreatiesView, responses=PROBLEMS)
def treaties(request: Request, snapshot: Snap, query: Annotated[TreatyQuery, Query()]) -> Response:
    """Give the accords that the record speaks of: what states did to each, and how each state stands to it on a day."""
    return json_answer(_treaties(request, snapshot, query))


def _treaties(request: Request, snapshot: Snapshot, query: TreatyQuery) -> dict[str, Any]:
    reports, facts = _reports(request, snapshot, "treaties", query)
    on = query.on or query.until or (snapshot.acts.span[1] if snapshot.acts.span else None)
    entries = [e for e in entries_of(reports) if query.country is None or e.state == query.country.upper()]
    items = [_accord(accord, entries, on.isoformat()) for accord in accords_of(entries)] if on else []
    if query.accord is not None:
        items = [i for i in items if query.accord.casefold() in i["accord"].casefold()]
    items.sort(key=lambda i: max((e["to"] for e in i["entries"]), default=""), reverse=True)
    return {"on": on and on.isoformat(), "items": items, **facts}


def _accord(accord: Any, entries: Sequence[Any], on: str) -> dict[str, Any]:  # noqa: ANN401 - an accord of the table, or a name
    name = accord if isinstance(accord, str) else accord.name
    mine = [e.to_dict() for e in entries if e.accord == name]
    stand = [{"state": s.state, "status": s.status, "since": s.since} for s in standings(accord, entries, on)]
    return {"accord": name, "entity": mine[0]["entity"] if mine else None, "entries": mine, "standings": stand}


@router.get("/sources", response_model=SourcesView, responses=PROBLEMS)
def sources(snapshot: Snap) -> Response:
    """List the sources of the record with what each gave, and how fresh each is."""
    return json_answer({"items": _sources(snapshot), "as_of": snapshot.stamp})


@router.get("/sources.csv", responses=tabled(FORMS["csv"], "sources as a table"))
def sources_csv(snapshot: Snap) -> Response:
    """Give the sources of the record as a table of text."""
    return table_answer(pl.DataFrame(_sources(snapshot), infer_schema_length=None), "csv")


def _sources(snapshot: Snapshot) -> list[dict[str, Any]]:
    newest = snapshot.acts.span[1] if snapshot.acts.span else None
    rows = (
        snapshot.acts.stories.group_by(pl.col("source").fill_null(""))
        .agg(stories=pl.len(), copies=pl.col("copy").sum(), events=pl.col("events").sum(), first=pl.col("published").min(), last=pl.col("published").max())
        .sort(["stories", "source"], descending=[True, False])
    )
    return [
        r | {"mean": round(r["events"] / r["stories"], 3), "days": (newest - r["last"]).days if newest and r["last"] else None}
        | {k: r[k] and r[k].isoformat() for k in ("first", "last")}
        for r in rows.iter_rows(named=True)
    ]  # fmt: skip
