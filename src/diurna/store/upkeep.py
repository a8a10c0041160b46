"""Keep the record in order: what is in it, what is wrong with it, and named releases of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from diurna.errors import StoreError
from diurna.store.schemas import CHILDREN, RELEASES, TABLES, schema_of
from diurna.store.summaries import keep_dyads

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.store.store import Store

__all__ = ["Fault", "compact", "history", "info", "release", "released", "releases", "repair", "vacuum", "verify"]

_GRACE_HOURS = 1.0  # a batch younger than this may still be on its way


@dataclass(frozen=True, slots=True)
class Fault:
    """Point at something wrong with the record: in which table, how many rows, and what."""

    table: str
    rows: int
    text: str


def info(store: Store) -> dict[str, Any]:
    """Count what the record holds: rows, files and bytes of each table, days covered, coders."""
    tables = {}
    for name in TABLES:
        table = store.table(name)
        adds = pl.DataFrame(table.get_add_actions(flatten=True))
        size = int(adds["size_bytes"].sum()) if len(adds) else 0
        tables[name] = {"rows": table.count(), "files": len(adds), "bytes": size, "version": table.version()}
    stories = store.readings().select("id", "published", "coder", "events").collect()
    days = stories["published"].drop_nulls()
    return {
        "url": store.url,
        "stories": len(stories),
        "events": int(stories["events"].sum() or 0),
        "from": str(days.min()) if len(days) else None,
        "to": str(days.max()) if len(days) else None,
        "coders": {str(k): int(n) for k, n in stories["coder"].value_counts().iter_rows()},
        "tables": tables,
    }


def verify(store: Store) -> list[Fault]:
    """Look for what should not be: rows without their story, stories without their rows, files that are gone.

    Returns:
        Faults that a reader would notice, and rows that no reader sees (``repair`` sweeps these); empty when all is well.
    """
    faults = []
    marks = store.scan("stories").select("id", "batch", "events").collect()
    for name in TABLES:
        try:
            store.scan(name).select(pl.len()).collect()
        except (pl.exceptions.PolarsError, OSError, DeltaError) as error:
            faults.append(Fault(name, 0, f"cannot be read: {error}"))
    if faults:
        return faults
    for name in CHILDREN:
        orphans = _orphans(store, name, marks["batch"].unique())
        if orphans:
            faults.append(Fault(name, orphans, "belong to a write that never ended; no reader sees them, `diurna store repair` sweeps them"))
    found = store.scan("events").group_by("story", "batch").agg(pl.len().alias("found"), pl.col("id").n_unique().alias("kinds")).collect()
    both = marks.join(found, left_on=["id", "batch"], right_on=["story", "batch"], how="left").with_columns(pl.col("found", "kinds").fill_null(0))
    wrong = both.filter((pl.col("events") != pl.col("found")) | (pl.col("found") != pl.col("kinds")))
    if len(wrong):
        faults.append(Fault("stories", len(wrong), f"have more or fewer events than they say, such as {wrong['id'][0]}"))
    return faults


def _orphans(store: Store, name: str, batches: pl.Series) -> int:
    rows = store.scan(name).filter(~pl.col("batch").is_in(batches.implode())).select(pl.len()).collect()
    return int(rows.item())


def repair(store: Store, grace_hours: float = _GRACE_HOURS) -> dict[str, int]:
    """Sweep rows that a killed writer left.

    Args:
        store: the record.
        grace_hours: a table written to within so many hours is left alone, as its writer may still be at work.

    Returns:
        Rows swept, by table.

    Raises:
        StoreError: D507 if a table is being written to.
    """
    swept = {}
    for name in CHILDREN:
        table = store.table(name)
        last = table.history(1)[0]["timestamp"] / 1000
        age = datetime.now(UTC).timestamp() - last
        # The marks are read after the orphans were: a writer that ends in between is not swept.
        rows = store.scan(name).select("batch").unique().collect()["batch"]
        marks = set(store.scan("stories").select("batch").unique().collect()["batch"])
        gone = [b for b in rows if b not in marks]
        if not gone:
            continue
        if age < grace_hours * 3600:
            raise StoreError("D507", f"a writer was at work {age / 60:.0f} minutes ago; try again later, or with --grace 0 when none is", f"{store.url}/{name}")
        swept[name] = int(table.delete(f"batch IN ({', '.join(map(str, gone))})")["num_deleted_rows"])
    return swept


def compact(store: Store) -> dict[str, int]:
    """Join small files into larger ones, and count the acts of dyads anew; readers and writers go on meanwhile.

    Returns:
        Files removed, by table.
    """
    joined = {name: int(store.table(name).optimize.compact()["numFilesRemoved"]) for name in TABLES}
    keep_dyads(store)
    return joined


def vacuum(store: Store, keep_hours: int = 168) -> dict[str, int]:
    """Delete files that no version of the last ``keep_hours`` hours needs; older versions can no longer be read.

    Returns:
        Files deleted, by table.
    """
    return {name: len(store.table(name).vacuum(retention_hours=keep_hours, dry_run=False, enforce_retention_duration=False)) for name in TABLES}


def history(store: Store, name: str = "stories", limit: int = 20) -> list[dict[str, Any]]:
    """List the last changes of a table, newest first."""
    rows = store.table(name).history(limit)
    return [
        {
            "version": r["version"],
            "when": datetime.fromtimestamp(r["timestamp"] / 1000, UTC).isoformat(timespec="seconds"),
            "operation": r["operation"],
            "rows": r.get("operationMetrics", {}).get("num_added_rows"),
        }
        for r in rows
    ]


def release(store: Store, name: str, folder: Path) -> dict[str, Any]:
    """Write a named, citable copy of the record: Parquet files with a manifest of hashes.

    Args:
        store: the record.
        name: the release's name, such as ``2026.1``.
        folder: where the copy goes; it must be new or empty.

    Returns:
        The manifest, also written as ``manifest.json``.

    Raises:
        StoreError: D508 if the folder holds something, or the name is taken or reads as a day or a version.
    """
    if name.isdigit() or _dated(name):
        raise StoreError("D508", f"“{name}” reads as a version or a day; give a release another name, like {date.today().year}.1", store.url)  # noqa: DTZ011 - an example
    if name in {r["name"] for r in releases(store)}:
        raise StoreError("D508", f"there is a release “{name}” already; a name stands for one state of the record", store.url)
    if folder.exists() and any(folder.iterdir()):
        raise StoreError("D508", "a release needs a new folder", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    made = datetime.now(UTC)
    version = store.version if store.version is not None else store.version_at(store.as_of)
    record = store.at(version, store.as_of or made)  # whatever others write meanwhile
    facts = info(record)
    files = {}
    for table in ("stories", *CHILDREN, "reviews"):
        path = folder / f"{table}.parquet"
        rows = record.rows(table).collect()
        keys = [c for c in ("story", "event", "id", "part", "start", "text") if c in rows.columns]
        rows.sort(keys).write_parquet(path, compression="zstd")
        files[path.name] = {"rows": len(rows), "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest = {
        "name": name,
        "made": made.isoformat(timespec="seconds"),
        "citation": f"Diurna record, release {name} ({made:%Y}): {facts['stories']} stories, {facts['events']} events, "
        f"{facts['from']} to {facts['to']}; {', '.join(facts['coders'])}.",
        "versions": {t: facts["tables"][t]["version"] for t in facts["tables"]},
        "files": files,
    }
    _make_releases(store)
    store.append("releases", [{"name": name, "version": version, "made": store.as_of or made, "citation": manifest["citation"], "manifest": json.dumps(manifest)}])
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _make_releases(store: Store) -> None:
    try:
        DeltaTable.create(f"{store.url}/releases", schema_of(RELEASES), mode="ignore", name="releases", description="diurna releases", storage_options=store.options)
    except (DeltaError, OSError) as error:
        raise StoreError("D503", f"the table of releases cannot be made ({error})", store.url) from error


def releases(store: Store) -> list[dict[str, Any]]:
    """List the releases of a record, oldest first: ``name``, ``version`` of the stories, ``made``, ``citation`` and ``manifest`` (JSON)."""
    try:
        return store.scan("releases").sort("made").collect().to_dicts()
    except StoreError:
        return []  # none was made


def released(store: Store, name: str) -> Store:
    """Open a record as it was when a release was made of it.

    Raises:
        StoreError: D534 if there is no such release.
    """
    known = releases(store)
    for row in known:
        if row["name"] == name:
            return store.at(int(row["version"]), row["made"])
    raise StoreError("D534", f"“{name}” is no version, no ISO 8601 day like 2023-02-22, and no release (there are: {', '.join(r['name'] for r in known) or 'none'})", store.url)


def _dated(name: str) -> bool:
    try:
        datetime.fromisoformat(name)
    except ValueError:
        return False
    return True
