"""The record on disk: Delta tables in a folder or an object store, appended to and read.

A story and all its records become visible together: the records are appended first, the story's row last, and every read keeps only
records whose batch a story row names. Two writers may bring the same story; one of them is read (the first written), so that none doubles.
A story coded anew by another coder supersedes its older reading, which ``as_of`` still shows.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from diurna.errors import StoreError
from diurna.ontology import PLOVER
from diurna.records import CoderVersion, Event, Reject, Story
from diurna.store import filters, marks, reviews, summaries
from diurna.store.schemas import CHILDREN, PARTITION, TABLES, frame_of, reject_rows, schema_of, story_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from diurna.ontology import Ontology
    from diurna.store.links import Links
    from diurna.store.reviews import Review, Standing

__all__ = ["Store", "Written"]

_RETRIES = 30  # appends never conflict in content; only the number of the next commit is raced for
_BATCH_BITS = 62  # random numbers; a clash needs some 2^31 batches (birthday bound)


@dataclass(frozen=True, slots=True)
class Written:
    """Count what a write did: stories new to the record, stories it had already, and rejects."""

    stories: int = 0
    known: int = 0
    rejects: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.stories + other.stories, self.known + other.known, self.rejects + other.rejects)


class Store:
    """Open the record in a folder or an object store.

    Args:
        url: a folder, or a URL such as ``s3://bucket/record``.
        options: access to an object store (``AWS_ENDPOINT_URL`` …); the environment's when None.
        as_of: read the record as it was then, in UTC, or as its table of stories had it in that version (``diurna store history``).

    Raises:
        StoreError: D501 if there is no record there; D502 if it cannot be read; D534 if there is no such version.
    """

    def __init__(self, url: str | Path, options: dict[str, str] | None = None, as_of: datetime | int | None = None) -> None:
        self.url = str(url).rstrip("/")
        self.options = options
        self.snapshots = marks.Snapshots(self.table)
        self.kept: dict[int, int] = {}  # of a version of the counts of dyads, the version of the stories that they are of
        self.late: dict[tuple[int, int], pl.DataFrame] = {}  # counts of what came between two versions of the stories
        self.links_read: tuple[tuple[int, ...], Links | None] | None = None  # by the versions of their tables
        self._superseded: tuple[int, pl.DataFrame] | None = None
        self._unended: dict[str, tuple[tuple[int, int], tuple[int, ...]]] = {}
        self.version = as_of if isinstance(as_of, int) else None
        self.as_of = self._moment(as_of) if isinstance(as_of, int) else as_of
        self.snapshots.newest("stories")

    def _moment(self, version: int) -> datetime:
        """Tell when the table of stories got a version, UTC: reviews, rejects and runs are read as they were then."""
        found = [c for c in self.table("stories").history() if c.get("version") == version]
        if not found:
            raise StoreError("D534", f"the record has no version {version}; `diurna store history` lists them", self.url)
        return datetime.fromtimestamp(found[0]["timestamp"] / 1000, UTC)

    def at(self, version: int, moment: datetime) -> Self:
        """Open the record in a version of its stories, with what was written of reviews, rejects and runs up to a moment, UTC."""
        found = type(self)(self.url, self.options, version)
        found.as_of = moment
        return found

    def version_at(self, moment: datetime | None) -> int:
        """Tell which version the table of stories had at a moment, UTC; the newest when None."""
        if moment is None:
            return self.snapshots.newest("stories").version()
        told = [c["version"] for c in self.table("stories").history() if datetime.fromtimestamp(c["timestamp"] / 1000, UTC) <= moment]
        return max(told, default=0)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.url, self.options, self.as_of if self.version is None else self.version), {"as_of": self.as_of}

    @classmethod
    def create(cls, url: str | Path, options: dict[str, str] | None = None) -> Self:
        """Make an empty record, or open the one that is there."""
        place = str(url).rstrip("/")
        for name in TABLES:
            try:
                DeltaTable.create(
                    f"{place}/{name}", schema_of(TABLES[name]), mode="ignore", partition_by=[PARTITION], name=name, description=f"diurna {name}", storage_options=options
                )
            except (DeltaError, OSError) as error:
                raise StoreError("D503", f"the record cannot be made ({error}); check the folder or the access to the object store", place) from error
        return cls(place, options)

    def table(self, name: str) -> DeltaTable:
        """Open one table as it stands now."""
        try:
            return DeltaTable(f"{self.url}/{name}", storage_options=self.options)
        except TableNotFoundError as error:
            raise StoreError("D501", "there is no record here; make one with `diurna store init`", self.url) from error
        except (DeltaError, OSError) as error:
            raise StoreError("D502", f"the record cannot be read ({error})", self.url) from error

    def write(self, stories: Iterable[Story | Reject], coder: CoderVersion) -> Written:
        """Append coded stories and rejects as one batch.

        Args:
            stories: coded stories, and stories that could not be read.
            coder: what coded them.

        Returns:
            How many were new, known or rejected. When this returns they are all on disk.

        Raises:
            StoreError: D504 if the store refuses the rows.
        """
        items = list(stories)
        fresh = {s.id: s for s in items if isinstance(s, Story)}
        known = self._known(list(fresh), coder)
        batch = secrets.randbits(_BATCH_BITS)
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("stories", *CHILDREN)}
        for key, story in fresh.items():
            if key not in known:
                for name, more in story_rows(story, batch, coder).items():
                    rows[name] += more
        rejects = [s for s in items if isinstance(s, Reject)]
        rows["rejects"] = reject_rows(rejects, batch)
        for name in ("rejects", *CHILDREN, "stories"):  # the story's row is the mark: last
            self.append(name, rows[name])
        return Written(len(rows["stories"]), len(items) - len(rejects) - len(rows["stories"]), len(rejects))

    def append(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Append rows to a table; other writers may do so at the same time."""
        if not rows:
            return
        try:
            write_deltalake(
                f"{self.url}/{name}", frame_of(name, rows), mode="append", storage_options=self.options, commit_properties=CommitProperties(max_commit_retries=_RETRIES)
            )
        except (DeltaError, OSError) as error:
            raise StoreError("D504", f"rows could not be written ({error}); what was written before stands", f"{self.url}/{name}") from error

    def _known(self, ids: Sequence[str], coder: CoderVersion) -> set[str]:
        """Tell which stories this coder has already read into the record."""
        name = f"{coder.version} {coder.model}"
        rows = self.scan("stories").filter(pl.col("id").is_in(ids), pl.col("coder") == name).select("id").collect()
        return set(rows["id"])

    def scan(self, name: str) -> pl.LazyFrame:
        """Scan all rows of a table, visible or not; of stories, those of the version asked for, as their rows make the others visible."""
        if name == "stories" and self.version is not None:
            table = self.table(name)
            table.load_as_version(self.version)
            return pl.scan_delta(table)
        return pl.scan_delta(self.snapshots.newest(name))

    def readings(self) -> pl.LazyFrame:
        """Scan the story rows that count: of each story, its newest coder's, and of that the one written first."""
        rows, version = self._stories()
        return marks.counting(rows, marks.Marks(self._lost(rows, version)), "id")

    def _stories(self) -> tuple[pl.LazyFrame, int]:
        if self.version is not None:
            return self.scan("stories"), self.version
        table = self.snapshots.newest("stories")
        return pl.scan_delta(table), table.version()

    def _lost(self, stories: pl.LazyFrame, version: int) -> pl.DataFrame:
        """List the story rows that do not count, once for each version of the stories."""
        if (held := self._superseded) is None or held[0] != version:
            held = self._superseded = (version, marks.superseded(stories, self.as_of if self.version is None else None))
        return held[1]

    def counted(self, name: str) -> tuple[pl.LazyFrame, int]:
        """Scan the rows of a table of records that count, and tell of which version of the stories. These are looked at first: what they mark is written by then."""
        stories, version = self._stories()
        lost = self._lost(stories, version)
        table = self.snapshots.newest(name)
        children, versions = pl.scan_delta(table), (version, table.version())
        if (held := self._unended.get(name)) is None or held[0] != versions:
            held = self._unended[name] = (versions, marks.unended(children, stories))
        return marks.counting(children, marks.Marks(lost, held[1])), version

    def rows(self, name: str) -> pl.LazyFrame:
        """Scan a table's visible rows.

        Args:
            name: a table of ``diurna.store.TABLES``.

        Returns:
            A lazy frame; its columns are those of the table.

        Raises:
            StoreError: D505 if there is no such table.
        """
        if name not in TABLES:
            raise StoreError("D505", f"there is no table “{name}”; choose one of {', '.join(TABLES)}", self.url)
        if name == "stories":
            return self.readings()
        if name not in CHILDREN:
            stamp = "ended" if name == "runs" else "recorded"
            return self.scan(name) if self.as_of is None else self.scan(name).filter(pl.col(stamp) <= self.as_of)
        return self.counted(name)[0]

    def events(
        self,
        *,
        dyad: tuple[str, str] | None = None,
        country: str | None = None,
        types: Sequence[str] = (),
        mode: str | None = None,
        modality: str | None = None,
        claimant: str | None = None,
        place: str | None = None,
        since: str | None = None,
        until: str | None = None,
        first: str | None = None,
        last: str | None = None,
        text: str | None = None,
        least: float = 0.0,
        review: str | None = None,
    ) -> pl.LazyFrame:
        """Scan events as a lazy Polars frame; the filters are those of ``diurna query``.

        Args:
            dyad: alpha-3 of the actor's and of the recipient's country.
            country: alpha-3 of a country on either side.
            types: types; all when empty.
            mode: a mode.
            modality: a modality (codebook §3).
            claimant: words in the claimant's name, or its country.
            place: words in the place's name, or its country.
            since: first day of publication, ISO 8601.
            until: last day of publication.
            first: first day of the act.
            last: last day of the act.
            text: words that the record points at, or names.
            least: least confidence, in [0, 1].
            review: a state of ``diurna.store.reviews.STATES``; ``any`` keeps all and tells of each what reviewers said.

        Returns:
            A lazy frame with the columns of ``TABLES["events"]``; with ``review``, also those that ``with_reviews`` adds.

        Raises:
            StoreError: D506 if a day of publication is none; D531 if there is no such state of review.
            QueryError: D623 if a day of the act is none; D624 if there is no such modality.
        """
        found = filters.published(filters.parties(self.rows("events"), dyad, country), since, until)
        found = filters.coded(found, types, mode, modality, least)
        found = filters.worded(filters.acted(found, first, last), claimant, place, text)
        return found if review is None else reviews.with_reviews(self, found, review)

    def dyads(self, dyad: tuple[str, str] | None = None) -> pl.LazyFrame:
        """Scan counts of acts by month and pair of countries, kept beside the record (``diurna store compact``) and brought up to date by what came since.

        Args:
            dyad: alpha-3 of the actor's and of the recipient's country; every pair when None.

        Returns:
            A lazy frame with ``month``, ``actor``, ``recipient``, ``type``, ``quad``, ``modality``, ``acts`` and ``score`` (the sum).
        """
        return summaries.dyads(self, dyad)

    def event(self, event: str) -> tuple[Story, Event]:
        """Read an event and its story.

        Raises:
            StoreError: D532 if the record has no such event.
        """
        return reviews.find_event(self, event)

    def review(
        self, event: str, verdict: str, *, by: str, reason: str, changes: Mapping[str, Any] | None = None, ontology: Ontology = PLOVER
    ) -> tuple[Review, ...]:
        """Append a review of an event; nothing is overwritten, and the newest stands.

        Args:
            event: the event's id.
            verdict: ``confirm``, ``correct`` or ``reject``; to confirm after a correction is to confirm the corrected event.
            by: who says it.
            reason: why.
            changes: of a correction, the right values by field, in the forms that ``diurna.store.corrections.values_of`` tells.
            ontology: whose types and modes there are.

        Returns:
            The review, or one for each field corrected.

        Raises:
            StoreError: D531 if verdict, reviewer, reason or changes are missing or too many; D532 if there is no such event; D533 if a value does not fit.
        """
        return reviews.append_review(self, event, verdict, by=by, reason=reason, changes=changes, ontology=ontology)

    def reviews(self, events: Iterable[str] | None = None) -> list[Review]:
        """Read reviews, oldest first: all, or those of some events."""
        return reviews.read_reviews(self, events)

    def standings(self, events: Iterable[str] | None = None) -> list[Standing]:
        """Tell where each reviewed event stands: all of them, or some."""
        return reviews.standings(self, events)

    def stories(self, ids: Collection[str] | None = None) -> Iterator[Story]:
        """Read the stories back, each with its events, as they were written; all, or those with some ids."""
        rows, events = self.readings(), self.rows("events")
        if ids is not None:
            rows = rows.filter(pl.col("id").is_in(list(ids)))
            months = rows.select(pl.col(PARTITION).unique()).collect()[PARTITION]
            events = events.filter(pl.col(PARTITION).is_in(months.implode()), pl.col("story").is_in(list(ids)))
        by_story: dict[str, list[Event]] = {}
        for story, record in events.select("story", "record").collect().iter_rows():
            by_story.setdefault(story, []).append(_event(record))
        for key, record in rows.select("id", "record").collect().iter_rows():
            yield _story(record, tuple(sorted(by_story.get(key, ()), key=lambda e: (e.trigger.start, e.type))))

    def run(self, began: datetime, coder: CoderVersion, written: Written) -> None:
        """Note a run in the record."""
        self.append(
            "runs",
            [
                {
                    PARTITION: f"{began:%Y-%m}", "run": secrets.token_hex(8), "began": began, "ended": datetime.now(UTC), "coder": f"{coder.version} {coder.model}",
                    "stories": written.stories, "known": written.known, "rejects": written.rejects,
                }
            ],
        )  # fmt: skip


def _event(record: str) -> Event:
    return Event.from_dict(json.loads(record))


def _story(record: str, events: tuple[Event, ...]) -> Story:
    row = json.loads(record)
    return replace(Story.from_dict(row), key=row.get("key"), events=events)
