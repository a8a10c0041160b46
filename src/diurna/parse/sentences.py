"""Split a story into sentences with exact offsets, leaving out what no sentence may come from (dateline, boilerplate)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sentencex import get_sentence_boundaries

from diurna.records import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["split"]

_WRAPPED = 50  # characters: a line this long that ends without a stop goes on in the next (hard-wrapped text); shorter ones are headings
_BLOCK = re.compile(r"[^\n]+")
_STOPS = '.!?…:;"”’)]»'


def split(text: str, without: Sequence[tuple[int, int]] = ()) -> list[Sentence]:
    """Split a text into sentences.

    Args:
        text: the story's text as stored.
        without: ranges, in characters, that no sentence may touch.

    Returns:
        Sentences in text order, numbered from 0; white space at the edges belongs to none.

    >>> [(s.start, s.end) for s in split("Gov. Ada Obi met Mr. Lee. He left.")]
    [(0, 25), (26, 34)]
    """
    found: list[Sentence] = []
    for low, high in _blocks(text):
        for start, end in _kept(low, high, without):
            # A wrapped line's break is white space inside the sentence; a space in its place keeps every offset.
            block = text[start:end].replace("\n", " ")
            for boundary in get_sentence_boundaries("en", block):
                words = block[boundary["start_index"] : boundary["end_index"]]
                left = start + boundary["start_index"] + len(words) - len(words.lstrip())
                right = start + boundary["start_index"] + len(words.rstrip())
                if any(c.isalnum() for c in words):
                    found.append(Sentence(len(found), left, right))
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Give ranges of lines that belong together: one paragraph, or one heading."""
    start = end = -1
    for line in _BLOCK.finditer(text):
        words = line.group().strip()
        if not words:
            continue
        # the length that counts is that of the last line, not of the block so far
        last = max(start, text.rfind("\n", 0, end) + 1) if end >= 0 else 0
        if end - last >= _WRAPPED and text.count("\n", end, line.start()) == 1 and text[end - 1] not in _STOPS:
            end = line.start() + len(line.group().rstrip())
            continue
        if end >= 0:
            yield start, end
        start = line.start() + len(line.group()) - len(line.group().lstrip())
        end = line.start() + len(line.group().rstrip())
    if end >= 0:
        yield start, end


def _kept(low: int, high: int, without: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut ranges out of a block."""
    at = low
    for start, end in sorted(without):
        if end <= at or start >= high:
            continue
        if start > at:
            yield at, start
        at = max(at, end)
    if at < high:
        yield at, high
