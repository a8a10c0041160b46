"""Date a story's acts: by their own time words, by the clause that they stand in, else by what the story told before.

An act without time words of its own is dated by a small conditional logit over three readings: not told, the day of publication, the day
that the story told last. Its weights were fitted on the annotated corpus (``eval/timeline.py``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from diurna.records import When
from diurna.resolve.times import TimeExpression, time_at
from diurna.resolve.timex import Setting, count_of, shift

if TYPE_CHECKING:
    from diurna.parse.frames import Frame, Mention, ParsedStory
    from diurna.records import Story

__all__ = ["FEATURES", "Dated", "Timeline"]

_PAST = frozenset({"actual", "historical"})
_ADVERBS = r"(?:\s+(?:\w+ly|also|not|since|already|once|long|first|then|been|being|twice|just|never|all|both|each|again|yet|in\s+turn))*\s+$"
_PLUPERFECT = re.compile(rf"(?:\bhad|['’]d){_ADVERBS}", re.IGNORECASE)
_PERFECT = re.compile(rf"\b(?:has|have|['’]ve){_ADVERBS}", re.IGNORECASE)
_PASSIVE = re.compile(rf"\b(?:was|were){_ADVERBS}", re.IGNORECASE)
_PRESENT = re.compile(rf"\b(?:is|are){_ADVERBS}", re.IGNORECASE)
_DETERMINED = re.compile(
    r"(?:\b(?:the|an?|its|their|his|her|of|for|against|on|by|with|over|about|this|these|new|more|further|any|no)|['’]s)\s+(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_TO = re.compile(r"\bto\s+$", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:which|who|whom|whose|where|that)\b[^,;]{0,60}$", re.IGNORECASE)
_SUBORDINATE = re.compile(r"\b(?:after|when|since|while|because|although|though|once|as|before|until)\b[^,;]{0,60}$", re.IGNORECASE)
_IRREGULAR = re.compile(
    r"^(?:said|met|held|told|took|sent|shot|fought|gave|made|left|went|won|cut|hit|struck|began|beat|drove|flew|led|sought|shut|put|broke|laid|set|sold|stood|swore|"
    r"threw|tore|withdrew|wrote|urged|bade|chose|came|forbade|froze|hid|kept|let|lost|overthrew|quit|rebuilt|ran|rode|sank|seized|stole|swept|blew|burnt|bought|brought)$",
    re.IGNORECASE,
)
_GAP = re.compile(
    r"\b(?P<count>\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<unit>hour|day|week|month|year)s?\s+(?P<side>after|before)\s+[^;.]{0,110}$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r",\s+(?:and|but|he|she|it|they|the)\b", re.IGNORECASE)
_SAID = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT", "AGREE", "CONCEDE", "CONSULT"})
_FRESH = 3  # days
_OPTIONS = ("none", "published", "told")
FEATURES = (
    "always", "pluperfect", "perfect", "past", "passive", "-ing", "noun", "present", "infinitive", "in a relative clause", "in a subordinate clause", "first sentence",
    "another day in the sentence", "publication day in the sentence", "day told before", "publication day told before", "told in the sentence before",
    "told the day before publication",
    "told long before publication", "a speech act", "credited", "a later act of the sentence",
)  # fmt: skip
# Weights of FEATURES for “none” and for “told”, beside “published”: a conditional logit fitted on the annotated corpus (eval/timeline.py)
_WEIGHTS = {
    "none": (-0.4, 1.0, 0.8, -0.4, -0.5, 0.5, 0.4, 0.0, 0.0, 0.9, 0.0, -0.6, 0.9, 0.7, 0.2, -0.3, -0.0, -0.0, 0.2, -0.3, 0.5, 1.0),
    "told": (-0.5, 0.9, -0.9, 0.0, 0.2, -0.0, 0.4, -0.5, -0.0, 0.5, 0.3, 0.0, 0.9, 0.4, -0.5, 0.0, 0.0, 0.6, -1.1, -0.3, 0.6, 0.1),
}


@dataclass(frozen=True, slots=True)
class Dated:
    """Hold the days of an act, None where they are not told, the reason, and how sure they are in [0, 1]."""

    when: When | None
    reason: str
    sure: float = 0.9


@dataclass(slots=True)
class Timeline:
    """Date a story's acts in the order of the text.

    Args:
        story: the story, for its text and publication date.
        parsed: what the model read in it.
        country: alpha-3 of the dateline's country, None when unknown.
        south: whether the dateline's seasons are those of the southern hemisphere.
    """

    story: Story
    parsed: ParsedStory
    country: str | None = None
    south: bool = False
    published: date | None = field(init=False)
    _here: dict[int, list[date]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.published = date.fromisoformat(self.story.published[:10]) if self.story.published else None

    def all(self) -> dict[tuple[int, int, str], Dated]:
        """Date every frame, by the offsets of its trigger and its type."""
        found: dict[tuple[int, int, str], Dated] = {}
        self._here = {}
        for frame in sorted(self.parsed.frames, key=lambda f: (f.sentence, f.time is None, f.trigger.start)):
            dated = self._date(frame)
            found[frame.trigger.start, frame.trigger.end, frame.type] = dated
            when = dated.when
            if when is not None and when.text is not None and when.from_ == when.to and frame.modality in _PAST:
                self._here.setdefault(frame.sentence, []).append(date.fromisoformat(when.from_))
        return found

    def _date(self, frame: Frame) -> Dated:
        if frame.time is not None:
            return self.by_words(frame, frame.time)
        if (told := self._by_left_over(frame)) is not None:
            return told
        if (dated := self._by_clause(frame)) is not None:
            return dated
        if frame.modality != "actual":
            return Dated(None, "no time is told for it")
        return self._by_story(frame)

    def _by_left_over(self, frame: Frame) -> Dated | None:
        time = self._left_over(frame)
        dated = self.by_words(frame, time) if time else None
        if dated is None or dated.when is None or self.published is None:
            return dated
        return dated if dated.when.from_ <= self.published.isoformat() else None  # “condemned it and said it could act next week”

    def _left_over(self, frame: Frame) -> Mention | None:
        """Give an act the only time words of its sentence when it is the sentence's only act, or the last before them, and no other act has them."""
        times = [m for m in self.parsed.mentions if m.kind == "time" and m.sentence == frame.sentence]
        acts = [f for f in self.parsed.frames if f.sentence == frame.sentence]
        if len(times) != 1 or any(f.time is not None for f in acts) or frame.modality not in _PAST:
            return None
        before = [f for f in acts if f.trigger.start < times[0].start]
        nearest = max(before, key=lambda f: f.trigger.start, default=None)
        return times[0] if len(acts) == 1 or nearest is frame else None

    def told_before(self, sentence: int) -> tuple[date, int] | None:
        """Give the day told last before a sentence, and how many sentences before."""
        earlier = [s for s in self._here if s < sentence]
        return (self._here[max(earlier)][-1], sentence - max(earlier)) if earlier else None

    def by_words(self, frame: Frame, time: Mention) -> Dated:
        """Date an act by its time words."""
        text = self.story.text
        here = self._here.get(frame.sentence)
        told = self.told_before(frame.sentence)
        past = frame.modality in _PAST
        ahead = frame.modality in {"future", "hypothetical"}
        base = here[0] if here else told[0] if told else None
        setting = Setting(self.published or date.min, ahead=ahead, behind=not ahead, past=past, told=base, country=self.country, south=self.south)
        found = time_at(text, time.start, time.end, setting)
        if found is None or found.from_ is None or found.to is None or (self.published is None and not found.absolute):
            return Dated(None, f"“{time.text}” tells no days")
        low, high, why = self._bounded(text, found, frame.modality)
        start, end = min(found.start, time.start), max(found.end, time.end)
        return Dated(When(low, high, text[start:end], start, end), why)

    def _bounded(self, text: str, found: TimeExpression, modality: str) -> tuple[str, str, str]:
        """Stretch a day by the word before it: what began then goes on till now; what is due before then may come any day."""
        low, high = found.from_ or "", found.to or ""
        why = f"“{found.text}” read as {found.rule}" + (f", {found.value}" if found.value != low else "")
        if self.published is None:
            return low, high, why
        day = self.published.isoformat()
        before = text[max(0, found.start - 12) : found.start]
        if re.search(r"\bsince\s+(?:the\s+)?$", before, re.IGNORECASE) and low <= day and modality in {"actual", "negated"}:
            return low, day, f"{why}; since then"
        if re.search(r"\bbefore\s+(?:the\s+)?$", before, re.IGNORECASE) and low > day and modality in {"future", "hypothetical"}:
            return day, (date.fromisoformat(low) - timedelta(days=1)).isoformat(), f"{why}; before then"
        return low, high, why

    def _by_clause(self, frame: Frame) -> Dated | None:
        """Date “… a day after the court overruled it” from the day of the main clause."""
        start = self.parsed.sentences[frame.sentence].start
        found = _GAP.search(self.story.text, start, frame.trigger.start)
        if found is None or found.end() != frame.trigger.start or _CLAUSE_END.search(self.story.text, found.end("side"), frame.trigger.start) or frame.modality not in _PAST:
            return None
        here, told = self._here.get(frame.sentence), self.told_before(frame.sentence)
        base = here[0] if here else self.published or (told[0] if told else None)
        if base is None:
            return None
        count, unit = count_of(found["count"]), found["unit"].casefold()
        sign = -1 if found["side"].casefold() == "after" else 1
        low, high = _moved(base, sign * count, unit)
        span = (found.start(), found.end("side"))
        words = self.story.text[span[0] : span[1]]
        return Dated(When(low.isoformat(), high.isoformat(), words, *span), f"“{words}” counted from {base.isoformat()}, the day of the main clause")

    def _by_story(self, frame: Frame) -> Dated:
        """Date an act without time words: not told, publication's day, or the day told last."""
        if self.published is None:
            return Dated(None, "no time is told for it, and no publication date is known")
        rows = self.options(frame)
        scores = {name: math.exp(sum(v * w for v, w in zip(rows[name], _WEIGHTS.get(name, ()), strict=False))) for name in rows}
        best = max(scores, key=lambda name: scores[name])
        sure = round(scores[best] / sum(scores.values()), 4)
        if best == "none":
            return Dated(None, "no time is told for it, and it is told as background")
        if best == "published":
            day = self.published.isoformat()
            return Dated(When(day, day), "the publication day, as fresh news without a date of its own", sure)
        told = self.told_before(frame.sentence)
        day = (told[0] if told else self._here[frame.sentence][0]).isoformat()
        return Dated(When(day, day), f"{day}, the day that the story told last", sure)

    def options(self, frame: Frame) -> dict[str, tuple[float, ...]]:
        """Describe an act without time words as ``FEATURES`` lists it, once for each reading that the story allows."""
        sentence = self.parsed.sentences[frame.sentence]
        before = self.story.text[sentence.start : frame.trigger.start]
        word = frame.trigger.text.split()[0]
        verb = _tense(before, word)
        here, told = self._here.get(frame.sentence, []), self.told_before(frame.sentence)
        assert self.published is not None
        gap = (self.published - told[0]).days if told else 0
        row = (
            True, verb == "pluperfect", verb == "perfect", verb == "past", verb == "passive", verb == "-ing", verb == "noun", verb == "present", verb == "infinitive",
            bool(_RELATIVE.search(before)), bool(_SUBORDINATE.search(before)), frame.sentence == 0,
            any(d != self.published for d in here), self.published in here, told is not None and gap != 0, told is not None and gap == 0, told is not None and told[1] == 1,
            told is not None and 0 < gap <= _FRESH, told is not None and gap > _FRESH, frame.type in _SAID, frame.speaker is not None,
            any(f.sentence == frame.sentence and f.trigger.start < frame.trigger.start for f in self.parsed.frames),
        )  # fmt: skip
        values = tuple(float(v) for v in row)
        names = [n for n in _OPTIONS if n != "told" or (told is not None and gap != 0)]
        return {n: values if n != "published" else () for n in names}


def _tense(before: str, word: str) -> str:
    """Tell the form of a trigger by the words before it and by its end."""
    for name, pattern in (("pluperfect", _PLUPERFECT), ("perfect", _PERFECT), ("passive", _PASSIVE), ("present", _PRESENT), ("infinitive", _TO)):
        if pattern.search(before):
            return name
    if word.endswith("ing"):
        return "-ing"
    if _DETERMINED.search(before):
        return "noun"
    return "past" if word.endswith("ed") or _IRREGULAR.match(word) else "present" if word.endswith("s") else "other"


def _moved(base: date, count: int, unit: str) -> tuple[date, date]:
    if unit in {"day", "week", "hour"}:
        day = base + timedelta(days=count * {"day": 1, "week": 7, "hour": 0}[unit])
        return day, day
    if unit == "month":
        year, month = shift(base, count)
        last = shift(date(year, month, 1), 1)
        return date(year, month, 1), date(*last, 1) - timedelta(days=1)
    return date(base.year + count, 1, 1), date(base.year + count, 12, 31)

