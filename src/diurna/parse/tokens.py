"""Cut sentences into word pieces with shapes and markers, the way the encoder wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

__all__ = ["MAX_PIECES", "SHAPES", "Pieces", "cut", "mark", "pad", "shape_of"]

MAX_PIECES = 200
"""Longest input in word pieces; what a sentence has beyond is not read (longer sentences are lists, not prose)."""

SHAPES = ("lower", "Title", "UPPER", "mixed", "digit", "sign")
"""The uncased vocabulary forgets case; these shapes bring it back, one for each word piece."""

_CLS, _SEP, _PAD = 101, 102, 0


@dataclass(frozen=True, slots=True)
class Pieces:
    """Hold a sentence's word pieces: vocabulary ids, shape ids, and each piece's character offsets (-1 for marks)."""

    ids: tuple[int, ...]
    shapes: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """Give the half-open range of pieces that overlap characters ``start`` to ``end``; empty (0, 0) when none does."""
        found = [i for i, (s, e) in enumerate(zip(self.starts, self.ends, strict=True)) if s >= 0 and s < end and e > start]
        return (found[0], found[-1] + 1) if found else (0, 0)


def shape_of(word: str) -> int:
    """Tell the shape of a word piece as written, as an index into ``SHAPES``."""
    if word.islower():
        return 0
    if word.isdigit():
        return 4
    if not any(c.isalpha() for c in word):
        return 5 if not any(c.isdigit() for c in word) else 4
    if word.isupper():
        return 1 if len(word) == 1 else 2
    return 1 if word[:1].isupper() and word[1:].islower() else 3


def cut(tokenizer: Tokenizer, sentences: Sequence[str]) -> list[Pieces]:
    """Cut sentences into word pieces.

    Args:
        tokenizer: the encoder's tokenizer, without special tokens of its own.
        sentences: plain text each.

    Returns:
        One ``Pieces`` a sentence, with the opening and closing pieces ([CLS], [SEP]) in place.
    """
    found = []
    for text, encoding in zip(sentences, tokenizer.encode_batch(list(sentences), add_special_tokens=False), strict=True):
        offsets = encoding.offsets[: MAX_PIECES - 2]
        ids = encoding.ids[: MAX_PIECES - 2]
        shapes = [shape_of(text[s:e]) for s, e in offsets]
        found.append(
            Pieces(
                (_CLS, *ids, _SEP),
                (5, *shapes, 5),
                (-1, *(s for s, _ in offsets), -1),
                (-1, *(e for _, e in offsets), -1),
            )
        )
    return found


def mark(pieces: Pieces, spans: Sequence[tuple[int, int, int, int]]) -> tuple[Pieces, list[int]]:
    """Put markers around spans.

    Args:
        pieces: a cut sentence.
        spans: ``(start, end, opening id, closing id)`` each, in characters; they may nest but not cross.

    Returns:
        The longer pieces, and the index of each span's opening marker in them.

    Raises:
        ValueError: if a span covers no piece (it lies beyond ``MAX_PIECES``).
    """
    opens: dict[int, list[int]] = {}
    closes: dict[int, list[int]] = {}
    for number, (start, end, _, _) in enumerate(spans):
        low, high = pieces.covering(start, end)
        if high == 0:
            msg = f"no word piece at characters {start} to {end}"
            raise ValueError(msg)
        opens.setdefault(low, []).append(number)
        closes.setdefault(high, []).append(number)
    rows: list[tuple[int, int, int, int]] = []
    at = [0] * len(spans)
    for i, row in enumerate(zip(pieces.ids, pieces.shapes, pieces.starts, pieces.ends, strict=True)):
        rows += [(spans[n][3], 5, -1, -1) for n in reversed(closes.get(i, ()))]
        for n in sorted(opens.get(i, ()), key=lambda n: -spans[n][1]):
            at[n] = len(rows)
            rows.append((spans[n][2], 5, -1, -1))
        rows.append(row)
    ids, shapes, starts, ends = zip(*rows, strict=True)
    return Pieces(ids, shapes, starts, ends), at


def pad(batch: Sequence[Pieces]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Stack pieces into arrays for the encoder.

    Returns:
        Ids, shape ids and mask (1 for a piece, 0 for padding). *Shape:* ``(len(batch), longest)`` each.
    """
    width = max(len(p.ids) for p in batch)
    ids = np.full((len(batch), width), _PAD, dtype=np.int64)
    shapes = np.full((len(batch), width), 5, dtype=np.int64)
    mask = np.zeros((len(batch), width), dtype=np.int64)
    for row, pieces in enumerate(batch):
        n = len(pieces.ids)
        ids[row, :n] = pieces.ids
        shapes[row, :n] = pieces.shapes
        mask[row, :n] = 1
    return ids, shapes, mask
