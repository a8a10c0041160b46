"""Fetch a page: few redirects, few bytes, little time, nothing private, and only what robots.txt allows."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin, urlsplit

import httpcore2

from diurna.errors import InputError
from diurna.read.feeds.guard import GuardedBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PAGE_BYTES", "SITEMAP_BYTES", "FetchError", "Fetcher", "Manners", "Page", "ascii_address", "host_of", "is_web_address", "retry_seconds"]

PAGE_BYTES = 5_000_000
"""Longest page or feed that is read, in bytes after unpacking."""
SITEMAP_BYTES = 20_000_000
"""Longest sitemap that is read, in bytes after unpacking."""

_SECONDS = 30.0  # for a whole answer
_READ = 15.0  # seconds of silence within one
_REDIRECTS = 5
_LONGEST_WAIT = 86_400.0  # seconds; whatever Retry-After asks for
_MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_BUSY = frozenset({408, 425, 429})
_SERVER = 500
_UNCHANGED = 304
_OK = 200


class FetchError(InputError):
    """Report a page that was not had.

    Args:
        code: as of every error.
        message: likewise.
        where: the address.
        status: the server's HTTP status, if it answered.
        again: whether the same request may succeed later.
        wait: seconds that the server asks to wait.
    """

    def __init__(self, code: str, message: str, where: str | None = None, status: int | None = None, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(code, message, where)
        self.status = status
        self.again = again
        self.wait = wait

    def __reduce__(self) -> tuple[type[FetchError], tuple[str, str, str | None]]:
        return type(self), (self.code, self.message, self.where)


@dataclass(frozen=True, slots=True)
class Page:
    """Hold what a server gave: final address, status, headers (lower case) and body, unpacked."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved: str | None = None  # where the address has moved for good

    @property
    def kind(self) -> str:
        """Give the media type, lower case, without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def unchanged(self) -> bool:
        """Tell whether the server said that nothing is new."""
        return self.status == _UNCHANGED


class Manners(Protocol):
    """Say how to behave towards a host."""

    def turn(self, url: str) -> None:
        """Wait until the host may be asked again."""

    def check(self, url: str) -> None:
        """Raise ``FetchError`` D257 if robots.txt forbids the address."""


def host_of(url: str) -> str:
    """Give host and port of an address, lower case; empty when it has none.

    >>> host_of("https://News.example.org:8443/a?b#c")
    'news.example.org:8443'
    """
    try:
        return urlsplit(url).netloc.rsplit("@", 1)[-1].lower()
    except ValueError:
        return ""


def is_web_address(url: str) -> bool:
    """Tell whether an address begins with http:// or https:// and names a host.

    >>> is_web_address("https://news.example.org:8443/feed"), is_web_address("ftp://news.example.org"), is_web_address("http://[::1")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def ascii_address(url: str) -> str:
    """Write an address with ASCII only: what a server's Location, a feed or a file of rules holds need not be.

    Raises:
        UnicodeError: if the host can be no name of a host.

    >>> ascii_address("https://bücher.example:8443/søk?q=å")
    'https://xn--bcher-kva.example:8443/s%C3%B8k?q=%C3%A5'
    """
    from urllib.parse import quote

    parts = urlsplit(url)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return f"{parts.scheme}://{host_of(url).encode('idna').decode('ascii')}{path}" + (f"?{query}" if query else "")


def retry_seconds(text: str) -> float | None:
    """Read ``Retry-After``, seconds or a date (RFC 9110), as seconds to wait, at most a day; None where it is neither.

    >>> retry_seconds("120"), retry_seconds("Thu, 01 Jan 1970 00:00:00 GMT"), retry_seconds("soon")
    (120.0, 0.0, None)
    """
    if re.fullmatch(r"\s*\d{1,9}\s*", text):
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_WAIT)


