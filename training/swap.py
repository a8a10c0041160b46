"""Put other countries into a sentence: what is done does not depend on who does it, so every state may stand for every other."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from diurna.training.markup import ROOT

if TYPE_CHECKING:
    import random

    from diurna.training.examples import Draft

__all__ = ["swapped"]

_SMALL = {"and", "of", "the"}
# names that take an article, or that are common words or names too; a sentence with them stays as it is
_AWKWARD = frozenset("ARE BHS CAF CHE COD COG COM CZE DOM FJI GBR GEO GIN GMB GRC GUY IRL JOR MDV MHL NLD PHL SLB SUN TCD TUR USA VAT YUG CSK DDR PRK KOR TWN".split())
_KINDS = ("name", "adjective", "people", "capital")


def swapped(draft: Draft, chance: random.Random) -> Draft | None:
    """Replace every country of a draft by another: its name, adjective, people and capital alike.

    Args:
        draft: the example, in characters.
        chance: draws the new countries.

    Returns:
        The new draft, its marks and tags moved along; None when no country is named that can be replaced, or a span would break.
    """
    forms, pattern = _forms()
    edits: list[tuple[int, int, str]] = []
    drawn: dict[str, str] = {}
    for found in pattern.finditer(draft.text):
        country, kind = forms[found["form"]]
        if country not in drawn:
            left = [c for c in _countries() if c not in drawn.values()]
            drawn[country] = chance.choice(left)
        new = _countries()[drawn[country]][kind]
        if found["article"]:
            article = "an" if new[0] in "AEIOU" and not new.startswith(("Eu", "Uk", "Ur", "Ug", "Uz", "Un")) else "a"
            if found["article"][0] == "A":
                article = article.capitalize()
            edits.append((found.start("article"), found.end("article"), article))
        edits.append((found.start("form"), found.end("form"), new))
    if not edits:
        return None
    return _edited(draft, edits)


def _edited(draft: Draft, edits: list[tuple[int, int, str]]) -> Draft | None:
    parts, at, moved = [], 0, {0: 0}
    length = 0
    for start, end, new in edits:
        for i in range(at, start + 1):
            moved[i] = length + i - at
        parts += [draft.text[at:start], new]
        length += start - at + len(new)
        moved[end] = length
        at = end
    for i in range(at, len(draft.text) + 1):
        moved[i] = length + i - at
    text = "".join([*parts, draft.text[at:]])
    try:
        marks = [(moved[s], moved[e], opening, closing) for s, e, opening, closing in draft.marks]
        tags = [(group, moved[s], moved[e], label) for group, s, e, label in draft.tags]
    except KeyError:  # a span begins or ends inside a name
        return None
    return replace(draft, text=text, marks=marks, tags=tags)


@cache
def _countries() -> dict[str, dict[str, str]]:
    """Give the four forms of each country whose forms are plain."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for line in (ROOT / "src/diurna/knowledge/names.tsv").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("#") or len(cells) < 5 or cells[3] or cells[4] or cells[0].isupper() or cells[1] in _AWKWARD:
            continue
        if cells[2] in _KINDS:
            found[cells[1]].setdefault(cells[2], " ".join(w if w in _SMALL else w.capitalize() for w in cells[0].split()))
    whole = {c: f for c, f in sorted(found.items()) if set(f) == set(_KINDS) and len({f["name"], f["adjective"], f["capital"]}) == 3}
    for forms in whole.values():
        if any("-" in f or "." in f for f in forms.values()):
            forms.clear()
    return {c: f for c, f in whole.items() if f}


@cache
def _forms() -> tuple[dict[str, tuple[str, str]], re.Pattern[str]]:
    forms = {form: (country, kind) for country, entry in _countries().items() for kind, form in entry.items()}
    words = "|".join(re.escape(f) for f in sorted(forms, key=len, reverse=True))
    return forms, re.compile(rf"(?:\b(?P<article>[Aa]n?) )?\b(?P<form>{words})\b(?!-)")
