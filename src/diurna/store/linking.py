"""Link what came to a record since it was linked last, and keep the links: only what a story touches is looked at again (docs/why/111)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from diurna.link import Linker, affairs_in, affairs_of
from diurna.store.links import Links, create_links, read_links
from diurna.store.schemas import LINKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diurna.link import Affair, Family, Thread
    from diurna.records import Event, Story
    from diurna.store.store import Store

__all__ = ["REACH", "Linked", "is_fresh", "keep_links", "kept_affairs", "kept_threads"]

REACH: Final = 31  # days between two stories that are one, at most
_DAYS: Final = 5  # around an act's days or its publication, in which a mention of the same event can lie (link.threads, link.mentions)
_SPANS: Final = 200  # spans of days that a filter names one by one
_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class Linked:
    """Count what a pass did: stories that were new to it, stories read for it, and families, threads and affairs that it wrote."""

    fresh: int = 0
    read: int = 0
    families: int = 0
    threads: int = 0
    affairs: int = 0


def is_fresh(store: Store, links: Links | None = None) -> bool:
    """Tell whether the links that are kept are those of all stories that count."""
    links = links or read_links(store)
    return links is not None and not len(_unlinked(store, links))


def _unlinked(store: Store, links: Links | None) -> pl.DataFrame:
    rows = store.readings().select("id", "batch", "published").collect()
    return rows if links is None else rows.join(links.families, left_on=["id", "batch"], right_on=["story", "batch"], how="anti")


def keep_links(store: Store, *, anew: bool = False, affairs: bool = True) -> Linked:
    """Link the stories that came since the last pass, and append what they changed.

    Args:
        store: the record.
        anew: link all stories anew, as if none had been.
        affairs: gather affairs too, over all threads of the record.

    Returns:
        What the pass did; the links are those that all stories linked at once would have.
    """
    create_links(store)
    links = None if anew else read_links(store)
    new = _unlinked(store, links)
    if not len(new) and links is not None and (not affairs or links.affairs_of == links.last):
        return Linked()
    work = _Pass(store, links, new)
    work.load()
    families, threads, rows = work.rows()
    gathered = _affair_rows(store, links, rows["threads"]) if affairs else []
    number = secrets.randbits(_BITS)
    for name, more in (*rows.items(), ("affairs", gathered)):
        store.append(name, [{"pass": number} | row for row in more])
    mark = {"pass": number, "before": links.last if links else None, "recorded": datetime.now(UTC), "stories": len(new), "affairs": affairs}
    store.append("passes", [mark])
    return Linked(len(new), len(work.stories), families, threads, len({r["affair"] for r in gathered} - {None}))


class _Pass:
    """Hold a pass at work: it reads the new stories, those that they may meet, and all that hangs together with what they touch."""

    def __init__(self, store: Store, links: Links | None, new: pl.DataFrame) -> None:
        self.store = store
        self.fresh = set(new["id"])
        self.batches = dict(store.readings().select("id", "batch").collect().iter_rows())
        self.linker = Linker(reach=REACH)
        self.stories: dict[str, Story] = {}
        self.family: dict[str, str] = dict(links.families.select("story", "family").iter_rows()) if links else {}
        self.component: dict[str, str] = dict(links.threads.select("event", "component").iter_rows()) if links else {}
        self.story_of: dict[str, str] = dict(links.threads.select("event", "story").iter_rows()) if links else {}
        self.stories_of_family = _inverse(self.family)
        self.events_of_component = _inverse(self.component)
        self.old = [e for e, s in self.story_of.items() if s in self.fresh]  # of stories that were coded anew
        self.new = new

    def load(self) -> None:
        """Read stories until nothing that is touched hangs together with something unread."""
        wanted = set(self.fresh)
        if self.family:
            self._read(wanted)
            wanted |= self._near()
        while wanted - self.stories.keys():
            self._read(wanted - self.stories.keys())
            names = {self.family[s] for s in self._families() if s in self.family}
            wanted |= {s for name in names for s in self.stories_of_family[name]}
            names = {self.component[e] for e in (*self._events(), *self.old) if e in self.component}
            wanted |= {self.story_of[e] for name in names for e in self.events_of_component[name]}

    def _read(self, ids: set[str]) -> None:
        for story in sorted(self.store.stories(ids - self.stories.keys()), key=lambda s: (s.published or "", s.id)):
            self.stories[story.id] = story
            self.linker.add(story)

    def _near(self) -> set[str]:
        """List the stories that may be one with a new story, and those with events that may be one with its events."""
        stories = self.store.readings().select("id", "published")
        days = [d for d in self.new["published"] if d is not None]
        may = _within(_spans((d, d) for d in days), REACH, "published", "published")
        if len(days) < len(self.new):
            may |= pl.col("published").is_null()
        found = set(stories.filter(may).collect()["id"])
        mine = [e for s in self.fresh if s in self.stories for e in self.stories[s].events]
        spans = _spans(span for e in mine for span in _days(e, self.stories[e.story].published))
        may = _within(spans, _DAYS, "from", "to") | _within(spans, _DAYS, "published", "published")
        if any(e.modality == "historical" for e in mine) or len(days) < len(self.new):
            may |= pl.col("from").is_null() | (pl.col("modality").cast(pl.String) == "historical")
        return found | set(self.store.rows("events").filter(may).select("story").collect()["story"])

    def _families(self) -> set[str]:
        """List the stories of families that a new story is in."""
        return {s for members in self.linker.families.members().values() if not self.fresh.isdisjoint(members) for s in members}

    def _events(self) -> set[str]:
        """List the events that new stories touch: what hangs together with theirs, with those they had, and with those of stories whose family they changed."""
        changed = self.fresh | self._families()
        before = {self.component[e] for e in self.old if e in self.component}
        left = [e for name in before for e in self.events_of_component[name]]
        mine = [e.id for s in changed if s in self.stories for e in self.stories[s].events]
        return self.linker.hanging(e for e in (*mine, *left) if e in self.linker.mentions)

    def rows(self) -> tuple[int, int, dict[str, list[dict[str, Any]]]]:
        """Give what the pass has to write, and how many families and threads."""
        touched = self._families()
        families = [f for f in self.linker.families if not touched.isdisjoint(f.stories)]
        events = self._events()
        told = self.family | {s: f.id for f in families for s in f.stories}
        threads = self.linker.threads(events, told)
        rows = [row for t in threads for row in self._thread_rows(t)]
        gone = [e for e in self.old if e not in events and e not in self.linker.mentions]
        rows += [dict.fromkeys(LINKS["threads"].keys() - {"pass"}) | {"event": e, "story": self.story_of[e]} for e in gone]
        return len(families), len(threads), {"families": [row for f in families for row in self._family_rows(f)], "threads": rows}

    def _family_rows(self, family: Family) -> Iterable[dict[str, Any]]:
        for v in family.versions:
            yield {
                "story": v.story, "batch": self.batches[v.story], "family": family.id, "kind": v.kind, "previous": v.previous, "score": v.score, "changes": list(v.changes),
            }  # fmt: skip

    def _thread_rows(self, thread: Thread) -> Iterable[dict[str, Any]]:
        component = min(self.linker.hanging([thread.id]))
        for m in thread.members:
            yield {
                "event": m.event, "story": m.story, "thread": thread.id, "component": component, "score": m.score, "nearest": m.nearest, "because": list(m.because),
                "sources": thread.sources,
            }  # fmt: skip


def _inverse(names: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, name in names.items():
        found.setdefault(name, []).append(key)
    return found


def _days(event: Event, published: str | None) -> Iterable[tuple[date, date]]:
    if event.when is not None:
        yield date.fromisoformat(event.when.from_), date.fromisoformat(event.when.to)
    if published is not None:
        yield date.fromisoformat(published), date.fromisoformat(published)


def _spans(days: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Join spans of days that lie close together."""
    joined: list[tuple[date, date]] = []
    for low, high in sorted(days):
        if joined and low <= joined[-1][1] + timedelta(days=2 * REACH):
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    while len(joined) > _SPANS:  # close the smallest gap
        at = min(range(len(joined) - 1), key=lambda i: joined[i + 1][0] - joined[i][1])
        joined[at : at + 2] = [(joined[at][0], joined[at + 1][1])]
    return joined


