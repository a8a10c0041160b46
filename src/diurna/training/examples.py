"""Turn the corpus into training examples: one array of target labels for each column group of ``diurna.parse.layout``."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from diurna.evaluate import unmark
from diurna.parse import layout
from diurna.parse.layout import PLOVER_LAYOUT, Layout
from diurna.parse.tokens import Pieces, mark
from diurna.training.markup import ROOT, MarkedEvent, MarkedSentence, MarkedSpan, MarkedStory
from diurna.training.split import Split, split_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

__all__ = ["IGNORE", "Draft", "Example", "Proposals", "encode", "frame_drafts", "relation_drafts", "relation_lines", "scan_drafts"]

IGNORE = -100
Proposals = dict[str, list[tuple[int, int]]]
"""What a network takes for triggers, in characters, by the sentence's text."""
_FALSE = 3  # proposals that are no triggers, taught in one sentence
_LOOSE = 0.5  # share of triggers marked as the network proposes them, not as the corpus does: such borders are what the second look gets
_KINDS = {"p": "party", "l": "place", "t": "time", "q": "count", "k": "accord", "c": "cue"}
_MUTUAL = frozenset(("AGREE", "CONSULT", "COOPERATE"))
_STEM = 5  # letters of a word that stand for its family (attack, attacked, attacks)


@dataclass(slots=True)
class Draft:
    """Hold an example in characters: text, spans to mark, tags as ``(group, start, end, label)``, and labels at the marks."""

    text: str
    marks: list[tuple[int, int, int, int]] = field(default_factory=list)
    tags: list[tuple[str, int, int, str]] = field(default_factory=list)
    tagged: tuple[str, ...] = ()
    labels: dict[str, int] = field(default_factory=dict)
    contexts: frozenset[str] = frozenset()


@dataclass(slots=True)
class Example:
    """Hold an example in word pieces: ``tags[group]`` has a label for each piece, ``labels[group]`` one at ``places``.

    ``soft`` has a teacher's probabilities for groups of labels. *Shape:* ``(labels,)`` each.
    """

    pieces: Pieces
    tags: dict[str, list[int]]
    labels: dict[str, int]
    places: list[int]
    contexts: frozenset[str] = frozenset()
    soft: dict[str, NDArray[np.float16]] = field(default_factory=dict)


def scan_drafts(sentence: MarkedSentence) -> Iterator[Draft]:
    """Draft the scan of a sentence; mentions are taught only where the corpus marks them, in sentences with an event."""
    tags = [("trigger", s.start, s.end, "trigger") for s in sentence.spans if s.kind == "x"]
    groups: tuple[str, ...] = ("trigger",)
    if sentence.events:
        groups = ("trigger", "mention")
        tags += [("mention", s.start, s.end, _KINDS[s.kind]) for s in sentence.spans if s.kind != "x"]
    yield Draft(sentence.text, tags=tags, tagged=groups)


