"""What stands before the service: hosts, keys, limits, headers, and answers kept for those who ask again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

from diurna.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from diurna.serve.warm import Warmer

__all__ = ["SCOPES", "Buckets", "Flow", "Guard", "Kept", "Keys", "is_loopback"]

SCOPES: Final = ("read", "code", "review")
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OPEN: Final = ("/health",)  # what a load balancer must see without a key
_CLIENTS: Final = 10_000  # addresses whose calls are counted
_KEPT_BYTES: Final = 64_000_000
_LARGEST: Final = 2_000_000  # bytes of an answer worth keeping
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    return host in _LOOPBACK


@dataclass(frozen=True)
class Keys:
    """Hold who may do what: the SHA-256 of each key, with a name and scopes. Keys are 256 random bits, so that a plain hash is enough."""

    by_hash: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None) -> Keys:
        """Read a file of lines “name scopes hash”, as ``diurna key`` prints them.

        Raises:
            ConfigError: D122 if it cannot be read.
        """
        if path is None:
            return cls()
        found = {}
        try:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if not line.strip() or line.startswith("#"):
                    continue
                parts = line.split()
                if len(parts) != len(("name", "scopes", "hash")) or not set(parts[1].split(",")) <= set(SCOPES):
                    raise ConfigError("D122", f"the line is not like “name {','.join(SCOPES)} hash”; make one with `diurna key NAME`", f"{path}:{number}")
                found[parts[2].lower()] = (parts[0], frozenset(parts[1].split(",")))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("D122", f"the file of keys cannot be read ({error})", str(path)) from error
        return cls(found)

    def holder(self, authorization: str | None) -> tuple[str, frozenset[str]] | None:
        """Give the name and the scopes of a header ``Authorization: Bearer …``, or None where it names no key of ours."""
        kind, _, key = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not key:
            return None
        digest = hashlib.sha256(key.strip().encode()).hexdigest()
        for known, who in self.by_hash.items():
            if hmac.compare_digest(known, digest):
                return who
        return None


class Buckets:
    """Count calls by address: each may spend ``burst`` at once and earns ``a_minute`` more a minute."""

    def __init__(self, a_minute: float, burst: int) -> None:
        self.rate, self.burst = a_minute / 60, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, now: float | None = None) -> float:
        """Spend one call; give the seconds to wait when there is none left, else 0."""
        moment = time.monotonic() if now is None else now
        left, last = self._left.pop(who, (float(self.burst), moment))
        left = min(self.burst, left + (moment - last) * self.rate)
        enough = left >= 1
        self._left[who] = (left - 1 if enough else left, moment)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if enough else (1 - left) / self.rate


class Guard:
    """Let in what may come in, and put the strict headers on what goes out (an ASGI middleware).

    Args:
        app: what it guards.
        keys: who may do what.
        closed: ask for a key for everything but ``/health``, as any address but loopback must.
        hosts: values of the header ``Host`` that are answered, so that no other site's name can be pointed at this machine; all when empty.
        largest: bytes of a request's body.
        buckets: limits of ``POST``.
    """

    def __init__(self, app: ASGIApp, *, keys: Keys, closed: bool, hosts: tuple[str, ...], largest: int, buckets: Buckets) -> None:
        self.app, self.keys, self.closed, self.hosts, self.largest, self.buckets = app, keys, closed, hosts, largest, buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(dressed, *refusal)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await dressed(message)

        try:
            await self.app(scope, _limited(receive, self.largest), noting)
        except Exception:
            logging.getLogger("diurna.serve").exception("a request could not be answered: %s %s", scope["method"], scope["path"])
            if begun:
                raise
            await _refuse(dressed, 500, "D643", "the request could not be answered; the service's log says why", {})

    def _refusal(self, scope: Scope) -> tuple[int, str, str, dict[str, str]] | None:
        """Give status, code, message and headers of a refusal, or None."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        if self.hosts and host.strip("[]") not in self.hosts:
            return 421, "D630", "the service answers only to the names that it was told to; see `diurna serve --help`", {}
        if (need := self._need(scope)) is not None:
            who = self.keys.holder(headers.get("authorization"))
            if who is None:
                return 401, "D631", "this asks for a key: send “Authorization: Bearer KEY”", {"WWW-Authenticate": "Bearer"}
            scope["diurna.key"] = who[0]
            if need not in who[1]:
                return 403, "D632", f"the key does not allow “{need}”", {}
        if scope["method"] == "POST":
            length = headers.get("content-length", "")
            if length.isdigit() and int(length) > self.largest:
                return 413, "D633", f"the request is larger than {self.largest:,} bytes", {}
            if wait := self.buckets.wait((scope.get("client") or ("?",))[0]):
                return 429, "D634", f"too many requests; wait {wait:.0f} seconds", {"Retry-After": str(int(wait) + 1)}
        return None

    def _need(self, scope: Scope) -> str | None:
        """Name the scope that a request needs, or None where it needs none."""
        path, method = scope["path"], scope["method"]
        if path in _OPEN:
            return None
        if path.startswith("/api/v1/reviews") and method == "POST":  # the only way to write; the router refuses others
            return "review"
        if not self.closed:
            return None
        return "code" if method == "POST" else "read"


