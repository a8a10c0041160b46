"""Accounts of countries: what each does and suffers, with whom; and who claims what of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from diurna.analyse.acts import Selection
from diurna.ontology import QUADS

if TYPE_CHECKING:
    from datetime import date

    from diurna.analyse.acts import Acts

_NONE = pl.Series([], dtype=pl.get_index_type())  # rows of a country that the record does not know
__all__ = ["Account", "ClaimRow", "CountryRow", "Entry", "Partner", "account_of", "claims_table", "countries_of"]


@dataclass(frozen=True, slots=True)
class CountryRow:
    """Hold a country's totals: acts it does, acts done to it, mean score of each (None without acts), last day of publication."""

    code: str
    done: int
    suffered: int
    mean_done: float | None
    mean_suffered: float | None
    last: date


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold a line of an account: a type of act, its quad, how often the country did it, how often it was done to it, and the events."""

    type: str
    quad: str
    done: int
    suffered: int
    ids_done: tuple[str, ...]
    ids_suffered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partner:
    """Hold the acts between a country and another: outward, inward, mean score of both together."""

    code: str
    outward: int
    inward: int
    mean: float


@dataclass(frozen=True, slots=True)
class Account:
    """Hold a country's account: lines by type, most acts first, and its partners."""

    code: str
    entries: tuple[Entry, ...]
    partners: tuple[Partner, ...]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """Hold who claims what of whom: the claimant and its country, the country said to act, the quad of the acts.

    ``told`` counts claims that acts happened, ``denied`` claims that they did not, ``open_`` claims of acts planned, feared or possible;
    ``against`` tells that the claimant speaks of another country than its own; ``ids`` are the events, newest first.
    """

    claimant: str
    claimant_country: str | None
    actor: str
    quad: str
    told: int
    denied: int
    open_: int
    against: bool
    ids: tuple[str, ...]


def countries_of(acts: Acts, *, selection: Selection | None = None) -> list[CountryRow]:
    """List the countries of the record with their totals, most acts first."""
    sides = {}
    for side, frame in acts.sides.items():
        counted = acts.of_rows(frame, selection or Selection(), "score", "published")
        last = pl.col("published").max().alias(f"last_{side}")
        sides[side] = counted.group_by("code").agg(pl.len().alias(side), pl.col("score").mean().alias(f"mean_{side}"), last).with_columns(pl.col("code").cast(pl.String))
    both = sides["done"].join(sides["suffered"], on="code", how="full", coalesce=True).with_columns(pl.col("done", "suffered").fill_null(0))
    rows = both.with_columns(last=pl.max_horizontal("last_done", "last_suffered")).sort([pl.col("done") + pl.col("suffered"), pl.col("code")], descending=[True, False])
    return [CountryRow(r["code"], r["done"], r["suffered"], _round(r["mean_done"]), _round(r["mean_suffered"]), r["last"]) for r in rows.iter_rows(named=True)]


def account_of(acts: Acts, code: str, *, selection: Selection | None = None, ids: bool = True) -> Account:
    """Make a country's account (docs/guide/measures.md, “Accounts of countries”).

    Args:
        acts: the record.
        code: alpha-3, or IGO, NGO, MNC.
        selection: which acts count.
        ids: keep the ids of the events, which costs time where there are very many.
    """
    choice = selection or Selection()
    lines: dict[tuple[str, str], dict[str, tuple[int, tuple[str, ...]]]] = {}
    for side, rows in acts.rows_of.items():
        found = acts.of_rows(rows.get(code, _NONE).alias("row").to_frame(), choice, "type", "quad", *(["id"] if ids else []))
        kept = pl.col("id") if ids else pl.lit(None, pl.List(pl.String)).alias("id")
        for r in found.group_by("type", "quad", maintain_order=True).agg(pl.len().alias("count"), kept).iter_rows(named=True):
            lines.setdefault((str(r["type"]), str(r["quad"])), {})[side] = (r["count"], tuple(r["id"] or ()))
    words = {v: k for k, v in QUADS.items()}
    none: tuple[int, tuple[str, ...]] = (0, ())
    entries = [
        Entry(kind, words.get(quad, ""), by.get("done", none)[0], by.get("suffered", none)[0], by.get("done", none)[1], by.get("suffered", none)[1])
        for (kind, quad), by in lines.items()
    ]  # fmt: skip
    entries.sort(key=lambda e: (-(e.done + e.suffered), e.type))
    return Account(code, tuple(entries), tuple(_partners(acts, code, choice)))


def _partners(acts: Acts, code: str, choice: Selection) -> list[Partner]:
    pairs = [pl.DataFrame({"row": acts.dyads[a, b]}).with_columns(code=pl.lit(b if a == code else a), out=pl.lit(a == code)) for a, b in acts.neighbours.get(code, ())]
    if not pairs:
        return []
    counted = acts.of_rows(pl.concat(pairs), choice, "score")
    rows = counted.group_by("code").agg(pl.col("out").sum().alias("outward"), (~pl.col("out")).sum().alias("inward"), pl.col("score").mean().alias("mean"))
    ordered = rows.sort([pl.col("outward") + pl.col("inward"), pl.col("code")], descending=[True, False])
    return [Partner(r["code"], r["outward"], r["inward"], round(r["mean"], 3)) for r in ordered.iter_rows(named=True)]


def claims_table(acts: Acts, *, actor: str | None = None, claimant: str | None = None, selection: Selection | None = None) -> list[ClaimRow]:
    """List who claims what of whom (docs/guide/measures.md, “Who claims what”).

    Args:
        acts: the record.
        actor: alpha-3 of the country said to act; all when None.
        claimant: alpha-3 of the claimant's country; all when None.
        selection: days and confidence of the claims; every modality is told apart here, so that its other settings do not matter.

    Returns:
        Rows, most claims first.
    """
    choice = selection or Selection()
    events = acts.events if actor is None else acts.lean[acts.rows_of["done"].get(actor, _NONE)]
    claimed = events.lazy().filter(pl.col("claimant").is_not_null(), ~pl.col("copy"), pl.col("confidence") >= choice.least, *choice.within())
    if claimant is not None:
        claimed = claimed.filter(pl.col("claimant_country") == claimant)
    codes = pl.col("actor_countries").list.drop_nulls().list.unique().alias("actor") if actor is None else pl.lit(actor).alias("actor")
    rows = claimed.select("row", "id", "claimant", pl.col("claimant_country").cast(pl.String), pl.col("quad").cast(pl.String), pl.col("modality").cast(pl.String), codes)
    if actor is None:
        rows = rows.explode("actor", empty_as_null=True).drop_nulls("actor")
    told, denied = pl.col("modality").is_in(["actual", "historical"]), pl.col("modality") == "negated"
    table = rows.sort("row").group_by("claimant", "claimant_country", "actor", "quad", maintain_order=True).agg(
        told=told.sum(), denied=denied.sum(), open_=(~told & ~denied).sum(), ids=pl.col("id")
    )
    words = {v: k for k, v in QUADS.items()}
    ordered = table.sort([pl.col("ids").list.len(), pl.col("claimant"), pl.col("actor"), pl.col("quad")], descending=[True, False, False, False]).collect()
    return [_claim(r, words) for r in ordered.iter_rows(named=True)]


def _claim(row: dict[str, Any], words: dict[str, str]) -> ClaimRow:
    return ClaimRow(
        row["claimant"], row["claimant_country"], row["actor"], words.get(row["quad"], ""), row["told"], row["denied"], row["open_"],
        row["claimant_country"] is not None and row["claimant_country"] != row["actor"], tuple(row["ids"]),
    )  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
