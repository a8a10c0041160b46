"""Every span of every record is exact, whatever the text; the same input gives the same ids."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diurna.coder import Coder
from diurna.errors import DiurnaError
from diurna.parse.sentences import split
from diurna.view import stretches

PIECES = (
    "Kenya recalled its ambassador from Juba on Monday.",
    "“We will not leave,” said Col. Ada Obi, who leads the rebels.",
    "At least 12 people were killed when warplanes bombed the port of Aden,\nofficials said.",
    "Police in São Paulo arrested 30 protesters 🚨 and fired tear gas.",
    "The U.N. Security Council condemned the attack.",
    "Ghana's foreign minister on Tuesday met the president of the\nUnited Republic of Tanzania, his office said.",
    "Ghana beat Togo 2-1.",
    "\n\n",
    "\t…",
    "Ärzte streikten.",
    "President Lee met Prime Minister Ito in Tokyo last week; they signed the Busan Accord.",
    "He denied it.",
    "NAIROBI, Kenya (AP) — Troops shelled a market.",
    "Troops could withdraw from the Donetsk region if the truce holds, the ministry said.",
)


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(least=0.1)


TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), min_size=1, max_size=8).map(" ".join)


@pytest.mark.model
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_every_span_of_every_record_is_exact(coder: Coder, text: str) -> None:
    try:
        story = coder.code(text, published="2014-03-05")
    except DiurnaError:
        return
    again = coder.code(text, published="2014-03-05")
    assert [e.id for e in story.events] == [e.id for e in again.events]
    assert len({e.id for e in story.events}) == len(story.events)
    for event in story.events:
        assert 0 <= event.sentence.start < event.sentence.end <= len(story.text)
        for span in event.spans():
            assert story.text[span.start : span.end] == span.text
        assert event.sentence.start <= event.trigger.start < event.trigger.end <= event.sentence.end
        assert 0 <= event.confidence.event <= 1
        if event.when:
            assert event.when.from_ <= event.when.to
    assert "".join(s.text for s in stretches(story)) == story.text


@given(text=st.text(max_size=200))
def test_sentences_lie_in_order_and_inside_the_text(text: str) -> None:
    at = 0
    for sentence in split(text):
        assert at <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        at = sentence.end
