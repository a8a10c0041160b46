"""Fit the weights of ``diurna.resolve.undated``: how an act without time words of its own is dated.

    python eval/timeline.py

A conditional logit over the days that the story offers (``diurna.resolve.undated``) with a ridge penalty, on the marked frames of the training
part of the corpus. Prints the weights to be put into ``_WEIGHTS`` and the share of days right in five-fold cross-validation by story, beside that of
the publication day alone. Needs torch. With ``--check`` it only prints the shares right of the present weights, of all acts and by their time words.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import FOLDS, fold_of, frames_of

from diurna.resolve.timeline import Timeline
from diurna.resolve.undated import SOURCES, Days
from diurna.training.markup import read_stories
from diurna.training.split import split_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = list(SOURCES)
RIDGE, STEPS = 0.001, 300
MISSED = 0.15  # share of acts whose time words the model does not find, about
Case = tuple[int, "NDArray[np.float64]", dict[str, Days | None], Days | None]


def cases() -> list[Case]:
    """Gather the acts that no words date: story's fold, features, the days by their source, and the right ones."""
    found: list[Case] = []
    for marked in read_stories()[0]:
        if split_of(marked.id) != "train":
            continue
        story, parsed, gold = frames_of(marked)
        missed = random.Random(marked.id)  # noqa: S311 - the model misses time words now and then, and the weights have to know it
        frames = tuple(replace(f, time=None) if f.time and missed.random() < MISSED else f for f in parsed.frames)
        line = Timeline(story, replace(parsed, frames=frames))
        line.all()
        dated = {id(f) for f, _ in line._dated}  # noqa: SLF001 - the script belongs to the module
        found += [
            (fold_of(marked.id), np.array(line.features(frame)), line.sources(frame), event.when)
            for frame, event in zip(frames, gold, strict=True)
            if frame.time is None and frame.modality == "actual" and id(frame) not in dated
        ]
    return found


def fit(data: list[Case]) -> NDArray[np.float64]:
    """Maximise the penalised likelihood of the cases whose right days a source offers; *shape:* (n_sources, n_features)."""
    rows = [(x, list(dict.fromkeys(s.values())), s, right) for _, x, s, right in data if right in s.values()]
    x = torch.tensor(np.stack([r[0] for r in rows]))
    offers = torch.zeros(len(rows), len(NAMES), len(NAMES), dtype=torch.float64)  # act, days, source
    for i, (_, days, sources, _) in enumerate(rows):
        for name, value in sources.items():
            offers[i, days.index(value), NAMES.index(name)] = 1
    absent = offers.sum(-1) == 0
    right = torch.tensor([days.index(r) for _, days, _, r in rows])
    weights = torch.zeros(len(NAMES), x.shape[1], dtype=torch.float64, requires_grad=True)
    solver = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        scores = (offers * (x @ weights.T)[:, None, :]).sum(-1).masked_fill(absent, -1e9)
        value = torch.nn.functional.cross_entropy(scores, right) + RIDGE * (weights**2).sum()
        value.backward()
        return value

    solver.step(loss)
    fitted: NDArray[np.float64] = weights.detach().numpy()
    return fitted


def choose(case: Case, w: NDArray[np.float64]) -> Days | None:
    """Give the likeliest days of a case."""
    scores: dict[Days | None, float] = {}
    for name, days in case[2].items():
        scores[days] = scores.get(days, 0.0) + float(w[NAMES.index(name)] @ case[1])
    return max(scores, key=lambda days: scores[days])


def check() -> None:
    """Print the share of days right with the present weights, over marked frames of each part of the corpus."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    for marked in read_stories()[0]:
        story, parsed, gold = frames_of(marked)
        dated = Timeline(story, parsed).all()
        for frame, event in zip(parsed.frames, gold, strict=True):
            when = dated[frame.trigger.start, frame.trigger.end, frame.type].when
            kind = "by words" if frame.time else "actual, no words" if frame.modality == "actual" else "others"
            counts[split_of(marked.id), kind, (when and (when.from_, when.to)) == event.when] += 1
    for part, kind in sorted({k[:2] for k in counts}):
        right, wrong = counts[part, kind, True], counts[part, kind, False]
        print(f"{part:>10} {kind:>18}: {right / (right + wrong):.3f} of {right + wrong}")


def main() -> None:
    """Fit, cross-validate, print."""
    data = cases()
    right = sum(choose(c, w) == c[3] for fold in range(FOLDS) for w in [fit([c for c in data if c[0] != fold])] for c in data if c[0] == fold)
    published, offered = sum(c[3] == c[2]["published"] for c in data), sum(c[3] in c[2].values() for c in data)
    print(f"{len(data)} acts; right {right / len(data):.3f}, publication's day alone {published / len(data):.3f}, offered by any source {offered / len(data):.3f}")
    for name, row in zip(NAMES, fit(data), strict=True):
        print(f'    "{name}": ({", ".join(f"{v:.1f}" for v in row)}),')


if __name__ == "__main__":
    if "--check" in sys.argv:
        check()
    else:
        main()
