"""Write stories to the record as they come, some at a time."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from diurna.errors import StoreError
from diurna.store.store import Store, Written
from diurna.store.summaries import keep_dyads, waiting

if TYPE_CHECKING:
    from types import TracebackType

    from diurna.records import CoderVersion, Reject, Story

__all__ = ["Batches"]

_STORIES = 500  # a batch: each costs some 0.1 s for its commits, however many stories it holds
_COUNTED_FROM = 2_000  # stories that came since acts of dyads were counted, from which they are counted anew at the end of a run
_SHARE = 0.1  # of the record, likewise: so that the work stays in proportion
_SECONDS = 5.0  # that a coded story may wait to be written


class Batches:
    """Gather stories and write them to the record in batches; what is left is written at the end.

    Args:
        url: the record, made if it is not there.
        coder: what codes the stories.
        size: stories that are written at once, at the most.
    """

    def __init__(self, url: str, coder: CoderVersion, size: int = _STORIES) -> None:
        self.store = Store.create(url)
        self.coder = coder
        self.size = size
        self.written = Written()
        self._waiting: list[Story | Reject] = []
        self._began = datetime.now(UTC)
        self._last = time.monotonic()

    def add(self, story: Story | Reject) -> None:
        """Take a story; write when enough wait, or have waited long enough."""
        self._waiting.append(story)
        if len(self._waiting) >= self.size or time.monotonic() - self._last >= _SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            self.written += self.store.write(self._waiting, self.coder)
            self._waiting = []
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None or issubclass(kind, KeyboardInterrupt):  # an interrupted run keeps what it has coded
            self.flush()
            self.store.run(self._began, self.coder, self.written)
            if self.written.stories and waiting(self.store) > max(_COUNTED_FROM, _SHARE * self.store.snapshots.newest("stories").count()):
                with suppress(StoreError):  # another writer counts; the record is read without, too
                    keep_dyads(self.store)
