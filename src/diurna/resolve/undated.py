"""Describe an act that no words date: what its clause looks like, and the days of the story that it may have happened on.

``diurna.resolve.timeline`` weighs the days that the story offers (its *sources*) by the look of the act's clause. A day that several sources
offer gathers their weights.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diurna.parse.frames import Frame

__all__ = ["FEATURES", "SOURCES", "Days", "clause_of", "same_act", "weigh"]

Days = tuple[str, str]
"""First and last day, ISO 8601."""

_ADVERBS = r"(?:\s+(?:\w+ly|also|not|since|already|once|long|first|then|been|being|twice|just|never|all|both|each|again|yet|in\s+turn))*\s+$"
_FORMS = (
    ("pluperfect", re.compile(rf"(?:\bhad|['’]d){_ADVERBS}", re.IGNORECASE)),
    ("perfect", re.compile(rf"\b(?:has|have|['’]ve){_ADVERBS}", re.IGNORECASE)),
    ("passive", re.compile(rf"\b(?:was|were){_ADVERBS}", re.IGNORECASE)),
    ("present", re.compile(rf"\b(?:is|are){_ADVERBS}", re.IGNORECASE)),
    ("infinitive", re.compile(r"\bto\s+$", re.IGNORECASE)),
)
_DETERMINED = re.compile(
    r"(?:\b(?:the|an?|its|their|his|her|of|for|against|on|by|with|over|about|this|these|new|more|further|any|no)|['’]s)\s+(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_IRREGULAR = re.compile(
    r"^(?:said|met|held|told|took|sent|shot|fought|gave|made|left|went|won|cut|hit|struck|began|beat|drove|flew|led|sought|shut|put|broke|laid|set|sold|stood|swore|"
    r"threw|tore|withdrew|wrote|urged|bade|chose|came|forbade|froze|hid|kept|let|lost|overthrew|quit|rebuilt|ran|rode|sank|seized|stole|swept|blew|burnt|bought|brought)$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:which|who|whom|whose|where|that)\b[^,;]{0,60}$", re.IGNORECASE)
_PRIOR = re.compile(r"\b(?:after|since|because|over|for|despite)\b[^,;]{0,60}$", re.IGNORECASE)
_WHILE = re.compile(r"\b(?:when|while|although|though|once|as|before|until)\b[^,;]{0,60}$", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:and|but|then|or)\s+(?:\w+ly\s+|also\s+|then\s+)?$", re.IGNORECASE)
_NEW_CLAUSE = re.compile(r"(?:;|,\s+(?:and|but|while))\s+[^,;]{1,60}$", re.IGNORECASE)
_LATE = re.compile(r"\b(?:earlier|previous(?:ly)?|already|long|former|once|in\s+the\s+past|recent(?:ly)?|years?|months?|weeks?)\b", re.IGNORECASE)
_SAID = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT", "AGREE", "CONCEDE", "CONSULT"})
_FORCE = frozenset({"ASSAULT", "COERCE", "PROTEST", "MOBILIZE"})
FEATURES = (
    "always", "pluperfect", "perfect", "past", "passive", "-ing", "noun", "present", "infinitive", "other", "relative clause", "prior clause", "clause of the same time",
    "joined verb", "new clause", "a speech act", "an act of force", "credited", "a later act of the sentence", "a word of earlier times", "title",
    "first sentence", "second sentence", "in quotation marks", "harm told", "place told",
    "told long ago", "the lead is of publication's day", "the lead is of another day", "no day in the story", "a long story", "another act dated in the sentence",
)  # fmt: skip
"""What is known of an act without time words: its clause (``clause_of``), then its story (``Timeline.features``)."""
SOURCES = {
    "none": "", "published": "the publication day", "act before": "the day of the act told before it in the sentence",
    "act after": "the day of the act told after it in the sentence", "sentence before": "the day told in the sentence before", "told last": "the day that the story told last",
    "lead": "the day of the lead", "told next": "the day that the story tells next", "same act": "the day of what may be the same act, told elsewhere in the story",
}  # fmt: skip
"""Where the days come from that an act may have happened on, and the reason that the record gives."""
# Weight of each of FEATURES for each of SOURCES: a conditional logit fitted on the annotated corpus (eval/timeline.py)
_WEIGHTS: dict[str, tuple[float, ...]] = {
    "none": (
        0.8, 0.4, 0.6, -0.2, -0.4, 0.3, 0.3, 0.2, -0.3, 0.1, 0.4, 0.1, -0.1, -0.5, 0.4, 0.0, -0.5, 0.5, 0.9, 0.2, -0.8, -0.5, 0.3, -0.5, 0.0, -0.2, 0.5, 0.1, 0.2, 0.1, -0.1, 0.4,
    ),
    "published": (
        0.3, -0.7, 0.3, 0.3, 0.2, -0.1, 0.0, 0.1, 0.1, 0.3, -0.4, -0.5, 0.0, 0.3, 0.3, 0.6, -0.3, -0.3, -0.2, -0.2, 0.0, 0.4, 0.3, 0.3, 0.0, 0.5, 0.1, 0.1, 0.2, 0.3, 0.0, -0.3,
    ),
    "act before": (
        -0.1, -0.2, -0.1, 0.7, 0.1, -0.2, -0.3, 0.0, 0.2, -0.4, -0.1, -0.2, 0.5, 0.3, 0.0, 0.0, 0.0, 0.0, -0.1, 0.0, 0.0, -0.1, -0.3, 0.1, 0.0, 0.5, 0.0, 0.1, -0.1, 0.0, 0.6, -0.1,
    ),
    "act after": (
        0.0, 0.0, -0.3, 0.5, -0.1, 0.1, -0.3, 0.0, 0.0, 0.0, -0.1, -0.2, 0.0, -0.1, 0.0, -0.3, 0.2, 0.1, -0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, -0.1, 0.2, 0.2, -0.4, 0.2, 0.0,
    ),
    "sentence before": (
        0.3, 0.2, 0.2, -0.1, 0.1, 0.1, 0.1, -0.2, -0.1, 0.1, 0.0, 0.1, 0.6, 0.0, -0.3, -0.2, 0.4, 0.2, -0.3, 0.0, 0.0, 0.0, -0.1, -0.1, 0.0, -0.1, -0.4, 0.2, 0.2, 0.0, 0.1, -0.3,
    ),
    "told last": (
        -0.3, 0.3, -0.6, 0.2, 0.1, 0.2, 0.3, -0.6, 0.0, -0.2, 0.0, 0.0, 0.2, -0.2, 0.0, 0.2, -0.2, 0.0, 0.3, 0.1, 0.0, 0.0, -0.1, 0.1, 0.0, -0.2, -1.0, -0.3, 0.1, 0.0, 0.0, 0.2,
    ),
    "lead": (
        0.3, 0.2, -0.8, 0.3, 0.4, -0.1, 0.1, 0.0, 0.1, 0.1, 0.2, 0.0, -0.1, 0.0, 0.2, 0.1, 0.2, 0.1, 0.0, 0.1, 0.7, -0.2, 0.2, 0.1, 0.0, -0.1, 0.2, 0.1, 0.2, 0.0, 0.2, 0.0,
    ),
    "told next": (
        -0.3, 0.0, 0.1, -0.2, -0.1, -0.2, -0.3, 0.3, 0.0, 0.1, 0.0, 0.0, -0.4, 0.1, 0.1, -0.1, -0.1, -0.1, -0.2, 0.0,
        0.7, -0.2, -0.2, -0.1, 0.0, 0.0, -0.1, 0.1, -0.3, 0.0, 0.1, 0.6,
    ),
    "same act": (
        0.5, 0.2, 0.0, -0.3, 0.1, 0.0, 0.0, 0.2, 0.0, 0.4, 0.0, 0.1, -0.1, -0.1, -0.1, 0.3, 0.0, 0.2, -0.1, 0.1, 0.5, 0.0, 0.0, 0.0, 0.0, -0.2, 0.0, 0.2, 0.4, -0.1, 0.5, 0.0,
    ),
}  # fmt: skip


def _is_title(text: str, start: int, end: int, index: int) -> bool:
    """Tell whether a sentence is the story's title: the first, without a full stop, with more text after it."""
    return index == 0 and end < len(text) and text[start:end].rstrip()[-1:] not in {".", "!", "?", "”", '"'}


