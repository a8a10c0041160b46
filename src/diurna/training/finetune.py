"""Train a model further on a user's own stories and ontology: from the weights that ship, with early stopping, and a checkpoint after every epoch."""

from __future__ import annotations

import json
import math
import random
import shutil
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import nn

from diurna.coder import Coder
from diurna.errors import ConfigError
from diurna.evaluate.events import score_stories
from diurna.parse.model import Model
from diurna.training.calibrate import NEUTRAL, calibrate
from diurna.training.examples import Example, cutter, encode
from diurna.training.export import export
from diurna.training.gold import Gold, Lesson, digest_of, drafts_of, lesson_of, parted
from diurna.training.restore import fitted, network_of
from diurna.training.train import Settings, batches, loss_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from diurna.ontology import Ontology
    from diurna.records import Story
    from diurna.training.network import Network

__all__ = ["Tuned", "Tuning", "fine_tune"]

_ENOUGH = 60  # events held back from which the confidences are fitted anew; with fewer, those of the model trained from serve better
_FROZEN = ("words", "positions", "segment")  # half of all weights; a few stories teach nothing about most words (docs/why/021)
_FIGURES = ("f1", "precision", "recall", "parties", "modality")


@dataclass(frozen=True, slots=True)
class Tuning:
    """Hold what a user may vary: peak learning rates, share of the stories held back in (0, 1), word pieces of a batch."""

    epochs: int = 30
    patience: int = 5
    rate: float = 1e-4
    head_rate: float = 1e-3
    held_back: float = 0.2
    seed: int = 1
    batch_pieces: int = 250


@dataclass(frozen=True, slots=True)
class Tuned:
    """Tell what came of it: figures by set of stories, before (the new head as it starts) and after (the exported model), and the best epoch from 1."""

    folder: Path
    epochs: int
    best_epoch: int
    stories: dict[str, int]
    before: dict[str, dict[str, float]]
    after: dict[str, dict[str, float]]
    lost: int


@dataclass(slots=True)
class _State:
    """Hold a run as it stands between two epochs."""

    network: Network
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    epoch: int = 0
    best: float = math.inf
    best_epoch: int = 0
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)
    before: dict[str, dict[str, float]] = field(default_factory=dict)

    def save(self, path: Path, sign: str) -> None:
        """Put the run on disk, whole or not at all."""
        parts = {"sign": sign, "epoch": self.epoch, "best": self.best, "best_epoch": self.best_epoch, "best_weights": self.best_weights, "before": self.before}
        parts |= {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict(), "schedule": self.schedule.state_dict()}
        torch.save(parts, path.with_suffix(".next"))
        path.with_suffix(".next").replace(path)

    def load(self, path: Path, sign: str) -> Self:
        """Take the run up where it stood.

        Raises:
            ConfigError: D105 if it was begun with other stories, another ontology or other settings.
        """
        parts = torch.load(path, weights_only=True)
        if parts["sign"] != sign:
            raise ConfigError("D105", "the run was begun with other stories, settings, another ontology or model; give the same, or another folder", str(path.parent))
        self.network.load_state_dict(parts["network"])
        self.optimiser.load_state_dict(parts["optimiser"])
        self.schedule.load_state_dict(parts["schedule"])
        self.epoch, self.best, self.best_epoch = parts["epoch"], parts["best"], parts["best_epoch"]
        self.best_weights, self.before = parts["best_weights"], parts["before"]
        return self


