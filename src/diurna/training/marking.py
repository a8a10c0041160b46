"""Turn coded or annotated stories into marked ones, and write them in the corpus's inline markup (corpus/GUIDE.md), ready for a person to correct.

``marked_of`` and ``markup_of`` are the way there, ``markup.read_file`` and ``records.record_of`` the way back.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diurna.ontology import SECTORS
from diurna.records import Party, Span
from diurna.training.markup import MarkedEvent, MarkedHarm, MarkedParty, MarkedSentence, MarkedSpan, MarkedStory, countries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diurna.coder import Coder
    from diurna.ontology import Ontology
    from diurna.parse.frames import Mention
    from diurna.records import Event, Sentence, Story

__all__ = ["annotate", "marked_of", "marked_with_starts", "markup_of"]

_LETTERS = {"party": "p", "place": "l", "time": "t", "count": "q", "accord": "k", "cue": "c"}
# Brackets would open a span, and some characters end a line for Python's splitlines: each becomes another of the same length.
_SAFE = str.maketrans({"[": "(", "]": ")", **dict.fromkeys("\n\r\t\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " ")})
_START = re.compile(r"(?:\s|T: |===? )*")  # what at a line's start would mean something else than words


def annotate(coder: Coder, story: Story, ontology: Ontology | None = None) -> MarkedStory:
    """Pre-code a story for correction.

    Args:
        coder: reads the story.
        story: the story.
        ontology: write the codes of this ontology, by what its types are ``like``; events that nothing is like are left out. The coder's when None.

    Returns:
        The story with the coder's events, and every mention in the sentences that have one.
    """
    coded, parsed, resolved = coder.look(story)
    if ontology is not None:
        moved = [(e, ontology.nearest(e.type, e.mode)) for e in coded.events]
        contexts = tuple(c for c in coded.contexts if c in ontology.contexts)
        coded = replace(coded, contexts=contexts, events=tuple(replace(e, type=code[0], mode=code[1]) for e, code in moved if code is not None))
    return marked_of(coded, parsed.sentences, parsed.mentions, resolved.parties)


def marked_of(
    story: Story, sentences: Sequence[Sentence], mentions: Sequence[Mention] = (), parties: Mapping[tuple[int, int], Party] | None = None
) -> MarkedStory:
    """Mark a story's events in its sentences.

    Args:
        story: a story with its events; their spans decide which words are marked. Where two overlap, the trigger's stay, then those of tolls, then those of parties.
        sentences: the sentences to keep.
        mentions: further words to mark in sentences with an event.
        parties: who the mentions of parties are, by offsets.

    Returns:
        The marked story. An event is left out when its trigger is in no sentence, overlaps another's, or when its sentence has 26 already.
    """
    return marked_with_starts(story, sentences, mentions, parties)[0]


def marked_with_starts(
    story: Story, sentences: Sequence[Sentence], mentions: Sequence[Mention] = (), parties: Mapping[tuple[int, int], Party] | None = None
) -> tuple[MarkedStory, list[int]]:
    """Mark a story as ``marked_of`` does, and tell where in the story's text each marked sentence starts."""
    marks = _Marks(MarkedStory(_name(story), "", 0, (story.published or "")[:10] or None, _line(story.source), contexts=list(story.contexts)))
    paragraph = 0
    for i, sentence in enumerate(sentences):
        if i and re.search(r"\n\s*\n", story.text[sentences[i - 1].end : sentence.start]):
            paragraph += 1
        events = sorted((e for e in story.events if sentence.start <= e.trigger.start < sentence.end), key=lambda e: (e.trigger.start, e.type))
        inside = [m for m in mentions if m.sentence == sentence.index]
        marks.add(story.text[sentence.start : sentence.end], sentence.start, paragraph, events, inside, parties or {})
    return marks.story, marks.starts


