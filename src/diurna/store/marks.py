"""Tell which rows of the record count: which story rows are superseded or doubled, and which batches were never ended (docs/why/110)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from deltalake.exceptions import DeltaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from deltalake import DeltaTable

__all__ = ["Marks", "Snapshots", "counting", "superseded", "unended"]


class Marks(NamedTuple):
    """Say what of a table is not to be read: story rows (``id``, ``batch``) that do not count, and batches without any story row."""

    lost: pl.DataFrame
    hidden: tuple[int, ...] = ()


class Snapshots:
    """Open tables as they stand, each version once: whether there is a newer one is asked of the log alone, and a snapshot in use never changes.

    Args:
        opened: opens a table by name.
    """

    def __init__(self, opened: Callable[[str], DeltaTable]) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._ahead: dict[str, DeltaTable] = {}
        self._tables: dict[str, DeltaTable] = {}

    def newest(self, name: str) -> DeltaTable:
        """Give a table's newest snapshot."""
        with self._lock:
            try:
                if (ahead := self._ahead.get(name)) is not None:
                    ahead.update_incremental()
            except (DeltaError, OSError):
                ahead = None  # the table was made anew, or cannot be reached: opening it tells
            if ahead is None:
                ahead = self._ahead[name] = self._opened(name)
            table = self._tables.get(name)
            if table is None or table.version() != ahead.version():
                table = self._tables[name] = self._opened(name)
            return table


def superseded(rows: pl.LazyFrame, as_of: datetime | None = None) -> pl.DataFrame:
    """List the story rows that do not count: of each story all but its newest coder's, and of that the one written first.

    Args:
        rows: the table of stories.
        as_of: rows written later do not count either, UTC.

    Returns:
        ``id`` and ``batch`` of each such row.
    """
    late = None
    if as_of is not None:
        late = rows.filter(pl.col("recorded") > as_of).select("id", "batch").collect()
        rows = rows.filter(pl.col("recorded") <= as_of)
    hashes = rows.select(pl.col("id").hash()).collect()["id"]
    twice = hashes.filter(hashes.is_duplicated()).unique()
    lost = pl.DataFrame(schema={"id": pl.String, "batch": pl.Int64})
    if len(twice):
        doubled = rows.filter(pl.col("id").hash().is_in(twice.implode())).select("id", "batch", "coder", "recorded").collect()
        began = pl.col("recorded").min().over("id", "coder")
        ranked = doubled.with_columns(_began=began).sort(["_began", "recorded", "batch"], descending=[True, False, False])
        lost = ranked.filter(~pl.col("id").is_first_distinct()).select("id", "batch")
    return lost if late is None else pl.concat([lost, late])


def unended(children: pl.LazyFrame, stories: pl.LazyFrame) -> tuple[int, ...]:
    """List the batches of a table of records that no story row names: a killed writer's, or one's that is still at work."""
    begun = children.select(pl.col("batch").unique()).collect()["batch"]
    ended = stories.select(pl.col("batch").unique()).collect()["batch"]
    return tuple(sorted(set(begun.to_list()) - set(ended.to_list())))


def counting(rows: pl.LazyFrame, marks: Marks, story: str = "story") -> pl.LazyFrame:
    """Keep the rows that count; where all do, the scan stays as it is."""
    if marks.hidden:
        rows = rows.filter(~pl.col("batch").is_in(marks.hidden))
    return rows.join(marks.lost.lazy(), left_on=[story, "batch"], right_on=["id", "batch"], how="anti", maintain_order="left") if len(marks.lost) else rows
