"""Turn frames and resolved parties, places and dates into events."""

from __future__ import annotations

from diurna.coding.events import Resolved, code_events

__all__ = ["Resolved", "code_events"]
