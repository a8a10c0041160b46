"""The record on disk: whole stories or none, none twice, the past readable, and what is written is what is read."""

from __future__ import annotations

import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diurna.errors import QueryError, StoreError
from diurna.records import Attribution, CoderVersion, Confidence, Event, Harm, Party, Place, Reject, Sentence, Span, Story, TreatyAct, When, event_id, story_id
from diurna.store import TABLES, Store, Written, compact, history, info, release, released, releases, repair, vacuum, verify
from diurna.store.batches import Batches

ROOT = Path(__file__).resolve().parent.parent
CODER = CoderVersion("0.1.0", "test")
TEXT = "Norway expelled three envoys of Freedonia on Monday, police in Oslo said; two people were hurt."


def story(number: int, published: str | None = "2021-05-18", kind: str = "SANCTION") -> Story:
    text = f"{TEXT} Note {number}."
    key = story_id(text, published)

    def span(words: str) -> tuple[str, int, int]:
        at = text.index(words)
        return words, at, at + len(words)

    event = Event(
        id=event_id(key, 7, 15, kind), story=key, sentence=Sentence(0, 0, len(TEXT)), type=kind, mode="expel", cameo="161", quad="material conflict", score=-5.5,
        contexts=("diplomatic",), modality="actual", trigger=Span(*span("expelled")),
        actors=(Party(*span("Norway"), "Norway", "Q20", "NOR", "GOV"),), recipients=(Party(*span("three envoys of Freedonia"), country=None, sector="GOV"),),
        when=When("2021-05-17", "2021-05-17", *span("Monday")), where=Place(*span("Oslo"), "Oslo", "3143244", "NOR", "Oslo", 59.91, 10.75, "city"),
        attributed_to=Attribution(*span("police in Oslo"), "police", None, "NOR", "COP", None, Span(*span("said"))),
        harm=(Harm(*span("two people"), "injured", 2, 2, "people"),), treaty=TreatyAct(*span("Note"), "Note", None, "breaches"),
        confidence=Confidence(0.9, 0.95, 0.8), coder=CODER,
    )  # fmt: skip
    return Story(key, text, published, "wire", events=(event,))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "record")


def test_what_is_written_is_read(store: Store) -> None:
    written = [story(1), story(2, None), replace(story(3), events=())]
    assert store.write([*written, Reject("x.txt", "D201", "empty")], CODER) == Written(3, 0, 1)
    assert sorted(store.stories(), key=lambda s: s.id) == sorted(written, key=lambda s: s.id)
    assert {s.id: s.events for s in store.stories()} == {s.id: s.events for s in written}
    for name in ("mentions", "claims", "harm", "treaties", "rejects"):
        assert store.rows(name).collect().height > 0, name
    assert verify(store) == []


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([None, "1999-12-31", "2021-05-18"])), max_size=12), st.integers(1, 4))
def test_no_story_is_lost_or_doubled_however_it_is_cut_into_batches(tmp_path_factory: pytest.TempPathFactory, keys: list[tuple[int, str | None]], size: int) -> None:
    store = Store.create(tmp_path_factory.mktemp("record"))
    stories = [story(*k) for k in keys]
    for low in range(0, len(stories), size):
        store.write(stories[low : low + size], CODER)
    assert sorted(s.id for s in store.stories()) == sorted({s.id for s in stories})
    assert store.rows("events").collect().height == len({s.id for s in stories})
    assert verify(store) == []


def test_a_newer_coder_supersedes_and_the_past_stays_readable(store: Store) -> None:
    store.write([story(1)], CODER)
    between = datetime.now(UTC)
    time.sleep(0.01)
    newer = replace(story(1), events=(replace(story(1).events[0], mode=None, coder=CoderVersion("0.2.0", "test")),))
    assert store.write([newer], CoderVersion("0.2.0", "test")) == Written(1, 0, 0)
    assert store.rows("events").select("mode").collect().to_series().to_list() == [None]
    assert Store(store.url, as_of=between).rows("events").select("mode").collect().to_series().to_list() == ["expel"]
    assert Store(store.url, as_of=1).rows("events").select("mode").collect().to_series().to_list() == ["expel"]
    assert Store(store.url, as_of=0).rows("events").collect().height == 0
    assert store.scan("events").collect().height == 2
    with pytest.raises(StoreError, match="D534"):
        Store(store.url, as_of=9)


