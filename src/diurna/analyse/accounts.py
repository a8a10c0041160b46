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


def account_of(acts: Acts, code: str, *, selection: Selection | None = None) -> Account:
    """Make a country's account (docs/guide/measures.md, “Accounts of countries”).

    Args:
        acts: the record.
        code: alpha-3, or IGO, NGO, MNC.
        selection: which acts count.
    """
    found = acts.of_country(code).filter((selection or Selection()).holds())
    did, had = (pl.col(c).list.contains(code) for c in ("actor_countries", "recipient_countries"))
    lines = found.group_by("type", "quad", maintain_order=True).agg(
        did.sum().alias("done"), had.sum().alias("suffered"), pl.col("id").filter(did).alias("ids_done"), pl.col("id").filter(had).alias("ids_suffered")
    )
    words = {v: k for k, v in QUADS.items()}
    entries = [
        Entry(str(r["type"]), words.get(str(r["quad"]), ""), r["done"], r["suffered"], tuple(r["ids_done"]), tuple(r["ids_suffered"])) for r in lines.iter_rows(named=True)
    ]
    entries.sort(key=lambda e: (-(e.done + e.suffered), e.type))
    return Account(code, tuple(entries), tuple(_partners(acts, code, found)))


def _partners(acts: Acts, code: str, found: pl.DataFrame) -> list[Partner]:
    pairs = acts.pairs.filter(pl.col("row").is_in(found["row"].implode()), (pl.col("a") == code) != (pl.col("b") == code)).join(found.select("row", "score"), on="row")
    out = pl.col("a") == code
    other = pl.when(out).then(pl.col("b")).otherwise(pl.col("a")).cast(pl.String)
    rows = pairs.group_by(code=other).agg(out.sum().alias("outward"), (~out).sum().alias("inward"), pl.col("score").mean().alias("mean"))
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
    events = acts.events if actor is None else acts.of_country(actor)
    claimed = events.lazy().filter(pl.col("claimant").is_not_null(), ~pl.col("copy"), pl.col("confidence") >= choice.least, *choice.within())
    if claimant is not None:
        claimed = claimed.filter(pl.col("claimant_country") == claimant)
    codes = pl.col("actor_countries").list.drop_nulls().list.unique().alias("actor")
    rows = claimed.select("row", "id", "claimant", pl.col("claimant_country").cast(pl.String), pl.col("quad").cast(pl.String), pl.col("modality").cast(pl.String), codes)
    rows = rows.explode("actor", empty_as_null=True).drop_nulls("actor")
    if actor is not None:
        rows = rows.filter(pl.col("actor") == actor)
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
