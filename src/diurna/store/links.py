"""Links kept with the record: families of stories, threads of events, affairs; appended pass by pass and never overwritten (docs/why/111).

A pass of linking appends what it changed, then its mark; rows without a mark are seen by nobody, as with stories. Each pass names the one
that it built on, so that of two at once one counts. Of a story, an event or a thread its newest row holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from diurna.errors import StoreError
from diurna.store.schemas import LINKS, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.store.store import Store

__all__ = ["KEYS", "Links", "create_links", "read_links", "with_links"]

KEYS: Final = {"families": "story", "threads": "event", "affairs": "thread"}
"""Tables of links, and what each row of them is about."""


@dataclass(frozen=True)
class Links:
    """Hold the links as the passes up to ``last`` left them.

    ``families``: ``story``, ``batch``, ``family``, ``kind``, ``previous``, ``score``, ``changes`` of every story that was linked. ``threads``: ``event``,
    ``story``, ``thread``, ``component``, ``score``, ``nearest``, ``because``, ``sources`` of every event. ``affairs``: ``thread`` and ``affair``.
    ``passes`` are the ids of the passes, oldest first; ``affairs_of`` is the pass that the affairs were gathered after.
    """

    families: pl.DataFrame
    threads: pl.DataFrame
    affairs: pl.DataFrame
    passes: tuple[int, ...]
    affairs_of: int | None

    @property
    def last(self) -> int | None:
        """The newest pass, or None."""
        return self.passes[-1] if self.passes else None


def create_links(store: Store) -> None:
    """Make the tables of links where there are none.

    Raises:
        StoreError: D503 if they cannot be made.
    """
    for name in LINKS:
        try:
            DeltaTable.create(f"{store.url}/{name}", schema_of(LINKS[name]), mode="ignore", name=name, description=f"diurna {name}", storage_options=store.options)
        except (DeltaError, OSError) as error:
            raise StoreError("D503", f"the tables of links cannot be made ({error})", store.url) from error


def read_links(store: Store) -> Links | None:
    """Read the links that are kept; None where there are none, or the record is read as it was in the past."""
    if store.as_of is not None:
        return None
    try:
        tables = {name: store.snapshots.newest(name) for name in ("passes", *KEYS)}  # the marks first: what they mark is written by then
    except StoreError:
        return None
    versions = tuple(t.version() for t in tables.values())
    if store.links_read is not None and store.links_read[0] == versions:
        return store.links_read[1]
    marks = pl.scan_delta(tables["passes"]).collect()
    chain = _chain(marks.rows(named=True))
    held = {}
    for name, key in KEYS.items():
        rank = pl.DataFrame({"pass": chain, "_rank": range(len(chain))}, schema={"pass": pl.Int64, "_rank": pl.Int64})
        rows = pl.scan_delta(tables[name]).join(rank.lazy(), on="pass").sort("_rank").unique(key, keep="last", maintain_order=True).collect()
        held[name] = rows.drop("_rank", "pass").filter(pl.col({"families": "family", "threads": "thread", "affairs": "affair"}[name]).is_not_null())
    gathered = [r["pass"] for r in marks.rows(named=True) if r["pass"] in set(chain) and r["affairs"]]
    found = Links(held["families"], held["threads"], held["affairs"], tuple(chain), next((p for p in reversed(chain) if p in gathered), None)) if chain else None
    store.links_read = (versions, found)
    return found


def _chain(marks: Sequence[dict[str, Any]]) -> list[int]:
    """Follow the passes from the first: of two that build on the same one, the earlier counts. A pass that builds on none begins anew; the newest such counts."""
    after: dict[int | None, list[dict[str, Any]]] = {}
    for row in sorted(marks, key=lambda r: (r["recorded"], r["pass"])):
        after.setdefault(row["before"], []).append(row)
    if None not in after:
        return []
    chain = [after[None][-1]["pass"]]
    while chain[-1] in after:
        chain.append(after[chain[-1]][0]["pass"])
    return chain


def with_links(store: Store, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Put links beside events: ``thread``, ``sources`` (independent ones of the thread), ``duplicate_of`` (the version that the story is most like); null where not linked."""
    links = read_links(store)
    if links is None:
        return rows.with_columns(thread=pl.lit(None, pl.String), sources=pl.lit(None, pl.Int32), duplicate_of=pl.lit(None, pl.String))
    told = rows.join(links.threads.lazy().select("event", "thread", "sources"), left_on="id", right_on="event", how="left", maintain_order="left")
    return told.join(links.families.lazy().select("story", duplicate_of="previous"), on="story", how="left", maintain_order="left")
