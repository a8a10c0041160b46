"""Series of dyads: what one country does to another, by day, week or month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from diurna.analyse.acts import PERIODS, Selection, period_end, periods
from diurna.ontology import QUADS

if TYPE_CHECKING:
    from datetime import date

    from diurna.analyse.acts import Acts, By

__all__ = ["DyadRow", "Point", "Series", "dyad_series", "dyads_of"]


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one period of a dyad.

    ``quads`` counts acts by quad code, ``shares`` gives their shares (empty without acts); ``score`` is the sum of PLOVER scores and ``mean`` their
    mean, None without acts; ``stories`` counts all stories of the record in the period; ``hypothetical`` and ``unconfirmed`` count the dyad's
    acts of these kinds, whether or not the selection counts them; ``ids`` are the events counted, newest first.
    """

    start: date
    end: date
    stories: int
    count: int
    quads: dict[str, int]
    shares: dict[str, float]
    score: float
    mean: float | None
    hypothetical: int
    unconfirmed: int
    ids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the point as plain JSON types."""
        return {
            "start": self.start.isoformat(), "end": self.end.isoformat(), "stories": self.stories, "count": self.count, "quads": self.quads, "shares": self.shares,
            "score": self.score, "mean": self.mean, "hypothetical": self.hypothetical, "unconfirmed": self.unconfirmed, "ids": list(self.ids),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """Hold a dyad's periods in order, none left out."""

    a: str
    b: str
    both: bool
    by: By
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class DyadRow:
    """Hold a dyad's totals: acts, by quad, sum and mean of their scores, and the last day of publication."""

    a: str
    b: str
    count: int
    quads: dict[str, int]
    score: float
    mean: float
    last: date


def dyad_series(acts: Acts, a: str, b: str, *, by: By = "month", both: bool = False, selection: Selection | None = None) -> Series:
    """Count what ``a`` does to ``b``, period by period (docs/guide/measures.md, “Series”).

    Args:
        acts: the record.
        a: alpha-3 of the actor's country.
        b: alpha-3 of the recipient's.
        by: day, week (from Monday) or month, of publication.
        both: count acts of ``b`` to ``a`` too, each act once.
        selection: which acts count.

    Raises:
        QueryError: D629 if ``by`` is no period.
    """
    choice = selection or Selection()
    frame = periods(acts, by, choice)
    found = acts.between(a, b, both=both).with_columns(start=pl.col("published").dt.truncate(PERIODS[by]))
    counted = _counted(found.filter(choice.holds()))
    beside = _beside(found.filter(Selection(hypothetical=True, least=choice.least, since=choice.since, until=choice.until).holds()))
    rows = frame.join(counted, on="start", how="left").join(beside, on="start", how="left").sort("start")
    return Series(a, b, both, by, tuple(_point(row, by) for row in rows.iter_rows(named=True)))


def _counted(found: pl.DataFrame) -> pl.DataFrame:
    quads = [(pl.col("quad") == words).sum().alias(code) for code, words in QUADS.items()]
    return found.group_by("start", maintain_order=True).agg(pl.len().alias("count"), pl.col("score").sum(), pl.col("id"), *quads)


def _beside(found: pl.DataFrame) -> pl.DataFrame:
    return found.group_by("start").agg(hypothetical=(pl.col("modality") != "actual").sum(), unconfirmed=pl.col("claimant").is_not_null().sum())


def _point(row: dict[str, Any], by: By) -> Point:
    count, score = row["count"] or 0, round(row["score"] or 0.0, 4)
    quads = {code: row[code] or 0 for code in QUADS}
    shares = {code: round(n / count, 4) for code, n in quads.items()} if count else {}
    mean = round(score / count, 4) if count else None
    return Point(
        row["start"], period_end(row["start"], by), row["stories"], count, quads, shares, score, mean, row["hypothetical"] or 0, row["unconfirmed"] or 0, tuple(row["id"] or ()),
    )  # fmt: skip


def dyads_of(acts: Acts, *, country: str | None = None, selection: Selection | None = None, inward: bool = False) -> list[DyadRow]:
    """List the dyads of the record with their totals, most acts first.

    Args:
        acts: the record.
        country: only dyads with this country on a side.
        selection: which acts count.
        inward: list acts of a country within itself (RUS-RUS) too.
    """
    choice = selection or Selection()
    pairs = acts.pairs
    if not inward:
        pairs = pairs.filter(pl.col("a") != pl.col("b"))
    if country is not None:
        pairs = pairs.filter((pl.col("a") == country) | (pl.col("b") == country))
    quads = [(pl.col("quad") == words).sum().alias(code) for code, words in QUADS.items()]
    sums = (pl.len().alias("count"), pl.col("score").sum(), pl.col("published").max(), *quads)
    joined = acts.of_rows(pairs, choice, "quad", "score", "published").group_by("a", "b").agg(*sums).with_columns(pl.col("a", "b").cast(pl.String))
    rows = joined.sort(["count", "a", "b"], descending=[True, False, False])
    return [
        DyadRow(r["a"], r["b"], r["count"], {q: r[q] for q in QUADS}, round(r["score"], 4), round(r["score"] / r["count"], 4), r["published"])
        for r in rows.iter_rows(named=True)
    ]
