"""Exchange records with other event data: read and write their formats, and compare two sources."""

from __future__ import annotations

from diurna.exchange.formats import FORMATS, Format, Loss, Written, read, write

__all__ = ["FORMATS", "Format", "Loss", "Written", "read", "write"]
