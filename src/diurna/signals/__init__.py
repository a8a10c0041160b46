"""Signals: rules over the record, and what they saw, sent once each."""

from __future__ import annotations

from diurna.signals.channels import CHANNELS, Channel
from diurna.signals.deliver import signature
from diurna.signals.outbox import Outbox, Sent, outbox_path, read_sent
from diurna.signals.rules import KINDS, Filters, Rule, Rules, load_rules
from diurna.signals.run import Round, check, replay, run
from diurna.signals.signal import Evidence, Signal

__all__ = [
    "CHANNELS", "KINDS", "Channel", "Evidence", "Filters", "Outbox", "Round", "Rule", "Rules", "Sent", "Signal", "check", "load_rules", "outbox_path", "read_sent", "replay", "run",
    "signature",
]  # fmt: skip
