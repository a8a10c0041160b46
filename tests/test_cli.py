"""The command line as a user has it: real processes, files, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "examples/talks.txt"


def run(*arguments: str, stdin: str | None = None, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "diurna.cli", *arguments], input=stdin, capture_output=True, text=True, check=False, env=os.environ | (environment or {}), encoding="utf-8"
    )


@pytest.mark.model
def test_code_writes_exact_records() -> None:
    done = run("code", str(REPORT), "--published", "2019-02-12")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    text = REPORT.read_text("utf-8")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(events) >= 8
    for e in events:
        assert text[e["trigger"]["start"] : e["trigger"]["end"]] == e["trigger"]["text"]
    assert {"SANCTION", "CONSULT", "PROTEST", "COERCE"} <= {e["type"] for e in events}


@pytest.mark.model
def test_csv_json_and_output_file(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("code", str(REPORT), "--csv", "--published", "2019-02-12").stdout)))
    story = json.loads(run("code", str(REPORT), "--json", "--published", "2019-02-12").stdout)
    assert [r["id"] for r in rows] == [e["id"] for e in story["events"]]
    out = tmp_path / "events.jsonl"
    done = run("code", str(REPORT), str(tmp_path / "missing.txt"), "-o", str(out), "--published", "2019-02-12")
    assert done.returncode == 1
    assert "missing.txt: D210" in done.stderr
    assert [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()] == [r["id"] for r in rows]
    assert json.loads((tmp_path / "events.jsonl.rejects.jsonl").read_text("utf-8"))["code"] == "D210"


@pytest.mark.model
def test_workers_give_the_same_records_in_the_same_order(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    rows = [{"id": str(i), "text": f"Kenya expelled {i + 2} Rwandan diplomats on Monday. Police in Mombasa arrested a priest.", "published": "2014-03-04"} for i in range(12)]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    alone = run("code", str(path))
    shared = run("code", str(path), "--workers", "2")
    assert alone.returncode == shared.returncode == 0
    assert alone.stdout == shared.stdout
    assert alone.stdout.count("\n") >= 12


@pytest.mark.model
def test_view_respects_no_color() -> None:
    plain = run("code", str(REPORT), "--view", environment={"NO_COLOR": "1", "COLUMNS": "120"})
    assert plain.returncode == 0
    assert "\x1b[3" not in plain.stdout
    assert "SANCTION" in plain.stdout


@pytest.mark.model
def test_html_page_escapes_and_loads_nothing(tmp_path: Path) -> None:
    report = tmp_path / "evil.txt"
    report.write_text('Police arrested <script>alert(1)</script> three men in Accra on Monday & let "two" go. Kenya expelled two diplomats.', encoding="utf-8")
    page = tmp_path / "page.html"
    done = run("code", str(report), "--html", str(page), "--published", "2014-03-04")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    html = page.read_text("utf-8")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert 'class="m trigger"' in html


@pytest.mark.model
def test_relate_and_explain() -> None:
    row = {"sentence": "Police arrested a dozen protesters.", "actor": [0, 6], "recipient": [16, 34]}
    done = run("relate", stdin=json.dumps(row) + "\n")
    found = json.loads(done.stdout)
    assert found["type"] == "COERCE"
    assert found["mode"] == "arrest"
    assert sum(found["scores"].values()) == pytest.approx(1, abs=1e-3)
    told = run("explain", str(REPORT), "--published", "2019-02-12")
    assert told.returncode == 0
    assert "names an act" in told.stdout
    assert "no words that name an act" in told.stdout


def test_ontology_looks_up_and_refuses() -> None:
    assert "SANCTION/impose" in run("ontology", "impose").stdout
    assert "arrest" in run("ontology", "173").stdout
    assert len(json.loads(run("ontology", "--json").stdout)) == 16
    wrong = run("ontology", "NONSENSE")
    assert wrong.returncode == 1
    assert "D402" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["code"], 2), (["code", "x.txt", "--published", "soon"], 2), (["code", "x.txt", "--csv", "--view"], 2), (["evaluate", "nonsense", "x"], 2), (["nonsense"], 2)],
)
def test_wrong_calls_are_told_apart(arguments: list[str], code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code, done.stderr
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_help_has_examples() -> None:
    for command in ("code", "relate", "explain", "evaluate", "ontology"):
        assert "Example" in run(command, "--help").stdout


def test_rejects_of_an_earlier_run_do_not_stay(tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    kept = tmp_path / "events.jsonl.rejects.jsonl"
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "good.txt").write_text("France expelled two Belarusian diplomats on Monday, the foreign ministry said.")
    assert run("code", str(tmp_path / "empty.txt"), "-o", str(out)).returncode == 1
    assert [json.loads(line)["code"] for line in kept.read_text().splitlines()] == ["D201"]
    assert run("code", str(tmp_path / "good.txt"), "--published", "2021-05-18", "-o", str(out)).returncode == 0
    assert not kept.exists()
