"""Find stories that are one story told again: exact copies, wire copies, updates and rewrites.

Candidates come from MinHash sketches of single sentences in an LSH index (Broder 1997; Leskovec, Rajaraman & Ullman 2014, ch. 3), so that a
story cut to its first paragraphs meets the whole one. The check then asks how much of the shorter story runs in the longer, and whether the
figures and days of the sentences that both tell agree.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from rensa import RMinHash, RMinHashLSH

from diurna.link.words import Fact, Unit, shingles, units_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from diurna.records import Story

__all__ = ["Body", "Duplicates", "Pair", "aligned_unit", "compare", "compared", "differences"]

_PERMUTATIONS: Final = 64
_BANDS: Final = 32  # of two rows: a sentence that shares a third of its runs is met with probability 0.98, one that shares a tenth with 0.28
_SEED: Final = 1
_COMMON: Final = 200  # stories: a sentence that more tell is a notice or a formula, and brings no candidates
_ALIGNED: Final = 0.5  # share of the runs of the shorter sentence, from which two sentences tell the same
_LEAD: Final = 2  # sentences, a headline among them, that say who, where and when
_QUOTE_WEIGHT: Final = 0.4  # of a quoted word: whoever reports a speech quotes it alike
_STOPS: Final = '.!?…”’")'
_PLAIN: Final = 0.97  # share from which a story holds nothing but the other

# Weights of the check, fitted by logistic regression on one half of tests/cases/duplicates.jsonl (docs/why/060).
_WEIGHTS: Final = {"bias": -5.2, "contained": 4.8, "verbatim": 5.5, "moved": -2.8, "counted": 1.8, "lead": -5.2, "later": -4.5}
_LEAST: Final = 0.5


class Body:
    """Hold what of a story is compared; made once a story."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.units: list[Unit] = units_of(story)
        last = story.text[self.units[0].end - 1] if self.units else "."
        self.told_from = int(len(self.units) > 1 and last not in _STOPS)  # the first sentence after a headline, which every house writes anew

    @cached_property
    def runs(self) -> list[frozenset[str]]:
        """Runs of three words, a set a sentence."""
        return [frozenset(runs) for runs in self.runs_in_order]

    @cached_property
    def runs_in_order(self) -> list[list[str]]:
        """Runs of three words, in order, a list a sentence."""
        return [shingles(u.words) for u in self.units]

    @cached_property
    def where(self) -> dict[str, list[int]]:
        """Sentences that hold a run."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, runs in enumerate(self.runs):
            for run in runs:
                found[run].append(index)
        return found

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words in order."""
        return tuple(w for u in self.units for w in u.words)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """All facts in order."""
        return tuple(f for u in self.units for f in u.facts)


