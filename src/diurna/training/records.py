"""Write marked stories as records (docs/record.md), for the ``events`` suite and for anyone who wants the corpus as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diurna.ontology import PLOVER, Ontology
from diurna.records import event_id, story_id

if TYPE_CHECKING:
    from diurna.training.markup import MarkedEvent, MarkedSentence, MarkedSpan, MarkedStory

__all__ = ["record_of"]


def record_of(story: MarkedStory, ontology: Ontology = PLOVER) -> dict[str, Any]:
    """Write a story with its gold events as one JSON object."""
    text, starts = story.text_and_starts()
    id_ = story_id(text, story.published)
    events = [
        _event(story, index, sentence, start, event, id_, ontology)
        for index, (sentence, start) in enumerate(zip(story.sentences, starts, strict=True))
        for event in sentence.events
    ]
    return {
        "id": id_,
        "key": story.id,
        "published": story.published,
        "source": story.source,
        "dateline": story.dateline,
        "text": text,
        "contexts": story.contexts,
        "events": events,
    }


def _place(span: MarkedSpan, start: int) -> dict[str, Any]:
    return {"text": span.text, "start": start + span.start, "end": start + span.end}


def _party(story: MarkedStory, sentence: MarkedSentence, start: int, ref: str, nth: int) -> dict[str, Any] | None:
    span = sentence.span_of(ref, nth)
    if span is None:
        return None
    who = story.parties[ref]
    return {**_place(span, start), "name": who.name, "country": who.country, "sector": who.sector, "role": who.role}


def _event(story: MarkedStory, index: int, sentence: MarkedSentence, start: int, event: MarkedEvent, id_: str, ontology: Ontology) -> dict[str, Any]:
    trigger = sentence.span_of(event.letter)
    assert trigger is not None, (story.id, event.line)
    entry = ontology.types[event.type]
    sides = {
        side: [p for ref, nth in refs if (p := _party(story, sentence, start, ref, nth))]
        for side, refs in (("actors", event.actors), ("recipients", event.recipients))
    }
    row: dict[str, Any] = {
        "id": event_id(id_, start + trigger.start, start + trigger.end, event.type),
        "story": id_,
        "sentence": {"index": index, "start": start, "end": start + len(sentence.text)},
        "type": event.type,
        "mode": event.mode,
        "cameo": entry.cameo_of(event.mode),
        "quad": ontology.quad_of(event.type),
        "score": entry.score_of(event.mode),
        "contexts": story.contexts,
        "modality": event.modality,
        "trigger": _place(trigger, start),
        **sides,
        "when": _when(sentence, start, event),
        "where": _where(sentence, start, event),
        "attributed_to": None,
        "harm": [_place(q, start) | {"kind": h.kind, "low": h.low, "high": h.high, "who": h.who} for h in event.harm if (q := sentence.span_of(h.mark))],
    }
    if event.by and (speaker := _party(story, sentence, start, event.by, 0)):
        cue = sentence.span_of(event.cue) if event.cue else None
        row["attributed_to"] = speaker | {"cue": _place(cue, start) if cue else None}
    if event.treaty and (accord := sentence.span_of(event.treaty[0])):
        row["treaty"] = _place(accord, start) | {"name": accord.text, "entity": None, "action": event.treaty[1]}
    return row


def _when(sentence: MarkedSentence, start: int, event: MarkedEvent) -> dict[str, Any] | None:
    if event.when is None:
        return None
    span = sentence.span_of(event.when_mark) if event.when_mark else None
    words = _place(span, start) if span else {"text": None, "start": None, "end": None}
    return {**words, "from": event.when[0], "to": event.when[1]}


def _where(sentence: MarkedSentence, start: int, event: MarkedEvent) -> dict[str, Any] | None:
    span = sentence.span_of(event.where_mark) if event.where_mark else None
    return {**_place(span, start), "country": event.where} if span else None
