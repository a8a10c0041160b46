"""Views over the whole record: networks, countries, claims, search."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from diurna.analyse.accounts import account_of, claims_table, countries_of
from diurna.analyse.network import bloc_cohesion, network_of
from diurna.serve.answers import FORMS, json_answer, table_answer
from diurna.serve.finding import CODE, EventQuery, Flag, StoryQuery, event_rows, event_view, story_rows, story_view
from diurna.serve.names import country_names
from diurna.serve.routes.common import PROBLEMS, Snap, missing, tabled, with_missing
from diurna.serve.routes.dyads import Counting
from diurna.serve.shapes import EventRow, StoryRow  # noqa: TC001 - FastAPI reads the annotations when it runs

if TYPE_CHECKING:
    from diurna.serve.snapshot import Snapshot

__all__ = ["router"]

router = APIRouter(tags=["the whole record"])
_CODES = r"^[A-Za-z]{3}(,[A-Za-z]{3}){1,99}$"
Code = Annotated[str, Path(pattern=CODE, description="Alpha-3, or IGO, NGO, MNC.", examples=["NOR"])]
Quad = Literal["VC", "MC", "VX", "MX", ""]


class NetworkQuery(Counting):
    """Say which ties are wanted."""

    least: int = Field(3, ge=1, le=1_000_000, description="Acts that a tie has at least.")
    states: str | None = Field(None, pattern=_CODES, description="Only ties among these states.", examples=["NOR,SWE,FIN"])


class TieRow(BaseModel):
    """The tie of two states; `events` leads to the acts."""

    a: str
    b: str
    count: int
    score: float
    mean: float
    sign: Literal[-1, 0, 1]
    events: str


class BalanceRow(BaseModel):
    """Triangles by number of hostile ties (0 to 3), and the shares that balance."""

    triangles: int
    by_hostile: list[int]
    balanced: float | None
    weakly: float | None
    expected: float | None


class NetworkView(BaseModel):
    """The network of states (docs/guide/measures.md)."""

    ties: list[TieRow]
    communities: dict[str, int]
    frustration: float | None
    balance: BalanceRow
    as_of: str


class BlocQuery(Counting):
    """Say which bloc is wanted."""

    states: str = Field(pattern=_CODES, description="Its members, alpha-3, two or more.", examples=["NOR,SWE,FIN"])


class BlocView(BaseModel):
    """How a bloc holds together: mean scores within and across, and the acts within."""

    members: list[str]
    within: float | None
    across: float | None
    count_within: int
    count_across: int
    pairs_tied: float | None
    ids: list[str]
    as_of: str


class CountryLine(BaseModel):
    """A country's totals."""

    code: str
    name: str | None
    done: int
    suffered: int
    mean_done: float | None
    mean_suffered: float | None
    last: str
    events: str


class CountriesView(BaseModel):
    """Countries, most acts first."""

    items: list[CountryLine]
    as_of: str


class EntryLine(BaseModel):
    """A line of a country's account."""

    type: str
    quad: Quad
    done: int
    suffered: int
    events: str


class PartnerLine(BaseModel):
    """A country's acts with another."""

    code: str
    name: str | None
    outward: int
    inward: int
    mean: float


class AccountView(BaseModel):
    """A country's account."""

    code: str
    name: str | None
    entries: list[EntryLine]
    partners: list[PartnerLine]
    as_of: str


class ClaimsQuery(Counting):
    """Say which claims are wanted; every modality is told apart, so that `hypothetical` and `confirmed` change nothing."""

    actor: str | None = Field(None, pattern=CODE, description="The country said to act.", examples=["RUS"])
    claimant: str | None = Field(None, pattern=CODE, description="The claimant's country.", examples=["UKR"])
    limit: int = Field(100, ge=1, le=10_000, description="At most so many rows.")
    ids: Flag = Field(default=False, description="List the events of every row.")


