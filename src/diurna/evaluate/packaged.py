"""Read the cases that ship with the coder: hand-written sentences and what the codebook wants of each, kept out of every training."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diurna.coder import Coder
    from diurna.records import Event

__all__ = ["PACKAGED", "PUBLISHED", "at_words", "code_sentence", "find_words", "read_cases"]

PACKAGED = {path.stem: path for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))}
"""The packaged cases of each suite that has some, by the suite's name."""

PUBLISHED = "2024-05-15"  # every case was written as if it appeared on this day, a Wednesday


def read_cases(path: Path, wanted: Mapping[str, type]) -> Iterator[dict[str, Any]]:
    """Read cases, one JSON object a line.

    Args:
        path: the file.
        wanted: the keys that each line must have, and the type of their values.

    Raises:
        InputError: D210 if there is no such file; D234 if a line lacks a key or holds something else there.
    """
    if not path.is_file():
        raise InputError("D210", "there is no such file", str(path))
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            where = f"{path}:{number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError("D234", f"not JSON ({error})", where) from error
            if not isinstance(row, dict):
                raise InputError("D234", "each line must be one JSON object", where)
            for name, kind in wanted.items():
                if not isinstance(row.get(name), kind):
                    raise InputError("D234", f"“{name}” must be there and be a {kind.__name__}; docs/guide/evaluation.md shows a case", where)
            yield row


def code_sentence(coder: Coder, text: str) -> tuple[Event, ...]:
    """Code a sentence as if it were a report of the day that the cases were written for."""
    return coder.code(text, published=PUBLISHED).events


def find_words(text: str, words: str) -> tuple[int, int] | None:
    """Give the offsets at which words first stand in a text, as whole words; None when they do not.

    >>> find_words("The Albanian ban", "ban")
    (13, 16)
    """
    hit = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    return hit and hit.span()


def at_words(events: tuple[Event, ...], text: str, words: str, type_: str) -> Event | None:
    """Find the event whose trigger shares a character with some words of the sentence, rather one of the type.

    Args:
        events: what was coded.
        text: the sentence.
        words: the words, as they first stand in it.
        type_: the type to prefer where several events share the words.
    """
    span = find_words(text, words)
    touching = [e for e in events if span is not None and e.trigger.start < span[1] and span[0] < e.trigger.end]
    return min(touching, key=lambda e: e.type != type_, default=None)
