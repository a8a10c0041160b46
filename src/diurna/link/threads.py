"""Link reports of one event into threads, story by story, without reading the archive anew.

Mentions that share a country or a name, and nearly a day, are weighed against each other once (``sameness``). A thread is a group of average
linkage among mentions that hang together; only the mentions that a new story touches are grouped again. The threads are a function of the set
of stories: their order does not matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from diurna.link.clusters import average_linkage
from diurna.link.families import Families
from diurna.link.mentions import Mention, blocks, mentions_of
from diurna.link.origins import independent
from diurna.link.sameness import because, sameness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diurna.records import Story

__all__ = ["Change", "Linker", "Member", "Thread"]

_REACH: Final = 2  # days between two mentions of one event, at most
_FLOOR: Final = 0.2  # likeness under which two mentions do not hang together at all
_LEAST: Final = 0.4  # average likeness of the mentions of one thread


@dataclass(frozen=True, slots=True)
class Member:
    """Hold a mention in its thread: ``score`` its average likeness to the others, ``nearest`` the mention it is most like, ``because`` why, in words."""

    event: str
    story: str
    source: str | None
    published: str | None
    text: str
    score: float
    nearest: str | None
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """Hold an event as its reports tell it.

    ``id`` is that of its first mention; ``score`` the average likeness of its mentions (1 for a single one); ``sources`` the number of independent
    sources; ``claimants`` whom the reports credit; ``from_`` and ``to`` its days (ISO 8601).
    """

    id: str
    type: str
    modality: str
    parties: tuple[str, ...]
    countries: tuple[str, ...]
    place: str | None
    from_: str | None
    to: str | None
    score: float
    sources: int
    claimants: tuple[str, ...]
    members: tuple[Member, ...]
    mentions: tuple[Mention, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of the events, first mention first."""
        return tuple(m.event for m in self.members)

    def to_dict(self) -> dict[str, Any]:
        """Return the thread as plain JSON types."""
        return {
            "id": self.id, "type": self.type, "modality": self.modality, "parties": list(self.parties), "countries": list(self.countries), "place": self.place,
            "from": self.from_, "to": self.to, "score": self.score, "sources": self.sources, "claimants": list(self.claimants),
            "members": [{name: getattr(m, name) for name in m.__slots__} | {"because": list(m.because)} for m in self.members],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """Say what a story did to threads: ``before`` the events of each thread that it touched, ``after`` those of each that it left."""

    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]

    @property
    def kind(self) -> str:
        """Name it: ``new``, ``joins``, ``merges``, ``splits`` or ``none``."""
        old, new = set(self.before), set(self.after)
        if old == new:
            return "none"
        if any(sum(bool(set(group) & set(now)) for now in new) > 1 for group in old):
            return "splits"
        if any(sum(bool(set(group) & set(now)) for group in old) > 1 for now in new):
            return "merges"
        return "joins" if any(set(group) & set(now) and group != now for group in old for now in new) else "new"