class ClaimLine(BaseModel):
    """Who claims what of whom."""

    claimant: str
    claimant_country: str | None
    actor: str
    quad: Quad
    told: int
    denied: int
    open: int
    against: bool
    ids: list[str] | None = None


class ClaimsView(BaseModel):
    """Claims, most first."""

    items: list[ClaimLine]
    total: int
    as_of: str


class SearchQuery(BaseModel):
    """Say what to look for."""

    model_config = {"extra": "forbid"}
    q: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(description="Words, a code, or a dyad.", examples=["norw"])
    limit: int = Field(8, ge=1, le=50, description="At most so many of each kind.")


class Named(BaseModel):
    """A country by code and name."""

    code: str
    name: str | None
    count: int


class DyadHit(BaseModel):
    """A dyad that has events."""

    dyad: str
    count: int


class SearchView(BaseModel):
    """What was found, by kind."""

    countries: list[Named]
    dyads: list[DyadHit]
    events: list[EventRow]
    stories: list[StoryRow]
    as_of: str


@router.get("/networks", response_model=NetworkView, responses=PROBLEMS)
def networks(snapshot: Snap, query: Annotated[NetworkQuery, Query()]) -> Response:
    """Give the network of states: signed ties, communities, balance."""
    return json_answer(_network(snapshot, query))


@router.get("/networks.csv", responses=tabled(FORMS["csv"], "ties as a table"))
def networks_csv(snapshot: Snap, query: Annotated[NetworkQuery, Query()]) -> Response:
    """Give the ties of states as a table of text."""
    return table_answer(pl.DataFrame(_network(snapshot, query)["ties"]), "csv")


def _network(snapshot: Snapshot, query: NetworkQuery) -> dict[str, Any]:
    among = query.states.upper().split(",") if query.states else None
    found = network_of(snapshot.acts, selection=query.selection(), least=query.least, among=among, ids=False)
    ties = [{k: v for k, v in t.to_dict().items() if k != "ids"} | {"events": query.link(dyad=f"{t.a}-{t.b}", both="true")} for t in found.ties]
    return {"ties": ties, "communities": found.communities, "frustration": found.frustration, "balance": asdict(found.balance), "as_of": snapshot.stamp}


@router.get("/networks/bloc", response_model=BlocView, responses=PROBLEMS)
def bloc(snapshot: Snap, query: Annotated[BlocQuery, Query()]) -> Response:
    """Tell how a bloc of states holds together; of a single member named twice, nothing can be told."""
    members = query.states.upper().split(",")
    return json_answer(asdict(bloc_cohesion(snapshot.acts, members, selection=query.selection())) | {"as_of": snapshot.stamp})


@router.get("/countries", response_model=CountriesView, responses=PROBLEMS)
def countries(snapshot: Snap, query: Annotated[Counting, Query()]) -> Response:
    """List the countries of the record, most acts first."""
    return json_answer({"items": _countries(snapshot, query), "as_of": snapshot.stamp})


@router.get("/countries.csv", responses=tabled(FORMS["csv"], "countries as a table"))
def countries_csv(snapshot: Snap, query: Annotated[Counting, Query()]) -> Response:
    """Give the countries of the record as a table of text."""
    return table_answer(pl.DataFrame(_countries(snapshot, query), infer_schema_length=None), "csv")


def _countries(snapshot: Snapshot, query: Counting) -> list[dict[str, Any]]:
    names = country_names()
    return [
        asdict(r) | {"name": names.get(r.code), "last": r.last.isoformat(), "events": query.link(country=r.code)}
        for r in countries_of(snapshot.acts, selection=query.selection())
    ]  # fmt: skip


