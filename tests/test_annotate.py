"""Stories become markup and come back: nothing that the markup can say is lost, and no text can break it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from diurna.cli import app
from diurna.ontology.own import ontology_from
from diurna.records import Event, Party, Sentence, Span, Story
from diurna.training.marking import annotate, marked_of, markup_of
from diurna.training.markup import read_file, read_stories
from diurna.training.records import record_of

ROOT = Path(__file__).resolve().parent.parent


def bare_event(text: str, trigger: tuple[int, int], actor: tuple[int, int] | None = None, type_: str = "ASSAULT") -> Event:
    span = {"text": text[slice(*trigger)], "start": trigger[0], "end": trigger[1]}
    actors = [{"text": text[slice(*actor)], "start": actor[0], "end": actor[1]}] if actor else []
    return Event.from_dict({"type": type_, "modality": "actual", "trigger": span, "actors": actors})


def read_back(markup: str, tmp_path: Path):
    path = tmp_path / "back.txt"
    path.write_text(markup, encoding="utf-8")
    return read_file(path, house=False)


def test_corpus_survives_the_way_to_records_and_back(tmp_path):
    stories = read_stories()[0]
    same = events = 0
    for story in stories:
        row = record_of(story)
        _, starts = story.text_and_starts()
        sentences = [Sentence(i, start, start + len(s.text)) for i, (start, s) in enumerate(zip(starts, story.sentences, strict=True))]
        marked = marked_of(Story.from_dict(json.loads(json.dumps(row))), sentences)
        (back,), problems = read_back(markup_of(marked), tmp_path)
        assert [p for p in problems if p.grave] == [], story.id
        again = record_of(back)
        assert [s.text for s in back.sentences] == [s.text for s in story.sentences]
        events += len(row["events"])
        assert len(again["events"]) == len(row["events"]), story.id
        for old, new in zip(*(sorted(r["events"], key=lambda e: (e["trigger"]["start"], e["type"])) for r in (row, again)), strict=True):
            facts = [[e[k] for k in ("type", "mode", "modality", "when", "harm")] + [[p["text"] for p in e[s]] for s in ("actors", "recipients")] for e in (old, new)]
            same += facts[0] == facts[1]
    assert events > 1000
    assert same / events > 0.97  # the rest: a party whose words stand inside a toll's or another party's


HOSTILE = st.text(alphabet=st.sampled_from("ab [](){}|;=-T:#.\n\r\t\u2028\x85\x1c'é日1½"), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(text=HOSTILE, cuts=st.lists(st.integers(0, 60), min_size=4, max_size=4), key=HOSTILE, name=HOSTILE)
def test_no_text_breaks_the_markup(tmp_path_factory, text, cuts, key, name):
    a, b, c, d = sorted(min(x, len(text)) for x in cuts)
    if a == b or c == d:
        return
    event = bare_event(text, (a, b))
    event = Event.from_dict(event.to_dict() | {"actors": [{"text": text[c:d], "start": c, "end": d, "name": name, "role": name}]})
    story = Story("x", text, "2020-01-01", name, key=key, events=(event,))
    marked = marked_of(story, [Sentence(0, 0, len(text))])
    (back,), problems = read_back(markup_of(marked), tmp_path_factory.getbasetemp())
    if marked.sentences:
        assert [str(p) for p in problems if p.grave] == []
        assert [s.text for s in back.sentences] == [s.text for s in marked.sentences]
        assert [s.spans for s in back.sentences] == [s.spans for s in marked.sentences]


def test_a_partys_second_words_are_told_from_its_first():
    text = "Kenya said Kenya expelled envoys."
    marked = marked_of(Story("x", text, events=(bare_event(text, (17, 25), (11, 16)), bare_event(text, (6, 10), (0, 5)))), [Sentence(0, 0, len(text))])
    assert [(e.letter, e.actors) for e in marked.sentences[0].events] == [("a", [("p1", 0)]), ("b", [("p1", 2)])]


@pytest.mark.model
def test_a_report_is_marked_for_correction_in_ones_own_codes(tmp_path):
    from diurna.coder import Coder
    from diurna.read import story_from_text

    own = ontology_from('[types.REMOVE]\nmodes.envoy = { like = "SANCTION/expel" }')
    story = story_from_text("France expelled two Belarusian diplomats on Monday. Police arrested nine people in Minsk.", published="2021-05-18")
    text = markup_of(annotate(Coder(), story, own))
    assert "[France]p1 [expelled]a [two Belarusian diplomats]p2 on [Monday]t1." in text
    assert "  a REMOVE/envoy actual; actors p1; recipients p2; when t1=2021-05-17" in text
    assert "COERCE" not in text
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    stories, problems = read_file(path, own, house=False)
    assert [p for p in problems if p.grave] == []
    assert record_of(stories[0], own)["events"][0]["mode"] == "envoy"


def test_compiling_tells_faults_with_their_line_and_keeps_sound_stories(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("[types.EVICT]", encoding="utf-8")
    path = tmp_path / "corrected.txt"
    good = "=== good\np1 = KEN GOV\n---\n[Kenya]p1 [evicted]a squatters.\n  a EVICT actual; actors p1\n"
    path.write_text(f"{good}=== bad\n---\nNobody [left]a.\n  a LEAVE actual\n", encoding="utf-8")
    out = tmp_path / "gold.jsonl"
    result = CliRunner().invoke(app, ["annotate", "--compile", str(path), "-o", str(out), "--ontology", str(own)])
    assert result.exit_code == 1
    assert "corrected.txt:9: error: LEAVE is no type (EVICT)" in result.output
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(r["key"], r["events"][0]["type"], r["events"][0]["actors"][0]["text"]) for r in rows] == [("good", "EVICT", "Kenya")]


def test_party_without_words_in_the_sentence_is_kept_by_its_mark():
    text = "Troops fired, killing 12 of the rebels."
    event = Event.from_dict(
        bare_event(text, (7, 12), (0, 6)).to_dict()
        | {"recipients": [{"text": "the rebels", "start": 28, "end": 38}], "harm": [{"kind": "killed", "low": 12, "high": 12, "text": "12 of the rebels", "start": 22, "end": 38}]}
    )
    marked = marked_of(Story("x", text, events=(event,)), [Sentence(0, 0, len(text))])
    assert "[12 of the rebels]q1" in markup_of(marked)
    assert "recipients p2; harm q1 killed 12 -" in markup_of(marked)
    assert isinstance(event.recipients[0], Party)
    assert isinstance(event.trigger, Span)