def test_filters_narrow(store: Store) -> None:
    store.write([story(1), story(2, "2020-01-02", "ACCUSE")], CODER)
    for asked, count in (
        ({"country": "nor"}, 2), ({"country": "FRA"}, 0), ({"types": ["accuse"]}, 1), ({"mode": "expel", "modality": "actual"}, 2), ({"modality": "negated"}, 0),
        ({"claimant": "police"}, 2), ({"place": "NOR"}, 2), ({"place": "Bergen"}, 0), ({"first": "2021-05-18"}, 0), ({"last": "2021-05-17"}, 2), ({"text": "freedonia"}, 2),
        ({"text": "trigger"}, 0), ({"least": 0.95}, 0), ({"since": "2021-01-01"}, 1), ({"until": "2020-12-31"}, 1), ({"review": "open"}, 2), ({"review": "confirm"}, 0),
    ):  # fmt: skip
        assert store.events(**asked).collect().height == count, asked  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="D624"):
        store.events(modality="maybe")


def test_rows_without_a_mark_are_unseen_found_and_swept(store: Store) -> None:
    store.write([story(1)], CODER)
    rows = store.scan("events").collect().with_columns(pl.lit(7, pl.Int64).alias("batch")).to_dicts()
    store.append("events", rows)  # as a writer leaves it that is killed before the story's row
    assert store.rows("events").collect().height == 1
    assert [(f.table, f.rows) for f in verify(store)] == [("events", 1)]
    with pytest.raises(StoreError, match="D507"):
        repair(store)
    assert repair(store, grace_hours=0) == {"events": 1}
    assert verify(store) == []
    assert store.rows("events").collect().height == 1


def test_two_writers_that_bring_one_story_do_not_double_it(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Store(store.url).write([story(n), story(100)], CODER), range(8)))
    assert sorted(s.id for s in store.stories()) == sorted({story(n).id for n in [*range(8), 100]})
    assert store.rows("events").collect().height == 9
    assert verify(store) == []


def test_filters_and_upkeep(store: Store, tmp_path: Path) -> None:
    for n in range(5):
        store.write([story(n), story(n, "2020-01-02", "ACCUSE")], CODER)
    assert store.events(types=["ACCUSE"], since="2020-01-01", until="2020-12-31").collect().height == 5
    assert store.events(dyad=("NOR", "SWE")).collect().height == 0
    assert compact(store)["events"] > 0
    assert vacuum(store, keep_hours=0)["events"] > 0
    assert verify(store) == []
    assert history(store, "stories", 1)[0]["version"] >= 5
    facts = info(store)
    assert (facts["stories"], facts["events"], facts["from"], facts["to"]) == (10, 10, "2020-01-02", "2021-05-18")
    manifest = release(store, "2026.1", tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out/events.parquet").height == manifest["files"]["events.parquet"]["rows"] == 10
    with pytest.raises(StoreError, match="D508"):
        release(store, "2026.1", tmp_path / "out")


def test_a_release_is_read_by_its_name(store: Store, tmp_path: Path) -> None:
    store.write([story(1)], CODER)
    event = story(1).events[0].id
    store.review(event, "confirm", by="A. Reader", reason="as told")
    manifest = release(store, "spring", tmp_path / "out")
    store.write([story(2)], CODER)
    store.review(event, "reject", by="B. Reader", reason="no")
    then = released(Store(store.url), "spring")
    assert [s.id for s in then.stories()] == [story(1).id]
    assert [r.verdict for r in then.reviews()] == ["confirm"]
    assert [r.verdict for r in pickle.loads(pickle.dumps(then)).reviews()] == ["confirm"]  # noqa: S301 - our own bytes
    assert [(r["name"], json.loads(r["manifest"])) for r in releases(store)] == [("spring", manifest)]
    for name in ("spring", "2026-01-01", "17"):
        with pytest.raises(StoreError, match="D508"):
            release(store, name, tmp_path / "other")
    with pytest.raises(StoreError, match="D534"):
        released(store, "summer")


def test_eight_writers_at_once_some_of_them_killed_lose_nothing(tmp_path: Path) -> None:
    """Eight processes bring stories, half of them the same ones; three are killed at random instants, and what each had been told is kept is there, once."""
    chance = random.Random(5)
    record = tmp_path / "record"
    Store.create(record)
    firsts = [0, 0, 100, 100, 200, 200, 300, 400]
    command = [sys.executable, str(ROOT / "tests/faults/writer.py"), str(record)]
    writers = [subprocess.Popen([*command, str(n), str(n + 5)], stdout=subprocess.PIPE, text=True) for n in firsts]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()  # its first story is kept: it is at work
    told = set(firsts)
    for writer in chance.sample(writers, 3):
        time.sleep(chance.uniform(0, 0.3))
        writer.kill()
    for writer in writers:
        told |= {int(line) for line in (writer.stdout or ()) if line.endswith("\n")}
        assert writer.wait() in {0, -signal.SIGKILL}
        if writer.stdout:
            writer.stdout.close()
    store = Store(record)
    repair(store, grace_hours=0)
    kept = [int(s.text.rsplit(" ", 1)[-1].rstrip(".")) for s in store.stories()]
    assert told <= set(kept)
    assert len(kept) == len(set(kept))
    assert store.rows("events").select(pl.col("id").is_duplicated().any()).collect().item() is False
    assert verify(store) == []


def test_a_missing_record_and_a_missing_table_are_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="D501"):
        Store(tmp_path / "nothing")
    with pytest.raises(StoreError, match="D505"):
        Store.create(tmp_path / "r").rows("evnts")


