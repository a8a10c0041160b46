"""Find the trigger of each relation line with the shipped model: ``python -m training.align``.

A line's trigger is the one candidate that the second look gives the line's own type; lines with none or with several equals stay unaligned. What it
writes, ``corpus/relations/triggers.json``, lets relation lines teach frames in the next training.
"""

from __future__ import annotations

import json

from diurna.parse import layout
from diurna.parse.model import Model
from diurna.parse.reader import read_frames
from training.examples import Draft, relation_lines
from training.markup import ROOT

__all__ = ["trigger_of"]

_SURE = 0.5  # least probability of being a trigger at all


def trigger_of(model: Model, line: Draft) -> tuple[int, int] | None:
    """Find a line's trigger: the surest candidate of its type that lies outside its parties."""
    type_ = layout.TYPE_LABELS[line.labels["relation"]]
    inside = [(s, e) for s, e, *_ in line.marks]
    options = [
        f
        for f in read_frames(model, line.text, least=0.0).frames
        if f.type == type_ and f.scores["trigger"] >= _SURE and not any(s < f.trigger.end and f.trigger.start < e for s, e in inside)
    ]
    best = max(options, key=lambda f: f.scores["best"] * f.scores["trigger"], default=None)
    return (best.trigger.start, best.trigger.end) if best else None


def main() -> None:
    """Write the triggers of every relation line that has a clear one."""
    model = Model()
    found: dict[str, tuple[int, int]] = {}
    total = 0
    for path in sorted((ROOT / "corpus/relations").glob("*.tsv")):
        for line in relation_lines(path.read_text("utf-8")):
            total += 1
            trigger = trigger_of(model, line)
            if trigger:
                found[line.text] = trigger
    (ROOT / "corpus/relations/triggers.json").write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(found)} of {total} relation lines aligned")


if __name__ == "__main__":
    main()
