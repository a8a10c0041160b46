"""Where records come from on their way out: a record on disk, or files of any format that is read; and which of them are wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diurna.errors import QueryError
from diurna.exchange.formats import FORMATS, read
from diurna.exchange.own import event_of, story_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diurna.records import Event, Reject, Story
    from diurna.store import Store

__all__ = ["Only", "from_store", "opened"]

_BATCH = 2_000  # stories whose events are fetched at once
_SUFFIXES: Final = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".csv": "csv", ".geojson": "geojson", ".graphml": "graphml"}


@dataclass(frozen=True, slots=True)
class Only:
    """Say which events are wanted: a directed dyad, a country on either side, types, days of publication, a least confidence.

    Raises:
        QueryError: D605 if the dyad is not two countries; D623 if a day is none.
    """

    dyad: tuple[str, ...] | None = None
    country: str | None = None
    types: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    least: float = 0.0

    def __post_init__(self) -> None:
        if self.dyad is not None and len(self.dyad) != 2:  # noqa: PLR2004 - actor and recipient
            raise QueryError("D605", f"a dyad is two countries, actor first, like RUS-UKR; “{'-'.join(self.dyad)}” is none")
        for day in (self.since, self.until):
            if day is not None:
                _check_day(day)

    def wants(self, story: Story, event: Event) -> bool:
        """Tell whether an event is wanted."""
        actors, recipients = ([p.country for p in side] for side in (event.actors, event.recipients))
        return (
            (self.dyad is None or (self.dyad[0] in actors and self.dyad[1] in recipients))
            and (self.country is None or self.country in actors or self.country in recipients)
            and (not self.types or event.type in self.types)
            and (self.since is None or (story.published or "") >= self.since)
            and (self.until is None or (story.published or "9") <= self.until)
            and event.confidence.event >= self.least
        )

    def narrow(self, stories: Iterable[Story]) -> Iterator[Story]:
        """Pass stories on with the wanted events only; with no wish at all, every story as it is."""
        if self == Only():
            yield from stories
            return
        for story in stories:
            if kept := tuple(e for e in story.events if self.wants(story, e)):
                yield replace(story, events=kept)


def _check_day(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise QueryError("D623", f"“{day}” is no ISO 8601 day, like 2023-02-22") from error


def from_store(store: Store) -> Iterator[Story]:
    """Read a record's stories with their events, month by month and some thousand at a time, so that memory does not grow with the record."""
    import polars as pl

    stories, events = store.readings(), store.rows("events")
    months = stories.select("month").unique().collect()["month"].sort()
    for month in months:
        rows = stories.filter(pl.col("month") == month).select("id", "record").sort("id").collect()
        for start in range(0, len(rows), _BATCH):
            batch = rows.slice(start, _BATCH)
            wanted = events.filter(pl.col("month") == month, pl.col("story").is_in(batch["id"].implode())).select("story", "record").collect()
            by_story: dict[str, list[Event]] = {}
            for story, record in wanted.iter_rows():
                by_story.setdefault(story, []).append(event_of(json.loads(record), f"{store.url}/events"))
            for key, record in batch.iter_rows():
                found = sorted(by_story.get(key, ()), key=lambda e: (e.trigger.start, e.type))
                yield replace(story_of(json.loads(record), f"{store.url}/stories"), events=tuple(found))


def opened(name: str) -> Iterator[Story | Reject]:
    """Open a source by its name: ``FORMAT:FILE``, a file whose ending tells its format, or a record's folder or URL.

    Raises:
        QueryError: D620 if the format cannot be told.
        StoreError: D501 if there is no record there.
    """
    form, _, path = name.partition(":")
    if path and form in FORMATS:
        return read(form, [path])
    known = _SUFFIXES.get(Path(name.removesuffix(".gz")).suffix.lower())
    if known:
        return read(known, [name])
    if "://" not in name and Path(name).is_file():
        raise QueryError("D620", f"the format of “{name}” cannot be told; write it before the name, like gdelt:{name} ({', '.join(FORMATS)})")
    from diurna.store import Store

    return iter(from_store(Store(name)))
