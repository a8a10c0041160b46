"""Narrow a scan of events to those asked for."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from diurna.errors import QueryError, StoreError
from diurna.ontology import MODALITIES
from diurna.store.schemas import PARTITION

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["acted", "coded", "parties", "published", "worded"]


def published(rows: pl.LazyFrame, since: str | None, until: str | None) -> pl.LazyFrame:
    """Keep events published within some days, both included; whole months are skipped unread.

    Raises:
        StoreError: D506 if a day is none.
    """
    if since is not None:
        rows = rows.filter(pl.col("published") >= _day(since), pl.col(PARTITION) >= since[:7])
    if until is not None:
        rows = rows.filter(pl.col("published") <= _day(until), pl.col(PARTITION) <= until[:7])
    return rows


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise StoreError("D506", f"“{text}” is no ISO 8601 day, like 2023-02-22") from error


def parties(rows: pl.LazyFrame, dyad: tuple[str, str] | None, country: str | None) -> pl.LazyFrame:
    """Keep what one country does to another, and what a country does or has done to it; codes are alpha-3."""
    if dyad is not None:
        rows = rows.filter(pl.col("actor_countries").list.contains(dyad[0]), pl.col("recipient_countries").list.contains(dyad[1]))
    if country:
        rows = rows.filter(pl.col("actor_countries").list.contains(country.upper()) | pl.col("recipient_countries").list.contains(country.upper()))
    return rows


def coded(rows: pl.LazyFrame, types: Sequence[str], mode: str | None, modality: str | None, least: float) -> pl.LazyFrame:
    """Keep events of some types (all when empty), of a mode, of a modality, and at least so sure.

    Raises:
        QueryError: D624 if there is no such modality.
    """
    if modality is not None and modality not in MODALITIES:
        raise QueryError("D624", f"there is no modality “{modality}”; choose one of {', '.join(MODALITIES)}")
    if types:
        rows = rows.filter(pl.col("type").is_in([t.upper() for t in types]))
    for column, value in (("mode", mode), ("modality", modality)):
        if value:
            rows = rows.filter(pl.col(column) == value)
    return rows.filter(pl.col("confidence") >= least) if least else rows


def acted(rows: pl.LazyFrame, first: str | None, last: str | None) -> pl.LazyFrame:
    """Keep acts that took place, or may have, within some days.

    Raises:
        QueryError: D623 if a day is none.
    """
    try:
        days = [None if day is None else date.fromisoformat(day) for day in (first, last)]
    except ValueError as error:
        raise QueryError("D623", f"--from or --to is no ISO 8601 day, like 2023-02-22 ({error})") from error
    if days[0] is not None:
        rows = rows.filter(pl.col("to") >= days[0])
    return rows if days[1] is None else rows.filter(pl.col("from") <= days[1])


def worded(rows: pl.LazyFrame, claimant: str | None, place: str | None, text: str | None) -> pl.LazyFrame:
    """Keep events by words of the claimant's or the place's name (or its country's code), or by any words that the record points at."""

    def holds(column: str, words: str) -> pl.Expr:
        return pl.col(column).str.to_lowercase().str.contains(words.lower(), literal=True)

    for words, name, code in ((claimant, "claimant", "claimant_country"), (place, "place", "place_country")):
        if words:
            rows = rows.filter(holds(name, words) | (pl.col(code) == words.upper()))
    if text:
        quoted = re.escape(json.dumps(text, ensure_ascii=False)[1:-1])
        rows = rows.filter(pl.col("record").str.contains(rf'(?i)"(?:text|name|role|who)": "(?:[^"\\]|\\.)*{quoted}'))
    return rows
