"""Make the shipped model from the corpus: ``python -m training``."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer

from diurna.parse.model import Model, layout_hash
from diurna.training.calibrate import NEUTRAL, calibrate
from diurna.training.examples import Example, cutter
from diurna.training.export import export
from diurna.training.markup import ROOT, MarkedStory, read_stories
from diurna.training.network import MPNET, Network
from diurna.training.records import record_of
from diurna.training.restore import network_of
from diurna.training.split import split_of
from diurna.training.train import Settings, train
from training.distil import pool_of, train_teacher
from training.encoders import WORK, student
from training.proposals import propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from diurna.parse.tokens import Pieces


def main() -> None:
    """Read the corpus, train, export, calibrate, and write the held-out stories as records."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--epochs", type=int, default=Settings().epochs)
    parser.add_argument("--rate", type=float, default=Settings().rate)
    parser.add_argument("--seed", type=int, default=Settings().seed)
    parser.add_argument("--out", type=Path, default=ROOT / "src/diurna/models", help="where the model goes")
    parser.add_argument("--start", type=Path, help="folder of a model, or a checkpoint, to go on from, instead of the pretrained encoder")
    parser.add_argument("--head-rate", type=float, default=Settings().head_rate)
    parser.add_argument("--teacher", help="label relations softly with this teacher: a file of its weights, or “new” to train one first (docs/why/007)")
    parser.add_argument("--from-checkpoint", type=Path, help="export these weights instead of training")
    options = parser.parse_args()
    stories, corpus = sound_stories(), corpus_hash()  # now, as the corpus may grow while a run is under way
    folder = student()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    network = Network()
    if options.from_checkpoint:
        network.load_state_dict(torch.load(options.from_checkpoint, weights_only=True))
    else:
        if options.start and options.start.suffix == ".pt":
            network.load_state_dict(torch.load(options.start, weights_only=True))
        elif options.start:
            network = network_of(Model(options.start))
        else:
            network.load_encoder(folder / "model.safetensors")
        cut = cutter(tokenizer)
        proposed = propose(network, stories, cut) if options.start else None
        pool = pool_of(stories, cut, teach(options.teacher, cut) if options.teacher else None, proposed)

        def make(epoch: int) -> list[Example]:
            return pool.draw(epoch, cut)

        def save(epoch: int, net: Network) -> None:
            torch.save(net.state_dict(), WORK / f"checkpoint-{epoch % 2}.pt")

        train(network, make, Settings(epochs=options.epochs, rate=options.rate, head_rate=options.head_rate, seed=options.seed), save)
        torch.save(network.state_dict(), WORK / "last.pt")
    write(network, folder, stories, corpus, options.out)


def teach(weights: str, cut: Callable[[str], Pieces]) -> Network:
    """Give a trained teacher: the one whose weights are named, or a new one."""
    if weights == "new":
        return train_teacher(sound_stories, cut)
    network = Network(MPNET)
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network


def sound_stories() -> list[MarkedStory]:
    """Read the corpus; stories with an error are left out and named."""
    stories, problems = read_stories()
    grave = [p for p in problems if p.grave]
    bad = set()
    for p in grave:
        owner = max((s for s in stories if s.path == p.path and s.line <= p.line), key=lambda s: s.line, default=None)
        if owner:
            bad.add(owner.id)
    if bad:
        print(f"left out, with errors: {len(bad)} of {len(stories)} stories ({', '.join(sorted(bad)[:8])} …)")
    return [s for s in stories if s.id not in bad]


def corpus_hash() -> str:
    """Hash every file that the model learns from."""
    digest = hashlib.sha256()
    for path in sorted([*(ROOT / "corpus/stories").glob("*.txt"), *(ROOT / "corpus/relations").glob("*.tsv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def write(network: Network, folder: Path, stories: list[MarkedStory], corpus: str, out: Path) -> None:
    """Export, calibrate and write everything that ships."""
    out.mkdir(parents=True, exist_ok=True)
    error = export(network, out / "model.onnx")
    shutil.copyfile(folder / "tokenizer.json", out / "tokenizer.json")
    parts = {which: [s for s in stories if split_of(s.id) == which] for which in ("train", "calibrate", "held_out")}
    card = {
        "name": f"minilm-{datetime.now(UTC):%Y%m%d}-{corpus[:6]}",
        "encoder": "all-MiniLM-L6-v2 (Apache-2.0)",
        "licence": "CC-BY-4.0",
        "corpus": corpus,
        "stories": {k: len(v) for k, v in parts.items()},
        "layout": layout_hash(),
        **NEUTRAL,
    }
    (out / "model.json").write_text(json.dumps(card, indent=1) + "\n")
    card |= calibrate(Model(out), parts["calibrate"])
    (out / "model.json").write_text(json.dumps(card, indent=1) + "\n")
    with (ROOT / "eval/held_out.jsonl").open("w", encoding="utf-8") as file:
        for story in parts["held_out"]:
            file.write(json.dumps(record_of(story), ensure_ascii=False) + "\n")
    print(f"int8 differs from float by {error:.4f} a logit; {json.dumps({k: card[k] for k in ('stories', 'event', 'threshold')})}")


if __name__ == "__main__":
    main()
