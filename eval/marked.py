"""Make of a marked story what a model without faults would have read in it, for the scripts beside this one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from diurna.parse.frames import Frame, Mention, ParsedStory
from diurna.read import story_from_text
from diurna.records import Sentence, Span, Story

if TYPE_CHECKING:
    from diurna.training.markup import MarkedEvent, MarkedSentence, MarkedSpan, MarkedStory

FOLDS = 5
KINDS = {"p": "party", "l": "place", "t": "time", "q": "count", "k": "accord", "c": "cue"}


def fold_of(story: str) -> int:
    """Give the fold of cross-validation that a story, by its id, belongs to."""
    return hashlib.blake2b(story.encode(), digest_size=2).digest()[0] % FOLDS


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
