"""Tolls: phrases by their cases, alone and through the model; parts, running totals, periods, claimants, and the spans of any words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import Coder
from diurna.records import Event, Story
from diurna.resolve.tolls import find_tolls

CASES = json.loads((Path(__file__).parent / "cases/tolls.json").read_text("utf-8"))
KNOWN = (
    "The court ordered that nine men be hanged",  # what is ordered is read as done: the grammar has no modality
    "A girl of nine and her grandmother",
    "A further 2,000 refugees arrived, bringing to 60,000",  # the number stands before what it counts
)


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder()


@pytest.mark.parametrize(("text", "tolls"), CASES, ids=lambda c: c[:50] if isinstance(c, str) else "")
def test_toll_phrases(text: str, tolls: list[list[object]], request: pytest.FixtureRequest) -> None:
    if text.startswith(KNOWN):
        request.applymarker(pytest.mark.xfail(strict=True))
    assert [[t.kind, t.low, t.high, t.who] for t in find_tolls(text)] == tolls


@pytest.mark.model
def test_toll_phrases_through_the_model(coder: Coder) -> None:
    """Every toll of a report is in its record once: on an event where the model gives one, else on the story."""
    wrong = []
    for text, tolls in CASES:
        story = coder.code(text, published="2023-02-22")
        found = [[h.kind, h.low, h.high, h.who] for h in (*(h for e in story.events for h in e.harm), *story.harm)]
        if sorted(map(str, found)) != sorted(map(str, tolls)):
            wrong.append(text)
    assert len(wrong) / len(CASES) <= 0.05, wrong


def test_parts_totals_and_new_counts() -> None:
    whole, part = find_tolls("Shelling killed 12 people, including three children.")
    assert (whole.included, part.included) == (False, True)
    assert find_tolls("The death toll rose from 30 to 41.")[0].total is True
    assert find_tolls("Another 12 people were killed.")[0].total is False
    assert find_tolls("Twelve people were killed.")[0].total is None


@pytest.mark.model
def test_period_side_and_claimant(coder: Coder) -> None:
    text = (
        "Ukraine's presidential office said Wednesday that at least seven civilians were killed over the previous 24 hours.\n\n"
        "Russian shelling of Kherson killed two Ukrainian soldiers, the army said. Since January, 41 people have been wounded there, the mayor said."
    )
    story = coder.code(text, published="2023-02-22")
    tolls = {h.low: (h, e) for e in story.events for h in e.harm} | {h.low: (h, None) for h in story.harm}
    day = tolls[7][0].period
    assert day is not None
    assert (day.text, day.from_, day.to, tolls[7][0].total) == ("the previous 24 hours", "2023-02-21", "2023-02-22", False)
    assert tolls[2][0].side == "UKR"
    since = tolls[41][0].period
    assert since is not None
    assert (since.from_, since.to, tolls[41][0].total) == ("2023-01-01", "2023-02-22", True)
    for harm, event in tolls.values():
        claimant = harm.claimant or (event.attributed_to if event else None)
        assert claimant is not None
    again = Story.from_dict(json.loads(story.to_json()) | {"events": [json.loads(e.to_json()) for e in story.events]})
    assert again.events == story.events
    assert again.harm == story.harm
    assert all(text[s.start : s.end] == s.text for e in story.events for s in e.spans())
    assert Event.from_dict(json.loads(story.events[0].to_json())).harm == story.events[0].harm


@given(st.text(alphabet="1290 ,.-killedwoundpshtrbfmaciv\n’“”", max_size=120))
def test_spans_are_exact_whatever_the_text(text: str) -> None:
    for toll in find_tolls(text):
        assert text[toll.start : toll.end] == toll.text
        assert toll.high is None or toll.low is None or toll.low <= toll.high
