"""Kill ``diurna watch`` and ``diurna code --store`` at random instants and count what is lost or doubled: ``feed_kills.py KILLS FOLDER [SECONDS]``.

A process that has loaded program and model forks a child for each run, so that a kill costs the run and not the loading; the children run
the commands with the arguments that a user would give, in pairs that share a record. A server of ours brings out new reports all the while, and a folder new files. Batches
are written after a fifth of a second, so that many kills fall into a write. At the end each command runs once undisturbed. Prints one JSON
object; exit code 1 on any loss. SECONDS ends it early, with as many kills as there were.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feed_server import article, rss, serving

import diurna.coder
import diurna.store.batches
import diurna.watch
from diurna.cli import app
from diurna.read.feeds.article import read_article
from diurna.read.feeds.fetch import Page
from diurna.store import Store, repair, verify

SOON = 0.2  # seconds that a story may wait to be written
LONGEST = 4.0  # seconds until a kill; 2 on average, for two children at once
AT_A_TIME = 12  # reports that the feed names
EVERY = 6  # kills between two undisturbed runs of ``code``, which has no memory but the record


def main(kills: int, folder: str, seconds: float = float("inf")) -> int:
    ended = time.monotonic() + seconds
    chance = random.Random(7)
    place = Path(folder)
    place.mkdir(parents=True)
    server, base = _serve(place)
    lists = _list(place, base)
    runs = {"watch": (["watch", str(lists), "--store", str(place / "record"), "--allow-private"], place / "record")}
    runs["code"] = (["code", str(place / "archive.jsonl"), "--store", str(place / "coded")], place / "coded")
    brought = {"watch": 0, "code": 0}
    for record in ("record", "coded"):
        _run([sys.executable, "-m", "diurna.cli", "store", "init", str(place / record)])
    made = Counter[str]()
    _load()
    while made.total() < kills and time.monotonic() < ended:
        name = "watch" if made["watch"] <= made["code"] else "code"
        brought[name] += 2
        _bring(place, name, brought[name])
        _pass_time(place)
        children = [_fork(runs[name][0]) for _ in range(2)]
        time.sleep(chance.uniform(0.1, LONGEST))
        for child in children:
            os.kill(child, signal.SIGKILL)
            made[name] += 1
            os.waitpid(child, 0)
        if name == "code" and made["code"] % (2 * EVERY) == 0:
            os.waitpid(_fork(runs["code"][0]), 0)
    _pass_time(place)
    time.sleep(3)  # a file dropped last is read once it has settled
    for _ in range(2):
        os.waitpid(_fork([*runs["watch"][0], "--once"]), 0)
    os.waitpid(_fork(runs["code"][0]), 0)
    os.kill(server, signal.SIGKILL)
    found = {"kills": made.total()} | {name: {"kills": made[name]} | _judge(runs[name][1], brought[name], 1 + (name == "watch")) for name in runs}
    print(json.dumps(found))
    return int(any(found[name][k] for name in runs for k in ("lost", "doubled", "faults")))  # type: ignore[index]


def _load() -> None:
    """Load what the children use: the model, with one thread, as threads do not outlive a fork, and what reads pages."""
    coder = diurna.coder.Coder(threads=1)
    coder.code(_text(1), published="2021-05-18")
    read_article(Page("http://example.org/1", 200, {"content-type": "text/html"}, article(1)), "http://example.org/1")
    diurna.coder.Coder = lambda *_, **__: coder


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _serve(place: Path) -> tuple[int, str]:
    """Run the server in a process of its own: it names the last reports that have been brought out."""
    listen, tell = os.pipe()
    if (child := os.fork()) == 0:
        with serving() as site:

            def answer(_: object) -> tuple[int, dict[str, str], bytes]:
                newest = 0
                with suppress(OSError, ValueError):
                    newest = int((place / "newest").read_text("utf-8"))
                return 200, {"Content-Type": "application/rss+xml"}, rss(site.base, range(1, newest + 1))

            site.answers["/rss"] = answer
            os.write(tell, site.base.encode())
            signal.pause()
    return child, os.read(listen, 200).decode()


def _list(place: Path, base: str) -> Path:
    path = place / "feeds.toml"
    (place / "drop").mkdir()
    path.write_text(
        f'[watch]\ndelay = 0.0\n[[feed]]\nname = "wire"\nurl = "{base}/rss"\nevery = 1\n[[feed]]\nname = "drop"\nkind = "folder"\npath = "drop"\nevery = 0\n', encoding="utf-8"
    )
    return path


def _text(number: int) -> str:
    return f"Norway expelled {number} envoys of Freedonia on Monday, police in Oslo said. Two people were hurt when a crowd of {number} gathered at the embassy. Note {number}."


def _bring(place: Path, name: str, newest: int) -> None:
    """Bring out reports up to a number: on the site and as files, or as lines of an archive."""
    if name == "watch":
        for number in (newest - 1, newest):
            part = place / "drop" / f"{number}.txt.tmp"
            part.write_text(_text(number), encoding="utf-8")
            part.rename(place / "drop" / f"{number}.txt")
        (place / "newest.tmp").write_text(str(newest), encoding="utf-8")
        (place / "newest.tmp").rename(place / "newest")
    else:
        with (place / "archive.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": _text(number), "published": "2021-05-18"}) + "\n" for number in (newest - 1, newest))


def _pass_time(place: Path) -> None:
    """Let the minute pass that lies between two looks at a feed."""
    if (state := place / "record/watch.sqlite").exists():
        with closing(sqlite3.connect(state, timeout=60.0)) as base, suppress(sqlite3.OperationalError):  # killed before it made its tables
            base.execute("UPDATE feeds SET next = 0")
            base.commit()


def _fork(arguments: list[str]) -> int:
    if (child := os.fork()) != 0:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    diurna.store.batches._SECONDS = SOON
    diurna.watch._GATHER = SOON
    try:
        app(arguments)
    finally:
        os._exit(0)


def _judge(record: Path, brought: int, ways: int) -> dict[str, int]:
    """Compare what is in a record with what was brought: each report once by each way it came."""
    store = Store(record)
    swept = repair(store, grace_hours=0)
    counts = Counter((s.source, s.text) for s in store.stories())
    events = Counter(row for (row,) in store.rows("events").select("id").collect().iter_rows())
    return {
        "brought": brought * ways,
        "stories": len(counts),
        "lost": max(0, brought * ways - len(counts)),
        "doubled": sum(n > 1 for n in counts.values()) + sum(n > 1 for n in events.values()) + max(0, len(counts) - brought * ways),
        "swept": sum(swept.values()),
        "faults": len(verify(store)),
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], *map(float, sys.argv[3:4])))
