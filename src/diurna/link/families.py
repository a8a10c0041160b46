"""Gather stories that are one story into families, put their versions in order, and tell which version said what."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from diurna.link.duplicates import Body, Duplicates, Pair, aligned_unit, compared, differences
from diurna.link.origins import Groups, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diurna.link.words import Unit
    from diurna.records import Story

__all__ = ["Families", "Family", "Statement", "Version"]

_NUMBERED: Final = re.compile(r"^\W*(?:(?:UPDATE|WRAPUP|RPT-UPDATE|CORRECTED-UPDATE) ?(\d+)|(\d+)(?:st|nd|rd|th) (?:LD|Ld|Lead))\b")
"""How agencies number the versions of a story in its headline: “UPDATE 2-…” (Reuters), “2nd Ld-Writethru” (AP, Xinhua)."""


@dataclass(frozen=True, slots=True)
class Version:
    """Hold one story of a family: what it is to ``previous``, the earlier version that it is most like (None for the first).

    ``kind`` is ``first``, or as in ``Pair``; ``changes`` are figures, days and names told otherwise than in ``previous``.
    """

    story: str
    published: str | None
    source: str | None
    kind: str
    previous: str | None = None
    score: float = 1.0
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold a sentence through the versions: its words when it was last told, the versions that tell it, and what changed in it on the way."""

    text: str
    stories: tuple[str, ...]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Hold stories that are one story: ``id`` is that of the first version; ``origin`` whom it comes from; ``publishers`` who printed it."""

    id: str
    origin: str
    publishers: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def stories(self) -> tuple[str, ...]:
        """Ids of the stories, first version first."""
        return tuple(v.story for v in self.versions)

    def to_dict(self) -> dict[str, Any]:
        """Return the family as plain JSON types."""
        return {
            "id": self.id,
            "origin": self.origin,
            "publishers": list(self.publishers),
            "stories": len(self.versions),
            "versions": [asdict(v) | {"changes": list(v.changes)} for v in self.versions],
        }


class Families:
    """Keep families as stories come; the families of a set of stories do not depend on the order they came in.

    Args:
        stories: stories to begin with; they need not be coded.
        reach: days between two stories that are one, at most; undated ones are then compared with undated ones only. Any when None.

    (But for stories that share only sentences which two hundred others tell too; docs/why/060.)

    >>> from diurna.records import Story
    >>> text = "Police in Oslo detained {} fishermen on Tuesday after a protest at the harbour. Two boats were towed away."
    >>> families = Families([Story("a", text.format(12), "2021-05-18"), Story("b", text.format(15), "2021-05-19")])
    >>> [(v.story, v.kind, v.changes) for family in families for v in family.versions]
    [('a', 'first', ()), ('b', 'update', ('12 → 15',))]
    """

    def __init__(self, stories: Iterable[Story] = (), reach: int | None = None) -> None:
        self.reach = reach
        self.pairs: dict[frozenset[str], Pair] = {}
        self._index = Duplicates()
        self._groups = Groups()
        for story in stories:
            self.add(story)

    def add(self, story: Story) -> list[Pair]:
        """Add a story; give the pairs that it makes with stories before it."""
        found = [pair for pair in self._index.pairs([story]) if self._near(pair)]
        for pair in found:
            self.pairs[frozenset((pair.a, pair.b))] = pair
            self._groups.join(pair.a, pair.b)
        return found

    def _near(self, pair: Pair) -> bool:
        if self.reach is None:
            return True
        first, last = (self._index.bodies[key].story.published for key in (pair.a, pair.b))
        if first is None or last is None:
            return first == last
        return abs((date.fromisoformat(last) - date.fromisoformat(first)).days) <= self.reach

    def by_story(self) -> dict[str, str]:
        """Give of each story's id a name for its family; stories of one family have the same."""
        return {key: self._groups.find(key) for key in self._index.bodies}

    def members(self) -> dict[str, list[str]]:
        """Give the story ids of every family, by its name."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, name in self.by_story().items():
            found[name].append(key)
        return found

    def __iter__(self) -> Iterator[Family]:
        """Give the families in order of their first version's day and id, single stories too."""
        families = [self._family([self._index.bodies[k] for k in keys]) for keys in self.members().values()]
        return iter(sorted(families, key=lambda f: (f.versions[0].published or "", f.id)))

    def _family(self, bodies: Sequence[Body]) -> Family:
        ordered = sorted(bodies, key=_moment)
        versions = [self._version(body, ordered[:at]) for at, body in enumerate(ordered)]
        first = ordered[0].story
        publishers = tuple(dict.fromkeys(b.story.source for b in ordered if b.story.source))
        return Family(first.id, origin_of(first), publishers, tuple(versions))

    def _version(self, body: Body, before: Sequence[Body]) -> Version:
        story = body.story
        pairs = [(pair, other) for other in before if (pair := self.pairs.get(frozenset((story.id, other.story.id))))]
        if not pairs and before:  # joined only through a later version
            pairs = [(compared(before[-1], body), before[-1])]
        if not pairs:
            return Version(story.id, story.published, story.source, "first")
        best, other = max(pairs, key=lambda p: (p[0].kind == "exact", p[0].verbatim, p[0].contained, before.index(p[1])))
        kind = "rewrite" if best.kind == "other" else best.kind
        return Version(story.id, story.published, story.source, kind, other.story.id, best.score, best.changes)

    def statements(self, family: Family) -> list[Statement]:
        """Tell which version said what: every sentence of a family, in order of its first telling."""
        told: list[tuple[Unit, str, list[str], list[str]]] = []
        runs: list[frozenset[str]] = []
        where: dict[str, list[int]] = defaultdict(list)
        for key in family.stories:
            body = self._index.bodies[key]
            for unit, mine in zip(body.units, body.runs, strict=True):
                words = body.story.text[unit.start : unit.end]
                at = aligned_unit(mine, where, runs)
                if at is None:
                    at = len(told)
                    told.append((unit, words, [key], []))
                    runs.append(mine)
                else:
                    last, _, stories, changes = told[at]
                    changes += [d for side in differences(last, unit) for d in side]
                    told[at] = unit, words, stories + [key] * (stories[-1] != key), changes
                    runs[at] |= mine
                for run in mine:
                    if at not in where[run]:
                        where[run].append(at)
        return [Statement(" ".join(words.split()), tuple(stories), tuple(changes)) for _, words, stories, changes in told]


def _moment(body: Body) -> tuple[str, str, int, bool, int, str]:
    """Order versions: by day, time fetched, the number in the headline; an agency's before its customers', a shorter before a longer; by id."""
    story = body.story
    found = _NUMBERED.match(story.title or story.text)
    number = int(found[1] or found[2]) if found else 0
    return story.published or "", story.fetched or "", number, origin_of(story) == story.source, len(body.words), story.id
