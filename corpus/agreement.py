#!/usr/bin/env python3
"""Compare two readings of the same sentences: ``python corpus/agreement.py [FIRST] SECOND``; the first is the corpus if not given.

Both are files of the corpus' markup with the same text. Prints F1 of triggers, of triggers with type, and of parties among the shared events, and
Cohen's kappa (Cohen, 1960) of type, modality and of whether a sentence has an event, then each disagreement.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from diurna.evaluate.figures import f1
from diurna.training.markup import MarkedEvent, MarkedSentence, read_file, read_stories

if TYPE_CHECKING:
    from collections.abc import Sequence

Pair = tuple[MarkedEvent, MarkedEvent]


def main(first: str | None, second: str) -> int:
    """Print the agreement of two files; exit code 1 when they do not hold the same sentences."""
    ours, theirs = (_sentences(path) for path in (first, second))
    shared = [name for name in ours if name in theirs and ours[name].text == theirs[name].text]
    if not shared:
        print(f"{first or 'the corpus'} and {second} share no sentence: the second reading keeps the text and the ids of the first")
        return 1
    print(f"{len(shared)} sentences read twice; {len(ours) + len(theirs) - 2 * len(shared)} left out, in one file only or with other words")
    pairs: list[Pair] = []
    for name in shared:
        pairs += _paired(ours[name], theirs[name])
    n_ours, n_theirs = (sum(len(side[name].events) for name in shared) for side in (ours, theirs))
    same_type = [p for p in pairs if p[0].type == p[1].type]
    print(f"triggers: F1 {f1(len(pairs), n_ours, n_theirs):.3f} ({n_ours} and {n_theirs} events)")
    print(f"triggers with type: F1 {f1(len(same_type), n_ours, n_theirs):.3f}")
    print(f"actors and recipients of shared events: F1 {_party_f1(same_type):.3f}")
    print(f"kappa, event or none: {kappa([(bool(ours[n].events), bool(theirs[n].events)) for n in shared]):.3f}")
    print(f"kappa, type of shared triggers: {kappa([(a.type, b.type) for a, b in pairs]):.3f}")
    print(f"kappa, modality of shared events: {kappa([(a.modality, b.modality) for a, b in same_type]):.3f}")
    for name in shared:
        for line in _differences(ours[name], theirs[name]):
            print(f"{name}: {line}")
    return 0


def _sentences(path: str | None) -> dict[str, MarkedSentence]:
    stories, _ = read_file(Path(path)) if path else read_stories()
    return {f"{story.id}:{i}": s for story in stories for i, s in enumerate(story.sentences)}


def _paired(first: MarkedSentence, second: MarkedSentence) -> list[Pair]:
    """Pair the events whose triggers share a character, one to one, those of the same type first."""
    options = []
    for i, a in enumerate(first.events):
        for j, b in enumerate(second.events):
            x, y = first.span_of(a.letter), second.span_of(b.letter)
            if x and y and x.start < y.end and y.start < x.end:
                options.append((a.type != b.type, i, j))
    found: list[Pair] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in sorted(options):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append((first.events[i], second.events[j]))
    return found


def _party_f1(pairs: Sequence[Pair]) -> float:
    """Compare parties by their ids, which both readings take over from the story's head."""
    right = ours = theirs = 0
    for a, b in pairs:
        for mine, other in ((a.actors, b.actors), (a.recipients, b.recipients)):
            ids, others = Counter(ref for ref, _ in mine), Counter(ref for ref, _ in other)
            right += (ids & others).total()
            ours += ids.total()
            theirs += others.total()
    return f1(right, ours, theirs)


def kappa(pairs: Sequence[tuple[object, object]]) -> float:
    """Give Cohen's kappa of two readers' labels: agreement beyond what their label frequencies would give by chance.

    >>> kappa([(True, True), (False, False), (True, False), (False, False)])
    0.5
    """
    n = len(pairs)
    if not n:
        return 0.0
    agreed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[k] * second[k] for k in first) / n**2
    return 1.0 if chance == 1 else round((agreed - chance) / (1 - chance), 4)


def _differences(first: MarkedSentence, second: MarkedSentence) -> list[str]:
    pairs = _paired(first, second)
    lines = [f"{a.type}/{a.mode} {a.modality} against {b.type}/{b.mode} {b.modality}" for a, b in pairs if (a.type, a.mode, a.modality) != (b.type, b.mode, b.modality)]
    for number, (sentence, side) in enumerate(((first, 0), (second, 1)), 1):
        known = [id(p[side]) for p in pairs]
        lines += [f"only reader {number}: {e.type} at “{span.text}”" for e in sentence.events if id(e) not in known and (span := sentence.span_of(e.letter))]
    return lines


if __name__ == "__main__":
    readings = sys.argv[1:]
    if len(readings) not in {1, 2}:
        sys.exit("python corpus/agreement.py [FIRST] SECOND")
    sys.exit(main(readings[0] if len(readings) == 2 else None, readings[-1]))  # noqa: PLR2004 - two files
