"""The flow from feeds to the record: threads fetch, this process codes and writes, and all that waits lies in SQLite.

A story is struck off only once it is in the record. Killed in between, the next run writes it again, and the record knows it by its text.
"""

from __future__ import annotations

import json
import random
import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diurna.errors import ConfigError, StoreError
from diurna.read.feeds import FeedReader, State
from diurna.read.feeds.reader import backoff
from diurna.records import Reject, Story
from diurna.store import Store, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from diurna.coder import Coder
    from diurna.read.feeds import Watch
    from diurna.read.feeds.state import Claimed

__all__ = ["Watcher", "state_path"]

_BATCH = 64  # stories written at a time
_GATHER = 5.0  # seconds that a story may wait for company, so that the record does not fill with small files
_IDLE = 0.5  # seconds between two looks for work
_BEAT = 5.0
_HOUR = 3600.0
_TRIES = 50  # times that a story may be in hand when the process dies before it is rejected; from the fourth on it is in hand alone


def state_path(url: str) -> Path:
    """Give the place of a watch's state: beside the record, in its folder.

    Raises:
        ConfigError: D113 if the record lies in an object store, which can hold no SQLite file.
    """
    from pathlib import Path

    if "://" in url:
        raise ConfigError("D113", "the record lies in an object store; say with --state FILE where the watch keeps its cursors", url)
    return Path(url) / "watch.sqlite"


class Watcher:
    """Read feeds into a record until told to stop.

    Args:
        watch: the feeds and the manners.
        store: the record.
        coder: codes the stories.
        state: the SQLite file of cursors; several watches may share it.
        private: allow addresses of this machine and of private networks.
        fetchers: threads that fetch.
        tell: is given a line about what happens, now and then.
    """

    def __init__(
        self, watch: Watch, store: Store, coder: Coder, state: Path, *, private: bool = False, fetchers: int = 4, tell: Callable[[str], object] = lambda _: None
    ) -> None:
        self.state = State(state)
        self.written = Written()
        self._watch = watch
        self._store = store
        self._coder = coder
        self._private = private
        self._fetchers = fetchers
        self._tell = tell
        self._names = tuple(f.name for f in watch.feeds)
        self._ended = threading.Event()
        self._failures = 0

    def stop(self) -> None:
        """End the watch after what is in hand; may be called from a signal's handler."""
        self._ended.set()

    def run(self, *, once: bool = False) -> Written:
        """Watch until stopped.

        Args:
            once: end when all that is due has been read.

        Returns:
            What was written.

        Raises:
            StoreError: with ``once``, if the record cannot be written to; without, it is tried again.
        """
        began, before = datetime.now(UTC), time.time() if once else float("inf")
        noted, marked = Written(), time.monotonic()
        with self._at_work(before) as reader:
            while not self._ended.is_set():
                last = once and not self.state.to_read(reader.names, before)
                worked = self._record(hurry=last, once=once)
                if last and not worked and not self.state.waiting(reader.names):
                    break
                if not worked:
                    self._ended.wait(_IDLE)
                if time.monotonic() - marked > _HOUR:
                    noted, marked = self._note(began, noted), time.monotonic()
                    self.state.forget()
            self._ended.set()
        while self._record(hurry=True, once=True):
            pass
        self._note(began, noted)
        self.state.close()
        return self.written

    @contextmanager
    def _at_work(self, before: float) -> Iterator[FeedReader]:
        """Keep threads at work: some that fetch, one that says that this process lives."""
        reader = FeedReader(self._watch, self.state, private=self._private, before=before, sleep=self._ended.wait)
        threads = [threading.Thread(target=self._fetch, args=(reader,), daemon=True) for _ in range(self._fetchers)]
        threads.append(threading.Thread(target=self._beat, daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield reader
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
            reader.close()

    def _fetch(self, reader: FeedReader) -> None:
        while not self._ended.is_set():
            try:
                worked = reader.step()
            except sqlite3.Error as error:  # a full disk, a lock held too long: nothing is lost, the claim ends with this process
                self._tell(f"the state cannot be written ({error}); trying again")
                worked = False
            if not worked:
                self._ended.wait(_IDLE)

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT):
            try:
                self.state.beat()
            except sqlite3.Error as error:
                self._tell(f"the state cannot be written ({error}); trying again")

    def _record(self, *, hurry: bool, once: bool) -> bool:
        """Code what waits and write it; tell whether there was anything."""
        if not hurry and not self._enough():
            return False
        claimed = self.state.claim_read(self._names, _BATCH)
        if not claimed:
            return False
        keys = [c.key for c in claimed]
        try:
            written = self._store.write([self._coded(c) for c in claimed], self._coder.version)
        except StoreError as error:
            self.state.release(keys)
            if once:
                raise
            self._failures += 1
            wait = backoff(2.0, min(self._failures, 8), random.random())  # noqa: S311 - spreads tries, keeps no secret
            self._tell(f"{error}; trying again in {wait:.0f} s")
            self._ended.wait(wait)
            return True
        self.state.done(keys)
        self._failures = 0
        self.written += written
        self._tell(f"{written.stories} stories new to the record, {written.known} known, {written.rejects} rejected")
        return True

    def _enough(self) -> bool:
        """Tell whether a batch is full, or has waited long enough."""
        return self.state.waiting(self._names) >= _BATCH or self.state.oldest(self._names) < time.time() - _GATHER

    def _coded(self, claimed: Claimed) -> Story | Reject:
        if claimed.story is None:
            return Reject(**json.loads(claimed.reject or "{}"))
        story = Story.from_dict(json.loads(claimed.story))
        place = story.url or claimed.key
        if claimed.tries > _TRIES:
            return Reject(place, "D261", f"the program ended {_TRIES} times with this story in hand")
        try:
            return self._coder.code_story(story)
        except Exception as error:  # noqa: BLE001 - one story must not end a watch of months
            return Reject(place, "D261", f"the story could not be coded ({type(error).__name__}: {error})")

    def _note(self, began: datetime, before: Written) -> Written:
        """Add a row on what was written since the last one."""
        new = Written(*(now - then for now, then in zip(_counts(self.written), _counts(before), strict=True)))
        if any(_counts(new)):
            self._store.run(began, self._coder.version, new)
        return self.written


def _counts(written: Written) -> tuple[int, int, int]:
    return written.stories, written.known, written.rejects
