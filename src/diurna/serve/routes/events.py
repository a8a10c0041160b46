"""Events and stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from diurna.serve.answers import FORMS, GeoJson, geojson_answer, json_answer, next_link, table_answer
from diurna.serve.finding import KEY, EventQuery, StoryQuery, event_rows, event_view, story_rows, story_view
from diurna.serve.routes.common import PROBLEMS, Snap, missing, plainly, tabled, with_missing
from diurna.serve.shapes import EventDetail, EventPage, FeatureCollection, StoryDetail, StoryPage
from diurna.serve.snapshot import Snapshot, cursor_of
from diurna.view.highlights import stretches

if TYPE_CHECKING:
    import polars as pl

    from diurna.records import Story

__all__ = ["router", "story_facts"]

router = APIRouter(tags=["events and stories"])
Key = Annotated[str, Path(pattern=KEY, description="An id of the record.")]


def _page(snapshot: Snapshot, name: str, rows: pl.Series, limit: int, cursor: str | None) -> tuple[pl.DataFrame, str | None]:
    """Cut a page out of the rows found; give it with the cursor of the next."""
    frame = snapshot.acts.events if name == "events" else snapshot.acts.stories
    rest = rows if cursor is None else rows.filter(rows >= snapshot.after(name, cursor))
    page = frame[rest.head(limit)]
    return page, cursor_of(page.row(-1, named=True)) if len(rest) > limit else None


@router.get("/events", response_model=EventPage, responses=PROBLEMS)
def events(request: Request, snapshot: Snap, query: Annotated[EventQuery, Query()]) -> Response:
    """List events, newest first."""
    rows = event_rows(snapshot, query)
    page, cursor = _page(snapshot, "events", rows, query.limit, query.cursor)
    items = [event_view(r) for r in page.iter_rows(named=True)]
    return json_answer({"items": items, "total": len(rows), "next": cursor, "as_of": snapshot.stamp}, next_link(request, cursor))


@router.get("/events.geojson", response_class=GeoJson, response_model=FeatureCollection, responses=plainly(PROBLEMS))
def events_geojson(request: Request, snapshot: Snap, query: Annotated[EventQuery, Query()]) -> Response:
    """Give a page of events that have coordinates, as points."""
    page, cursor = _page(snapshot, "events", event_rows(snapshot, query), query.limit, query.cursor)
    return geojson_answer([event_view(r) for r in page.iter_rows(named=True)], next_link(request, cursor))


@router.get("/events.csv", responses=tabled(FORMS["csv"], "a page of events as a table"))
def events_csv(request: Request, snapshot: Snap, query: Annotated[EventQuery, Query()]) -> Response:
    """Give a page of events as a table of text; `Link` leads to the next page."""
    page, cursor = _page(snapshot, "events", event_rows(snapshot, query), query.limit, query.cursor)
    return table_answer(page.drop("row", "month"), "csv", next_link(request, cursor))


@router.get("/events.parquet", responses=tabled(FORMS["parquet"], "a page of events as a Parquet file"))
def events_parquet(request: Request, snapshot: Snap, query: Annotated[EventQuery, Query()]) -> Response:
    """Give a page of events as a Parquet file; `Link` leads to the next page."""
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
    return json_answer({"event": found.to_dict(), "sentence": sentence, "story": story_view(keys or {}), "review": said and said.to_dict()})


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
    return json_answer(story_facts(found))


def story_facts(story: Story) -> dict[str, Any]:
    """Show a whole story: its record, its text cut at every border of evidence, its event records."""
    cuts = [{"text": s.text, "start": s.start, "marks": [{"event": number - 1, "part": part} for number, part in s.marks]} for s in stretches(story)]
    return {"story": story.to_dict(), "stretches": cuts, "events": [e.to_dict() for e in story.events]}
