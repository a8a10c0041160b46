"""Train the network on all three passes at once."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from diurna.parse.layout import PLOVER_LAYOUT, Layout
from diurna.parse.tokens import pad
from diurna.training.examples import IGNORE, Example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diurna.training.network import Network

__all__ = ["Settings", "loss_of", "train"]

MASK, FIRST_WORD = 103, 1996  # in the vocabulary of BERT: before its words come marks, letters and unused pieces
TAG_GROUPS = ("trigger", "mention", "role", "source")
TRIGGER_WEIGHT = torch.tensor([1.0, 2.5, 2.5])  # a trigger missed in the first look is lost; a false one gets a second look
LABEL_GROUPS = ("type", "mode", "modality")
# A tag's loss is a mean over every piece of a sentence, most of which are plainly outside; its weight makes up for that.
WEIGHTS = {
    "trigger": 2.0,
    "mention": 1.5,
    "role": 4.0,
    "source": 1.0,
    "type": 1.0,
    "mode": 0.5,
    "modality": 0.8,
    "relation": 1.5,
    "relation_mode": 0.4,
    "context": 1.0,
}


# Without instructions of its own for it, a processor reckons ten times slower in bfloat16 than in float32.
_BFLOAT = bool(torch.cpu.get_capabilities().get("avx512_bf16"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold what a training run may vary."""

    epochs: int = 10
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    batch_pieces: int = 1400
    smoothing: float = 0.05
    seed: int = 2
    warmup: float = 0.08
    decay: float = 0.01
    hidden: float = 0.12  # share of words hidden from the network while it learns
    soft: float = 0.5  # weight of what the teacher says, where it says anything, against what the corpus says


def batches(examples: Sequence[Example], size: int, chance: random.Random | None) -> Iterator[list[Example]]:
    """Group examples of like length, ``size`` pieces or fewer a batch; shuffled when ``chance`` is given."""
    order = list(range(len(examples)))
    if chance:
        chance.shuffle(order)
    found = []
    for low in range(0, len(order), 2000):
        part = sorted(order[low : low + 2000], key=lambda i: len(examples[i].pieces.ids))
        batch: list[Example] = []
        for i in part:
            if batch and (len(batch) + 1) * len(examples[i].pieces.ids) > size:
                found.append(batch)
                batch = []
            batch.append(examples[i])
        if batch:
            found.append(batch)
    if chance:
        chance.shuffle(found)
    yield from found


def loss_of(logits: Tensor, batch: list[Example], settings: Settings, layout: Layout = PLOVER_LAYOUT) -> tuple[Tensor, dict[str, float]]:
    """Sum the losses of every group that the batch's examples teach. *Shape of logits:* ``(batch, pieces, WIDTH)``."""
    parts: dict[str, Tensor] = {}
    for group in TAG_GROUPS:
        rows = [i for i, e in enumerate(batch) if group in e.tags]
        if rows:
            parts[group] = _loss_of_tags(logits[rows][:, :, layout.columns[group]], [batch[i] for i in rows], group)
    for group in LABEL_GROUPS:
        rows = [i for i, e in enumerate(batch) if group in e.labels]
        if rows:
            scores = logits[rows, [batch[i].places[0] for i in rows], layout.columns[group]]
            parts[group] = _loss_of_labels(scores, [batch[i] for i in rows], group, settings)
    if rows := [i for i, e in enumerate(batch) if e.contexts]:
        target = torch.tensor([[float(c in batch[i].contexts) for c in layout.contexts] for i in rows])
        scores = logits[rows, [batch[i].places[0] for i in rows], layout.columns["context"]]
        parts["context"] = nn.functional.binary_cross_entropy_with_logits(scores, target)
    for group in ("relation", "relation_mode"):
        rows = [i for i, e in enumerate(batch) if group in e.labels]
        if rows:
            parts[group] = _loss_of_labels(relation_scores(logits, rows, batch, group, layout), [batch[i] for i in rows], group, settings)
    total = sum((WEIGHTS[g] * p for g, p in parts.items()), start=torch.zeros(()))
    return total, {g: float(p.detach()) for g, p in parts.items()}


