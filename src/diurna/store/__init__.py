"""The record on disk: one Delta table a kind of row, in a folder or an object store."""

from __future__ import annotations

from diurna.store.reviews import STATES, VERDICTS, Review, Standing
from diurna.store.schemas import TABLES
from diurna.store.store import Store, Written
from diurna.store.upkeep import Fault, compact, history, info, release, released, releases, repair, vacuum, verify

__all__ = [
    "STATES",
    "TABLES",
    "VERDICTS",
    "Fault",
    "Review",
    "Standing",
    "Store",
    "Written",
    "compact",
    "history",
    "info",
    "release",
    "released",
    "releases",
    "repair",
    "vacuum",
    "verify",
]
