"""Fit the weights of ``diurna.resolve.sites``: which place of its sentence is an act's own.

    python eval/sites.py

A logistic regression with a ridge penalty over the marked places and acts of the training part of the corpus. Prints the weights to be put into
``_WEIGHTS``, and in five-fold cross-validation by story the precision and recall of places given at even odds. Needs torch.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import FOLDS, fold_of, frames_of

from diurna.resolve.sites import features
from diurna.training.markup import read_stories
from diurna.training.split import split_of

RIDGE, STEPS = 0.0005, 200
Case = tuple[int, tuple[float, ...], bool]


def cases() -> list[Case]:
    """Gather every act with every place of its sentence: story's fold, features, and whether it is the act's own."""
    found: list[Case] = []
    for marked in read_stories()[0]:
        if split_of(marked.id) != "train":
            continue
        story, parsed, _ = frames_of(marked)
        for frame in parsed.frames:
            here = [m for m in parsed.mentions if m.kind == "place" and m.sentence == frame.sentence]
            found += [(fold_of(marked.id), features(story.text, parsed, frame, m), frame.place is not None and frame.place.overlaps(m)) for m in here]
    return found


def fit(data: list[Case]) -> torch.Tensor:
    """Maximise the penalised likelihood; *shape:* (n_features,)."""
    x, y = torch.tensor([c[1] for c in data]), torch.tensor([float(c[2]) for c in data])
    weights = torch.zeros(x.shape[1], requires_grad=True)
    solver = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights, y) + RIDGE * (weights**2).sum()
        value.backward()
        return value

    solver.step(loss)
    return weights.detach()


def main() -> None:
    """Fit, cross-validate, print."""
    data = cases()
    right = given = 0
    for fold in range(FOLDS):
        weights = fit([c for c in data if c[0] != fold])
        taken = [c[2] for c in data if c[0] == fold and float(torch.tensor(c[1]) @ weights) > 0]
        right, given = right + sum(taken), given + len(taken)
    print(f"{len(data)} places beside acts; precision {right / given:.3f}, recall {right / sum(c[2] for c in data):.3f}")
    print(f"({', '.join(f'{float(v) + 0.0:.1f}' for v in fit(data))})")


if __name__ == "__main__":
    main()
