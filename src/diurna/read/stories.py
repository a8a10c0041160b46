"""One text to one story: minimal normalisation, the checks that refuse what cannot be coded, the dateline."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from diurna.errors import ConfigError, InputError
from diurna.read.dateline import find_dateline
from diurna.read.language import foreign_language
from diurna.read.limits import MAX_STORY_BYTES, megabytes
from diurna.records import Story, story_id

__all__ = ["clean", "day_of", "story_from_text"]

# Control characters (Unicode category Cc) but for tab and line feed.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_MAX_CONTROL_SHARE: Final = 0.05
_DATE_ADVICE: Final = "Write it as ISO 8601, such as 1961-05-05 or 1961-05-05T18:30:00Z."


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
    r"""Make a story of a report's text.

    The text stays as it is, so that offsets into it stay valid, but for three things: CR LF and CR become LF, a byte order mark at the start
    and control characters other than tab and line feed are dropped, and a lone surrogate (half of a broken emoji, not storable as UTF-8)
    becomes U+FFFD.

    Args:
        text: the report, in English.
        published: the day of publication, an ISO 8601 date or datetime; the day is kept, in the time zone as written.
        source: who published it.
        url: where.
        title: its headline, where that is known apart from the text.
        author: who wrote it.
        key: the id that the input gives it.

    Returns:
        The story, with its dateline's place words when it has a dateline.

    Raises:
        InputError: D201 no letters, D202 over 5 MB, D203 binary data, D204 not English, D205 not text at all.
        ConfigError: D110 when ``published`` is not an ISO date.

    Examples:
        >>> story = story_from_text("OSLO (AP) — Norway and Chad signed a treaty.\r\n", published="2024-03-05T09:00:00+01:00")
        >>> story.dateline, story.published, story.text[-1]
        ('OSLO', '2024-03-05', '\n')
    """
    day = day_of(published)
    if published and day is None:
        raise ConfigError("D110", f"{published!r} is not a date. {_DATE_ADVICE}", "published")
    text = clean(text)
    _check(text)
    dateline = find_dateline(text)
    return Story(
        id=story_id(text, day),
        text=text,
        published=day,
        source=_label(source),
        url=_label(url),
        title=_label(title),
        author=_label(author),
        dateline=dateline.text if dateline else None,
        key=_label(key),
    )


def clean(text: str) -> str:
    """Normalise a text as ``story_from_text`` stores it.

    Raises:
        InputError: D205 when ``text`` is not a string, D203 when it is mostly control characters.
    """
    if not isinstance(text, str):
        raise InputError("D205", f"A text is wanted, not {type(text).__name__}. Decode bytes first, or use read(), which does it.")
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned, dropped = _CONTROL.subn("", text)
    if dropped > max(4, _MAX_CONTROL_SHARE * len(text)):  # a few strays in a short text are no sign of binary data
        raise InputError("D203", "This is binary data, not text. Diurna reads plain text, Markdown, HTML and JSON lines.")
    return _SURROGATE.sub("\ufffd", cleaned)


def _check(text: str) -> None:
    if not any(map(str.isalpha, text)):
        raise InputError("D201", "There are no letters in this text, so there is nothing to read.")
    if len(text) > MAX_STORY_BYTES or len(text.encode()) > MAX_STORY_BYTES:
        message = f"This text is over {megabytes(MAX_STORY_BYTES)}, more than any report. Split it into stories, one object a line of JSONL."
        raise InputError("D202", message)
    language = foreign_language(text)
    if language is not None:
        message = f"This text is not English (it looks like '{language}'), and Diurna reads only English. Translate it first."
        raise InputError("D204", message)


def day_of(published: str | None) -> str | None:
    """Read an ISO 8601 date or datetime.

    Returns:
        The day as ``YYYY-MM-DD``, in the time zone as written; None when there is no date or it is not ISO 8601.

    Examples:
        >>> day_of("1961-05-05T23:30:00-05:00"), day_of("19610505"), day_of("5 May 1961"), day_of(None)
        ('1961-05-05', '1961-05-05', None, None)
    """
    if not published:
        return None
    try:
        return datetime.fromisoformat(str(published).strip()).date().isoformat()
    except ValueError:
        return None


def _label(value: str | None) -> str | None:
    """Put a field of metadata on one line; what is empty becomes None."""
    if value is None:
        return None
    return _SURROGATE.sub("\ufffd", " ".join(_CONTROL.sub(" ", str(value)).split())) or None
