"""What measures count: the acts of a record, who did them to whom, and how much news there was."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from diurna.errors import QueryError
from diurna.knowledge.disputed import area_at
from diurna.ontology import INTERNATIONAL
from diurna.store.links import read_links

if TYPE_CHECKING:
    from diurna.store import Store

__all__ = ["PERIODS", "Acts", "By", "Selection", "dyad_of", "period_end", "periods"]

By = Literal["day", "week", "month"]
PERIODS: Final[dict[str, str]] = {"day": "1d", "week": "1w", "month": "1mo"}
_SLIM: Final = (
    "id", "story", "published", "sentence", "type", "mode", "quad", "score", "modality", "trigger", "actors", "actor_countries", "actor_sectors", "recipients",
    "recipient_countries", "recipient_sectors", "from", "to", "place", "place_country", "geonames", "lat", "lon", "claimant", "claimant_country", "confidence", "month",
)  # fmt: skip
_HEAVY: Final = ("trigger", "actors", "actor_countries", "actor_sectors", "recipients", "recipient_countries", "recipient_sectors", "geonames", "month", "mode", "sentence")
_MASKS: Final = 8  # selections whose acts are remembered
_WEEK: Final = 7  # days
_COPY: Final = '"duplicate_of": "'  # in a story's JSON; within a text its quotation marks would be escaped


@dataclass(frozen=True, slots=True)
class Selection:
    """Say which acts count.

    Args:
        hypothetical: count acts that are planned, feared, urged or possible too (modality ``future`` or ``hypothetical``).
        unconfirmed: count acts that the report only credits to somebody.
        least: least confidence, in [0, 1].
        since: first day of publication.
        until: last day of publication.
    """

    hypothetical: bool = False
    unconfirmed: bool = True
    least: float = 0.0
    since: date | None = None
    until: date | None = None

    def holds(self) -> list[pl.Expr]:
        """Give the conditions on a frame of events. Acts told as history, acts denied, and copies of other reports never count."""
        told = ["actual", "future", "hypothetical"] if self.hypothetical else ["actual"]
        found = [pl.col("modality").is_in(told), ~pl.col("copy"), pl.col("published").is_not_null()]
        if not self.unconfirmed:
            found.append(pl.col("claimant").is_null())
        if self.least:
            found.append(pl.col("confidence") >= self.least)
        return found + self.within()

    def within(self) -> list[pl.Expr]:
        """Give the conditions on the day of publication alone."""
        return [pl.col("published") >= d for d in (self.since,) if d] + [pl.col("published") <= d for d in (self.until,) if d]


class Acts:
    """Hold the acts of a record in memory, newest first.

    Args:
        events: rows of the table ``events``, with the boolean column ``copy`` (whether the story repeats another).
        stories: ``id``, ``published``, ``source``, ``url``, ``title``, ``language``, ``events``, ``month``, ``batch``, ``copy`` of every story.
    """

    def __init__(self, events: pl.DataFrame, stories: pl.DataFrame) -> None:
        order = {"descending": True, "nulls_last": True}
        self.events = events.sort("published", "id", **order).with_row_index("row")
        self.stories = stories.sort("published", "id", **order).with_row_index("row")
        self._counted: OrderedDict[tuple[bool, bool, float], pl.Series] = OrderedDict()

    @classmethod
    def of(cls, store: Store, since: date | None = None) -> Acts:
        """Read the acts of a record.

        Args:
            store: the record.
            since: leave out what was published before this day, or on none.

        Raises:
            StoreError: if the record cannot be read.
        """
        late = [] if since is None else [pl.col("published") >= since, pl.col("month") >= f"{since:%Y-%m}"]
        copy = pl.col("record").str.contains(_COPY, literal=True).alias("copy")
        links = read_links(store)
        repeats = [] if links is None else links.families.filter(pl.col("kind").is_in(["exact", "copy"]))["story"].to_list()
        copy = copy.or_(pl.col("id").is_in(repeats)).alias("copy")
        stories = store.readings().filter(*late).select("id", "published", "source", "url", "title", "language", "events", "month", "batch", copy).collect()
        codes = [pl.col(c).cast(pl.Categorical) for c in ("type", "mode", "quad", "modality", "place_country", "claimant_country", "month")]
        events = store.rows("events").filter(*late).select(_SLIM).with_columns(codes).collect()
        return cls(events.join(stories.select("id", "copy"), left_on="story", right_on="id", how="left").with_columns(pl.col("copy").fill_null(value=False)), stories)

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """List who did each act to whom: ``row`` of the event, ``a`` the actor's country, ``b`` the recipient's; newest first.

        An act between several actors without a recipient (they met, they fought) is one of each of them to each other.
        """
        sides = self.events.select("row", a="actor_countries", b="recipient_countries")
        toward = sides.filter(pl.col("b").list.len() > 0).explode("a", empty_as_null=True).explode("b", empty_as_null=True)
        among = sides.filter(pl.col("b").list.drop_nulls().list.len() == 0, pl.col("a").list.len() > 1).with_columns(b=pl.col("a"))
        mutual = among.explode("a").explode("b").filter(pl.col("a") != pl.col("b"))
        return pl.concat([toward, mutual]).drop_nulls().unique().sort("row").with_columns(pl.col("a", "b").cast(pl.Categorical))

    @cached_property
    def ties(self) -> pl.DataFrame:
        """List the acts between two states, either way: ``row``, and the two codes in alphabetical order, ``a`` and ``b``, as categories; newest first."""
        states = ~pl.col("a").is_in(list(INTERNATIONAL)) & ~pl.col("b").is_in(list(INTERNATIONAL)) & (pl.col("a") != pl.col("b"))
        pairs = self.pairs.with_columns(pl.col("a", "b").cast(pl.String)).filter(states)
        forth, back = pairs.filter(pl.col("a") < pl.col("b")), pairs.filter(pl.col("a") > pl.col("b"))
        both = pl.concat([forth, back.select("row", a="b", b="a")]).unique().sort("row")
        return both.with_columns(pl.col("a", "b").cast(pl.Categorical))

    @cached_property
    def sides(self) -> dict[str, pl.DataFrame]:
        """List the countries that act (``done``) and are acted on (``suffered``): ``row`` and ``code``, a category; each country once an act."""
        columns = {"done": "actor_countries", "suffered": "recipient_countries"}
        return {side: self._codes(column).with_columns(pl.col("code").cast(pl.Categorical)) for side, column in columns.items()}

    def _codes(self, column: str) -> pl.DataFrame:
        return self.events.select("row", code=column).explode("code", empty_as_null=True).drop_nulls().unique(maintain_order=True)

    @cached_property
    def places(self) -> pl.DataFrame:
        """Give each event's country of the place as recorded, and the disputed area that it lies in (``area``, null in undisputed land); in the order of the events."""
        keys = ("place_country", "lat", "lon")
        known = self.events.select(keys).unique()
        spots = [area_at(lon, lat, code) for code, lat, lon in known.iter_rows()]
        known = known.with_columns(area=pl.Series([a and a.id for a in spots], dtype=pl.String).cast(pl.Categorical))
        return self.events.select(keys).join(known, on=keys, how="left", nulls_equal=True, maintain_order="left").select("place_country", "area")

    @cached_property
    def words(self) -> pl.Series:
        """Give what may be looked for in each event, in lower case: trigger, names of actors and of recipients; in the order of the events."""
        names = [pl.col(side).list.join(" · ", ignore_nulls=True) for side in ("actors", "recipients")]
        return self.events.select(words=pl.concat_str("trigger", *names, separator=" · ", ignore_nulls=True).str.to_lowercase())["words"]

    @cached_property
    def lean(self) -> pl.DataFrame:
        """Give the events without lists and words, for measures to pick rows from quickly."""
        return self.events.drop(_HEAVY, strict=False)

    def counted(self, selection: Selection) -> pl.Series:
        """Tell of each event whether a selection counts it, its days left aside; the selections asked for last are remembered."""
        key = (selection.hypothetical, selection.unconfirmed, selection.least)
        found = self._counted.get(key)
        if found is None:
            every = Selection(*key).holds()
            found = self.events.select(pl.all_horizontal(every).fill_null(value=False).alias("counts")).to_series()
            self._counted[key] = found
            while len(self._counted) > _MASKS:
                self._counted.popitem(last=False)
        return found

    def of_rows(self, frame: pl.DataFrame, selection: Selection, *columns: str) -> pl.DataFrame:
        """Keep the rows of a frame whose events are selected, and put columns of the events beside them.

        Args:
            frame: has the column ``row``.
            selection: which acts count.
            columns: of the events.
        """
        kept = frame.filter(self.counted(selection)[frame["row"]])
        if selection.since or selection.until:
            days = self.events.select("published")[kept["row"]]
            kept = kept.filter(days.select(pl.all_horizontal(selection.within()).fill_null(value=False)).to_series())
        return pl.concat([kept, self.events.select(columns)[kept["row"]]], how="horizontal")

    @cached_property
    def dyads(self) -> dict[tuple[str, str], pl.Series]:
        """Give the event rows of each dyad, newest first."""
        groups = self.pairs.group_by("a", "b", maintain_order=True).agg("row")
        return {(a, b): rows for a, b, rows in zip(groups["a"], groups["b"], groups["row"], strict=True)}

    @cached_property
    def countries(self) -> dict[str, pl.Series]:
        """Give the event rows of each country, on whichever side, newest first."""
        return _by_code(pl.concat(self.sides.values()).unique().sort("row"))

    @cached_property
    def rows_of(self) -> dict[str, dict[str, pl.Series]]:
        """Give the event rows that each country acts in (``done``) and is acted on in (``suffered``), newest first."""
        return {side: _by_code(frame) for side, frame in self.sides.items()}

    @cached_property
    def neighbours(self) -> dict[str, list[tuple[str, str]]]:
        """List the dyads of each country with another, on either side."""
        found: dict[str, list[tuple[str, str]]] = {}
        for a, b in self.dyads:
            for code in {a, b} if a != b else ():
                found.setdefault(code, []).append((a, b))
        return found

    def between(self, a: str, b: str, *, both: bool = False) -> pl.DataFrame:
        """Give the events that ``a`` did to ``b`` (and, with ``both``, the other way round), each once, newest first; the columns of ``lean``."""
        none = pl.Series([], dtype=pl.get_index_type())
        rows = self.dyads.get((a, b), none)
        if both:
            rows = pl.concat([rows, self.dyads.get((b, a), none)]).unique().sort()
        return self.lean[rows]

    def of_country(self, code: str) -> pl.DataFrame:
        """Give the events with a country on either side, newest first; the columns of ``lean``."""
        return self.lean[self.countries.get(code, pl.Series([], dtype=pl.get_index_type()))]

    @cached_property
    def span(self) -> tuple[date, date] | None:
        """Give the first and the last day of publication in the record, or None where no story is dated."""
        days = self.stories["published"].drop_nulls()
        return (days.min(), days.max()) if len(days) else None  # type: ignore[return-value]

    def exposure(self, by: By) -> pl.DataFrame:
        """Count the stories of each period: ``start``, ``stories``; copies are not counted."""
        return self._exposures[by]

    @cached_property
    def _exposures(self) -> dict[str, pl.DataFrame]:
        dated = self.stories.filter(pl.col("published").is_not_null(), ~pl.col("copy"))
        return {by: dated.group_by(start=pl.col("published").dt.truncate(step)).agg(stories=pl.len()).sort("start") for by, step in PERIODS.items()}


