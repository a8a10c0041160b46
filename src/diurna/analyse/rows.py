"""Read records for the ledgers: JSONL of events or of stories, or a store."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.records import Event, Harm, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Report", "claimant_of", "read_reports", "same_claimant"]


@dataclass(frozen=True, slots=True)
class Report:
    """Hold what a story reports: its id, day of publication and publisher where known, its events, and tolls without an event."""

    story: str
    published: str | None
    source: str | None
    events: tuple[Event, ...]
    harm: tuple[Harm, ...] = ()


def read_reports(places: Iterable[str], stdin: IO[bytes] | None = None) -> Iterator[Report]:
    """Read reports from files of JSONL and stores.

    Args:
        places: files that ``diurna code`` wrote (events, or stories with ``--json``), folders or URLs of stores, or ``-``.
        stdin: what ``-`` reads.

    Yields:
        One report a story, in the order read; lines of one story need not stand together.

    Raises:
        InputError: D210 if there is no such file, D213 if a line is not JSON, D230 if it is no record.
        StoreError: D501 if a folder holds no store.
    """
    for place in places:
        if place == "-":
            yield from _of_lines(stdin or [], "standard input")
        elif "://" in place or Path(place).is_dir():
            yield from _of_store(place)
        else:
            try:
                with Path(place).open("rb") as file:
                    yield from _of_lines(file, place)
            except OSError as error:
                raise InputError("D210", f"there is no such file ({error.strerror}); give JSONL that `diurna code` wrote, or a store", place) from error


def _of_store(url: str) -> Iterator[Report]:
    from diurna.store import Store

    for story in Store(url).stories():
        yield _of_story(story)


def _of_story(story: Story) -> Report:
    return Report(story.id, story.published and story.published[:10], story.source, story.events, story.harm)


def _of_lines(lines: Iterable[bytes], where: str) -> Iterator[Report]:
    rows: dict[str, list[tuple[dict[str, Any], Event]]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        at = f"{where}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError("D213", f"the line is not JSON ({error})", at) from error
        try:
            if "trigger" in row:
                rows.setdefault(row.get("story", ""), []).append((row, Event.from_dict(row)))
            else:
                yield _of_story(Story.from_dict(row))
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError("D230", f"the line is no event or story as `diurna code` writes them ({error!r})", at) from error
    for story, group in rows.items():
        published = next((row["published"] for row, _ in group if row.get("published")), None) or _day_of([e for _, e in group])
        source = next((row["source"] for row, _ in group if row.get("source")), None)
        yield Report(story, published and published[:10], source, tuple(e for _, e in group))


def _day_of(events: list[Event]) -> str | None:
    """Work out the day of publication from events dated by it alone (records older than the field ``published``)."""
    return max((e.when.to for e in events if e.when is not None and e.when.text is None), default=None)


def claimant_of(event: Event | None, harm: Harm | None, source: str | None) -> tuple[str, str, str | None]:
    """Name who claims something: a key for independent claimants, a name to show, and the country.

    Args:
        event: the event, for whom it is credited to.
        harm: the toll, when it is one, for its own claimant.
        source: the publisher, who claims what is credited to nobody.
    """
    beside = harm is None or (event is not None and event.sentence.start <= harm.start < event.sentence.end)
    who = (harm and harm.claimant) or (event.attributed_to if event is not None and beside else None)
    if who is None:
        return f"report:{source or ''}", f"{source} (report)" if source else "report", None
    name = who.name or " ".join(who.text.split())
    name = re.sub(r"^(?:the|its|a|an)\s+", "", name, flags=re.IGNORECASE)
    return who.entity or name.casefold(), name, who.country


def same_claimant(a: tuple[str, str | None], b: tuple[str, str | None]) -> bool:
    """Tell whether two claimants, each a key and a country, are one: the same key, or one's words among the other's (“the health ministry”).

    >>> same_claimant(("regional health ministry", None), ("health ministry", "SOM"))
    True
    """
    if a[0] == b[0]:
        return True
    words = [set(key.replace("'s", "").split()) for key, _ in (a, b)]
    return (words[0] <= words[1] or words[1] <= words[0]) and (a[1] is None or b[1] is None or a[1] == b[1])
