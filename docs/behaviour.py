"""Write the figures of the packaged cases into docs/guide/evaluation.md: ``python docs/behaviour.py``. Run it whenever the model changes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from diurna import Coder
from diurna.evaluate import PACKAGED, SUITES

PATH = Path(__file__).resolve().parent / "guide/evaluation.md"
BEGIN, END = "<!-- figures of the packaged cases: python docs/behaviour.py -->", "<!-- end of figures -->"
NAMES = {
    "swap": "names, or the two sides, swapped",
    "number": "number changed",
    "tense": "tense changed",
    "negate": "negated",
    "quote": "moved into what somebody says",
    "passive": "passive for active",
    "clause": "a clause added",
    "country": "another country",
}


def tables(model: str, scores: dict[str, dict[str, Any]]) -> str:
    """Write the tables.

    Args:
        model: the name of the model that was scored.
        scores: what each suite gave, by its name.
    """
    pairs, cases, plain = scores["behaviour"], scores["modality"], scores["nonpolitical"]
    lines = [f"Model `{model}`.", "", "| behaviour | pairs | pass | both records right | act found |", "|---|---|---|---|---|"]
    lines += [f"| {NAMES.get(name, name)} | {_cells(row, 'n', 'pass', 'right', 'found')} |" for name, row in pairs["behaviours"].items()]
    lines += [f"| **all** | {_cells(pairs, 'n', 'pass', 'right', 'found')} |", ""]
    broken = ", ".join(f"{field} {n}" for field, n in pairs["broken"].items())
    lines += [f"Fields that failed a pair: {broken or 'none'}. (*before*, *after*: the act was not coded there, or with another type.)", ""]
    lines += ["| kind of modality | cases | type and modality right | any event at the words | modality right among these |", "|---|---|---|---|---|"]
    lines += [f"| {kind} | {_cells(row, 'n', 'pass', 'found', 'modality')} |" for kind, row in cases["kinds"].items()]
    lines += [f"| **all** | {_cells(cases, 'n', 'pass', 'found', 'modality')} |", ""]
    lines += ["| text without politics | sentences | false events | per 100 sentences |", "|---|---|---|---|"]
    lines += [f"| {group} | {_cells(row, 'n', 'events', 'per_100')} |" for group, row in plain["groups"].items()]
    lines += [f"| **all** | {_cells(plain, 'n', 'events', 'per_100')} |"]
    return "\n".join(lines)


def _cells(row: dict[str, Any], *names: str) -> str:
    return " | ".join(f"{row[n]:.1f}" if n == "per_100" else f"{row[n]:.3f}" if isinstance(row[n], float) else str(row[n]) for n in names)


def main() -> int:
    """Score the packaged model on the packaged cases and write the figures between the marks."""
    coder = Coder()
    scores = {name: SUITES[name](path, coder) for name, path in PACKAGED.items()}
    text = PATH.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PATH.write_text(f"{before}{BEGIN}\n{tables(coder.version.model, scores)}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
