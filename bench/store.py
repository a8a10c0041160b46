"""Measure the record on disk with a million events against its limits: ``python bench/store.py [FOLDER] [EVENTS]``.

The record is made of the packaged sample's stories, again and again, with days over ten years, ids of their own and parties drawn from fifty
states as news mentions them, some far more than others; a folder that holds one from an earlier run is used again. Each question is asked as users ask it and in
bare Polars over the same files; each append is set beside plain Parquet writing of the same rows. A busy machine slows both sides: processor time (of all
threads together) says what a machine at rest would need at most, the ratio of it decides of appends, and DIURNA_BENCH_STRICT=1 has milliseconds decide of questions.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import polars as pl
from deltalake import write_deltalake

from diurna.records import CoderVersion, Story
from diurna.serve.sample import sample_stories
from diurna.store import Store
from diurna.store.schemas import CHILDREN, PARTITION, frame_of, story_rows
from diurna.store.summaries import keep_dyads

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = (
    "USA RUS CHN GBR FRA DEU UKR ISR IRN IND PAK JPN PRK KOR TUR SYR IRQ EGY SAU YEM AFG VEN COL BRA MEX ARG CHL PER CUB CAN ITA ESP POL ROU GRC NOR SWE FIN EST NGA KEN "
    "ETH SOM SDN ZAF COD MLI DZA MAR VNM PHL IDN"
).split()  # fmt: skip
FIRST, DAYS = date(2010, 1, 1), 3650
CODER = CoderVersion("bench", "sample")
STORIES = 1000
TIMES = 9  # that each question is asked; the median counts
APPENDS = 4
LIMITS = {"one dyad by month": 15.0, "all dyads by month": 150.0, "append of 1,000 stories": 1.5}  # ms, ms, times plain Parquet writing


def make(store: Store, events: int) -> None:
    """Fill an empty record, a month at a time."""
    chance = random.Random(7)  # noqa: S311 - the same record each time
    weights = [1 / (n + 1) for n in range(len(CODES))]
    rows = [story_rows(s, 0, CODER) for s in sample_stories() if s.events]
    base = {name: frame_of(name, [row for r in rows for row in r[name]]) for name in ("stories", "events")}
    each = len(base["events"])
    months = sorted({f"{FIRST + timedelta(days=d):%Y-%m}" for d in range(DAYS)})
    rounds = -(-events // (each * len(months)))
    made = 0
    for number, month in enumerate(months):
        parts: dict[str, list[pl.DataFrame]] = {"stories": [], "events": []}
        for turn in range(rounds):
            if made >= events:
                break
            mark = f"{number:03x}{turn:03x}"
            day = date.fromisoformat(f"{month}-01") + timedelta(days=chance.randrange(28))
            told = [pl.lit(day).alias("published"), pl.lit(month).alias(PARTITION), pl.lit(number + 1, pl.Int64).alias("batch")]
            renamed = {c: (mark + pl.col(c).str.slice(6)).alias(c) for c in ("id", "story")}
            sides = [chance.choices(CODES, weights, k=each) for _ in range(2)]
            part = base["events"].head(events - made)
            swapped = [
                pl.when(pl.col(c).list.len() > 0).then(pl.Series(side[: len(part)]).reshape((len(part), 1)).arr.to_list()).otherwise(pl.col(c)).alias(c)
                for c, side in zip(("actor_countries", "recipient_countries"), sides, strict=True)
            ]
            record = pl.concat_str(pl.lit(f'{{"id": "{mark}'), pl.col("record").str.slice(14)).alias("record")
            parts["events"].append(part.with_columns(record).with_columns(*told, *swapped, renamed["id"], renamed["story"]))
            parts["stories"].append(base["stories"].with_columns(*told, renamed["id"], pl.lit(datetime.now(UTC)).dt.cast_time_unit("us").alias("recorded")))
            made += len(part)
        for name in ("events", "stories"):
            if parts[name]:
                write_deltalake(f"{store.url}/{name}", pl.concat(parts[name]), mode="append")


def questions(store: Store) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Give what is asked of the record, and the same in bare Polars over its files."""
    files = sorted(str(p) for p in Path(store.url).glob("events/month=*/*.parquet"))
    kept = sorted(str(p) for p in Path(store.url).glob("dyads/*.parquet"))
    pair = pl.col("actor_countries").list.contains("RUS"), pl.col("recipient_countries").list.contains("UKR")

    def by_month(rows: pl.LazyFrame, *keys: str) -> pl.DataFrame:
        return rows.group_by(*keys, "month", "quad").agg(pl.col("acts").sum()).collect()

    def of_events(rows: pl.LazyFrame) -> pl.DataFrame:
        return rows.group_by("month", "quad").len().collect()

    def events() -> pl.LazyFrame:
        return pl.scan_parquet(files, hive_partitioning=True)

    def counts() -> pl.LazyFrame:
        return pl.scan_parquet(kept)

    one = pl.col("actor") == "RUS", pl.col("recipient") == "UKR"
    return {
        "one dyad by month": (lambda: by_month(store.dyads(("RUS", "UKR"))), lambda: by_month(counts().filter(*one))),
        "all dyads by month": (lambda: by_month(store.dyads(), "actor", "recipient"), lambda: by_month(counts(), "actor", "recipient")),
        "events of one dyad, counted by month": (lambda: of_events(store.events(dyad=("RUS", "UKR"))), lambda: of_events(events().filter(*pair))),
    }