@router.get("/countries/{code}", response_model=AccountView, responses=with_missing())
def country(snapshot: Snap, code: Code, query: Annotated[Counting, Query()]) -> Response:
    """Give a country's account: what it does and suffers, by type, and with whom."""
    code, names = code.upper(), country_names()
    if code not in snapshot.acts.countries and code not in names:
        raise missing("the record and the tables know no such country", code)
    account = account_of(snapshot.acts, code, selection=query.selection(), ids=False)
    entries = [
        {"type": e.type, "quad": e.quad, "done": e.done, "suffered": e.suffered, "events": query.link(country=code, type=e.type)} for e in account.entries
    ]
    partners = [asdict(p) | {"name": names.get(p.code)} for p in account.partners]
    return json_answer({"code": code, "name": names.get(code), "entries": entries, "partners": partners, "as_of": snapshot.stamp})


@router.get("/claims", response_model=ClaimsView, responses=PROBLEMS)
def claims(snapshot: Snap, query: Annotated[ClaimsQuery, Query()]) -> Response:
    """List who claims what of whom, with what is told and what is denied side by side."""
    rows = _claims(snapshot, query)
    items = [r | {"ids": r["ids"] if query.ids else None} for r in rows[: query.limit]]
    return json_answer({"items": items, "total": len(rows), "as_of": snapshot.stamp})


@router.get("/claims.csv", responses=tabled(FORMS["csv"], "claims as a table"))
def claims_csv(snapshot: Snap, query: Annotated[ClaimsQuery, Query()]) -> Response:
    """Give who claims what of whom as a table of text."""
    return table_answer(pl.DataFrame(_claims(snapshot, query)[: query.limit], infer_schema_length=None), "csv")


def _claims(snapshot: Snapshot, query: ClaimsQuery) -> list[dict[str, Any]]:
    codes = {"actor": query.actor and query.actor.upper(), "claimant": query.claimant and query.claimant.upper()}
    rows = [asdict(r) for r in claims_table(snapshot.acts, **codes, selection=query.selection())]
    return [{("open" if k == "open_" else k): v for k, v in r.items()} for r in rows]


@router.get("/search", response_model=SearchView, responses=PROBLEMS)
def search(snapshot: Snap, query: Annotated[SearchQuery, Query()]) -> Response:
    """Find countries, dyads, events and stories by words, for a box to jump from."""
    words, acts = query.q.casefold().strip(), snapshot.acts
    names = country_names()
    known = {code: len(rows) for code, rows in acts.countries.items()}
    hits = [c for c in known if words == c.casefold() or words in names.get(c, "").casefold()]
    hits.sort(key=lambda c: (c.casefold() != words, not names.get(c, "").casefold().startswith(words), -known[c]))
    parts = [p for p in words.replace("–", "-").replace(" ", "-").split("-") if p]
    pairs = [(a, b) for a, b in acts.dyads if _named(parts, (a, b), names)] if parts else []
    pairs.sort(key=lambda p: (-len(acts.dyads[p]), p))
    events = event_rows(snapshot, EventQuery.model_validate({"q": query.q})).head(query.limit)
    stories = story_rows(snapshot, StoryQuery.model_validate({"q": query.q})).head(query.limit)
    return json_answer(
        {
            "countries": [{"code": c, "name": names.get(c), "count": known[c]} for c in hits[: query.limit]],
            "dyads": [{"dyad": f"{a}-{b}", "count": len(acts.dyads[a, b])} for a, b in pairs[: query.limit]],
            "events": [event_view(r) for r in acts.events[events].iter_rows(named=True)],
            "stories": [story_view(r) for r in acts.stories[stories].iter_rows(named=True)],
            "as_of": snapshot.stamp,
        }
    )  # fmt: skip


def _named(parts: list[str], pair: tuple[str, str], names: dict[str, str]) -> bool:
    """Tell whether words name a dyad: each of the first two begins the code or the name of a side, in order."""
    if pair[0] == pair[1]:
        return False
    if len(parts) == 1:
        return parts[0] in {c.casefold() for c in pair}
    return all(c.casefold().startswith(p) or names.get(c, "").casefold().startswith(p) for p, c in zip(parts[:2], pair, strict=False))
