"""Places found in running text: their words, their entries, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import InputError
from diurna.evaluate.places import places
from diurna.resolve.regions import counties_of, state_of
from diurna.resolve.toponyms import find_toponyms

CASES = json.loads((Path(__file__).parent / "cases/toponyms.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_case(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if case.get("fails"):
        request.applymarker(pytest.mark.xfail(strict=True, reason="known failure"))
    found = [[t.text, t.entry.name, t.entry.country, t.entry.admin1, t.entry.precision] for t in find_toponyms(case["text"]) if t.entry]
    assert found == case["places"]


@given(st.text(alphabet="ParisTexasLyon ofthe.,'-\nUSKBnkMt’", max_size=100))
def test_spans_are_exact_and_apart_whatever_the_text(text: str) -> None:
    before = 0
    for t in find_toponyms(text):
        assert text[t.start : t.end] == t.text
        assert t.start >= before
        assert 0 <= t.score <= 1
        assert t.reason
        before = t.end


def test_one_name_is_one_place_throughout() -> None:
    found = find_toponyms("Police in Paris, Texas, held two men. Both are from Paris. The mayor of Paris spoke.")
    assert {t.entry.admin1 for t in found if t.entry and t.text == "Paris"} == {"Texas"}


def test_states_and_counties() -> None:
    assert state_of("N. C.") == "North Carolina"
    assert state_of("Georgia") is None  # a country too: the story decides
    assert [e.admin1 for e in counties_of("Rapides Parish")] == ["Louisiana"]
    assert len(counties_of("WASHINGTON COUNTY")) > 20


def test_suite_counts_entries_near_the_gold_one(tmp_path: Path) -> None:
    gold = """<toponym><start>{}</start><end>{}</end><gaztag geonameid="{}"><lat>{}</lat><lon>{}</lon><country geonameid="1">{}</country></gaztag></toponym>"""
    body = gold.format(13, 17, "2996944", 45.75, 4.85, "France") + gold.format(22, 27, "1", 10.0, 10.0, "Italy")
    page = f"<articles><article><text>Trains from  Lyon to   Turin</text><toponyms>{body}</toponyms></article></articles>"
    (tmp_path / "a.xml").write_text(page)
    scores = places(tmp_path)
    assert (scores["n"], scores["recall"], scores["span_f1"], scores["country"]) == (2, 0.5, 1.0, 1.0)
    with pytest.raises(InputError, match="D224"):
        places(tmp_path / "none")
    (tmp_path / "b.xml").write_text("<articles>")
    with pytest.raises(InputError, match="D224"):
        places(tmp_path / "b.xml")
