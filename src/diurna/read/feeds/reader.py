"""Look at one feed, fetch one entry: the two kinds of work of a watch."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.read.feeds.article import read_article
from diurna.read.feeds.config import KINDS
from diurna.read.feeds.drops import take_drops
from diurna.read.feeds.fetch import PAGE_BYTES, SITEMAP_BYTES, Fetcher, FetchError, host_of
from diurna.read.feeds.listing import read_listing, read_sitemap
from diurna.read.feeds.robots import Politeness
from diurna.read.story import story_from_text
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from sqlite3 import Row

    from diurna.read.feeds.config import Feed, Watch
    from diurna.read.feeds.listing import Entry
    from diurna.read.feeds.state import Item, State

__all__ = ["FeedReader", "backoff"]

_LONGEST = 86_400.0  # seconds between two tries
_TRIES = 5  # of one entry
_SITEMAPS = 10  # of one index, newest first, a look
_ROOM = 500  # stories that may wait for the record before no more are fetched
_ENOUGH = 300  # characters of a feed's own text that stand for a page behind a wall
_OLDEST = 10_000.0  # days
_SOON = 1.0  # seconds until a folder with more in it is looked at again
_WALLS = frozenset({"D207", "D258", "D259"})


def backoff(every: float, failures: int, chance: float) -> float:
    """Give the seconds until the next try: doubled with each failure, a day at most, and spread so that many do not come at once.

    Args:
        every: seconds between two looks when all is well.
        failures: in a row, so far.
        chance: in [0, 1).

    >>> backoff(60, 0, 0.5), backoff(60, 3, 0.0), backoff(60, 3, 0.5), backoff(60, 40, 0.5)
    (60.0, 240.0, 480.0, 86400.0)
    """
    return float(min(every * 2 ** min(failures, 20), _LONGEST) * (0.5 + chance))


class FeedReader:
    """Look at feeds and fetch their entries into the watch's state.

    Args:
        watch: the feeds and the manners.
        state: what is remembered.
        private: allow addresses of this machine and of private networks.
        before: look only at feeds that were due before this moment (seconds since 1970).
        sleep: waits some seconds.
        seconds: longest time for one answer.
    """

    def __init__(
        self, watch: Watch, state: State, *, private: bool = False, before: float = float("inf"), sleep: Callable[[float], object] = time.sleep, seconds: float = 30.0
    ) -> None:
        self.state = state
        self.names = tuple(f.name for f in watch.feeds)
        self.before = before
        self._feeds = {f.name: f for f in watch.feeds}
        self._delay = watch.delay
        self._fetcher = Fetcher(watch.agent, private=private, seconds=seconds)
        self._manners = Politeness(state, self._fetcher, watch.delay, sleep)
        self._chance = random.Random()  # noqa: S311 - spreads requests, keeps no secret
        state.know_feeds((f.name, f.url or str(f.path), host_of(f.url) if f.url else "") for f in watch.feeds)

    def step(self) -> bool:
        """Do one piece of work: look at a feed that is due, else fetch an entry; tell whether there was any."""
        if (row := self.state.claim_feed(self.names, self._delay, self.before)) is not None:
            self.look(self._feeds[row["name"]], row)
            return True
        if self.state.waiting(self.names) >= _ROOM:
            return False
        if (item := self.state.claim_item(self.names, self._delay)) is not None:
            self.fetch(item)
            return True
        return False

    def close(self) -> None:
        """Close what is open."""
        self._fetcher.close()

    def look(self, feed: Feed, row: Row) -> None:
        """Look at a feed; note its entries, or why it could not be read."""
        try:
            if feed.kind in KINDS[2:]:
                ended = take_drops(feed, self.state, _ROOM - self.state.waiting(self.names))
                self.state.feed_read(feed.name, (), self._wait(feed, 0) if ended else _SOON)
            elif feed.kind == "sitemap":
                self._look_at_sitemaps(feed, row)
            else:
                self._look_at_feed(feed, row)
        except InputError as error:
            self._failed(feed, f"{error.code} {error.message}", error.wait if isinstance(error, FetchError) else None)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - a feed made to break its parser must not end the watch
            self._failed(feed, f"D255 the feed cannot be taken apart ({type(error).__name__}: {error})")

    def _failed(self, feed: Feed, reason: str, asked: float | None = None) -> None:
        self.state.feed_failed(feed.name, reason, max(asked or 0.0, self._wait(feed, self.state.failures(feed.name) + 1)))

    def _wait(self, feed: Feed, failures: int) -> float:
        every = feed.every * 60
        return backoff(every, failures, self._chance.random()) if failures else every * (0.9 + 0.2 * self._chance.random())

    def _look_at_feed(self, feed: Feed, row: Row) -> None:
        url = str(row["moved"] or feed.url)
        page = self._fetcher.get(url, limit=PAGE_BYTES, manners=self._manners, etag=row["etag"], modified=row["modified"], first=False)
        entries = () if page.unchanged else _wanted(feed, read_listing(page.body, page.url, page.kind))
        if feed.text == "feed":
            entries = tuple(e for e in entries if e.text)
        etag = page.headers.get("etag", row["etag"] if page.unchanged else None)
        modified = page.headers.get("last-modified", row["modified"] if page.unchanged else None)
        self.state.feed_read(feed.name, entries, self._wait(feed, 0), etag, modified, page.moved or row["moved"])

    def _look_at_sitemaps(self, feed: Feed, row: Row) -> None:
        page = self._fetcher.get(str(feed.url), limit=SITEMAP_BYTES, manners=self._manners, etag=row["etag"], modified=row["modified"], first=False)
        if page.unchanged:
            self.state.feed_read(feed.name, (), self._wait(feed, 0), row["etag"], row["modified"])
            return
        found = read_sitemap(page.body, page.url)
        entries = list(found.entries)
        for url in found.sitemaps[:_SITEMAPS]:
            entries += read_sitemap(self._fetcher.get(url, limit=SITEMAP_BYTES, manners=self._manners).body, url).entries
        # An index changes its date with its parts or not at all: only a sitemap of entries is asked for conditionally.
        etag, modified = (None, None) if found.sitemaps else (page.headers.get("etag"), page.headers.get("last-modified"))
        self.state.feed_read(feed.name, _wanted(feed, entries), self._wait(feed, 0), etag, modified)

    def fetch(self, item: Item) -> None:
        """Fetch an entry; keep its story, or a reject, or let it wait for another try."""
        feed = self._feeds[item.feed]
        if feed.text == "feed":
            self._keep(item, feed, {"text": item.text or ""}, item.key)
            return
        try:
            page = self._fetcher.get(item.url, limit=PAGE_BYTES, manners=self._manners, first=False)
            fields, address = read_article(page, item.url)
        except InputError as error:
            if error.code in _WALLS and len(item.text or "") >= _ENOUGH:
                self._keep(item, feed, {"text": item.text}, item.key)
            elif isinstance(error, FetchError) and error.again and item.tries < _TRIES:
                self.state.item_failed(item.key, max(error.wait or 0.0, backoff(60.0, item.tries, self._chance.random())))
            else:
                self.state.item_read(item.key, reject=Reject(item.url, error.code, error.message).to_json())
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - a page made to break its reader must not end the watch
            self.state.item_read(item.key, reject=Reject(item.url, "D255", f"the page cannot be taken apart ({type(error).__name__}: {error})").to_json())
        else:
            self._keep(item, feed, fields, address)

    def _keep(self, item: Item, feed: Feed, fields: dict[str, Any], address: str) -> None:
        try:
            story = story_of(item, feed, fields, address)
        except InputError as error:
            self.state.item_read(item.key, reject=Reject(item.url, error.code, error.message).to_json())
            return
        self.state.item_read(item.key, story=json.dumps(story.to_dict() | {"id": None}, ensure_ascii=False), page=address)


def story_of(item: Item, feed: Feed, fields: dict[str, Any], address: str) -> Story:
    """Make a story of a page's fields and of what the feed says; the feed's publication time comes first, as it is the exact one.

    Raises:
        InputError: as ``story_from_text`` has it.
    """
    story = story_from_text(
        fields["text"], published=item.published or fields.get("published"), source=feed.name, url=address, title=item.title or fields.get("title"), author=fields.get("author")
    )
    return replace(story, fetched=datetime.now(UTC).isoformat(timespec="seconds"))


def _wanted(feed: Feed, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Leave out entries that are too old or not asked for; one that tells no time counts as new."""
    oldest = datetime.fromtimestamp(time.time() - min(feed.days, _OLDEST) * 86_400, UTC).isoformat()
    return tuple(e for e in entries if (e.published or e.stamp or oldest) >= oldest and (not feed.only or any(part in e.url for part in feed.only)))
