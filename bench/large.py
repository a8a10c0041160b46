"""Make a large record of plain invented stories to measure the service on: ``python bench/large.py FOLDER [EVENTS]``.

Twelve years of news; who acts on whom follows a long-tailed draw, so that some dyads have tens of thousands of acts and most have few. Beyond
100,000 events the same stories come again on other days, under ids of their own.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import polars as pl
from deltalake import write_deltalake

from diurna.ontology import TYPES
from diurna.serve.names import country_names
from diurna.store import Store
from tests.made_record import CODER, made_story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Story

_FIRST: Final = "USA RUS UKR CHN IRN ISR SYR TUR FRA DEU GBR IND PAK PRK KOR JPN VEN COL BRA MEX EGY SAU YEM IRQ AFG".split()
_DAYS: Final = 12 * 365
_EACH: Final = 8  # events a story
_BATCH: Final = 5_000  # stories
_WRITTEN: Final = 100_000  # events made one by one; the others are these again


def large_stories(events: int) -> Iterator[Story]:
    """Make stories with so many events together, the same each time."""
    chance = random.Random(1)  # noqa: S311 - the same record each time
    others = sorted(set(country_names()) - set(_FIRST))
    codes = [*_FIRST, *others]
    weights = [1 / (n + 3) for n in range(len(codes))]
    kinds = sorted(TYPES)
    for number in range(events // _EACH):
        sides = chance.choices(codes, weights, k=2 * _EACH)
        acts = [(chance.choice(kinds), sides[2 * n], sides[2 * n + 1]) for n in range(_EACH)]
        day = date(2012, 1, 1) + timedelta(days=chance.randrange(_DAYS))
        told = chance.choices(["actual", "hypothetical", "negated"], [8, 1, 1])[0]
        yield made_story(number, day.isoformat(), *acts, modality=told, claimant="Oslo" if number % 3 == 0 else None, title=f"Note {number} of the envoys")


def again(store: Store, number: int) -> None:
    """Write all stories of a record once more, so many times five weeks later, under other ids."""
    key = f"{number:03x}"

    def renamed(column: str) -> pl.Expr:
        return (pl.lit(key) + pl.col(column).str.slice(len(key))).alias(column)

    day = pl.col("published").dt.offset_by(f"{35 * number}d")
    later = (day.alias("published"), day.dt.strftime("%Y-%m").alias("month"), pl.col("batch") + number)
    head = pl.lit('{"id": "' + key) + pl.col("record").str.slice(len('{"id": "') + len(key))
    stories = store.scan("stories").filter(~pl.col("title").str.contains("#")).with_columns(*later, renamed("id"), head.alias("record"), pl.col("title") + f" #{number}").collect()
    events = store.scan("events").filter(pl.col("batch").is_in(_batches(store))).with_columns(*later, renamed("id"), renamed("story"), head.alias("record")).collect()
    for name, rows in (("events", events), ("stories", stories)):
        write_deltalake(f"{store.url}/{name}", rows, mode="append")


def _batches(store: Store) -> list[int]:
    return store.scan("stories").filter(~pl.col("title").str.contains("#")).select(pl.col("batch").unique()).collect()["batch"].to_list()


def main(folder: Path, events: int) -> None:
    """Write the record; tell how long it took."""
    began, store, waiting = time.perf_counter(), Store.create(folder), []
    for story in large_stories(min(events, _WRITTEN)):
        waiting.append(story)
        if len(waiting) == _BATCH:
            store.write(waiting, CODER)
            waiting = []
    store.write(waiting, CODER)
    for number in range(1, events // _WRITTEN):
        again(store, number)
    for name in ("events", "stories"):
        store.table(name).optimize.compact()
    print(f"{len(store.rows('events').select('id').collect()):,} events in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
