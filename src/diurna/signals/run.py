"""Rounds of signals: look with every rule, keep what is seen, deliver what waits."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from polars.exceptions import PanicException, PolarsError

from diurna.errors import DiurnaError
from diurna.read.feeds.reader import backoff
from diurna.signals.deliver import Undelivered, deliver
from diurna.signals.kinds import look_with
from diurna.signals.look import Linked, Look
from diurna.signals.outbox import Outbox
from diurna.signals.signal import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from diurna.signals.rules import Rules
    from diurna.signals.signal import Signal
    from diurna.store import Store

__all__ = ["TROUBLES", "Round", "check", "replay", "run", "trouble_told"]

TROUBLES: Final = (DiurnaError, PolarsError, PanicException, sqlite3.Error, OSError)
"""What a round may meet that a later one may not."""
_FIRST: Final = 2.0  # seconds until a failed delivery is tried again; doubled with each failure (diurna.read.feeds.reader.backoff)
_SOON: Final = 3  # tries within one round
_SAID: Final = 200  # characters of an error that is not ours
_PATIENCE: Final = timedelta(days=14)  # after which a delivery is given up


@dataclass(slots=True)
class Round:
    """Hold what a round did: the day looked at, new signals, deliveries made and failed (with why), and notes on rules that could not look."""

    on: date | None = None
    signals: list[Signal] = field(default_factory=list)
    delivered: int = 0
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check(
    rules: Rules, store: Store, state: Path, write: Callable[[str], object], *, on: date | None = None, patient: bool = True,
    linked: dict[str, Linked] | None = None,
) -> Round:  # fmt: skip
    """Run one round.

    Args:
        rules: the rules and the channels.
        store: the record.
        state: the SQLite file that remembers what was sent.
        write: takes what goes to the terminal.
        on: look at the record as of this day of publication, and not as of its newest.
        patient: try failed deliveries again for some seconds, instead of leaving them to the next round.
        linked: what earlier rounds linked, by rule, so that this one links only what is new; it is added to.

    Raises:
        ConfigError: D135 if the state cannot be opened.
        StoreError: if the record cannot be read.
    """
    with Outbox(state) as outbox:
        done = Round()
        look = Look.at(store, max(r.reach for r in rules.rules), on, linked)
        if look is not None:
            done.on = look.on
            _see(rules, look, outbox, done)
        failed: dict[tuple[str, str], str] = {}
        for attempt in range(_SOON if patient else 1):
            if attempt:
                time.sleep(min(backoff(1.0, attempt - 1, random.random()), 10.0))  # noqa: S311 - spreads tries, keeps no secret
            if not _hand_out(rules, outbox, write, done, failed, last=not patient or attempt == _SOON - 1):
                break
        done.failed = list(dict.fromkeys(failed.values()))
        return done


def _see(rules: Rules, look: Look, outbox: Outbox, done: Round) -> None:
    for rule in rules.rules:
        seen = look_with(rule, rules, look, outbox)
        done.signals += outbox.take(seen, rule.to)
        if seen.note:
            done.notes.append(f"{rule.name}: {seen.note}")


def _hand_out(rules: Rules, outbox: Outbox, write: Callable[[str], object], done: Round, failed: dict[tuple[str, str], str], *, last: bool) -> bool:
    """Make the deliveries that are due; tell whether some are to be tried again in this round.

    ``failed`` holds why not, by signal and channel, and is brought up to date: what a receiver asks to bring later stays in it.
    A channel that fails is left alone for the rest of the pass, so that a dead receiver costs one wait and not one for each signal.
    """
    dead, again = set[str](), False
    for due in outbox.due(rules.channels):
        if due.channel in dead:
            continue
        outbox.begin(due)
        try:
            deliver(due, rules.channels[due.channel], write)
        except Undelivered as error:
            dead.add(due.channel)
            failed[due.signal.id, due.channel] = f"{due.channel}: {error.reason}"
            later = last or bool(error.retry_after)
            outbox.failed(due, error.reason, _wait(due.made, due.tries, error.retry_after) if later else 0.0)
            again = again or not later
            continue
        outbox.done(due)
        failed.pop((due.signal.id, due.channel), None)
        done.delivered += 1
    return again


def _wait(made: str, tries: int, asked: float | None) -> float | None:
    """Give the seconds until the next try, or None when it is given up."""
    if datetime.now(UTC) - datetime.fromisoformat(made) > _PATIENCE:
        return None
    return max(asked or 0.0, backoff(_FIRST, tries, random.random()))  # noqa: S311 - spreads tries, keeps no secret


def run(
    rules: Rules, store: Store, state: Path, write: Callable[[str], object], *, every: float = 60.0, ended: threading.Event | None = None,
    tell: Callable[[Round], object] = lambda _: None, trouble: Callable[[str], object] = lambda _: None,
) -> None:  # fmt: skip
    """Run rounds until told to stop: when the record has changed, when a delivery is due again, and when a new day begins.

    Args:
        rules: the rules and the channels.
        store: the record.
        state: the SQLite file that remembers what was sent.
        write: takes what goes to the terminal.
        every: seconds between two looks whether the record has changed.
        ended: is set to stop.
        tell: is given each round that did something.
        trouble: is given an error that a later round may not meet.
    """
    over, last = ended or threading.Event(), None
    linked: dict[str, Linked] = {}
    while not over.is_set():
        try:
            now = (store.table("stories").version(), store.table("reviews").version(), datetime.now(UTC).date())
            if now != last or _due(rules, state):
                done = check(rules, store, state, write, patient=False, linked=linked)
                last = now
                if done.signals or done.delivered or done.failed:
                    tell(done)
        except TROUBLES as error:
            linked.clear()  # whatever was half done
            trouble(f"{trouble_told(error)}; trying again in {every:g} s")
        over.wait(every)


def trouble_told(error: BaseException) -> str:
    """Say in a line what went wrong in a round, whoever raised it."""
    if isinstance(error, DiurnaError):
        return str(error)
    said = plain(str(error).partition("\n")[0], _SAID)
    if isinstance(error, sqlite3.Error):
        return f"the state of signals cannot be used ({said})"
    if isinstance(error, FileNotFoundError):
        return f"a file of the record is not there, as while the record is replaced ({said})"
    if isinstance(error, PanicException):  # a file shorter than the record's log says
        return "a file of the record is only partly there, as while the record is replaced"
    return f"the record cannot be read ({said})"


def _due(rules: Rules, state: Path) -> bool:
    with Outbox(state) as outbox:
        at = outbox.next_due(rules.channels)
    return at is not None and at <= time.time()


def replay(rules: Rules, store: Store, days: int, *, on: date | None = None) -> Round:
    """Tell what rules would have sent over the last days, day by day, each look seeing only what was published by then; nothing is delivered or kept.

    Args:
        rules: the rules.
        store: the record.
        days: how many days, the last one included.
        on: the last day; the record's newest if not given.

    Returns:
        The signals in order of days; ``notes`` of the last day.

    Raises:
        StoreError: if the record cannot be read.
    """
    done = Round()
    whole = Look.at(store, max(r.reach for r in rules.rules) + days, on)
    if whole is None:
        return done
    done.on = whole.on
    with Outbox(None) as outbox:
        for back in range(min(days, (whole.on - whole.first).days + 1) - 1, -1, -1):
            done.notes = []
            _see(rules, whole.before(whole.on - timedelta(days=back)), outbox, done)
    return done
