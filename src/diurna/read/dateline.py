"""Recognise the dateline that a wire story opens with: ``NAIROBI, Kenya (AP) —``."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Dateline", "find_dateline"]

_HEAD = 1500  # characters: a dateline stands at the lead, after a headline and bylines at most
_CITY = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.\-]+(?:[ /-]+(?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.\-]+|of|de|el|al|la))*"
_REGION = r"(?:,\s+[A-Z][\w.'’\-]*(?:\s+[A-Z][\w.'’\-]*)*)"
_MONTH = r"(?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DAY = rf"(?:,?\s+(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH})(?:,?\s+\d{{4}})?)"
_AGENCY = r"(?:\s*\(([A-Z][\w .&/'’-]{1,40})\))"
_DASH = r"\s*(?:—|–|--|-)\s+(?=[\"“‘'(A-ZÀ-Þ0-9$])"  # what follows opens a sentence
_MIXED = r"[A-Z][\w.'’\-]+(?:\s+[A-Z][\w.'’\-]+){0,3}"
# Capitals need only the dash; a place in mixed case must be followed by a day or an agency in brackets, or it is a sentence with a dash.
_LINES = (
    re.compile(rf"(?P<place>{_CITY}{_REGION}?)(?P<day>{_DAY})?(?:{_AGENCY})?{_DASH}"),
    re.compile(rf"(?P<place>{_MIXED}{_REGION}?)(?P<day>{_DAY})?{_AGENCY}{_DASH}"),
    re.compile(rf"(?P<place>{_MIXED})(?P<day>{_DAY}){_DASH}"),
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Hold a dateline: its place words and where they stand, the agency and the day if named, and where the lead begins."""

    text: str
    place_span: tuple[int, int]
    agency: str | None
    day: str | None
    end: int


def find_dateline(text: str) -> Dateline | None:
    """Find a story's dateline.

    Args:
        text: the story's text.

    Returns:
        The dateline at the start of one of the first lines, or None.

    >>> find_dateline("NAIROBI, Kenya (AP) — Police fired tear gas.").text
    'NAIROBI, Kenya'
    >>> find_dateline("The talks - long delayed - began.") is None
    True
    """
    at = 0
    for line in text[:_HEAD].split("\n"):
        lead = len(line) - len(line.lstrip())
        for pattern in _LINES:
            found = pattern.match(line, lead)
            if found and found.end() < len(line):
                agency = next((g for g in found.groups()[2:] if g), None)
                place = found.group("place")
                day = found.group("day")
                start = at + found.start("place")
                return Dateline(place, (start, start + len(place)), agency, day.strip(" ,") if day else None, at + found.end())
        at += len(line) + 1
    return None
