"""Signals over records made by hand, sent to real receivers: a web server and a mail server that also fail, stall and are killed."""

from __future__ import annotations

import hashlib
import json
import os
import signal as signals_of_the_system
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diurna.errors import ConfigError
from diurna.records import story_id
from diurna.signals import check, load_rules, outbox_path, read_sent, replay, run, signature
from diurna.signals.deliver import told
from diurna.store import Store
from tests.made_record import CODER, made_record, made_story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Story

ROOT = Path(__file__).resolve().parent.parent
MATCH = '[[rule]]\nname = "raids"\nkind = "match"\ntypes = ["ASSAULT"]\nactor = ["RUS"]\nrecipient = ["NATO"]\nmodality = ["actual", "hypothetical"]\n'
FILE = '[[channel]]\nname = "log"\nkind = "file"\npath = "out.jsonl"\n'


def rules_of(folder: Path, text: str):
    path = folder / "rules.toml"
    path.write_text(text)
    return load_rules(path)


def seen(folder: Path, rules, store: Store, **facts):
    return check(rules, store, folder / "state.sqlite", lambda _: None, patient=False, **facts)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def word(seed: str) -> str:
    """Make up a word, another for each seed."""
    return "".join(chr(97 + int(c, 16)) for c in hashlib.sha256(seed.encode()).hexdigest()[:7])


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Receiver:
    """Take posts; ``status`` is what to answer, ``after`` when to come again, ``wait`` how long to think."""

    def __init__(self) -> None:
        self.status, self.after, self.wait, self.got, self.paths = 204, "", 0.0, [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                receiver.paths.append(self.path)
                time.sleep(receiver.wait)
                try:
                    self.send_response(receiver.status)
                    if receiver.after:
                        self.send_header("Retry-After", receiver.after)
                    self.end_headers()
                except OSError:
                    pass  # the sender no longer waits

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        thread.join()
        receiver.server.server_close()


def hook(url: str, more: str = "allow_private = true\n") -> str:
    return f'[[channel]]\nname = "desk"\nkind = "webhook"\nurl = "{url}"\n{more}'


def test_a_match_knows_blocs_by_day_modalities_and_directions(tmp_path: Path) -> None:
    store = made_record(tmp_path, [
        made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"), modality="hypothetical"), made_story(2, "2024-06-01", ("ASSAULT", "NOR", "RUS")),
        made_story(3, "2024-06-02", ("ASSAULT", "RUS", "UKR")), made_story(4, "2024-06-02", ("ASSAULT", "RUS", "SWE"), modality="negated"),
        made_story(5, "2024-06-06", ("ASSAULT", "RUS FIN", "")), made_story(6, "2024-06-02", ("ASSAULT", "RUS", "EST"), duplicate_of="x"),
    ])  # fmt: skip
    done = seen(tmp_path, rules_of(tmp_path, FILE + MATCH), store)
    assert sorted(s.subject for s in done.signals) == ["ASSAULT FIN-RUS Oslo", "ASSAULT NOR-RUS Oslo"]
    early = made_record(tmp_path / "early", [made_story(1, "2020-06-01", ("ASSAULT", "RUS", "FIN"))])  # no member yet
    assert replay(rules_of(tmp_path, FILE + MATCH), early, 3).signals == []
    row = lines(tmp_path / "out.jsonl")[0]
    assert row["evidence"][0]["sentence"].startswith("RUS ASSAULT")
    assert row["link"].endswith(f"/story/{row['evidence'][0]['story']}?event={row['events'][0]}")


def test_a_signal_waits_for_its_sources_and_is_sent_once_however_often_it_is_told(tmp_path: Path) -> None:
    from dataclasses import replace

    def report(number: int, day: str, source: str) -> Story:
        made = made_story(number, day, ("ASSAULT", "RUS", "NOR"))
        text = made.text + " " + " ".join(word(f"{number} {i}") for i in range(40))  # no copy of another
        key = story_id(text, day)
        return replace(made, id=key, source=source, text=text, title=f"Headline {number}", events=tuple(replace(e, story=key) for e in made.events))

    rules = rules_of(tmp_path, FILE + MATCH + "min_sources = 2\n")
    store = made_record(tmp_path, [report(1, "2024-06-01", "one")])
    assert seen(tmp_path, rules, store).signals == []
    store.write([report(2, "2024-06-01", "one")], CODER)  # the same house again
    assert seen(tmp_path, rules, store).signals == []
    store.write([report(30, "2024-06-01", "two")], CODER)
    (made,) = seen(tmp_path, rules, store).signals
    assert made.sources == 2
    store.write([report(40, "2024-06-02", "three")], CODER)
    assert seen(tmp_path, rules, store).signals == seen(tmp_path, rules, store).signals == []
    assert len(lines(tmp_path / "out.jsonl")) == 1


def test_a_later_round_links_what_is_new_to_it_and_sees_what_a_first_look_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from diurna.link import Linker

    rules, linked, added = rules_of(tmp_path, FILE + MATCH + "days = 20\n"), {}, []
    extend = Linker.extend

    def noted(self: Linker, stories) -> None:
        given = list(stories)
        added.extend(s.id for s in given)
        extend(self, given)

    monkeypatch.setattr(Linker, "extend", noted)
    first = [made_story(i, f"2024-06-{1 + i:02}", ("ASSAULT", "RUS", c), ("AID", "USA", "UKR")) for i, c in enumerate(("NOR", "EST", "USA", "NOR", "EST", "SWE"))]
    store = made_record(tmp_path, [*first, made_story(40, "2024-06-20", ("AID", "USA", "UKR"))])
    seen(tmp_path, rules, store, linked=linked)
    assert sorted(added) == sorted(s.id for s in first)
    more = [made_story(50, "2024-06-16", ("ASSAULT", "RUS", "LVA")), made_story(51, "2024-06-06", ("ASSAULT", "RUS", "SWE"))]
    store.write(more, CODER)
    added.clear()
    again = seen(tmp_path, rules, store, linked=linked)
    assert sorted(added) == sorted(s.id for s in more)
    anew = {}
    check(rules, store, tmp_path / "alone.sqlite", lambda _: None, patient=False, linked=anew)
    assert [t.events for t in linked["raids"].linker.threads()] == [t.events for t in anew["raids"].linker.threads()]
    assert {s.subject for s in again.signals} == {"ASSAULT LVA-RUS Oslo"}  # the other is one more report of what was sent
    store.review(first[0].events[0].id, "reject", by="a", reason="metaphor")
    store.write([made_story(52, "2024-06-11", ("ASSAULT", "RUS", "POL"))], CODER)
    added.clear()
    assert {s.subject for s in seen(tmp_path, rules, store, linked=linked).signals} == {"ASSAULT POL-RUS Oslo"}
    assert first[0].id not in added  # all is linked anew without what is rejected
    assert len(added) == len(first) + 2  # five of the first, three since


def test_what_reviewers_reject_makes_no_signal(tmp_path: Path) -> None:
    story = made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))
    store = made_record(tmp_path, [story])
    store.review(story.events[0].id, "reject", by="a", reason="metaphor")
    assert seen(tmp_path, rules_of(tmp_path, FILE + MATCH), store).signals == []


