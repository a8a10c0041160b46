"""The list of feeds: a TOML file, or the packaged list of public feeds."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any, Self

from diurna.errors import ConfigError

__all__ = ["KINDS", "Feed", "Watch", "load_watch", "public_feeds"]

KINDS = ("feed", "sitemap", "folder", "mail")
"""RSS, Atom or JSON Feed; sitemaps; a folder of files; a folder of mails."""

_COUNTRY = re.compile(r"[A-Z]{3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Feed:
    """Name a source of stories, and say where and how often to look.

    Args:
        name: unique in its list; also the stories' source.
        url: address of a feed or sitemap.
        path: folder of files or mails, relative to the list.
        kind: one of ``KINDS``.
        country: ISO 3166 alpha-3 of the publisher's seat.
        region: in words, to choose by.
        language: ISO 639-1.
        state_owned: whether a government owns or runs the publisher.
        every: minutes between two looks.
        days: entries older than so many days are passed over.
        text: ``page`` fetches each entry's page, ``feed`` takes what the feed itself holds.
        only: parts of addresses; entries with none of them are passed over.
    """

    name: str
    url: str | None = None
    path: Path | None = None
    kind: str = "feed"
    country: str | None = None
    region: str | None = None
    language: str | None = None
    state_owned: bool | None = None
    every: float = 15.0
    days: float = 7.0
    text: str = "page"
    only: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: dict[str, Any], folder: Path, where: str) -> Self:
        """Make a feed of a TOML table.

        Raises:
            ConfigError: D111 if something in it cannot be used.
        """
        unknown = set(row) - {f.name for f in fields(cls)}
        if unknown:
            raise ConfigError("D111", f"there is no setting “{min(unknown)}”; choose of {', '.join(f.name for f in fields(cls))}", where)
        kind = row.get("kind", "feed")
        given: dict[str, Any] = {k: v for k, v in row.items() if k not in {"path", "only"}}
        if "path" in row:
            given["path"] = (folder / Path(str(row["path"])).expanduser()).absolute()  # files are known by it, wherever the list is called from
        given["only"] = tuple(str(part) for part in row.get("only", ()))
        _refuse(
            where,
            {
                "it needs a name": isinstance(row.get("name"), str) and bool(row["name"].strip()),
                f"its kind is one of {', '.join(KINDS)}": kind in KINDS,
                "it needs a url that begins with http:// or https://": kind not in KINDS[:2] or bool(re.match(r"https?://", str(row.get("url", "")))),
                "it needs the path of a folder": kind not in KINDS[2:] or "path" in row,
                "its country is three capital letters (ISO 3166), like NOR": row.get("country") is None or bool(_COUNTRY.fullmatch(str(row["country"]))),
                "its language is two letters (ISO 639-1), like en": row.get("language") is None or bool(_LANGUAGE.fullmatch(str(row["language"]))),
                "state_owned is true or false": isinstance(row.get("state_owned", False), bool),
                "every is a number of minutes, at least 1": _number(row.get("every", 15.0), 1.0 if kind in KINDS[:2] else 0.0),
                "days is a number above 0": _number(row.get("days", 7.0), 0.0),
                "text is page or feed": row.get("text", "page") in {"page", "feed"},
            },
        )
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Watch:
    """Hold what one watch reads, and its manners.

    Args:
        feeds: the sources.
        contact: address that sites find in the ``User-Agent``, to complain to.
        delay: least seconds between two requests to one host.
    """

    feeds: tuple[Feed, ...]
    contact: str | None = None
    delay: float = 5.0

    @property
    def agent(self) -> str:
        """Give the ``User-Agent``."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("diurna")
        except PackageNotFoundError:
            number = "0"
        return f"diurna/{number}" + (f" (+{self.contact})" if self.contact else "")


def load_watch(path: Path) -> Watch:
    """Read a list of feeds.

    Args:
        path: a TOML file: ``[watch]`` with ``contact`` and ``delay``, and ``[[feed]]`` for each feed, as ``Feed`` has it.

    Raises:
        ConfigError: D110 if the file cannot be read, D111 if something in it cannot be used.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("D110", f"the list of feeds cannot be read ({error})", str(path)) from error
    return _watch(found, path.parent, str(path))


def public_feeds() -> Watch:
    """Give the packaged list of public feeds."""
    text = resources.files("diurna.read.feeds").joinpath("public.toml").read_text("utf-8")
    return _watch(tomllib.loads(text), Path(), "the packaged list")


def _watch(found: dict[str, Any], folder: Path, where: str) -> Watch:
    manners, rows = found.get("watch", {}), found.get("feed", [])
    _refuse(
        where,
        {
            "[watch] is a table with contact and delay": isinstance(manners, dict) and set(manners) <= {"contact", "delay"},
            "it names no feed; write [[feed]] with name and url for each": isinstance(rows, list) and bool(rows) and all(isinstance(r, dict) for r in rows),
        },
    )
    _refuse(
        where,
        {
            "delay is a number of seconds": _number(manners.get("delay", 5.0), 0.0),
            "contact is text without line ends": isinstance(manners.get("contact", ""), str) and str(manners.get("contact", "")).isprintable(),
        },
    )
    feeds = tuple(Feed.of(row, folder, f"{where}: feed {number} ({row.get('name', 'without name')})") for number, row in enumerate(rows, 1))
    names = [f.name for f in feeds]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise ConfigError("D111", f"two feeds are called “{twice}”; a feed's cursor is kept under its name", where)
    return Watch(feeds, **manners)


def _refuse(where: str, facts: dict[str, bool]) -> None:
    for text, holds in facts.items():
        if not holds:
            raise ConfigError("D111", text, where)


def _number(value: object, least: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= 1e6  # noqa: PLR2004 - some two years, in minutes
