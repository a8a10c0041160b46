"""What signals were made and where they went: one SQLite file beside the record.

A round of rules is one transaction: its signals, what they cover, and a delivery for each of their channels are there together or not at all. A
delivery is marked as done after the receiver has taken it. A process killed in between leaves it undone, and it is delivered again under
the same id: at least once, and for a file exactly once, since its lines are looked through first.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from diurna.errors import ConfigError
from diurna.signals.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from diurna.signals.kinds import Seen

__all__ = ["Due", "Outbox", "Sent", "outbox_path", "read_sent"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS signals (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, kind TEXT NOT NULL, made TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS covered (rule TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (rule, event)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS raised (rule TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (rule, subject)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
  signal TEXT NOT NULL, channel TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next REAL NOT NULL DEFAULT 0, delivered TEXT, given_up TEXT, error TEXT,
  PRIMARY KEY (signal, channel));
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (next) WHERE delivered IS NULL AND given_up IS NULL;
"""
_BUSY: Final = 60.0  # seconds that a process waits for another's round
_PART: Final = 500  # values of one question; SQLite takes some thousands


@dataclass(frozen=True, slots=True)
class Due:
    """Hold a delivery that is to be made: the signal, the channel's name, when it was made (ISO 8601), and how often it was tried."""

    signal: Signal
    channel: str
    made: str
    tries: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Hold a signal with when it was made, its running number, and where it went.

    ``deliveries`` has of each channel its ``tries``, when it was ``delivered`` or ``given_up``, or None, and the last ``error``.
    """

    number: int
    made: str
    signal: Signal
    deliveries: dict[str, dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return self.signal.to_dict() | {"made": self.made, "deliveries": self.deliveries}


def outbox_path(url: str) -> Path:
    """Give the place of the state of signals: beside the record, in its folder.

    Raises:
        ConfigError: D134 if the record lies in an object store, which can hold no SQLite file.
    """
    from pathlib import Path

    if "://" in url:
        raise ConfigError("D134", "the record lies in an object store; say with --state FILE where it is kept which signals were sent", url)
    return Path(url) / "signals.sqlite"


class Outbox:
    """Open the state of signals; it is made if need be.

    Args:
        path: an SQLite file, or None for one in memory, as a dry run needs it.

    Raises:
        ConfigError: D135 if it cannot be opened, or another process is at work on it for a minute.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock: sqlite3.Connection | None = None
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock = sqlite3.connect(path.with_name(path.name + ".lock"), timeout=_BUSY, isolation_level=None)
                self._lock.execute("BEGIN EXCLUSIVE")  # held until this process closes it or dies: one round at a time, so that nothing goes out twice
            self._base = sqlite3.connect(path or ":memory:", timeout=_BUSY, isolation_level=None)
            self._base.row_factory = sqlite3.Row
            if path is not None:
                self._base.execute("PRAGMA journal_mode=WAL")
                self._base.execute("PRAGMA synchronous=FULL")
            self._base.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            if self._lock is not None:
                self._lock.close()
            busy = "locked" in str(error)
            raise ConfigError("D135", "another process is at work on these signals" if busy else f"the state of signals cannot be opened ({error})", str(path)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the state back to other processes."""
        self._base.close()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        """Do all of it or nothing."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield self._base
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def covered(self, rule: str, events: Iterable[str]) -> set[str]:
        """Tell which events a rule has sent a signal of."""
        wanted, found = list(events), set()
        for start in range(0, len(wanted), _PART):
            part = wanted[start : start + _PART]
            found |= {r[0] for r in self._base.execute(f"SELECT event FROM covered WHERE rule = ? AND event IN ({', '.join('?' * len(part))})", (rule, *part))}  # noqa: S608
        return found

    def raised(self, rule: str) -> set[str]:
        """Tell which subjects were past a rule's limit when last looked at."""
        return {r[0] for r in self._base.execute("SELECT subject FROM raised WHERE rule = ?", (rule,))}

    def take(self, seen: Seen, channels: Sequence[str], *, dated: bool = False) -> list[Signal]:
        """Keep what a rule saw, with a delivery of each signal for each channel; all or nothing.

        Args:
            seen: what the rule saw.
            channels: names of the ways out.
            dated: whether a signal is noted as made at the end of its day, as in a replay, and not now.

        Returns:
            The signals that are new.
        """
        now, fresh = _now(), []
        with self._step() as base:
            for signal in seen.signals:
                made = f"{signal.on}T23:59:59+00:00" if dated else now
                values = (signal.id, signal.rule, signal.kind, made, signal.to_json())
                if base.execute("INSERT OR IGNORE INTO signals (id, rule, kind, made, record) VALUES (?, ?, ?, ?, ?)", values).rowcount:
                    base.executemany("INSERT INTO deliveries (signal, channel) VALUES (?, ?)", [(signal.id, c) for c in channels])
                    fresh.append(signal)
            base.executemany("INSERT OR IGNORE INTO covered VALUES (?, ?)", [(seen.rule, e) for e in seen.covered])
            base.executemany("INSERT OR IGNORE INTO raised VALUES (?, ?)", [(seen.rule, s) for s in seen.risen])
            base.executemany("DELETE FROM raised WHERE rule = ? AND subject = ?", [(seen.rule, s) for s in seen.fallen])
        return fresh

    def due(self, channels: Iterable[str]) -> list[Due]:
        """List the deliveries to be made now, oldest first, of channels that there are."""
        names = list(channels)
        query = (
            f"SELECT record, channel, made, tries FROM deliveries JOIN signals ON signal = id WHERE delivered IS NULL AND given_up IS NULL AND next <= ? "  # noqa: S608
            f"AND channel IN ({', '.join('?' * len(names))}) ORDER BY number, channel"
        )
        return [Due(Signal.from_json(r["record"]), r["channel"], r["made"], r["tries"]) for r in self._base.execute(query, (time.time(), *names))]

    def next_due(self, channels: Iterable[str]) -> float | None:
        """Give the moment (seconds since 1970) at which the next delivery of channels that there are is due, or None where none waits."""
        names = list(channels)
        query = f"SELECT min(next) FROM deliveries WHERE delivered IS NULL AND given_up IS NULL AND channel IN ({', '.join('?' * len(names))})"  # noqa: S608
        found = self._base.execute(query, names).fetchone()[0]
        return None if found is None else float(found)

    def begin(self, due: Due) -> None:
        """Note that a delivery is tried."""
        with self._step() as base:
            base.execute("UPDATE deliveries SET tries = tries + 1 WHERE signal = ? AND channel = ?", (due.signal.id, due.channel))

    def done(self, due: Due) -> None:
        """Note that the receiver has it."""
        with self._step() as base:
            base.execute("UPDATE deliveries SET delivered = ?, error = NULL WHERE signal = ? AND channel = ?", (_now(), due.signal.id, due.channel))

    def failed(self, due: Due, error: str, wait: float | None) -> None:
        """Note that a delivery failed, and the seconds until it is tried again; None gives it up."""
        with self._step() as base:
            base.execute(
                "UPDATE deliveries SET error = ?, next = ?, given_up = ? WHERE signal = ? AND channel = ?",
                (error[:300], time.time() + (wait or 0), None if wait is not None else _now(), due.signal.id, due.channel),
            )


def read_sent(
    path: Path, *, rule: str | None = None, kind: str | None = None, waiting: bool = False, before: int | None = None, since: str | None = None, limit: int = 50
) -> tuple[list[Sent], int]:
    """List signals, newest first, with where they went; the state is read and not changed.

    Args:
        path: the state; where there is none, there are no signals.
        rule: of this rule.
        kind: of this kind.
        waiting: only those with a delivery that is not made.
        before: only those with a smaller running number.
        since: made on this day (ISO 8601, UTC) or later.
        limit: at most so many.

    Returns:
        The signals, and how many fit in all, ``before`` and ``limit`` aside.

    Raises:
        ConfigError: D135 if the state cannot be read.
    """
    if not path.exists():
        return [], 0
    parts, values = ["1"], []
    for condition, value in (("rule = ?", rule), ("kind = ?", kind), ("made >= ?", since)):
        if value is not None:
            parts.append(condition)
            values.append(value)
    if waiting:
        parts.append("EXISTS (SELECT 1 FROM deliveries WHERE signal = id AND delivered IS NULL)")
    fits = " AND ".join(parts)
    try:
        base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)
        try:
            base.row_factory = sqlite3.Row
            total = int(base.execute(f"SELECT count(*) FROM signals WHERE {fits}", values).fetchone()[0])  # noqa: S608 - parts of our own
            query = f"SELECT * FROM signals WHERE {fits} AND number < ? ORDER BY number DESC LIMIT ?"  # noqa: S608
            rows = base.execute(query, (*values, before if before is not None else 2**62, limit)).fetchall()
            return [Sent(r["number"], r["made"], Signal.from_json(r["record"]), _deliveries(base, r["id"])) for r in rows], total
        finally:
            base.close()
    except sqlite3.Error as error:
        raise ConfigError("D135", f"the state of signals cannot be read ({error})", str(path)) from error


def _deliveries(base: sqlite3.Connection, signal: str) -> dict[str, dict[str, Any]]:
    rows = base.execute("SELECT channel, tries, delivered, given_up, error FROM deliveries WHERE signal = ? ORDER BY channel", (signal,))
    return {r["channel"]: {k: r[k] for k in ("tries", "delivered", "given_up", "error")} for r in rows}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
