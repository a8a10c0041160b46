#!/usr/bin/env python3
"""Measure what resolving adds to the network's time, and how long the knowledge takes to load: ``python bench/resolver.py [STORIES.jsonl]``.

CPU seconds of one thread over coded stories; the limits are the project's: 30 % of the network's time, half a second to load.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from diurna.coder import Coder
from diurna.read import story_from_text
from diurna.resolve import resolve

ROOT = Path(__file__).resolve().parent.parent
SHARE, LOAD = 0.30, 0.5


def main() -> int:
    """Print both figures; exit code 1 when one is over its limit."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "eval/held_out.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    stories = [story_from_text(r["text"], published=r["published"]) for r in rows]
    coder = Coder(threads=1)
    resolve(stories[0], coder.parse(stories[0]))
    model = resolver = 0.0
    for story in stories:
        begun = time.process_time()
        parsed = coder.parse(story)
        middle = time.process_time()
        resolve(story, parsed)
        model += middle - begun
        resolver += time.process_time() - middle
    code = "import time;from diurna.knowledge.tables import load_tables as f;t=time.process_time();f();print(time.process_time()-t)"
    load = min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout) for _ in range(3))
    print(f"{len(stories)} stories: network {model:.2f} s, resolving {resolver:.2f} s of CPU; share {resolver / model:.3f} (limit: at most {SHARE})")
    print(f"knowledge loads in {load:.3f} s of CPU (limit: at most {LOAD})")
    return int(resolver / model > SHARE or load > LOAD)


if __name__ == "__main__":
    sys.exit(main())
