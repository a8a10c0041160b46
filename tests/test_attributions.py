"""Who says what: sources, cues and contents in every sentence, and the suite that scores them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import InputError
from diurna.coding.attributions import find_claims
from diurna.evaluate.attribution import attribution

CASES = json.loads((Path(__file__).parent / "cases/claims.json").read_text("utf-8"))
TALKS = Path(__file__).resolve().parent.parent / "examples/talks.txt"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_case(case: dict[str, Any]) -> None:
    found = [[c.source and c.source.text, c.cue.text, " … ".join(s.text for s in c.content), c.quote] for c in find_claims(case["text"])]
    assert found == case["claims"]


@given(st.text(alphabet='Hesaid thatxyz,.“”"\n wrote told according to', max_size=120))
def test_spans_are_exact_whatever_the_text(text: str) -> None:
    for claim in find_claims(text):
        for span in (claim.cue, *claim.content, *([claim.source] if claim.source else [])):
            assert text[span.start : span.end] == span.text


def test_suite_counts_cue_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The mayor said that the bridge would close. He told no one.")
    lines = ["T1\tSource 0 9\tThe mayor", "T2\tCue 10 14\tsaid", "T3\tContent 20 42\tthe bridge would close", "E1\tAttribution:T9 Source:T1 Cue:T2 Content:T3"]
    (tmp_path / "a_0af1.ann").write_text("\n".join(lines) + "\n")
    scores = attribution(tmp_path)
    assert (scores["n"], scores["recall"], scores["content"]) == (1, 1.0, 1.0)
    with pytest.raises(InputError, match="D225"):
        attribution(TALKS.parent)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(InputError, match="D225"):
        attribution(tmp_path)


def test_claims_from_the_command_line() -> None:
    call = [sys.executable, "-m", "diurna.cli", "claims", str(TALKS), "--published", "2019-02-12", "--source", "Sever", "--json"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    text = TALKS.read_text("utf-8")
    assert [row["cue"]["text"] for row in rows] == ["according to"]
    assert text[rows[0]["source"]["start"] : rows[0]["source"]["end"]] == rows[0]["source"]["text"]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("Few believed the army's claim that the town had fallen.", "the army", "claim", "the town had fallen"),
        ("Brussels welcomed Serbia's repeated assurances that it would hold elections, officials said.", "Serbia", "assurances", "it would hold elections"),
        ("Courts threw out an allegation by the union that ballots were burned.", "the union", "allegation", "ballots were burned"),
        ("Few disputed the panel's finding that shells hit the school.", "the panel", "finding", "shells hit the school"),
        ("Fishermen feared the minister’s announcement Thursday that Oslo would close the port.", "the minister", "announcement", "Oslo would close the port"),
        ("Nobody shares their fear that war is near.", "their", "fear", "war is near"),
    ],
)
def test_a_noun_tells_whose_claim(text: str, source: str, cue: str, content: str) -> None:
    found = [c for c in find_claims(text) if c.cue.text == cue]
    assert [(c.source.text if c.source else None, c.content[0].text) for c in found] == [(source, content)]


def test_a_noun_without_an_owner_is_no_claim() -> None:
    assert not [c for c in find_claims("The claim that rain is coming spread fast.") if c.cue.text == "claim"]