def appends(folder: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """Give an append of stories new to a record, and plain Parquet writing of the same rows, a file a table and month."""
    store = Store.create(folder / "appended")
    runs = iter(range(1_000_000))

    def fresh() -> list[Story]:
        mark = f"{next(runs):08x}"
        stories = islice(cycle(s for s in sample_stories() if s.events), STORIES)
        return [replace(s, id=f"{mark}{n:012x}", events=tuple(replace(e, id=f"{mark}{n:06x}{at:06x}") for at, e in enumerate(s.events))) for n, s in enumerate(stories)]

    waiting = [fresh() for _ in range(2 * APPENDS + 2)]

    def plain() -> None:
        place = folder / f"plain{next(runs)}"
        rows: dict[str, list[dict[str, object]]] = {name: [] for name in ("stories", *CHILDREN)}
        for story in waiting.pop():
            for name, more in story_rows(story, 1, CODER).items():
                rows[name] += more
        for name, more in rows.items():
            for (month,), part in frame_of(name, more).partition_by(PARTITION, as_dict=True).items():
                path = place / name / f"{month}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_parquet(path, compression="snappy")

    return lambda: store.write(waiting.pop(), CODER), plain


def timed(ours: Callable[[], object], bare: Callable[[], object], times: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Run two things in turn, after once to warm up; give of each the median milliseconds by the clock, and of processor time."""
    spent: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for turn in range(times + 1):
        for side, run in enumerate((ours, bare)):
            began = time.perf_counter(), time.process_time()
            run()
            if turn:
                spent[side].append(((time.perf_counter() - began[0]) * 1000, (time.process_time() - began[1]) * 1000))
    first, last = ((median(t for t, _ in side), median(t for _, t in side)) for side in spent)
    return first, last


def main(folder: Path, events: int) -> int:
    """Print the figures; exit code 1 when an append misses its limit, with DIURNA_BENCH_STRICT when a question does too."""
    url = folder / f"record-{events}"
    store = Store.create(url)
    if not store.readings().head(1).collect().height:
        make(store, events)
        keep_dyads(store)
    missed = 0
    for name, pair in questions(store).items():
        (ours, work), (bare, plain) = timed(*pair, TIMES)
        limit = LIMITS.get(name)
        missed += limit is not None and ours > limit and os.environ.get("DIURNA_BENCH_STRICT") == "1"
        print(f"{name}: {ours:.1f} ms{f' (limit: {limit:g})' if limit else ''}, {ours / bare:.2f} times bare Polars; processor time {work:.1f} ms, {work / plain:.2f} times")
    with tempfile.TemporaryDirectory() as place:
        (ours, work), (bare, plain) = timed(*appends(Path(place)), APPENDS)
    limit = LIMITS["append of 1,000 stories"]
    missed += work / plain > limit
    print(f"append of 1,000 stories: {ours:.0f} ms, {ours / bare:.2f} times plain Parquet writing (limit: {limit:g}); processor time {work:.0f} ms, {work / plain:.2f} times")
    return int(missed > 0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made), 1_000_000))