def frame_drafts(
    sentence: MarkedSentence,
    contexts: frozenset[str],
    lexicon: frozenset[str],
    chance: random.Random,
    labels: Layout = PLOVER_LAYOUT,
    proposed: Sequence[tuple[int, int]] = (),
) -> Iterator[Draft]:
    """Draft one frame for each event, and for words that look like triggers, to the eye or to a network that proposed them, and are none."""
    taken = []
    for event in sentence.events:
        trigger = sentence.span_of(event.letter)
        if trigger is not None:
            taken.append(trigger)
            loose = next(((a, b) for a, b in proposed if a < trigger.end and trigger.start < b), None)
            at = loose if loose and chance.random() < _LOOSE else (trigger.start, trigger.end)
            yield _frame_draft(sentence, event, at, contexts, labels)
    words = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[^\W\d_][\w'-]+", sentence.text)]
    free = [w for w in words if not any(w[0] < t.end and t.start < w[1] for t in taken)]
    alike = [w for w in free if w[2].casefold()[:_STEM] in lexicon]
    chance.shuffle(alike)
    chosen = [(start, end) for start, end, _ in alike[: 1 if sentence.events else 2]]
    if not sentence.events and free and chance.random() < 0.5:
        chosen.append(chance.choice(free)[:2])
    false = [(a, b) for a, b in proposed if not any(a < t.end and t.start < b for t in taken)]
    chance.shuffle(false)
    chosen = false[:_FALSE] + [(a, b) for a, b in chosen if not any(a < d and c < b for c, d in false)]
    for start, end in chosen:
        yield Draft(
            sentence.text,
            marks=[(start, end, *layout.FRAME_MARKS)],
            labels={"type": labels.types.index("NONE")},
        )


def _frame_draft(sentence: MarkedSentence, event: MarkedEvent, at: tuple[int, int], contexts: frozenset[str], labels: Layout) -> Draft:
    marks = [(*at, *layout.FRAME_MARKS)]
    draft = Draft(sentence.text, marks=marks, tagged=("role", "source"), contexts=contexts)
    for role, refs in (("actor", event.actors), ("recipient", event.recipients)):
        for ref, nth in refs:
            if span := sentence.span_of(ref, nth):
                draft.tags.append(("role", span.start, span.end, role))
    singles = [("place", event.where_mark), ("time", event.when_mark), ("accord", event.treaty[0] if event.treaty else None)]
    singles += [("count", h.mark) for h in event.harm]
    for role, single in singles:
        if single and (span := sentence.span_of(single)):
            draft.tags.append(("role", span.start, span.end, role))
    for tag, told in (("speaker", event.by), ("cue", event.cue)):
        if told and (span := sentence.span_of(told)):
            draft.tags.append(("source", span.start, span.end, tag))
    draft.labels = {
        "type": labels.types.index(event.type),
        "mode": labels.modes.index(f"{event.type}/{event.mode}" if event.mode else "-"),
        "modality": layout.MODALITY_LABELS.index(event.modality),
    }
    return draft


def relation_drafts(sentence: MarkedSentence, labels: Layout = PLOVER_LAYOUT) -> Iterator[Draft]:
    """Draft a relation for each event with an actor named in the sentence, and its recipient (the other actor, for mutual acts) if named too."""
    for event in sentence.events:
        actors = [s for ref, nth in event.actors if (s := sentence.span_of(ref, nth))]
        recipients = [s for ref, nth in event.recipients if (s := sentence.span_of(ref, nth))]
        pairs: list[tuple[MarkedSpan, MarkedSpan | None]] = [(a, r) for a in actors[:2] for r in recipients[:2]]
        if not recipients:
            pairs = [(actors[0], actors[1])] if len(actors) > 1 else [(a, None) for a in actors]
        for a, r in pairs[:2]:
            if r is None or a.start != r.start:
                yield _relation_draft(sentence.text, (a.start, a.end), (r.start, r.end) if r else None, event.type, event.mode, of=labels)


def relation_lines(text: str) -> Iterator[tuple[str, Draft]]:
    """Draft what a table of lines teaches: ``TYPE[/mode]<tab>sentence with <s>actor</s> and <t>recipient</t>[<tab>trigger]``.

    Yields:
        ``relate`` and the relation; and, where the line names its trigger, ``frame``: the type of that trigger, and its parties, unless the
        type is one whose acts are mutual, as a line calls the second party of those its recipient (docs/why/005).
    """
    for line in text.splitlines():
        code, tab, rest = line.partition("\t")
        marked, _, trigger = rest.partition("\t")
        type_, _, mode = code.partition("/")
        if not tab or type_ not in layout.TYPE_LABELS:
            continue
        plain, actor, recipient = unmark(marked)
        if actor is not None:
            yield "relate", _relation_draft(plain, actor, recipient, type_, mode or None, told=bool(mode))
        if trigger and (at := plain.find(trigger)) >= 0:
            labels = {"type": layout.TYPE_LABELS.index(type_)}
            if mode:
                labels["mode"] = layout.MODE_LABELS.index(f"{type_}/{mode}")
            draft = Draft(plain, marks=[(at, at + len(trigger), *layout.FRAME_MARKS)], labels=labels)
            parties = [(role, *span) for role, span in (("actor", actor), ("recipient", recipient)) if span]
            if type_ not in _MUTUAL and not any(start < at + len(trigger) and at < end for _, start, end in parties):
                draft.tags = [("role", start, end, role) for role, start, end in parties]
                draft.tagged = ("role",)
            yield "frame", draft


def _relation_draft(
    text: str, actor: tuple[int, int], recipient: tuple[int, int] | None, type_: str, mode: str | None, *, told: bool = True, of: Layout = PLOVER_LAYOUT
) -> Draft:
    labels = {"relation": of.types.index(type_)}
    if told:
        labels["relation_mode"] = of.modes.index(f"{type_}/{mode}" if mode else "-")
    marks = [(*actor, *layout.RELATE_MARKS[0])]
    if recipient:
        marks.append((*recipient, *layout.RELATE_MARKS[1]))
    return Draft(text, marks=marks, labels=labels)


def encode(draft: Draft, cut: Callable[[str], Pieces]) -> Example | None:
    """Turn a draft into word pieces; None when a span lies beyond the longest input or marks cross."""
    try:
        pieces, places = mark(cut(draft.text), draft.marks) if draft.marks else (cut(draft.text), [])
    except ValueError:
        return None
    tables = {"trigger": layout.TRIGGER_TAGS, "mention": layout.MENTION_TAGS, "role": layout.ROLE_TAGS, "source": layout.SOURCE_TAGS}
    tags = {group: [0 if start >= 0 else IGNORE for start in pieces.starts] for group in draft.tagged}
    for group, start, end, label in draft.tags:
        low, high = pieces.covering(start, end)
        for i in range(low, high):
            if pieces.starts[i] >= 0:
                tags[group][i] = tables[group].index(f"{'B' if i == low else 'I'}-{label}")
    return Example(pieces, tags, dict(draft.labels), places, draft.contexts)


@cache
def lexicon_of(sentences: tuple[str, ...]) -> frozenset[str]:
    """Collect the word families of trigger words."""
    return frozenset(word.casefold()[:_STEM] for words in sentences for word in re.findall(r"[^\W\d_][\w'-]+", words) if len(word) > 3)


def corpus_drafts(stories: list[MarkedStory], which: Split, seed: int = 0, proposed: Proposals | None = None) -> dict[str, list[Draft]]:
    """Draft every example of a part of the corpus.

    Args:
        stories: the corpus.
        which: the part.
        seed: of what is drawn.
        proposed: what a network takes for triggers, by sentence.

    Returns:
        Drafts by pass: ``scan``, ``frame``, ``relate``.
    """
    chance = random.Random(seed)
    chosen = [s for s in stories if split_of(s.id) == which]
    triggers = tuple(x.text for story in chosen for s in story.sentences for x in s.spans if x.kind == "x")
    lexicon = lexicon_of(triggers)
    found: dict[str, list[Draft]] = {"scan": [], "frame": [], "relate": []}
    for story in chosen:
        for sentence in story.sentences:
            found["scan"] += scan_drafts(sentence)
            found["frame"] += frame_drafts(sentence, frozenset(story.contexts), lexicon, chance, proposed=(proposed or {}).get(sentence.text, ()))
            found["relate"] += relation_drafts(sentence)
    if which == "train":
        for path in sorted((ROOT / "corpus/relations").glob("*.tsv")):
            for kind, draft in relation_lines(path.read_text("utf-8")):
                found[kind].append(draft)
    return found


def cutter(tokenizer: Tokenizer) -> Callable[[str], Pieces]:
    """Make a function that cuts one sentence, remembering what it cut."""
    from diurna.parse.tokens import cut

    memory: dict[str, Pieces] = {}

    def cut_one(text: str) -> Pieces:
        if text not in memory:
            memory[text] = cut(tokenizer, [text])[0]
        return memory[text]

    return cut_one
