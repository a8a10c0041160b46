"""Read feeds, sitemaps, folders and mail-drops for months on end: what is new becomes a story, once."""

from __future__ import annotations

from diurna.read.feeds.config import Feed, Watch, load_watch, public_feeds
from diurna.read.feeds.reader import FeedReader
from diurna.read.feeds.state import State

__all__ = ["Feed", "FeedReader", "State", "Watch", "load_watch", "public_feeds"]