def test_a_threshold_fires_when_passed_and_again_only_after_it_fell_back(tmp_path: Path) -> None:
    text = FILE + '[[rule]]\nname = "many"\nkind = "threshold"\nabove = 2\ndays = 3\n'
    days = ["2024-06-01"] * 3 + ["2024-06-02"] + ["2024-06-20"] * 3
    store = made_record(tmp_path, [made_story(i, d, ("SANCTION", "NOR", "SWE")) for i, d in enumerate(days)])
    done = replay(rules_of(tmp_path, text), store, 30)
    assert [(s.on, s.subject, s.value, s.limit) for s in done.signals] == [("2024-06-01", "NOR-SWE", 3.0, 2.0), ("2024-06-20", "NOR-SWE", 3.0, 2.0)]
    assert len(done.signals[0].events) == 3
    score = FILE + '[[rule]]\nname = "many"\nkind = "threshold"\nmeasure = "score"\nper = "country"\nbelow = -17\ndays = 3\n'
    made = replay(rules_of(tmp_path, score), store, 25).signals
    assert [(s.on, s.subject, s.value) for s in made] == [(d, c, -18.0) for d in ("2024-06-01", "2024-06-20") for c in ("NOR", "SWE")]
    quiet = FILE + '[[rule]]\nname = "silence"\nkind = "threshold"\nper = "all"\nbelow = 1\ndays = 3\n'
    assert [(s.on, s.value, s.events) for s in replay(rules_of(tmp_path, quiet), store, 25).signals] == [("2024-06-05", 0.0, ())]


