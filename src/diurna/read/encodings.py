"""Decode bytes: by their mark, as UTF-8, by what the page says, or by the likeliest guess."""

from __future__ import annotations

import codecs
import re

from diurna.errors import InputError

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"""(?i)<meta[^>]{0,200}charset=["']?\s*([\w-]{2,30})""")
_TEXT_CONTROLS = b"\t\n\r\f\x1b"
_WIDE = 0.8  # share of zeros among the bytes of one side
_SIGNATURES = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"{\\rtf")
_BINARY = 0.05  # share of control bytes that no text in an eight-bit encoding has


def decode(data: bytes, *, html: bool = False) -> str:
    """Decode a file's bytes.

    Args:
        data: the bytes.
        html: look for the page's own word on its encoding.

    Returns:
        The text.

    Raises:
        InputError: D203 if the bytes are no text, D206 if no encoding fits.

    >>> decode("Škoda — Málaga".encode("utf-16"))
    'Škoda — Málaga'
    """
    if data.startswith(_SIGNATURES):
        raise InputError("D203", "this is a document or picture in a binary format; give text, Markdown, HTML or JSONL")
    for start, name in _MARKS:
        if data.startswith(start):
            return _decode_as(data, name)
    if (wide := _wide(data)) is not None:
        return _decode_as(data, wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    _refuse_binary(data)
    if html and (told := _META.search(data[:4096])):
        try:
            return data.decode(told.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    if best is None:
        raise InputError("D206", "its encoding cannot be told; save the file as UTF-8")
    return _decode_as(data, best.encoding)


def _wide(data: bytes) -> str | None:
    """Tell UTF-16 without a mark by its zeros: in English nearly every second byte is one, all on the same side."""
    head = data[:4000]
    first, second = (sum(b == 0 for b in head[i::2]) / max(1, len(head) // 2) for i in (0, 1))
    if len(data) % 2 or max(first, second) < _WIDE or min(first, second) > _BINARY:
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def _decode_as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise InputError("D206", f"it is not the {name} that it seems to be ({error.reason}); save the file as UTF-8") from error


def _refuse_binary(data: bytes) -> None:
    head = data[:20_000]
    controls = sum(b < 32 and b not in _TEXT_CONTROLS for b in head)  # noqa: PLR2004 - the control characters of ASCII
    if b"\0" in head or controls > _BINARY * len(head):
        raise InputError("D203", "this looks like a binary file; give text, Markdown, HTML or JSONL")
