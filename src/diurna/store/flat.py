"""Make a table of text out of a frame with lists and records."""

from __future__ import annotations

import polars as pl

__all__ = ["flat"]


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Join lists for a table of text, leave out whole records, and keep a spreadsheet from running words as formulas."""
    lists = [c for c, kind in frame.schema.items() if isinstance(kind, pl.List)]
    joined = frame.drop("record", strict=False).with_columns(pl.col(lists).list.join("; ", ignore_nulls=True)) if lists else frame.drop("record", strict=False)
    words = [c for c, kind in joined.schema.items() if kind == pl.String]
    return joined.with_columns(pl.when(pl.col(c).str.contains(r"^[=+\-@\t\r]")).then("'" + pl.col(c)).otherwise(pl.col(c)).alias(c) for c in words)
