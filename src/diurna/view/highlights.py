"""Cut a story's text into stretches that carry the same marks, so that overlapping evidence can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diurna.records import Event, Span, Story

__all__ = ["PARTS", "Stretch", "day_of", "parts_of", "stretches"]

PARTS = ("trigger", "actor", "recipient", "claimant", "cue", "when", "where", "harm", "treaty")
"""Parts of an event that point at words, the one to show first when several share them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold words with one set of marks: ``(event number from 1, part)`` each, in the order of ``PARTS``; ``why`` tells how a party was resolved."""

    text: str
    start: int
    marks: tuple[tuple[int, str], ...]
    why: str = ""

    @property
    def part(self) -> str | None:
        """Name the part to show: the first in the order of ``PARTS``."""
        return self.marks[0][1] if self.marks else None


def parts_of(event: Event) -> list[tuple[str, int, int]]:
    """List an event's evidence as ``(part, start, end)``."""
    spans: list[tuple[str, Span | None]] = [("trigger", event.trigger)]
    spans += [("actor", p) for p in event.actors]
    spans += [("recipient", p) for p in event.recipients]
    spans += [("where", event.where), ("treaty", event.treaty)]
    spans += [("harm", h) for h in event.harm]
    if event.attributed_to is not None:
        spans += [("claimant", event.attributed_to), ("cue", event.attributed_to.cue)]
    found = [(part, s.start, s.end) for part, s in spans if s is not None]
    when = event.when
    if when is not None and when.start is not None and when.end is not None:
        found.append(("when", when.start, when.end))
    return found


def stretches(story: Story) -> list[Stretch]:
    """Cut a story's text at every border of evidence.

    Returns:
        Stretches in text order; together they are the text.
    """
    marks = [(start, end, number, part) for number, e in enumerate(story.events, 1) for part, start, end in parts_of(e)]
    borders = sorted({0, len(story.text), *(m[0] for m in marks), *(m[1] for m in marks)})
    rank = {part: i for i, part in enumerate(PARTS)}
    found = []
    marks.sort()
    for start, end in pairwise(borders):
        here = {(number, part) for s, e, number, part in marks if s <= start and end <= e}
        why = next((e.reason for e in story.evidence if e.party.start <= start and end <= e.party.end), "") if here else ""
        found.append(Stretch(story.text[start:end], start, tuple(sorted(here, key=lambda m: (rank[m[1]], m[0]))), why))
    return found


def day_of(event: Event) -> str:
    """Write an event's day or range for a reader."""
    if event.when is None:
        return ""
    return event.when.from_ if event.when.from_ == event.when.to else f"{event.when.from_} – {event.when.to}"
