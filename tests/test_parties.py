"""Parties by their words, and by the story's memory."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from diurna.parse.frames import Mention, ParsedStory
from diurna.read import story_from_text
from diurna.records import Sentence
from diurna.resolve.actors import Resolver
from diurna.resolve.memory import resolve_story

CASES = json.loads((Path(__file__).parent / "cases/parties.json").read_text("utf-8"))


@pytest.mark.parametrize(("words", "day", "country", "sector"), CASES)
def test_parties_by_their_words(words: str, day: str, country: str | None, sector: str | None) -> None:
    found = Resolver().party(words, published=date.fromisoformat(day))
    assert (found.country, found.sector) == (country, sector), found.reason


def test_the_story_remembers() -> None:
    sentences = ("Kenyan Foreign Minister Amina Wekesa met Ugandan officials in Kampala.", "Wekesa said she was hopeful.", "The minister flew home.")
    text = " ".join(sentences)
    parsed = ParsedStory(tuple(_sentences(sentences)), tuple(_mentions(text, sentences)), ())
    found = {p.text: p for p in resolve_story(story_from_text(text, published="2014-03-05"), parsed, Resolver()).values()}
    assert found["Kenyan Foreign Minister Amina Wekesa"].country == "KEN"
    for short in ("Wekesa", "she", "The minister"):
        assert (found[short].name, found[short].country, found[short].sector) == ("Amina Wekesa", "KEN", "GOV"), short


def _sentences(texts: tuple[str, ...]) -> list[Sentence]:
    found, at = [], 0
    for i, text in enumerate(texts):
        found.append(Sentence(i, at, at + len(text)))
        at += len(text) + 1
    return found


def _mentions(text: str, sentences: tuple[str, ...]) -> list[Mention]:
    words = (("Kenyan Foreign Minister Amina Wekesa", 0), ("Ugandan officials", 0), ("Wekesa", 1), ("she", 1), ("The minister", 2))
    spans = _sentences(sentences)
    found = []
    for word, index in words:
        start = text.index(word, spans[index].start)
        found.append(Mention(word, start, start + len(word), "party", index))
    return found
