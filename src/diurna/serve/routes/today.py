"""What is new."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import polars as pl
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from diurna.analyse.news import news_of
from diurna.serve.answers import json_answer
from diurna.serve.finding import CODE, Day
from diurna.serve.routes.common import PROBLEMS, Snap
from diurna.serve.shapes import PartyRow  # noqa: TC001 - pydantic reads the annotations when it runs

if TYPE_CHECKING:
    from diurna.analyse.news import Item
    from diurna.link.mentions import Side

__all__ = ["router"]

router = APIRouter(tags=["what is new"])
_MOST: Final = 300  # stories whose reports are linked; the newest of the days asked for


class TodayQuery(BaseModel):
    """Say which days are wanted."""

    model_config = ConfigDict(extra="forbid")
    until: Day | None = Field(None, description="Last day of publication; the newest of the record if not given.", examples=["2019-02-12"])
    days: int = Field(3, ge=1, le=31, description="So many days up to it.")
    country: str | None = Field(None, pattern=CODE, description="Only events with this country.", examples=["NOR"])
    limit: int = Field(40, ge=1, le=500, description="At most so many.")


class MentionRow(BaseModel):
    """A report's sentence of an event; `because` says why it is taken for the same event."""

    event: str
    story: str
    source: str | None
    published: date | None
    text: str
    score: float
    because: list[str]


class NewsRow(BaseModel):
    """An event as its reports tell it, and what its weight is made of (docs/guide/page.md)."""

    id: str
    type: str
    quad: str
    modality: str
    actors: list[PartyRow]
    recipients: list[PartyRow]
    from_: date | None = Field(alias="from")
    to: date | None
    place: str | None
    sources: int
    claimants: list[str]
    before: int | None
    weight: float
    force: float
    spread: float
    novelty: float
    told: float
    members: list[MentionRow]


class TodayView(BaseModel):
    """What is new, weightiest first; `stories` are those read for it, of `of` in these days."""

    since: date | None
    until: date | None
    stories: int
    of: int
    total: int
    items: list[NewsRow]
    as_of: str
    order: Literal["weight"] = "weight"


@router.get("/today", response_model=TodayView, responses=PROBLEMS)
def today(snapshot: Snap, query: Annotated[TodayQuery, Query()]) -> Response:
    """Tell what is new: events as their reports tell them together, by force, spread and novelty."""
    until = query.until or (snapshot.acts.span[1] if snapshot.acts.span else None)
    if until is None:
        return json_answer({"since": None, "until": None, "stories": 0, "of": 0, "total": 0, "items": [], "as_of": snapshot.stamp, "order": "weight"})
    since = max(date.min + timedelta(days=366), until - timedelta(days=query.days - 1))
    listed = snapshot.acts.stories.filter(pl.col("published").is_between(since, until), pl.col("events") > 0)
    items = news_of(snapshot.acts, snapshot.stories_of(listed.head(_MOST)), since)
    if query.country is not None:
        items = [i for i in items if query.country.upper() in i.thread.countries]
    shown = [_row(i) for i in items[: query.limit]]
    facts: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat(), "stories": min(_MOST, len(listed)), "of": len(listed)}
    return json_answer(facts | {"total": len(items), "items": shown, "as_of": snapshot.stamp, "order": "weight"})


def _row(item: Item) -> dict[str, Any]:
    t = item.thread
    members = [{k: getattr(m, k) for k in ("event", "story", "source", "published", "text", "score")} | {"because": list(m.because)} for m in t.members]
    numbers = {k: round(getattr(item, k), 4) for k in ("weight", "force", "spread", "novelty", "told")}
    return {
        "id": t.id, "type": t.type, "quad": item.quad, "modality": t.modality, "actors": _parties(item.actors), "recipients": _parties(item.recipients), "from": t.from_,
        "to": t.to, "place": t.place, "sources": t.sources, "claimants": list(t.claimants), "before": item.before, **numbers, "members": members,
    }  # fmt: skip


def _parties(sides: tuple[Side, ...]) -> list[dict[str, str | None]]:
    return [{"name": s.label, "country": s.country, "sector": s.sector} for s in sides]
