"""A web server of feeds and pages that misbehaves on request, for tests: each path has its own way of being bad."""

from __future__ import annotations

import gzip
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Answer = tuple[int, dict[str, str], bytes]

_BODY = """
OSLO, Norway — Norway expelled {n} envoys of Freedonia on Monday, the foreign ministry said. The decision followed weeks of quarrels over fishing in the Barents Sea,
and was announced by the prime minister after a meeting of the cabinet in the capital.

Freedonia's embassy rejected the accusation and said that it would answer in kind. Police in Bergen detained {n} sailors of a Freedonian trawler on Sunday,
officials said.

The two governments had held talks in Reykjavik last month, where they promised to set up a commission on the limits of their waters.
No date for its first meeting was given.
"""


def article(n: int, extra: str = "", head: str = "") -> bytes:
    """Write a page with a report whose words differ by number."""
    words = "".join(f"<p>{p.format(n=n)}</p>" for p in _BODY.strip().split("\n\n"))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Norway expels {n} envoys</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>Norway expels {n} envoys</h1>{words}{extra}</article><footer>All rights reserved</footer></body></html>"
    ).encode()


def rss(base: str, numbers: Iterable[int], path: str = "/news/{n}") -> bytes:
    """Write a feed of such reports."""
    sent = format_datetime(datetime.now(UTC).replace(microsecond=0))
    items = "".join(f"<item><title>Norway expels {n} envoys</title><link>{base}{path.format(n=n)}?utm_source=rss</link><pubDate>{sent}</pubDate></item>" for n in numbers)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title><link>{base}</link>{items}</channel></rss>".encode()


class Site:
    """Serve answers by path; ``seen`` counts requests and ``at`` keeps their moments."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], Answer | None]] = {}
        self.seen: Counter[str] = Counter()
        self.at: list[tuple[str, float]] = []
        self.base = ""

    def give(self, path: str, body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> None:
        """Let a path give a fixed answer."""
        told = {"Content-Type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}}
        self.answers[path] = lambda _: (status, told, body)

    def answer(self, request: BaseHTTPRequestHandler) -> Answer | None:
        """Answer a request; None when the handler has written to the socket itself."""
        path = request.path.split("?", 1)[0]
        self.seen[path] += 1
        self.at.append((path, time.monotonic()))
        if path in self.answers:
            return self.answers[path](request)
        if path.startswith("/news/"):
            return 200, {"Content-Type": "text/html; charset=utf-8"}, article(int(path.rsplit("/", 1)[-1]))
        return 404, {"Content-Type": "text/html"}, b"<html><body>Not here</body></html>"


@contextmanager
def serving() -> Iterator[Site]:
    """Run a site on a free port of this machine."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                found = site.answer(self)
                if found is not None:
                    status, headers, body = found
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            except (ConnectionError, TimeoutError):
                pass  # the reader had enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def drip(request: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, without end."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    for _ in range(600):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


def flood(request: BaseHTTPRequestHandler) -> None:
    """Send zeros without saying how many."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    for _ in range(1000):
        request.wfile.write(bytes(1 << 20))


def bomb(size: int) -> bytes:
    """Pack many zeros into few bytes."""
    return gzip.compress(bytes(size), 1)
