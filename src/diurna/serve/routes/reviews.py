"""Reviews: what readers confirm, correct or reject. Writing one asks for a key, wherever the service listens."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Literal

import polars as pl
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from diurna.serve.answers import json_answer
from diurna.serve.finding import KEY
from diurna.serve.routes.common import PROBLEMS, Snap, missing, with_missing
from diurna.serve.shapes import Problem

__all__ = ["router"]

router = APIRouter(tags=["reviews"])
_Key = Annotated[str, StringConstraints(pattern=KEY)]


class ReviewsQuery(BaseModel):
    """Say which reviews are wanted."""

    model_config = ConfigDict(extra="forbid")
    event: str | None = Field(None, pattern=KEY, description="Id of an event.")
    limit: int = Field(100, ge=1, le=1000, description="At most so many.")


class ReviewRow(BaseModel):
    """A review of an event."""

    event: str
    verdict: str
    field: str | None
    value: str | None
    reason: str | None
    reviewer: str | None
    recorded: str


class ReviewsView(BaseModel):
    """Reviews, newest first."""

    items: list[ReviewRow]
    total: int


class NewReview(BaseModel):
    """A review: a verdict on an event; for a correction the field and its right value, as in docs/record.md."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"event": "5b1f0c63a1f1f4a5d0c2", "verdict": "confirm"}]})
    event: _Key
    verdict: Literal["confirm", "correct", "reject"]
    field: str | None = Field(default=None, max_length=100)
    value: str | None = Field(default=None, max_length=2000, description="The right value, as JSON.")
    reason: str | None = Field(default=None, max_length=2000)


@router.get("/reviews", response_model=ReviewsView, responses=PROBLEMS)
def reviews(request: Request, query: Annotated[ReviewsQuery, Query()]) -> Response:
    """List reviews, newest first."""
    rows = request.app.state.holder.store.rows("reviews")
    if query.event is not None:
        rows = rows.filter(pl.col("event") == query.event)
    found = rows.sort("recorded", descending=True).drop("month").collect()
    items = [r | {"recorded": r["recorded"].isoformat()} for r in found.head(query.limit).iter_rows(named=True)]
    return json_answer({"items": items, "total": len(found)})


@router.post("/reviews", status_code=201, response_model=ReviewRow, responses=with_missing() | {413: {"model": Problem}, 429: {"model": Problem}})
def review(request: Request, snapshot: Snap, new: NewReview) -> Response:
    """Write a review; it is the key's name that signs it."""
    if snapshot.event_row(new.event) is None:
        raise missing("there is no such event in the record", new.event)
    now = datetime.now(UTC)
    value = None if new.value is None else json.dumps(_json(new.value), ensure_ascii=False)
    row = {"event": new.event, "verdict": new.verdict, "field": new.field, "value": value, "reason": new.reason, "reviewer": request.scope["diurna.key"], "recorded": now}
    request.app.state.holder.store.append("reviews", [{"month": f"{now:%Y-%m}", **row}])
    answer = json_answer(row | {"recorded": now.isoformat()})
    answer.status_code = 201
    return answer


def _json(text: str) -> object:
    """Take a value as JSON, or as plain words where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
