"""Date a story's acts: by their own time words, by the clause that they stand in, else by what the story told before.

An act without time words of its own is dated by a conditional logit over what the story offers: no day, the day of publication, that of another
act of its sentence, the day told last, the day of the lead, that of an act which may be the same (``diurna.resolve.undated``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from diurna.records import When
from diurna.resolve.times import TimeExpression, time_at
from diurna.resolve.timex import Setting, count_of, shift
from diurna.resolve.undated import Days, clause_of, same_act, weigh

if TYPE_CHECKING:
    from diurna.parse.frames import Frame, Mention, ParsedStory
    from diurna.records import Story

__all__ = ["Dated", "Timeline"]

_PAST = frozenset({"actual", "historical"})
_GAP = re.compile(
    r"\b(?P<count>\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<unit>hour|day|week|month|year)s?\s+(?P<side>after|before)\s+[^;.]{0,110}$",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"\b(?:to\s+(?!the\b|an?\b|its\b|their\b)[a-z]+|that|unless|if|would|will|could|may|might|who|which|whom|whose|where)\b")
_CLAUSE_END = re.compile(r",\s+(?:and|but|he|she|it|they|the)\b", re.IGNORECASE)
_LONG = 4  # sentences
_STALE = 3  # days before publication, from which on a day told is old news; set by hand


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
    _dated: list[tuple[Frame, Days]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.published = date.fromisoformat(self.story.published[:10]) if self.story.published else None

    def all(self) -> dict[tuple[int, int, str], Dated]:
        """Date every frame, by the offsets of its trigger and its type."""
        found: dict[tuple[int, int, str], Dated] = {}
        self._here, self._dated = {}, []
        undated = []
        for frame in sorted(self.parsed.frames, key=lambda f: (f.sentence, f.time is None, f.trigger.start)):
            dated = self._by_own_words(frame)
            if dated is None:
                undated.append(frame)
                continue
            found[frame.trigger.start, frame.trigger.end, frame.type] = dated
            when = dated.when
            if when is not None and when.text is not None and frame.modality in _PAST:
                self._dated.append((frame, (when.from_, when.to)))
                if when.from_ == when.to:
                    self._here.setdefault(frame.sentence, []).append(date.fromisoformat(when.from_))
        self._dated.sort(key=lambda d: d[0].trigger.start)
        for frame in undated:
            actual = frame.modality == "actual"
            found[frame.trigger.start, frame.trigger.end, frame.type] = self._by_story(frame) if actual else Dated(None, "no time is told for it")
        return found

    def _by_own_words(self, frame: Frame) -> Dated | None:
        if frame.time is not None:
            return self.by_words(frame, frame.time)
        return self._by_left_over(frame) or self._by_clause(frame)

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
        if nearest is frame and _CONTENT.search(self.story.text, frame.trigger.end, times[0].start):
            return None  # “threatened to strike from Friday”
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
        """Date an act without time words by what the story offers."""
        if self.published is None:
            return Dated(None, "no time is told for it, and no publication date is known")
        days, sure, why = weigh(self.sources(frame), self.features(frame))
        if days is None:
            return Dated(None, "no time is told for it, and it is told as background")
        return Dated(When(*days), f"{why}, as no time is told for it", sure)

    def sources(self, frame: Frame) -> dict[str, Days | None]:
        """Gather the days that a story offers for an act without time words, by where they come from (``diurna.resolve.undated``)."""
        assert self.published is not None
        day = self.published.isoformat()
        found: dict[str, Days | None] = {"none": None, "published": (day, day)}
        here = [(g, d) for g, d in self._dated if g.sentence == frame.sentence]
        single = [(g, d) for g, d in self._dated if d[0] == d[1]]
        told = [(g, d) for g, d in single if g.sentence < frame.sentence]
        offers = {
            "act before": [d for g, d in here if g.trigger.start < frame.trigger.start][-1:],
            "act after": [d for g, d in here if g.trigger.start > frame.trigger.start][:1],
            "sentence before": [d for g, d in told if g.sentence == frame.sentence - 1][-1:],
            "told last": [d for _, d in told][-1:],
            "lead": [d for _, d in single if d[0] <= day][:1],
            "told next": [d for g, d in single if g.sentence > frame.sentence][:1],
            "same act": [d for _, d in sorted(((abs(g.sentence - frame.sentence), d) for g, d in self._dated if same_act(frame, g)), key=lambda x: x[0])][:1],
        }
        return found | {name: days[0] for name, days in offers.items() if days}

    def features(self, frame: Frame) -> tuple[float, ...]:
        """Describe an act without time words and its story, as ``FEATURES`` of ``diurna.resolve.undated`` lists it."""
        sentence = self.parsed.sentences[frame.sentence]
        later = any(f.sentence == frame.sentence and f.trigger.start < frame.trigger.start for f in self.parsed.frames)
        told = self.told_before(frame.sentence)
        assert self.published is not None
        day = self.published.isoformat()
        single = [d for _, d in self._dated if d[0] == d[1]]
        lead = next((d[0] for d in single if d[0] <= day), None)
        row = (
            told is not None and (self.published - told[0]).days > _STALE, lead == day, lead is not None and lead != day, not single,
            len(self.parsed.sentences) > _LONG, any(f.sentence == frame.sentence for f, _ in self._dated),
        )  # fmt: skip
        return (*clause_of(self.story.text, sentence.start, sentence.end, frame, later=later), *(float(v) for v in row))


def _moved(base: date, count: int, unit: str) -> tuple[date, date]:
    if unit in {"day", "week", "hour"}:
        day = base + timedelta(days=count * {"day": 1, "week": 7, "hour": 0}[unit])
        return day, day
    if unit == "month":
        year, month = shift(base, count)
        last = shift(date(year, month, 1), 1)
        return date(year, month, 1), date(*last, 1) - timedelta(days=1)
    return date(base.year + count, 1, 1), date(base.year + count, 12, 31)