def _within(spans: list[tuple[date, date]], days: int, first: str, last: str) -> pl.Expr:
    """Keep rows whose days meet one of the spans, so many days about it."""
    more = timedelta(days=days)
    met = [(pl.col(first) <= min(date.max - more, high) + more) & (pl.col(last) >= max(date.min + more, low) - more) for low, high in spans]
    return pl.any_horizontal(met) if met else pl.lit(value=False)


def kept_threads(store: Store, links: Links, only: set[str] | None = None) -> list[Thread]:
    """Give the threads that are kept, or those of some events, with the mentions that they are made of; nothing is compared.

    Args:
        store: the record.
        links: its links.
        only: ids of threads.
    """
    rows = links.threads if only is None else links.threads.filter(pl.col("thread").is_in(only))
    linker = Linker.of_groups(store.stories(set(rows["story"])), rows.rows(named=True))
    return linker.threads({e for e in rows["event"] if e in linker.mentions}, dict(links.families.select("story", "family").iter_rows()))


def kept_affairs(store: Store, links: Links) -> list[Affair]:
    """Give the affairs that are kept; nothing is gathered anew."""
    return affairs_in(kept_threads(store, links), dict(links.affairs.select("thread", "affair").iter_rows()))


def _affair_rows(store: Store, links: Links | None, changed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gather the threads of the record into affairs, and give the rows that this changes."""
    rows = {r["event"]: r for r in (links.threads.rows(named=True) if links else [])} | {r["event"]: r for r in changed}
    told = [r for r in rows.values() if r["thread"] is not None]
    linker = Linker.of_groups(store.stories(), told)
    families: dict[str, str] = {}  # whom a report comes from plays no part in affairs
    now = {t.id: a.id for a in affairs_of(linker.threads(None, families)) for t in a.threads}
    before: dict[str, str] = dict(links.affairs.select("thread", "affair").iter_rows()) if links else {}
    return [{"thread": t, "affair": now.get(t)} for t in sorted(now.keys() | before.keys()) if now.get(t) != before.get(t)]