@dataclass(slots=True)
class _Marks:
    """Hold the marks given so far in a story: the same party, place, time or accord keeps its mark."""

    story: MarkedStory
    known: dict[tuple[object, ...], str] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)

    def add(self, raw: str, start: int, paragraph: int, events: Sequence[Event], mentions: Sequence[Mention], parties: Mapping[tuple[int, int], Party]) -> None:
        text = raw.translate(_SAFE)
        skip = _START.match(text)
        assert skip is not None
        text = text[skip.end() :].rstrip()
        if not text:
            return
        sentence = MarkedSentence(text, 0, title=False, paragraph=paragraph)
        one = _Sentence(self, sentence, start + skip.end())
        letters = one.triggers(events)
        kept = [(e, letters[i]) for i, e in enumerate(events) if i in letters]
        one.evidence([e for e, _ in kept])
        if kept:
            for m in mentions:
                one.mark(m, m.kind, parties.get((m.start, m.end)))
        sentence.spans.sort(key=lambda s: s.start)
        sentence.events = [one.event(e, letter) for e, letter in kept]
        self.story.sentences.append(sentence)
        self.starts.append(one.start)

    def party(self, who: Party) -> str:
        """Give the mark of a party, declared in the head when it is new."""
        key = ("p", who.entity) if who.entity else ("p", (who.name or who.text).casefold(), who.country, who.sector)
        if key not in self.known:
            self.known[key] = f"p{len(self.story.parties) + 1}"
            country = who.country if who.country in countries() else None
            sector = who.sector if who.sector in SECTORS else "UNK"
            self.story.parties[self.known[key]] = MarkedParty(country, sector or "UNK", _line(who.name), _line(who.role))
        return self.known[key]

    def thing(self, letter: str, text: str, nth: int) -> str:
        """Give the mark of a place, time or accord by its words."""
        key = (letter, text.casefold(), nth)
        if key not in self.known:
            self.known[key] = f"{letter}{sum(k[0] == letter for k in self.known) + 1}"
        return self.known[key]


@dataclass(slots=True)
class _Sentence:
    """Mark one sentence: ``at`` finds the mark that words got by their offsets in the story."""

    marks: _Marks
    sentence: MarkedSentence
    start: int
    at: dict[tuple[int, int], MarkedSpan] = field(default_factory=dict)

    def place(self, span: Span, mark: str) -> MarkedSpan | None:
        """Mark a span, stretched to whole words; None when it is outside or overlaps another."""
        text = self.sentence.text
        low, high = span.start - self.start, span.end - self.start
        if not 0 <= low < high <= len(text):
            return None
        while low < high and text[low].isspace():
            low += 1
        while high > low and text[high - 1].isspace():
            high -= 1
        while high < len(text) and text[high].isalnum():
            high += 1
        if low == high or any(s.start < high and low < s.end for s in self.sentence.spans):
            return None
        made = MarkedSpan(mark, low, high, text[low:high])
        self.sentence.spans.append(made)
        self.at[span.start, span.end] = made
        return made

    def triggers(self, events: Sequence[Event]) -> dict[int, str]:
        """Mark the triggers; two types may share one."""
        letters: dict[int, str] = {}
        taken: dict[tuple[int, int], list[int]] = {}
        for i, e in enumerate(events):
            key = (e.trigger.start, e.trigger.end)
            if key in taken:
                if all(events[j].type != e.type for j in taken[key]):
                    letters[i] = letters[taken[key][0]]
                    taken[key].append(i)
            elif len(taken) < len(string.ascii_lowercase) and self.place(e.trigger, string.ascii_lowercase[len(taken)]):
                letters[i] = string.ascii_lowercase[len(taken)]
                taken[key] = [i]
        return letters

    def evidence(self, events: Sequence[Event]) -> None:
        """Mark whatever the events point at, parties in text order, so that the head lists them as a reader meets them."""
        for e in events:
            for h in e.harm:
                self.mark(h, "count")
        told = [p for e in events for p in (*e.actors, *e.recipients, *((e.attributed_to,) if e.attributed_to else ()))]
        for p in sorted(told, key=lambda p: (p.start, -p.end)):
            self.mark(p, "party", p)
        for e in events:
            if e.treaty:
                self.mark(e.treaty, "accord")
            if e.where:
                self.mark(e.where, "place")
            if e.when and e.when.text and e.when.start is not None and e.when.end is not None:
                self.mark(Span(e.when.text, e.when.start, e.when.end), "time")
            if e.attributed_to and e.attributed_to.cue:
                self.mark(e.attributed_to.cue, "cue")

    def mark(self, span: Span, kind: str, who: Party | None = None) -> None:
        """Mark a mention, unless its words are marked already."""
        if (span.start, span.end) in self.at:
            return
        letter = _LETTERS[kind]
        here = sum(s.kind == letter for s in self.sentence.spans)
        same = sum(s.kind == letter and s.text.casefold() == span.text.casefold() for s in self.sentence.spans)
        placed = self.place(span, "?1")
        if placed is not None:
            mark = self.marks.party(who or Party(span.text, span.start, span.end)) if kind == "party" else f"{letter}{here + 1}"
            if kind in {"place", "time", "accord"}:
                mark = self.marks.thing(letter, placed.text, same)
            self.sentence.spans.remove(placed)
            made = MarkedSpan(mark, placed.start, placed.end, placed.text)
            self.sentence.spans.append(made)
            self.at[span.start, span.end] = made

    def reference(self, who: Party) -> tuple[str, int]:
        """Refer to a party's words in the sentence, by their number where the mark alone would mean others."""
        span = self.at.get((who.start, who.end))
        if span is None or span.kind != "p":
            return self.marks.party(who), 0
        if self.sentence.span_of(span.mark) is span:
            return span.mark, 0
        return span.mark, 1 + [s for s in self.sentence.spans if s.mark == span.mark].index(span)

    def event(self, e: Event, letter: str) -> MarkedEvent:
        """Write an event with the marks of its evidence."""
        made = MarkedEvent(letter, e.type, e.mode, e.modality, 0, [self.reference(p) for p in e.actors], [self.reference(p) for p in e.recipients])
        if e.when:
            made.when = (e.when.from_, e.when.to)
            made.when_mark = self.mark_at(e.when.start, e.when.end, "t")
        if e.where:
            made.where = e.where.country if e.where.country in countries() else None
            made.where_mark = self.mark_at(e.where.start, e.where.end, "lp")
        if e.attributed_to:
            made.by = self.reference(e.attributed_to)[0]
            cue = e.attributed_to.cue
            made.cue = self.mark_at(cue.start, cue.end, "c") if cue else None
        for h in e.harm:
            if mark := self.mark_at(h.start, h.end, "q"):
                made.harm.append(MarkedHarm(mark, h.kind, h.low, h.high, _line(h.who)))
        if e.treaty and (mark := self.mark_at(e.treaty.start, e.treaty.end, "k")):
            made.treaty = (mark, e.treaty.action)
        return made

    def mark_at(self, start: int | None, end: int | None, kinds: str) -> str | None:
        span = self.at.get((start, end)) if start is not None and end is not None else None
        return span.mark if span is not None and span.kind in kinds else None


