"""Events and stories."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from diurna.link import Families
from diurna.serve.answers import FORMS, GeoJson, geojson_answer, json_answer, next_link, stream_csv, stream_geojson, stream_parquet, table_answer
from diurna.serve.finding import KEY, EventQuery, Flag, StoryQuery, event_rows, event_view, story_rows, story_view
from diurna.serve.routes.common import PROBLEMS, Snap, missing, plainly, tabled, with_missing
from diurna.serve.shapes import EventDetail, EventPage, FeatureCollection, StoryDetail, StoryPage, VersionsView
from diurna.serve.snapshot import Snapshot, cursor_of
from diurna.view.highlights import stretches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Story

__all__ = ["router", "story_facts"]

router = APIRouter(tags=["events and stories"])
_AT_ONCE = 5000  # rows of a streamed answer made at once
_AROUND = timedelta(days=4)  # before and after a story, in which its versions are looked for
_MOST = 300  # stories read for it, the nearest in time
Key = Annotated[str, Path(pattern=KEY, description="An id of the record.")]


class ExportQuery(EventQuery):
    """Say which events are wanted as a file."""

    all: Flag = Field(default=False, description="Stream all events that fit, whatever `limit` says.")


def _page(snapshot: Snapshot, name: str, rows: pl.Series, limit: int, cursor: str | None) -> tuple[pl.DataFrame, str | None]:
    """Cut a page out of the rows found; give it with the cursor of the next."""
    frame = snapshot.acts.events if name == "events" else snapshot.acts.stories
    rest = rows if cursor is None else rows.filter(rows >= snapshot.after(name, cursor))
    page = frame[rest.head(limit)]
    return page, cursor_of(page.row(-1, named=True)) if len(rest) > limit else None


def _frames(snapshot: Snapshot, query: EventQuery) -> Iterator[pl.DataFrame]:
    """Give all events wanted, some thousand at a time; at least one frame, so that a table has its header."""
    rows = event_rows(snapshot, query)
    for first in range(0, max(len(rows), 1), _AT_ONCE):
        yield snapshot.acts.events[rows[first : first + _AT_ONCE]]


@router.get("/events", response_model=EventPage, responses=PROBLEMS)
def events(request: Request, snapshot: Snap, query: Annotated[EventQuery, Query()]) -> Response:
    """List events, newest first."""
    rows = event_rows(snapshot, query)
    page, cursor = _page(snapshot, "events", rows, query.limit, query.cursor)
    items = [event_view(r) for r in page.iter_rows(named=True)]
    return json_answer({"items": items, "total": len(rows), "next": cursor, "as_of": snapshot.stamp}, next_link(request, cursor))


@router.get("/events.geojson", response_class=GeoJson, response_model=FeatureCollection, responses=plainly(PROBLEMS))
def events_geojson(request: Request, snapshot: Snap, query: Annotated[ExportQuery, Query()]) -> Response:
    """Give a page of events that have coordinates, as points."""
    if query.all:
        return stream_geojson([event_view(r) for r in f.iter_rows(named=True)] for f in _frames(snapshot, query))
    page, cursor = _page(snapshot, "events", event_rows(snapshot, query), query.limit, query.cursor)
    return geojson_answer([event_view(r) for r in page.iter_rows(named=True)], next_link(request, cursor))


@router.get("/events.csv", responses=tabled(FORMS["csv"], "a page of events as a table"))
def events_csv(request: Request, snapshot: Snap, query: Annotated[ExportQuery, Query()]) -> Response:
    """Give a page of events as a table of text; `Link` leads to the next page."""
    if query.all:
        return stream_csv(f.drop("row", "month") for f in _frames(snapshot, query))
    page, cursor = _page(snapshot, "events", event_rows(snapshot, query), query.limit, query.cursor)
    return table_answer(page.drop("row", "month"), "csv", next_link(request, cursor))


@router.get("/events.parquet", responses=tabled(FORMS["parquet"], "a page of events as a Parquet file"))
def events_parquet(request: Request, snapshot: Snap, query: Annotated[ExportQuery, Query()]) -> Response:
    """Give a page of events as a Parquet file; `Link` leads to the next page."""
    if query.all:
        return stream_parquet(snapshot.acts.events[event_rows(snapshot, query)].lazy().drop("row", "month"))
    page, cursor = _page(snapshot, "events", event_rows(snapshot, query), query.limit, query.cursor)
    return table_answer(page.drop("row", "month"), "parquet", next_link(request, cursor))


@router.get("/events/{id}", response_model=EventDetail, responses=with_missing())
def event(snapshot: Snap, id: Key) -> Response:  # noqa: A002 - the path's own name
    """Give a whole event record, the sentence it comes from, and what reviewers said of it."""
    row = snapshot.event_row(id)
    story = snapshot.story(row["story"]) if row else None
    if row is None or story is None:
        raise missing("there is no such event in the record", id)
    found = next(e for e in story.events if e.id == id)
    sentence = story.text[found.sentence.start : found.sentence.end]
    keys = snapshot.story_keys(story.id)
    said = snapshot.reviews.get(id)
    return json_answer({"event": found.to_dict(), "sentence": sentence, "story": story_view(keys or {}), "review": said and said.to_dict(), "as_of": snapshot.stamp})


@router.get("/stories", response_model=StoryPage, responses=PROBLEMS)
def stories(request: Request, snapshot: Snap, query: Annotated[StoryQuery, Query()]) -> Response:
    """List stories, newest first."""
    rows = story_rows(snapshot, query)
    page, cursor = _page(snapshot, "stories", rows, query.limit, query.cursor)
    items = [story_view(r) for r in page.iter_rows(named=True)]
    return json_answer({"items": items, "total": len(rows), "next": cursor, "as_of": snapshot.stamp}, next_link(request, cursor))


@router.get("/stories.csv", responses=tabled(FORMS["csv"], "a page of stories as a table"))
def stories_csv(request: Request, snapshot: Snap, query: Annotated[StoryQuery, Query()]) -> Response:
    """Give a page of stories as a table of text; `Link` leads to the next page."""
    page, cursor = _page(snapshot, "stories", story_rows(snapshot, query), query.limit, query.cursor)
    return table_answer(page.drop("row", "month", "batch"), "csv", next_link(request, cursor))


@router.get("/stories/{id}", response_model=StoryDetail, responses=with_missing())
def story(snapshot: Snap, id: Key) -> Response:  # noqa: A002
    """Give a story's text with the words lit up that its events come from, and the events beside it."""
    found = snapshot.story(id)
    if found is None:
        raise missing("there is no such story in the record", id)
    return json_answer(story_facts(found) | {"as_of": snapshot.stamp})


