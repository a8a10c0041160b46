"""Tell which stories are the same and which reports tell of one event."""

from __future__ import annotations

from diurna.link.affairs import Affair, affairs_in, affairs_of
from diurna.link.duplicates import Duplicates, Pair, compare
from diurna.link.families import Families, Family, Statement, Version
from diurna.link.origins import independent, origin_of
from diurna.link.threads import Change, Linker, Member, Thread

__all__ = [
    "Affair",
    "Change",
    "Duplicates",
    "Families",
    "Family",
    "Linker",
    "Member",
    "Pair",
    "Statement",
    "Thread",
    "Version",
    "affairs_in",
    "affairs_of",
    "compare",
    "independent",
    "origin_of",
]
