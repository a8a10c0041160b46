"""Link event threads into affairs: a visit from its announcement to its communiqué, a battle, a crisis over weeks.

Two threads hang together when they share who it is about (names, or both countries), and little time lies between them. An affair is a group
of average linkage among them, as a thread is among mentions.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from diurna.link.clusters import average_linkage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diurna.link.threads import Thread

__all__ = ["Affair", "affairs_in", "affairs_of"]

_DAYS: Final = 60  # between two threads that hang together
_LEAST: Final = 0.3  # average likeness of the threads of one affair
_NAMES, _COUNTRIES, _WORDING = 0.3, 0.25, 0.3  # weights of shared names, shared countries and wording
_FADING: Final = 45  # days after which likeness has halved; this and the four before were set on the part `tune` of tests/cases/threads.jsonl
_TOGETHER: Final = 0.25  # for threads that one story tells; set by hand
_COMMON: Final = 400  # threads: a key that more share (a country in a war) brings none together


@dataclass(frozen=True, slots=True)
class Affair:
    """Hold threads that belong together, in order of time: ``about`` is what most of them name; ``links`` says of each thread after the first why it belongs."""

    id: str
    about: tuple[str, ...]
    countries: tuple[str, ...]
    from_: str | None
    to: str | None
    score: float
    threads: tuple[Thread, ...]
    links: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the affair as plain JSON types, its threads by id."""
        return {
            "id": self.id, "about": list(self.about), "countries": list(self.countries), "from": self.from_, "to": self.to, "score": self.score,
            "threads": [{"id": t.id, "type": t.type, "from": t.from_, "to": t.to, "sources": t.sources, "text": t.members[0].text} for t in self.threads],
            "links": list(self.links),
        }  # fmt: skip


class _Profile:
    """Hold what a thread is about."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        self.names = frozenset(n for m in thread.mentions for n in m.names)
        self.words = frozenset(w for m in thread.mentions for w in m.words | m.story_words if not w.startswith("="))
        self.countries = frozenset(thread.countries)
        self.low = date.fromisoformat(thread.from_).toordinal() if thread.from_ else None
        self.high = date.fromisoformat(thread.to).toordinal() if thread.to else None
        self.stories = frozenset(m.story for m in thread.mentions)

    def keys(self) -> Iterable[str]:
        """Give what another thread must share to be weighed: a name, or two countries."""
        yield from self.names
        ordered = sorted(self.countries)
        yield from (f"{a}-{b}" for i, a in enumerate(ordered) for b in ordered[i + 1 :])
        yield from (f"story:{s}" for s in self.stories)


def affairs_of(threads: Sequence[Thread]) -> list[Affair]:
    """Gather threads into affairs.

    Args:
        threads: as ``Linker.threads`` gives them; their order does not matter.

    Returns:
        Affairs by first day and id, those of a single thread too.
    """
    profiles = {t.id: _Profile(t) for t in threads if t.modality != "historical"}
    meeting: dict[str, list[str]] = defaultdict(list)
    for key, profile in profiles.items():
        for word in profile.keys():  # noqa: SIM118 - no mapping
            meeting[word].append(key)
    likeness: dict[str, dict[str, float]] = defaultdict(dict)
    for ids in meeting.values():
        if len(ids) > _COMMON:
            continue
        for i, a in enumerate(ids):
            for b in ids[i + 1 :]:
                if b not in likeness[a] and (value := _likeness(profiles[a], profiles[b])) > 0:
                    likeness[a][b] = likeness[b][a] = value
    groups = average_linkage(profiles, likeness, _LEAST)
    found = [_affair([profiles[key] for key in group], likeness) for group in groups]
    return sorted(found, key=lambda a: (a.from_ or "", a.id))


def affairs_in(threads: Sequence[Thread], affair_of: Mapping[str, str]) -> list[Affair]:
    """Gather threads into affairs that are known.

    Args:
        threads: as ``Linker.threads`` gives them.
        affair_of: of a thread's id, the id of its affair.

    Returns:
        Affairs by first day and id.
    """
    groups: dict[str, list[_Profile]] = defaultdict(list)
    for thread in threads:
        if thread.id in affair_of:
            groups[affair_of[thread.id]].append(_Profile(thread))
    found = []
    for profiles in groups.values():
        likeness: dict[str, dict[str, float]] = defaultdict(dict)
        for i, a in enumerate(profiles):
            for b in profiles[i + 1 :]:
                likeness[a.thread.id][b.thread.id] = likeness[b.thread.id][a.thread.id] = _likeness(a, b)
        found.append(_affair(profiles, likeness))
    return sorted(found, key=lambda a: (a.from_ or "", a.id))


def _likeness(a: _Profile, b: _Profile) -> float:
    """Weigh two threads: shared names, shared countries, wording, all fading with the days between; rounded to four places."""
    days = _gap(a, b)
    if days is None or days > _DAYS:
        return 0.0
    names = len(a.names & b.names) / max(1, min(len(a.names), len(b.names)))
    countries = len(a.countries & b.countries) / max(1, len(a.countries | b.countries))
    wording = len(a.words & b.words) / math.sqrt(len(a.words) * len(b.words)) if a.words and b.words else 0.0
    together = _TOGETHER if a.stories & b.stories else 0.0
    likeness = (_NAMES * names + _COUNTRIES * countries + _WORDING * wording) / (_NAMES + _COUNTRIES + _WORDING) + together
    return round(min(1.0, likeness / (1 + days / _FADING)), 4)


def _gap(a: _Profile, b: _Profile) -> int | None:
    if a.low is None or b.low is None or a.high is None or b.high is None:
        return None
    return max(0, a.low - b.high, b.low - a.high)


def _affair(profiles: Sequence[_Profile], likeness: dict[str, dict[str, float]]) -> Affair:
    ordered = sorted(profiles, key=lambda p: (p.thread.from_ or "", p.thread.id))
    threads = [p.thread for p in ordered]
    counts = Counter(name for p in profiles for name in p.names)
    about = [name for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n >= (len(profiles) + 1) / 2]
    pairs = [likeness.get(a.id, {}).get(b.id, 0.0) for i, a in enumerate(threads) for b in threads[i + 1 :]]
    links = [_because(ordered[:at], p, likeness) for at, p in enumerate(ordered) if at]
    countries = Counter(c for p in profiles for c in p.countries)
    return Affair(
        id=threads[0].id,
        about=tuple(about[:6]),
        countries=tuple(c for c, n in sorted(countries.items()) if n >= len(profiles) / 2),
        from_=threads[0].from_,
        to=max((t.to for t in threads if t.to), default=None),
        score=round(sum(pairs) / len(pairs), 4) if pairs else 1.0,
        threads=tuple(threads),
        links=tuple(links),
    )


def _because(before: Sequence[_Profile], profile: _Profile, likeness: dict[str, dict[str, float]]) -> str:
    """Say why a thread belongs to those before it."""
    other = max(before, key=lambda p: (likeness.get(profile.thread.id, {}).get(p.thread.id, 0.0), p.thread.id))
    told = []
    if shared := sorted(other.names & profile.names):
        told.append(f"both name {', '.join(shared[:4])}")
    if shared := sorted(other.countries & profile.countries):
        told.append(f"parties of {', '.join(shared)}")
    if other.stories & profile.stories:
        told.append("told in one story")
    days = _gap(other, profile)
    return f"{other.thread.id}: {'; '.join((*told, f'{days} days between'))}"
