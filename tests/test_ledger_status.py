"""The status of claims: sides, denials and confirmations, counted by independent claimant."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

from diurna.analyse.rows import read_reports
from diurna.analyse.status import Claimed, status_ledger

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = count()
PLACE = {"text": "Keryo", "start": 0, "end": 5, "name": "Keryo", "geonames": "1", "country": "SOM", "precision": "city"}


def party(code: str) -> dict[str, Any]:
    return {"text": code, "start": 0, "end": 3, "name": code, "country": code}


def event(by: str | None = None, country: str | None = None, *, cue: str = "said", modality: str = "actual", day: str | None = "2021-03-01", **more: object) -> dict[str, Any]:
    number = next(_NUMBERS)
    return {
        "id": f"e{number}", "story": f"s{number}", "type": "ASSAULT", "modality": modality, "trigger": {"text": "shelled", "start": 0, "end": 1}, "published": "2021-03-02",
        "source": "Courier", "actors": [party("KEN")], "recipients": [party("SOM")], "where": PLACE,
        "when": day and {"text": "Monday", "start": 0, "end": 1, "from": day, "to": day},
        "attributed_to": by and {"text": by, "start": 0, "end": 1, "country": country, "cue": {"text": cue, "start": 0, "end": 1}},
    } | more  # fmt: skip


def ledger(*events: dict[str, Any]) -> list[Claimed]:
    return status_ledger(read_reports(["-"], [json.dumps(e).encode() for e in events]))  # type: ignore[arg-type]


def test_one_side_both_sides_third_party() -> None:
    assert [c.status for c in ledger(event("the governor", "SOM"))] == [("claimed by one side",)]
    assert [c.status for c in ledger(event("the governor", "SOM"), event("Nairobi", "KEN"))] == [("claimed by both sides", "confirmed by the actor's side")]
    assert [c.status for c in ledger(event("the Red Cross"))] == [("claimed by a third party",)]
    assert [c.status for c in ledger(event())] == [("reported without a claimant",)]


def test_denials_join_what_they_deny() -> None:
    found = ledger(event("the governor", "SOM"), event("Nairobi", "KEN", modality="negated", day=None))
    assert [c.status for c in found] == [("claimed by one side", "denied")]
    assert found[0].to_dict()["counts"] == {"actor denies": 1, "recipient claims": 1}


def test_a_claimant_counts_once_with_its_latest_word() -> None:
    admitted = event("Nairobi", "KEN", cue="admitted", published="2021-03-05")
    found = ledger(event("Nairobi", "KEN", modality="negated"), admitted, event("governor", "SOM"), event("the governor", "SOM"))
    assert len(found) == 1
    assert found[0].to_dict()["counts"] == {"actor confirms": 1, "recipient claims": 1}
    assert "denied" not in found[0].status


def test_other_days_types_parties_and_places_are_other_events() -> None:
    rows = ledger(event(), event(day="2021-03-08"), event(type="COERCE"), event(actors=[party("ETH")]), event(where=PLACE | {"geonames": "2", "name": "Lugana"}))
    assert len(rows) == 5


def test_plans_and_fears_are_no_claims() -> None:
    assert ledger(event(modality="future"), event(modality="hypothetical")) == []


def test_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("".join(json.dumps(e) + "\n" for e in (event("the governor", "SOM"), event("Nairobi", "KEN", modality="negated"), event(type="COERCE", day="2021-04-01"))))

    def run(*options: str) -> list[str]:
        done = subprocess.run([sys.executable, "-m", "diurna.cli", "ledger", "status", str(path), *options], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert [json.loads(line)["status"] for line in run("--json", "--only", "denied")] == [["claimed by one side", "denied"]]
    assert [json.loads(line)["type"] for line in run("--json", "--since", "2021-03-20")] == ["COERCE"]
    assert any("denies" in line for line in run())
