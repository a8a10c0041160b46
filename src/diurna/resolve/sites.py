"""Give an act that the model left without a place one of its sentence's, where the grammar of the sentence speaks for it.

A logistic model of the words around: the preposition before the place, what stands between it and the act, how many places and acts the sentence
has, and the kind of act (crowds and shots are somewhere; a refusal seldom is).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from diurna.ontology import TYPES

if TYPE_CHECKING:
    from diurna.parse.frames import Frame, Mention, ParsedStory

__all__ = ["FEATURES", "features", "likely_site"]

_BEFORE = (
    ("in", re.compile(r"\b(?:in|at|inside|within|throughout|across)\s+(?:the\s+|an?\s+|both\s+)?$")),
    ("near", re.compile(r"\b(?:near|outside|around|off|along|over|on|between|through)\s+(?:the\s+|an?\s+|both\s+)?$")),
    ("from", re.compile(r"\bfrom\s+(?:the\s+|an?\s+|both\s+)?$")),
    ("to", re.compile(r"\b(?:to|into|toward|towards|onto)\s+(?:the\s+|an?\s+|both\s+)?$")),
    ("of", re.compile(r"\bof\s+(?:the\s+|an?\s+|both\s+)?$")),
)
_CLAUSE = re.compile(r"\b(?:which|who|whom|where|after|when|while|that|but|because)\b")
_REACH = 20  # characters before a place, for its preposition
_GAPS = (30, 60, 100)  # characters between a place and its act
_GOING = frozenset({"CONSULT", "AID", "MOBILIZE"})
FEATURES = (
    "always", *(name for name, _ in _BEFORE), "place before the act", "near", "rather near", "far", "an act between", "two acts between", "a clause between", "a semicolon between",
    "only place", "actual", "negated", "from, of a retreat", "to, of an act of going", "another act's", *TYPES,
)  # fmt: skip
# Weights of FEATURES, a logistic regression fitted on the annotated corpus (eval/sites.py)
_WEIGHTS = (
    -1.0, 0.3, -0.2, -0.5, -0.5, 0.2, -0.8, 0.8, 0.6, -0.6, -1.2, -0.4, -0.1, -0.9, 1.3, 0.2, 0.1, 0.6, 0.6, -0.9,
    0.0, 0.7, -0.1, -0.3, 0.1, 0.2, 0.3, -0.8, -1.5, -0.8, -1.6, 1.4, -1.0, 0.4, 1.1, 1.0,
)  # fmt: skip
_LEAST = 0.5  # probability from which a place is given


def likely_site(text: str, parsed: ParsedStory, frame: Frame) -> tuple[Mention, float] | None:
    """Choose the place of an act's sentence that is likely the act's own.

    Args:
        text: the story's.
        parsed: what the model read in it.
        frame: the act.

    Returns:
        The place and its probability in [0, 1], or None when none is likelier than not.
    """
    here = [m for m in parsed.mentions if m.kind == "place" and m.sentence == frame.sentence and not m.overlaps(frame.trigger)]
    found = [(m, 1 / (1 + math.exp(-sum(v * w for v, w in zip(features(text, parsed, frame, m), _WEIGHTS, strict=True))))) for m in here]
    best = max(found, key=lambda f: f[1], default=None)
    return best if best and best[1] >= _LEAST else None


def features(text: str, parsed: ParsedStory, frame: Frame, place: Mention) -> tuple[float, ...]:
    """Describe a place of an act's sentence, as ``FEATURES`` lists it."""
    words = text[max(0, place.start - _REACH) : place.start]
    before = {name: bool(pattern.search(words)) for name, pattern in _BEFORE}
    first = place.start < frame.trigger.start
    low, high = (place.end, frame.trigger.start) if first else (frame.trigger.end, place.start)
    gap = text[low:high]
    others = [f for f in parsed.frames if f.sentence == frame.sentence and f is not frame]
    between = sum(low <= f.trigger.start < high for f in others)
    row = (
        True, *before.values(), first, len(gap) < _GAPS[0], len(gap) < _GAPS[1], len(gap) > _GAPS[2], between > 0, between > 1, bool(_CLAUSE.search(gap)), ";" in gap,
        sum(m.kind == "place" and m.sentence == frame.sentence for m in parsed.mentions) == 1, frame.modality == "actual", frame.modality == "negated",
        before["from"] and frame.type == "RETREAT", before["to"] and frame.type in _GOING, any(f.place is not None and f.place.overlaps(place) for f in others),
        *(frame.type == name for name in TYPES),
    )  # fmt: skip
    return tuple(float(v) for v in row)
