"""Reading fast what is read often: counts of dyads equal the events that they count, whatever came since, and what does not count is never read."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from diurna.records import CoderVersion
from diurna.store import Store, compact, verify
from diurna.store.batches import Batches
from diurna.store.summaries import dyads_of, keep_dyads, waiting
from tests.made_record import CODER, made_story

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.records import Story


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(tmp_path / "record")
    store.write([made_story(n, f"2020-0{1 + n % 3}-05", ("ASSAULT", "RUS", "UKR GEO"), ("CONSULT", "NOR", "SWE")) for n in range(9)], CODER)
    return store


def counts(rows: pl.LazyFrame) -> list[tuple[object, ...]]:
    return sorted(rows.group_by("month", "actor", "recipient", "type", "quad", "modality").agg(pl.col("acts").sum(), pl.col("score").sum().round(3)).collect().rows())


def counted_anew(store: Store) -> list[tuple[object, ...]]:
    return counts(dyads_of(Store(store.url).rows("events")))


def recoded(story: Story) -> Story:
    return replace(story, events=(replace(story.events[0], type="THREATEN", quad="verbal conflict", score=-4.0),))


def test_counts_are_those_of_the_events_before_and_after_they_are_kept(store: Store) -> None:
    assert counts(store.dyads()) == counted_anew(store)
    assert waiting(store) == 9
    keep_dyads(store)
    assert waiting(store) == 0
    assert counts(store.dyads()) == counted_anew(store)
    assert {r[1:3] for r in counts(store.dyads(("rus", "GEO")))} == {("RUS", "GEO")}


def test_what_came_since_is_counted_and_what_it_supersedes_is_not(store: Store) -> None:
    keep_dyads(store)
    store.write([made_story(20, "2020-02-09", ("AID", "NOR", "UKR"))], CODER)
    store.write([recoded(made_story(1, "2020-02-05", ("ASSAULT", "RUS", "UKR GEO"), ("CONSULT", "NOR", "SWE")))], CoderVersion("0.2.0", "test"))
    orphans = store.scan("events").head(3).collect().with_columns(pl.lit(7, pl.Int64).alias("batch"))
    store.append("events", orphans.to_dicts())  # as a killed writer leaves them
    assert waiting(store) == 2
    assert counts(store.dyads()) == counted_anew(store)
    assert ("2020-02", "RUS", "UKR", "THREATEN") in {(*r[:4],) for r in counts(store.dyads())}
    assert counts(Store(store.url, as_of=1).dyads()) == counts(dyads_of(Store(store.url, as_of=1).rows("events")))
    compact(store)
    assert waiting(store) == 0
    assert counts(store.dyads()) == counted_anew(store)


def test_an_open_store_sees_what_others_write_and_what_supersedes(store: Store) -> None:
    assert store.rows("events").collect().height == 18
    other = Store(store.url)
    other.write([made_story(30, "2020-03-09", ("AID", "NOR", "UKR"))], CODER)
    assert store.rows("events").collect().height == 19
    assert store.readings().collect().height == 10
    other.write([recoded(made_story(30, "2020-03-09", ("AID", "NOR", "UKR")))], CoderVersion("0.2.0", "test"))
    assert store.rows("events").filter(pl.col("published") == pl.date(2020, 3, 9)).collect()["type"].to_list() == ["THREATEN"]
    assert pickle.loads(pickle.dumps(store)).rows("events").collect().height == 19  # noqa: S301 - our own bytes
    assert verify(store) == []


def test_a_long_run_keeps_the_counts_at_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diurna.store.batches._COUNTED_FROM", 3)
    with Batches(str(tmp_path / "r"), CODER) as batches:
        for n in range(5):
            batches.add(made_story(n, "2020-02-09", ("AID", "NOR", "UKR")))
    assert waiting(Store(tmp_path / "r")) == 0
    with Batches(str(tmp_path / "r"), CODER) as batches:
        batches.add(made_story(9, "2020-02-09", ("AID", "NOR", "UKR")))
    assert waiting(Store(tmp_path / "r")) == 1
