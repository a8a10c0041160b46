"""Tell what stands inside quotation marks, and whose words a quotation is that goes on past its sentence or floats alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from diurna.records import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.coding.attributions import Claim

__all__ = ["inside_quotes", "quotations", "with_quotations"]

_OPEN, _CLOSE, _PLAIN = "“«", "”»", '"'


def inside_quotes(text: str, at: int) -> bool:
    """Tell whether a character lies between quotation marks of its own paragraph.

    >>> inside_quotes('He said: "We will leave." They left.', 13)
    True
    >>> inside_quotes('He said: "We will leave." They left.', 30)
    False
    """
    low = text.rfind("\n", 0, at) + 1
    before = text[low:at]
    curly = max(before.rfind(c) for c in _OPEN) > max(before.rfind(c) for c in _CLOSE)
    return curly or before.count(_PLAIN) % 2 == 1


_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
_FLOATS = 30  # characters: shorter words in quotation marks alone are a phrase that the report borrows
_NEAR = 400  # characters between a speaker's cue and a quotation that floats after it


def quotations(text: str) -> list[tuple[int, int]]:
    """Find every quotation, marks included; one that is not closed ends with its paragraph.

    >>> quotations('She said: "We stay. We work." They left.')
    [(10, 29)]
    """
    found = []
    for paragraph in _PARAGRAPH.finditer(text):
        opened: int | None = None
        for mark in re.finditer(f"[{_OPEN}{_CLOSE}{_PLAIN}]", paragraph.group()):
            at = paragraph.start() + mark.start()
            closes = mark.group() in _CLOSE or (mark.group() == _PLAIN and opened is not None and text[opened] == _PLAIN)
            if opened is None and not closes:
                opened = at
            elif opened is not None and closes:
                found.append((opened, at + 1))
                opened = None
        if opened is not None:
            found.append((opened, paragraph.end()))
    return found


def with_quotations(text: str, claims: Sequence[Claim]) -> list[Claim]:
    """Give each quotation whole to the claim that it is told by; one that floats goes to the speaker before it.

    Args:
        text: the text of the claims.
        claims: in text order of their cues.

    Returns:
        The claims; those of a quotation longer than their sentence have more content.
    """
    found = list(claims)
    for start, end in quotations(text):
        if any(start < c.cue.start < end for c in found):
            continue  # words that quote somebody else in turn
        told = [n for n, c in enumerate(found) if any(p.start < end and start < p.end for p in c.content)]
        if told:
            owner = max(told, key=lambda n: sum(min(p.end, end) - max(p.start, start) for p in found[n].content))
        elif end - start >= _FLOATS and (before := [n for n, c in enumerate(found) if c.source and 0 < start - c.cue.end <= _NEAR]):
            last = before[-1]
            owner = next((n for n in before if any(p.start <= found[last].cue.start < p.end for p in found[n].content)), last)
        else:
            continue
        covered = [(max(p.start, start), min(p.end, end)) for p in found[owner].content if p.start < end and start < p.end]
        found[owner] = replace(found[owner], content=tuple(sorted((*found[owner].content, *_rest(text, start, end, covered)), key=lambda p: p.start)), quote=True)
    return found


def _rest(text: str, start: int, end: int, covered: Sequence[tuple[int, int]]) -> list[Span]:
    """Give the parts of a quotation that are not yet told, trimmed of white space."""
    found, at = [], start
    for low, high in (*sorted(covered), (end, end)):
        words = text[at:low]
        if any(c.isalnum() for c in words):
            left, right = at + len(words) - len(words.lstrip()), at + len(words.rstrip())
            found.append(Span(text[left:right], left, right))
        at = max(at, high)
    return found
