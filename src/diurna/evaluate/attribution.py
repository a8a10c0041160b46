"""Suite ``attribution``: PolNeAR-style folders (Newell, Margolin & Ruths, LREC 2018), brat annotations beside or near their texts.

An attribution is right when its cue touches a gold cue and its source touches that cue's gold source (or neither has one). ``content`` is the
F1 of characters of content among the right ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diurna.coding.attributions import Claim, find_claims
from diurna.errors import InputError
from diurna.evaluate.figures import f1, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["attribution"]

Range = tuple[int, int]


@dataclass(slots=True)
class GoldClaim:
    """Hold a gold attribution: character ranges of its parts."""

    source: list[Range] = field(default_factory=list)
    cue: list[Range] = field(default_factory=list)
    content: list[Range] = field(default_factory=list)


def attribution(path: Path, coder: Coder | None = None) -> dict[str, Any]:  # noqa: ARG001 - every suite takes the coder; claims need none
    """Score the attributions found in raw text.

    Args:
        path: a folder with ``.ann`` files, their ``.txt`` beside them or in a folder ``text`` next to theirs.
        coder: not used.

    Returns:
        ``f1``, ``precision``, ``recall`` of cue and source; ``cue_f1`` of cues alone; ``content``, F1 of characters; ``n`` gold attributions.

    Raises:
        InputError: D225 if there are no annotations, or one has no text.
    """
    files = sorted(path.rglob("*.ann")) if path.is_dir() else [path]
    if not files:
        raise InputError("D225", "there are no brat annotations (*.ann) here", str(path))
    n_gold = n_found = cues = right = 0
    letters = [0, 0, 0]
    for file in files:
        gold = [g for g in read_brat(file) if g.cue]
        found = find_claims(_text_of(file).read_text("utf-8"))
        n_gold += len(gold)
        n_found += len(found)
        for g, claim, same_source in _paired(gold, found):
            cues += 1
            right += same_source
            if same_source:
                theirs = {i for low, high in g.content for i in range(low, high)}
                ours = {i for span in claim.content for i in range(span.start, span.end)}
                letters = [letters[0] + len(theirs & ours), letters[1] + len(theirs), letters[2] + len(ours)]
    return {
        "suite": "attribution",
        "files": len(files),
        "n": n_gold,
        "f1": f1(right, n_gold, n_found),
        "precision": share(right, n_found),
        "recall": share(right, n_gold),
        "cue_f1": f1(cues, n_gold, n_found),
        "content": f1(*letters),
    }


def _paired(gold: Sequence[GoldClaim], found: Sequence[Claim]) -> Iterator[tuple[GoldClaim, Claim, bool]]:
    free = list(found)
    for g in gold:
        touching = [c for c in free if _touches(g.cue, (c.cue.start, c.cue.end))]
        if not touching:
            continue
        best = max(touching, key=lambda c: _same_source(g, c))
        free.remove(best)
        yield g, best, _same_source(g, best)


def _same_source(gold: GoldClaim, claim: Claim) -> bool:
    if claim.source is None or not gold.source:
        return claim.source is None and not gold.source
    return _touches(gold.source, (claim.source.start, claim.source.end))


def _touches(ranges: Sequence[Range], other: Range) -> bool:
    return any(low < other[1] and other[0] < high for low, high in ranges)


def read_brat(path: Path) -> list[GoldClaim]:
    """Read the attributions of a brat file; parts that the file does not define are passed over."""
    parts: dict[str, tuple[str, list[Range]]] = {}
    links = []
    for line in path.read_text("utf-8").splitlines():
        name, _, rest = line.partition("\t")
        kind, _, where = rest.partition("\t")[0].partition(" ")
        if name.startswith("T"):
            parts[name] = kind, [(int(a), int(b)) for a, b in re.findall(r"(\d+) (\d+)", where)]
        elif name.startswith("E"):
            links.append(re.findall(r":(\S+)", rest))
    found = []
    for names in links:
        claim = GoldClaim()
        for kind, ranges in (parts[n] for n in names if n in parts):
            if kind in {"Source", "Cue", "Content"}:
                getattr(claim, kind.lower()).extend(ranges)
        found.append(claim)
    return found


def _text_of(path: Path) -> Path:
    """Find the text of an annotation file; a mark of the annotator may end its name."""
    stems = (path.stem, re.sub(r"_[0-9a-f]{4}$", "", path.stem))
    for folder in (path.parent, path.parent.parent / "text"):
        for stem in stems:
            if (text := folder / f"{stem}.txt").exists():
                return text
    raise InputError("D225", "the annotations have no text: put NAME.txt beside NAME.ann, or into a folder “text” next to theirs", str(path))
