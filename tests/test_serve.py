"""The service as a client has it: a real process, real requests, and whatever schemathesis thinks of."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from diurna.errors import ConfigError
from diurna.records import story_id
from diurna.serve import Settings, make_app
from diurna.serve.guard import Buckets, Keys
from diurna.serve.sample import RULES, sample_signals, sample_stories
from diurna.serve.snapshot import Holder
from diurna.serve.warm import Warmer
from diurna.store import Store
from tests.made_record import CODER, made_record, made_signals, made_story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Story


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def facts(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)


def ask(address: str, *, body: bytes | None = None, **headers: str) -> Answer:
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    request = urllib.request.Request(address, data=body, headers=named)  # noqa: S310 - addresses of our own
    try:
        with urllib.request.urlopen(request, timeout=60) as got:  # noqa: S310
            return Answer(got.status, {k.lower(): v for k, v in got.headers.items()}, got.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


@contextmanager
def served(store: Path | None, *arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "diurna.cli", "serve", *(["--store", str(store)] if store else []), "--port", "0", "--refresh", "0.3", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}) as process:
        assert process.stdout is not None
        try:
            address = next(w for w in process.stdout.readline().split() if w.startswith("http://")).rstrip("/")
            port = int(address.rpartition(":")[2])
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert process.wait(20) in {0, -15}


def stories() -> list[Story]:
    few = [
        made_story(i, f"2024-{1 + i % 6:02}-{1 + i % 9:02}", ("ASSAULT", "RUS", "UKR"), ("CONSULT", "NOR ISL", ""), claimant="Oslo" if i % 3 == 0 else None) for i in range(24)
    ]
    hostile = made_story(50, "2024-02-29", ("SANCTION", "NOR", "RUS"), title='<script>alert("1")</script> =HYPERLINK("x")')
    return [*few, hostile, made_story(51, None, ("AID", "USA", "UKR")), made_story(52, "2024-03-01", ("THREATEN", "RUS", "NOR"), modality="hypothetical")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    made_signals(made_record(folder, stories()))
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with served(folder / "record", "--rate", "100000") as address:
        yield address


@pytest.fixture(scope="module")
def api(server: str) -> str:
    return f"{server}/api/v1"


def test_pages_hold_every_event_once_and_in_order(api: str) -> None:
    seen: list[dict[str, Any]] = []
    address: str | None = f"{api}/events?limit=7"
    while address:
        got = ask(address)
        seen += got.facts["items"]
        cursor = got.facts["next"]
        assert ("link" in got.headers) == (cursor is not None)
        address = cursor and f"{api}/events?limit=7&cursor={cursor}"
    whole = ask(f"{api}/events?limit=1000").facts
    assert seen == whole["items"]
    assert len({e["id"] for e in seen}) == len(seen) == whole["total"] == 51
    days = [e["published"] or "" for e in seen]
    assert days == sorted(days, reverse=True)


def test_the_link_leads_to_the_next_page_of_a_table_too(server: str, api: str) -> None:
    got = ask(f"{api}/events.csv?limit=3&country=NOR")
    link = got.headers["link"].partition(">")[0].lstrip("<")
    after = ask(f"{server}{link}")
    first, second = (pl.read_csv(io.BytesIO(a.body))["id"].to_list() for a in (got, after))
    assert first + second == [e["id"] for e in ask(f"{api}/events?limit=6&country=nor").facts["items"]]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("dyad=RUS-UKR", 24), ("dyad=rus-ukr&confirmed=true", 16), ("dyad=NOR-ISL", 24), ("country=NOR", 26), ("country=NOR&type=SANCTION", 1), ("quad=MX", 25),
        ("modality=hypothetical", 1), ("claimant=oslo", 16), ("place=NOR&dyad=NOR-RUS", 1), ("since=2024-06-01", 8), ("until=2024-01-31", 8), ("q=sanct", 1),
        ("counted=true", 49), ("counted=true&hypothetical=true", 50), ("min_confidence=0.95", 0), ("dyad=RUS-NOR&both=true", 2), ("type=ASSAULT&type=AID", 25),
    ],
)  # fmt: skip
def test_questions_find_what_they_ask_for(api: str, question: str, count: int) -> None:
    assert ask(f"{api}/events?{question}").facts["total"] == count


def test_every_count_of_a_dyad_opens_its_very_events(server: str, api: str) -> None:
    facts = ask(f"{api}/dyads/RUS-UKR?by=week&ids=true&both=true&since=2024-01-03").facts
    assert sum(p["count"] for p in facts["points"]) > 15
    for point in facts["points"]:
        found = ask(f"{server}{point['events']}&limit=1000").facts["items"]
        assert [e["id"] for e in found] == point["ids"]
        assert len(found) == point["count"]


def test_a_story_is_its_stretches_and_they_carry_the_evidence(api: str) -> None:
    key = ask(f"{api}/stories?limit=1&q=script").facts["items"][0]["id"]
    got = ask(f"{api}/stories/{key}").facts
    assert "".join(s["text"] for s in got["stretches"]) == got["story"]["text"]
    trigger = next(s for s in got["stretches"] if {"event": 0, "part": "trigger"} in s["marks"])
    assert trigger["text"] == got["events"][0]["trigger"]["text"]
    one = ask(f"{api}/events/{got['events'][0]['id']}").facts
    assert one["event"] == got["events"][0]
    assert one["event"]["trigger"]["text"] in one["sentence"]


def test_tables_and_maps_hold_the_same_events(api: str) -> None:
    items = ask(f"{api}/events?limit=20").facts["items"]
    parquet = pl.read_parquet(io.BytesIO(ask(f"{api}/events.parquet?limit=20").body))
    assert parquet["id"].to_list() == [e["id"] for e in items]
    geo = ask(f"{api}/events.geojson?limit=20")
    assert geo.headers["content-type"].startswith("application/geo+json")
    assert [f["id"] for f in geo.facts["features"]] == [e["id"] for e in items]
    assert geo.facts["features"][0]["geometry"]["coordinates"] == [10.75, 59.91]


def test_a_spreadsheet_runs_no_words(api: str) -> None:
    titles = pl.read_csv(io.BytesIO(ask(f"{api}/stories.csv?limit=1000").body))["title"].to_list()
    assert not [t for t in titles if t and t[0] in "=+-@"]


def test_asked_again_it_says_that_nothing_changed(api: str) -> None:
    first = ask(f"{api}/dyads")
    assert ask(f"{api}/dyads").body == first.body
    again = ask(f"{api}/dyads", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert ask(f"{api}/dyads?limit=1", If_None_Match=first.headers["etag"]).status == 200


def test_answers_are_compressed_for_those_who_take_it(api: str) -> None:
    plain, packed = ask(f"{api}/events?limit=40"), ask(f"{api}/events?limit=40", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_headers_are_strict_and_no_other_origin_is_let_in(server: str) -> None:
    for path in ("/", "/api/v1/", "/api/v1/events", "/api/v1/nothing", "/health", "/dyad/RUS-UKR"):
        got = ask(f"{server}{path}", Origin="https://evil.example")
        assert "default-src 'none'" in got.headers["content-security-policy"], path
        assert got.headers["x-content-type-options"] == "nosniff"
        assert not [h for h in got.headers if h.startswith("access-control")]
    assert ask(f"{server}/api/v1/", Host="evil.example").status == 421
    assert ask(f"{server}/api/v1/", Host="localhost:1").status == 200


def test_the_page_answers_for_its_own_addresses_and_no_file_outside(server: str) -> None:
    assert ask(f"{server}/dyad/RUS-UKR").headers["content-type"].startswith("text/html")
    for path in ("/..%2f..%2fapp.py", "/%2e%2e/app.py", "/app.py", "/api/v2/events"):
        assert ask(f"{server}{path}").status in {404, 405}, path


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/events?type=SANCTION&typo=1", 422, "D641"), ("/api/v1/events?since=0", 422, "D641"), ("/api/v1/events?limit=0", 422, "D641"),
        ("/api/v1/events/00000000000000000000", 404, "D640"), ("/api/v1/stories/00000000000000000000", 404, "D640"), ("/api/v1/dyads/RUSUKR", 422, "D641"),
        ("/api/v1/nothing", 404, "D642"), ("/api/v1/events?cursor=2024-01-01", 422, "D641"),
    ],
)  # fmt: skip
def test_errors_say_what_is_wrong(server: str, path: str, status: int, code: str) -> None:
    got = ask(f"{server}{path}")
    assert (got.status, got.facts["code"]) == (status, code)
    assert set(got.facts) == {"code", "message", "where"}


def post(address: str, facts: object, **headers: str) -> Answer:
    return ask(address, body=json.dumps(facts).encode(), Content_Type="application/json", **headers)


@pytest.mark.model
def test_a_report_is_coded_and_one_that_cannot_be_read_is_told_why(api: str) -> None:
    got = post(f"{api}/code", {"text": "France expelled two Belarusian diplomats on Monday.", "published": "2021-05-18"})
    event = got.facts["coded"]["events"][0]
    assert (event["type"], event["mode"], event["actors"][0]["country"]) == ("SANCTION", "expel", "FRA")
    refused = post(f"{api}/code", {"text": "… — …"})
    assert (refused.status, refused.facts["coded"], refused.facts["reject"]["code"]) == (200, None, "D201")


@pytest.mark.parametrize("day", [0, 1671148800, True, "16 December", "2022-12-16T00:00"])
def test_a_day_is_taken_only_as_it_is_written(api: str, day: object) -> None:
    body = json.dumps({"text": "Peru recalled its ambassador.", "published": day}).encode()
    assert ask(f"{api}/code", body=body, Content_Type="application/json").status == 422


def test_what_is_too_large_or_no_json_is_refused(server: str, api: str) -> None:
    assert post(f"{api}/code", {"text": "x" * 300_000}).status == 413
    assert post(f"{api}/code", {"text": "x" * 60_000}).status == 422
    assert ask(f"{api}/code", body=b"{", Content_Type="application/json").status == 422
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as raw:  # a body that does not say how long it is
        raw.sendall(b"POST /api/v1/code HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b'{"text": "' + b"x" * 300_000 + b'"}'
        raw.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n0\r\n\r\n")
        assert raw.recv(64).split()[1] in {b"413", b"422"}


def test_numbers_for_prometheus_count_the_requests(server: str) -> None:
    ask(f"{server}/api/v1/stories")
    text = ask(f"{server}/metrics").body.decode()
    assert 'diurna_requests_total{route="/api/v1/stories",status="200"}' in text
    assert "diurna_events 51.0" in text


def test_a_record_that_grows_is_read_anew(tmp_path: Path) -> None:
    store = made_record(tmp_path, stories()[:2])
    with served(tmp_path / "record") as server:
        first = ask(f"{server}/api/v1/events")
        store.write([made_story(900, "2024-09-09", ("AID", "USA", "UKR"))], CODER)
        deadline = time.monotonic() + 30
        while (got := ask(f"{server}/api/v1/events", If_None_Match=first.headers["etag"])).status == 304 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert got.facts["total"] == first.facts["total"] + 1
        assert got.facts["items"][0]["published"] == "2024-09-09"
        cursor = first.facts["items"][0]
        rest = ask(f"{server}/api/v1/events?cursor={cursor['published']}.{cursor['id']}").facts["items"]
        assert rest == first.facts["items"][1:]


def test_beyond_this_machine_nothing_is_served_without_a_key(folder: Path, tmp_path: Path) -> None:
    record = Store(folder / "record")
    with pytest.raises(ConfigError, match="D121"):
        make_app(record, Settings(host="0.0.0.0"))  # noqa: S104 - that it is refused is the test
    made = subprocess.run([sys.executable, "-m", "diurna.cli", "key", "desk", "--scope", "read"], capture_output=True, text=True, check=True)
    key, keys = made.stderr.split()[-1], tmp_path / "keys"
    assert key not in made.stdout
    keys.write_text(f"# keys\n{made.stdout}", "utf-8")
    with served(folder / "record", "--host", "0.0.0.0", "--keys", str(keys)) as server:  # noqa: S104
        assert ask(f"{server}/health").status == 200
        for path in ("/", "/api/v1/events", "/metrics", "/openapi.json"):
            assert ask(f"{server}{path}").status == 401, path
            assert ask(f"{server}{path}", Authorization=f"Bearer {key[:-1]}x").status == 401, path
            assert ask(f"{server}{path}", Authorization=f"Bearer {key}").status == 200, path
        assert post(f"{server}/api/v1/code", {"text": "x"}, Authorization=f"Bearer {key}").status == 403


@pytest.mark.parametrize("line", ["desk read", "desk everything " + "0" * 64, "desk read 0 1"])
def test_a_file_of_keys_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "keys"
    path.write_text(line, "utf-8")
    with pytest.raises(ConfigError, match="D122"):
        Keys.read(path)


def test_calls_are_counted_by_address() -> None:
    buckets = Buckets(a_minute=60, burst=2)
    assert [buckets.wait("a", 0.0), buckets.wait("a", 0.0)] == [0, 0]
    assert buckets.wait("a", 0.0) == pytest.approx(1)
    assert buckets.wait("b", 0.0) == 0
    assert buckets.wait("a", 1.0) == 0


@pytest.mark.parametrize(("arguments", "code"), [((), "D120"), (("--store", "nowhere-at-all"), "D501")])
def test_a_call_that_cannot_serve_says_why(arguments: tuple[str, ...], code: str) -> None:
    done = subprocess.run([sys.executable, "-m", "diurna.cli", "serve", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in {1, 2}
    assert done.stderr.startswith(f"diurna: {code}")


def test_a_review_asks_for_a_key_and_is_signed_by_it(tmp_path: Path) -> None:
    made_record(tmp_path, stories()[:1])
    made = subprocess.run([sys.executable, "-m", "diurna.cli", "key", "desk", "--scope", "review"], capture_output=True, text=True, check=True)
    keys = tmp_path / "keys"
    keys.write_text(made.stdout, "utf-8")
    with served(tmp_path / "record", "--keys", str(keys)) as server:
        event = ask(f"{server}/api/v1/events").facts["items"][0]["id"]
        facts = {"event": event, "verdict": "correct", "field": "type", "value": "SANCTION"}
        assert post(f"{server}/api/v1/reviews", facts).status == 401
        got = post(f"{server}/api/v1/reviews", facts, Authorization=f"Bearer {made.stderr.split()[-1]}")
        assert (got.status, got.facts["reviewer"], got.facts["value"]) == (201, "desk", '"SANCTION"')
        assert ask(f"{server}/api/v1/reviews?event={event}").facts["items"] == [got.facts]
        assert post(f"{server}/api/v1/reviews", facts | {"event": "0" * 20}, Authorization=f"Bearer {made.stderr.split()[-1]}").status == 404


def test_networks_countries_and_claims_say_what_the_measures_say(server: str, api: str) -> None:
    network = ask(f"{api}/networks?least=1").facts
    assert {(t["a"], t["b"]): t["sign"] for t in network["ties"]} == {("RUS", "UKR"): -1, ("ISL", "NOR"): 1, ("NOR", "RUS"): -1}
    for t in network["ties"]:
        assert ask(f"{server}{t['events']}").facts["total"] == t["count"]
    assert [t["a"] for t in ask(f"{api}/networks?least=1&states=RUS,UKR").facts["ties"]] == ["RUS"]
    assert ask(f"{api}/networks/bloc?states=NOR,ISL").facts["within"] == 2.5
    for row in ask(f"{api}/countries").facts["items"]:
        assert row["name"]
        assert ask(f"{server}{row['events']}").facts["total"] >= max(row["done"], row["suffered"])
    account = ask(f"{api}/countries/nor").facts
    assert account["name"] == "Norway"
    for line in account["entries"]:
        assert ask(f"{server}{line['events']}").facts["total"] == max(line["done"], line["suffered"])
    assert ask(f"{api}/countries/QQQ").status == 404
    claims = ask(f"{api}/claims?actor=RUS&ids=true").facts["items"]
    assert [(c["claimant"], c["told"], len(c["ids"])) for c in claims] == [("Oslo", 8, 8)]


@pytest.mark.parametrize(
    ("words", "kind", "first"), [("norw", "countries", "NOR"), ("RUS", "countries", "RUS"), ("rus-ukr", "dyads", "RUS-UKR"), ("Norway Iceland", "dyads", "NOR-ISL")]
)
def test_search_finds_what_to_jump_to(api: str, words: str, kind: str, first: str) -> None:
    got = ask(f"{api}/search?q={words.replace(' ', '%20')}").facts
    assert next(iter(got[kind][0].values())) == first
    assert ask(f"{api}/search?q=script").facts["stories"][0]["title"].startswith("<script>")


def test_the_sample_is_sound_and_its_page_is_one_command() -> None:
    sample = sample_stories()
    assert len(sample) >= 40
    for story in sample:
        for event in story.events:
            assert all(story.text[s.start : s.end] == s.text for s in event.spans())
    with served(None, "--demo") as server:
        index = ask(f"{server}/api/v1/").facts
        assert (index["demo"], index["stories"], index["events"]) == (True, len(sample), sum(len(s.events) for s in sample))


@pytest.mark.parametrize("day", ["0000-01-01", "2024-02-31", "9999-12-31", "undated"])
def test_a_cursor_of_no_day_of_ours_is_answered(api: str, day: str) -> None:
    assert ask(f"{api}/stories?cursor={day}.00000000000000000000").status == 200


def test_all_events_that_fit_are_streamed_in_every_form(api: str) -> None:
    total = ask(f"{api}/events?country=RUS&limit=1").facts["total"]
    assert len(pl.read_csv(ask(f"{api}/events.csv?country=RUS&limit=1&all=true").body)) == total
    assert len(pl.read_parquet(io.BytesIO(ask(f"{api}/events.parquet?country=RUS&all=true").body))) == total
    assert len(ask(f"{api}/events.geojson?country=RUS&all=true").facts["features"]) == total
    assert len(ask(f"{api}/events.csv?country=ZZZ&all=true").body.splitlines()) == 1  # the header alone
    assert ask(f"{api}/events.geojson?country=ZZZ&all=true").facts["features"] == []


def test_every_count_of_a_country_opens_as_many_events(server: str, api: str) -> None:
    found = ask(f"{api}/places?borders=un&quad=MX").facts
    assert found["countries"]
    assert found["items"]
    for row in (*found["countries"], *found["items"]):
        assert ask(server + row["events"]).facts["total"] == row["count"]
    assert ask(f"{api}/places?borders=un&land=SWE").facts["total"] == 0
    assert len(pl.read_csv(ask(f"{api}/places.csv").body)) == len(ask(f"{api}/places.geojson").facts["features"]) == 1
    assert {a["id"]: a["counts_for"] for a in ask(f"{api}/borders?borders=SRB").facts["areas"]}["kosovo"] == "SRB"


def test_versions_of_a_story_stand_in_order(tmp_path: Path) -> None:
    first = made_story(1, "2024-05-01", ("ASSAULT", "RUS", "UKR"), ("SANCTION", "NOR", "RUS"), ("CONSULT", "NOR ISL", ""), title="First")
    again = story_id(first.text, "2024-05-02")
    second = replace(first, id=again, source="herald", published="2024-05-02", title="Again", events=())
    made_record(tmp_path, [first, second, made_story(7, "2024-05-01", ("AID", "USA", "UKR"))])
    with served(tmp_path / "record") as address:
        found = ask(f"{address}/api/v1/stories/{again}/versions").facts
        assert [v["story"] for v in found["versions"]][-2:] == [first.id, again]
        assert found["versions"][-1]["previous"] == first.id
        assert found["versions"][-1]["kind"] == "exact"
        assert (found["read"], found["of"]) == (3, 3)
        assert any({first.id, again} <= set(s["stories"]) for s in found["statements"])
        assert ask(f"{address}/api/v1/stories/{'0' * 20}/versions").status == 404


def test_first_views_are_made_ready_and_health_says_so(folder: Path) -> None:
    with served(folder / "record") as address:
        until = time.monotonic() + 300
        while (health := ask(f"{address}/health").facts)["ready"] < 1:
            assert time.monotonic() < until, health
            time.sleep(0.3)
        for path, query in (("today", ""), ("networks", ""), ("countries/RUS", ""), ("dyads/RUS-UKR", "by=month")):
            asked = f"{health['version']}\n/api/v1/{path}\n{query}"
            tag = f'W/"{hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()}"'
            found = ask(f"{address}/api/v1/{path}?{query}", If_None_Match=tag)
            assert found.status == 304, path  # nobody asked before: 304 is given of what is kept alone


def test_what_cannot_be_made_ready_is_not_said_to_be(tmp_path: Path) -> None:
    holder = Holder(made_record(tmp_path, stories()))
    warmer = Warmer(holder, lambda: 0, "/api/v1/")

    async def failing(scope: Any, _: Any, send: Any) -> None:  # noqa: ANN401
        if scope["path"].endswith("/today"):
            raise ValueError
        await send({"type": "http.response.start", "status": 503 if scope["path"].endswith("/networks") else 200, "headers": []})

    async def run() -> None:
        warmer.app = failing
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(warmer.run(lambda _: None, None), 2)

    with ThreadPoolExecutor(1) as thread:  # a browser's test leaves a loop running in this one
        thread.submit(asyncio.run, run()).result()
    assert warmer.of - warmer.done == 2
    assert warmer.share < 1


@pytest.mark.parametrize(("path", "method", "allowed"), [("code", "GET", "POST"), ("code", "OPTIONS", "POST"), ("reviews", "PUT", "GET, POST"), ("today", "DELETE", "GET")])
def test_a_method_that_an_address_has_not_is_refused_with_those_it_has(api: str, path: str, method: str, allowed: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(urllib.request.Request(f"{api}/{path}", method=method), timeout=60)  # noqa: S310 - an address of our own
    with told.value as answer:
        assert (answer.code, answer.headers["Allow"]) == (405, allowed)


def test_every_story_tells_its_versions_one_without_a_day_too(api: str) -> None:
    ids = {e["story"] for e in ask(f"{api}/events?limit=1000").facts["items"]}
    assert len(ids) == len(stories())
    for id_ in ids:
        assert ask(f"{api}/stories/{id_}/versions").facts["story"] == id_


def test_ledgers_and_sources_come_as_tables(api: str) -> None:
    for name in ("ledgers/harm.csv", "ledgers/treaties.csv", "sources.csv"):
        assert ask(f"{api}/{name}").status == 200
    assert ask(f"{api}/ledgers/harm.parquet").headers["content-type"] == "application/vnd.apache.parquet"
    assert ask(f"{api}/sources.csv").body.decode().splitlines()[0].startswith("source,stories")


def test_forecasts_say_what_they_rest_on_in_every_form(api: str) -> None:
    got = ask(f"{api}/forecasts?ids=true").facts
    assert got["total"] == len(got["items"]) > 0
    assert {i["kind"] for i in got["items"]} == {"dyad", "country"}
    for item in got["items"]:
        assert item["chance"] is None  # half a year is too short to show one
        assert "no forecast" in item["chance_note"]
        assert 0 < item["baseline_chance"] < 1
        assert sum(o["count"] for o in item["observed"]) == len(item["ids"])
    (pair,) = ask(f"{api}/forecasts?dyad=ukr-rus&ids=true").facts["items"]
    assert pair["unit"] == "RUS-UKR"
    latest = pair["observed"][-1]
    events = ask(f"{api}{latest['events'].removeprefix('/api/v1')}").facts["items"]
    assert len(events) == latest["count"]
    assert {e["id"] for e in events} <= set(pair["ids"])
    tested = ask(f"{api}/forecasts/backtest?kind=dyad").facts
    assert {r["kind"] for r in tested["rows"]} == {"dyad"}
    assert all(v["shown"] is None for v in tested["verdicts"])
    for view, rows in (("forecasts", got["items"]), ("forecasts/backtest", ask(f"{api}/forecasts/backtest").facts["rows"])):
        text = pl.read_csv(io.BytesIO(ask(f"{api}/{view}.csv").body))
        assert len(text) == len(rows)
        assert pl.read_parquet(io.BytesIO(ask(f"{api}/{view}.parquet").body))["kind"].to_list() == [r["kind"] for r in rows]


def test_signals_are_paged_from_the_newest_and_given_as_a_table(api: str) -> None:
    whole = ask(f"{api}/signals").facts
    assert whole["total"] == len(whole["items"]) >= 3
    assert {s["rule"] for s in whole["items"]} == {"raids", "pressure"}
    assert all(s["evidence"][0]["sentence"] and s["events"] and s["sources"] and s["channels"]["log"] for s in whole["items"])
    paged, address = [], f"{api}/signals?limit=1"
    while address:
        got = ask(address)
        paged += got.facts["items"]
        cursor = got.facts["next"]
        assert (cursor is not None) == ('rel="next"' in got.headers.get("link", ""))
        address = f"{api}/signals?limit=1&cursor={cursor}" if cursor else ""
    assert paged == whole["items"]
    table = pl.read_csv(ask(f"{api}/signals.csv").body)
    assert table["id"].to_list() == [s["id"] for s in whole["items"]]
    assert ask(f"{api}/signals?rule=pressure&kind=threshold").facts["total"] == sum(s["rule"] == "pressure" for s in whole["items"])
    assert ask(f"{api}/signals?rule=none").facts["items"] == ask(f"{api}/signals?since=2999-01-01").facts["items"] == []


@pytest.mark.parametrize("query", ["kind=mach", "limit=0", "limit=501", "limit=x", "cursor=-1", "cursor=1e3", "since=2024-02-31", "rule=", "colour=red"])
@pytest.mark.parametrize("form", ["", ".csv"])
def test_a_wrong_question_on_signals_is_told(api: str, form: str, query: str) -> None:
    got = ask(f"{api}/signals{form}?{query}")
    assert (got.status, got.facts["code"]) == (422, "D641")
    assert query.partition("=")[0] in got.facts["where"]


def test_the_demo_has_the_signals_of_the_example_at_once_and_each_leads_to_its_events() -> None:
    events = {e.id for s in sample_stories() for e in s.events}
    with served(None, "--demo") as address:
        began = time.monotonic()
        got = ask(f"{address}/api/v1/signals").facts
        took = time.monotonic() - began
    assert took < 2
    assert got["total"] == len(sample_signals()) > 10
    assert {s["rule"] for s in got["items"]} >= {"force in the straits", "protests", "first threat"}
    assert all(set(s["events"]) <= events and s["made"].startswith(s["on"]) and s["channels"] == {} for s in got["items"])
    assert [s["on"] for s in got["items"]] == sorted((s["on"] for s in got["items"]), reverse=True)


def test_the_packaged_rules_are_those_of_the_example() -> None:
    assert Path(str(RULES)).read_bytes() == (Path(__file__).parent.parent / "examples/signals.toml").read_bytes()


def test_schemathesis_finds_nothing(server: str, folder: Path) -> None:
    assert ask(f"{server}/openapi.json").status == 200  # made once; a busy machine takes longer than schemathesis waits
    phases = os.environ.get("DIURNA_API_PHASES", "examples,fuzzing")  # “examples,coverage,fuzzing” takes a quarter of an hour and more
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{server}/openapi.json", "--checks", "all", "--max-examples", "3", "--phases", phases,
        "--workers", "1", "--seed", "1", "--generation-database", "none", "--request-timeout", "60",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=1800)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
