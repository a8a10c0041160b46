"""Tell what one party does to another, from two readings: the pair marked as such, and the acts that the sentence's own triggers name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diurna.parse import layout
from diurna.parse.decode import softmax, trigger_chunks
from diurna.parse.reader import CANDIDATE
from diurna.parse.tokens import Pieces, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from diurna.parse.layout import Layout
    from diurna.parse.model import Model

__all__ = ["relate"]

_WEIGHT = 0.5  # of what the acts say against what the marked pair says, in log-odds; a half is the plainest share, not tuned
_STRANGER = (0.02, 0.1)  # weight of an act whose actor, whose recipient, the marked words are surely not; set by hand
_LEAST = 0.02  # probability left to each type that no act of the sentence has

Pair = tuple[tuple[int, int] | None, tuple[int, int] | None]


class _Act(NamedTuple):
    """Hold what one trigger candidate says: its weight for the pair, and the probabilities of its types and modes."""

    weight: float
    types: NDArray[np.float32]
    modes: NDArray[np.float32]


def relate(model: Model, sentences: Sequence[str], pairs: Sequence[Pair]) -> list[tuple[dict[str, float], str | None]]:
    """Tell what an actor does to a recipient.

    Args:
        model: the network.
        sentences: plain text each.
        pairs: for each sentence, character offsets of the actor and of the recipient; None for a side that is not named.

    Returns:
        For each sentence, the probability of each type, highest first, and the mode of the likeliest type.

    Raises:
        ValueError: if an offset points at no word.
    """
    labels = model.layout
    cut = model.cut(sentences)
    marked = []
    for pieces, pair in zip(cut, pairs, strict=True):
        sides = [side for side, span in enumerate(pair) if span is not None]
        inputs, at = mark(pieces, [(*span, *layout.RELATE_MARKS[side]) for side, span in enumerate(pair) if span is not None])
        marked.append((inputs, dict(zip(sides, at, strict=True))))
    read = model.logits([m for m, _ in marked])
    acts = _acts(model, sentences, cut, pairs)
    return [_joined(labels, logits, places, acts[i]) for i, ((_, places), logits) in enumerate(zip(marked, read, strict=True))]


def _joined(labels: Layout, logits: NDArray[np.float32], places: dict[int, int], acts: list[_Act]) -> tuple[dict[str, float], str | None]:
    """Join both readings of one pair."""
    told = np.full(len(labels.types) - 1, _LEAST)
    for act in acts:
        told += act.weight * act.types
    scores = softmax(_logits_of(labels, logits, places, "relation") + _WEIGHT * np.log(told / told.sum()))
    order = [int(i) for i in np.argsort(-scores)]
    modes = labels.modes_of(labels.types[order[0]])
    weights = softmax(_logits_of(labels, logits, places, "relation_mode")[modes])
    for act in acts:
        weights = weights + _WEIGHT * act.weight * act.types[order[0]] * softmax(act.modes[modes])
    mode = labels.modes[modes[int(weights.argmax())]]
    return {labels.types[i]: round(float(scores[i]), 6) for i in order}, mode.partition("/")[2] or None


def _acts(model: Model, sentences: Sequence[str], cut: Sequence[Pieces], pairs: Sequence[Pair]) -> list[list[_Act]]:
    """Read the acts of each sentence, each weighed by how likely the pair are its parties."""
    labels = model.layout
    candidates = []
    for i, (text, pieces, logits) in enumerate(zip(sentences, cut, model.logits(cut), strict=True)):
        for chunk in trigger_chunks(logits[:, labels.columns["trigger"]], pieces, text, CANDIDATE):
            if pieces.covering(chunk.start, chunk.end)[1]:
                inputs, (place,) = mark(pieces, [(chunk.start, chunk.end, *layout.FRAME_MARKS)])
                candidates.append((i, chunk.score, inputs, place))
    found: list[list[_Act]] = [[] for _ in sentences]
    for (i, score, inputs, place), logits in zip(candidates, model.logits([c[2] for c in candidates]), strict=True):
        roles = softmax(logits[:, labels.columns["role"]])
        actor, recipient = pairs[i]
        does = score * _within(roles, inputs, actor, ("actor",))
        undergoes = _within(roles, inputs, recipient, ("actor", "recipient"))  # of mutual acts, both are actors
        weight = (does + _STRANGER[0]) * (undergoes + _STRANGER[1])
        found[i].append(_Act(weight, softmax(logits[place, labels.columns["type"]])[:-1], logits[place, labels.columns["mode"]]))
    return found


def _within(roles: NDArray[np.float32], pieces: Pieces, span: tuple[int, int] | None, names: tuple[str, ...]) -> float:
    """Give the highest probability of a role among a span's pieces; even odds where nobody is marked."""
    low, high = pieces.covering(*span) if span else (0, 0)
    if low == high:
        return 0.5
    return max(float(roles[low:high][:, [layout.ROLE_TAGS.index(f"{p}-{name}") for p in "BI"]].sum(-1).max()) for name in names)


def _logits_of(labels: Layout, logits: NDArray[np.float32], places: dict[int, int], group: str) -> NDArray[np.float32]:
    """Sum the projections of a relation at the marks that are there (0 the actor's, 1 the recipient's) and at the first piece."""
    total: NDArray[np.float32] = logits[0, labels.columns[f"{group}_whole"]]
    for side, name in ((0, "actor"), (1, "recipient")):
        if side in places:
            total = total + logits[places[side], labels.columns[f"{group}_{name}"]]
    return total
