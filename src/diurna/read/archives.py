"""Stream stories out of web archives (WARC, WET) and out of the XML that Petrarch and the Phoenix pipeline read; memory stays constant."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from diurna.errors import InputError
from diurna.read.documents import read_html
from diurna.read.encodings import decode
from diurna.read.story import MAX_BYTES
from diurna.records import Reject

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from fastwarc.warc import WarcRecord

__all__ = ["read_sentences", "read_warc"]

_PART = 16_384  # bytes read at a time
_PAGE = 4 * MAX_BYTES  # bytes of a page, as of a file of HTML
_CHARSET = re.compile(r"charset=[\"']?([\w-]{2,30})", re.IGNORECASE)
_PAGES = ("text/html", "application/xhtml+xml")
_NUMBERED = re.compile(r"(?P<story>.+)[-_](?P<sentence>\d{1,4})")
_SENTENCES = 2_000  # of one story; more is a file without ids


def read_warc(stream: io.BufferedIOBase, where: str) -> Iterator[tuple[str, dict[str, Any] | Reject]]:
    """Read the pages of a WARC and the texts of a WET, a record at a time.

    Answers other than 200, and whatever is neither a page nor text (pictures, requests, metadata), are passed over.

    Args:
        stream: the archive, unpacked.
        where: its name.

    Yields:
        The record's place, and the fields of a story or the reason why it is none.

    Raises:
        OSError: if the archive is damaged; what was read before stands.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    whole = _UntilDamage(stream)
    held: tuple[str, dict[str, Any] | Reject] | None = None  # the last record before damage may be cut off
    try:
        for record in ArchiveIterator(cast("BinaryIO", whole), record_types=kinds, parse_http=True, auto_decode="all", stream_detect=False):
            if held is not None:
                yield held
            held = _read_record(record, where)
    except ValueError as error:  # a header that is none
        raise OSError(str(error)) from error
    if whole.damage is not None:
        raise whole.damage
    if held is not None:
        yield held


def _read_record(record: WarcRecord, where: str) -> tuple[str, dict[str, Any] | Reject] | None:
    address = str(record.headers.get("WARC-Target-URI") or "").strip("<>")
    place = f"{where}: {address[:300] or record.record_id}"
    try:
        found = _fields(record, address)
    except InputError as error:
        return place, Reject(place, error.code, error.message)
    return None if found is None else (place, found)


class _UntilDamage:
    """Let a packed file that is cut off end where it is, so that records before that are read; ``damage`` tells of it after."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._at = 0
        self.damage: EOFError | OSError | zlib.error | None = None

    def read(self, size: int = -1) -> bytes:
        if self.damage is not None:
            return b""
        try:
            part = self._stream.read1(min(size, _PART) if size > 0 else _PART)
        except (EOFError, OSError, zlib.error) as error:
            self.damage = error
            return b""
        self._at += len(part)
        return part

    def tell(self) -> int:
        return self._at


def _fields(record: WarcRecord, address: str) -> dict[str, Any] | None:
    http = record.http_headers
    kind = str((http.get("Content-Type") if http is not None else record.headers.get("Content-Type")) or "").lower()
    if http is not None and http.status_code != 200:  # noqa: PLR2004 - OK
        return None
    plain = kind.startswith("text/plain")
    if not plain and not kind.startswith(_PAGES):
        return None
    body = record.reader.read(_PAGE + 1)
    if len(body) > _PAGE:
        raise InputError("D202", f"the page is longer than {_PAGE // 1_000_000} MB")
    fields = {"text": decode(body)} if plain else read_html(_page(body, kind))
    moment = record.record_date
    told = {"url": address or None, "source": fields.get("source") or _host(address), "fetched": moment.isoformat() if moment else None}
    return fields | {k: v for k, v in told.items() if v}


def _page(body: bytes, kind: str) -> str:
    told = _CHARSET.search(kind)
    if told:
        try:
            return body.decode(told.group(1))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(body, html=True)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def read_sentences(stream: io.BufferedIOBase, where: str) -> Iterator[tuple[str, dict[str, Any] | Reject]]:
    """Read Petrarch's XML: ``<Sentence date="20080801" id="AFP0001_2" source="AFP" sentence="true"><Text>…</Text><Parse>…</Parse></Sentence>``.

    Sentences that say that they are such (``sentence="true"``) and whose ids differ in their last number only are one story; every other
    ``Text`` is a story by itself. Parses and codings are passed over. Entities are never resolved.

    Args:
        stream: the file, unpacked.
        where: its name.

    Yields:
        The story's place (file and id), and its fields.

    Raises:
        OSError: if the file is no well-formed XML; what was read before stands.
    """
    from lxml import etree

    held: dict[str, Any] | None = None
    try:
        for _, element in etree.iterparse(stream, events=("end",), tag="Sentence", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False):
            row = _sentence(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if held is not None and held["story"] is not None and held["story"] == row["story"] and len(held["texts"]) < _SENTENCES:
                held["texts"] += row["texts"]
                continue
            if held is not None:
                yield _story(held, where)
            held = row
        if held is not None:
            yield _story(held, where)
    except etree.XMLSyntaxError as error:
        if held is not None:
            yield _story(held, where)
        raise OSError(str(error)) from error


def _sentence(element: Any) -> dict[str, Any]:  # noqa: ANN401 - lxml ships no types
    key = element.get("id") or None
    found = _NUMBERED.fullmatch(key or "") if (element.get("sentence") or "").lower() == "true" else None
    text = " ".join((element.findtext(".//Text") or "").split())
    return {"id": key, "story": found and found["story"], "texts": [text], "date": element.get("date"), "source": element.get("source"), "url": element.get("url")}


def _story(row: dict[str, Any], where: str) -> tuple[str, dict[str, Any]]:
    key = row["story"] or row["id"]
    fields = {"id": key, "text": " ".join(t for t in row["texts"] if t), "published": row["date"], "source": row["source"], "url": row["url"]}
    return f"{where}: {key or 'sentence without id'}", {k: v for k, v in fields.items() if v or k == "text"}
