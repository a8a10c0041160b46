"""Fit the weights of ``diurna.resolve.setting``: which of a story's countries an unnamed role belongs to.

    python eval/setting.py

A conditional logit over the story's countries, one for sectors of the place and one for those of the state, with a ridge penalty. Prints the weights
to be put into ``_WEIGHTS`` and the share right in ten-fold cross-validation by story, beside the present weights'. Needs numpy.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import parsed, places, sound_stories

from diurna.resolve.actors import Resolver
from diurna.resolve.memory import Memory
from diurna.resolve.setting import _LOCAL, _WEIGHTS, Setting

RIDGE, STEPS, RATE, FOLDS = 0.02, 600, 0.5, 10


def cases() -> list[tuple[str, bool, np.ndarray, int]]:
    """Gather, for each unnamed role, the candidates' features and the right one's index."""
    from datetime import date

    resolver, ask = Resolver(), places().get
    found = []
    for story in sound_stories():
        made, read, spans = parsed(story)
        day = date.fromisoformat(story.published) if story.published else None
        memory = Memory(made, resolver, Setting.of(made, read, resolver.tables, day, ask), day)
        mentions = sorted((m for m in read.mentions if m.kind == "party"), key=lambda m: (m.start, m.end))
        marks = {(m.start, m.end): s.mark for m, s in spans}
        memory.read_ahead(mentions)
        for m in mentions:
            memory.take(m, leads=True)
        for m, who, before in memory.unnamed:
            gold = story.parties[marks[m.start, m.end]].country
            codes = list(dict.fromkeys([*memory.setting.ranking, *([before] if before else [])]))
            if gold in codes:
                rows = np.array([memory.setting.features(c, m.sentence, m.start, before) for c in codes])
                found.append((story.id, who.sector in _LOCAL or who.sector is None, rows, codes.index(gold)))
    return found


def fit(data: list[tuple[str, bool, np.ndarray, int]]) -> np.ndarray:
    """Maximise the penalised likelihood by plain gradient steps."""
    w = np.zeros(data[0][2].shape[1])
    for _ in range(STEPS):
        slope = -RIDGE * w
        for _, _, rows, right in data:
            p = np.exp(rows @ w - (rows @ w).max())
            slope += (rows[right] - (p / p.sum()) @ rows) / len(data)
        w += RATE * slope
    return w


def share(data: list[tuple[str, bool, np.ndarray, int]], w: np.ndarray) -> int:
    """Count the cases that weights get right."""
    return sum(int((rows @ w).argmax() == right) for _, _, rows, right in data)


def main() -> None:
    """Print weights and shares."""
    everything = cases()
    for local in (True, False):
        data = [c for c in everything if c[1] == local]
        ids = sorted({c[0] for c in data})
        right = 0
        for fold in range(FOLDS):
            held = set(ids[fold::FOLDS])
            right += share([c for c in data if c[0] in held], fit([c for c in data if c[0] not in held]))
        now = share(data, np.array(_WEIGHTS[local]))
        print(f"local {local}: {len(data)} cases, cross-validated {right / len(data):.3f}, present weights {now / len(data):.3f}")
        print("   ", tuple(round(float(x), 2) for x in fit(data)))


if __name__ == "__main__":
    main()