def _loss_of_labels(scores: Tensor, batch: list[Example], group: str, settings: Settings) -> Tensor:
    """Weigh what the corpus says and what the teacher says of one label each. *Shape of scores:* ``(batch, labels)``."""
    hard = torch.tensor([e.labels[group] for e in batch])
    loss = nn.functional.cross_entropy(scores, hard, label_smoothing=settings.smoothing, ignore_index=IGNORE, reduction="none")
    rows = [i for i, e in enumerate(batch) if group in e.soft]
    if rows:
        soft = torch.from_numpy(np.stack([batch[i].soft[group] for i in rows])).float()
        told = nn.functional.cross_entropy(scores[rows], soft, reduction="none")
        share = torch.where(hard[rows] == IGNORE, 1.0, settings.soft)
        loss = loss.index_copy(0, torch.tensor(rows), (1 - share) * loss[rows] + share * told)
    return loss.mean()


def _loss_of_tags(scores: Tensor, batch: list[Example], group: str) -> Tensor:
    """Score the tags of every piece against the corpus. *Shape of scores:* ``(batch, pieces, tags)``."""
    width = scores.shape[1]
    hard = torch.tensor([e.tags[group] + [IGNORE] * (width - len(e.tags[group])) for e in batch])
    weight = TRIGGER_WEIGHT if group == "trigger" else None
    return nn.functional.cross_entropy(scores.reshape(-1, scores.shape[-1]), hard.reshape(-1), weight=weight, ignore_index=IGNORE)


def relation_scores(logits: Tensor, rows: list[int], batch: list[Example], group: str, layout: Layout = PLOVER_LAYOUT) -> Tensor:
    """Sum the three projections of a relation: at the actor's mark, at the recipient's, at the first piece."""
    at_actor = [batch[i].places[0] for i in rows]
    at_recipient = [batch[i].places[-1] for i in rows]
    told = torch.tensor([float(len(batch[i].places) > 1) for i in rows])[:, None]
    return (
        logits[rows, at_actor, layout.columns[f"{group}_actor"]]
        + logits[rows, at_recipient, layout.columns[f"{group}_recipient"]] * told
        + logits[rows, 0, layout.columns[f"{group}_whole"]]
    )


def run(network: Network, batch: list[Example], hidden: float = 0.0) -> Tensor:
    """Give the logits of a batch; a share ``hidden`` of its words is replaced by [MASK], so that no word alone is learned by heart."""
    ids, shapes, mask = (torch.from_numpy(a) for a in pad([e.pieces for e in batch]))
    if hidden:
        ids = torch.where((ids >= FIRST_WORD) & (torch.rand(ids.shape) < hidden), MASK, ids)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=_BFLOAT):
        logits: Tensor = network(ids, shapes, mask)
    return logits.float()


def train(
    network: Network,
    make_examples: Callable[[int], list[Example]],
    settings: Settings,
    after_epoch: Callable[[int, Network], None],
) -> Network:
    """Train in place.

    Args:
        network: with the pretrained encoder loaded.
        make_examples: gives the examples of an epoch (they may differ: names are swapped, false triggers drawn anew).
        settings: rates and sizes.
        after_epoch: called with the epoch's number and the network, to score or to save.
    """
    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    head = [p for n, p in network.named_parameters() if n.startswith(("head", "case"))]
    body = [p for n, p in network.named_parameters() if not n.startswith(("head", "case"))]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": settings.rate}, {"params": head, "lr": settings.head_rate}], weight_decay=settings.decay, fused=True
    )
    examples = make_examples(0)
    steps = settings.epochs * sum(1 for _ in batches(examples, settings.batch_pieces, None))
    warm = max(1, int(settings.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min((s + 1) / warm, max(0.02, (steps - s) / max(1, steps - warm))))
    for epoch in range(settings.epochs):
        examples = examples if epoch == 0 else make_examples(epoch)
        began = time.perf_counter()
        sums: defaultdict[str, float] = defaultdict(float)
        counts: Counter[str] = Counter()
        network.train()
        for batch in batches(examples, settings.batch_pieces, chance):
            loss, parts = loss_of(run(network, batch, settings.hidden), batch, settings, network.layout)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            for group, value in parts.items():
                sums[group] += value
                counts[group] += 1
        print(
            f"epoch {epoch}: {time.perf_counter() - began:.0f} s, {len(examples)} examples; "
            + ", ".join(f"{g} {sums[g] / counts[g]:.3f}" for g in sums),
            flush=True,
        )
        network.eval()
        after_epoch(epoch, network)
    return network
