"""Answers worked out before anybody asks: the page's first views, the busiest countries and dyads."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from anyio import CapacityLimiter, to_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp, Message

    from diurna.serve.snapshot import Holder, Snapshot

__all__ = ["Warmer", "addresses"]

_FIRST: Final = (
    "", "today", "networks", "borders?borders=held", "places?limit=500", "dyads", "countries", "events", "stories", "sources", "ledgers/harm", "ledgers/treaties", "claims",
)  # fmt: skip
_COUNTRIES: Final = 60
_DYADS: Final = 240
_LOOK: Final = 0.5  # seconds between looks for a new state of the record
_YIELD: Final = 0.02  # seconds that it stands back while others ask


def addresses(snapshot: Snapshot) -> Iterator[str]:
    """List what is worth having ready, the first thing wanted first."""
    yield from _FIRST
    acts = snapshot.acts
    codes = sorted(acts.countries, key=lambda c: (-len(acts.countries[c]), c))[:_COUNTRIES]
    for code in codes:
        yield from (f"countries/{code}", f"claims?actor={code}&limit=30", f"dyads?country={code}")
    pairs = sorted((p for p in acts.dyads if p[0] != p[1]), key=lambda p: (-len(acts.dyads[p]), p))[:_DYADS]
    for a, b in pairs:
        yield f"dyads/{a}-{b}?by=month"
    yield "forecasts"


class Warmer:
    """Ask the service for what is worth having ready, one thing at a time, standing back while others ask; anew whenever the record changes.

    Args:
        holder: the record.
        busy: tells how many requests of others are being answered.
        prefix: of the addresses.
    """

    def __init__(self, holder: Holder, busy: Callable[[], int], prefix: str) -> None:
        self.holder, self.busy, self.prefix = holder, busy, prefix
        self.app: ASGIApp | None = None  # what keeps the answers; it makes itself known when the service is put together
        self.done, self.of, self.version = 0, 0, ""

    @property
    def share(self) -> float:
        """Tell what share of it is ready, for the record as it stands."""
        return round(self.done / self.of, 3) if self.of and self.version == self.holder.snapshot.version else 0.0

    async def run(self, ready: Callable[[Snapshot], None], service: object) -> None:
        """Keep answers ready until cancelled.

        Args:
            ready: makes a snapshot ready for questions; called in a thread.
            service: the application, which views look for in what they are asked.
        """
        alone = CapacityLimiter(1)
        while True:
            snapshot = self.holder.snapshot
            if snapshot.version != self.version:
                self.version, self.done, self.of = snapshot.version, 0, 0
                await to_thread.run_sync(ready, snapshot, limiter=alone)
                wanted = list(addresses(snapshot))
                self.of = len(wanted)
                for address in wanted:
                    await self._stand_back()
                    if self.holder.snapshot.version != self.version:
                        break
                    self.done += await self._ask(address, service)
            await asyncio.sleep(_LOOK)

    async def _stand_back(self) -> None:
        await asyncio.sleep(0)
        while self.busy():  # noqa: ASYNC110 - requests come and go; an event would be set and cleared by each
            await asyncio.sleep(_YIELD)

    async def _ask(self, address: str, service: object) -> bool:
        """Ask for one answer; tell whether it was given. What was not is never counted as ready."""
        path, _, query = f"{self.prefix}{address}".partition("?")
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "root_path": "", "headers": [(b"host", b"127.0.0.1"), (b"accept-encoding", b"gzip")], "client": None, "server": None,
            "diurna.warm": True, "app": service,
        }  # fmt: skip

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        statuses: list[int] = []

        async def send(message: Message) -> None:
            if "status" in message:
                statuses.append(message["status"])

        if self.app is None:
            return False
        try:
            await self.app(scope, receive, send)
        except Exception:
            logging.getLogger("diurna.serve").exception("an answer could not be made ready: %s", address)
            return False
        return statuses == [200]