class Fetcher:
    """Fetch pages, each over a connection of its own.

    Args:
        agent: the ``User-Agent`` to send.
        private: allow addresses of this machine and of private networks.
        seconds: longest time for one answer.
    """

    def __init__(self, agent: str, *, private: bool = False, seconds: float = _SECONDS) -> None:
        self.agent = agent
        backend = GuardedBackend(private=private, seconds=seconds)
        self._pool = httpcore2.ConnectionPool(max_connections=64, max_keepalive_connections=0, network_backend=backend)

    def get(
        self, url: str, *, limit: int, manners: Manners | None = None, etag: str | None = None, modified: str | None = None, first: bool = True
    ) -> Page:
        """Get an address.

        Args:
            url: http or https.
            limit: most bytes of body.
            manners: asked before each request; None for robots.txt itself.
            etag: of the copy one has.
            modified: ``Last-Modified`` of the copy one has.
            first: wait for a turn before the first request too.

        Returns:
            The page, with status 200, or 304 when nothing is new.

        Raises:
            FetchError: D250 address not allowed, D251 no answer, D252 status, D253 too long, D254 redirects, D255 unreadable answer, D257 robots.txt.
        """
        asked, moved, for_good = url, None, True
        for hop in range(_REDIRECTS + 1):
            if manners is not None:
                manners.check(url)
                if hop or first:
                    manners.turn(url)
            page = self._request(url, limit, etag, modified)
            if page.status not in _MOVED:
                return Page(page.url, page.status, page.headers, page.body, moved)
            target = urljoin(url, page.headers.get("location", ""))
            for_good = for_good and page.status in _FOR_GOOD
            moved = target if for_good else moved
            if target == url or not page.headers.get("location"):
                break
            url = target
        raise FetchError("D254", f"the address leads on and on, or in a circle; the last was {url[:200]}", asked)

    def _request(self, url: str, limit: int, etag: str | None, modified: str | None) -> Page:
        _check(url)
        headers: dict[bytes | str, bytes | str] = {"User-Agent": self.agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "close"}
        headers |= {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
        timeouts = {"connect": 10.0, "read": _READ, "write": _READ, "pool": _SECONDS}
        try:
            with self._pool.stream("GET", ascii_address(url), headers=headers | {"Host": host_of(ascii_address(url))}, extensions={"timeout": timeouts}) as answer:
                told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
                if answer.status in _MOVED or answer.status == _UNCHANGED:
                    return Page(url, answer.status, told)
                if answer.status != _OK:
                    raise _refusal(url, answer.status, told)
                return Page(url, answer.status, told, b"".join(_unpacked(answer.iter_stream(), told, limit, url)))
        except httpcore2.TimeoutException as error:
            raise FetchError("D251", "the server takes too long to answer", url, again=True) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError, ValueError) as error:
            raise FetchError("D251", f"the server gave no usable answer ({error or type(error).__name__})", url, again=True) from error
        except InputError as error:
            if isinstance(error, FetchError):
                raise
            raise FetchError(error.code, error.message, url) from error

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


def _check(url: str) -> None:
    if not is_web_address(url):
        raise FetchError("D250", "only http and https addresses are fetched", url[:200])


def _refusal(url: str, status: int, headers: dict[str, str]) -> FetchError:
    wait = retry_seconds(headers.get("retry-after", ""))
    return FetchError("D252", f"the server answers {status}", url, status, again=status in _BUSY or status >= _SERVER, wait=wait)


def _unpacked(chunks: Iterator[bytes], headers: dict[str, str], limit: int, url: str) -> Iterator[bytes]:
    """Unpack a body as it comes; no more than ``limit`` bytes are ever held."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise FetchError("D255", f"the server packs its answer in a way that was not asked for ({coding[:40]})", url)
    unpack = zlib.decompressobj(47 if coding != "deflate" else zlib.MAX_WBITS) if coding not in {"", "identity"} else None
    total = 0
    for chunk in chunks:
        if unpack is None:
            data = chunk
        else:
            try:
                data = unpack.decompress(chunk, limit - total + 1)
            except zlib.error as error:
                raise FetchError("D255", f"the packed answer is damaged ({error})", url, again=True) from error
        total += len(data)
        if total > limit:
            raise FetchError("D253", f"the answer is longer than {limit // 1_000_000} MB", url)
        yield data
