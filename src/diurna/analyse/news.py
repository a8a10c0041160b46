"""What is new in the record: events of some days as their reports tell them together, by force, spread and novelty."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from diurna.link import Linker
from diurna.ontology import QUADS, TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from diurna.analyse.acts import Acts
    from diurna.link import Thread
    from diurna.link.mentions import Side
    from diurna.records import Story

__all__ = ["MEMORY", "Item", "before_of", "news_of", "weigh"]

MEMORY: Final = 90  # days before the news in which an act of the same kind makes it less new
_TOLD: Final = {"actual": 1.0, "negated": 0.6, "future": 0.6, "hypothetical": 0.4}
_SCALE: Final = 10.0  # PLOVER scores run from -10 to 10
_Counts = dict[tuple[str, str, str | None], int]


@dataclass(frozen=True, slots=True)
class Item:
    """Hold an event that is news, with what its weight is made of (docs/guide/page.md, “Today”).

    ``force`` grows with the PLOVER score of its type, either way; ``spread`` with its independent sources; ``novelty`` falls from 1 toward a half
    with every act of this type between these parties in the ``MEMORY`` days before, of which there were ``before`` (None where the parties'
    countries are not known); ``told`` is less than 1 for what is planned, feared or denied. ``weight`` is their product.
    """

    thread: Thread
    actors: tuple[Side, ...]
    recipients: tuple[Side, ...]
    quad: str
    force: float
    spread: float
    novelty: float
    told: float
    before: int | None
    weight: float


def news_of(acts: Acts, stories: Iterable[Story], since: date) -> list[Item]:
    """List the events that stories tell, weightiest first; what they tell as history is no news.

    Args:
        acts: the record, for what happened before.
        stories: coded stories of the days in question.
        since: their first day.
    """
    seen = before_of(acts, since)
    found = [weigh(t, seen) for t in Linker(stories).threads() if t.modality in _TOLD]
    return sorted(found, key=lambda i: (-i.weight, i.thread.id))


def weigh(thread: Thread, seen: Mapping[tuple[str, str, str | None], int]) -> Item:
    """Weigh an event against what was seen before (``before_of``)."""
    sides = next((m.sides for m in thread.mentions if m.type == thread.type), thread.mentions[0].sides)
    actors, recipients = tuple(s for s in sides if s.actor), tuple(s for s in sides if not s.actor)
    before = _before(thread.type, [s.country for s in actors if s.country], [s.country for s in recipients if s.country], seen)
    kind = TYPES.get(thread.type)
    force = (1 + abs(kind.score if kind else 0.0)) / (1 + _SCALE)
    spread = math.log2(1 + max(1, thread.sources))
    novelty = 0.5 if before is None else 0.5 + 0.5 / (1 + before)
    told = _TOLD[thread.modality]
    return Item(thread, actors, recipients, QUADS[kind.quad] if kind else "", force, spread, novelty, told, before, force * spread * novelty * told)


def before_of(acts: Acts, since: date) -> _Counts:
    """Count the acts of the ``MEMORY`` days before a day, by type, actor's country and recipient's; by type and actor's country alone under None."""
    days = pl.col("published").is_between(since - timedelta(days=MEMORY), since - timedelta(days=1))
    past = acts.events.filter(days, ~pl.col("copy"), pl.col("modality") != "historical").select("row", pl.col("type").cast(pl.String), a="actor_countries")
    pairs = acts.pairs.join(past.select("row", "type"), on="row").group_by("type", "a", "b").len()
    alone = past.select("row", "type", pl.col("a").list.drop_nulls().list.unique()).explode("a", empty_as_null=True).drop_nulls("a").group_by("type", "a").len()
    found: _Counts = defaultdict(int)
    found.update({(r["type"], r["a"], r["b"]): r["len"] for r in pairs.iter_rows(named=True)})
    found.update({(r["type"], r["a"], None): r["len"] for r in alone.iter_rows(named=True)})
    return dict(found)


def _before(kind: str, actors: list[str], recipients: list[str], seen: Mapping[tuple[str, str, str | None], int]) -> int | None:
    if not actors:
        return None
    others: list[str | None] = [*recipients] if recipients else [*actors] if len(set(actors)) > 1 else [None]
    return max((seen.get((kind, a, b), 0) for a in actors for b in others if a != b or len(others) == 1), default=0)
