"""How much is read at most, so that a hostile or mistaken input costs a reject and not the machine."""

from __future__ import annotations

from typing import Final

__all__ = ["CHUNK", "MAX_ARRAY_BYTES", "MAX_LINE_BYTES", "MAX_STORY_BYTES", "megabytes"]

CHUNK: Final = 1 << 16
MAX_STORY_BYTES: Final = 5_000_000  # of one story's text in UTF-8, and of a text, Markdown or HTML file: about a million words
MAX_LINE_BYTES: Final = 20_000_000  # of one line of JSON, where escapes take up to six bytes for a character
MAX_ARRAY_BYTES: Final = 50_000_000  # of a .json file, which is held in memory; .jsonl has no limit, as it is streamed


def megabytes(size: int) -> str:
    """Say a size in megabytes, as messages do."""
    return f"{size / 1_000_000:g} MB"
