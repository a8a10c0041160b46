#!/usr/bin/env python3
"""Refuse a model or a change that falls below the floors: ``python eval/gate.py``.

Floors stand in ``floors.json`` with the corpus they were measured with. They are raised by hand, in the change that earned it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from diurna.coder import Coder
from diurna.evaluate import PACKAGED, SUITES

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Score every suite that the floors name; exit code 1 when a figure is below its floor."""
    floors = json.loads((HERE / "floors.json").read_text("utf-8"))
    coder = Coder()
    failed = 0
    for name, entry in floors["suites"].items():
        path = HERE / entry["path"] if "path" in entry else PACKAGED[entry["suite"]]
        if not path.exists():
            print(f"{name}: {path.name} is not here; skipped")
            continue
        scores = SUITES[entry["suite"]](path, coder)
        for figure, floor in entry["floors"].items():
            found: Any = scores
            for part in figure.split("."):
                found = found[part]
            below = float(found) < floor
            failed += below
            print(f"{name} {figure}: {found} (floor {floor}){' BELOW' if below else ''}")
    model = json.loads((HERE.parent / "src/diurna/models/model.json").read_text("utf-8"))
    if model["corpus"] != floors["corpus"]:
        print(f"the model was trained on corpus {model['corpus']}, the floors were measured with {floors['corpus']}: measure anew")
        failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
