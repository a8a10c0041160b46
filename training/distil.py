"""Train the large teacher of relations, and let it label softly what the small student learns from (Hinton et al., 2015)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from diurna.parse import layout
from diurna.training.examples import IGNORE, Draft, Example, corpus_drafts, encode, relation_drafts
from diurna.training.network import MPNET, Network
from diurna.training.split import split_of
from diurna.training.train import Settings, batches, relation_scores, run, train
from training.encoders import WORK, teacher
from training.swap import swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diurna.parse.tokens import Pieces
    from diurna.training.examples import Proposals
    from diurna.training.markup import MarkedStory

__all__ = ["TEACHING", "Pool", "label_softly", "pool_of", "train_teacher"]

TEACHING = Settings(epochs=4, rate=5e-5, head_rate=1e-3, batch_pieces=700, seed=1, warmup=0.08)
EPOCH = 3500  # examples of a teacher's epoch: what two cores read in eight minutes, so that little is lost when a run is cut off
FROZEN = 4  # layers of the teacher that stay as they were pretrained, like its embeddings: a quarter of the time saved


def train_teacher(
    stories: Callable[[], list[MarkedStory]], cut: Callable[[str], Pieces], settings: Settings = TEACHING, after: Callable[[int, Network], None] | None = None
) -> Network:
    """Train all-mpnet-base-v2 on the relations of the corpus, and save it after each epoch.

    Args:
        stories: gives the corpus, read anew for each epoch.
        cut: cuts a sentence into word pieces.
        settings: rates and sizes.
        after: called with the epoch's number and the network.
    """
    network = Network(MPNET)
    network.load_encoder(teacher() / "model.safetensors")
    nn.init.zeros_(network.case.weight)
    for part in (network.words, network.positions, network.case, network.norm, *network.layers[:FROZEN]):
        part.requires_grad_(requires_grad=False)
    network.segment.requires_grad_(requires_grad=False)

    def make(epoch: int) -> list[Example]:
        pool = corpus_drafts(stories(), "train")["relate"]
        random.Random(settings.seed).shuffle(pool)
        chosen = [pool[i % len(pool)] for i in range(epoch * EPOCH, (epoch + 1) * EPOCH)]
        chance = random.Random(epoch)
        return [e for d in chosen if (e := encode((chance.random() < 0.3 and swapped(d, chance)) or d, cut))]

    def save(epoch: int, net: Network) -> None:
        torch.save(net.state_dict(), WORK / "teacher-next.pt")
        (WORK / "teacher-next.pt").replace(WORK / "teacher.pt")
        if after:
            after(epoch, net)

    return train(network, make, settings, save)


@dataclass(slots=True)
class Pool:
    """Hold what the student learns from: drafts to see in every epoch, and drafts that say much the same and are seen in every other."""

    always: list[tuple[Draft, Example]]
    sometimes: list[tuple[Draft, Example]]

    def draw(self, epoch: int, cut: Callable[[str], Pieces]) -> list[Example]:
        """Draw the examples of an epoch, half of them with other countries.

        A type does not change with the country, so the teacher's labels of the whole stay.
        """
        chance = random.Random(epoch)
        found = []
        for draft, example in [*self.always, *chance.sample(self.sometimes, len(self.sometimes) // 2)]:
            other = swapped(draft, chance) if chance.random() < 0.5 else None
            new = encode(other, cut) if other else None
            if new is not None:
                new.soft = example.soft
            found.append(new or example)
        return found


def pool_of(stories: list[MarkedStory], cut: Callable[[str], Pieces], network: Network | None, proposed: Proposals | None = None) -> Pool:
    """Draft all examples of the corpus's training part; relations are labelled softly when there is a teacher (``network``).

    Seen in every other epoch: words that only look like triggers, the frames of relation lines, and the relations of stories, whose frames say the same.
    """
    drafts = corpus_drafts(stories, "train", proposed=proposed)
    none = layout.TYPE_LABELS.index("NONE")
    in_stories = sum(len(list(relation_drafts(s))) for story in stories if split_of(story.id) == "train" for s in story.sentences)
    always = [*drafts["scan"], *drafts["relate"][in_stories:]]
    sometimes = drafts["relate"][:in_stories]
    for draft in drafts["frame"]:
        (always if "source" in draft.tagged and draft.labels["type"] != none else sometimes).append(draft)
    if network:
        sometimes += unlabelled(stories)
    pool = Pool(*([(d, e) for d in group if (e := encode(d, cut))] for group in (always, sometimes)))
    if network:
        label_softly(network, [e for _, e in [*pool.always, *pool.sometimes]])
    return pool


def unlabelled(stories: list[MarkedStory]) -> list[Draft]:
    """Draft pairs of parties between which the corpus marks no event: what the teacher says of them, the student shall say too."""
    found = []
    for story in stories:
        if split_of(story.id) != "train":
            continue
        for sentence in story.sentences:
            parties = [s for s in sentence.spans if s.kind == "p"]
            told = {(a, r) for e in sentence.events for a, _ in e.actors for r, _ in e.recipients}
            pairs = [(a, r) for a, r in permutations(parties, 2) if a.mark != r.mark and (a.mark, r.mark) not in told]
            random.Random(sentence.text).shuffle(pairs)
            for a, r in pairs[:3]:
                marks = [(a.start, a.end, *layout.RELATE_MARKS[0]), (r.start, r.end, *layout.RELATE_MARKS[1])]
                found.append(Draft(sentence.text, marks=marks, labels={"relation": IGNORE, "relation_mode": IGNORE}))
    return found


def label_softly(network: Network, examples: Sequence[Example], size: int = 3000) -> None:
    """Add the teacher's probabilities to each example of a relation.

    Args:
        network: the teacher.
        examples: changed in place: ``soft[group]`` has shape ``(labels,)``.
        size: word pieces of a batch.
    """
    network.eval()
    began = time.perf_counter()
    with torch.inference_mode():
        for batch in batches([e for e in examples if "relation" in e.labels], size, None):
            logits = run(network, batch)
            for group in ("relation", "relation_mode"):
                rows = [i for i, e in enumerate(batch) if group in e.labels]
                if rows:
                    for i, scores in zip(rows, relation_scores(logits, rows, batch, group), strict=True):
                        batch[i].soft[group] = scores.softmax(-1).numpy().astype(np.float16)
    print(f"labelled relations in {time.perf_counter() - began:.0f} s", flush=True)
