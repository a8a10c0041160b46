"""Fit the weights of ``diurna.resolve.setting``: which of a story's countries an unnamed role belongs to.

    python eval/setting.py

A conditional logit over the story's countries, one for each group of parties, with a ridge penalty, on the training part. Prints the weights
to be put into ``_WEIGHTS`` and the share right in five-fold cross-validation by story, beside the present weights'. Needs numpy.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import parties_of, sound_stories
from marked import frames_of

from diurna.resolve.actors import Resolver
from diurna.resolve.memory import Memory
from diurna.resolve.places import StoryPlaces
from diurna.resolve.setting import _WEIGHTS, Setting
from diurna.training.split import split_of

if TYPE_CHECKING:
    from collections.abc import Callable

RIDGE, STEPS, RATE, FOLDS = 0.002, 800, 0.6, 5
MISSED: Counter[str] = Counter()


def cases(keep: Callable[[str], bool] = lambda _: True) -> list[tuple[str, str, np.ndarray, int]]:
    """Gather, for each party whose words name no country, its group, the candidates' features and the right one's index."""
    resolver = Resolver()
    found = []
    for story in sound_stories():
        if not keep(story.id):
            continue
        made, read, _ = frames_of(story)
        day = date.fromisoformat(story.published) if story.published else None
        told = StoryPlaces(made, read)
        memory = Memory(made, resolver, Setting.of(made, read, resolver.tables, day, told.country_of, told.told()), day)
        mentions = sorted((m for m in read.mentions if m.kind == "party"), key=lambda m: (m.start, m.end))
        marks = {(m.start, m.end): s.mark for m, s in parties_of(story, read)}
        memory.read_ahead(mentions)
        led: set[int] = set()
        for m in mentions:
            memory.take(m, leads=m.sentence not in led)
            led.add(m.sentence)
        for m, bearer in memory.unnamed:
            gold = story.parties[marks[m.start, m.end]].country
            codes = memory.setting.candidates(bearer)
            if gold in codes:
                found.append((story.id, bearer.group, np.array(memory.setting.features(codes, bearer)), codes.index(gold)))
            else:
                MISSED[bearer.group] += 1
    return found


def fit(data: list[tuple[str, str, np.ndarray, int]]) -> np.ndarray:
    """Maximise the penalised likelihood by gradient steps on padded arrays."""
    size = max(len(rows) for _, _, rows, _ in data)
    x = np.zeros((len(data), size, data[0][2].shape[1]))
    open_ = np.full((len(data), size), -np.inf)
    for i, (_, _, rows, _) in enumerate(data):
        x[i, : len(rows)], open_[i, : len(rows)] = rows, 0.0
    right = x[np.arange(len(data)), [c[3] for c in data]].mean(0)
    w = np.zeros(x.shape[2])
    for _ in range(STEPS):
        z = x @ w + open_
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        w += RATE * (right - np.einsum("ij,ijk->k", p, x) / len(data) - RIDGE * w)
    return w


def share(data: list[tuple[str, str, np.ndarray, int]], w: np.ndarray) -> int:
    """Count the cases that weights get right."""
    return sum(int((rows @ w).argmax() == right) for _, _, rows, right in data)


def main() -> None:
    """Print weights and shares."""
    everything = cases(lambda i: split_of(i) == "train")
    for group in _WEIGHTS:
        data = [c for c in everything if c[1] == group]
        ids = sorted({c[0] for c in data})
        right = 0
        for fold in range(FOLDS):
            held = set(ids[fold::FOLDS])
            right += share([c for c in data if c[0] in held], fit([c for c in data if c[0] not in held]))
        now = share(data, np.array(_WEIGHTS[group]))
        print(f"{group}: {len(data)} cases, cross-validated {right / len(data):.3f}, present weights {now / len(data):.3f}, {MISSED[group]} of a country not named")
        print("   ", tuple(round(float(x), 2) for x in fit(data)))


if __name__ == "__main__":
    main()
