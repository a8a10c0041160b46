"""Read a story with the model: sentences, mentions, and one frame for each event."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from diurna.parse import layout
from diurna.parse.decode import Chunk, chunks, softmax, trigger_chunks
from diurna.parse.frames import Frame, Hint, Mention, ParsedStory, Skip
from diurna.parse.sentences import split
from diurna.parse.tokens import Pieces, mark
from diurna.records import Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from diurna.parse.layout import Layout
    from diurna.parse.model import Model

__all__ = ["CANDIDATE", "EVIDENCE", "combined", "logit", "read_frames"]

CANDIDATE = 0.2
"""Least probability of a trigger candidate for the second look. On the calibration stories 0.12 gives 7 in 100 more to read for .001 more of F1."""
EVIDENCE = ("trigger", "acts", "best", "topic")
"""What the confidence of an event is made of, in the order of the card's weights; in a story of several sentences ``elsewhere`` follows (docs/why/011)."""
_CONTEXT = 0.4  # least probability of a context; contexts are taught by story, so that single sentences are seldom sure; set by hand
_SURE = 0.6  # least mean probability of a role's words; on the calibration stories .5, .6, .65, .7 gave both parties in .417, .421, .413, .396 (F1)
_STORY = 3  # sentences from which on a text tells by its other acts whether it is of the kind that reports any
# “asked not to be named”, “declined to comment”: how a source speaks, no act (codebook §1, Speech)
_UNNAMED = re.compile(
    r"\s+(?:(?:that\s+)?(?:he|she|they)\s+)?(?:not\s+)?(?:to\s+)?(?:be\s+(?:named|identified|quoted)|remain\s+(?:anonymous|unnamed)|comment\b|anonymity\b)", re.IGNORECASE
)
_KIND_OF_ROLE = {"actor": "party", "recipient": "party", "place": "place", "time": "time", "count": "count", "accord": "accord"}


def read_frames(
    model: Model,
    text: str,
    without: Sequence[tuple[int, int]] = (),
    least: float | None = None,
    also: Callable[[str, Sentence], Sequence[Hint]] | None = None,
) -> ParsedStory:
    """Read a story's frames.

    Args:
        model: the network.
        text: the story's text as stored.
        without: ranges that no sentence may touch (dateline, boilerplate).
        least: least probability of an event, in [0, 1]; the model's own threshold when None.
        also: gives words of a sentence that a closed system says name an act; they are looked at like candidates of the first look, and when
            ``least`` is None an event there is of one of the hint's types and needs only the hint's probability.

    Returns:
        Sentences, mentions, frames, and what was passed over with its reason.
    """
    sentences = split(text, without)
    texts = [text[s.start : s.end] for s in sentences]
    pieces = model.cut([t.replace("\n", " ") for t in texts])  # a wrapped line reads as one; lengths, and so offsets, stay
    scanned = model.logits(pieces)
    mentions, candidates = _scan(model.layout, sentences, texts, pieces, scanned)
    hinted = _hinted(text, sentences, pieces, candidates, also) if also else {}
    marked = [mark(pieces[i], [(c.start, c.end, *layout.FRAME_MARKS)]) for i, c in candidates]
    looked = model.logits([m for m, _ in marked])
    threshold = model.card["threshold"] if least is None else least
    types = [softmax(rows[at[0], model.layout.columns["type"]]) for (_, at), rows in zip(marked, looked, strict=True)]
    elsewhere = _elsewhere(len(sentences), [(i, float(1 - row[-1])) for (i, _), row in zip(candidates, types, strict=True)])
    frames: list[Frame] = []
    skips: list[Skip] = []
    for (i, candidate), (inputs, places), logits, row, others in zip(candidates, marked, looked, types, elsewhere, strict=True):
        hint = hinted.get((i, candidate.start)) if least is None else None
        frame, skip = _frame(model, sentences[i], texts[i], candidate, inputs, logits, places[0], row, threshold, others, hint)
        if frame is not None:
            frames.append(_snapped(frame, mentions[i]))
        if skip is not None:
            skips.append(skip)
    eventful = {f.sentence for f in frames} | {s.sentence for s in skips}
    skips += [Skip(s.index, "no words that name an act") for s in sentences if s.index not in eventful]
    skips.sort(key=lambda s: s.sentence)
    return ParsedStory(tuple(sentences), _all_mentions(mentions, frames), tuple(frames), tuple(skips))


