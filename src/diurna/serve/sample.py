"""The sample record that the program ships: stories of ours, coded by the program itself, and what rules saw in it day by day (examples/sample.py)."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from diurna.records import CoderVersion, Story
from diurna.signals import Outbox, Signal, outbox_path
from diurna.signals.kinds import Seen
from diurna.store import Store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RULES", "SAMPLE", "SIGNALS", "sample_record", "sample_signals", "sample_stories"]

SAMPLE: Final = files("diurna.serve") / "sample.jsonl.gz"
RULES: Final = files("diurna.serve") / "sample-signals.toml"
SIGNALS: Final = files("diurna.serve") / "sample-signals.jsonl.gz"


def sample_stories() -> list[Story]:
    """Read the stories of the sample, with their events."""
    lines = gzip.decompress(SAMPLE.read_bytes()).decode().splitlines()
    return [Story.from_dict(json.loads(line)) for line in lines]


def sample_signals() -> list[Signal]:
    """Read what the rules of the sample saw in it, the first day first."""
    return [Signal.from_json(line) for line in gzip.decompress(SIGNALS.read_bytes()).decode().splitlines()]


def sample_record(folder: Path) -> Store:
    """Write the sample to a new record in a folder, with its signals, each as made on its day; none is sent to anybody."""
    stories = sample_stories()
    coder = next((e.coder for s in stories for e in s.events), CoderVersion("0", "none"))
    store = Store.create(folder)
    store.write(stories, coder)
    with Outbox(outbox_path(store.url)) as outbox:
        outbox.take(Seen("", sample_signals()), (), dated=True)
    return store
