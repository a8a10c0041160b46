"""The shipped model reads plain reports rightly: what the README promises, on sentences of our own."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from diurna import Coder, Event, InputError, QueryError, Story
from diurna.errors import ModelError
from diurna.parse.model import Model
from diurna.read import story_from_text

CASES = json.loads((Path(__file__).parent / "cases/sentences.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder()


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_plain_sentences_are_coded(coder: Coder, case: dict[str, object], request: pytest.FixtureRequest) -> None:
    if "fails" in case:
        request.applymarker(pytest.mark.xfail(reason=str(case["fails"])))
    story = coder.code(str(case["text"]), published="2014-03-05")
    found = [(e.type, e.modality, [p.country for p in e.actors]) for e in story.events]
    for expected in case["events"]:  # type: ignore[attr-defined]
        assert tuple(expected) in [tuple(f) for f in found], found
    if not case["events"]:
        assert found == []


@pytest.mark.model
def test_a_story_survives_json_and_pickle(coder: Coder) -> None:
    story = coder.code("Kenya recalled its ambassador from Juba on Monday, officials in Nairobi said.", published="2014-03-04")
    assert story.events
    for event in story.events:
        assert Event.from_dict(json.loads(event.to_json())) == event
    assert Story.from_dict(json.loads(story.to_json())).id == story.id
    assert pickle.loads(pickle.dumps(story)) == story  # noqa: S301 - our own bytes
    twin: Coder = pickle.loads(pickle.dumps(coder))  # noqa: S301
    assert twin.code(story.text, published="2014-03-04").events == story.events


@pytest.mark.model
def test_weekdays_count_back_from_publication(coder: Coder) -> None:
    story = coder.code("Police arrested three opposition lawmakers in Harare on Sunday.", published="2014-03-05")
    event = story.events[0]
    assert event.when is not None
    assert (event.when.from_, event.when.text) == ("2014-03-02", "Sunday")
    assert event.where is not None
    assert event.where.country == "ZWE"
    assert event.where.geonames == "890299"


@pytest.mark.model
def test_boilerplate_and_dateline_are_never_coded(coder: Coder) -> None:
    text = "HARARE, Zimbabwe (AP) — The weather was fine.\n\n(Reporting by Ann Attack; Editing by Bob Bombed)\n\nFollow our coverage of the war at https://example.org/war"
    story = coder.code(text, published="2014-03-05")
    assert story.events == ()
    assert story.dateline == "HARARE, Zimbabwe"


@pytest.mark.model
def test_explain_covers_every_sentence(coder: Coder) -> None:
    story = coder.code("Kenya recalled its ambassador from Juba on Monday. The rains were late.", published="2014-03-04")
    coded, sentences = coder.explain(story)
    assert [s.sentence for s in sentences] == [0, 1]
    assert sentences[0].events == tuple(e.id for e in coded.events)
    assert any("recalled" in line for line in sentences[0].steps)
    assert sentences[1].events == ()
    assert sentences[1].steps


@pytest.mark.model
def test_relate_refuses_spans_outside_the_sentence(coder: Coder) -> None:
    with pytest.raises(QueryError, match="D601"):
        coder.relate("Police arrested a man.", (0, 6), (16, 99))


@pytest.mark.parametrize(("text", "code"), [("", "D201"), (" \n… !", "D201"), ("x" * 5_000_001, "D202"), ("\0\1\2\3\4" * 9 + "words", "D203")])
def test_bad_text_teaches(coder: Coder, text: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        coder.code(text)
    assert error.value.code == code
    assert len(str(error.value)) > 20


@pytest.mark.model
def test_acts_told_elsewhere_in_a_story_make_an_act_likelier() -> None:
    coder = Coder(least=0.0)
    sentence = "Officers seized the boats of the fishermen on Friday."
    quiet = "The harbour was calm. {} The market opens at seven."
    loud = "Rebels shelled the army base at Port Anders on Thursday. {} Police arrested twelve students in the capital."
    sure = {}
    for name, story in (("alone", "{}"), ("quiet", quiet), ("loud", loud)):
        events = coder.code(story.format(sentence), published="2014-03-08").events
        sure[name] = next(e.confidence.event for e in events if e.trigger.text == "seized")
    assert sure["quiet"] < sure["loud"]
    assert sure["quiet"] < sure["alone"]  # one sentence alone says nothing of its surroundings


@pytest.mark.model
def test_explain_tells_why_asking_to_stay_unnamed_is_no_act(coder: Coder) -> None:
    text = "A U.S. official who asked not to be named said that Turkey had bombed Kurdish positions."
    coded, explained = coder.explain(story_from_text(text, published="2022-06-15"))
    assert [e.trigger.text for e in coded.events] == ["bombed"]
    assert any("asked" in line and "how a source speaks, no act" in line for line in explained[0].steps)


@pytest.mark.model
def test_a_model_that_knows_nothing_of_a_story_s_other_acts_is_refused(tmp_path: Path) -> None:
    source = Path(str(Model().source))
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to(source / name)
    card = json.loads((source / "model.json").read_text("utf-8"))
    del card["event_among"]
    (tmp_path / "model.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="made for another version"):
        Model(tmp_path)
