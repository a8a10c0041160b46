"""Keep counts of acts by month and pair of countries beside the record, so that series of dyads need not read every event (docs/why/110).

The counts are derived: made of what readers see in one version of the stories, and replaced in one commit that names that version. What
came to the record since is counted when it is asked for. Should they be missing or of a record made anew, the events are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from diurna.errors import StoreError
from diurna.store.marks import Marks, counting, superseded
from diurna.store.schemas import PARTITION

if TYPE_CHECKING:
    from diurna.store.store import Store

__all__ = ["DYADS", "dyads", "dyads_of", "keep_dyads", "waiting"]

DYADS: Final = {
    PARTITION: (pl.String, "month of publication, YYYY-MM; undated when unknown"),
    "actor": (pl.String, "country of an actor: ISO 3166 alpha-3, IGO, NGO, MNC"),
    "recipient": (pl.String, "country of a recipient"),
    "type": (pl.String, "PLOVER type (codebook §2)"),
    "quad": (pl.String, "verbal or material, cooperation or conflict"),
    "modality": (pl.String, "codebook §3"),
    "acts": (pl.Int64, "number of acts"),
    "score": (pl.Float64, "sum of their PLOVER scores"),
}
"""Columns of the counts: type and meaning."""
_BY: Final = [c for c in DYADS if c not in {"acts", "score"}]
_NAME: Final = "dyads"
_MARK: Final = "stories"  # key in the commit: the version of the stories that the counts are of
_ROWS: Final = 50_000  # rows of a Parquet group: one dyad lies in one or two


def dyads_of(events: pl.LazyFrame) -> pl.LazyFrame:
    """Count acts by month, pair of countries, type, quad and modality; an act of several pairs counts once for each."""
    codes = [pl.col(c).cast(pl.String) for c in ("type", "quad", "modality")]
    sides = events.select(PARTITION, *codes, "score", actor=pl.col("actor_countries").list.unique(), recipient=pl.col("recipient_countries").list.unique())
    told = sides.filter(pl.col("actor").list.len() > 0, pl.col("recipient").list.len() > 0).explode("actor").explode("recipient").drop_nulls(["actor", "recipient"])
    return told.group_by(_BY).agg(pl.len().cast(pl.Int64).alias("acts"), pl.col("score").cast(pl.Float64).sum().alias("score"))


def keep_dyads(store: Store) -> int:
    """Count the acts of the record anew and keep the counts; they replace the older ones in one commit.

    Returns:
        Rows kept.

    Raises:
        StoreError: D504 if they cannot be written.
    """
    events, version = store.counted("events")
    rows = dyads_of(events).sort("actor", "recipient", PARTITION).collect()
    try:
        write_deltalake(
            f"{store.url}/{_NAME}", rows, mode="overwrite", storage_options=store.options, name=_NAME, description="diurna dyads",
            commit_properties=CommitProperties(custom_metadata={_MARK: str(version)}),
        )  # fmt: skip
    except (DeltaError, OSError) as error:
        raise StoreError("D504", f"the counts could not be written ({error}); the record stands, and is read without them", f"{store.url}/{_NAME}") from error
    return len(rows)


def dyads(store: Store, dyad: tuple[str, str] | None = None) -> pl.LazyFrame:
    """Scan the counts of acts by month and pair of countries, as ``DYADS`` describes them.

    Args:
        store: the record.
        dyad: alpha-3 of the actor's and of the recipient's country; every pair when None.
    """
    kept = _kept(store)
    if kept is None:
        return _of(dyads_of(store.rows("events")), dyad)
    table, version, now = kept
    rows = _of(pl.scan_delta(table), dyad)
    if now.version() == version:
        return rows
    try:
        late = store.late.get((version, now.version()))
        if late is None:
            late = _late(store, version, now)
            store.late = {(version, now.version()): late}
    except (StoreError, DeltaError, OSError, pl.exceptions.PolarsError):  # the older version has been vacuumed
        return _of(dyads_of(store.rows("events")), dyad)
    if not len(late):
        return rows
    return pl.concat([rows, _of(late.lazy(), dyad)]).group_by(_BY).agg(pl.col("acts", "score").sum()).filter(pl.col("acts") > 0)


def waiting(store: Store) -> int:
    """Tell how many stories have been written since the counts were kept; all of them when there are none."""
    kept = _kept(store)
    now = store.snapshots.newest("stories")
    return now.count() - (0 if kept is None else _before(store, kept[1]).count())


def _of(rows: pl.LazyFrame, dyad: tuple[str, str] | None) -> pl.LazyFrame:
    return rows if dyad is None else rows.filter(pl.col("actor") == dyad[0].upper(), pl.col("recipient") == dyad[1].upper())


def _kept(store: Store) -> tuple[DeltaTable, int, DeltaTable] | None:
    """Open the counts, tell of which version of the stories they are, and open these as they stand; None where there are no counts that can be used."""
    if store.as_of is not None:
        return None
    try:
        table = store.snapshots.newest(_NAME)
        if (version := store.kept.get(table.version())) is None:
            version = int(table.history(1)[0].get(_MARK, -1))
            store.kept = {table.version(): version}
    except (StoreError, DeltaError, OSError):
        return None
    now = store.snapshots.newest("stories")
    return (table, version, now) if 0 <= version <= now.version() else None


def _before(store: Store, version: int) -> DeltaTable:
    table = store.table("stories")
    table.load_as_version(version)
    return table


def _late(store: Store, version: int, now: DeltaTable) -> pl.DataFrame:
    """Count what stories written since a version brought, less what older readings of the same stories counted for."""
    before = _before(store, version)
    fresh = sorted(set(now.file_uris()) - set(before.file_uris()))
    if not fresh:
        return pl.DataFrame(schema={c: kind for c, (kind, _) in DYADS.items()})
    files = pl.scan_parquet(fresh, storage_options=store.options, hive_partitioning=True, hive_schema={PARTITION: pl.String})
    told = files.select("id", PARTITION).collect()
    here = pl.col(PARTITION).is_in(told[PARTITION].unique().implode())
    events = store.scan("events").filter(here)
    counts = []
    for table, sign in ((before, -1), (now, 1)):
        rows = pl.scan_delta(table).filter(here, pl.col("id").is_in(told["id"].unique().implode()))
        read = counting(rows, Marks(superseded(rows)), "id").select("id", "batch").collect()
        if len(read):
            theirs = events.filter(pl.col("batch").is_in(read["batch"].unique().implode())).join(read.lazy(), left_on=["story", "batch"], right_on=["id", "batch"], how="semi")
            counts.append(dyads_of(theirs).with_columns(pl.col("acts", "score") * sign))
    return pl.concat(counts).collect()
