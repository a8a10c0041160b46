"""The flow, shared among processes: stories in, coded stories out, in order."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from diurna.coder import Coder
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["code_in_pool"]

_AHEAD = 8  # stories a worker that wait to be coded, so that reading never runs far ahead of coding
_coder: Coder | None = None  # one to a worker process, made when it starts


def code_in_pool(stories: Iterable[Story | Reject], *, model: Path | None = None, least: float | None = None, workers: int = 2) -> Iterator[Story | Reject]:
    """Code stories in several processes.

    Args:
        stories: as ``diurna.read.read`` gives them.
        model: folder of a model; the packaged one when None.
        least: least confidence of an event, in [0, 1].
        workers: processes; each uses its share of the cores.

    Yields:
        Coded stories and rejects, in the order they came.
    """
    threads = max(1, (os.cpu_count() or 1) // workers)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(model, least, threads)) as pool:
        waiting: deque[Future[Story] | Reject] = deque()
        for story in stories:
            waiting.append(story if isinstance(story, Reject) else pool.submit(_code, story))
            if len(waiting) >= _AHEAD * workers:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())


def _start(model: Path | None, least: float | None, threads: int) -> None:
    global _coder  # noqa: PLW0603 - a process pool hands its workers no other place to keep what they made
    _coder = Coder(model, threads, least)


def _code(story: Story) -> Story:
    assert _coder is not None
    return _coder.code_story(story)


def _result(item: Future[Story] | Reject) -> Story | Reject:
    return item if isinstance(item, Reject) else item.result()
