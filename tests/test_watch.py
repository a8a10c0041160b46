"""The flow from feeds to the record: each story once, whoever is killed, whatever cannot be coded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn, cast

import pytest
from feed_server import article, rss, serving
from test_store import CODER, story
from typer.testing import CliRunner

from diurna.cli import app
from diurna.errors import ConfigError, StoreError
from diurna.read.feeds import Feed, Watch
from diurna.store import Store, Written, verify
from diurna.watch import Watcher, state_path

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.coder import Coder
    from diurna.records import Story


class Hand:
    """Code stories by hand: a test of the flow needs no model."""

    version = CODER

    def __init__(self, bad: str = "never") -> None:
        self.bad = bad

    def code_story(self, read: Story) -> Story:
        if self.bad in read.text:
            raise ZeroDivisionError(self.bad)
        return replace(read, events=tuple(replace(e, story=read.id, id=f"{read.id}-{n}") for n, e in enumerate(story(1).events)))


def watcher(tmp_path: Path, *feeds: Feed, bad: str = "never") -> Watcher:
    record = tmp_path / "record"
    return Watcher(Watch(feeds, delay=0.0), Store.create(record), cast("Coder", Hand(bad)), state_path(str(record)), private=True)


def test_feeds_go_into_the_record_once(tmp_path: Path) -> None:
    with serving() as site:
        site.give("/rss", rss(site.base, range(5)))
        site.give("/news/3", b"", status=404)
        feed = Feed("wire", f"{site.base}/rss")
        assert watcher(tmp_path, feed).run(once=True) == Written(4, 0, 1)
        assert watcher(tmp_path, feed).run(once=True) == Written()
        assert site.seen["/rss"] == 1
    store = Store(tmp_path / "record")
    assert sorted(s.url or "" for s in store.stories()) == [f"{site.base}/news/{n}" for n in (0, 1, 2, 4)]
    assert verify(store) == []
    assert store.rows("runs").collect()["stories"].to_list() == [4]


def test_a_story_that_breaks_the_coder_is_rejected(tmp_path: Path) -> None:
    with serving() as site:
        site.give("/rss", rss(site.base, (1, 2)))
        site.give("/news/2", article(2, extra="<p>Here lies the poison.</p>"))
        assert watcher(tmp_path, Feed("wire", f"{site.base}/rss"), bad="poison").run(once=True) == Written(1, 0, 1)
    assert Store(tmp_path / "record").rows("rejects").collect()["code"].to_list() == ["D261"]


def test_a_record_that_cannot_be_written_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise StoreError("D504", "the disk is full")

    with serving() as site:
        site.give("/rss", rss(site.base, range(3)))
        feed = Feed("wire", f"{site.base}/rss")
        with monkeypatch.context() as patch:
            patch.setattr(Store, "write", refuse)
            with pytest.raises(StoreError):
                watcher(tmp_path, feed).run(once=True)
        assert watcher(tmp_path, feed).run(once=True) == Written(3, 0, 0)


def test_several_watches_share_the_work(tmp_path: Path) -> None:
    import threading

    with serving() as site:
        site.give("/rss", rss(site.base, range(20)))
        watches = [watcher(tmp_path, Feed("wire", f"{site.base}/rss")) for _ in range(3)]
        threads = [threading.Thread(target=w.run, kwargs={"once": True}) for w in watches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(site.seen[f"/news/{n}"] == 1 for n in range(20))
    assert sum(w.written.stories for w in watches) == 20
    assert len(list(Store(tmp_path / "record").stories())) == 20


def test_an_object_store_needs_a_place_for_the_state() -> None:
    with pytest.raises(ConfigError, match="D113"):
        state_path("s3://bucket/record")


@pytest.mark.model
def test_the_command_resumes_after_a_kill_and_tells_of_health(tmp_path: Path) -> None:
    lists, record = tmp_path / "feeds.toml", tmp_path / "record"
    with serving() as site:
        site.give("/rss", rss(site.base, (1, 2)))
        site.give("/gone", b"", status=410)
        lists.write_text(f"[watch]\ndelay = 0.0\n[[feed]]\nname = 'wire'\nurl = '{site.base}/rss'\n[[feed]]\nname = 'old'\nurl = '{site.base}/gone'\n", encoding="utf-8")
        command = [sys.executable, "-m", "diurna.cli", "watch", str(lists), "--store", str(record), "--allow-private"]
        run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while site.seen["/news/2"] == 0:
            assert run.poll() is None
            time.sleep(0.02)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        subprocess.run([*command, "--once"], check=True, stderr=subprocess.DEVNULL)
    found = list(Store(record).stories())
    assert sorted(s.url or "" for s in found) == [f"{site.base}/news/{n}" for n in (1, 2)]
    assert all(e.type for s in found for e in s.events)
    told = CliRunner().invoke(app, ["watch", str(lists), "--store", str(record), "--health", "--json"])
    rows = {row["name"]: row for row in map(json.loads, told.stdout.splitlines())}
    assert (rows["wire"]["state"], rows["wire"]["done"], rows["old"]["state"]) == ("well", 2, "failing")
    assert "D252" in rows["old"]["error"]


@pytest.mark.model
def test_rules_are_looked_with_and_what_is_new_is_sent_once(tmp_path: Path) -> None:
    lists, rules, sent = tmp_path / "feeds.toml", tmp_path / "rules.toml", tmp_path / "sent.jsonl"
    rules.write_text(f"[[channel]]\nname = 'log'\nkind = 'file'\npath = '{sent}'\n[[rule]]\nname = 'all'\nkind = 'threshold'\nper = 'all'\nabove = 0\n", encoding="utf-8")
    with serving() as site:
        site.give("/rss", rss(site.base, (1, 2)))
        lists.write_text(f"[watch]\ndelay = 0.0\n[[feed]]\nname = 'wire'\nurl = '{site.base}/rss'\n", encoding="utf-8")
        command = [sys.executable, "-m", "diurna.cli", "watch", str(lists), "--store", str(tmp_path / "record"), "--allow-private", "--signals", str(rules)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
            until = time.monotonic() + 120
            while not sent.exists() and time.monotonic() < until:
                assert run.poll() is None
                time.sleep(0.05)
            run.terminate()
            told = run.communicate(timeout=60)[1]
        assert run.returncode == 0
        assert "1 new signals, 1 delivered" in told
        subprocess.run([*command, "--once"], check=True, stderr=subprocess.DEVNULL)
    (row,) = map(json.loads, sent.read_text(encoding="utf-8").splitlines())
    assert (row["rule"], row["events"] != []) == ("all", True)


def test_wrong_rules_end_a_watch_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text("[[feed]]\nname = 'wire'\nurl = 'http://127.0.0.1:9/rss'\n", encoding="utf-8")
    (tmp_path / "rules.toml").write_text("[[rule]]\nname = 'a'\nkind = 'mach'\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["watch", str(tmp_path / "feeds.toml"), "--store", str(tmp_path / "record"), "--signals", str(tmp_path / "rules.toml")])
    assert isinstance(told.exception, ConfigError)
    assert told.exception.code == "D131"
    assert not (tmp_path / "record").exists()


def test_the_public_list_is_shown_by_region() -> None:
    told = CliRunner().invoke(app, ["watch", "public", "--only", "oceania", "--list", "--json"])
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert rows
    assert {row["region"] for row in rows} == {"oceania"}
    assert {row["state_owned"] for row in rows} == {True, False}
