"""Reviews: appended and never overwritten, whole or not at all, beside the machine's value, and only such as fit the event."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from made_record import made_record, made_story
from typer.testing import CliRunner

from diurna.cli import app
from diurna.errors import DiurnaError, StoreError
from diurna.ontology import PLOVER
from diurna.records import CoderVersion, Confidence, Story
from diurna.store import Store
from diurna.store.corrections import corrected
from diurna.training.gold import reviewed

if TYPE_CHECKING:
    from click.testing import Result

REVIEWER = Path(__file__).resolve().parent / "faults/reviewer.py"


def stories() -> list[Story]:
    """Make three stories of two events, each event less sure than the one before."""
    made = [made_story(n, "2021-05-18", ("ASSAULT", "RUS", "UKR"), ("SANCTION", "NOR", "SWE"), claimant="Ana") for n in range(3)]
    return [
        replace(s, events=tuple(replace(e, confidence=Confidence(0.9 - n / 10 - k / 100, 0.9)) for k, e in enumerate(s.events))) for n, s in enumerate(made)
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_record(tmp_path, stories())


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given, env={"COLUMNS": "160"})


def ids(store: Store, **asked: Any) -> list[str]:  # noqa: ANN401 - filters
    return store.events(**asked).sort("confidence").select("id").collect()["id"].to_list()


def test_what_is_said_stands_beside_the_machines_value(store: Store) -> None:
    first, second, third, *rest = ids(store)
    store.review(first, "confirm", by="ana", reason="yes")
    store.review(second, "correct", by="ana", reason="planned", changes={"modality": "future", "when": "2021-06-01/2021-06-30", "actors.0.country": "RUS"})
    store.review(third, "reject", by="bo", reason="a match")
    told = {s.event: (s.verdict, sorted(s.values)) for s in store.standings()}
    assert told == {first: ("confirm", []), second: ("correct", ["actors", "modality", "when"]), third: ("reject", [])}
    assert ids(store, review="open") == rest
    assert ids(store, review="reject") == [third]
    row = store.events(review="correct").collect().row(0, named=True)
    assert (row["modality"], json.loads(row["corrections"])["modality"], row["reviewer"], row["review_reason"]) == ("actual", "future", "ana", "planned")
    lines = [json.loads(line) for line in run("query", "--store", store.url, "--review", "correct", "--json").stdout.splitlines()]
    assert [(x["modality"], x["review"]["values"]["modality"]) for x in lines] == [("actual", "future")]
    assert store.event(second)[1].modality == "actual"


def test_the_newest_stands_and_nothing_is_lost(store: Store) -> None:
    event = ids(store)[0]
    store.review(event, "reject", by="ana", reason="no")
    between = datetime.now(UTC)
    store.review(event, "correct", by="bo", reason="it is", changes={"type": "ACCUSE"})
    (standing,) = store.standings()
    assert (standing.verdict, standing.disputed, len(standing.reviews)) == ("correct", True, 2 + ("mode" in standing.values))
    store.review(event, "confirm", by="ana", reason="bo is right")
    (standing,) = store.standings()
    assert (standing.verdict, standing.disputed) == ("correct", False)
    assert [r.verdict for r in Store(store.url, as_of=between).reviews()] == ["reject"]
    fixed = corrected(store.event(event)[1], standing.values, PLOVER)
    assert (fixed.type, fixed.quad, fixed.cameo) == ("ACCUSE", PLOVER.quad_of("ACCUSE"), PLOVER.types["ACCUSE"].cameo)


def test_words_are_found_in_the_sentence(store: Store) -> None:
    event = next(e for s in store.stories() for e in s.events if e.type == "ASSAULT")
    said = store.review(event.id, "correct", by="ana", reason="the other way", changes={"actors": "UKR", "recipients": ["RUS"], "attributed_to": None})
    values = {r.field: r.value for r in said}
    assert (values["actors"][0]["country"], values["recipients"][0]["country"], values["attributed_to"]) == ("UKR", "RUS", None)
    store.review(event.id, "correct", by="ana", reason="by its verb", changes={"trigger": "said"})
    trigger = store.standings([event.id])[0].values["trigger"]
    assert store.event(event.id)[0].text[trigger["start"] : trigger["end"]] == "said"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"type": "ASSAULTS"}, "there is no ASSAULTS"), ({"mode": "expel"}, "there is no ASSAULT/expel"),
        ({"modality": "certain"}, "no modality"), ({"id": "x"}, "cannot be corrected"),
        ({"actors": "Freedonia"}, "does not stand"), ({"actors": [{"text": "RUS", "start": 0, "end": 3}]}, "does not stand at"), ({"actors.7.country": "RUS"}, "has no"),
        ({"actors.0.country": "Russia"}, "is no country"), ({"actors.0.sector": "XYZ"}, "no sector"), ({"when": "May"}, "is none"),
        ({"when": "2021-02-02/2021-01-01"}, "before it begins"),
        ({"harm": 7}, "is none"), ({"actors": [7]}, "is none"), ({"where": {"name": "Oslo"}}, "is none"), ({"trigger": None}, "is none"), ({"type": None}, "there is no"),
    ],
)  # fmt: skip
def test_a_correction_that_does_not_fit_is_refused(store: Store, changes: dict[str, Any], told: str) -> None:
    event = next(e.id for s in store.stories() for e in s.events if e.type == "ASSAULT")
    with pytest.raises(StoreError, match="D533") as error:
        store.review(event, "correct", by="ana", reason="why not", changes=changes)
    assert told in str(error.value)
    assert store.reviews() == []


def test_a_review_needs_event_who_why_and_what(store: Store) -> None:
    event = ids(store)[0]
    wrong: list[tuple[str, str, str, dict[str, Any] | None]] = [("maybe", "a", "b", None), ("confirm", " ", "b", None), ("confirm", "a", "", None), ("correct", "a", "b", {}), ("reject", "a", "b", {"mode": 1})]
    for verdict, by, reason, changes in wrong:
        with pytest.raises(StoreError, match="D531"):
            store.review(event, verdict, by=by, reason=reason, changes=changes)
    with pytest.raises(StoreError, match="D532"):
        store.review("0" * 20, "confirm", by="a", reason="b")
    with pytest.raises(StoreError, match="D531"):
        store.events(review="maybe")


def test_an_event_read_otherwise_by_a_newer_coder_awaits_review_again(store: Store) -> None:
    kept, changed = stories()[0].events
    for event in (kept, changed):
        store.review(event.id, "confirm", by="ana", reason="yes")
    time.sleep(0.01)
    newer = CoderVersion("0.2.0", "test")
    events = (replace(kept, coder=newer, confidence=Confidence(0.5, 0.5)), replace(changed, coder=newer, modality="negated"))
    store.write([replace(stories()[0], events=events)], newer)
    assert {s.event: s.stale for s in store.standings()} == {kept.id: False, changed.id: True}
    assert changed.id in ids(store, review="open")
    assert kept.id not in ids(store, review="open")
    assert [[e.id for e in g.story.events] for g in reviewed(store, PLOVER)] == [[kept.id]]
    store.review(changed.id, "confirm", by="ana", reason="still")
    assert not any(s.stale for s in store.standings())


def test_reviews_teach(store: Store) -> None:
    a, b = (e.id for e in stories()[0].events)
    store.review(a, "correct", by="ana", reason="planned", changes={"modality": "future"})
    store.review(b, "reject", by="ana", reason="none")
    (gold,) = reviewed(store, PLOVER)
    assert [e.modality for e in gold.story.events] == ["future"]
    assert [r.text for r in gold.refused] == ["SANCTION"]


def test_reviewers_at_once_lose_nothing(store: Store) -> None:
    events = ids(store)

    def say(number: int) -> None:
        for event in events:
            Store(store.url).review(event, "confirm", by=f"r{number}", reason=f"{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, range(8)))
    assert Counter((r.event, r.reviewer) for r in store.reviews()) == Counter((e, f"r{n}") for e in events for n in range(8))


def test_a_killed_reviewer_leaves_whole_reviews_and_all_it_told_of(store: Store) -> None:
    event = next(e.id for s in store.stories() for e in s.events if e.type == "ASSAULT")
    told: list[str] = []
    for number in range(3):
        at_work = subprocess.Popen([sys.executable, str(REVIEWER), store.url, event, f"r{number}", "1000"], stdout=subprocess.PIPE, text=True)
        assert at_work.stdout is not None
        told += [at_work.stdout.readline().strip() for _ in range(2)]
        time.sleep(0.013 * number)
        at_work.send_signal(signal.SIGKILL)
        told += [line.strip() for line in at_work.stdout if line.endswith("\n")]
        at_work.wait()
        at_work.stdout.close()
    parts = Counter(r.reason for r in store.reviews())
    assert set(told) <= set(parts)
    assert set(parts.values()) == {2}  # both fields of each


def test_commands(store: Store, tmp_path: Path) -> None:
    at = ("--store", store.url)
    listed = [json.loads(line)["id"] for line in run("review", "list", *at, "--json", "--limit", "2").stdout.splitlines()]
    assert listed == ids(store)[:2]
    who = ("--by", "ana", "--reason", "so it says")
    assert run("review", "confirm", listed[0], *at, *who).exit_code == 0
    assert run("review", "reject", listed[1], *at, *who).exit_code == 0
    third = ids(store)[2]
    said = run("review", "correct", third, *at, *who, "--set", "modality=negated", "--set", "actors=[]")
    assert [json.loads(line)["value"] for line in said.stdout.splitlines()] == ["negated", []]
    wrong = run("review", "correct", third, *at, *who, "--set", "modality")
    assert isinstance(wrong.exception, DiurnaError)
    shown = run("review", "show", third, *at).stdout
    assert 'ana: correct modality = "negated" (so it says)' in shown
    assert json.loads(run("review", "show", third, *at, "--json").stdout)["review"]["values"] == {"actors": [], "modality": "negated"}
    assert "correct" in run("query", *at).stdout
    assert run("review", "export", *at, "-o", str(tmp_path / "r.jsonl")).exit_code == 0
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    assert [(r["event"], r["verdict"]) for r in rows] == [(listed[0], "confirm"), (listed[1], "reject"), (third, "correct"), (third, "correct")]
    assert all(r["machine"]["id"] == r["event"] for r in rows)
    assert {r["reviewer"] for r in rows} == {"ana"}


def test_asking_keeps_each_answer_and_asks_again_after_a_wrong_one(store: Store) -> None:
    events = ids(store)
    given = "c\n\nwhat\nr\n\nr\na match\ns\no\nmode=nonsense\n\nx\no\nmodality=future\n\nplanned\nq\n"
    result = run("review", "ask", "--store", store.url, "--by", "ana", given=given)
    assert result.stdout.endswith("3 reviewed, 3 left of these\n")
    assert {s.event: s.verdict for s in store.standings()} == {events[0]: "confirm", events[1]: "reject", events[3]: "correct"}
    assert "there is no SANCTION/nonsense" in result.stdout or "there is no ASSAULT/nonsense" in result.stdout


def test_asking_in_a_real_terminal(store: Store) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "diurna.cli", "review", "ask", "--store", store.url, "--by", "ana", "--limit", "2"]
    asking = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"COLUMNS": "100", "TERM": "xterm"}, close_fds=True)
    os.close(theirs)
    seen = b""
    for prompt, answer in ((b"[q]uit? ", b"c\n"), (b"why (right as coded)? ", b"fine\n"), (b"[q]uit? ", b"q\n")):
        while not seen.endswith(prompt):
            seen += os.read(ours, 1)
        os.write(ours, answer)
    assert asking.wait(30) == 0
    os.close(ours)
    assert [(r.verdict, r.reason) for r in store.reviews()] == [("confirm", "fine")]


def test_the_service_shows_reviews_beside_the_event(store: Store) -> None:
    from starlette.testclient import TestClient

    from diurna.serve.app import Settings, make_app

    event = ids(store)[0]
    service = make_app(store, Settings(refresh=0))
    client = TestClient(service, base_url="http://localhost")
    before = client.get(f"/api/v1/events/{event}")
    assert before.json()["review"] is None
    store.review(event, "correct", by="ana", reason="planned", changes={"modality": "future"})
    acts = service.state.holder.snapshot.acts
    assert service.state.holder.refresh()
    assert service.state.holder.snapshot.acts is acts  # only the reviews were read anew
    after = client.get(f"/api/v1/events/{event}", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["event"]["modality"], after.json()["review"]["values"]) == (200, "actual", {"modality": "future"})