def clause_of(text: str, start: int, end: int, frame: Frame, *, later: bool) -> tuple[float, ...]:
    """Describe an act's clause, as the first of ``FEATURES`` list it.

    Args:
        text: the story's.
        start: first character of the act's sentence.
        end: the character after its last.
        frame: the act.
        later: whether another act stands before it in the sentence.
    """
    before = text[start : frame.trigger.start]
    form = _form(before, frame.trigger.text.split()[0])
    quotes = before.count('"') % 2 == 1 or before.count("“") > before.count("”")
    title = _is_title(text, start, end, frame.sentence)
    row = (
        True, *(form == name for name in FEATURES[1:10]), bool(_RELATIVE.search(before)), bool(_PRIOR.search(before)), bool(_WHILE.search(before)),
        bool(_JOINED.search(before)), bool(_NEW_CLAUSE.search(before)), frame.type in _SAID, frame.type in _FORCE, frame.speaker is not None, later,
        bool(_LATE.search(text[start:end])), title, frame.sentence == 0 and not title, frame.sentence == 1,
        quotes, bool(frame.counts), frame.place is not None,
    )  # fmt: skip
    return tuple(float(v) for v in row)


def _form(before: str, word: str) -> str:
    """Tell the form of a trigger by the words before it and by its end."""
    for name, pattern in _FORMS:
        if pattern.search(before):
            return name
    if word.endswith("ing"):
        return "-ing"
    if _DETERMINED.search(before):
        return "noun"
    return "past" if word.endswith("ed") or _IRREGULAR.match(word) else "present" if word.endswith("s") else "other"


def same_act(frame: Frame, other: Frame) -> bool:
    """Tell whether two acts of a story may be one: of one type, and with like words for it or for a party."""
    if frame is other or frame.type != other.type or frame.sentence == other.sentence:
        return False
    if frame.trigger.text.casefold()[:4] == other.trigger.text.casefold()[:4]:
        return True
    return bool(_words(frame) & _words(other))


def _words(frame: Frame) -> set[str]:
    return {w.casefold() for m in (*frame.actors, *frame.recipients) for w in re.findall(r"[A-Z][\w-]{3,}|[a-z]{5,}", m.text)}


def weigh(sources: Mapping[str, Days | None], features: Sequence[float]) -> tuple[Days | None, float, str]:
    """Choose the days of an act among those that its story offers.

    Args:
        sources: the days by their source, None for no day at all.
        features: what is known of the act, as ``FEATURES`` lists it.

    Returns:
        The days, their probability, and the reason: the source that spoke for them most.
    """
    shares = {name: sum(v * w for v, w in zip(features, _WEIGHTS[name], strict=True)) for name in sources}
    scores: dict[Days | None, float] = {}
    for name, days in sources.items():
        scores[days] = scores.get(days, 0.0) + shares[name]
    best = max(scores, key=lambda days: scores[days])
    top = scores[best]
    sure = 1 / sum(math.exp(score - top) for score in scores.values())
    return best, round(sure, 4), SOURCES[max((name for name, days in sources.items() if days == best), key=lambda name: shares[name])]
