"""Code the sample record that ``diurna serve --demo`` shows: ``python examples/sample.py``.

Its stories are those of the corpus from 2022 to 2024 that have several sentences: ours, with invented persons. The model has learned from most
of them, so that the record shows what the service does and says nothing about how well the program reads.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from diurna.coder import Coder
from diurna.serve.sample import SAMPLE
from diurna.training.markup import read_stories

_FIRST, _LAST = "2022-01-01", "2024-12-31"
_SENTENCES = 4  # at least


def main() -> None:
    """Write the sample."""
    coder = Coder(threads=1)
    lines = []
    for marked in sorted(read_stories()[0], key=lambda s: (s.published or "", s.id)):
        if marked.published and _FIRST <= marked.published <= _LAST and len(marked.sentences) >= _SENTENCES:
            title = next((s.text for s in marked.sentences if s.title), None)
            story = coder.code(marked.text_and_starts()[0], published=marked.published, source="sample", title=title, key=marked.id)
            lines.append(json.dumps(story.to_dict() | {"events": [e.to_dict() for e in story.events]}, ensure_ascii=False))
    Path(str(SAMPLE)).write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
