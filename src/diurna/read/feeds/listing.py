"""Take the entries out of RSS, Atom, JSON Feed and sitemaps. What comes is hostile: no entities, no DTDs, bounded counts."""

from __future__ import annotations

import calendar
import html
import io
import json
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from diurna.errors import InputError
from diurna.read.feeds.fetch import SITEMAP_BYTES, host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Entry", "Sitemap", "canonical", "read_listing", "read_sitemap"]

_MOST = 5_000  # entries of one feed or sitemap; further ones are passed over
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]{0,1000}", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:item|entry)\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"""<link[^>]{0,300}type=["']application/(?:rss\+xml|atom\+xml|feed\+json)["'][^>]{0,300}>""", re.IGNORECASE)
_HREF = re.compile(r"""href=["']([^"'>\s]{1,500})["']""", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_LONGEST_URL = 2_000
_LONGEST_TEXT = 1_000_000  # characters of an entry's own text


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold what a feed says of one story.

    Args:
        key: address without what makes no difference, or another identifier.
        url: where the story is.
        title: its headline.
        published: ISO 8601 time of publication, in the publisher's zone if it is told.
        stamp: changes when the story does, if the feed tells.
        text: what the feed itself holds of it, as plain text.
    """

    key: str
    url: str
    title: str | None = None
    published: str | None = None
    stamp: str | None = None
    text: str | None = None

    @property
    def host(self) -> str:
        """Give host and port."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Hold the entries of a sitemap, or the sitemaps of an index, newest first."""

    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()


def canonical(url: str) -> str:
    """Write an address without fragment and tracking parameters, query in order.

    >>> canonical("https://Example.org/a?utm_source=x&id=3#top")
    'https://example.org/a?id=3'
    """
    from courlan import normalize_url

    try:
        parts = urlsplit(url)
        return str(normalize_url(urlunsplit((*parts[:4], "")), strict=False))
    except (ValueError, TypeError):
        return url


def read_listing(body: bytes, url: str, kind: str = "") -> list[Entry]:
    """Read RSS, Atom, RDF or JSON Feed, told apart by what they hold.

    Args:
        body: the feed.
        url: where it came from; relative links start there.
        kind: media type that the server named.

    Returns:
        Entries in the feed's order, those without a usable link left out.

    Raises:
        InputError: D256 if this is no feed.
    """
    body = _plain(body, url)
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000]
    if start.startswith(b"{") or "json" in kind:
        return list(_bounded(_json_entries(body, url)))
    _refuse_entities(body, url)
    import feedparser

    rest = next(islice(_ITEM.finditer(body), _MOST, None), None)
    found = feedparser.parse(io.BytesIO(body[: rest.start()] if rest else body), response_headers={"content-location": url}, sanitize_html=False, resolve_relative_uris=False)
    if not found.entries and not found.get("version"):
        raise InputError("D256", _no_feed(start, body, url), url)
    return list(_bounded(_entry(row, url) for row in found.entries))


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap, a news sitemap, or an index of sitemaps.

    Only addresses at the sitemap's own host count, as its protocol has it.

    Raises:
        InputError: D256 if this is no sitemap.
    """
    from lxml import etree

    body = _plain(body, url)
    _refuse_entities(body, url)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("D256", f"this is no sitemap ({error})", url) from error
    if root is None or etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        raise InputError("D256", "this is no sitemap: it has neither urlset nor sitemapindex", url)
    rows = [{etree.QName(e).localname: (e.text or "").strip() for e in row.iter(etree.Element)} for row in root]
    rows = [r for r in rows if _usable(r.get("loc", "")) and host_of(r["loc"]) == host_of(url)]
    rows.sort(key=lambda r: r.get("publication_date") or r.get("lastmod") or "", reverse=True)
    if etree.QName(root).localname == "sitemapindex":
        return Sitemap(sitemaps=tuple(r["loc"] for r in rows))
    entries = (Entry(canonical(r["loc"]), r["loc"], r.get("title") or None, _moment(r.get("publication_date")), _moment(r.get("lastmod"))) for r in rows)
    return Sitemap(tuple(_bounded(entries)))


def _bounded(entries: Iterable[Entry | None]) -> Iterator[Entry]:
    for count, entry in enumerate(entries):
        if count >= _MOST:
            return
        if entry is not None:
            yield entry


def _plain(body: bytes, url: str) -> bytes:
    """Unpack a file that is itself packed, like ``sitemap.xml.gz``."""
    if not body.startswith(_GZIP):
        return body
    unpack = zlib.decompressobj(47)
    try:
        data = unpack.decompress(body, SITEMAP_BYTES + 1)
    except zlib.error as error:
        raise InputError("D255", f"the packed file is damaged ({error})", url) from error
    if len(data) > SITEMAP_BYTES:
        raise InputError("D253", f"the file is longer than {SITEMAP_BYTES // 1_000_000} MB when unpacked", url)
    return data


def _refuse_entities(body: bytes, url: str) -> None:
    plain = body.replace(b"\0", b"")  # so that UTF-16 hides nothing
    kind = _DOCTYPE.search(plain)
    if _ENTITY.search(plain) or (kind is not None and b"[" in kind.group()):
        raise InputError("D256", "it declares entities of its own; these can make a small file grow without end or read other files", url)


def _no_feed(start: bytes, body: bytes, url: str) -> str:
    if not re.match(rb"(?i)<(?:!doctype html|html)\b", start):
        return "this is neither RSS, Atom nor JSON Feed"
    link = _FEED_LINK.search(body[:200_000].decode("utf-8", "replace"))
    href = link and _HREF.search(link.group())
    return "this is a web page, no feed" + (f"; it names {urljoin(url, html.unescape(href.group(1)))} as its feed" if href else "")


def _usable(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= _LONGEST_URL and bool(host_of(url))


def _entry(row: Any, base: str) -> Entry | None:  # noqa: ANN401 - feedparser's dictionaries are untyped
    link = str(row.get("feedburner_origlink") or row.get("link") or "").strip()
    try:
        url = urljoin(base, link)
    except ValueError:
        return None
    if not link or not _usable(url):
        return None
    bodies = [str(part.get("value", "")) for part in row.get("content", [])] + [str(row.get("summary", ""))]
    return Entry(
        key=canonical(url), url=url, title=_words(str(row.get("title", ""))) or None, published=_sent(row),
        stamp=_stamp(row.get("updated_parsed")) if "updated_parsed" in row else None, text=_words(max(bodies, key=len)) or None,
    )  # fmt: skip


def _json_entries(body: bytes, base: str) -> Iterator[Entry | None]:
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("D256", f"this is no JSON Feed ({error})", base) from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list) or "jsonfeed.org" not in str(found.get("version")):
        raise InputError("D256", "this is JSON, but no JSON Feed: “version” and “items” are missing", base)
    for row in found["items"]:
        if not isinstance(row, dict) or not isinstance(row.get("url") or row.get("external_url"), str):
            continue
        url = urljoin(base, (row.get("url") or row["external_url"]).strip())
        if _usable(url):
            text = str(row.get("content_text") or "").strip() or _words(str(row.get("content_html") or row.get("summary") or ""))
            yield Entry(canonical(url), url, str(row.get("title") or "") or None, _moment(row.get("date_published")), _moment(row.get("date_modified")), text or None)


def _sent(row: Any) -> str | None:  # noqa: ANN401 - as above
    """Give the time of publication in the publisher's own zone, since that is where its day ends."""
    told = str(row.get("published", ""))
    try:
        return parsedate_to_datetime(told).isoformat()
    except (ValueError, TypeError):
        return _moment(told) or _stamp(row.get("published_parsed"))


def _stamp(parsed: Any) -> str | None:  # noqa: ANN401 - a time.struct_time in UTC, or None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat() if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _moment(text: object) -> str | None:
    """Read an ISO 8601 day or time; anything else is none."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _words(markup: str) -> str:
    """Take the words out of an entry's HTML, a paragraph each block."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    from lxml import etree
    from lxml import html as pages

    try:
        root = pages.fragment_fromstring(markup[:_LONGEST_TEXT], create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup)).strip()
    for dead in list(root.iter("script", "style", "figure", "iframe")):
        dead.drop_tree()
    for block in root.iter("p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote"):
        block.tail = "\n\n" + (block.tail or "")
    blocks = (" ".join(block.split()) for block in str(root.text_content()).split("\n\n"))
    return "\n\n".join(block for block in blocks if block)
