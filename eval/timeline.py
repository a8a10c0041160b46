"""Fit the weights of ``diurna.resolve.timeline``: how an act without time words of its own is dated.

    python eval/timeline.py

A multinomial logit over three readings (not told, publication's day, the day told last) with a ridge penalty, on the marked frames of the training
part of the corpus. Prints the weights to be put into ``_WEIGHTS`` and the share of days right in ten-fold cross-validation by story, beside that of
the publication day alone. Needs numpy. With ``--check`` it only prints the shares right of the present weights, of all acts and by their time words.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from diurna.parse.frames import Frame, Mention, ParsedStory
from diurna.read import story_from_text
from diurna.records import Sentence, Span, Story
from diurna.resolve.timeline import FEATURES, Timeline
from diurna.training.markup import MarkedEvent, MarkedStory, read_stories
from diurna.training.split import split_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diurna.training.markup import MarkedSentence, MarkedSpan

KINDS = {"p": "party", "l": "place", "t": "time", "q": "count", "k": "accord", "c": "cue"}
NAMES = ("none", "told")
RIDGE, STEPS, RATE, FOLDS = 0.002, 1500, 0.5, 10
Case = tuple[int, "NDArray[np.float64]", tuple[bool, bool], list[str]]


def frames_of(marked: MarkedStory) -> tuple[Story, ParsedStory, list[MarkedEvent]]:
    """Make of a marked story what a model without faults would have read in it."""
    text, starts = marked.text_and_starts()
    story = replace(story_from_text(text, published=marked.published, source=marked.source), dateline=marked.dateline)
    sentences, mentions, frames, gold = [], [], [], []
    for i, (sentence, start) in enumerate(zip(marked.sentences, starts, strict=True)):
        sentences.append(Sentence(i, start, start + len(sentence.text)))
        mentions += [_mention(s, start, i) for s in sentence.spans if s.kind != "x"]
        for event in sentence.events:
            frames.append(_frame(sentence, start, i, event))
            gold.append(event)
    return story, ParsedStory(tuple(sentences), tuple(mentions), tuple(frames)), gold


def _mention(span: MarkedSpan, start: int, sentence: int) -> Mention:
    return Mention(span.text, start + span.start, start + span.end, KINDS[span.kind], sentence)


def _frame(sentence: MarkedSentence, start: int, index: int, event: MarkedEvent) -> Frame:
    def at(mark: str | None, nth: int = 0) -> Mention | None:
        span = sentence.span_of(mark, nth) if mark else None
        return None if span is None else _mention(span, start, index)

    trigger = sentence.span_of(event.letter)
    assert trigger is not None, (event.line, event.letter)
    actors, recipients = (tuple(m for ref in refs if (m := at(*ref))) for refs in (event.actors, event.recipients))
    words = Span(trigger.text, start + trigger.start, start + trigger.end)
    scores = {"event": 1.0, "type": 1.0, "parties": 1.0, "modality": 1.0}
    place, time, speaker, cue = at(event.where_mark), at(event.when_mark), at(event.by), at(event.cue)
    return Frame(index, words, event.type, event.mode, event.modality, actors, recipients, place, time, speaker, cue, scores=scores)


def cases() -> list[Case]:
    """Gather the acts that no words date: story's fold, features, which of none and told are right or allowed, and the right readings."""
    found: list[Case] = []
    for marked in read_stories()[0]:
        if split_of(marked.id) != "train":
            continue
        story, parsed, gold = frames_of(marked)
        line = Timeline(story, parsed)
        line.all()
        fold = hashlib.blake2b(marked.id.encode(), digest_size=2).digest()[0] % FOLDS
        for frame, event in zip(parsed.frames, gold, strict=True):
            if frame.time is not None or frame.modality != "actual" or line._by_clause(frame) is not None:  # noqa: SLF001 - the script belongs to the module
                continue
            rows = line.options(frame)
            told = line.told_before(frame.sentence)
            days = {"none": None, "published": (story.published,) * 2, "told": (told[0].isoformat(),) * 2 if told and "told" in rows else ("", "")}
            right = [name for name, value in days.items() if value == event.when]
            found.append((fold, np.array(rows["none"]), (True, "told" in rows), right))
    return found


def fit(data: list[Case]) -> NDArray[np.float64]:
    """Maximise the penalised likelihood of the cases that have a right reading; *shape:* (2, n_features)."""
    told = [c for c in data if c[3]]
    x = np.stack([c[1] for c in told])
    open_ = np.array([[True, c[2][1], True] for c in told])  # none, told, published
    y = np.array([[n in c[3] for n in (*NAMES, "published")] for c in told], dtype=float)
    y /= y.sum(1, keepdims=True)
    w = np.zeros((2, x.shape[1]))
    for _ in range(STEPS):
        scores = np.where(open_, np.hstack([x @ w.T, np.zeros((len(x), 1))]), -1e9)
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        w += RATE * ((y - p)[:, :2].T @ x / len(x) - RIDGE * w)
    return w


def choose(case: Case, w: NDArray[np.float64]) -> str:
    """Give the likeliest reading of a case."""
    scores = {"published": 0.0, "none": float(w[0] @ case[1])} | ({"told": float(w[1] @ case[1])} if case[2][1] else {})
    return max(scores, key=lambda name: scores[name])


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
    right = sum(choose(c, w) in c[3] for fold in range(FOLDS) for w in [fit([c for c in data if c[0] != fold])] for c in data if c[0] == fold)
    print(f"{len(data)} acts; right {right / len(data):.3f}, publication's day alone {sum('published' in c[3] for c in data) / len(data):.3f}")
    for name, row in zip(NAMES, fit(data), strict=True):
        print(f'    "{name}": ({", ".join(f"{v:.1f}" for v in row)}),')
    print(len(FEATURES), "features")


if __name__ == "__main__":
    if "--check" in sys.argv:
        check()
    else:
        main()