@router.get("/stories/{id}/versions", response_model=VersionsView, responses=with_missing())
def versions(snapshot: Snap, id: Key) -> Response:  # noqa: A002
    """Give the stories that are this story too (copies, updates, rewrites) in order, and which of them says what; looked for in the days around it."""
    found = snapshot.story_keys(id)
    if found is None:
        raise missing("there is no such story in the record", id)
    day, all_ = found["published"], snapshot.acts.stories
    if day is None:  # a story without a day has no days around it
        near = nearest = all_.filter(pl.col("id") == id)
    else:
        near = all_.filter(pl.col("published").is_between(day - _AROUND, day + _AROUND))
        nearest = near.sort((pl.col("published") - pl.lit(day)).abs(), pl.col("row"), nulls_last=True).head(_MOST)
    families = Families(snapshot.stories_of(nearest))
    family = next((f for f in families if id in f.stories), None)
    facts: dict[str, Any] = {"origin": family and family.origin, "publishers": list(family.publishers) if family else [], "read": len(nearest), "of": len(near)}
    titles = dict(nearest.select("id", "title").iter_rows())
    shown = [asdict(v) | {"changes": list(v.changes), "title": titles.get(v.story)} for v in family.versions] if family else []
    said = [asdict(s) | {"stories": list(s.stories), "changes": list(s.changes)} for s in families.statements(family)] if family and len(shown) > 1 else []
    return json_answer({"story": id, **facts, "versions": shown, "statements": said, "as_of": snapshot.stamp})


def story_facts(story: Story) -> dict[str, Any]:
    """Show a whole story: its record, its text cut at every border of evidence, its event records."""
    cuts = [{"text": s.text, "start": s.start, "marks": [{"event": number - 1, "part": part} for number, part in s.marks]} for s in stretches(story)]
    return {"story": story.to_dict(), "stretches": cuts, "events": [e.to_dict() for e in story.events]}