def _by_code(frame: pl.DataFrame) -> dict[str, pl.Series]:
    groups = frame.sort("row").group_by("code", maintain_order=True).agg("row")
    return dict(zip(groups["code"].cast(pl.String), groups["row"], strict=True))


def periods(acts: Acts, by: By, selection: Selection) -> pl.DataFrame:
    """List every period of the record, those without news too: ``start``, ``stories``.

    Args:
        acts: the record.
        by: day, week (from Monday) or month.
        selection: its days bound the list; the record's own days where it has none.

    Raises:
        QueryError: D629 if ``by`` is another word.
    """
    if by not in PERIODS:
        raise QueryError("D629", f"“{by}” is no period; choose one of {', '.join(PERIODS)}")
    step = PERIODS[by]
    if acts.span is None:
        return pl.DataFrame(schema={"start": pl.Date, "stories": pl.UInt32})
    first, last = max(acts.span[0], selection.since or date.min), min(acts.span[1], selection.until or date.max)
    if first > last:
        return pl.DataFrame(schema={"start": pl.Date, "stories": pl.UInt32})
    bounds = pl.Series([first, last]).dt.truncate(step)
    every = pl.date_range(bounds[0], bounds[1], step, eager=True).alias("start").to_frame()
    return every.join(acts.exposure(by), on="start", how="left").with_columns(pl.col("stories").fill_null(0)).sort("start")


def period_end(start: date, by: By) -> date:
    """Give a period's last day.

    >>> period_end(date(2024, 2, 1), "month")
    datetime.date(2024, 2, 29)
    """
    if by == "day":
        return start
    if by == "week":
        return start + timedelta(days=_WEEK - 1)
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def dyad_of(words: str) -> tuple[str, str]:
    """Read a dyad, actor first.

    Raises:
        QueryError: D605.

    >>> dyad_of("rus-ukr")
    ('RUS', 'UKR')
    """
    a, _, b = words.strip().upper().partition("-")
    if not all(len(c) == len("AAA") and c.isascii() and c.isalpha() for c in (a, b)):
        raise QueryError("D605", f"a dyad is two countries, actor first, like RUS-UKR; “{words}” is none")
    return a, b
