"""Parties whose words name no country: the story they stand in tells which, and says how sure it is."""

from __future__ import annotations

import pytest

from diurna.knowledge.origins import fit_of_name
from diurna.knowledge.tables import load_tables
from diurna.parse.frames import Mention, ParsedStory
from diurna.read import story_from_text
from diurna.records import Evidence, Sentence
from diurna.resolve.actors import Resolver
from diurna.resolve.memory import trace_story
from diurna.resolve.places import StoryPlaces

# A story of sentences with [parties] and {places}, the party asked for, and its country.
CASES = [
    (("NAIROBI (AP) —", "[Police] fired tear gas at [students] in {Kisumu} on Monday."), "Police", "KEN"),
    (("NAIROBI (AP) —", "[Police] fired tear gas at [students] in {Kisumu} on Monday."), "students", "KEN"),
    (("", "[Police] in {Lagos} arrested [the editor] of a weekly.", "[A judge] freed him on Friday."), "A judge", "NGA"),
    (("", "[France] sent [its ambassador] back to {Bamako}.", "[The junta] had asked for it; [soldiers] lined the road in {Bamako}."), "soldiers", "MLI"),
    (("", "[Peru's government] declared an emergency in {Puno}.", "[Protesters] had burned a police post in {Juliaca}."), "Protesters", "PER"),
    (("MANILA (AP) —", "[The United States] will train [Philippine marines] in {Palawan}.", "[Fishermen] complained of the noise."), "Fishermen", "PHL"),
    (("", "[Turkish jets] bombed {Qandil}.", "[The jets] came back at dawn."), "The jets", "TUR"),
]


@pytest.mark.parametrize(("sentences", "asked", "country"), CASES, ids=[c[1] for c in CASES])
def test_a_party_without_a_country_takes_the_story_s(sentences: tuple[str, ...], asked: str, country: str) -> None:
    found = _parties(sentences)[asked]
    assert found.party.country == country, found.reason


def test_the_reason_names_what_spoke_for_the_country_and_how_surely() -> None:
    reason = _parties(CASES[0][0])["Police"].reason
    assert "KEN by" in reason
    share = float(reason.rpartition("(")[2].split(")")[0])
    assert 0.5 < share <= 1


def test_a_story_without_countries_leaves_it_open() -> None:
    found = _parties(("", "[Police] beat [marchers] on Sunday."))["Police"]
    assert found.party.country is None
    assert "names no country" in found.reason


def test_names_are_of_where_such_names_held_office() -> None:
    fit = fit_of_name("Giorgos Papadopoulos", ["GRC", "JPN"], load_tables())
    assert fit["GRC"] > 0 > fit["JPN"]
    fit = fit_of_name("Kenji Tanaka", ["GRC", "JPN"], load_tables())
    assert fit["JPN"] > 0 > fit["GRC"]
    assert fit_of_name("Xq", ["GRC"], load_tables()) == {"GRC": 0.0}


def _parties(parts: tuple[str, ...]) -> dict[str, Evidence]:
    """Resolve the parties of a dateline and sentences, by their words."""
    dateline, *marked = parts
    text = f"{dateline} " if dateline else ""
    sentences, mentions = [], []
    for index, line in enumerate(marked):
        start, plain, opened = len(text), "", 0
        for char in line:
            if char in "[{":
                opened = len(plain)
            elif char in "]}":
                kind = "party" if char == "]" else "place"
                mentions.append(Mention(plain[opened:], start + opened, start + len(plain), kind, index))
            else:
                plain += char
        sentences.append(Sentence(index, start, start + len(plain)))
        text += plain + " "
    story = story_from_text(text.strip(), published="2019-05-07")
    parsed = ParsedStory(tuple(sentences), tuple(mentions), ())
    places = StoryPlaces(story, parsed)
    return {e.party.text: e for e in trace_story(story, parsed, Resolver(), places.country_of).values()}
