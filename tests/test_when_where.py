"""Days of acts that no words date, and places of acts that the model left without one, by the rest of the story."""

from __future__ import annotations

import re

import pytest

from diurna.evaluate.events import score_stories
from diurna.parse.frames import Frame, Mention, ParsedStory
from diurna.records import Sentence, Span, Story
from diurna.resolve.places import StoryPlaces
from diurna.resolve.sites import FEATURES as SITE_FEATURES
from diurna.resolve.sites import features, likely_site
from diurna.resolve.timeline import Timeline
from diurna.resolve.undated import FEATURES, SOURCES, weigh

PUBLISHED = "2023-02-22"  # a Wednesday


def read(text: str, *acts: tuple[str, str], times: tuple[str, ...] = (), places: tuple[str, ...] = (), given: dict[str, str] | None = None) -> ParsedStory:
    """Make what the model would read in sentences parted by line ends: acts as (words, type), and the time words given to some."""
    sentences = tuple(Sentence(i, m.start(), m.end()) for i, m in enumerate(re.finditer(r"[^\n]+", text)))

    def mention(words: str, kind: str) -> Mention:
        start = text.index(words)
        return Mention(words, start, start + len(words), kind, next(s.index for s in sentences if s.start <= start < s.end))

    frames = []
    for words, type_ in acts:
        at = mention(words, "act")
        time = (given or {}).get(words)
        frames.append(Frame(at.sentence, Span(words, at.start, at.end), type_, None, "actual", time=mention(time, "time") if time else None))
    return ParsedStory(sentences, tuple(mention(w, "time") for w in times) + tuple(mention(w, "place") for w in places), tuple(frames))


def day(text: str, act: str, parsed: ParsedStory) -> str | None:
    found = Timeline(Story(id="s", text=text, published=PUBLISHED), parsed).all()
    when = next(d.when for (start, _, _), d in found.items() if start == text.index(act))
    return when and when.from_


def test_a_joined_verb_shares_the_day_of_the_one_before_it() -> None:
    text = "Police raided the paper's office on Monday and arrested two editors."
    parsed = read(text, ("raided", "COERCE"), ("arrested", "COERCE"), given={"raided": "Monday"})
    assert day(text, "arrested", parsed) == "2023-02-20"


def test_a_title_takes_the_day_of_the_act_that_the_lead_tells() -> None:
    text = "Chad expels German ambassador\nChad expelled the German ambassador on Monday, the foreign ministry said."
    parsed = read(text, ("expels", "SANCTION"), ("expelled", "SANCTION"), given={"expelled": "Monday"})
    assert day(text, "expels", parsed) == "2023-02-20"


def test_fresh_news_is_of_the_publication_day() -> None:
    text = "Chad expelled the German ambassador."
    assert day(text, "expelled", read(text, ("expelled", "SANCTION"))) == PUBLISHED


def test_the_day_of_what_is_threatened_is_not_that_of_the_threat() -> None:
    text = "The teachers' union threatened to strike from Friday."
    parsed = read(text, ("threatened", "THREATEN"), times=("Friday",))
    assert day(text, "threatened", parsed) == PUBLISHED


def test_no_day_is_ever_told_without_a_publication_date() -> None:
    text = "Chad expelled the German ambassador."
    dated = Timeline(Story(id="s", text=text), read(text, ("expelled", "SANCTION"))).all()
    assert [d.when for d in dated.values()] == [None]


def test_sources_that_offer_one_day_speak_together() -> None:
    row = (1.0, *[0.0] * (len(FEATURES) - 1))
    monday = ("2023-02-20", "2023-02-20")
    first, alone, _ = weigh({"none": None, "lead": monday}, row)
    assert first is None
    days, sure, why = weigh({"none": None, "lead": monday, "same act": monday, "sentence before": monday}, row)
    assert days == monday
    assert sure > 1 - alone
    assert why in SOURCES.values()


@pytest.mark.parametrize(
    ("text", "act", "type_", "place"),
    [
        ("Protesters burned tyres in Lagos.", "burned tyres", "PROTEST", "Lagos"),
        ("Soldiers shot dead three men at a market in Mopti.", "shot dead", "ASSAULT", "Mopti"),
        ("Norway threatened to sue the owners of a ship that had gone down far off the northern coast, with its cargo on board, near Oslo.", "threatened", "THREATEN", None),
        ("The minister accused the paper of lying; crowds gathered later in Tunis.", "accused", "ACCUSE", None),
    ],
)
def test_the_place_of_the_sentence_that_is_likely_the_acts(text: str, act: str, type_: str, place: str | None) -> None:
    name = place or re.findall(r"Oslo|Tunis", text)[0]
    parsed = read(text, (act, type_), places=(name,))
    found = likely_site(text, parsed, parsed.frames[0])
    assert (found and found[0].text) == place
    assert len(features(text, parsed, parsed.frames[0], parsed.mentions[0])) == len(SITE_FEATURES)
    located = StoryPlaces(Story(id="s", text=text), parsed).sites({})
    assert [p.place and p.place.text for p in located.values()] == [place]


def test_the_first_words_of_the_dateline_are_its_place() -> None:
    text = "Rebels took San Cristobal."
    parsed = read(text, ("took", "ASSAULT"), places=("San Cristobal",))
    places = StoryPlaces(Story(id="s", text=text, dateline="SAN CRISTOBAL DE LAS CASAS"), parsed)
    assert [p.country for p in places.all().values()] == ["MEX"]


def test_stories_are_scored_with_the_dateline_kept_beside_them() -> None:
    seen = []

    class Seeing:
        def code_story(self, story: Story) -> Story:
            seen.append(story.dateline)
            return story

    score_stories([Story(id="s", text="Police raided an office.", dateline="BAKU")], Seeing())  # type: ignore[arg-type]
    assert seen == ["BAKU"]
