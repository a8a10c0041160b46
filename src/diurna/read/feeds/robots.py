"""Ask robots.txt, as RFC 9309 says: no such file allows all, a server that fails allows nothing for now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego

from diurna.read.feeds.fetch import FetchError, host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from diurna.read.feeds.fetch import Fetcher
    from diurna.read.feeds.state import State

__all__ = ["Politeness"]

_KEEP = 86_400.0  # seconds that an answer is good for (RFC 9309, 2.4)
_KEEP_FAILED = 900.0
_BYTES = 512_000  # RFC 9309, 2.5, asks for at least 500 KiB
_LONGEST_DELAY = 60.0  # seconds; a longer Crawl-delay is not waited for
_REFUSED = (400, 500)
_NOTHING = "User-agent: *\nDisallow: /\n"
_NOTHING_NOW = "# The server failed to say.\n" + _NOTHING


class Politeness:
    """Keep a pause between two requests to one host, in all processes, and keep to robots.txt.

    Args:
        state: where turns and answers are kept.
        fetcher: fetches robots.txt.
        delay: least seconds between two requests to one host.
        sleep: waits some seconds.
    """

    def __init__(self, state: State, fetcher: Fetcher, delay: float, sleep: Callable[[float], object] = time.sleep) -> None:
        self._state = state
        self._fetcher = fetcher
        self._delay = delay
        self._sleep = sleep

    def turn(self, url: str) -> None:
        """Wait until the host may be asked again."""
        wait = self._state.reserve(host_of(url), self._delay)
        if wait > 0:
            self._sleep(wait)

    def check(self, url: str) -> None:
        """Raise D257 if robots.txt forbids the address."""
        rules = self._rules(url)
        if not Protego.parse(rules).can_fetch(url, self._fetcher.agent):
            again = rules == _NOTHING_NOW
            raise FetchError("D257", "the site's robots.txt cannot be had now" if again else "the site's robots.txt asks not to read this", url, again=again)

    def _rules(self, url: str) -> str:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{host_of(url)}"
        known = self._state.robots(site)
        if known is not None:
            return known
        rules, keep = self._ask(f"{site}/robots.txt")
        asked = Protego.parse(rules).crawl_delay(self._fetcher.agent)
        self._state.keep_robots(site, rules, keep, host_of(url), min(float(asked or 0.0), _LONGEST_DELAY))
        return rules

    def _ask(self, url: str) -> tuple[str, float]:
        try:
            return self._fetcher.get(url, limit=_BYTES).body.decode("utf-8", "replace"), _KEEP
        except FetchError as error:
            if error.code == "D250":
                raise
            if error.status is not None and _REFUSED[0] <= error.status < _REFUSED[1] and not error.again:
                return "", _KEEP
            if error.code == "D253":  # longer than any that is meant
                return _NOTHING, _KEEP
            return _NOTHING_NOW, _KEEP_FAILED