@dataclass(frozen=True, slots=True)
class Pair:
    """Say how two stories are alike. ``a`` and ``b`` are story ids, the earlier first.

    ``kind`` is ``exact`` (the same words and figures), ``copy`` (one holds nothing but the other's sentences: a cut, another headline),
    ``update`` (told again with other figures or further news), ``rewrite`` (told anew in part) or ``other``; ``score`` in [0, 1];
    ``contained`` the share of the shorter story's words that run in the longer; ``verbatim`` the share of its sentences told with the same
    figures; ``changed`` the share of the sentences told by both in which figures, days or names differ; ``changes`` these, in words.
    """

    a: str
    b: str
    kind: str
    score: float
    contained: float
    verbatim: float
    changed: float
    changes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Tell whether the two are one story."""
        return self.kind != "other"

    def to_dict(self) -> dict[str, Any]:
        """Return the pair as plain JSON types."""
        return asdict(self) | {"changes": list(self.changes)}


class Duplicates:
    """Meet stories that may be the same: an index of sentences that grows story by story.

    >>> from diurna.records import Story
    >>> index = Duplicates()
    >>> text = "Police in Oslo detained twelve fishermen on Tuesday after a protest at the harbour."
    >>> [index.add(Story(name, text, "2021-05-18")) for name in "ab"]
    [[], ['a']]
    """

    def __init__(self) -> None:
        self.bodies: dict[str, Body] = {}
        self._index = RMinHashLSH(threshold=0.2, num_perm=_PERMUTATIONS, num_bands=_BANDS)
        self._owners: list[str] = []

    def add(self, story: Story) -> list[str]:
        """Add a story and give the ids of those before it that may be the same, sorted; a story that is known already brings none."""
        if story.id in self.bodies:
            return []
        body = self.bodies[story.id] = Body(story)
        met: set[str] = set()
        sketches = RMinHash.from_token_sets([list(runs) for runs in body.runs], _PERMUTATIONS, _SEED) if body.units else []
        for sketch in sketches:
            owners = {self._owners[k] for k in self._index.query(sketch)} - {story.id}
            if len(owners) <= _COMMON:
                met |= owners
            self._index.insert(len(self._owners), sketch)
            self._owners.append(story.id)
        return sorted(met)

    def pairs(self, stories: Iterable[Story]) -> Iterator[Pair]:
        """Add stories and give every pair that is one story, among them and with those before."""
        for story in stories:
            for other in self.add(story):
                pair = compared(self.bodies[other], self.bodies[story.id])
                if pair.same:
                    yield pair


def compare(a: Story, b: Story) -> Pair:
    """Compare two stories by their words, figures and days; their order does not matter."""
    return compared(Body(a), Body(b))


def compared(a: Body, b: Body) -> Pair:
    """Compare two stories that were read for it; see ``compare``."""
    a, b = sorted((a, b), key=lambda body: (body.story.published or "", body.story.fetched or "", body.story.id))
    facts = features(a, b)
    score = 1 / (1 + math.exp(-_WEIGHTS["bias"] - sum(_WEIGHTS[name] * value for name, value in facts.numbers.items())))
    kind = "other" if score < _LEAST else _kind(a, b, facts)
    told = facts.numbers
    return Pair(a.story.id, b.story.id, kind, round(score, 4), round(told["contained"], 4), round(told["verbatim"], 4), round(told["moved"] + told["counted"], 4), facts.changes)


@dataclass(frozen=True, slots=True)
class Features:
    """Hold what the check weighs, and the changes found on the way."""

    numbers: dict[str, float]
    changes: tuple[str, ...]
    covered: tuple[float, float]


def features(a: Body, b: Body) -> Features:
    """Weigh two stories against each other."""
    small, large = sorted((a, b), key=lambda body: (len(body.words), body.story.id))
    covered = _covered(small, large), _covered(large, small)
    changes: list[str] = []
    same = moved = counted = words = 0
    lead = anchored = False  # anchored: a day told in both is the same day, however long after the second story was published
    for mine, theirs in _aligned(small, large):
        size = len(mine.words)
        words += size
        elsewhere, numbers = differences(mine, theirs) if small is a else differences(theirs, mine)
        moved, counted, same = moved + size * bool(elsewhere), counted + size * bool(numbers and not elsewhere), same + size * (not elsewhere and not numbers)
        anchored = anchored or (not elsewhere and any(f.kind == "day" and f in theirs.facts for f in mine.facts))
        lead = lead or (bool(elsewhere) and (mine in small.units[:_LEAD] or theirs in large.units[:_LEAD]))
        if elsewhere or numbers:
            changes.append("; ".join((*elsewhere, *numbers)))
    weights = {
        "contained": covered[0],
        "verbatim": same / max(1, len(small.words)),
        "moved": moved / max(1, words),
        "counted": counted / max(1, words),
        "lead": lead * (1 - same / max(1, len(small.words))),
        "later": 0.0 if anchored else (moved + counted) / max(1, words) * _days_apart(a, b),
    }
    return Features(weights, tuple(changes), covered)


def _covered(small: Body, large: Body) -> float:
    """Give the share of a story's words that lie in a run of the other's; quoted words count for less."""
    hit = whole = 0.0
    for unit, runs in list(zip(small.units, small.runs_in_order, strict=True))[small.told_from :]:
        weight = 1 - (1 - _QUOTE_WEIGHT) * min(1.0, unit.quoted / len(unit.words))
        inside = [False] * len(unit.words)
        for at, run in enumerate(runs):
            if run in large.where:
                inside[at : at + 3] = [True] * min(3, len(unit.words) - at)
        hit += weight * sum(inside)
        whole += weight * len(unit.words)
    return hit / whole if whole else 0.0


def _aligned(small: Body, large: Body) -> Iterator[tuple[Unit, Unit]]:
    """Pair each sentence with the one of the other story that tells the same, if there is one."""
    for unit, runs in zip(small.units, small.runs, strict=True):
        best = aligned_unit(runs, large.where, large.runs)
        if best is not None:
            yield unit, large.units[best]


def aligned_unit(runs: frozenset[str], where: Mapping[str, Sequence[int]], others: Sequence[frozenset[str]]) -> int | None:
    """Find the sentence that tells the same as one: the one that shares most runs, if these are half of the shorter's.

    Args:
        runs: runs of the sentence.
        where: of each run, the sentences that hold it.
        others: runs of these sentences.

    Returns:
        The number of the sentence, or None.
    """
    votes = Counter(index for run in runs for index in where.get(run, ()))
    if not votes:
        return None
    best, shared = min(votes.items(), key=lambda item: (-item[1], item[0]))
    return best if shared >= _ALIGNED * min(len(runs), len(others[best])) else None


def differences(a: Unit, b: Unit) -> tuple[list[str], list[str]]:
    """Name the days and names, and the numbers, in which two sentences that tell the same differ; what one of them leaves out is no difference."""
    elsewhere: list[str] = []
    numbers: list[str] = []
    for kind in sorted({f.kind for f in a.facts} & {f.kind for f in b.facts}):
        mine, theirs = [f for f in a.facts if f.kind == kind], [f for f in b.facts if f.kind == kind]
        only_a = [f for f in mine if not any(f.agrees(g) for g in theirs)]
        only_b = [f for f in theirs if not any(f.agrees(g) for g in mine)]
        if only_a and only_b:
            (elsewhere if kind == "day" else numbers).append(f"{_values(only_a)} → {_values(only_b)}")
    names_a, names_b = a.names - set(b.words) - b.names, b.names - set(a.words) - a.names
    if names_a and names_b:
        elsewhere.append(f"{', '.join(sorted(names_a))} → {', '.join(sorted(names_b))}")
    return elsewhere, numbers


def _values(facts: Sequence[Fact]) -> str:
    return ", ".join(date.fromordinal(int(f.value)).isoformat() if f.kind == "day" else f"{f.value:g}" for f in facts)


def _days_apart(a: Body, b: Body) -> float:
    """Give the days between two publications, at most thirty; 0 when either is unknown."""
    if a.story.published is None or b.story.published is None:
        return 0.0
    gap = abs((date.fromisoformat(a.story.published) - date.fromisoformat(b.story.published)).days)
    return math.log1p(min(gap, 30))


def _kind(a: Body, b: Body, facts: Features) -> str:
    """Name the kind of likeness of two stories that are one, the earlier first."""
    if a.words == b.words and a.facts == b.facts:
        return "exact"
    small, large = facts.covered
    if small >= _PLAIN and not facts.changes:
        return "copy"
    same_origin = (a.story.source or "").casefold() == (b.story.source or "").casefold()
    if facts.changes or (same_origin and large < _PLAIN):
        return "update"
    return "rewrite"
