"""What a watch remembers: cursors, entries, turns and health, in one SQLite file that many processes and threads share.

An entry goes from ``new`` (named by a feed) to ``read`` (its story or reject is kept here) to ``done`` (it is in the record). Each step is
one transaction; a process that is killed leaves every entry at a step that another takes up. A claim holds as long as its worker is seen
to live.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diurna.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from diurna.read.feeds.listing import Entry

__all__ = ["Claimed", "Item", "State"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (
  name TEXT PRIMARY KEY, url TEXT, host TEXT, etag TEXT, modified TEXT, moved TEXT,
  next REAL NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, looks INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  tried REAL, succeeded REAL, brought REAL, error TEXT, worker TEXT);
CREATE TABLE IF NOT EXISTS items (
  key TEXT PRIMARY KEY, feed TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL, title TEXT, published TEXT, stamp TEXT, text TEXT,
  step TEXT NOT NULL DEFAULT 'new', next REAL NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, versions INTEGER NOT NULL DEFAULT 0,
  seen REAL NOT NULL, had REAL, page TEXT, story TEXT, reject TEXT, worker TEXT);
CREATE INDEX IF NOT EXISTS items_by_step ON items (step, next);
CREATE INDEX IF NOT EXISTS items_by_page ON items (page);
CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, next REAL NOT NULL DEFAULT 0, delay REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS robots (site TEXT PRIMARY KEY, rules TEXT NOT NULL, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, feed TEXT NOT NULL, stamp TEXT NOT NULL, taken INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS workers (id TEXT PRIMARY KEY, machine TEXT NOT NULL, pid INTEGER NOT NULL, beat REAL NOT NULL);
"""
_ALIVE = 30.0  # seconds since its last beat that a worker is believed to live
_FREE = "(worker IS NULL OR worker NOT IN (SELECT id FROM workers))"
_FORGET = 60 * 86_400.0  # seconds: entries that are done and that no feed has named for so long
_VERSIONS = 5  # of one page
_SETTLE = 900.0  # seconds between two readings of one page
_SUSPECT = 3  # workers that died with a story in hand before it is taken alone
_KEPT = 1_000_000  # characters of text that a feed itself brings


@dataclass(frozen=True, slots=True)
class Item:
    """Hold an entry that waits to be fetched."""

    key: str
    feed: str
    url: str
    title: str | None
    published: str | None
    text: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """Hold a story or a reject, as JSON, that waits for its place in the record, and how often that was tried."""

    key: str
    story: str | None
    reject: str | None
    tries: int