def test_a_change_is_against_own_history(tmp_path: Path) -> None:
    stories = [made_story(i, date.fromordinal(date(2024, 1, 1).toordinal() + 7 * i).isoformat(), ("SANCTION", "NOR", "SWE"), ("AID", "USA", "UKR")) for i in range(20)]
    stories += [made_story(100 + i, "2024-05-13", ("SANCTION", "NOR", "SWE"), ("ACCUSE", "PER", "CHL")) for i in range(9)]
    store = made_record(tmp_path, stories)
    rule = '[[rule]]\nname = "jump"\nkind = "change"\nhistory = 15\ndirection = "down"\nabove = 2.5\n'
    made = replay(rules_of(tmp_path, FILE + rule), store, 1).signals
    assert [(s.subject, s.value, s.limit) for s in made] == [("USA-UKR", 1.0, 10.0)]  # ten times the news, and no more aid
    level = made_record(tmp_path / "b", [
        made_story(
            i, date.fromordinal(date(2024, 1, 1).toordinal() + 7 * (i // 6)).isoformat(),
            ("SANCTION", "NOR", "SWE") if i % 6 < (1 if i < 90 else 4) + i // 6 % 2 else ("AID", "PER", "CHL"),
        )
        for i in range(120)
    ])  # fmt: skip
    points = FILE + '[[rule]]\nname = "level"\nkind = "change"\nmethod = "points"\nhistory = 20\nactor = "NOR"\n'
    (made,) = replay(rules_of(tmp_path, points), level, 35).signals
    assert made.subject == "NOR-SWE"
    assert made.value > 2 * made.limit


def test_novelty_needs_quiet_before_it_and_a_record_that_reaches_back(tmp_path: Path) -> None:
    store = made_record(tmp_path, [
        made_story(0, "2024-01-01", ("AID", "PER", "CHL")), made_story(1, "2024-05-20", ("THREATEN", "RUS", "NOR")),
        made_story(2, "2024-06-10", ("THREATEN", "RUS", "SWE"), claimant="Oslo"),
        made_story(3, "2024-06-11", ("THREATEN", "RUS", "NOR"), claimant="Oslo"), made_story(4, "2024-06-12", ("THREATEN", "RUS", "SWE"), claimant="Note 4"),
    ])  # fmt: skip
    rule = '[[rule]]\nname = "new"\nkind = "novelty"\nfirst = "{}"\nquiet = {}\n'

    def subjects(first: str, quiet: int = 60) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(s.on, s.subject, s.claimants) for s in replay(rules_of(tmp_path, FILE + rule.format(first, quiet)), store, 8).signals]

    assert subjects("act") == [("2024-06-10", "RUS-SWE", ("Oslo",))]
    assert subjects("act", 15) == [("2024-06-10", "RUS-SWE", ("Oslo",)), ("2024-06-11", "RUS-NOR", ("Oslo",))]
    assert subjects("claim") == [("2024-06-10", "RUS-SWE", ("Oslo",)), ("2024-06-11", "RUS-NOR", ("Oslo",))]
    assert subjects("claimant")[-1] == ("2024-06-12", "RUS-SWE", ("Note 4",))
    assert "the record begins" in replay(rules_of(tmp_path, FILE + rule.format("act", 300)), store, 2).notes[0]


def test_a_webhook_is_signed_and_failures_are_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_KEY", "s3cret")
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    with receiving() as receiver:
        rules = rules_of(tmp_path, hook(receiver.url, 'allow_private = true\nsecret_env = "HOOK_KEY"\ntimeout = 0.5\n') + MATCH)
        receiver.status = 503
        assert seen(tmp_path, rules, store).failed == ["desk: the receiver answers 503"]
        (sent,), _ = read_sent(tmp_path / "state.sqlite", waiting=True)
        assert (sent.deliveries["desk"]["tries"], sent.deliveries["desk"]["delivered"]) == (1, None)
        receiver.status, receiver.wait = 204, 1.5
        done = check(rules, store, tmp_path / "state.sqlite", lambda _: None, patient=False)
        assert (done.signals, done.failed) == ([], [])  # not yet due again
        time.sleep(3.1)
        assert seen(tmp_path, rules, store).failed == ["desk: no answer within 0.5 seconds"]
        receiver.wait = 0
        time.sleep(6.1)
        assert seen(tmp_path, rules, store).delivered == 1
        assert seen(tmp_path, rules, store).delivered == 0
    assert len({h["Idempotency-Key"] for h, _ in receiver.got}) == 1
    headers, body = receiver.got[-1]
    assert headers["X-Diurna-Signature"] == signature("s3cret", headers["X-Diurna-Timestamp"], body)
    assert json.loads(body)["id"] == headers["X-Diurna-Signal"] == sent.signal.id


def test_what_a_receiver_asks_to_bring_later_is_told_as_undelivered(tmp_path: Path) -> None:
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    with receiving() as receiver:
        receiver.status, receiver.after = 503, "120"
        done = check(rules_of(tmp_path, hook(receiver.url) + FILE + MATCH), store, tmp_path / "state.sqlite", lambda _: None)  # as the command does
        assert (done.delivered, done.failed) == (1, ["desk: the receiver answers 503"])
        assert len(receiver.got) == 1


def test_a_receiver_may_ask_to_come_again_at_an_hour(tmp_path: Path) -> None:
    from email.utils import formatdate

    from diurna.signals.outbox import Outbox

    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    with receiving() as receiver:
        receiver.status, receiver.after = 429, formatdate(time.time() + 3600, usegmt=True)
        rules = rules_of(tmp_path, hook(receiver.url) + MATCH)
        assert seen(tmp_path, rules, store).failed == ["desk: the receiver answers 429"]
    with Outbox(tmp_path / "state.sqlite") as outbox:
        assert 3500 < outbox.next_due(rules.channels) - time.time() < 3700


def test_an_address_need_not_be_ascii(tmp_path: Path) -> None:
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    with receiving() as receiver:
        assert seen(tmp_path, rules_of(tmp_path, hook(receiver.url + "/vær?by=Tromsø") + MATCH), store).delivered == 1
    assert receiver.paths == ["/hook/v%C3%A6r?by=Troms%C3%B8"]
    assert receiver.got[0][0]["Host"] == receiver.url.split("/")[2]
    never = rules_of(tmp_path, hook(f"http://{'ü' * 70}.example/") + MATCH)
    (failed,) = check(never, store, tmp_path / "other.sqlite", lambda _: None, patient=False).failed
    assert failed.startswith("desk: no usable answer")


def rounds_of(rules, store: Store, state: Path, until, seconds: float = 60.0) -> tuple[list, list[str]]:
    """Run rounds in a thread until ``until``, given them and the troubles told, is true or time is over."""
    told_, troubles, ended = [], [], threading.Event()
    facts = {"every": 0.05, "ended": ended, "tell": told_.append, "trouble": troubles.append}
    thread = threading.Thread(target=run, args=(rules, store, state, lambda _: None), kwargs=facts)
    thread.start()
    over = time.monotonic() + seconds
    while not until(told_, troubles) and time.monotonic() < over and thread.is_alive():
        time.sleep(0.02)
    assert thread.is_alive(), "the rounds have ended"
    ended.set()
    thread.join()
    return told_, troubles


def test_what_waits_for_a_channel_that_there_no_longer_is_makes_no_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from diurna.signals.look import Look
    from diurna.signals.outbox import Outbox

    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    dead = hook("http://127.0.0.1:9/")
    assert seen(tmp_path, rules_of(tmp_path, dead + MATCH), store).failed
    with sqlite3.connect(tmp_path / "state.sqlite") as base:
        base.execute("UPDATE deliveries SET next = 0")
    looks, at, asked, next_due = [], Look.at, [], Outbox.next_due
    monkeypatch.setattr(Look, "at", lambda *given: looks.append(1) or at(*given))
    monkeypatch.setattr(Outbox, "next_due", lambda *given: asked.append(1) or next_due(*given))
    rounds_of(rules_of(tmp_path, dead.replace("desk", "office") + MATCH), store, tmp_path / "state.sqlite", lambda *_: len(asked) > 5)
    assert len(asked) > 5
    assert 1 <= len(looks) <= 2  # the first, and one more if a day ended meanwhile


@pytest.mark.parametrize(
    ("left", "words"),
    [(None, "a file of the record is not there"), (lambda whole: bytes(len(whole)), "the record cannot be read"), (lambda whole: whole[:99], "only partly there")],
)
def test_rounds_go_on_after_a_record_could_not_be_read(tmp_path: Path, left, words: str) -> None:
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    (file,) = (tmp_path / "record" / "events").rglob("*.parquet")
    whole = file.read_bytes()
    file.unlink()
    if left is not None:
        file.write_bytes(left(whole))

    def until(told_: list, troubles: list[str]) -> bool:
        if troubles and (not file.exists() or file.read_bytes() != whole):
            part = file.with_name("part")
            part.write_bytes(whole)
            part.replace(file)
        return bool(told_)

    (done, *_), troubles = rounds_of(rules_of(tmp_path, FILE + MATCH), Store(store.url), tmp_path / "state.sqlite", until)
    assert done.delivered == 1
    assert words in troubles[0]
    assert troubles[0].endswith("; trying again in 0.05 s")
    assert troubles[0].isprintable()


def test_rounds_go_on_after_the_state_could_not_be_written(tmp_path: Path) -> None:
    store, state = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))]), tmp_path / "state.sqlite"
    rules = rules_of(tmp_path, FILE + MATCH)
    check(rules, made_record(tmp_path / "empty", []), state, lambda _: None)
    with sqlite3.connect(state) as base:
        base.execute("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'disk full'); END")

    def until(told_: list, troubles: list[str]) -> bool:
        if troubles:
            with sqlite3.connect(state) as base:
                base.execute("DROP TRIGGER IF EXISTS full")
        return bool(told_)

    (done, *_), troubles = rounds_of(rules, store, state, until)
    assert done.delivered == 1
    assert "the state of signals cannot be used (disk full)" in troubles[0]


