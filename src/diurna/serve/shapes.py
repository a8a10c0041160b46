"""What the service takes and gives, as OpenAPI tells it."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations when it runs
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from diurna.serve.finding import Day  # noqa: TC001 - pydantic reads the annotations when it runs

__all__ = [
    "CodeRequest", "Coded", "DyadPage", "DyadTotals", "EventDetail", "EventPage", "EventRow", "FeatureCollection", "Health", "Index", "Measures", "Problem", "StoryDetail",
    "StoryPage", "StoryRow", "VersionsView",
]  # fmt: skip

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{20}$")]
Quad = Literal["VC", "MC", "VX", "MX"]


class Problem(BaseModel):
    """An error: a stable code, what is wrong and what to do, and where."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "D640", "message": "there is no such story in the record", "where": "8a27ec8e774177da2f21"}]})
    code: str
    message: str
    where: str | None = None


class Health(BaseModel):
    """Whether the service and its record are well.

    ``trouble`` says what is wrong with reading it anew; ``ready`` is the share of the views asked for most that are worked out beforehand.
    """

    status: Literal["ok", "stale"]
    as_of: str
    version: str
    events: int
    stories: int
    ready: float
    trouble: str | None = None


class Index(BaseModel):
    """What the record holds, and what may be asked of it."""

    name: str
    program: str
    as_of: str
    version: str
    events: int
    stories: int
    first: date | None
    last: date | None
    demo: bool
    views: dict[str, str]


class PartyRow(BaseModel):
    """A party in short."""

    name: str
    country: str | None
    sector: str | None


class PlaceRow(BaseModel):
    """A place in short; degrees are WGS 84."""

    name: str | None
    country: str | None
    geonames: str | None
    lat: float | None
    lon: float | None


class ClaimantRow(BaseModel):
    """Whom the report credits."""

    name: str
    country: str | None


class EventRow(BaseModel):
    """An event in short; ``/events/{id}`` gives the whole record."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5b1f0c63a1f1f4a5d0c2", "story": "8a27ec8e774177da2f21", "published": "2019-02-12", "sentence": 2, "type": "SANCTION", "mode": "expel",
                    "quad": "material conflict", "score": -5.5, "modality": "actual", "trigger": "expelled",
                    "actors": [{"name": "Russia", "country": "RUS", "sector": "GOV"}], "recipients": [{"name": "Norwegian diplomats", "country": "NOR", "sector": "GOV"}],
                    "from": "2019-02-11", "to": "2019-02-11", "place": None, "claimant": None, "confidence": 0.9, "copy": False,
                }
            ]
        }
    )  # fmt: skip
    id: Key
    story: Key
    published: date | None
    sentence: int
    type: str
    mode: str | None
    quad: str
    score: float
    modality: str
    trigger: str
    actors: list[PartyRow]
    recipients: list[PartyRow]
    from_: date | None = Field(alias="from")
    to: date | None
    place: PlaceRow | None
    claimant: ClaimantRow | None
    confidence: float
    copy_: bool = Field(alias="copy", description="whether the story repeats another")


class EventPage(BaseModel):
    """A page of events, newest first. ``next`` is the cursor of the next page, null on the last."""

    items: list[EventRow]
    total: int
    next: str | None
    as_of: str


class EventDetail(BaseModel):
    """A whole event record (docs/record.md), the sentence that it comes from, its story in short, and what reviewers said beside the machine's value."""

    event: dict[str, Any]
    sentence: str
    story: dict[str, Any]
    review: dict[str, Any] | None = None
    as_of: str


class StoryRow(BaseModel):
    """A story in short."""

    id: Key
    published: date | None
    source: str | None
    url: str | None
    title: str | None
    language: str | None
    events: int
    copy_: bool = Field(alias="copy")


class StoryPage(BaseModel):
    """A page of stories, newest first."""

    items: list[StoryRow]
    total: int
    next: str | None
    as_of: str


class Mark(BaseModel):
    """A mark on words: the number of the event (from 0, in ``events``) and the part these words are of it."""

    event: int
    part: str


class StretchRow(BaseModel):
    """Words with one set of marks; all stretches together are the text."""

    text: str
    start: int
    marks: list[Mark]


class StoryDetail(BaseModel):
    """A whole story: its record with the text, the text cut at every border of evidence, and its event records."""

    story: dict[str, Any]
    stretches: list[StretchRow]
    events: list[dict[str, Any]]
    as_of: str | None = Field(default=None, description="When the record was read; none of a report that is not of the record.")


class VersionRow(BaseModel):
    """A version of a story: what it is to the `previous` one (copy, update, rewrite …), how surely, and what it tells otherwise."""

    story: Key
    title: str | None
    published: str | None
    source: str | None
    kind: str
    previous: Key | None
    score: float
    changes: list[str]


class StatementRow(BaseModel):
    """A sentence through the versions: its last words, the versions that tell it, what changed in it."""

    text: str
    stories: list[Key]
    changes: list[str]


class VersionsView(BaseModel):
    """A story's versions, first one first, out of `read` stories of the `of` in the days around it."""

    story: Key
    origin: str | None
    publishers: list[str]
    read: int
    of: int
    versions: list[VersionRow]
    statements: list[StatementRow]
    as_of: str


class CodeRequest(BaseModel):
    """A report to code."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Peru recalled its ambassador from Mexico City on Friday.", "published": "2022-12-16", "source": "Andean Wire"}]},
    )
    text: str = Field(min_length=1, max_length=50_000)
    published: Day | None = None
    source: str | None = Field(default=None, max_length=200)
    title: str | None = Field(default=None, max_length=500)


class Coded(BaseModel):
    """A coded report; or, where it cannot be read, the reason why. Nothing is kept."""

    coded: StoryDetail | None
    reject: Problem | None


class DyadTotals(BaseModel):
    """A dyad's totals: acts, by quad, sum and mean of their scores, last day."""

    dyad: str
    a: Code
    b: Code
    count: int
    quads: dict[Quad, int]
    score: float
    mean: float
    last: date


class DyadPage(BaseModel):
    """Dyads, most acts first."""

    items: list[DyadTotals]
    total: int
    as_of: str


class PointRow(BaseModel):
    """A period of a dyad. ``events`` leads to the acts counted; ``ids`` lists them where asked for. Measures: docs/guide/measures.md."""

    start: date
    end: date
    stories: int
    count: int
    quads: dict[Quad, int]
    shares: dict[Quad, float]
    score: float
    mean: float | None
    hypothetical: int
    unconfirmed: int
    tension: float | None
    low: float | None
    high: float | None
    hostile: float | None
    friendly: float | None
    bearing: int
    events: str
    ids: list[str] | None = None


class ChangeRow(BaseModel):
    """A change of the level of tension: the first period of the new level, mean before and after."""

    start: date
    before: float
    after: float


class WeekRow(BaseModel):
    """A week with more material conflict than the dyad's last year makes likely."""

    start: date
    end: date
    count: int
    expected: float
    chance: float
    ids: list[str]
    events: str


class Measures(BaseModel):
    """A dyad, period by period."""

    dyad: str
    both: bool
    by: Literal["day", "week", "month"]
    points: list[PointRow]
    changes: list[ChangeRow]
    unusual_weeks: list[WeekRow]
    as_of: str


class Feature(BaseModel):
    """An event at its place."""

    type: Literal["Feature"]
    id: Key
    geometry: dict[str, Any]
    properties: EventRow


class FeatureCollection(BaseModel):
    """GeoJSON (RFC 7946) of the events of a page that have coordinates."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
