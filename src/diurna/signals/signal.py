"""A signal: what a rule saw, with the events, the sentences and the claimants that it rests on."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlencode

from diurna.link import independent
from diurna.link.families import Families

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from diurna.records import Event, Story
    from diurna.signals.look import Look
    from diurna.signals.rules import Rule, Rules

__all__ = ["Evidence", "Signal", "evidence_of", "families_of", "plain", "signal_id", "view_link"]

_SHOWN: Final = 20  # events whose sentences a signal carries; it names the ids of all
_SOURCES: Final = 500  # stories among which independent sources are counted
_QUOTE: Final = 600  # characters
_TITLE: Final = 200
_NAMED: Final = 3  # parties of a side


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold an event that a signal rests on: who published it and when, the sentence, whom it credits, how sure the coder is, and where it stands on the page."""

    event: str
    story: str
    source: str | None
    published: str | None
    type: str
    modality: str
    sentence: str
    claimant: str | None
    confidence: float
    link: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Signal:
    """Hold what a rule saw.

    ``id`` is the same whenever the same is seen, so that a receiver can tell a repeated delivery; ``subject`` is what it is about (a dyad, a
    country, a place, an act); ``on`` the day (ISO 8601); ``value`` and ``limit`` the measure and what it passed; ``events`` the ids of all events,
    ``evidence`` the newest of them; ``sources`` counts independent sources.
    """

    id: str
    rule: str
    kind: str
    about: str
    subject: str
    title: str
    on: str
    value: float | None
    limit: float | None
    sources: int
    claimants: tuple[str, ...]
    events: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    link: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self) | {"claimants": list(self.claimants), "events": list(self.events), "evidence": [asdict(e) for e in self.evidence]}

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build it from its JSON form."""
        row = json.loads(text)
        more = {"claimants": tuple(row["claimants"]), "events": tuple(row["events"]), "evidence": tuple(Evidence(**e) for e in row["evidence"])}
        return cls(**{**row, **more})


def signal_id(*parts: str) -> str:
    """Hash what a signal is about into its id.

    >>> signal_id("talks", "match", "5b1f0c63a1f1f4a5d0c2")
    '622f1954e2feabdba653'
    """
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=10).hexdigest()


def plain(text: str, longest: int) -> str:
    r"""Write words from outside on one line, without control characters, and cut what is too long.

    >>> plain("shelled\n the \x1b[31mport", 40)
    'shelled the [31mport'
    """
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def families_of(stories: Sequence[Story]) -> dict[str, str]:
    """Give the family of near-duplicates of each story."""
    families = Families()
    for story in stories:
        families.add(story)
    return families.by_story()


def view_link(rules: Rules, **query: object) -> str:
    """Give the address of a list of events on the page."""
    asked = [(k, v) for k, values in query.items() for v in (values if isinstance(values, (list, tuple)) else [values]) if v]
    return f"{rules.page}/events?{urlencode([(k, str(v)) for k, v in asked])}"


def evidence_of(
    look: Look, rules: Rules, rule: Rule, events: Sequence[tuple[str, str]], *, key: str, subject: str, on: date, title: str = "", value: float | None = None,
    limit: float | None = None, link: str = "", sources: int | None = None,
) -> Signal:  # fmt: skip
    """Make a signal of the events that it rests on.

    Args:
        look: the record.
        rules: where the page is.
        rule: what saw it.
        events: ids of events and of their stories, newest first.
        key: what makes it this signal and no other of the rule.
        subject: what it is about.
        on: the day.
        title: in words; made of the newest event where empty.
        value: what was measured.
        limit: what it passed.
        link: its place on the page; the newest event's where empty.
        sources: independent sources, counted here where not given.
    """
    stories = look.stories(s for _, s in events[:_SOURCES])
    by_id = {e.id: (e, s) for s in stories.values() for e in s.events}
    known = [by_id[e] for e, _ in events if e in by_id]
    shown = tuple(_evidence(e, s, rules) for e, s in known[:_SHOWN])
    count = independent(stories.values(), families_of(list(stories.values()))) if sources is None else sources
    claimants = sorted({plain(w.name or w.text, 100) for e, _ in known if (w := e.attributed_to) is not None})
    return Signal(
        id=signal_id(rule.name, rule.kind, key), rule=rule.name, kind=rule.kind, about=plain(rule.about, 500), subject=plain(subject, _TITLE),
        title=plain(title or _told(known[0][0]), _TITLE), on=on.isoformat(), value=value, limit=limit, sources=count,
        claimants=tuple(claimants), events=tuple(e for e, _ in events), evidence=shown,
        link=link or (shown[0].link if shown else rules.page),
    )  # fmt: skip


def _evidence(event: Event, story: Story, rules: Rules) -> Evidence:
    who = event.attributed_to
    return Evidence(
        event.id, story.id, plain(story.source, 100) if story.source else None, story.published, event.type, event.modality,
        plain(story.text[event.sentence.start : event.sentence.end], _QUOTE), plain(who.name or who.text, 100) if who else None, round(event.confidence.event, 3),
        f"{rules.page}/story/{story.id}?event={event.id}", story.url if re.fullmatch(r"https?://[!-~]+", story.url or "") else None,
    )  # fmt: skip


def _told(event: Event) -> str:
    """Tell an event in a few words."""
    sides = [", ".join(p.name or p.text for p in side[:_NAMED]) + (" …" if len(side) > _NAMED else "") for side in (event.actors, event.recipients)]
    act = event.type + (f" {event.mode}" if event.mode else "") + ("" if event.modality == "actual" else f" ({event.modality})")
    place = event.where and (event.where.name or event.where.text)
    return f"{act}: {sides[0] or '–'}" + (f" → {sides[1]}" if sides[1] else "") + (f", {place}" if place else "")
