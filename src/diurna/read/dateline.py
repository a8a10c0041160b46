"""Recognise the dateline that a wire story opens with: ``NAIROBI, Kenya (AP) —``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diurna.knowledge.gazetteer import gazetteer

__all__ = ["Dateline", "find_dateline"]

_HEAD = 1500  # characters: a dateline stands at the lead, after a headline and bylines at most
_KNOWN = 10_000  # inhabitants: villages share their names with labels and bodies (there is a Nato in the Philippines)
_CITY = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.\-]+(?:[ /-]+(?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.\-]+|of|de|el|al|la))*"
_MIXED = r"[A-Z][\w.'’\-]+(?:\s+[A-Z][\w.'’\-]+){0,3}"
_REGION = r"(?:,\s+(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[A-Z][\w.'’\-]*(?:\s+[A-Z][\w.'’\-]*)*)"
_MONTH = r"(?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = rf"(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH})(?:,?\s+\d{{4}})?"
_DAY = rf"(?:,?\s+(?P<day>{_DATE})|\s+\((?P<bracketed>{_DATE})\))"
_AGENCY = r"(?:\s*\((?P<agency>[A-Z][\w .&/'’-]{1,40})\))"
_LEAD = r"(?=[\"“‘'(A-ZÀ-Þ0-9$])"  # what follows opens a sentence
_DASH = rf"(?:\s*(?:—|–|--|-|_)\s+|\s*—){_LEAD}"
_SLASHED = rf"\.?\s+/(?P<slashed>[A-Z][\w .&-]{{1,20}})/\.?\s*(?:[—–-]+\s*)?{_LEAD}"
_LINES = (
    re.compile(rf"(?P<place>{_CITY}{_REGION}?){_DAY}?(?:{_AGENCY}?{_DASH}|{_SLASHED})"),
    re.compile(rf"(?P<place>{_CITY}{_REGION}?):\s+{_LEAD}"),
    re.compile(rf"(?P<place>{_MIXED}{_REGION}?){_DAY}?{_AGENCY}{_DASH}"),
    re.compile(rf"(?P<place>{_MIXED}){_DAY}{_DASH}"),
)
_BODY = re.compile(r".{60,}[.!?][\"”’)]*$")  # a paragraph of the report itself: no dateline comes after one


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

    Words in capitals before a named agency are one; any others must name a place that the gazetteer knows, so that a label (``BREAKING —``),
    a body (``NATO —``) or a headline is none.

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
            if found and found.end() < len(line) and _is_dateline(found.groupdict()):
                parts = found.groupdict()
                start = at + found.start("place")
                agency = parts.get("agency") or parts.get("slashed")
                return Dateline(found["place"], (start, start + len(found["place"])), agency, parts.get("day") or parts.get("bracketed"), at + found.end())
        if _BODY.match(line.strip()):
            return None
        at += len(line) + 1
    return None


def _is_dateline(parts: dict[str, str | None]) -> bool:
    place = parts["place"] or ""
    city = re.split(r"[,/]", place)[0].strip()
    if city.isupper() and (parts.get("agency") or parts.get("slashed")):
        return True
    return any(e.population >= _KNOWN for e in gazetteer().find(city))