def test_every_column_says_what_it_is(store: Store) -> None:
    for name in TABLES:
        for column in store.table(name).schema().fields:
            assert column.metadata["comment"], (name, column.name)


def test_batches_write_what_waits_at_the_end(tmp_path: Path) -> None:
    with Batches(str(tmp_path / "r"), CODER) as batches:
        for n in range(3):
            batches.add(story(n))
    assert batches.written == Written(3, 0, 0)
    assert Store(tmp_path / "r").rows("runs").select("stories").collect().item() == 3


def test_kills_at_random_instants_lose_and_double_nothing(tmp_path: Path) -> None:
    """A few of the thousand kills that tests/faults/kills.py makes."""
    done = subprocess.run([sys.executable, str(ROOT / "tests/faults/kills.py"), "12", str(tmp_path / "record")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["lost"] == 0


@pytest.mark.model
def test_code_and_query_from_the_command_line(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "diurna.cli", *arguments], capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"})

    record = str(tmp_path / "record")
    first = run("code", str(ROOT / "examples/talks.txt"), "--published", "2019-02-12", "--store", record)
    assert (first.returncode, first.stdout) == (0, "")
    assert "1 stories new to the record" in first.stderr
    assert "0 stories new to the record, 1 known" in run("code", str(ROOT / "examples/talks.txt"), "--published", "2019-02-12", "--store", record).stderr
    rows = [json.loads(line) for line in run("query", "--store", record, "--dyad", "RUS-NOR", "--json").stdout.splitlines()]
    assert rows
    assert all("RUS" in [p["country"] for p in row["actors"]] for row in rows)
    counted = run("query", "--store", record, "--sql", "SELECT COUNT(*) AS n FROM stories", "--csv")
    assert counted.stdout.split() == ["n", "1"]
    assert run("query", "--store", record, "--sql", "SELEC").returncode == 2
    assert run("store", "verify", record).stdout.strip() == "the record is sound"
    assert run("query", "--store", record, "--country", "NOR", "-o", str(tmp_path / "x.parquet")).returncode == 0
    assert pl.read_parquet(tmp_path / "x.parquet").height > 0


def test_a_writer_that_is_killed_leaves_a_sound_record(tmp_path: Path) -> None:
    record = tmp_path / "record"
    Store.create(record)
    writer = subprocess.Popen([sys.executable, str(ROOT / "tests/faults/writer.py"), str(record), "0", "1000"], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(3)]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    kept = {s.text.rsplit(" ", 1)[-1] for s in Store(record).stories()}
    assert {f"{n}." for n in told} <= kept
