"""Say why a sentence was coded as it was, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.parse.frames import ParsedStory
    from diurna.records import Event, Story

__all__ = ["Explanation", "explain_story"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Tell of one sentence what was read in it: ``steps`` are lines for a person, ``events`` the ids of what was coded."""

    sentence: int
    text: str
    start: int
    end: int
    events: tuple[str, ...]
    steps: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON types."""
        return {
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "events": list(self.events),
            "steps": list(self.steps),
        }


def explain_story(story: Story, parsed: ParsedStory, events: Sequence[Event]) -> list[Explanation]:
    """Explain every sentence of a story.

    Args:
        story: the story.
        parsed: what the model read.
        events: what was coded from it.

    Returns:
        One explanation a sentence, in text order.
    """
    coded = {(e.trigger.start, e.trigger.end): e for e in events}
    found = []
    for sentence in parsed.sentences:
        steps: list[str] = []
        ids: list[str] = []
        for frame in (f for f in parsed.frames if f.sentence == sentence.index):
            event = coded.get((frame.trigger.start, frame.trigger.end))
            if event is None:
                steps.append(f"“{frame.trigger.text}” repeats an act of this sentence that is coded at clearer words")
            else:
                ids.append(event.id)
                steps += _steps(event)
        for skip in (s for s in parsed.skips if s.sentence == sentence.index):
            words = f"“{skip.trigger.text}” might name an act ({skip.type}): " if skip.trigger else ""
            steps.append(f"{words}{skip.reason}")
        found.append(Explanation(sentence.index, story.text[sentence.start : sentence.end], sentence.start, sentence.end, tuple(ids), tuple(steps)))
    return found


def _steps(event: Event) -> list[str]:
    """Tell how each value of an event came about."""
    mode = f"/{event.mode}" if event.mode else ""
    lines = [
        f"“{event.trigger.text}” names an act: {event.type}{mode}, {event.modality} (event {event.confidence.event:.2f}, type {event.confidence.type:.2f})"
    ]
    for side, parties in (("actor", event.actors), ("recipient", event.recipients)):
        for p in parties:
            who = " ".join(v for v in (p.country or "country unknown", p.sector or "sector unknown") if v)
            name = f" = {p.name}" if p.name and p.name != p.text else ""
            lines.append(f"  {side} “{p.text}”{name}: {who}{f', {p.role}' if p.role else ''}")
    if event.when is not None:
        words = f"from “{event.when.text}”" if event.when.text else "the publication day, as fresh news without a date of its own"
        days = event.when.from_ if event.when.from_ == event.when.to else f"{event.when.from_} to {event.when.to}"
        lines.append(f"  when {days}: {words}")
    if event.where is not None:
        at = "" if event.where.lat is None else f" at {event.where.lat}, {event.where.lon} ({event.where.precision})"
        lines.append(f"  where “{event.where.text}”: {event.where.name or 'not in the gazetteer'}, {event.where.country or 'country unknown'}{at}")
    if event.attributed_to is not None:
        cue = f" (“{event.attributed_to.cue.text}”)" if event.attributed_to.cue else ""
        lines.append(f"  according to “{event.attributed_to.text}”{cue}")
    lines += [f"  harm “{h.text}”: {h.low} to {h.high if h.high is not None else 'open'} {h.kind}" for h in event.harm]
    if event.treaty is not None:
        lines.append(f"  accord “{event.treaty.text}”: {event.treaty.action}")
    return lines
