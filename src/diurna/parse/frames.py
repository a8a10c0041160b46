"""What the model reads in a story, before anyone is resolved: mentions, and one frame for each candidate event."""

from __future__ import annotations

from dataclasses import dataclass, field

from diurna.records import Sentence, Span

__all__ = ["Frame", "Hint", "Mention", "MentionKind", "ParsedStory", "Skip"]

MentionKind = str
"""One of ``party``, ``place``, ``time``, ``count``, ``accord``, ``cue``."""


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """Point at words that name a party, a place, a time, a count of persons, an accord or a reporting word.

    Offsets are those of the story; ``score`` is the model's probability in [0, 1].
    """

    kind: MentionKind
    sentence: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Hint(Span):
    """Point at words that a closed system (tolls, accords) says name an act, and the types that such an act can have.

    An event there needs only the probability ``least``, in [0, 1], in place of the model's threshold.
    """

    types: tuple[str, ...]
    least: float


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold one event as the model reads it: codes and mentions, nobody resolved yet.

    ``scores`` are probabilities in [0, 1]: ``event`` (a right event), ``type``, ``modality``, ``parties``, all calibrated; and what they were
    worked out from (``trigger``, ``acts``, ``best``, ``raw_…``).
    """

    sentence: int
    trigger: Span
    type: str
    mode: str | None
    modality: str
    actors: tuple[Mention, ...] = ()
    recipients: tuple[Mention, ...] = ()
    place: Mention | None = None
    time: Mention | None = None
    speaker: Mention | None = None
    cue: Mention | None = None
    counts: tuple[Mention, ...] = ()
    accord: Mention | None = None
    contexts: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """Say why a sentence, or a trigger candidate in it, was not coded."""

    sentence: int
    reason: str
    trigger: Span | None = None
    type: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ParsedStory:
    """Hold a story's sentences, all mentions in text order, the frames, and what was passed over and why."""

    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    frames: tuple[Frame, ...]
    skips: tuple[Skip, ...] = ()