@pytest.mark.parametrize("broken", ["record", "state"])
def test_the_last_look_of_a_watch_tells_what_failed(tmp_path: Path, broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    from diurna.commands import watch

    store, rules = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))]), rules_of(tmp_path, FILE + MATCH)
    if broken == "state":
        check(rules, made_record(tmp_path / "empty", []), outbox_path(store.url), lambda _: None)
        with sqlite3.connect(outbox_path(store.url)) as base:
            base.execute("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    else:  # as while it is replaced
        for file in (Path(store.url) / "events").rglob("*.parquet"):
            file.unlink()
    with watch._signals(rules, store.url, tmp_path / "watch.sqlite", patient=True) as sent:
        pass
    (done,) = sent
    (why,) = done.failed
    assert why.startswith("the last look with the rules failed: " + ("a file of the record" if broken == "record" else "the state of signals"))
    assert why in capsys.readouterr().err


def test_a_watch_without_rules_does_not_load_signals() -> None:
    look = "import sys; from pathlib import Path; from diurna.commands import watch\nwith watch._signals(None, 'record', Path('watch.sqlite'), patient=False) as sent: "
    done = subprocess.run([sys.executable, "-c", look + "print('diurna.signals' in sys.modules, sent)"], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "[]"]


def test_private_addresses_are_posted_to_only_if_allowed(tmp_path: Path) -> None:
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    with receiving() as receiver:
        done = seen(tmp_path, rules_of(tmp_path, hook(receiver.url.replace("127.0.0.1", "localhost"), "") + MATCH), store)
    assert "allow_private" in done.failed[0]
    assert receiver.got == []


def test_a_dead_receiver_holds_up_no_other_channel(tmp_path: Path) -> None:
    store = made_record(tmp_path, [made_story(i, f"2024-06-{1 + 7 * i:02}", ("ASSAULT", "RUS", c)) for i, c in enumerate(("NOR", "EST", "USA"))])
    done = seen(tmp_path, rules_of(tmp_path, hook("http://127.0.0.1:9/") + FILE + MATCH + "days = 20\n"), store)
    assert (len(done.signals), done.delivered, len(done.failed)) == (3, 3, 1)


def test_mail_goes_out_encrypted_and_not_to_a_server_that_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("aiosmtpd")
    trustme = pytest.importorskip("trustme")
    import email
    import ssl

    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Box:
        def __init__(self) -> None:
            self.mails: list = []
            self.full = True

        async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - as aiosmtpd calls it
            if self.full:
                return "452 Mailbox full"
            self.mails.append(envelope)
            return "250 OK"

    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    box = Box()
    server = Controller(
        box, "127.0.0.1", free_port(), tls_context=context, require_starttls=True, auth_required=True,
        authenticator=lambda _s, _x, _e, _m, data: AuthResult(success=data.login == b"desk" and data.password == b"pw"),
    )  # fmt: skip
    server.start()
    try:
        port = server.port
        monkeypatch.setenv("MAIL_PASSWORD", "pw")
        channel = f'[[channel]]\nname = "mail"\nkind = "mail"\nhost = "127.0.0.1"\nport = {port}\nuser = "desk"\n'
        channel += 'secret_env = "MAIL_PASSWORD"\nsender = "a@example.org"\nrecipients = ["b@example.org"]\n'
        store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"), claimant="Oslo")])
        done = seen(tmp_path, rules_of(tmp_path, channel + MATCH), store)
        assert "certificate" in done.failed[0]
        rules = rules_of(tmp_path, channel + f'ca = "{tmp_path}/ca.pem"\n' + MATCH)
        time.sleep(3.1)
        assert "452" in seen(tmp_path, rules, store).failed[0]
        box.full = False
        time.sleep(6.1)
        assert seen(tmp_path, rules, store).delivered == 1
    finally:
        server.stop()
    (envelope,) = box.mails
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["Subject"].startswith("[raids] ASSAULT: RUS → NOR")
    assert "RUS ASSAULT NOR in Oslo" in message.get_body().get_content()
    assert [json.loads(a.get_payload(decode=True))["rule"] for a in message.iter_attachments()] == ["raids"]


def test_killed_between_delivering_and_marking_it_is_delivered_again_under_the_same_id_and_a_file_has_it_once(tmp_path: Path) -> None:
    made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    die = (
        "import os, signal, sys; from pathlib import Path; from diurna.signals import check, load_rules; from diurna.signals.outbox import Outbox; from diurna.store import Store\n"
        "done = Outbox.done\n"
        "Outbox.done = lambda self, due: os.kill(os.getpid(), signal.SIGKILL) if due.channel == sys.argv[2] else done(self, due)\n"
        "folder = Path(sys.argv[1]); check(load_rules(folder / 'rules.toml'), Store(folder / 'record'), folder / 'state.sqlite', print)"
    )
    with receiving() as receiver:
        rules = rules_of(tmp_path, hook(receiver.url) + FILE + MATCH)
        for channel in ("desk", "log"):
            killed = subprocess.run([sys.executable, "-c", die, str(tmp_path), channel], check=False, env=os.environ, capture_output=True)
            assert killed.returncode == -signals_of_the_system.SIGKILL, killed.stderr
        assert seen(tmp_path, rules, Store(tmp_path / "record")).failed == []
        assert seen(tmp_path, rules, Store(tmp_path / "record")).delivered == 0
    assert [h["Idempotency-Key"] for h, _ in receiver.got] == [receiver.got[0][0]["Idempotency-Key"]] * 2
    assert len(lines(tmp_path / "out.jsonl")) == 1


def test_a_line_that_a_killed_writer_left_half_is_taken_off(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text('{"id": "whole"}\n{"id": "ha')
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))])
    seen(tmp_path, rules_of(tmp_path, FILE + MATCH), store)
    assert [r.get("rule") for r in lines(tmp_path / "out.jsonl")] == [None, "raids"]


