"""What a user teaches: annotated stories, or a reviewed record, checked against the ontology and made ready for training."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.evaluate.events import gold_stories
from diurna.parse import layout
from diurna.records import Event, Span, Story
from diurna.training.examples import Draft, frame_drafts, lexicon_of, relation_drafts, scan_drafts
from diurna.training.marking import marked_with_starts

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from diurna.coder import Coder
    from diurna.ontology import Ontology
    from diurna.parse.layout import Layout
    from diurna.records import Sentence
    from diurna.store import Store
    from diurna.training.markup import MarkedStory

__all__ = ["Gold", "Lesson", "digest_of", "drafts_of", "gold_of", "lesson_of", "parted", "reviewed"]

_LEAST = 4  # stories with events: fewer cannot be parted into those that teach and those that judge
_LOOKALIKES = 3  # words of a sentence taught as no act, of those that the model takes for candidates
_ALL = 2.0  # a probability that no event reaches, so that every candidate comes back as passed over


@dataclass(frozen=True, slots=True)
class Gold:
    """Hold a story with its true events.

    ``refused`` are words that a reviewer said name no event. ``unasked`` are the triggers of events that nobody looked at, in a story of which only
    the sentences with a review teach, and of those only the ones without such a trigger; None when the whole story was annotated.
    """

    story: Story
    refused: tuple[Span, ...] = ()
    unasked: frozenset[tuple[int, int]] | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """Hold what one story teaches: the marked story, and for each of its sentences the words that only look like an act."""

    marked: MarkedStory
    lookalikes: tuple[tuple[tuple[int, int], ...], ...]
    lost: int


def gold_of(paths: Iterable[Path], ontology: Ontology) -> list[Gold]:
    """Read annotated stories.

    Args:
        paths: JSONL, or folders with ``stories.jsonl`` and ``events.jsonl``, as ``diurna evaluate events`` reads them.
        ontology: whose codes the events must have.

    Raises:
        InputError: D222 if a line is no story; D226 if an event does not fit its story or the ontology.
    """
    found = []
    for path in paths:
        for story in gold_stories(path):
            for event in story.events:
                _check(event, story, ontology, f"{path}: story {story.key or story.id}")
            found.append(Gold(story))
    return found


def _check(event: Event, story: Story, ontology: Ontology, where: str) -> None:
    code = f"{event.type}/{event.mode}" if event.mode else event.type
    if not ontology.has(event.type, event.mode):
        raise InputError("D226", f"the ontology has no {code}; it has {', '.join(ontology.types)} (another is given with --ontology)", where)
    if event.modality not in layout.MODALITY_LABELS:
        raise InputError("D226", f"{event.modality} is no modality ({', '.join(layout.MODALITY_LABELS)})", where)
    for span in event.spans():
        if story.text[span.start : span.end] != span.text or span.start >= span.end:
            raise InputError("D226", f"“{span.text}” does not stand at {span.start} to {span.end}; offsets count characters from 0, the end excluded", where)


def reviewed(store: Store, ontology: Ontology) -> list[Gold]:
    """Read what reviewers said of a record's events: confirmed, corrected and rejected ones, in sentences where each event was looked at.

    Args:
        store: a record with reviews.
        ontology: whose codes the events must have.

    Raises:
        InputError: D226 if a correction does not fit.
    """
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for row in store.rows("reviews").sort("recorded").collect().to_dicts():
        verdicts.setdefault(row["event"], []).append(row)
    for standing in store.standings():
        if standing.stale:  # confirmed as an older coder read it
            verdicts.pop(standing.event)
    found = []
    for story in store.stories():
        asked = [e for e in story.events if e.id in verdicts]
        if not asked:
            continue
        kept, refused = [], []
        for event in asked:
            if verdicts[event.id][-1]["verdict"] == "reject":
                refused.append(event.trigger)
                continue
            right = _corrected(event, verdicts[event.id])
            _check(right, story, ontology, f"{store.url}: review of event {event.id}")
            kept.append(right)
        unasked = frozenset((e.trigger.start, e.trigger.end) for e in story.events if e.id not in verdicts)
        found.append(Gold(replace(story, events=tuple(kept)), tuple(refused), unasked))
    return found


def _corrected(event: Event, rows: Sequence[dict[str, Any]]) -> Event:
    """Put the corrected values in place, the newest last."""
    record = event.to_dict()
    for row in rows:
        if row["verdict"] == "correct" and row["field"] in record:
            try:
                record[row["field"]] = json.loads(row["value"])
            except (TypeError, ValueError) as error:
                raise InputError("D226", f"the value of {row['field']} is not JSON ({error})", f"review of event {event.id}") from error
    try:
        return Event.from_dict(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("D226", f"the corrected event is none ({error})", f"review of event {event.id}") from error


def parted(gold: Sequence[Gold], share: float) -> tuple[list[Gold], list[Gold]]:
    """Part stories into those that teach and those held back, with events and without alike; a story's place depends on its id alone.

    Args:
        gold: all stories.
        share: of the stories to hold back, in (0, 1).

    Raises:
        InputError: D227 if there are too few stories with events.
    """
    teach: list[Gold] = []
    hold: list[Gold] = []
    eventful = [g for g in gold if g.story.events]
    if len({g.story.id for g in eventful}) < _LEAST:
        raise InputError("D227", f"{len(eventful)} stories with events are too few to learn from; {_LEAST} is the least, and some hundred events are a beginning")
    for group in (eventful, [g for g in gold if not g.story.events]):
        order = sorted(group, key=lambda g: hashlib.blake2b(g.story.id.encode(), digest_size=8).digest())
        count = round(share * len(order)) or int(group is eventful)
        hold += order[:count]
        teach += order[count:]
    return teach, hold


def digest_of(gold: Iterable[Gold], ontology: Ontology) -> str:
    """Hash stories, events and ontology, so that a run is only taken up again with what it began with."""
    digest = hashlib.blake2b(ontology.text.encode(), digest_size=8)
    for g in sorted(gold, key=lambda g: g.story.id):
        digest.update(json.dumps([g.story.id, [e.to_dict() for e in g.story.events], [r.start for r in g.refused]]).encode())
    return digest.hexdigest()


def lesson_of(gold: Gold, coder: Coder) -> Lesson:
    """Read a story with the model that is to learn: its sentences, the mentions no record tells of, and words it would take for acts."""
    parsed = coder.parse(gold.story, least=_ALL)
    sentences = [s for s in parsed.sentences if _looked_at(s, gold)]
    marked, starts = marked_with_starts(gold.story, sentences, parsed.mentions)
    words = [*gold.refused, *(s.trigger for s in parsed.skips if s.trigger is not None)]
    lookalikes = []
    for sentence, start in zip(marked.sentences, starts, strict=True):
        found = [(w.start - start, w.end - start) for w in words if start <= w.start < start + len(sentence.text)]
        taken = [t for t in sentence.spans if t.kind == "x"]
        lookalikes.append(tuple(dict.fromkeys(f for f in found if not any(f[0] < t.end and t.start < f[1] for t in taken))))
    events = sum(len(s.events) for s in marked.sentences)
    return Lesson(marked, tuple(lookalikes), len(gold.story.events) - events)


def _looked_at(sentence: Sentence, gold: Gold) -> bool:
    if gold.unasked is None:
        return True
    if any(sentence.start <= start < sentence.end for start, _ in gold.unasked):
        return False
    said = [*(e.trigger for e in gold.story.events), *gold.refused]
    return any(sentence.start <= t.start < sentence.end for t in said)


def drafts_of(lessons: Sequence[Lesson], labels: Layout, chance: random.Random) -> list[Draft]:
    """Draft the examples of an epoch: scans, frames, relations, and frames at words that only look like acts."""
    lexicon = lexicon_of(tuple(x.text for n in lessons for s in n.marked.sentences for x in s.spans if x.kind == "x"))
    found: list[Draft] = []
    for lesson in lessons:
        contexts = frozenset(lesson.marked.contexts)
        for sentence, lookalikes in zip(lesson.marked.sentences, lesson.lookalikes, strict=True):
            found += scan_drafts(sentence)
            found += frame_drafts(sentence, contexts, lexicon, chance, labels)
            found += relation_drafts(sentence, labels)
            for start, end in lookalikes if len(lookalikes) <= _LOOKALIKES else chance.sample(lookalikes, _LOOKALIKES):
                found.append(Draft(sentence.text, marks=[(start, end, *layout.FRAME_MARKS)], labels={"type": labels.types.index("NONE")}))
    return found