class Linker:
    """Keep the event threads of stories as they come.

    Args:
        stories: coded stories to begin with.
        reach: days between two stories that are one, at most, as in ``Families``.
    """

    def __init__(self, stories: Iterable[Story] = (), reach: int | None = None) -> None:
        self.mentions: dict[str, Mention] = {}
        self.families = Families(reach=reach)
        self._stories: dict[str, Story] = {}
        self._likeness: dict[str, dict[str, float]] = {}
        self._blocks: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._thread_of: dict[str, tuple[str, ...]] = {}
        self._told: dict[str, tuple[float, str | None, tuple[str, ...]]] = {}
        for story in stories:
            self.add(story)

    @classmethod
    def of_groups(cls, stories: Iterable[Story], rows: Iterable[Mapping[str, Any]]) -> Linker:
        """Make a linker of threads that are known, comparing nothing.

        Args:
            stories: the coded stories that tell of them.
            rows: of each event ``event``, ``thread``, ``score``, ``nearest`` and ``because``.
        """
        linker = cls()
        linker._stories = {story.id: story for story in stories}
        linker.mentions = {m.id: m for story in linker._stories.values() for m in mentions_of(story)}
        groups: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["event"] in linker.mentions and row["thread"] is not None:
                groups[row["thread"]].append(row["event"])
                linker._told[row["event"]] = row["score"], row["nearest"], tuple(row["because"] or ())
        for group in groups.values():
            ordered = tuple(sorted(group, key=linker._moment))
            linker._thread_of |= dict.fromkeys(group, ordered)
        return linker

    def add(self, story: Story) -> Change:
        """Add a coded story, link its events, and say what changed; a story that is known already changes nothing."""
        if story.id in self._stories:
            return Change((), ())
        self._stories[story.id] = story
        self.families.add(story)
        fresh = [m for m in mentions_of(story) if m.id not in self.mentions]
        for mention in fresh:
            self._meet(mention)
        return self._regroup(m.id for m in fresh)

    def extend(self, stories: Iterable[Story]) -> None:
        """Add many coded stories and group their events once, at the end: the same threads as adding one by one, sooner."""
        fresh: list[str] = []
        for story in stories:
            if story.id in self._stories:
                continue
            self._stories[story.id] = story
            self.families.add(story)
            for mention in mentions_of(story):
                if mention.id not in self.mentions:
                    self._meet(mention)
                    fresh.append(mention.id)
        self._regroup(fresh)

    def _meet(self, mention: Mention) -> None:
        """Weigh a mention against all that it may be one event with."""
        near = {other for key in blocks(mention, _REACH) for other in self._blocks.get(key, ())}
        mine = self._likeness.setdefault(mention.id, {})
        for other in sorted(near):
            theirs = self.mentions[other]
            apart = (mention.story, mention.at) == (theirs.story, theirs.at)  # two acts of one sentence never are one event
            value = -1.0 if apart else round(sameness(mention, theirs), 4)
            if apart or value >= _FLOOR:
                mine[other] = self._likeness[other][mention.id] = value
        self.mentions[mention.id] = mention
        for key in blocks(mention, 0):
            self._blocks[key].append(mention.id)

    def hanging(self, events: Iterable[str]) -> set[str]:
        """Give the events that hang together with some, through whatever lies between, and these themselves: what one of them changes stays among them."""
        waiting = list(events)
        touched: set[str] = set()
        while waiting:
            key = waiting.pop()
            if key not in touched:
                touched.add(key)
                waiting += self._likeness[key]
        return touched

    def _regroup(self, fresh: Iterable[str]) -> Change:
        """Group anew the mentions that hang together with the fresh ones."""
        touched = self.hanging(fresh)
        before = {self._thread_of[key] for key in touched if key in self._thread_of}
        after = []
        for group in average_linkage(touched, self._likeness, _LEAST):
            ordered = tuple(sorted(group, key=self._moment))
            after.append(ordered)
            for key in group:
                self._thread_of[key] = ordered
        return Change(tuple(sorted(before)), tuple(sorted(after)))

    def _moment(self, key: str) -> tuple[str, str, int, str]:
        mention = self.mentions[key]
        return mention.published or "", mention.story, mention.at, key

    def by_event(self) -> dict[str, str]:
        """Give of each event's id the id of its thread."""
        return {key: group[0] for key, group in self._thread_of.items()}

    def threads(self, among: set[str] | None = None, families: dict[str, str] | None = None) -> list[Thread]:
        """Give the threads, by day and id, single mentions too.

        Args:
            among: only those of these events.
            families: of a story's id the name of its family, where more is known than these stories tell.
        """
        families = self.families.by_story() if families is None else families
        groups = set(self._thread_of.values()) if among is None else {self._thread_of[key] for key in among}
        found = [self._thread([self.mentions[key] for key in group], families) for group in groups]
        return sorted(found, key=lambda t: (t.from_ or "", t.id))

    def _thread(self, mentions: Sequence[Mention], families: dict[str, str]) -> Thread:
        members = [self._member(m, mentions) for m in mentions]
        stories = {m.story: self._stories[m.story] for m in mentions if m.story in self._stories}
        low, high = _days(mentions)
        places = [m.place.name or m.place.text for m in mentions if m.place]
        return Thread(
            id=mentions[0].id,
            type=_most(m.type for m in mentions) or "",
            modality=_most(m.modality for m in mentions) or "",
            parties=tuple(sorted({s.label for m in mentions for s in m.sides})),
            countries=tuple(sorted({s.country for m in mentions for s in m.sides if s.country})),
            place=_most(places),
            from_=_day(low),
            to=_day(high),
            score=round(sum(m.score for m in members) / len(members), 4),
            sources=independent(stories.values(), families),
            claimants=tuple(sorted({m.claimant for m in mentions if m.claimant})),
            members=tuple(members),
            mentions=tuple(mentions),
        )

    def _member(self, mention: Mention, mentions: Sequence[Mention]) -> Member:
        if (told := self._told.get(mention.id)) is not None:
            return Member(mention.id, mention.story, mention.source, mention.published, mention.text, *told)
        others = [m for m in mentions if m.id != mention.id]
        likeness = self._likeness[mention.id]
        nearest = max(others, key=lambda m: (likeness.get(m.id, 0.0), m.id), default=None)
        score = round(sum(likeness.get(m.id, 0.0) for m in others) / len(others), 4) if others else 1.0
        why = tuple(because(mention, nearest)) if nearest else ()
        return Member(mention.id, mention.story, mention.source, mention.published, mention.text, score, nearest.id if nearest else None, why)


def _most(values: Iterable[str]) -> str | None:
    """Give the commonest value, the first in the alphabet among equals."""
    counts = Counter(values)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else None


def _days(mentions: Sequence[Mention]) -> tuple[int | None, int | None]:
    """Give the days that most reports tell, the first among equals; the day of publication where none tells any."""
    told: list[tuple[int | None, int | None]] = [(m.low, m.high) for m in mentions if m.dated and m.low is not None] or [(m.high, m.high) for m in mentions]
    return Counter(told).most_common(1)[0][0]


def _day(ordinal: int | None) -> str | None:
    return date.fromordinal(ordinal).isoformat() if ordinal else None
