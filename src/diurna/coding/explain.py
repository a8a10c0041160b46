"""Say why a sentence was coded as it was, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diurna.coding.events import Resolved
    from diurna.parse.frames import ParsedStory
    from diurna.records import Event, Evidence, Story

__all__ = ["Explanation", "explain_story"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Tell of one sentence what was read in it.

    ``steps`` are lines for a person, ``events`` the ids of what was coded, ``parties`` whom each party's words were taken for and why.
    """

    sentence: int
    text: str
    start: int
    end: int
    events: tuple[str, ...]
    steps: tuple[str, ...]
    parties: tuple[Evidence, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON types."""
        return {
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "events": list(self.events),
            "steps": list(self.steps),
            "parties": [e.to_dict() for e in self.parties],
        }


def explain_story(story: Story, parsed: ParsedStory, events: Sequence[Event], resolved: Resolved) -> list[Explanation]:
    """Explain every sentence of a story.

    Args:
        story: the story as coded, for its text and the evidence of its parties.
        parsed: what the model read.
        events: what was coded from it.
        resolved: what its dates and places were worked out from.

    Returns:
        One explanation a sentence, in text order.
    """
    evidence = {(e.party.start, e.party.end): e for e in story.evidence}
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
                steps += _steps(event, evidence, story.text, resolved)
        for skip in (s for s in parsed.skips if s.sentence == sentence.index):
            words = f"“{skip.trigger.text}” might name an act ({skip.type}): " if skip.trigger else ""
            steps.append(f"{words}{skip.reason}")
        text = story.text[sentence.start : sentence.end]
        here = tuple(e for (start, _), e in sorted(evidence.items()) if sentence.start <= start < sentence.end)
        found.append(Explanation(sentence.index, text, sentence.start, sentence.end, tuple(ids), tuple(steps), here))
    return found


def _why(found: Evidence, text: str) -> list[str]:
    """Tell how a party's words were resolved: the rule, the evidence, the words taken up, and whom else they may mean."""
    up = f"; takes up “{' '.join(text[slice(*found.antecedent)].split())}”" if found.antecedent else ""
    lines = [f"    by {found.rule}: {found.reason}{up}"]
    if found.candidates:
        lines.append("    may mean: " + "; ".join(f"{c.name} ({c.role or 'no office'}, {c.country or 'no country'}) {c.score:.2f}" for c in found.candidates))
    return lines


def _steps(event: Event, evidence: Mapping[tuple[int, int], Evidence], text: str, resolved: Resolved) -> list[str]:
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
            if found := evidence.get((p.start, p.end)):
                lines += _why(found, text)
    lines += _when_and_where(event, resolved)
    if event.attributed_to is not None:
        cue = f" (“{event.attributed_to.cue.text}”)" if event.attributed_to.cue else ""
        lines.append(f"  according to “{event.attributed_to.text}”{cue}")
        if found := evidence.get((event.attributed_to.start, event.attributed_to.end)):
            lines += _why(found, text)
    lines += [f"  harm “{h.text}”: {h.low} to {h.high if h.high is not None else 'open'} {h.kind}" for h in event.harm]
    if event.treaty is not None:
        lines.append(f"  accord “{event.treaty.text}”: {event.treaty.action}")
    return lines


def _when_and_where(event: Event, resolved: Resolved) -> list[str]:
    """Tell how an act's days and place were worked out, or why it has none."""
    at = event.trigger.start, event.trigger.end, event.type
    dated, located = resolved.times.get(at), resolved.sites.get(at)
    days = "not told" if event.when is None else event.when.from_ if event.when.from_ == event.when.to else f"{event.when.from_} to {event.when.to}"
    lines = [f"  when {days}{f': {dated.reason}' if dated else ''}"]
    if event.where is not None:
        point = "" if event.where.lat is None else f" at {event.where.lat}, {event.where.lon} ({event.where.precision})"
        name = event.where.name or "no known point"
        lines.append(f"  where “{event.where.text}”: {name}, {event.where.country or 'country unknown'}{point}{f': {located.reason}' if located else ''}")
    return lines
