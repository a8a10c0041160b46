"""Signals that rules have made of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from diurna.serve.answers import FORMS, json_answer, next_link, table_answer
from diurna.serve.finding import Day  # noqa: TC001 - pydantic reads the annotations when it runs
from diurna.serve.routes.common import PROBLEMS, Snap, tabled
from diurna.signals import KINDS, outbox_path, read_sent

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.signals import Sent

__all__ = ["router"]

router = APIRouter(tags=["signals"])
_Words = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class SignalsQuery(BaseModel):
    """Say which signals are wanted."""

    model_config = ConfigDict(extra="forbid")
    rule: _Words | None = Field(None, description="Name of a rule.", examples=["first threat"])
    kind: str | None = Field(None, pattern=f"^({'|'.join(KINDS)})$", description="Kind of rule.", examples=["match"])
    since: Day | None = Field(None, description="Made on this day (UTC) or later.", examples=["2019-01-01"])
    limit: int = Field(50, ge=1, le=500, description="At most so many.", examples=[50])
    cursor: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="`next` of the page before.", examples=["120"])


class EvidenceRow(BaseModel):
    """An event that a signal rests on, with the sentence that tells it."""

    event: str
    story: str
    source: str | None
    published: str | None
    type: str
    modality: str
    sentence: str
    claimant: str | None
    confidence: float


class SignalRow(BaseModel):
    """What a rule saw; `channels` tells of each way out when it took the signal, null while it has not."""

    id: str
    rule: str
    kind: str
    about: str
    subject: str
    title: str
    on: str
    made: str
    value: float | None
    limit: float | None
    sources: int
    claimants: list[str]
    events: list[str]
    evidence: list[EvidenceRow]
    link: str
    channels: dict[str, str | None]


class SignalsView(BaseModel):
    """Signals, newest first. ``next`` is the cursor of the next page, null on the last."""

    items: list[SignalRow]
    total: int
    next: str | None
    as_of: str


@router.get("/signals", response_model=SignalsView, responses=PROBLEMS)
def signals(request: Request, snapshot: Snap, query: Annotated[SignalsQuery, Query()]) -> Response:
    """List the signals that rules have made, newest first, with their evidence."""
    found, total, cursor = _found(request, query)
    return json_answer({"items": [_row(s) for s in found], "total": total, "next": cursor, "as_of": snapshot.stamp}, next_link(request, cursor))


@router.get("/signals.csv", responses=tabled(FORMS["csv"], "a page of signals as a table"))
def signals_csv(request: Request, query: Annotated[SignalsQuery, Query()]) -> Response:
    """Give a page of signals as a table of text; `Link` leads to the next page."""
    found, _, cursor = _found(request, query)
    rows = [{k: v for k, v in _row(s).items() if k not in {"evidence", "channels"}} for s in found]
    return table_answer(pl.DataFrame(rows, schema=_COLUMNS), "csv", next_link(request, cursor))


_TEXTS = ("id", "rule", "kind", "about", "subject", "title", "on", "made")
_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, pl.String), "value": pl.Float64, "limit": pl.Float64, "sources": pl.Int64, "claimants": pl.List(pl.String), "events": pl.List(pl.String),
    "link": pl.String,
}  # fmt: skip


def _found(request: Request, query: SignalsQuery) -> tuple[list[Sent], int, str | None]:
    path = _state(request)
    before = int(query.cursor) if query.cursor is not None else None
    since = query.since.isoformat() if query.since else None
    found, total = ([], 0) if path is None else read_sent(path, rule=query.rule, kind=query.kind, since=since, before=before, limit=query.limit + 1)
    more = len(found) > query.limit
    return found[: query.limit], total, str(found[query.limit - 1].number) if more else None


def _state(request: Request) -> Path | None:
    """Give the place of the state; None where the record lies in an object store and none was named."""
    named: Path | None = request.app.state.settings.signals
    url: str = request.app.state.holder.store.url
    return named or (None if "://" in url else outbox_path(url))


def _row(sent: Sent) -> dict[str, Any]:
    row = sent.signal.to_dict()
    row["evidence"] = [{k: v for k, v in e.items() if k not in {"link", "url"}} for e in row["evidence"]]
    return row | {"made": sent.made, "channels": {name: d["delivered"] for name, d in sent.deliveries.items()}}
