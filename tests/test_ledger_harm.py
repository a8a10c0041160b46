"""The harm ledger: updates supersede, claimants stand side by side, parts and wider tolls are not added, denials are kept aside."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import InputError
from diurna.analyse.harm import claims_of, harm_ledger, totals
from diurna.analyse.rows import read_reports
from diurna.records import Harm
from tests.made_record import made_record, made_story

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = count()
KERYO = {"text": "Keryo", "start": 0, "end": 5, "name": "Keryo", "geonames": "1", "country": "SOM", "admin1": "Gedo", "precision": "city"}
LUGANA = KERYO | {"name": "Lugana", "geonames": "2"}
LAND = KERYO | {"name": "Somalia", "geonames": "3", "admin1": None, "precision": "country"}


def toll(low: int, high: int | None = -1, *, kind: str = "killed", who: str | None = None, **more: object) -> dict[str, Any]:
    return {"text": "x", "start": 1, "end": 2, "kind": kind, "low": low, "high": low if high == -1 else high, "who": who} | more


def event(
    *harm: dict[str, Any],
    day: str = "2021-03-01",
    published: str = "2021-03-02",
    by: str | None = None,
    where: dict[str, Any] | None = KERYO,
    modality: str = "actual",
    story: str = "",
) -> dict[str, Any]:
    number = next(_NUMBERS)
    return {
        "id": f"e{number}", "story": story or f"s{number}", "sentence": {"index": 0, "start": 0, "end": 9}, "type": "ASSAULT", "modality": modality, "published": published,
        "trigger": {"text": "t", "start": 0, "end": 1}, "when": {"text": "Monday", "start": 3, "end": 9, "from": day, "to": day}, "where": where, "harm": list(harm),
        "attributed_to": by and {"text": by, "start": 0, "end": 1}, "source": "Courier",
    }  # fmt: skip


def ledger(tmp_path: Path, *events: dict[str, Any]) -> list[dict[str, Any]]:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(e) + "\n" for e in events), "utf-8")
    return [i.to_dict() for i in harm_ledger(claims_of(read_reports([str(path)])))]


def figures(rows: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    return [(r["best"], r["low"], r["high"]) for r in rows]


def test_an_update_of_one_claimant_supersedes(tmp_path: Path) -> None:
    rows = ledger(tmp_path, event(toll(12), by="police"), event(toll(17, total=True), by="the police", published="2021-03-04"))
    assert figures(rows) == [(17, 17, 17)]
    assert [c["low"] for c in rows[0]["superseded"]] == [12]


def test_an_older_report_read_later_does_not_supersede(tmp_path: Path) -> None:
    rows = ledger(tmp_path, event(toll(17), by="police", published="2021-03-04"), event(toll(12), by="police"))
    assert figures(rows) == [(17, 17, 17)]


def test_claimants_stand_side_by_side(tmp_path: Path) -> None:
    rows = ledger(tmp_path, event(toll(12, None), by="police"), event(toll(20), by="the rebels"), event(toll(15), by="the Red Cross"))
    assert figures(rows) == [(15, 12, 20)]
    assert rows[0]["open"] is True
    assert len(rows[0]["claims"]) == 3


def test_different_people_are_added_and_parts_are_not(tmp_path: Path) -> None:
    parts = ledger(tmp_path, event(toll(2, who="soldiers"), toll(1, who="civilian"), by="police"))
    assert figures(parts) == [(3, 3, 3)]
    whole = ledger(tmp_path, event(toll(12, who="people"), toll(3, who="children", included=True), by="police"))
    assert figures(whole) == [(12, 12, 12)]


def test_other_days_places_and_kinds_are_other_incidents(tmp_path: Path) -> None:
    rows = ledger(tmp_path, event(toll(1)), event(toll(2), day="2021-03-09", published="2021-03-10"), event(toll(3), where=LUGANA), event(toll(4, kind="injured")))
    assert sorted(figures(rows)) == [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4)]


def test_a_country_s_toll_of_the_days_holds_its_towns(tmp_path: Path) -> None:
    period = {"text": "since January", "start": 0, "end": 1, "from": "2021-01-01", "to": "2021-03-05"}
    path = tmp_path / "e.jsonl"
    events = [event(toll(5)), event(toll(40, None, who="people", period=period, total=True), where=LAND, by="UN", published="2021-03-05"), event(toll(9, kind="injured"))]
    path.write_text("".join(json.dumps(e) + "\n" for e in events), "utf-8")
    incidents = harm_ledger(claims_of(read_reports([str(path)])))
    sums = totals(incidents)
    assert (sums["killed"].best, sums["injured"].best) == (40, 9)
    assert totals([i for i in incidents if i.claims[0].low == 5])["killed"].best == 5
    again = period | {"to": "2021-03-20"}
    rows = ledger(tmp_path, *events, event(toll(52, period=again, total=True), where=LAND, by="UN", published="2021-03-20"))
    assert sorted(r["best"] for r in rows) == [5, 9, 52]


def test_daily_tolls_are_counted_each(tmp_path: Path) -> None:
    days = [{"text": "the previous 24 hours", "start": 0, "end": 1, "from": f"2021-03-0{n}", "to": f"2021-03-0{n + 1}"} for n in (1, 2)]
    rows = ledger(tmp_path, *(event(toll(n + 3, period=d, total=False), where=LAND, by="army", published=d["to"]) for n, d in enumerate(days)))
    assert figures(rows) == [(3, 3, 3), (4, 4, 4)]


def test_denied_tolls_are_kept_aside_and_feared_ones_left_out(tmp_path: Path) -> None:
    rows = ledger(tmp_path, event(toll(8), by="rebels"), event(toll(8), by="army", modality="negated"), event(toll(90), modality="hypothetical"))
    assert figures(rows) == [(8, 8, 8)]
    assert [d["claimant"] for d in rows[0]["denied"]] == ["army"]


@given(st.permutations(range(4)))
def test_the_order_of_lines_does_not_matter(order: list[int]) -> None:
    late = event(toll(6), by="a", published="2021-03-07", story="s3")
    events = [event(toll(3), by="a", story="s1"), event(toll(4), by="b", story="s2"), late, event(toll(1), where=LUGANA, story="s4")]
    lines = [json.dumps(events[i]).encode() for i in order]
    found = harm_ledger(claims_of(read_reports(["-"], lines)))  # type: ignore[arg-type]
    assert sorted((i.figures.best, i.figures.low, i.figures.high) for i in found) == [(1, 1, 1), (4, 4, 6)]


def test_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("".join(json.dumps(e) + "\n" for e in (event(toll(3), by="police"), event(toll(7), day="2021-05-01", published="2021-05-02"))), "utf-8")

    def run(*options: str) -> list[dict[str, Any]]:
        done = subprocess.run([sys.executable, "-m", "diurna.cli", "ledger", "harm", str(path), "--json", *options], capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert [r["best"] for r in run()] == [3, 7]
    assert [r["best"] for r in run("--claimant", "police")] == [3]
    assert [r["best"] for r in run("--since", "2021-04-01", "--place", "SOM")] == [7]
    assert run("--by", "month")[0] == {"month": "2021-03", "kind": "killed", "best": 3, "low": 3, "high": 3, "open": False}
    for wrong in (["--by", "moon"], ["--since", "May"], ["--kind", "sad"]):
        assert subprocess.run([sys.executable, "-m", "diurna.cli", "ledger", "harm", str(path), *wrong], capture_output=True, check=False).returncode == 2


def test_of_a_record_by_name_and_of_it_or_files_alone(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(json.dumps(event(toll(3), by="police")) + "\n", "utf-8")
    story = made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))
    made_record(tmp_path, [replace(story, events=tuple(replace(e, harm=(Harm(story.text[:4], 0, 4, "killed", 4, 4),)) for e in story.events))])

    def run(*given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "diurna.cli", "ledger", *given], capture_output=True, text=True, check=False)

    record = str(tmp_path / "record")
    for ledger_, *more in (("harm",), ("status",), ("treaties", "--accord", "NPT", "--party", "PRK")):
        named, placed = run(ledger_, "--store", record, "--json", *more), run(ledger_, record, "--json", *more)
        assert (named.returncode, named.stdout) == (0, placed.stdout)
        assert named.stdout
        both = run(ledger_, str(path), "--store", record, *more)
        assert (both.returncode, "D101" in both.stderr) == (2, True)
    assert json.loads(run("harm", "--store", record, "--json").stdout)["best"] == 4
    for ledger_ in ("harm", "status"):
        neither = run(ledger_)
        assert (neither.returncode, "--store" in neither.stderr) == (2, True)


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"trigger": 3}\n')
    for place, code in ((tmp_path / "a.jsonl", "D230"), (tmp_path / "none.jsonl", "D210")):
        with pytest.raises(InputError, match=code):
            list(read_reports([str(place)]))
