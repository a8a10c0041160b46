"""Let the network itself propose triggers in the corpus: what it takes for an act and is none teaches the second look more than words drawn blindly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from diurna.parse.decode import trigger_chunks
from diurna.training.examples import Draft, encode
from diurna.training.split import split_of
from diurna.training.train import batches, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from diurna.parse.tokens import Pieces
    from diurna.training.examples import Proposals
    from diurna.training.markup import MarkedStory
    from diurna.training.network import Network

__all__ = ["FLOOR", "propose"]

FLOOR = 0.04
"""Least probability of a proposal: a fifth of the reader's own floor, as a network is surer on what it was trained on."""


def propose(network: Network, stories: list[MarkedStory], cut: Callable[[str], Pieces], size: int = 3000) -> Proposals:
    """Scan the training part of the corpus.

    Args:
        network: a trained one.
        stories: the corpus.
        cut: cuts a sentence into word pieces.
        size: word pieces of a batch.

    Returns:
        For each sentence's text, the character offsets of what looks like a trigger.
    """
    texts = list({s.text for story in stories if split_of(story.id) == "train" for s in story.sentences})
    examples = [e for text in texts if (e := encode(Draft(text), cut))]
    by_pieces = {id(e.pieces): text for e, text in zip(examples, texts, strict=True)}
    found: Proposals = {}
    began = time.perf_counter()
    network.eval()
    with torch.inference_mode():
        for batch in batches(examples, size, None):
            scores = run(network, batch)[:, :, network.layout.columns["trigger"]].numpy()
            for example, rows in zip(batch, scores, strict=True):
                text = by_pieces[id(example.pieces)]
                chunks = trigger_chunks(rows[: len(example.pieces.ids)], example.pieces, text, FLOOR)
                found[text] = [(c.start, c.end) for c in chunks if example.pieces.covering(c.start, c.end)[1]]
    print(f"{sum(map(len, found.values()))} proposals in {len(texts)} sentences, {time.perf_counter() - began:.0f} s", flush=True)
    return found
