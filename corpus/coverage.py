#!/usr/bin/env python3
"""Show what the corpus covers, and what it says twice: ``python corpus/coverage.py``. Exit code 1 when two sentences are nearly the same."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rensa import RMinHash, RMinHashLSH

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from diurna.evaluate import unmark
from diurna.ontology import MODALITIES, TYPES
from diurna.training.markup import ROOT, MarkedStory, read_stories

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PERMUTATIONS = 128  # of a MinHash; its Jaccard estimate is then within 0.09 (standard error 1/sqrt(128); Broder, 1997)
_NEAR = 0.6  # Jaccard similarity of word triples from which two sentences count as one
_LEAST = 8  # words; shorter sentences ("No one was hurt.") may recur


def main() -> int:
    """Print the coverage tables and the near-duplicates."""
    stories, _ = read_stories()
    for line in (*coverage(stories), *holes(stories)):
        print(line)
    texts = [(f"{s.id}:{i}", sentence.text) for s in stories for i, sentence in enumerate(s.sentences)]
    for path in sorted((ROOT / "corpus/relations").glob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        texts += [(f"{path.name}:{i}", unmark(line.split("\t")[1])[0]) for i, line in enumerate(lines, 1)]
    twins = near_duplicates(texts)
    for a, b, likeness in twins:
        print(f"nearly the same ({likeness:.2f}): {a} and {b}")
    print(f"{len(twins)} pairs of sentences nearly the same among {len(texts)}")
    return 1 if twins else 0


def coverage(stories: Sequence[MarkedStory]) -> Iterable[str]:
    """Give the table of types by modality, and the counts of registers and decades."""
    events = [e for story in stories for s in story.sentences for e in s.events]
    cells = Counter((e.type, e.modality) for e in events)
    yield f"{'':10}" + "".join(f"{m:>13}" for m in MODALITIES) + f"{'all':>8}"
    for t in TYPES:
        yield f"{t:10}" + "".join(f"{cells[t, m]:>13}" for m in MODALITIES) + f"{sum(cells[t, m] for m in MODALITIES):>8}"
    yield "registers: " + ", ".join(f"{k} {n}" for k, n in Counter(s.source or "-" for s in stories).most_common())
    yield "decades: " + ", ".join(f"{k}0s {n}" for k, n in sorted(Counter((s.published or "?")[:3] for s in stories).items()))
    countries = Counter(p.country for s in stories for p in s.parties.values() if p.country)
    yield f"countries of parties: {len(countries)}; most: " + ", ".join(f"{k} {n}" for k, n in countries.most_common(12))


def holes(stories: Sequence[MarkedStory]) -> Iterable[str]:
    """Name the modes with fewer than ten events."""
    found = Counter((e.type, e.mode) for story in stories for s in story.sentences for e in s.events)
    thin = [f"{t}/{m} {found[t, m]}" for t in TYPES for m in TYPES[t].modes if found[t, m] < 10]  # noqa: PLR2004 - named in the docstring
    yield "thin modes: " + (", ".join(thin) or "none")


def near_duplicates(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """Find pairs of sentences that share most of their word triples.

    Args:
        texts: name and sentence.

    Returns:
        The two names and their Jaccard similarity, for each pair of ``_NEAR`` or more.
    """
    index = RMinHashLSH(threshold=_NEAR, num_perm=_PERMUTATIONS, num_bands=32)
    seen: list[tuple[str, set[str]]] = []
    found = []
    for name, text in texts:
        words = re.findall(r"\w+", text.casefold())
        if len(words) < _LEAST:
            continue
        triples = {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
        hashed = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        hashed.update(sorted(triples))
        for other in index.query(hashed):
            before, theirs = seen[other]
            likeness = len(triples & theirs) / len(triples | theirs)
            if likeness >= _NEAR:
                found.append((before, name, likeness))
        index.insert(len(seen), hashed)
        seen.append((name, triples))
    return found


if __name__ == "__main__":
    sys.exit(main())
