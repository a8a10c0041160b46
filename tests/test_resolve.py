"""Dates, counts and places by their cases; and what holds for any words at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diurna.resolve.counts import count_of, who_of
from diurna.resolve.dates import resolve_when
from diurna.resolve.places import place

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[list[object]]:
    return list(json.loads((CASES / name).read_text("utf-8")))


@pytest.mark.parametrize(("words", "published", "modality", "first", "last"), cases("dates.json"))
def test_dates(words: str, published: str, modality: str, first: str | None, last: str | None) -> None:
    found = resolve_when(words, date.fromisoformat(published), modality=modality)
    assert found == (None if first is None else (first, last))


@pytest.mark.parametrize(("words", "low", "high"), cases("counts.json"))
def test_counts(words: str, low: int | None, high: int | None) -> None:
    assert count_of(words) == (low, high)


@pytest.mark.parametrize("words", ["the battle", "heavy losses", "an attack", ""])
def test_what_is_no_count(words: str) -> None:
    assert count_of(words) is None


def test_kinds_go_by_the_nearest_word() -> None:
    assert who_of("at least seven civilians") == "civilians"


@pytest.mark.parametrize(("words", "countries", "name", "country", "precision"), cases("places.json"))
def test_places(words: str, countries: dict[str, float], name: str, country: str | None, precision: str) -> None:
    found = place(words, 0, len(words), countries)
    assert found is not None
    assert (found.country, found.precision) == (country, precision)
    assert found.lat is not None
    assert name.split(maxsplit=1)[0] in (found.name or "")


@pytest.mark.parametrize("words", ["the border", "eastern areas", "a nearby village"])
def test_words_without_a_name_are_no_place(words: str) -> None:
    assert place(words, 0, len(words)) is None


@settings(max_examples=150)
@given(words=st.text(max_size=30), day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_any_words_resolve_or_stay_unknown(words: str, day: date) -> None:
    found = resolve_when(words, day)
    assert found is None or found[0] <= found[1]
    count = count_of(words)
    assert count is None or count[0] is None or count[1] is None or count[0] <= count[1]
    where = place(words, 0, len(words))
    assert where is None or where.text == words
