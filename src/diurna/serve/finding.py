"""Find events and stories in a snapshot by what was asked for."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from diurna.analyse.acts import Selection, dyad_of
from diurna.analyse.places import in_land
from diurna.knowledge.disputed import viewpoints
from diurna.ontology import QUADS, TYPES

if TYPE_CHECKING:
    from diurna.serve.snapshot import Snapshot

__all__ = ["CODE", "CURSOR", "DYAD", "KEY", "LAND", "Borders", "Day", "EventQuery", "Flag", "StoryQuery", "counting", "event_rows", "event_view", "story_rows", "story_view"]

KEY = r"^[0-9a-f]{20}$"
CODE = r"^[A-Za-z]{3}$"
DYAD = r"^[A-Za-z]{3}-[A-Za-z]{3}$"
LAND = r"^([A-Za-z]{3}|open)$"
CURSOR = r"^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|undated)\.[0-9a-f]{20}$"


def _iso(value: object) -> object:
    """Take a day only as ISO 8601 writes it; pydantic alone would take numbers too."""
    if not isinstance(value, date) and not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        raise ValueError("a day is written like 2023-02-22")
    return value


def _flag(value: object) -> object:
    """Take a flag only as JSON writes it."""
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("a flag is true or false")
    return value


Day = Annotated[date, BeforeValidator(_iso), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[bool, BeforeValidator(_flag)]


def _view(value: str) -> str:
    if value not in viewpoints():
        raise ValueError(f"a view of borders is one of {', '.join(viewpoints())}")
    return value


Borders = Annotated[
    str, AfterValidator(_view), WithJsonSchema({"type": "string", "enum": list(viewpoints())}),
    Field(description="Whose view of disputed borders: as they are `held`, as the United Nations (`un`) have them, or as a state does.", examples=["un"]),
]  # fmt: skip
_Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Type = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z_-]{0,39}$")]  # a record may follow an ontology of one's own
_Modality = Literal["actual", "historical", "future", "hypothetical", "negated"]
_Quad = Literal["VC", "MC", "VX", "MX"]


class EventQuery(BaseModel):
    """Say which events are wanted; all conditions hold at once."""

    model_config = ConfigDict(extra="forbid")
    dyad: str | None = Field(None, pattern=DYAD, description="Actor's and recipient's country, alpha-3.", examples=["RUS-UKR"])
    both: Flag = Field(default=False, description="With `dyad`: the other way round too.")
    country: str | None = Field(None, pattern=CODE, description="A country on either side.", examples=["NOR"])
    type: list[_Type] = Field([], max_length=16, description=f"Types: {', '.join(TYPES)}; or those of your own ontology.", examples=[["SANCTION"]])
    quad: list[_Quad] = Field([], max_length=4, description="VC, MC: verbal, material cooperation; VX, MX: conflict.", examples=[["MX"]])
    modality: list[_Modality] = Field([], max_length=5, description="Modalities (codebook §3).", examples=[["actual"]])
    claimant: _Words | None = Field(None, description="Words in the claimant's name, or its country.", examples=["ministry"])
    place: _Words | None = Field(None, description="Words in the place's name, or its country.", examples=["Oslo"])
    land: str | None = Field(None, pattern=LAND, description="The country that the place counts for, alpha-3; `open` for what `borders` leaves open.", examples=["UKR"])
    borders: Borders = "held"
    story: str | None = Field(None, pattern=KEY, description="Id of a story.", examples=["8a27ec8e774177da2f21"])
    q: _Words | None = Field(None, description="Words in the trigger, or in a party's name.", examples=["diplomats"])
    since: Day | None = Field(None, description="First day of publication.", examples=["2019-01-01"])
    until: Day | None = Field(None, description="Last day of publication.", examples=["2019-12-31"])
    min_confidence: float = Field(0.0, ge=0, le=1, description="Events at least this sure.", examples=[0.5])
    counted: Flag = Field(default=False, description="Only acts that measures count: told as actual, dated, in no copy of another story.")
    hypothetical: Flag = Field(default=False, description="With `counted`: acts planned, feared, urged or possible too.")
    confirmed: Flag = Field(default=False, description="Leave out acts that reports only credit to somebody.")
    limit: int = Field(50, ge=1, le=1000, description="At most so many.", examples=[50])
    cursor: str | None = Field(None, pattern=CURSOR, description="`next` of the page before.", examples=["2019-02-12.5b1f0c63a1f1f4a5d0c2"])


class StoryQuery(BaseModel):
    """Say which stories are wanted."""

    model_config = ConfigDict(extra="forbid")
    q: _Words | None = Field(None, description="Words in the headline.", examples=["talks"])
    source: _Words | None = Field(None, description="Words in the source's name.", examples=["wire"])
    since: Day | None = Field(None, description="First day of publication.", examples=["2019-01-01"])
    until: Day | None = Field(None, description="Last day of publication.", examples=["2019-12-31"])
    limit: int = Field(50, ge=1, le=1000, description="At most so many.", examples=[50])
    cursor: str | None = Field(None, pattern=CURSOR, description="`next` of the page before.", examples=["2019-02-12.8a27ec8e774177da2f21"])


def event_rows(snapshot: Snapshot, query: EventQuery) -> pl.Series:
    """Give the rows of the events wanted, newest first, all pages."""
    acts = snapshot.acts
    if query.dyad is not None:
        frame = acts.between(*dyad_of(query.dyad), both=query.both)
        if query.country is not None:
            frame = frame.filter(pl.col("row").is_in(acts.countries.get(query.country.upper(), pl.Series([], dtype=pl.get_index_type())).implode()))
    else:
        frame = acts.lean if query.country is None else acts.of_country(query.country.upper())
    conditions = _coded(query) + _worded(query) + Selection(since=query.since, until=query.until).within()
    if query.counted:
        conditions += Selection(hypothetical=query.hypothetical).holds()
    rows = frame.lazy().filter(*conditions).select("row").collect()["row"] if conditions else frame["row"]
    if query.land is not None:
        here = in_land(acts, query.land if query.land == "open" else query.land.upper(), query.borders)
        rows = rows.filter(here[rows])
    if query.q is None:
        return rows
    words = acts.words if len(rows) == len(acts.words) else acts.words[rows]
    return rows.filter(words.str.contains(query.q.lower(), literal=True))


def _coded(query: EventQuery) -> list[pl.Expr]:
    found = []
    if query.type:
        found.append(pl.col("type").is_in([t.upper() for t in query.type]))
    if query.quad:
        found.append(pl.col("quad").is_in([QUADS[q] for q in query.quad]))
    if query.modality:
        found.append(pl.col("modality").is_in(query.modality))
    if query.story is not None:
        found.append(pl.col("story") == query.story)
    if query.min_confidence:
        found.append(pl.col("confidence") >= query.min_confidence)
    if query.confirmed:
        found.append(pl.col("claimant").is_null())
    return found


def _worded(query: EventQuery) -> list[pl.Expr]:
    found = []
    for words, name, code in ((query.claimant, "claimant", "claimant_country"), (query.place, "place", "place_country")):
        if words is not None:
            found.append((_holds(pl.col(name), words) | (pl.col(code) == words.upper())).fill_null(value=False))
    return found


def _holds(column: pl.Expr, words: str) -> pl.Expr:
    return column.str.to_lowercase().str.contains(words.lower(), literal=True)


def story_rows(snapshot: Snapshot, query: StoryQuery) -> pl.Series:
    """Give the rows of the stories wanted, newest first, all pages."""
    conditions = Selection(since=query.since, until=query.until).within()
    conditions += [_holds(pl.col(name), words).fill_null(value=False) for name, words in (("title", query.q), ("source", query.source)) if words is not None]
    frame = snapshot.acts.stories
    return frame.lazy().filter(*conditions).select("row").collect()["row"] if conditions else frame["row"]


def counting(query: EventQuery) -> Selection:
    """Give the selection of acts that a query's flags describe."""
    return Selection(query.hypothetical, not query.confirmed, query.min_confidence, query.since, query.until)