class _Live(Model):
    """Let a network in training read stories as an exported model does."""

    def __init__(self, network: Network, base: Model, ontology: Ontology) -> None:
        self.folder, self.threads, self.card, self.tokenizer = base.folder, base.threads, base.card, base.tokenizer
        self.network, self.ontology, self.layout = network, ontology, network.layout

    def run(self, ids: NDArray[np.int64], shapes: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        self.network.eval()
        with torch.inference_mode():
            found: NDArray[np.float32] = self.network(*(torch.from_numpy(a) for a in (ids, shapes, mask))).float().numpy()
        return found


def fine_tune(
    gold: Sequence[Gold],
    ontology: Ontology,
    folder: Path,
    base: Model,
    tuning: Tuning | None = None,
    *,
    apart: Sequence[Story] = (),
    resume: bool = False,
    say: Callable[[str], None] = print,
) -> Tuned:
    """Train a model further and write it as a folder that ``Coder(model=FOLDER)`` takes.

    Args:
        gold: annotated or reviewed stories.
        ontology: whose codes the events have.
        folder: where the model goes; new or empty.
        base: the model to start from.
        tuning: rates, epochs, seed.
        apart: stories with their true events that take no part, only to be scored before and after.
        resume: go on with a run in ``folder`` that was cut off.
        say: told of each epoch, in one line.

    Raises:
        ConfigError: D104 if the folder holds something, or nothing to go on with; D105 if the run was begun with something else.
        InputError: D227 if there are too few stories with events.
        ModelError: D303 if the base cannot be trained further.
    """
    tuning = tuning or Tuning()
    checkpoint = folder / "checkpoint.pt"
    _check(folder, checkpoint, resume=resume)
    teach, hold = parted(gold, tuning.held_back)
    scored = {"held back": [g.story for g in hold]} | ({"kept apart": list(apart)} if apart else {})
    sign = json.dumps([digest_of(gold, ontology), base.name, asdict(tuning)])
    reader = Coder(base)
    lessons, judges = ([lesson_of(g, reader) for g in part] for part in (teach, hold))
    network = fitted(network_of(base), ontology)
    live = _Live(network, base, ontology)
    cut = cutter(base.tokenizer)

    def examples(some: Sequence[Lesson], epoch: int) -> list[Example]:
        drafts = drafts_of(some, network.layout, random.Random(tuning.seed * 1000 + epoch))
        return [e for d in drafts if (e := encode(d, cut))]

    settings = Settings(epochs=tuning.epochs, rate=tuning.rate, head_rate=tuning.head_rate, seed=tuning.seed, batch_pieces=tuning.batch_pieces)
    state = _begun(network, settings, sum(1 for _ in batches(examples(lessons, 0), settings.batch_pieces, None)))
    if resume:
        state.load(checkpoint, sign)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        state.before = {name: _figures(stories, Coder(live)) for name, stories in scored.items()}
        state.save(checkpoint, sign)
    say(f"{len(teach)} stories teach, {len(hold)} are held back; before: {_told(state.before['held back'])}")
    told = examples(judges, -1)
    while state.epoch < tuning.epochs and state.epoch - state.best_epoch < tuning.patience:
        began = time.perf_counter()
        _epoch(state, examples(lessons, state.epoch), settings)
        figures = _figures(scored["held back"], Coder(live))
        lost = _loss(network, told, settings)
        state.epoch += 1
        if lost < state.best:  # not F1: a dozen events held back make it jump by tenths (docs/why/021)
            state.best, state.best_epoch = lost, state.epoch
            state.best_weights = {n: v.clone() for n, v in network.state_dict().items() if not n.startswith(_FROZEN)}
        state.save(checkpoint, sign)
        say(f"epoch {state.epoch}: {time.perf_counter() - began:.0f} s, loss on held-back stories {lost:.3f}; {_told(figures)}")
    network.load_state_dict(state.best_weights, strict=False)
    _write(network, base, ontology, folder, judges)
    after = {name: _figures(stories, Coder(folder)) for name, stories in scored.items()}
    tuned = Tuned(
        folder,
        state.epoch,
        state.best_epoch,
        {"teach": len(teach), "held_back": len(hold)},
        {name: state.before[name] for name in scored if name in state.before},  # a run taken up again may be given other stories to score
        after,
        sum(n.lost for n in (*lessons, *judges)),
    )
    _note(folder, tuned, tuning, sign)
    checkpoint.unlink()
    return tuned


def _check(folder: Path, checkpoint: Path, *, resume: bool) -> None:
    if resume and not checkpoint.is_file():
        raise ConfigError("D104", "there is no run here to go on with; leave out --resume", str(folder))
    if not resume and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "give --resume to go on with the run in it" if checkpoint.is_file() else "choose a new one"
        raise ConfigError("D104", f"the folder for the model holds something already; {hint}", str(folder))


def _begun(network: Network, settings: Settings, steps_an_epoch: int) -> _State:
    """Set the optimiser up: a warm-up, then a linear descent over all epochs that may come."""
    for name, weight in network.named_parameters():
        weight.requires_grad_(not name.startswith(_FROZEN))
    head = [p for n, p in network.named_parameters() if n.startswith("head")]
    body = [p for n, p in network.named_parameters() if p.requires_grad and not n.startswith("head")]
    groups = [{"params": body, "lr": settings.rate}, {"params": head, "lr": settings.head_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=settings.decay, fused=True)
    steps = settings.epochs * steps_an_epoch
    warm = max(1, int(settings.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min((s + 1) / warm, max(0.02, (steps - s) / max(1, steps - warm))))
    return _State(network, optimiser, schedule)


def _epoch(state: _State, examples: Sequence[Example], settings: Settings) -> None:
    """Run one epoch; its chance depends on seed and number alone, so that a run taken up again goes the same way."""
    torch.manual_seed(settings.seed * 1000 + state.epoch)
    chance = random.Random(settings.seed * 1000 + state.epoch)
    state.network.train()
    for batch in batches(examples, settings.batch_pieces, chance):
        loss, _ = loss_of(run(state.network, batch), batch, settings, state.network.layout)
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([p for p in state.network.parameters() if p.requires_grad], 1.0)
        state.optimiser.step()
        state.schedule.step()


def _loss(network: Network, examples: Sequence[Example], settings: Settings) -> float:
    network.eval()
    with torch.inference_mode():
        found = [(float(loss_of(run(network, b), b, settings, network.layout)[0]), len(b)) for b in batches(examples, settings.batch_pieces, None)]
    return sum(loss * n for loss, n in found) / max(1, sum(n for _, n in found))


def _figures(stories: Iterable[Story], coder: Coder) -> dict[str, float]:
    scores = score_stories(stories, coder)
    return {name: float(scores[name]) for name in _FIGURES} | {"events": scores["n"]}


def _told(figures: dict[str, float]) -> str:
    return f"F1 of type and trigger {figures['f1']:.3f}, and all parties {figures['parties']:.3f} ({figures['events']:.0f} events)"


def _write(network: Network, base: Model, ontology: Ontology, folder: Path, judges: Sequence[Lesson]) -> None:
    """Write everything a model folder holds."""
    export(network, folder / "model.onnx")
    (folder / "tokenizer.json").write_bytes((base.source / "tokenizer.json").read_bytes())
    if ontology.text:
        (folder / "ontology.toml").write_text(ontology.text, encoding="utf-8")
    kept = ("encoder", *NEUTRAL)
    card = {"name": "", "base": base.name, "layout": network.layout.hash(), **{k: base.card[k] for k in kept if k in base.card}}
    _put_card(folder, card)
    if sum(len(s.events) for n in judges for s in n.marked.sentences) >= _ENOUGH:
        _put_card(folder, card | calibrate(Model(folder), [n.marked for n in judges]))


def _note(folder: Path, tuned: Tuned, tuning: Tuning, sign: str) -> None:
    """Write into the card what the model learned from and how well it reads what was held back."""
    card = json.loads((folder / "model.json").read_text("utf-8"))
    data = json.loads(sign)[0]
    card["name"] = f"{card['base']}+{data[:6]}-{datetime.now(UTC):%Y%m%d}"
    facts = {"data": data, "stories": tuned.stories, "tuning": asdict(tuning), "best_epoch": tuned.best_epoch, "before": tuned.before, "after": tuned.after}
    _put_card(folder, card | facts)


def _put_card(folder: Path, card: dict[str, Any]) -> None:
    part = folder / "model.json.part"
    part.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    shutil.move(part, folder / "model.json")
