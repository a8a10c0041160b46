"""The packaged cases are sound, and their suites count as they say."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from diurna.errors import InputError
from diurna.evaluate import PACKAGED, SUITES
from diurna.evaluate.behaviour import differences
from diurna.evaluate.packaged import find_words
from diurna.ontology import TYPES, look_up
from diurna.records import Event
from tests.test_cli import run

ROOT = Path(__file__).resolve().parent.parent
CASES = {name: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for name, path in PACKAGED.items()}
MODALITIES = {"actual", "historical", "future", "hypothetical", "negated"}
BEHAVIOURS = {"swap", "number", "tense", "negate", "quote", "passive", "clause", "country"}
KINDS = {"denied", "alleged", "planned", "conditional", "historical", "hoped", "refused", "nested"}


class Answers:
    """A coder that answers from a table of sentences."""

    def __init__(self, table: dict[str, list[Event]]) -> None:
        self.table = table

    def code(self, text: str, **_: object) -> SimpleNamespace:
        return SimpleNamespace(events=tuple(self.table.get(text, [])))


def event(text: str, told: dict) -> Event:
    """Build the event that a case tells of."""
    start, end = find_words(text, told["at"])
    parties = {side: [{"text": "x", "start": 0, "end": 1, **_code(c)} for c in told.get(side, [])] for side in ("actors", "recipients")}
    by = [{"text": "x", "start": 0, "end": 1, **_code(c)} for c in told.get("by", [])]
    harm = [_harm(text, h) for h in told.get("harm", [])]
    row = {"type": told["type"], "modality": told["modality"], "trigger": {"text": text[start:end], "start": start, "end": end}, **parties}
    return Event.from_dict(row | {"harm": harm, "attributed_to": by[0] if by else None})


def others(told: dict) -> list[Event]:
    return [Event.from_dict({"type": t, "modality": "actual", "trigger": {"text": "", "start": 999, "end": 1000}}) for t in told.get("more", [])]


def _code(code: str) -> dict:
    country, _, sector = code.partition(" ")
    return {"country": country, "sector": sector or "UNK"}


def _harm(text: str, told: str) -> dict:
    kind, low, high = re.fullmatch(r"(\w+) (\d*)-(\d*)", told).groups()
    return {"text": text[:1], "start": 0, "end": 1, "kind": kind, "low": int(low) if low else None, "high": int(high) if high else None}


def as_told(change: bool) -> Answers:
    """Answer every pair as the cases say, or, without the change, as if the second sentence were the first."""
    table: dict[str, list[Event]] = {}
    for case in CASES["behaviour"]:
        act = case["act"]
        after = act | (case["change"] if change else {"at": case["change"].get("at", act["at"])})
        table[case["before"]] = [event(case["before"], act), *others(act)]
        table[case["after"]] = [event(case["after"], after), *others(after)]
    return Answers(table)


def test_there_are_enough_of_each() -> None:
    behaviours = Counter(c["behaviour"] for c in CASES["behaviour"])
    assert behaviours.keys() == BEHAVIOURS
    assert min(behaviours.values()) >= 25
    kinds = Counter(c["kind"] for c in CASES["modality"])
    assert kinds.keys() == KINDS
    assert kinds.total() >= 150
    assert len({c["text"] for c in CASES["nonpolitical"]}) == len(CASES["nonpolitical"]) >= 300


def test_values_are_of_the_codebook() -> None:
    for case in CASES["behaviour"]:
        for told in (case["act"], case["act"] | case["change"]):
            assert told["type"] in TYPES, case
            assert told["modality"] in MODALITIES, case
            assert set(told.get("more", [])) <= TYPES.keys(), case
            for code in (*told["actors"], *told.get("recipients", []), *told["by"]):
                country, _, sector = code.partition(" ")
                assert re.fullmatch("[A-Z]{3}", country), case
                assert not sector or any(row["kind"] == "sector" for row in look_up(sector)), case
    for case in CASES["modality"]:
        assert case["type"] in TYPES, case
        assert case["modality"] in MODALITIES, case
        assert find_words(case["text"], case["at"]), case


def test_no_training_has_seen_them() -> None:
    corpus = " ".join(path.read_text("utf-8") for folder in ("stories", "relations") for path in (ROOT / "corpus" / folder).iterdir())
    plain = " ".join(re.sub(r"\[|\]\w+|</?[st]>", "", corpus).split())
    plain += (ROOT / "eval/held_out.jsonl").read_text("utf-8")
    for cases in CASES.values():
        for case in cases:
            for text in (case.get(k) for k in ("text", "before", "after")):
                assert not text or text not in plain, text


def test_a_coder_that_follows_the_codebook_passes() -> None:
    scores = SUITES["behaviour"](PACKAGED["behaviour"], as_told(change=True))
    assert scores["failed"] == []
    assert scores["pass"] == scores["right"] == scores["found"] == 1.0


def test_a_coder_deaf_to_the_change_fails_every_pair_that_has_one() -> None:
    scores = SUITES["behaviour"](PACKAGED["behaviour"], as_told(change=False))
    asked = {c["id"] for c in CASES["behaviour"] if c["change"].keys() - {"at"}}
    assert {row["id"] for row in scores["failed"]} == asked
    assert scores["behaviours"]["negate"]["pass"] == 0.0
    assert scores["found"] == 1.0


def test_what_must_stay_is_compared_with_what_was_coded_before() -> None:
    case = {"act": {"type": "AID", "actors": ["KEN GOV"]}, "change": {"modality": "negated"}, "free": ["when"]}
    before = dict.fromkeys(("mode", "when", "where")) | {"type": "AID", "modality": "actual", "actors": ["UGA GOV"], "recipients": [], "by": [], "more": [], "harm": []}
    after = before | {"modality": "negated", "when": "2024-05-15..2024-05-15"}
    assert differences(case, before, after) == []
    assert differences(case, before, after | {"actors": ["KEN GOV"]}) == [("actors", ["UGA GOV"], ["KEN GOV"])]
    assert differences(case, before, before) == [("modality", "negated", "actual")]
    assert differences(case, None, after) == [("before", "AID", None)]
    assert differences(case, before, None) == [("after", "AID", None)]


def test_every_event_in_plain_life_is_false() -> None:
    one = CASES["nonpolitical"][0]["text"]
    false = event(one, {"at": "attacked", "type": "ASSAULT", "modality": "actual"})
    scores = SUITES["nonpolitical"](PACKAGED["nonpolitical"], Answers({one: [false, false]}))
    assert scores["events"] == 2
    assert scores["per_100"] == round(200 / scores["n"], 2)
    assert scores["groups"]["sport"]["events"] == 2
    assert [row["at"] for row in scores["coded"]] == ["attacked", "attacked"]


def test_modality_asks_for_type_and_modality_at_the_words() -> None:
    told = {c["text"]: [event(c["text"], c)] for c in CASES["modality"]}
    assert SUITES["modality"](PACKAGED["modality"], Answers(told))["pass"] == 1.0
    actual = {c["text"]: [event(c["text"], c | {"modality": "actual"})] for c in CASES["modality"]}
    scores = SUITES["modality"](PACKAGED["modality"], Answers(actual))
    assert scores["found"] == 1.0
    assert scores["kinds"]["denied"]["pass"] == scores["kinds"]["hoped"]["pass"] == 0.0
    assert scores["kinds"]["alleged"]["pass"] == 1.0
    elsewhere = {c["text"]: others({"more": [c["type"]]}) for c in CASES["modality"]}
    assert SUITES["modality"](PACKAGED["modality"], Answers(elsewhere))["found"] == 0.0


ACT = {"at": "met", "type": "CONSULT", "modality": "actual"}
GOOD = {"id": "a", "behaviour": "tense", "before": "A met B.", "after": "A meets B.", "act": ACT, "change": {"at": "meets"}, "free": []}


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("[1]", "object"),
        ("{", "JSON"),
        (json.dumps(GOOD | {"act": 3}), "act"),
        (json.dumps(GOOD | {"change": {}}), "not in"),
        (json.dumps(GOOD | {"change": {"at": "meets", "mood": "x"}}), "mood"),
        (json.dumps(GOOD | {"change": {"at": "meets", "actors": "KEN"}}), "list"),
        (json.dumps(GOOD | {"act": {"at": "met", "type": "CONSULT"}}), "modality"),
    ],
)
def test_a_bad_pair_is_refused_with_its_place(tmp_path: Path, row: str, word: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(row + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=word) as error:
        SUITES["behaviour"](path, Answers({}))
    assert error.value.code == "D234"
    assert str(path) in str(error.value)


def test_a_suite_without_cases_asks_for_a_file() -> None:
    done = run("evaluate", "events")
    assert done.returncode == 2
    assert "D610" in done.stderr


@pytest.mark.model
def test_own_cases_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    rows = [r for r in CASES["modality"] if r["kind"] == "refused"][:3]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    scores = json.loads(run("evaluate", "modality", str(path), "--json").stdout)
    assert scores["n"] == scores["kinds"]["refused"]["n"] == 3
    shown = run("evaluate", "modality", str(path)).stdout
    assert "refused" in shown
