"""The sample record that the program ships: stories of ours, coded by the program itself (examples/sample.py)."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from diurna.records import CoderVersion, Story
from diurna.store import Store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SAMPLE", "sample_record", "sample_stories"]

SAMPLE: Final = files("diurna.serve") / "sample.jsonl.gz"


def sample_stories() -> list[Story]:
    """Read the stories of the sample, with their events."""
    lines = gzip.decompress(SAMPLE.read_bytes()).decode().splitlines()
    return [Story.from_dict(json.loads(line)) for line in lines]


def sample_record(folder: Path) -> Store:
    """Write the sample to a new record in a folder."""
    stories = sample_stories()
    coder = next((e.coder for s in stories for e in s.events), CoderVersion("0", "none"))
    store = Store.create(folder)
    store.write(stories, coder)
    return store
