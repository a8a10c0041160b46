"""Tell what stands inside quotation marks."""

from __future__ import annotations

__all__ = ["inside_quotes"]

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
