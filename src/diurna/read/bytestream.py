"""Streams of bytes, perhaps gzipped, in chunks and in lines, with a bound on what each may hold."""

from __future__ import annotations

import codecs
import zlib
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from diurna.errors import InputError
from diurna.read.encoding import mark_of
from diurna.read.limits import CHUNK, megabytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["chunks_of", "lines_of", "whole"]

_GZIP: Final = b"\x1f\x8b"
_BOMB_FLOOR: Final = 32_000_000
_BOMB_RATIO: Final = 200  # text shrinks 3 to 10 times, the most repetitive logs 50, a gzip bomb up to 1,030


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    """Give a stream's bytes in chunks, unpacked when it begins like gzip.

    Args:
        stream: a binary stream; a pipe is passed on as its data arrives.

    Yields:
        Chunks of at most 64 KiB.

    Raises:
        InputError: D210 when gzip data is damaged or cut short, D211 when it unpacks to implausibly much.
    """
    raw = _raw_chunks(stream)
    head = b""
    for chunk in raw:
        head += chunk
        if len(head) >= len(_GZIP):
            break
    everything = chain([head] if head else [], raw)
    yield from _inflate(everything) if head.startswith(_GZIP) else everything


def _raw_chunks(stream: BinaryIO) -> Iterator[bytes]:
    take: Callable[[int], bytes] = getattr(stream, "read1", stream.read)  # read1 does not wait for a slow pipe to fill the chunk
    while chunk := take(CHUNK):
        yield chunk


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packed = unpacked = 0
    member, fresh = zlib.decompressobj(zlib.MAX_WBITS | 16), True
    try:
        for chunk in chunks:
            packed += len(chunk)
            data = chunk
            while data:
                out, fresh = member.decompress(data, CHUNK), False
                unpacked += len(out)
                if unpacked > _BOMB_FLOOR and unpacked > _BOMB_RATIO * packed:
                    message = f"The gzip data unpacks to over {_BOMB_RATIO} times its size, as no text does; reading stopped at {megabytes(_BOMB_FLOOR)}."
                    raise InputError("D211", message)
                if out:
                    yield out
                data = member.unconsumed_tail
                if member.eof:  # gzip files may be concatenated, and tape blocks padded with zeros
                    data = member.unused_data.lstrip(b"\0")
                    member, fresh = zlib.decompressobj(zlib.MAX_WBITS | 16), True
        if not fresh and (rest := member.flush()):
            yield rest
    except zlib.error as error:
        raise InputError("D210", "The gzip data is damaged. Fetch or pack the file again.") from error
    if not fresh and not member.eof:
        raise InputError("D210", "The gzip data ends too early. Fetch or pack the file again.")


def whole(chunks: Iterable[bytes], limit: int, advice: str) -> bytes:
    """Join chunks into one piece of at most ``limit`` bytes.

    Raises:
        InputError: D202, with ``advice``, when there are more.
    """
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise InputError("D202", f"Over {megabytes(limit)}. {advice}")
    return bytes(data)


def lines_of(chunks: Iterable[bytes], limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Split chunks into lines, each with its number from 1; a line over ``limit`` bytes gives None in its place."""
    line = bytearray()
    number, long = 1, False
    for chunk in _as_utf8(chunks):
        first, *others = chunk.split(b"\n")
        for piece, ended in [(first, bool(others)), *((other, other is not others[-1]) for other in others)]:
            long = long or len(line) + len(piece) > limit
            if long:
                line.clear()
            else:
                line += piece
            if ended:
                yield number, None if long else bytes(line)
                line.clear()
                number, long = number + 1, False
    if line or long:
        yield number, None if long else bytes(line)


def _as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass chunks on without a byte order mark, re-encoded when the mark says UTF-16 or UTF-32."""
    marked: tuple[str, int] | None = None
    recode: codecs.IncrementalDecoder | None = None
    for index, chunk in enumerate(chunks):
        data = chunk
        if index == 0 and (marked := mark_of(chunk)):
            data = chunk[marked[1] :]
            recode = None if marked[0] == "utf-8" else codecs.getincrementaldecoder(marked[0])("replace")
        yield data if recode is None else recode.decode(data).encode("utf-8", "replace")