class State:
    """Open the state of a watch; each thread gets a connection of its own.

    Args:
        path: the SQLite file, made if it is not there.

    Raises:
        ConfigError: D112 if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base().executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError("D112", f"the watch's state cannot be opened ({error}); name another place with --state", str(path)) from error
        self.beat()

    def _base(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "base", None)
        if found is None:
            found = sqlite3.connect(self.path, timeout=60.0, isolation_level=None, check_same_thread=False)
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=NORMAL")
            self._local.base = found
            self._all.append(found)
        return found

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        """Do all of it or nothing."""
        base = self._base()
        base.execute("BEGIN IMMEDIATE")
        try:
            yield base
        except BaseException:
            base.execute("ROLLBACK")
            raise
        base.execute("COMMIT")

    def close(self) -> None:
        """Give back what this worker holds."""
        with self._step() as base:
            base.execute("DELETE FROM workers WHERE id = ?", (self.worker,))
        for connection in self._all:
            connection.close()

    def beat(self) -> None:
        """Say that this worker lives, and strike off those that do not."""
        now, machine = time.time(), socket.gethostname()
        with self._step() as base:
            base.execute("INSERT INTO workers VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat", (self.worker, machine, os.getpid(), now))
            base.execute("DELETE FROM workers WHERE beat < ?", (now - _ALIVE,))
            rows = base.execute("SELECT id, pid FROM workers WHERE machine = ? AND id != ?", (machine, self.worker)).fetchall()
            base.executemany("DELETE FROM workers WHERE id = ?", [(r["id"],) for r in rows if not _runs(r["pid"])])

    # Turns and robots.txt

    def reserve(self, host: str, delay: float) -> float:
        """Take the next turn at a host; give the seconds until it comes."""
        now = time.time()
        with self._step() as base:
            row = base.execute("SELECT next, delay FROM hosts WHERE host = ?", (host,)).fetchone()
            at = max(now, row["next"]) if row else now
            pause = max(delay, row["delay"]) if row else delay
            base.execute("INSERT INTO hosts (host, next) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET next = excluded.next", (host, at + pause))
        return at - now

    def robots(self, site: str) -> str | None:
        """Give the rules of a site, if they are known and not too old."""
        row = self._base().execute("SELECT rules FROM robots WHERE site = ? AND until > ?", (site, time.time())).fetchone()
        return row["rules"] if row else None

    def keep_robots(self, site: str, rules: str, seconds: float, host: str, delay: float) -> None:
        """Keep the rules of a site for some seconds, and the pause that they ask for."""
        with self._step() as base:
            base.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (site, rules, time.time() + seconds))
            base.execute("INSERT INTO hosts (host, delay) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET delay = excluded.delay", (host, delay))

    # Feeds

    def know_feeds(self, feeds: Iterable[tuple[str, str, str]]) -> None:
        """Take up feeds by name, address and host; one whose address changed begins anew."""
        with self._step() as base:
            for name, url, host in feeds:
                base.execute(
                    "INSERT INTO feeds (name, url, host) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET url = excluded.url, host = excluded.host, etag = NULL, "
                    "modified = NULL, moved = NULL, next = 0, failures = 0 WHERE url != excluded.url",
                    (name, url, host),
                )

    def claim_feed(self, names: Sequence[str], delay: float, before: float) -> sqlite3.Row | None:
        """Take a feed that was due before a moment and whose host may be asked; its turn there is taken with it."""
        now = time.time()
        query = (
            f"SELECT feeds.* FROM feeds LEFT JOIN hosts USING (host) WHERE name IN ({_marks(names)}) AND feeds.next <= ? AND coalesce(hosts.next, 0) <= ? "  # noqa: S608
            f"AND {_FREE} ORDER BY feeds.next LIMIT 1"
        )
        row: sqlite3.Row | None
        with self._step() as base:
            row = base.execute(query, (*names, min(now, before), now)).fetchone()
            if row is not None:
                base.execute("UPDATE feeds SET worker = ?, tried = ?, looks = looks + 1 WHERE name = ?", (self.worker, now, row["name"]))
                self._take_turn(base, row["host"], now, delay)
        return row

    def _take_turn(self, base: sqlite3.Connection, host: str, now: float, delay: float) -> None:
        if host:
            base.execute("INSERT INTO hosts (host, next) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET next = ? + max(delay, ?)", (host, now + delay, now, delay))

    def feed_read(self, name: str, entries: Iterable[Entry], wait: float, etag: str | None = None, modified: str | None = None, moved: str | None = None) -> int:
        """Note that a feed was read, with its entries; both or neither. Gives the number of entries to fetch."""
        now, fresh = time.time(), 0
        with self._step() as base:
            for entry in entries:
                fresh += self._put(base, name, entry, now)
            base.execute(
                "UPDATE feeds SET worker = NULL, failures = 0, error = NULL, succeeded = ?, next = ?, etag = ?, modified = ?, moved = ?, entries = entries + ?, "
                "brought = iif(? > 0, ?, brought) WHERE name = ?",
                (now, now + wait, etag, modified, moved, fresh, fresh, now, name),
            )
        return fresh

    def _put(self, base: sqlite3.Connection, feed: str, entry: Entry, now: float) -> int:
        values = (entry.key, feed, entry.url, entry.host, entry.title, entry.published, entry.stamp, (entry.text or "")[:_KEPT] or None, now)
        made = base.execute(
            "INSERT OR IGNORE INTO items (key, feed, url, host, title, published, stamp, text, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values
        ).rowcount
        if made:
            return 1
        base.execute("UPDATE items SET seen = ? WHERE key = ?", (now, entry.key))
        return base.execute(
            "UPDATE items SET step = 'new', stamp = ?, text = ?, title = ?, next = 0, tries = 0, versions = versions + 1 "
            "WHERE key = ? AND step = 'done' AND stamp IS NOT NULL AND stamp != ? AND versions < ? AND had < ?",
            (entry.stamp, values[7], entry.title, entry.key, entry.stamp or "", _VERSIONS, now - _SETTLE),
        ).rowcount

    def feed_failed(self, name: str, error: str, wait: float) -> None:
        """Note that a feed could not be read, and when to try again."""
        with self._step() as base:
            base.execute("UPDATE feeds SET worker = NULL, failures = failures + 1, moved = NULL, error = ?, next = ? WHERE name = ?", (error, time.time() + wait, name))

    def failures(self, name: str) -> int:
        """Count how often a feed has failed in a row."""
        row = self._base().execute("SELECT failures FROM feeds WHERE name = ?", (name,)).fetchone()
        return int(row["failures"]) if row else 0

    # Entries

    def claim_item(self, names: Sequence[str], delay: float) -> Item | None:
        """Take an entry to fetch whose host may be asked; its turn there is taken with it."""
        now = time.time()
        query = (
            f"SELECT items.* FROM items LEFT JOIN hosts USING (host) WHERE step = 'new' AND items.next <= ? AND coalesce(hosts.next, 0) <= ? "  # noqa: S608
            f"AND feed IN ({_marks(names)}) AND {_FREE} ORDER BY items.next, items.rowid LIMIT 1"
        )
        with self._step() as base:
            row = base.execute(query, (now, now, *names)).fetchone()
            if row is None:
                return None
            base.execute("UPDATE items SET worker = ?, tries = tries + 1 WHERE key = ?", (self.worker, row["key"]))
            self._take_turn(base, row["host"], now, delay)
        return Item(row["key"], row["feed"], row["url"], row["title"], row["published"], row["text"], row["tries"] + 1)

    def item_read(self, key: str, *, story: str | None = None, reject: str | None = None, page: str | None = None) -> bool:
        """Keep the story or the reject of an entry; a page that was had under another address is done with. Tells whether it is kept."""
        with self._step() as base:
            twin = page and base.execute("SELECT 1 FROM items WHERE key != ? AND (key = ? OR page = ?) AND step IN ('read', 'done') LIMIT 1", (key, page, page)).fetchone()
            base.execute(
                "UPDATE items SET worker = NULL, tries = 0, had = ?, page = ?, step = ?, story = ?, reject = ?, text = NULL WHERE key = ? AND worker = ?",
                (time.time(), page, "done" if twin else "read", None if twin else story, None if twin else reject, key, self.worker),
            )
        return not twin

    def item_failed(self, key: str, wait: float) -> None:
        """Let an entry wait until it is tried again."""
        with self._step() as base:
            base.execute("UPDATE items SET worker = NULL, next = ? WHERE key = ? AND worker = ?", (time.time() + wait, key, self.worker))

    def put_stories(self, feed: str, path: str, stamp: str, rows: Sequence[tuple[str, str | None, str | None]], taken: int, *, finished: bool) -> None:
        """Keep stories or rejects of a file (key, story, reject as JSON), and how far the file is read; all or nothing."""
        now = time.time()
        with self._step() as base:
            base.executemany(
                "INSERT OR IGNORE INTO items (key, feed, url, host, step, seen, had, story, reject) VALUES (?, ?, ?, '', 'read', ?, ?, ?, ?)",
                [(key, feed, path, now, now, story, reject) for key, story, reject in rows],
            )
            base.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", (path, feed, stamp, taken, int(finished)))
            fresh = sum(story is not None for _, story, _ in rows)
            base.execute("UPDATE feeds SET entries = entries + ?, brought = iif(? > 0, ?, brought) WHERE name = ?", (fresh, fresh, now, feed))

    def file(self, path: str, stamp: str) -> tuple[int, bool]:
        """Tell how many stories of a file have been taken, and whether that was all; a file that changed begins anew."""
        row = self._base().execute("SELECT taken, finished FROM files WHERE path = ? AND stamp = ?", (path, stamp)).fetchone()
        return (int(row["taken"]), bool(row["finished"])) if row else (0, False)

    # Stories on their way to the record

    def claim_read(self, names: Sequence[str], limit: int) -> list[Claimed]:
        """Take stories and rejects that are to be put into the record.

        Those that were taken before by workers that died come last and one at a time, so that one which ends its worker holds up no other.
        """
        ready = f"step = 'read' AND feed IN ({_marks(names)}) AND {_FREE}"
        with self._step() as base:
            first = base.execute(f"SELECT tries FROM items WHERE {ready} ORDER BY tries LIMIT 1", tuple(names)).fetchone()  # noqa: S608
            if first is None:
                return []
            alone = first["tries"] >= _SUSPECT
            chosen = f"SELECT key FROM items WHERE {ready} {'' if alone else f'AND tries < {_SUSPECT}'} ORDER BY tries, had LIMIT ?"  # noqa: S608
            query = f"UPDATE items SET worker = ?, tries = tries + 1 WHERE key IN ({chosen}) RETURNING key, story, reject, tries"  # noqa: S608
            rows = base.execute(query, (self.worker, *names, 1 if alone else limit)).fetchall()
        return [Claimed(r["key"], r["story"], r["reject"], r["tries"]) for r in rows]

    def done(self, keys: Iterable[str]) -> None:
        """Note that entries are in the record."""
        with self._step() as base:
            base.executemany("UPDATE items SET step = 'done', worker = NULL, story = NULL, reject = NULL WHERE key = ?", [(k,) for k in keys])

    def release(self, keys: Iterable[str]) -> None:
        """Give entries back that could not be put into the record now."""
        with self._step() as base:
            base.executemany("UPDATE items SET worker = NULL, tries = tries - 1 WHERE key = ?", [(k,) for k in keys])

    def forget(self) -> int:
        """Drop entries that are done and that no feed has named for two months; gives their number."""
        with self._step() as base:
            return base.execute("DELETE FROM items WHERE step = 'done' AND seen < ?", (time.time() - _FORGET,)).rowcount

    # What there is

    def waiting(self, names: Sequence[str]) -> int:
        """Count stories that wait for the record."""
        return self._count(f"SELECT count(*) FROM items WHERE step = 'read' AND feed IN ({_marks(names)})", names)  # noqa: S608

    def oldest(self, names: Sequence[str]) -> float:
        """Give the moment since which the oldest story waits for the record; infinite when none does."""
        row = self._base().execute(f"SELECT min(had) FROM items WHERE step = 'read' AND feed IN ({_marks(names)}) AND {_FREE}", tuple(names)).fetchone()  # noqa: S608
        return float("inf") if row[0] is None else float(row[0])

    def to_read(self, names: Sequence[str], before: float) -> int:
        """Count what can be read now: feeds due before a moment or being looked at, entries to fetch."""
        now = time.time()
        due = self._count(f"SELECT count(*) FROM feeds WHERE name IN ({_marks(names)}) AND (next <= ? OR NOT {_FREE})", (*names, min(before, now)))  # noqa: S608
        return due + self._count(f"SELECT count(*) FROM items WHERE feed IN ({_marks(names)}) AND step = 'new' AND next <= ?", (*names, now))  # noqa: S608

    def _count(self, query: str, values: Sequence[Any]) -> int:
        return int(self._base().execute(query, tuple(values)).fetchone()[0])

    def health(self) -> list[dict[str, Any]]:
        """List feeds with their cursors, last success, and what waits."""
        rows = self._base().execute(
            "SELECT feeds.*, (SELECT count(*) FROM items WHERE feed = name AND step = 'new') AS to_fetch, (SELECT count(*) FROM items WHERE feed = name AND step = 'read') "
            "AS to_record, (SELECT count(*) FROM items WHERE feed = name AND step = 'done') AS done FROM feeds ORDER BY name"
        )
        return [dict(row) for row in rows]


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
