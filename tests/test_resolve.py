"""Dates, counts and places by their cases; and what holds for any words at all."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diurna.knowledge.eras import state_then
from diurna.knowledge.gazetteer import gazetteer
from diurna.parse.frames import Frame, Mention, ParsedStory
from diurna.records import Sentence, Span, Story
from diurna.resolve.counts import count_of, who_of
from diurna.resolve.moments import easter
from diurna.resolve.places import Located, StoryPlaces
from diurna.resolve.timeline import Timeline
from diurna.resolve.times import read_time

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[list[object]]:
    return list(json.loads((CASES / name).read_text("utf-8")))


@pytest.mark.parametrize(("words", "published", "modality", "first", "last"), cases("dates.json"))
def test_dates(words: str, published: str, modality: str, first: str | None, last: str | None) -> None:
    found = read_time(words, date.fromisoformat(published), ahead=modality == "future")
    assert (found and (found.from_, found.to)) == (None if first is None else (first, last))


@pytest.mark.parametrize(("words", "low", "high"), cases("counts.json"))
def test_counts(words: str, low: int | None, high: int | None) -> None:
    assert count_of(words) == (low, high)


@pytest.mark.parametrize("words", ["the battle", "heavy losses", "an attack", ""])
def test_what_is_no_count(words: str) -> None:
    assert count_of(words) is None


def test_kinds_go_by_the_nearest_word() -> None:
    assert who_of("at least seven civilians") == "civilians"


def _frame(text: str, sentences: tuple[Sentence, ...], act: str, words: str | None = None, modality: str = "actual", type: str = "ASSAULT", **_: object) -> Frame:  # noqa: A002
    start = text.index(act)
    index = next(s.index for s in sentences if s.start <= start < s.end)
    at = text.index(words) if words else 0
    time = Mention(words, at, at + len(words), "time", index) if words else None
    return Frame(index, Span(act, start, start + len(act)), type, None, modality, time=time)


def located(text: str, words: str, **fields: str | None) -> Located:
    """Resolve words of a text as the model's place mention would be."""
    story = Story(id="s", text=text, published=fields.get("published"), dateline=fields.get("dateline"))
    start = text.rindex(words)
    sentences = tuple(Sentence(i, m.start(), m.end()) for i, m in enumerate(re.finditer(r"[^.]*[^.\s][^.]*\.(?:\s|$)", text)))
    index = next((s.index for s in sentences if s.start <= start < s.end), 0)
    mention = Mention(words, start, start + len(words), "place", index)
    places = StoryPlaces(story, ParsedStory(sentences or (Sentence(0, 0, len(text)),), (mention,), ()))
    return places.locate(mention, date.fromisoformat(story.published) if story.published else None)


@pytest.mark.parametrize("case", json.loads((CASES / "places.json").read_text("utf-8")), ids=lambda c: f"{c['words']} | {c['text'][:40]}")
def test_places(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if case.get("fails"):
        request.applymarker(pytest.mark.xfail(strict=True, reason="known failure"))
    found = located(case["text"], case["words"], published=case.get("published"), dateline=case.get("dateline"))
    assert found.reason
    got = found.place
    assert (got and [got.name, got.country, got.precision]) == case["place"]
    if got is not None and got.precision is not None:
        assert got.lat is not None
        assert len(str(got.lat).partition(".")[2]) <= (2 if got.precision in {"city", "point"} else 1)


@pytest.mark.parametrize("case", json.loads((CASES / "moments.json").read_text("utf-8")), ids=lambda c: c["text"][:60])
def test_moments(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    """Time words of an act, with what the story told before them."""
    if case.get("fails"):
        request.applymarker(pytest.mark.xfail(strict=True, reason="known failure"))
    story = Story(id="s", text=case["text"], published=case["published"])
    cuts = list(re.finditer(r"[^|]+", case["text"]))
    sentences = tuple(Sentence(i, m.start(), m.end()) for i, m in enumerate(cuts))
    frames = [_frame(case["text"], sentences, **act) for act in case["acts"]]
    line = Timeline(story, ParsedStory(sentences, (), tuple(frames)), case.get("country"), south=case.get("south", False))
    whens = [line.all()[f.trigger.start, f.trigger.end, f.type].when for f in frames]
    assert [w and [w.from_, w.to] for w in whens] == [act["days"] for act in case["acts"]]
    assert all(w is None or w.text is None or case["text"][w.start : w.end] == w.text for w in whens)


@pytest.mark.parametrize("words", ["the border", "eastern areas", "a nearby village"])
def test_words_without_a_name_in_a_story_without_a_country_are_no_place(words: str) -> None:
    assert located(f"Shots were heard at {words}.", words).place is None


@settings(max_examples=150)
@given(words=st.text(max_size=30), day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_any_words_resolve_or_stay_unknown(words: str, day: date) -> None:
    found = read_time(words, day)
    assert found is None or (found.from_ or "") <= (found.to or "")
    count = count_of(words)
    assert count is None or count[0] is None or count[1] is None or count[0] <= count[1]
    if words.strip():
        where = located(words, words).place
        assert where is None or where.text == words


@pytest.mark.parametrize(
    ("name", "day", "state"),
    [
        ("Baku", "1990-01-20", "SUN"), ("Baku", "1992-01-20", "AZE"), ("Vilnius", "1991-09-20", "LTU"), ("Belgrade", "1999-04-01", "YUG"), ("Belgrade", "2004-04-01", "SCG"),
        ("Sarajevo", "1992-04-06", "BIH"), ("Prague", "1968-08-21", "CSK"), ("Leipzig", "1989-10-09", "DDR"), ("Bonn", "1989-10-09", "DEU"), ("East Berlin", "1953-06-17", "DDR"),
        ("Hanoi", "1972-12-20", "VDR"), ("Asmara", "1990-02-11", "ETH"), ("Juba", "2005-01-09", "SDN"), ("Juba", "2011-07-09", "SSD"), ("Lima", "1950-01-01", "PER"),
    ],
)  # fmt: skip
def test_a_place_belongs_to_the_state_of_its_day(name: str, day: str, state: str) -> None:
    assert state_then(gazetteer().find(name)[0], date.fromisoformat(day)) == state


@pytest.mark.parametrize("day", ["1961-04-02", "1999-04-04", "2008-03-23", "2019-04-21", "2038-04-25"])
def test_easter(day: str) -> None:
    assert easter(int(day[:4])).isoformat() == day
