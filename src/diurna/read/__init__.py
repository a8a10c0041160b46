"""Read files, folders, archives of lines and standard input into stories; what cannot be read becomes a reject with its reason."""

from __future__ import annotations

from diurna.read.boilerplate import boilerplate_spans
from diurna.read.dateline import Dateline, find_dateline
from diurna.read.inputs import count_stories, read
from diurna.read.story import MAX_BYTES, story_from_text

__all__ = ["MAX_BYTES", "Dateline", "boilerplate_spans", "count_stories", "find_dateline", "read", "story_from_text"]