def _limited(receive: Receive, largest: int) -> Receive:
    """Cut a body off that does not say its length and grows too large; what is cut is no JSON and is refused as such."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > largest:
                return {"type": "http.request", "body": b"", "more_body": False}
        return message

    return counted


async def _refuse(send: Callable[[Message], object], status: int, code: str, words: str, extra: dict[str, str]) -> None:
    body = json.dumps({"code": code, "message": words, "where": None}).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **extra}
    await send({"type": "http.response.start", "status": status, "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()]})  # type: ignore[misc]
    await send({"type": "http.response.body", "body": body})  # type: ignore[misc]


@dataclass
class Flow:
    """Count the requests that are being answered."""

    now: int = 0


class Kept:
    """Answer again what was asked before of the same state of the record, and with 304 where the asker has it (an ASGI middleware).

    Args:
        app: what answers.
        version: gives the state of the record.
        prefix: paths whose answers depend on nothing but the record's stories and the URL.
        without: paths among them whose answers change more often.
        warmer: asks for what is worth having ready; it is told of this.
        flow: counts the requests of others that are being answered.
    """

    def __init__(self, app: ASGIApp, *, version: Callable[[], str], prefix: str, without: tuple[str, ...], warmer: Warmer, flow: Flow) -> None:
        self.app, self.version, self.prefix, self.without, self.flow = app, version, prefix, without, flow
        warmer.app = self
        self._kept: OrderedDict[tuple[str, bool], list[Message]] = OrderedDict()
        self._asked: dict[tuple[str, bool], asyncio.Event] = {}  # what is being worked out, for those who ask the same meanwhile
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, from what is kept where that is still true."""
        if scope["type"] != "http" or "diurna.warm" in scope:
            await self._answer(scope, receive, send)
            return
        self.flow.now += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self.flow.now -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self.prefix) or scope["path"].startswith(self.without):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = f"{self.version()}\n{scope['path']}\n{scope['query_string'].decode('latin-1')}"
        tag = f'W/"{hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()}"'
        key = (tag, "gzip" in headers.get("accept-encoding", ""))
        if tag in headers.get("if-none-match", "") and any(k[0] == tag for k in self._kept):
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", tag.encode()), (b"cache-control", b"no-cache")]})
            await send({"type": "http.response.body", "body": b""})
            return
        if (working := self._asked.get(key)) is not None:
            await working.wait()
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            for message in known:
                await send(dict(message) | {"headers": list(message["headers"])} if "headers" in message else message)
            return
        done = self._asked.setdefault(key, asyncio.Event())
        try:
            await self._ask(scope, receive, send, tag, key)
        finally:
            done.set()
            if self._asked.get(key) is done:
                del self._asked[key]

    async def _ask(self, scope: Scope, receive: Receive, send: Send, tag: str, key: tuple[str, bool]) -> None:
        seen: list[Message] = []
        size = 0

        async def noting(message: Message) -> None:
            nonlocal size
            if message["type"] == "http.response.start" and message["status"] == 200:  # noqa: PLR2004 - OK
                headers = MutableHeaders(scope=message)
                headers["ETag"], headers["Cache-Control"] = tag, "no-cache"
            size += len(message.get("body", b""))
            if size <= _LARGEST:
                seen.append(dict(message) | ({"headers": list(message["headers"])} if "headers" in message else {}))
            await send(message)

        await self.app(scope, receive, noting)
        if size <= _LARGEST and seen and seen[0].get("status") == 200:  # noqa: PLR2004
            self._keep(key, seen)

    def _keep(self, key: tuple[str, bool], messages: list[Message]) -> None:
        size = _size(messages)
        if key in self._kept:
            return
        self._kept[key] = messages
        self._bytes += size
        while self._bytes > _KEPT_BYTES:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(messages: list[Message]) -> int:
    return sum(len(m.get("body", b"")) for m in messages)
