"""The record as the service holds it: its acts in memory, read anew when the record grows."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diurna.analyse.acts import Acts, Selection
from diurna.errors import DiurnaError, StoreError
from diurna.records import Event, Story

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from diurna.store import Standing, Store

__all__ = ["Holder", "Snapshot", "cursor_of"]


@dataclass(frozen=True)
class Snapshot:
    """Hold one state of the record.

    ``version`` changes whenever the record does; ``as_of`` is when it was read, UTC.
    """

    acts: Acts
    version: str
    as_of: datetime
    tables: dict[str, DeltaTable] = field(default_factory=dict)
    reviews: dict[str, Standing] = field(default_factory=dict)

    def warm(self) -> None:
        """Make ready what questions look things up in."""
        a = self.acts
        _ = a.dyads, a.countries, a.rows_of, a.neighbours, a.ties, a.lean, a.words, a.places, a.counted(Selection()), self._days

    @property
    def stamp(self) -> str:
        """Write when the record was read."""
        return self.as_of.isoformat(timespec="seconds")

    @cached_property
    def _days(self) -> dict[str, np.ndarray]:
        """Give the days of publication of the sorted frames, negated so that they rise; undated ones last."""
        frames = {"events": self.acts.events, "stories": self.acts.stories}
        return {name: -f["published"].to_physical().fill_null(-(2**31) + 1).to_numpy().astype(np.int64) for name, f in frames.items()}

    def after(self, name: str, cursor: str) -> int:
        """Give the row that follows a cursor.

        Args:
            name: ``events`` or ``stories``.
            cursor: as ``cursor_of`` made it, maybe from an older state of the record.
        """
        day, _, key = cursor.partition(".")
        frame, days = (self.acts.events if name == "events" else self.acts.stories), self._days[name]
        wanted = 2**31 - 1 if day == "undated" else -(_day(day) - date(1970, 1, 1)).days
        first, last = int(np.searchsorted(days, wanted, "left")), int(np.searchsorted(days, wanted, "right"))
        return last - int((frame["id"][first:last] < key).sum())  # ids fall within a day

    def story_keys(self, story: str) -> dict[str, Any] | None:
        """Give a story's row of the list, or None where the record has no such story."""
        found = self.acts.stories.filter(pl.col("id") == story)
        return found.row(0, named=True) if len(found) else None

    def event_row(self, event: str) -> dict[str, Any] | None:
        """Give an event's row of the list, or None where the record has no such event."""
        found = self.acts.events.filter(pl.col("id") == event)
        return found.row(0, named=True) if len(found) else None

    def story(self, story: str) -> Story | None:
        """Read a whole story with its events, or None where the record has no such story."""
        keys = self.story_keys(story)
        if keys is None:
            return None
        here = (pl.col("month") == keys["month"], pl.col("batch") == keys["batch"])
        rows = pl.scan_delta(self.tables["stories"]).filter(*here, pl.col("id") == story).select("record").collect()
        records = pl.scan_delta(self.tables["events"]).filter(*here, pl.col("story") == story).select("record").collect()
        events = sorted((Event.from_dict(json.loads(r)) for r in records["record"]), key=lambda e: (e.trigger.start, e.type))
        row = json.loads(rows["record"][0])
        return Story.from_dict(row | {"events": [e.to_dict() for e in events]})

    def stories_of(self, rows: pl.DataFrame) -> list[Story]:
        """Read whole stories with their events, in one look at the record.

        Args:
            rows: rows of the list of stories.
        """
        if not len(rows):
            return []
        here = (pl.col("month").is_in(rows["month"].cast(pl.String).unique().to_list()), pl.col("batch").is_in(rows["batch"].unique().to_list()))
        ids = rows["id"].to_list()
        texts = pl.scan_delta(self.tables["stories"]).filter(*here, pl.col("id").is_in(ids)).select("id", "record").collect()
        records = pl.scan_delta(self.tables["events"]).filter(*here, pl.col("story").is_in(ids)).select("story", "record").collect()
        events: dict[str, list[dict[str, Any]]] = {}
        for story, record in records.iter_rows():
            events.setdefault(story, []).append(json.loads(record))
        found = []
        for story, record in sorted(texts.unique("id").iter_rows()):
            found.append(Story.from_dict(json.loads(record) | {"events": sorted(events.get(story, []), key=lambda e: (e["trigger"]["start"], e["type"]))}))
        return found


def cursor_of(row: dict[str, Any]) -> str:
    """Name a row's place in its list: the day of publication and the id."""
    return f"{row['published'] or 'undated'}.{row['id']}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:  # a day such as 31 February, or of the year 0, which no cursor of ours names
        return date(max(int(text[:4]), 1), int(text[5:7]), min(int(text[8:]), 28))


class Holder:
    """Keep the newest snapshot of a record; those who read keep theirs until they are done.

    Args:
        store: the record.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.trouble: str | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.snapshot: Snapshot = self._read()

    def _version(self) -> str:
        return "-".join(str(self.store.table(name).version()) for name in ("stories", "events", "reviews"))

    def _read(self, *, again: bool = False) -> Snapshot:
        version = self._version()
        told = {s.event: s for s in self.store.standings()}
        held: Snapshot | None = getattr(self, "snapshot", None)
        if held is not None and held.version.rpartition("-")[0] == version.rpartition("-")[0]:  # only reviews came
            return replace(held, version=version, as_of=datetime.now(UTC), reviews=told)
        tables = {name: self.store.table(name) for name in ("stories", "events")}
        acts = Acts.of(self.store)
        found = Snapshot(acts, version, datetime.now(UTC), tables, told)
        if again:
            found.warm()
        return found

    def refresh(self) -> bool:
        """Read the record anew if it has changed; tell whether it had."""
        try:
            if self._version() == self.snapshot.version:
                self.trouble = None
                return False
            self.snapshot = self._read(again=True)
            self.trouble = None
        except (DiurnaError, pl.exceptions.PolarsError, OSError) as error:
            self.trouble = str(error) if isinstance(error, StoreError) else f"the record cannot be read ({error})"
            return False
        return True

    def watch(self, seconds: float) -> None:
        """Look for changes every so many seconds, in a thread of its own, until ``close``."""

        def loop() -> None:
            while not self._stop.wait(seconds):
                self.refresh()

        self._thread = threading.Thread(target=loop, name="diurna-refresh", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking for changes."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
