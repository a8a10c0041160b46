"""Fit the confidences on stories kept out of training: of events with 0.8, four in five shall be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from diurna.parse.reader import EVIDENCE, logit, read_frames

if TYPE_CHECKING:
    from diurna.parse.frames import Frame
    from diurna.parse.model import Model
    from diurna.training.markup import MarkedEvent, MarkedSentence, MarkedStory

__all__ = ["NEUTRAL", "calibrate"]

THRESHOLD = 0.5  # an event is kept when it is rather right than wrong; the best threshold of few stories is chance (docs/why/006)
NEUTRAL = {
    "event": [0.0, 0.3, 0.3, 0.4, 0.0],
    "event_among": [0.0, 0.3, 0.3, 0.4, 0.0, 0.0],
    "type": [0.0, 1.0],
    "modality": [0.0, 1.0],
    "parties": [0.0, 1.0],
    "threshold": THRESHOLD,
}


def calibrate(model: Model, stories: list[MarkedStory]) -> dict[str, Any]:
    """Fit the weights that the model's card carries.

    Args:
        model: the exported model, with neutral weights.
        stories: the calibration part of the corpus.

    Returns:
        Weights by confidence, and the threshold.
    """
    events: list[tuple[list[float], bool]] = []
    among: list[tuple[list[float], bool]] = []
    singles: dict[str, list[tuple[float, bool]]] = {"type": [], "modality": [], "parties": []}
    for story in stories:
        text, starts = story.text_and_starts()
        gold = [(s, start, e) for s, start in zip(story.sentences, starts, strict=True) for e in s.events]
        for frame in read_frames(model, text, least=0.0).frames:
            match = _gold_of(frame, gold)
            right = match is not None and match[2].type == frame.type
            events.append(([frame.scores[k] for k in EVIDENCE], right))
            if "elsewhere" in frame.scores:
                among.append(([frame.scores[k] for k in (*EVIDENCE, "elsewhere")], right))
            if match is not None:
                singles["type"].append((frame.scores["raw_type"], right))
            if match is not None and right:
                singles["modality"].append((frame.scores["raw_modality"], match[2].modality == frame.modality))
                singles["parties"].append((frame.scores["raw_parties"], _same_parties(frame, *match)))
    weights: dict[str, Any] = {
        name: _fit([x for x, _ in rows], [y for _, y in rows], width)
        for name, rows, width in (("event", events, len(EVIDENCE)), ("event_among", among, len(EVIDENCE) + 1))
    }
    for name, single in singles.items():
        weights[name] = _fit([[x] for x, _ in single], [y for _, y in single])
    weights["threshold"] = THRESHOLD
    return weights


def _gold_of(frame: Frame, gold: list[tuple[MarkedSentence, int, MarkedEvent]]) -> tuple[MarkedSentence, int, MarkedEvent] | None:
    for sentence, start, event in gold:
        span = sentence.span_of(event.letter)
        if span and start + span.start < frame.trigger.end and frame.trigger.start < start + span.end:
            return sentence, start, event
    return None


def _same_parties(frame: Frame, sentence: MarkedSentence, start: int, event: MarkedEvent) -> bool:
    for refs, found in ((event.actors, frame.actors), (event.recipients, frame.recipients)):
        spans = [s for ref, nth in refs if (s := sentence.span_of(ref, nth))]
        if len(spans) != len(found):
            return False
        if not all(any(start + s.start < f.end and f.start < start + s.end for f in found) for s in spans):
            return False
    return True


def _fit(rows: list[list[float]], right: list[bool], width: int = 1) -> list[float]:
    """Fit a logistic regression over logits (Platt scaling; Platt, 1999); the plain mean of ``width`` logits where there is nothing to tell apart."""
    if len(set(right)) < 2:
        return [0.0, *([1.0 / width] * width)]
    fitted = LogisticRegression(C=1.0).fit(np.array([[logit(p) for p in row] for row in rows]), np.array(right))
    return [round(float(v), 5) for v in (fitted.intercept_[0], *fitted.coef_[0])]
