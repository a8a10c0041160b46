"""Tell which stories are the same and which reports tell of one event."""

from __future__ import annotations

from diurna.link.duplicates import Duplicates, Pair, compare
from diurna.link.families import Families, Family, Statement, Version
from diurna.link.origins import independent, origin_of

__all__ = ["Duplicates", "Families", "Family", "Pair", "Statement", "Version", "compare", "independent", "origin_of"]