def _name(story: Story) -> str:
    return re.sub(r"\s+", "_", (story.key or story.id).translate(_SAFE).strip())[:80] or story.id


def _line(text: str | None) -> str | None:
    """Make one line of words that the head of a story or an event's line can hold."""
    return re.sub(r"\s+", " ", re.sub(r"[|;]", ",", text.translate(_SAFE))).strip(" -") or None if text else None


def markup_of(story: MarkedStory) -> str:
    """Write a marked story in the corpus's markup."""
    lines = [f"=== {story.id}"]
    told = {"published": story.published, "source": story.source, "dateline": story.dateline, "contexts": ", ".join(story.contexts)}
    lines += [f"{key}: {value}" for key, value in told.items() if value]
    for mark, who in story.parties.items():
        name = f" {who.name}" if who.name else ""
        tail = f" |{name} | {who.role}" if who.role else f" |{name}" if name else ""
        lines.append(f"{mark} = {who.country or '-'} {who.sector}{tail}")
    lines.append("---")
    for i, sentence in enumerate(story.sentences):
        if i and story.sentences[i - 1].paragraph != sentence.paragraph:
            lines.append("")
        lines.append(("T: " if sentence.title else "") + _bracketed(sentence))
        lines += [_event_line(e) for e in sentence.events]
    return "\n".join(lines) + "\n"


def _bracketed(sentence: MarkedSentence) -> str:
    text, at = "", 0
    for s in sentence.spans:
        text += f"{sentence.text[at : s.start]}[{s.text}]{s.mark}"
        at = s.end
    return text + sentence.text[at:]


def _event_line(e: MarkedEvent) -> str:
    parts = [f"  {e.letter} {e.type}{f'/{e.mode}' if e.mode else ''} {e.modality}"]
    parts += [
        f"{side} {' '.join(f'{mark}.{nth}' if nth else mark for mark, nth in refs)}" for side, refs in (("actors", e.actors), ("recipients", e.recipients)) if refs
    ]
    if e.when:
        days = e.when[0] if e.when[0] == e.when[1] else f"{e.when[0]}..{e.when[1]}"
        parts.append(f"when {f'{e.when_mark}=' if e.when_mark else ''}{days}")
    if e.where_mark:
        parts.append(f"where {e.where_mark}={e.where or '-'}")
    elif e.where:
        parts.append(f"where {e.where}")
    if e.by:
        parts.append(f"by {e.by}{f' {e.cue}' if e.cue else ''}")
    parts += [f"harm {h.mark} {h.kind} {_amount(h)} {h.who or '-'}" for h in e.harm]
    if e.treaty:
        parts.append(f"treaty {e.treaty[0]} {e.treaty[1]}")
    return "; ".join(parts)


def _amount(h: MarkedHarm) -> str:
    low = h.low or 0
    return f"{low}+" if h.high is None else str(low) if h.high == low else f"{low}-{h.high}"
