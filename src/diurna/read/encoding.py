"""Bytes to text: byte order marks, UTF-8, a declared charset, then charset-normalizer's guess."""

from __future__ import annotations

import codecs
import re
from typing import Final

from diurna.errors import InputError

__all__ = ["decode", "mark_of"]

# UTF-32's little-endian mark begins with UTF-16's, so it is asked first.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "a database"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)
_PRINTABLE: Final = bytes(range(32)).translate(None, b"\t\n\v\f\r\x1a\x1b")
_MAX_CONTROL_SHARE: Final = 0.02
_WESTERN_SHARE: Final = 0.15  # English with names and typographic quotes stays far below; Cyrillic or Greek in one byte is far above
_MAC: Final = re.compile("[a-z][À-ÖØ-ÞŠŒŽŸ]")  # lower case, then an accented capital: Mac Roman read as Windows-1252
_HEAD: Final = 4096


def mark_of(data: bytes) -> tuple[str, int] | None:
    """Read the byte order mark at the start of ``data``: the encoding it declares, and its length."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    return None


def decode(data: bytes, declared: str | None = None) -> str:
    r"""Decode a text of unknown encoding.

    Args:
        data: the whole text.
        declared: a charset that the document names, tried when the bytes are not UTF-8.

    Returns:
        The text; a byte order mark is left off.

    Raises:
        InputError: D203 when the data is not text, D205 when no encoding fits.

    Examples:
        >>> decode("café".encode("cp1252"))
        'café'
        >>> decode(b"\xff\xfeh\x00i\x00")
        'hi'
    """
    marked = mark_of(data)
    if marked is not None:
        return _marked(data[marked[1] :], marked[0])
    _refuse_signature(data)
    if b"\0" in data:
        return _without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse_controls(data)
        return _declared(data, declared) or _western(data) or _guessed(data)


def _marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"The byte order mark says {encoding}, and the bytes are not that: the file is damaged or cut short. Save it again as UTF-8."
        raise InputError("D205", message) from error


def _refuse_signature(data: bytes) -> None:
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise InputError("D203", f"This is {what}, not text. Save its words as .txt, .html or .jsonl and read that.")


def _refuse_controls(data: bytes) -> None:
    head = data[:_HEAD]
    controls = len(head) - len(head.translate(None, _PRINTABLE))
    if controls > _MAX_CONTROL_SHARE * len(head):
        raise InputError("D203", "This is binary data, not text. Diurna reads plain text, Markdown, HTML and JSON lines.")


def _without_mark(data: bytes) -> str:
    """Read UTF-16 that lacks its mark, told by where its zero bytes stand; other data with zero bytes is binary."""
    head = data[:_HEAD]
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few, many = min(even, odd), max(even, odd)
    if pairs and few <= pairs // 50 and many >= pairs * 0.6:
        try:
            return data.decode("utf-16-le" if odd > even else "utf-16-be")
        except UnicodeDecodeError:
            pass  # not UTF-16 after all
    if data.count(0) <= _MAX_CONTROL_SHARE * len(data):  # a stray zero in a text; it is dropped with the other control characters
        return decode(data.replace(b"\0", b""))
    raise InputError("D203", "This is binary data, not text. Diurna reads plain text, Markdown, HTML and JSON lines.")


def _declared(data: bytes, declared: str | None) -> str | None:
    if not declared:
        return None
    name = declared.strip().lower()
    if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}:
        name = "cp1252"  # as every browser reads these labels (WHATWG Encoding, §4.2)
    try:
        text, _ = codecs.lookup(name).decode(data, "strict")
    except (LookupError, ValueError, TypeError):
        return None
    return text if isinstance(text, str) else None


def _western(data: bytes) -> str | None:
    """Read mostly-ASCII text as Windows-1252, where a statistical guess confuses it with its neighbours (cp1250, Mac Icelandic)."""
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if high > _WESTERN_SHARE * len(data):
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return data.decode("mac_roman") if _MAC.search(text) else text


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 50 ms, needed only for files that are not UTF-8

    best = from_bytes(data).best()
    if best is None:
        raise InputError("D205", "No text encoding fits these bytes. Save the file as UTF-8.")
    return str(best)
