"""Parties in short stories, by group: who each bracketed party is, from the words, the story, the day and the tables.

A case of ``cases/parties_by_group.json`` has its group, the day of publication, a dateline or "", the text with its parties in square brackets and its
places in braces (sentences parted by " | "), and for each party what is wanted: country, sector and name; "-" is null, "?" is not judged. A
case that fails as yet says why in a sixth place.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from diurna.parse.frames import Mention, ParsedStory
from diurna.records import Evidence, Sentence, Story, story_id
from diurna.resolve import resolve

CASES = json.loads((Path(__file__).parent / "cases/parties_by_group.json").read_text("utf-8"))
_MARK = re.compile(r"[\[\]{}]")


class Read(NamedTuple):
    """Hold a case's story and what the model would have read in it."""

    story: Story
    parsed: ParsedStory


def read(day: str, dateline: str, marked: str) -> Read:
    """Take the brackets out of a case's text."""
    text, sentences, mentions = "", [], []
    for index, sentence in enumerate(marked.split(" | ")):
        begin, opened = len(text), -1
        for piece in re.split(r"([\[\]{}])", sentence):
            if piece in {"[", "{"}:
                opened = len(text)
            elif piece in {"]", "}"}:
                mentions.append(Mention(text[opened:], opened, len(text), "party" if piece == "]" else "place", index))
            else:
                text += piece
        sentences.append(Sentence(index, begin, len(text)))
        text += " "
    return Read(Story(story_id(text, day), text, day, dateline=dateline or None), ParsedStory(tuple(sentences), tuple(mentions), ()))


def resolved(day: str, dateline: str, marked: str) -> list[Evidence]:
    """Resolve a case's parties, in text order."""
    story, parsed = read(day, dateline, marked)
    found, *_ = resolve(story, parsed)
    return [found[at] for at in sorted(found)]


def wrong(evidence: Evidence, want: str) -> list[str]:
    """Tell which parts of a party are not as wanted."""
    country, sector, name = want.split(" ", 2)
    party = evidence.party
    pairs = (("country", country, party.country), ("sector", sector, party.sector), ("name", name, party.name))
    # a role without a name of its own may still have a label: "Kenyan police"
    return [f"{part}: {found}, not {wanted}" for part, wanted, found in pairs if wanted != "?" and found != (None if wanted == "-" else wanted)]


def params() -> list[object]:
    """Make each case a test of its own; those that fail as yet must go on failing until they are mended."""
    marks = {True: [pytest.mark.xfail(strict=True)], False: []}
    return [pytest.param(*case[:5], marks=marks[len(case) > 5], id=f"{case[0]}: {_MARK.sub('', case[3])[:40]} {case[1][:4]}") for case in CASES]


@pytest.mark.parametrize(("group", "day", "dateline", "marked", "wants"), params())
def test_party(group: str, day: str, dateline: str, marked: str, wants: list[str]) -> None:
    found = resolved(day, dateline, marked)
    assert len(found) == len(wants), group
    problems = [f"{e.party.text}: {p} ({e.rule}: {e.reason})" for e, want in zip(found, wants, strict=True) for p in wrong(e, want)]
    assert not problems


def test_groups_and_share() -> None:
    groups = Counter(case[0] for case in CASES)
    assert len(CASES) >= 200
    assert len(groups) >= 18
    assert sum(len(case) == 5 for case in CASES) / len(CASES) >= 0.95


def test_every_resolution_says_why() -> None:
    for case in CASES:
        for evidence in resolved(*case[1:4]):
            assert evidence.reason
            assert evidence.rule
            assert abs(sum(c.score for c in evidence.candidates) - 1) < 0.05 or len(evidence.candidates) < 2
