"""Read reports: files, folders, globs and standard input in; stories out, and a reject with its reason for each that cannot be read."""

from __future__ import annotations

from diurna.read.boilerplate import boilerplate_spans
from diurna.read.dateline import Dateline, find_dateline
from diurna.read.sources import read
from diurna.read.stories import story_from_text

__all__ = ["Dateline", "boilerplate_spans", "find_dateline", "read", "story_from_text"]