def event_view(row: dict[str, Any]) -> dict[str, Any]:
    """Show a row of the frame of events as the service does."""
    shown = {k: row[k] for k in ("id", "story", "published", "sentence", "type", "mode", "quad", "score", "modality", "trigger")}
    for part, side in (("actors", "actor"), ("recipients", "recipient")):
        parties = zip(row[part] or (), row[f"{side}_countries"] or (), row[f"{side}_sectors"] or (), strict=True)
        shown[part] = [{"name": n or "", "country": c, "sector": s} for n, c, s in parties]
    shown["published"] = _text(row["published"])
    shown |= {"score": round(row["score"], 2), "from": _text(row["from"]), "to": _text(row["to"])}
    placed = row["place"] is not None or row["place_country"] is not None
    shown["place"] = {"name": row["place"], "country": row["place_country"], "geonames": row["geonames"], "lat": row["lat"], "lon": row["lon"]} if placed else None
    shown["claimant"] = {"name": row["claimant"], "country": row["claimant_country"]} if row["claimant"] is not None else None
    return shown | {"confidence": round(row["confidence"] or 0.0, 3), "copy": row["copy"]}


def story_view(row: dict[str, Any]) -> dict[str, Any]:
    """Show a row of the frame of stories as the service does."""
    return {k: row[k] for k in ("id", "source", "url", "title", "language", "events", "copy")} | {"published": _text(row["published"])}


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