def _scan(
    labels: Layout, sentences: list[Sentence], texts: list[str], pieces: list[Pieces], scanned: list[NDArray[np.float32]]
) -> tuple[list[list[Mention]], list[tuple[int, Chunk]]]:
    """Decode the first pass: mentions by sentence, and trigger candidates with their sentence's number."""
    mentions: list[list[Mention]] = []
    candidates: list[tuple[int, Chunk]] = []
    for i, (sentence, text, cut, logits) in enumerate(zip(sentences, texts, pieces, scanned, strict=True)):
        found = chunks(logits[:, labels.columns["mention"]], cut, layout.MENTION_TAGS, text)
        mentions.append([_mention(sentence, text, c, c.label) for c in found])
        candidates += [(i, c) for c in trigger_chunks(logits[:, labels.columns["trigger"]], cut, text, CANDIDATE) if cut.covering(c.start, c.end)[1]]
    return mentions, candidates


def _hinted(
    text: str, sentences: list[Sentence], pieces: list[Pieces], candidates: list[tuple[int, Chunk]], also: Callable[[str, Sentence], Sequence[Hint]]
) -> dict[tuple[int, int], Hint]:
    """Add hinted words to the candidates; give the hints by the sentence's number and the candidate's offset."""
    found: dict[tuple[int, int], Hint] = {}
    for i, sentence in enumerate(sentences):
        for hint in also(text, sentence):
            start, end = hint.start - sentence.start, hint.end - sentence.start
            same = next((c for j, c in candidates if j == i and c.start < end and start < c.end), None)
            if same is None:
                if not pieces[i].covering(start, end)[1]:
                    continue
                same = Chunk(start, end, "trigger", CANDIDATE)
                candidates.append((i, same))
            found[i, same.start] = hint
    return found


def _elsewhere(sentences: int, acts: list[tuple[int, float]]) -> list[float | None]:
    """Give for each candidate the highest probability of an act in the story's other sentences; None in a text too short to tell."""
    best: dict[int, float] = {}
    for i, act in acts:
        best[i] = max(act, best.get(i, 0.0))
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return [None if sentences < _STORY else next((act for j, act in ranked if j != i), 0.0) for i, _ in acts]


def _mention(sentence: Sentence, text: str, chunk: Chunk, kind: str) -> Mention:
    return Mention(text[chunk.start : chunk.end], sentence.start + chunk.start, sentence.start + chunk.end, kind, sentence.index, round(chunk.score, 4))


def _frame(
    model: Model,
    sentence: Sentence,
    text: str,
    candidate: Chunk,
    inputs: Pieces,
    logits: NDArray[np.float32],
    place: int,
    types: NDArray[np.float32],
    threshold: float,
    elsewhere: float | None,
    hint: Hint | None = None,
) -> tuple[Frame | None, Skip | None]:
    """Decode the second pass of one candidate, with the probabilities of its types; ``elsewhere`` is the highest one of an act in the story's other sentences."""
    labels, columns = model.layout, model.layout.columns
    best = int(types[:-1].argmax())
    if hint is not None and labels.types[best] not in hint.types and hint.least == 0:
        known = [labels.types.index(name) for name in hint.types if name in labels.types]  # a user's ontology may lack some
        best = max(known, key=lambda i: types[i], default=best)
    type_ = labels.types[best]
    span = Span(text[candidate.start : candidate.end], sentence.start + candidate.start, sentence.start + candidate.end)
    contexts = 1 / (1 + np.exp(-logits[place, columns["context"]]))
    evidence = {"trigger": candidate.score, "acts": float(1 - types[-1]), "best": float(types[best]), "topic": float(contexts.max(initial=0.0))}
    if elsewhere is not None:
        evidence["elsewhere"] = elsewhere
    event = combined(model.card["event" if elsewhere is None else "event_among"], [evidence[name] for name in (*EVIDENCE, "elsewhere") if name in evidence])
    reason = None
    if _UNNAMED.match(text, candidate.end):
        reason = "how a source speaks, no act"
    elif event < (min(hint.least, threshold) if hint is not None and type_ in hint.types else threshold):
        reason = "read as no act of a political actor" if types[-1] > types[best] else f"too unsure: {event:.2f} is under the threshold of {threshold:.2f}"
    if reason is not None:
        return None, Skip(sentence.index, reason, span, type_, round(event, 4))
    modes = labels.modes_of(type_)
    mode_row = softmax(logits[place, columns["mode"]][modes])
    mode = labels.modes[modes[int(mode_row.argmax())]]
    modality_row = softmax(logits[place, columns["modality"]])
    roles = [c for c in chunks(logits[:, columns["role"]], inputs, layout.ROLE_TAGS, text) if c.score >= _SURE]
    source = chunks(logits[:, columns["source"]], inputs, layout.SOURCE_TAGS, text)
    by_role = {r: [_mention(sentence, text, c, _KIND_OF_ROLE[r]) for c in roles if c.label == r] for r in layout.ROLES}
    speakers = [_mention(sentence, text, c, "party") for c in source if c.label == "speaker"]
    cues = [_mention(sentence, text, c, "cue") for c in source if c.label == "cue"]
    raw = {
        "type": float(types[best] / max(1e-6, 1 - types[-1])),
        "modality": float(modality_row.max()),
        "parties": _least_sure(logits[:, columns["role"]], inputs),
    }
    scores = {name: combined(model.card[name], (p,)) for name, p in raw.items()}
    scores |= {"event": event, **evidence}
    scores |= {f"raw_{name}": p for name, p in raw.items()}
    return (
        Frame(
            sentence=sentence.index,
            trigger=span,
            type=type_,
            mode=mode.partition("/")[2] or None,
            modality=layout.MODALITY_LABELS[int(modality_row.argmax())],
            actors=tuple(by_role["actor"]),
            recipients=tuple(by_role["recipient"]),
            place=_surest(by_role["place"]),
            time=_surest(by_role["time"]),
            speaker=_surest(speakers),
            cue=_surest(cues),
            counts=tuple(by_role["count"]),
            accord=_surest(by_role["accord"]),
            contexts=tuple(c for c, p in zip(labels.contexts, contexts, strict=True) if p >= _CONTEXT),
            scores={k: round(v, 4) for k, v in scores.items()},
        ),
        None,
    )


