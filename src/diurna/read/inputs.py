"""Go through the inputs of a run: files, folders, globs, standard input; each story in turn, or the reason why it could not be read."""

from __future__ import annotations

import glob
import gzip
import io
import json
import re
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from diurna.errors import InputError
from diurna.read.archives import read_sentences, read_warc
from diurna.read.documents import read_html, read_markdown
from diurna.read.encodings import decode
from diurna.read.story import MAX_BYTES, published_day, story_from_text
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["count_stories", "read"]

_FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".json": "json",
    ".warc": "warc",
    ".wet": "warc",
    ".xml": "sentences",
}
_GZIP = b"\x1f\x8b"
_ARCHIVE = 500_000_000  # bytes: most that one JSON array may hold, as it is read whole; JSONL has no such limit
_BLANK_LINES = 1_000_000  # in a row: a small compressed file can hold them by the hundred million
_FIELDS = ("published", "source", "url", "title", "author")


def read(
    inputs: Iterable[str | Path], *, published: str | None = None, source: str | None = None, stdin: BinaryIO | None = None
) -> Iterator[Story | Reject]:
    """Read stories.

    Args:
        inputs: files (text, Markdown, HTML, JSONL, JSON, WARC, WET, Petrarch's XML; plain or gzip), folders, globs, or ``-`` for standard input.
        published: date for stories that carry none of their own.
        source: likewise.
        stdin: where ``-`` reads from; the process's own standard input when None.

    Yields:
        A story each, or a reject that says what could not be read and why; the run goes on.

    Raises:
        InputError: D205 if ``published`` is no date.
    """
    published_day(published)  # a bad default is the caller's mistake, told at once and not once a story
    return _read(inputs, _Defaults(published, source), stdin)


def _read(inputs: Iterable[str | Path], defaults: _Defaults, stdin: BinaryIO | None) -> Iterator[Story | Reject]:
    for name in inputs:
        if str(name) == "-":
            yield from _read_stream(stdin or sys.stdin.buffer, "standard input", defaults)
            continue
        try:
            paths = list(_expand(Path(name)))
        except OSError as error:
            yield Reject(str(name), "D211", f"the file or folder cannot be opened ({error.strerror or error})")
            continue
        if not paths:
            yield Reject(str(name), "D210", _nothing_at(Path(name)))
        for path in paths:
            yield from _read_path(path, defaults)


def count_stories(inputs: Iterable[str | Path]) -> int | None:
    """Count the stories of inputs without reading them; None when that cannot be told (standard input, compressed lines, JSON arrays, archives)."""
    total = 0
    try:
        for name in inputs:
            if str(name) == "-":
                return None
            for path in _expand(Path(name)):
                form = _format_of(path)
                if form in {"json", "warc", "sentences"} or (form == "lines" and path.suffix.lower() == ".gz"):
                    return None
                total += _count_lines(path) if form == "lines" else 1
    except OSError:  # reading will say what is wrong with it
        return None
    return total


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) or 1


class _Defaults:
    """Hold what stories take that do not say it themselves."""

    def __init__(self, published: str | None, source: str | None) -> None:
        self.published = published
        self.source = source

    def story(self, row: dict[str, Any]) -> Story:
        """Make a story from named fields."""
        given = {name: _text_or_none(row.get(name)) for name in _FIELDS}
        given["published"] = given["published"] or self.published
        given["source"] = given["source"] or self.source
        key = row.get("id")
        story = story_from_text(row["text"], key=None if key is None else str(key), **given)
        return replace(story, fetched=_text_or_none(row.get("fetched")))


