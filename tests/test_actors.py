"""Single parties: identity from the words alone, cases as data."""

import json
from pathlib import Path

import pytest

from diurna.resolve.actors import Context, Resolver
from diurna.resolve.sectors import sector_of

CASES = json.loads((Path(__file__).parent / "cases/actors.json").read_text("utf-8"))
CONTEXT = Context((), (), {"Luhansk": "UKR"}.get)


@pytest.mark.parametrize("case", [*CASES["party"], *CASES["not"]], ids=lambda c: f"{c['text']} {c['on']}")
def test_party(case):
    found = Resolver().party(case["text"], published=case["on"], context=CONTEXT)
    for part in ("country", "sector", "role", "name", "entity"):
        if part in case:
            assert getattr(found, part) == case[part], (part, found)
    assert found.reason


@pytest.mark.parametrize(
    ("words", "sector"),
    [
        ("riot police", "COP"),
        ("a former foreign minister", "ELI"),
        ("rebel commanders", "REB"),
        ("members of parliament", "LEG"),
        ("the doctors' committee", "MED"),
        ("an army-backed government", "GOV"),
        ("clouds", None),
    ],
)
def test_sector_of(words, sector):
    found = sector_of(words)
    assert (found.sector if found else None) == sector
