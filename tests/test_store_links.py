"""Links kept with the record: passes give what linking all stories at once gives, in whatever portions and order they came; half a pass is unseen."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from diurna.link import Families, Linker, affairs_of
from diurna.records import CoderVersion, Story
from diurna.serve.sample import sample_stories
from diurna.store import Store
from diurna.store.linking import REACH, is_fresh, keep_links, kept_affairs, kept_threads
from diurna.store.links import read_links, with_links
from tests.made_record import CODER, made_story

if TYPE_CHECKING:
    from pathlib import Path

ACTS = [("ASSAULT", "RUS", "UKR"), ("CONSULT", "NOR", "SWE"), ("SANCTION", "USA", "IRN"), ("AID", "NOR", "UKR")]


def stories() -> list[Story]:
    """Take reports of the sample, and make others of four kinds of act over three weeks: copies among them, undated, historical and far-off ones."""
    chance = random.Random(3)
    found = sample_stories()[:8]
    for n in range(16):
        story = made_story(n // 3 if n % 3 else n, f"2020-02-{1 + chance.randrange(20):02d}", ACTS[n % 4], chance.choice(ACTS), title=f"Headline {n}")
        found.append(replace(story, source=f"House {n % 5}"))
    found += [made_story(90, None, ACTS[0]), made_story(95, None, ACTS[0]), made_story(92, "2021-07-01", ACTS[0])]
    found += [made_story(n, f"20{n}-07-01", ACTS[0], modality="historical") for n in (10, 15)]
    return list({s.id: s for s in found}.values())


def seen(store: Store) -> tuple[Any, ...]:
    links = read_links(store)
    assert links is not None
    return sorted(links.families.drop("batch").rows(), key=str), sorted(links.threads.rows(), key=str), sorted(links.affairs.rows())


def whole(store: Store) -> tuple[Any, ...]:
    told = list(store.stories())
    linker = Linker(told, reach=REACH)
    threads = linker.threads()
    rows = sorted(((v.story, f.id, v.kind, v.previous, v.score, list(v.changes)) for f in Families(told, reach=REACH) for v in f.versions), key=str)
    members = sorted(((m.event, m.story, t.id, min(linker.hanging([t.id])), m.score, m.nearest, list(m.because), t.sources) for t in threads for m in t.members), key=str)
    return rows, members, sorted((t.id, a.id) for a in affairs_of(threads) for t in a.threads)


@pytest.mark.parametrize("seed", range(2))
def test_passes_in_portions_give_what_linking_all_at_once_gives(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    waiting = stories()
    chance.shuffle(waiting)
    store = Store.create(tmp_path / "r")
    while waiting:
        size = chance.choice([6, 13])
        store.write(waiting[:size], CODER)
        waiting = waiting[size:]
        assert not is_fresh(store)
        keep_links(store, affairs=not waiting)
        assert is_fresh(store)
    assert seen(store) == whole(store)
    assert keep_links(store).fresh == 0
    links = read_links(store)
    assert links is not None
    linker = Linker(store.stories(), reach=REACH)
    assert kept_threads(store, links) == linker.threads()
    assert [a.to_dict() for a in kept_affairs(store, links)] == [a.to_dict() for a in affairs_of(linker.threads())]


def test_a_story_coded_anew_leaves_its_old_threads(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "r")
    told = [made_story(n, "2020-02-05", ("ASSAULT", "RUS", "UKR")) for n in range(3)]
    store.write(told, CODER)
    keep_links(store)
    newer = replace(told[1], events=(replace(told[1].events[0], id="0" * 20, type="THREATEN", quad="verbal conflict"),))
    store.write([newer, replace(told[2], events=())], CoderVersion("0.2.0", "test"))
    assert not is_fresh(store)
    assert keep_links(store).fresh == 2
    assert seen(store) == whole(store)
    keep_links(store, anew=True)
    assert seen(store) == whole(store)


def test_half_a_pass_is_unseen_and_of_two_at_once_one_counts(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "r")
    store.write(stories()[8:18], CODER)
    keep_links(store)
    before, links = seen(store), read_links(store)
    assert links is not None
    store.append("threads", [{"pass": 7, "event": links.threads["event"][0], "story": "x", "thread": None}])  # as a killed pass leaves it
    assert seen(store) == before
    for number in (8, 9):  # two that built on one
        story = links.families["story"][number]
        store.append("families", [{"pass": number, "story": story, "batch": number, "family": f"by {number}"}])
        store.append("passes", [{"pass": number, "before": links.last, "recorded": datetime(2100, 1, number, tzinfo=UTC), "stories": 1, "affairs": False}])
    told = set(read_links(store).families["family"])  # type: ignore[union-attr]
    assert "by 8" in told
    assert "by 9" not in told
    assert not is_fresh(store)
    keep_links(store)
    assert seen(store) == whole(store) == before


def test_links_stand_beside_events(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "r")
    told = made_story(1, "2020-02-05", ("ASSAULT", "RUS", "UKR"))
    other = made_story(2, "2020-02-05", ("ASSAULT", "RUS", "UKR"))
    store.write([replace(told, source="A"), replace(other, source="B")], CODER)
    assert with_links(store, store.rows("events")).collect()["thread"].to_list() == [None, None]
    keep_links(store)
    frame = with_links(store, store.rows("events")).collect()
    assert frame["thread"].n_unique() == 1
    assert frame["duplicate_of"].null_count() == 1
    assert frame["sources"].to_list() == [1, 1]
    assert with_links(Store(store.url, as_of=1), store.rows("events")).collect()["thread"].null_count() == 2
