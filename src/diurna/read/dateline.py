"""The dateline that opens a wire report: ``KYIV, Ukraine (AP) —``, ``Paris, 5 May 1961 (AFP) -``, ``GENEVA/NEW YORK, Oct 3 -``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Dateline", "find_dateline"]


@dataclass(frozen=True, slots=True)
class Dateline:
    """Point at a dateline: ``text`` is the place words at ``place_span``, the lead begins at ``end``; agency and day in their words."""

    text: str
    place_span: tuple[int, int]
    end: int
    agency: str | None = None
    day: str | None = None


_WORD = r"[^\W\d_](?:[^\W\d_]|['’.\-](?!-))*"
_NAME = rf"{_WORD}(?: {_WORD}){{0,5}}"
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?"
    r"|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DATE = rf"(?:{_MONTH} ?\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH})(?:,? \d{{4}})?"
_DATELINE: Final = re.compile(
    rf"(?P<place>{_NAME}(?:(?:, ?| ?/ ?){_NAME}){{0,2}}?)"
    rf"(?:,? ?\(?(?P<day>(?i:{_DATE}))\)?)?(?:\.(?= ?/))?"
    r"(?:,? ?(?:\((?P<paren>[^()\n]{2,40})\)|/(?P<slash>[^/\n]{2,30})/\.?))?"
    r"(?P<dash>\s?(?:—|–|―|--+)\s*|\s(?:-|_)\s+|\s?:\s+|(?<=/\.)\s+|(?<=/)\s+)"
)

_AGENCIES: Final = frozenset(
    "ap afp upi dpa efe ansa kyodo yonhap xinhua reuters reuter tass itar-tass interfax pti ani ians apa irna sana wam spa aa anadolu voa bbc cnn "
    "bloomberg antara bernama lusa mena nan novosti prensa pap mti ctk tanjug unn ukrinform belga tt ntb ritzau app una wafa maan petra".split()
)
_AGENCY_TAIL: Final = re.compile(r"\b(?:News|Press|Agency|Service|Wire|Times|Post|Radio|Reuters|Xinhua|Novosti|Bureau)\b", re.IGNORECASE)
# Words in capitals before a dash that name no place: headings of the trade, and bodies known by their letters.
_HEADINGS: Final = frozenset(
    "advisory alert analysis background box breaking brief briefing bulletin chronology column comment commentary correction developing editorial "
    "exclusive explainer fact factbox feature file flash headlines highlights insight interview latest live media newsmaker note obituary opinion "
    "photo photos pictures poll preview profile q&a quotes recap refile report review scenarios snap special story summary table timeline top "
    "update updated urgent video watch wrapup nato opec unesco unicef unhcr asean osce ecowas mercosur interpol europol brics g7 g20 unrwa".split()
)
# Words that open a sentence or a line of metadata, never a place.
_OPENERS: Final = frozenset(
    "a after all an and are as at before but by date editor filed for from he his how if in is it its last modified monday tuesday wednesday "
    "thursday friday saturday sunday mr mrs ms no not of on or our posted president published report reporting she since that the their there "
    "they this to today until updated we what when where while who why with yesterday".split()
)
_JOINERS: Final = frozenset("al am am-see an and aboard das de del della den der di do du el es la las le les los of on sur the und upon van ve y".split())
_MAX_LINES: Final = 8  # a title, a byline, its office, a stamp of time, with blank lines not counted
_MAX_HEAD_LINE: Final = 200
_LEAD: Final = re.compile(r"[\"'“‘«(\[`]*(?:[^\W_])")
_SENTENCE_END: Final = re.compile(r"[.!?][\"'”’)]*$")
_MIN_LEAD_WORDS: Final = 6
_SHORT_NAME: Final = 3


def find_dateline(text: str) -> Dateline | None:
    """Find the dateline at the head of a report, after a title and bylines if there are any.

    Args:
        text: a story's text.

    Returns:
        The dateline, or None when the report has none.

    Examples:
        >>> find_dateline("TUNIS, Tunisia (AP) — Ministers met.")
        Dateline(text='TUNIS, Tunisia', place_span=(0, 13), end=22, agency='AP', day=None)
        >>> find_dateline("The envoys - tired but pleased - left Tunis.") is None
        True
    """
    start = lines = 0
    while start < len(text) and lines < _MAX_LINES:
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        line = text[start:end]
        if line.strip():
            lines += 1
            indent = len(line) - len(line.lstrip())
            found = _at(text, start + indent, end)
            if found is not None:
                return found
            if _is_body(line.strip()):
                return None
        start = end + 1
    return None


def _is_body(line: str) -> bool:
    """Tell a paragraph of the report from a title, byline or stamp: past the first one, no dateline follows."""
    return len(line) > _MAX_HEAD_LINE or (len(line.split()) > 2 * _MIN_LEAD_WORDS and bool(_SENTENCE_END.search(line)))


def _at(text: str, start: int, line_end: int) -> Dateline | None:
    match = _DATELINE.match(text, start, min(len(text), start + 160))
    if match is None:
        return None
    place, day = match["place"], match["day"]
    agency = match["paren"] or match["slash"]
    if agency is not None and not _is_agency(agency, place):
        return None
    if match["slash"] is None and not match["dash"].strip():
        return None
    lead = text[match.end() : line_end]
    if not (_is_place(place, named=bool(agency), dated=bool(day)) and _opens(lead, match, bare=not (agency or day))):
        return None
    return Dateline(place, match.span("place"), match.end(), agency, day)


def _is_agency(words: str, place: str) -> bool:
    """Tell an agency from another bracket; the initials of the words before are an abbreviation, as in ``… Health Organization (WHO)``."""
    parts = words.split()
    initials = "".join(word[0] for word in place.split()).upper()
    if words.upper() == initials and len(parts) == 1:
        return False
    known = any(part.strip("./").lower() in _AGENCIES for part in parts) or bool(_AGENCY_TAIL.search(words))
    return known or (place.upper() == place and words[0].isupper() and len(parts) <= 4)  # noqa: PLR2004 - longer is a remark


def _is_place(place: str, *, named: bool, dated: bool) -> bool:
    names = [name.strip() for name in re.split(r"[,/]", place)]
    words = [word for name in names for word in name.split()]
    first = names[0]
    if words[0].lower().strip(".") in _OPENERS or (words[0].lower() in _HEADINGS and not named):
        return False
    if not all(word[0].isupper() or word.lower() in _JOINERS for word in words):
        return False
    if first.upper() == first:
        if named or dated:
            return True
        return len(first.split()) <= _SHORT_NAME and sum(map(str.isalpha, first)) > _SHORT_NAME and not _is_heading(first)
    return named or (dated and all(len(name.split()) <= _SHORT_NAME for name in names))


def _is_heading(name: str) -> bool:
    return any(word.lower() in _HEADINGS for word in name.split())


def _opens(lead: str, match: re.Match[str], *, bare: bool) -> bool:
    """Check what follows: a lead begins with a capital or a figure, and after place words alone it must read like one."""
    begin = _LEAD.match(lead)
    if begin is None:
        # The lead may stand on the next line, when the dateline is sure.
        return not lead.strip() and not bare and "\n" in match["dash"] + "\n"
    if begin.group()[-1].islower():
        return False
    if match["dash"].strip() == ":" and _is_heading(match["place"]):
        return False
    if not bare:
        return True
    reads_on = len(lead.split()) >= _MIN_LEAD_WORDS or bool(_SENTENCE_END.search(lead.rstrip()))
    return reads_on and lead.upper() != lead