def _text_or_none(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _expand(path: Path) -> Iterator[Path]:
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
            if inner.is_file() and not hidden and _format_of(inner) is not None:
                yield inner
    elif path.exists():
        yield path
    elif glob.has_magic(str(path)):
        for match in sorted(glob.glob(str(path), recursive=True)):
            yield from _expand(Path(match))


def _nothing_at(path: Path) -> str:
    if path.is_dir():
        return f"the folder holds no file to read ({', '.join(_FORMATS)}, or these with .gz)"
    if glob.has_magic(str(path)):
        return "no file matches the pattern"
    return "there is no such file or folder"


def _format_of(path: Path) -> str | None:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return _FORMATS.get(suffixes[-1]) if suffixes else None


def _read_path(path: Path, defaults: _Defaults) -> Iterator[Story | Reject]:
    try:
        with path.open("rb") as file:
            yield from _read_stream(file, str(path), defaults, _format_of(path))
    except OSError as error:
        yield Reject(str(path), "D211", f"the file cannot be opened ({error.strerror or error})")


def _read_stream(stream: BinaryIO, where: str, defaults: _Defaults, form: str | None = None) -> Iterator[Story | Reject]:
    """Read one stream, unpacking gzip; the format is told from its first bytes when the name does not tell."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if buffered.peek(2)[:2] == _GZIP:
        buffered = io.BufferedReader(gzip.GzipFile(fileobj=buffered))
    try:
        form = form or _sniff(buffered.peek(4096)[:4096])
        if form == "lines":
            yield from _read_lines(buffered, where, defaults)
        elif form in {"warc", "sentences"}:
            for place, row in (read_warc if form == "warc" else read_sentences)(buffered, where):
                yield row if isinstance(row, Reject) else _story_of(row, place, defaults)
        else:
            yield from _read_whole(buffered, where, defaults, form)
    except (EOFError, OSError, zlib.error) as error:
        yield Reject(where, "D212", f"the file is damaged ({error})")


def _sniff(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    first = start.split(b"\n", 1)[0]
    if start.startswith(b"{") and (first.rstrip().endswith(b"}") or b'"text"' in head):
        return "lines"
    if start.startswith(b"[") and b"{" in start[:200] and b'"text"' in head:
        return "json"
    if start.startswith(b"WARC/"):
        return "warc"
    if b"<Sentence" in head and re.match(rb"<(?:\?xml|!DOCTYPE|!--|Sentences?\b|Root\b)", start):
        return "sentences"
    return "html" if re.match(rb"(?i)<(?:!doctype html|html|head|body|article)\b", start) else "text"


def _read_lines(stream: io.BufferedIOBase, where: str, defaults: _Defaults) -> Iterator[Story | Reject]:
    """Read JSONL a line at a time; a line may be as long as a story and its escapes, no longer."""
    number = blank = 0
    longest = 6 * MAX_BYTES  # a character takes six bytes at most when JSON escapes it
    while line := stream.readline(longest + 1):
        number += 1
        place = f"{where}:{number}"
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = stream.readline(longest)
            yield Reject(place, "D202", f"the line is longer than a story of {MAX_BYTES // 1_000_000} MB can be")
        elif line.strip():
            blank = 0
            yield _read_row(line, place, defaults)
        elif (blank := blank + 1) > _BLANK_LINES:
            yield Reject(place, "D202", f"more than {_BLANK_LINES:,} blank lines in a row; the rest is not read")
            return


def _read_row(line: bytes, place: str, defaults: _Defaults) -> Story | Reject:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return Reject(place, "D213", f"the line is not JSON in UTF-8 ({error})")
    return _story_of(row, place, defaults)


def _story_of(row: object, place: str, defaults: _Defaults) -> Story | Reject:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return Reject(place, "D214", "a story is an object with “text”, and if known “id”, “published”, “source”, “url”, “title”")
    try:
        return defaults.story(row)
    except InputError as error:
        return Reject(place, error.code, error.message)


def _read_whole(stream: io.BufferedIOBase, where: str, defaults: _Defaults, form: str) -> Iterator[Story | Reject]:
    limit = _ARCHIVE if form == "json" else 4 * MAX_BYTES if form == "html" else 2 * MAX_BYTES
    data = stream.read(limit + 1)
    if len(data) > limit:
        yield Reject(where, "D202", f"the file is longer than {limit // 1_000_000} MB; split it into stories (JSONL, one a line)")
        return
    try:
        if form == "json":
            yield from _read_json(data, where, defaults)
        else:
            yield defaults.story(_document(data, form))
    except InputError as error:
        yield Reject(where, error.code, error.message)


def _document(data: bytes, form: str) -> dict[str, Any]:
    text = decode(data, html=form == "html")
    if form == "html":
        return read_html(text)
    return read_markdown(text) if form == "markdown" else {"text": text}


def _read_json(data: bytes, where: str, defaults: _Defaults) -> Iterator[Story | Reject]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        yield Reject(where, "D213", f"the file is not JSON ({error})")
        return
    rows = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows, 1):
        yield _story_of(row, f"{where}[{number}]" if len(rows) > 1 else where, defaults)
