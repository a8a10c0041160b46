#!/usr/bin/env python3
"""Check corpus files: ``python corpus/validate.py [FILE…]``. Prints each problem and a summary; exit code 1 on any error."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from diurna.training.markup import read_file, read_stories


def main(paths: list[str]) -> int:
    """Check the files named, or the whole corpus, and print what the annotator should know."""
    if paths:
        read = [read_file(Path(p)) for p in paths]
        stories = [s for more, _ in read for s in more]
        problems = [p for _, more in read for p in more]
    else:
        stories, problems = read_stories()
    for problem in problems:
        print(problem)
    sentences = [s for story in stories for s in story.sentences]
    events = [e for s in sentences for e in s.events]
    empty = sum(not s.events for s in sentences)
    errors = sum(p.grave for p in problems)
    print(f"{len(stories)} stories, {len(sentences)} sentences ({empty} without event = {empty / max(1, len(sentences)):.0%}), {len(events)} events")
    for title, count in (("types", Counter(e.type for e in events)), ("modality", Counter(e.modality for e in events))):
        print(f"{title}: " + ", ".join(f"{k} {n} ({n / max(1, len(events)):.0%})" for k, n in count.most_common()))
    print("modes: " + ", ".join(f"{k} {n}" for k, n in Counter(f"{e.type}/{e.mode}" for e in events if e.mode).most_common()))
    print(f"{errors} errors, {len(problems) - errors} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
