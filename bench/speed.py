#!/usr/bin/env python3
"""Measure speed, cold start and memory against their limits, beside the bare encoder's rate in the same run: ``python bench/speed.py``.

A machine's speed is its own: what counts is the share of the encoder's rate that is left when everything else is done too. The limits of
docs/guide/speed.md in sentences a second are for two cores; set DIURNA_BENCH_STRICT=1 to have them decide.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = 2000
LIMITS = {"sentences a second": 150.0, "cold start, seconds": 2.0, "memory, MB": 600.0, "share of the encoder's rate": 0.15}


def text_of_sentences(count: int) -> str:
    """Join sentences of the held-out stories, over and over, to one story."""
    stories = [json.loads(line) for line in (ROOT / "eval/held_out.jsonl").read_text("utf-8").splitlines()]
    paragraphs = [s["text"] for s in stories]
    from diurna.parse.sentences import split

    text, have = "", 0
    while have < count:
        for paragraph in paragraphs:
            text += paragraph + "\n\n"
            have += len(split(paragraph))
            if have >= count:
                break
    return text


def main() -> int:
    """Print the figures; with DIURNA_BENCH_STRICT, exit code 1 when one misses its limit."""
    from diurna.coder import Coder
    from diurna.parse.sentences import split

    text = text_of_sentences(SENTENCES)
    coder = Coder()
    coder.code("Kenya recalled its ambassador from Juba on Monday.", published="2014-03-04")
    began = time.perf_counter()
    story = coder.code(text, published="2014-03-04")
    spent = time.perf_counter() - began
    sentences = split(text)
    model = coder._model
    pieces = model.cut([text[s.start : s.end] for s in sentences])
    began = time.perf_counter()
    model.logits(pieces)
    bare = len(sentences) / (time.perf_counter() - began)
    rate = len(sentences) / spent
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"sentences a second": rate, "cold start, seconds": cold_start(), "memory, MB": memory, "share of the encoder's rate": rate / bare}
    print(f"{len(sentences)} sentences, {len(story.events)} events; the bare encoder reads {bare:.0f} sentences a second")
    missed = 0
    for name, value in figures.items():
        most = name.startswith(("cold", "memory"))
        bad = value > LIMITS[name] if most else value < LIMITS[name]
        missed += bad and (name.startswith("share") or bool(os.environ.get("DIURNA_BENCH_STRICT")))
        print(f"{name}: {value:.2f} (limit: {'at most' if most else 'at least'} {LIMITS[name]:g}){' MISSED' if bad else ''}")
    return 1 if missed else 0


def cold_start() -> float:
    """Time one short report through the command line, from nothing, the best of three."""
    best = 1e9
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.txt"
        path.write_text("Kenya recalled its ambassador from Juba on Monday.", encoding="utf-8")
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-m", "diurna.cli", "code", str(path), "--published", "2014-03-04"], check=True, stdout=subprocess.DEVNULL)
            best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    sys.exit(main())
