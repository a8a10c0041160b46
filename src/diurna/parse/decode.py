"""Turn logits into spans and labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from diurna.parse.tokens import Pieces

__all__ = ["Chunk", "chunks", "softmax", "trigger_chunks"]


_BORDER = 0.25  # share of its surer neighbour's probability under which a piece only borders on a trigger; set by hand
_WORDS = re.compile(r"\w+")
# Words that alone are no mention, and words that alone name no act.
_JOINTS = frozenset(("of", "the", "a", "an", "to", "in", "on", "at", "by", "for", "and", "or", "with", "from", "as"))
_EMPTY = frozenset("the a an of to in on at by for with from its his her their and or as was were is are be been has have had will would that this it he she they".split())


class Chunk(NamedTuple):
    """Hold a labelled stretch of a sentence in characters, with its probability in [0, 1]."""

    start: int
    end: int
    label: str
    score: float


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Normalise logits along the last axis."""
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    found: NDArray[np.float32] = shifted / shifted.sum(-1, keepdims=True)
    return found


def chunks(logits: NDArray[np.float32], pieces: Pieces, tags: Sequence[str], text: str) -> list[Chunk]:
    """Decode B-/I-/O tags.

    Args:
        logits: one row a piece. *Shape:* ``(pieces, len(tags))``.
        pieces: the sentence in word pieces, markers included.
        tags: the tag each column stands for; the first is ``O``.
        text: the sentence.

    Returns:
        Chunks of whole words in text order; the score is the mean over pieces of the label's probability.
    """
    probabilities = softmax(logits)
    best = probabilities.argmax(-1)
    found: list[tuple[int, int, str, list[float]]] = []
    previous = ""
    for i, (start, end) in enumerate(zip(pieces.starts, pieces.ends, strict=True)):
        if start < 0:
            continue
        tag = tags[int(best[i])]
        if tag == "O":
            previous = ""
            continue
        label = tag[2:]
        both = tags.index(f"B-{label}"), tags.index(f"I-{label}")
        score = float(probabilities[i, both[0]] + probabilities[i, both[1]])
        within = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
        if found and previous == label and (tag[0] == "I" or within):
            first, _, _, scores = found.pop()
            found.append((first, end, label, [*scores, score]))
        else:
            found.append((start, end, label, [score]))
        previous = label
    whole = [_bare(_whole(*chunk, text), text) for chunk in found]
    return [c for c in whole if c.start < c.end and not set(_WORDS.findall(text[c.start : c.end].casefold())) <= _JOINTS]


def trigger_chunks(logits: NDArray[np.float32], pieces: Pieces, text: str, floor: float) -> list[Chunk]:
    """Find trigger candidates: stretches whose pieces are inside a trigger with probability ``floor`` or more.

    Args:
        logits: of O, B and I. *Shape:* ``(pieces, 3)``.
        pieces: the sentence in word pieces.
        text: the sentence.
        floor: least probability, in [0, 1].

    Returns:
        Candidates in text order; the score is the highest probability among the pieces.
    """
    probabilities = softmax(logits)
    inside = 1.0 - probabilities[:, 0]
    # A piece beside a much surer one is its border, not a trigger of its own.
    beside = np.maximum(np.pad(inside[1:], (0, 1)), np.pad(inside[:-1], (1, 0)))
    inside = np.where(inside < _BORDER * beside, 0.0, inside)
    found: list[Chunk] = []
    open_ = False
    for i, (start, end) in enumerate(zip(pieces.starts, pieces.ends, strict=True)):
        if start < 0 or inside[i] < floor:
            open_ = False
            continue
        begins = probabilities[i, 1] > probabilities[i, 2]
        within = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
        if open_ and (within or not begins):
            last = found[-1]
            found[-1] = Chunk(last.start, end, "trigger", max(last.score, float(inside[i])))
        else:
            found.append(Chunk(start, end, "trigger", float(inside[i])))
        open_ = True
    whole = [_trimmed(_whole(c.start, c.end, c.label, [c.score], text), text) for c in found]
    return [c for c in whole if not set(_WORDS.findall(text[c.start : c.end].casefold())) <= _EMPTY]


def _trimmed(chunk: Chunk, text: str) -> Chunk:
    """Drop an article at the end (“signed an”)."""
    end = re.sub(r"\s+(?:the|an?|its|his|her|their)$", "", text[chunk.start : chunk.end], flags=re.IGNORECASE)
    return Chunk(chunk.start, chunk.start + len(end), chunk.label, chunk.score)


def _bare(chunk: Chunk, text: str) -> Chunk:
    """Drop commas and the like at the edges (“Ada Obi,”)."""
    words = text[chunk.start : chunk.end]
    start = chunk.start + len(words) - len(words.lstrip(" ,;:"))
    return Chunk(start, max(start, chunk.start + len(words.rstrip(" ,;:"))), chunk.label, chunk.score)


def _whole(start: int, end: int, label: str, scores: list[float], text: str) -> Chunk:
    """Stretch a chunk to whole words."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Chunk(start, end, label, sum(scores) / len(scores))