def _least_sure(logits: NDArray[np.float32], pieces: Pieces) -> float:
    """Give the probability of the least sure piece among those read, as a first guess whether all parties are right."""
    inside = np.array([start >= 0 for start in pieces.starts])
    return float(softmax(logits)[inside].max(-1).min())


def _surest(mentions: list[Mention]) -> Mention | None:
    return max(mentions, key=lambda m: m.score, default=None)


def combined(weights: Sequence[float], probabilities: Sequence[float]) -> float:
    """Combine probabilities by the logistic regression that calibration fitted on stories kept out of training.

    Args:
        weights: the intercept, then one weight a probability.
        probabilities: in [0, 1].
    """
    score = weights[0] + sum(w * logit(p) for w, p in zip(weights[1:], probabilities, strict=True))
    return 1 / (1 + math.exp(-score))


def logit(p: float) -> float:
    """Give the log-odds of a probability, kept away from 0 and 1."""
    return math.log(max(p, 1e-5) / max(1 - p, 1e-5))


def _snapped(frame: Frame, mentions: list[Mention]) -> Frame:
    """Give the frame's mentions the borders that the first look gave them, where both found the same words."""

    def snap(mention: Mention | None) -> Mention | None:
        if mention is None:
            return None
        same = [m for m in mentions if m.kind == mention.kind and m.overlaps(mention)]
        if len(same) != 1:
            return mention
        return replace(same[0], score=mention.score)

    def snap_all(group: tuple[Mention, ...]) -> tuple[Mention, ...]:
        found: list[Mention] = []
        for m in group:
            new = snap(m)
            if new is not None and all(new.start != f.start for f in found):
                found.append(new)
        return tuple(found)

    actors = snap_all(frame.actors)
    return replace(
        frame,
        actors=actors,
        recipients=tuple(r for r in snap_all(frame.recipients) if all(not r.overlaps(a) for a in actors)),
        place=snap(frame.place),
        time=snap(frame.time),
        speaker=snap(frame.speaker),
        counts=snap_all(frame.counts),
        accord=snap(frame.accord),
    )


def _all_mentions(mentions: list[list[Mention]], frames: list[Frame]) -> tuple[Mention, ...]:
    """Join the first look's mentions with those that only a frame found, in text order."""
    found = {(m.start, m.end, m.kind): m for group in mentions for m in group}
    for f in frames:
        for m in (*f.actors, *f.recipients, f.place, f.time, f.speaker, f.cue, *f.counts, f.accord):
            if m is not None:
                found.setdefault((m.start, m.end, m.kind), m)
    return tuple(found[k] for k in sorted(found))
