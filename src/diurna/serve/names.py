"""English names of countries by their codes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["country_names"]


@cache
def country_names() -> dict[str, str]:
    """Give the English name of each alpha-3; the second call is free."""
    lines = (files("diurna.knowledge") / "countries.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[0]: row[4] for row in rows} | {"IGO": "intergovernmental bodies", "NGO": "non-governmental bodies", "MNC": "companies"}
