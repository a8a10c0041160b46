"""Accords: the table, mentions by name and by description, acts in short stories through the model, and the ledger's standings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import Coder
from diurna.analyse.rows import Report, read_reports
from diurna.analyse.treaties import accords_of, entries_of, standings
from diurna.coding.treaty import find_accord_acts
from diurna.knowledge.tables import load_tables
from diurna.ontology import TREATY_ACTIONS
from diurna.ontology.treaties import accord_named, accords
from diurna.parse.sentences import split
from diurna.resolve.accords import find_accords

CASES = json.loads((Path(__file__).parent / "cases/treaties.json").read_text("utf-8"))
KINDS = {"arms control", "alliance", "trade", "peace", "climate", "borders", "human rights", "environment", "law"}
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder()


def test_the_table_is_sound() -> None:
    table = accords()
    states = load_tables().countries.keys() | {"COK", "NIU"}
    assert len(table) >= 160
    for a in table.values():
        assert a.kind in KINDS, a
        assert a.source, a
        assert set(a.parties) <= states, a
        assert all(DAY.fullmatch(d) for d in (a.signed, a.in_force, a.ended, *(f.on for f in a.facts)) if d), a
        assert not (a.signed and a.in_force) or a.signed <= a.in_force, a
        assert all(f.action in TREATY_ACTIONS and set(f.states) <= states for f in a.facts), a
    names: dict[str, str] = {}
    for a in table.values():
        for name in {n.casefold() for n in (a.name, *a.aliases, *a.bodies)}:
            assert names.setdefault(name, a.id) == a.id, name
    assert accord_named("the NPT") is accord_named("Nuclear Non-Proliferation Treaty")


@pytest.mark.model
def test_short_stories_through_the_model(coder: Coder) -> None:
    """Accord, state and action of every story, as its events give them."""
    wrong = []
    for text, published, expected in CASES:
        story = coder.code(text, published=published)
        found = {(e.accord, e.state, e.action) for e in entries_of([Report(story.id, story.published, None, story.events)])}
        if found != set(map(tuple, expected)):
            wrong.append((text, found))
    assert len(wrong) / len(CASES) <= 0.10, wrong


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Russia left the INF treaty. The arms control pact dated from 1987.", ["accord:inf", "accord:inf"]),
        ("The nuclear pact is at risk. New START caps warheads.", ["accord:new-start", "accord:new-start"]),
        ("Greece signed the Prespa Agreement. The climate pact was not on the table.", ["accord:prespa"]),
        ("The treaty was discussed.", []),
        ("She chose the CAT scan and a charter flight.", []),
        ("The two signed the Barents Fisheries Agreement on Monday. The deal lapsed.", [None, None]),
    ],
)
def test_mentions(text: str, mentions: list[str | None]) -> None:
    assert [m.entity for m in find_accords(text)] == mentions


@pytest.mark.parametrize(
    ("text", "action", "step"),
    [
        ("Russia refused to sign the Rome Statute.", "signs", "refused"),
        ("Kenya urged Uganda to ratify the Kampala Convention.", "ratifies", "urged"),
        ("Parliament endorsed the move to suspend the New START treaty.", "suspends", "endorsed"),
        ("Poland announced it would leave the Ottawa Treaty.", "leaves", "announced"),
        ("The minister denied violating the INF treaty.", "breaches", "denied"),
        ("Washington accused Moscow of breaching the INF treaty.", "breaches", "alleged"),
        ("Japan threatened to quit the Whaling Convention.", "leaves", "threatened"),
        ("Moscow proposed an extension of New START.", "extends", "proposed"),
        ("Moscow decided to allow the resumption of U.S. inspections under New START.", "inspects", "allowed"),
        ("Sweden joined NATO.", "joins", "done"),
    ],
)
def test_steps(text: str, action: str, step: str) -> None:
    acts = find_accord_acts(text, split(text))
    assert [(a.action, a.step) for a in acts] == [(action, step)]


def test_a_body_is_no_accord_but_for_membership() -> None:
    assert find_accord_acts("NATO discussed the war.", split("NATO discussed the war.")) == []


@given(st.text(alphabet="NewSTARTINFtreatysignedlefthUS .,’\n", max_size=100))
def test_spans_are_exact_whatever_the_text(text: str) -> None:
    for m in find_accords(text):
        assert text[m.start : m.end] == m.text
    for a in find_accord_acts(text, split(text)):
        assert text[a.start : a.end] == a.text


def act(
    state: str, action: str, day: str, *, step: str = "done", modality: str = "actual", to: str | None = None, story: str = "s", entity: str | None = "accord:inf"
) -> dict[str, Any]:
    name = accords()[entity].name if entity else "Lake Pact"
    when = {"text": "x", "start": 0, "end": 1, "from": day, "to": to or day}
    return {
        "id": f"{story}{action}{step}", "story": story, "type": "SANCTION", "modality": modality, "trigger": {"text": "t", "start": 0, "end": 1}, "published": to or day,
        "treaty": {"text": "x", "start": 2, "end": 3, "name": name, "entity": entity, "action": action, "step": step, "parties": [state], "when": when},
    }  # fmt: skip


def reports(*rows: dict[str, Any]) -> list[Report]:
    return list(read_reports(["-"], [json.dumps(r).encode() for r in rows]))  # type: ignore[arg-type]


def test_standing_follows_table_and_record() -> None:
    inf = accord_named("INF")
    assert inf is not None

    def standing(on: str, *rows: dict[str, Any]) -> dict[str, str]:
        return {s.state: s.status for s in standings(inf, entries_of(reports(*rows)), on)}

    assert standing("2010-01-01")["RUS"] == "party"
    assert standing("1980-01-01") == {}
    assert standing("2019-03-10")["RUS"] == "suspended"
    assert standing("2019-08-03")["USA"] == "left"
    assert standing("2015-01-01", act("RUS", "suspends", "2014-05-01"))["RUS"] == "suspended"
    assert standing("2014-01-01", act("RUS", "suspends", "2014-05-01"))["RUS"] == "party"
    for step in ("announced", "refused", "urged", "endorsed", "alleged"):
        assert standing("2015-01-01", act("RUS", "suspends", "2014-05-01", step=step))["RUS"] == "party", step
    for modality in ("negated", "future", "hypothetical"):
        assert standing("2015-01-01", act("RUS", "suspends", "2014-05-01", modality=modality))["RUS"] == "party", modality


def test_reports_of_one_act_share_its_days() -> None:
    announced = act("RUS", "suspends", "2014-05-02", step="announced", story="b")
    rows = (act("RUS", "suspends", "2014-05-01", to="2014-05-04"), announced, act("RUS", "suspends", "2014-09-09", story="c"))
    entries = entries_of(reports(*rows))
    assert [(e.from_, e.to, e.step, len(e.evidence)) for e in entries] == [("2014-05-02", "2014-05-02", "done", 2), ("2014-09-09", "2014-09-09", "done", 1)]


def test_accords_that_only_the_record_knows() -> None:
    entries = entries_of(reports(act("TZA", "signs", "2014-05-01", entity=None), act("TZA", "leaves", "2015-05-01", entity=None, story="b")))
    assert accords_of(entries) == ["Lake Pact"]
    assert [s.status for s in standings("Lake Pact", entries, "2014-06-01")] == ["signatory"]
    assert [s.status for s in standings("Lake Pact", entries, "2016-06-01")] == ["left"]


def test_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(json.dumps(act("RUS", "suspends", "2014-05-01")) + "\n")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "diurna.cli", "ledger", "treaties", *options], capture_output=True, text=True, check=False)

    rows = [json.loads(line) for line in run(str(path), "--on", "2014-06-01", "--json").stdout.splitlines()]
    assert {r["state"]: (r["standing"], r["since"]) for r in rows}["RUS"] == ("suspended", "2014-05-01")
    assert "left" in run("--accord", "NPT", "--party", "prk", "--on", "2004-01-01").stdout
    assert run("--accord", "no such pact").returncode == 2
    assert run().returncode == 2