def test_a_running_watch_of_signals_sends_what_comes(tmp_path: Path) -> None:
    store = made_record(tmp_path, [made_story(1, "2024-06-01", ("AID", "USA", "UKR"))])
    rules_of(tmp_path, FILE + MATCH)
    command = [sys.executable, "-m", "diurna.cli", "signal", "run", str(tmp_path / "rules.toml"), "--store", str(tmp_path / "record"), "--every", "0.2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            time.sleep(1)
            store.write([made_story(2, "2024-06-02", ("ASSAULT", "RUS", "NOR"))], CODER)
            until = time.monotonic() + 60
            while not lines(tmp_path / "out.jsonl") and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            process.terminate()
            process.communicate(timeout=30)
        assert process.returncode == 0
    assert len(lines(tmp_path / "out.jsonl")) == 1


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "D131", "it holds no rule"), ("[[rule]", "D130", "cannot be read"),
        (MATCH.replace("ASSAULT", "ASAULT"), "D131", "rule 1 (raids): types: there is no type “ASAULT”; did you mean ASSAULT?"),
        (MATCH.replace("NATO", "NATOO"), "D131", "did you mean NATO?"), (MATCH.replace("RUS", "Russia"), "D131", "written as its code here: RUS"),
        (MATCH.replace("actor =", "actr ="), "D131", "did you mean actor?"),
        (MATCH + "above = 3\n", "D131", "it goes with kind = “threshold” or “change”"),
        (MATCH.replace('"match"', '"mach"'), "D131", "did you mean match?"),
        (MATCH + 'modes = ["arrest"]\n', "D131", "no mode of ASSAULT “arrest”"), (MATCH * 2, "D131", "two rules"),
        (MATCH + 'to = ["terminl"]\n', "D131", "did you mean terminal?"), (MATCH + "min_sources = true\n", "D131", "whole number"),
        ('[[rule]]\nname = "a"\nkind = "threshold"\n', "D131", "above or below"),
        (MATCH + '[[channel]]\nname = "w"\nkind = "webhook"\nurl = "ftp://x"\n', "D132", "http"),
        (MATCH + '[[channel]]\nname = "w"\nkind = "webhook"\nsecret = "x"\n', "D132", "secret_env"),
        (MATCH + '[[channel]]\nname = "m"\nkind = "mail"\nhost = "mx.example.org"\ntls = "none"\nsender = "a@b.c"\nrecipients = ["a@b.c"]\n', "D132", "encrypted"),
    ],
)  # fmt: skip
def test_errors_teach(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules_of(tmp_path, text)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_words_from_outside_cannot_steer_a_terminal_or_a_mail(tmp_path: Path) -> None:
    from dataclasses import replace

    story = made_story(1, "2024-06-01", ("ASSAULT", "RUS", "NOR"))
    evil = replace(story, source="\x1b[2Jwire\r\nBcc: x@example.org", url="javascript:alert(1)")
    store = made_record(tmp_path, [evil])
    (made,) = replay(rules_of(tmp_path, FILE + MATCH), store, 1).signals
    assert all(c.isprintable() or c == "\n" for c in told(made))
    assert made.evidence[0].url is None


def test_the_example_works_on_the_sample() -> None:
    command = [sys.executable, "-m", "diurna.cli", "signal", "test", str(ROOT / "examples/signals.toml"), "--demo", "--days", "20", "--until", "2031-02-14", "--json"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    made = [json.loads(line) for line in out.splitlines()]
    assert {"force in the straits", "NATO members sanction each other", "hostile fortnight", "protests"} <= {s["rule"] for s in made}
    assert all(s["events"] and s["evidence"] and s["sources"] for s in made)
