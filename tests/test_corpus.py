"""The corpus keeps its own rules, and is as large and as varied as it must be."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from diurna.evaluate import unmark
from diurna.ontology import MODALITIES, TYPES
from diurna.records import story_id
from diurna.training.markup import read_file, read_stories
from diurna.training.records import record_of
from diurna.training.split import split_of

ROOT = Path(__file__).resolve().parent.parent


def test_corpus_is_sound_and_covers_the_codebook() -> None:
    stories, problems = read_stories()
    assert [str(p) for p in problems if p.grave] == []
    sentences = [s for story in stories for s in story.sentences]
    events = [e for s in sentences for e in s.events]
    assert len(stories) >= 250
    assert len(sentences) >= 1200
    assert sum(not s.events for s in sentences) / len(sentences) >= 0.3
    assert set(TYPES) == {e.type for e in events}
    assert set(MODALITIES) == {e.modality for e in events}
    assert min(Counter(e.modality for e in events).values()) >= 30


def test_held_out_stories_are_those_of_the_corpus() -> None:
    stories = {s.id: s for s in read_stories()[0]}
    rows = [json.loads(line) for line in (ROOT / "eval/held_out.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) >= 50
    for row in rows:
        assert split_of(row["key"]) == "held_out"
        assert row == json.loads(json.dumps(record_of(stories[row["key"]])))
        assert row["id"] == story_id(row["text"], row["published"])


def test_relation_lines_are_marked() -> None:
    for path in (ROOT / "corpus/relations").glob("*.tsv"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            code, sentence, *trigger = line.split("\t")
            type_, _, mode = code.partition("/")
            assert type_ in TYPES, f"{path.name}:{number}"
            assert not mode or mode in TYPES[type_].modes, f"{path.name}:{number}"
            assert re.search(r"<s>\S.*?</s>", sentence), f"{path.name}:{number}"
            assert all(t in unmark(sentence)[0] for t in trigger), f"{path.name}:{number}"


def test_faults_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("=== x-1\npublished: 2014-03-05\np1 = KEN GOV\n---\n[Kenya]p1 [expelled]a [envoys]p2.\n  a SANCTION/expl actual; actors p1; when soon\n", encoding="utf-8")
    _, problems = read_file(path)
    told = [(p.line, p.text.split(":")[0]) for p in problems if p.grave]
    assert (5, "[envoys]p2") in told
    assert (6, "SANCTION has no mode expl") in told
    assert any(line == 6 and text.startswith("when soon") for line, text in told)
