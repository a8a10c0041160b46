"""Who said what, of whom: claims united with events, their claimants resolved, nested, denied, and with stances."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from diurna import Coder
from diurna.coding.quotes import quotations
from diurna.coding.statements import is_channel
from diurna.records import Party, Span, Stance, Statement, Story
from diurna.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = json.loads((Path(__file__).parent / "cases/statements.json").read_text("utf-8"))
TALKS = Path(__file__).resolve().parent.parent / "examples/talks.txt"


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(threads=1)


def wrong(case: dict[str, Any], story: Story) -> Iterator[str]:
    """Say what a story's claims have that a case does not, or the other way round; “any” in a case fits all."""
    ids = {c.id: n for n, c in enumerate(story.claims)}
    found = [[c.source and c.source.text, c.cue and c.cue.text, c.kind, ids.get(c.within or "")] for c in story.claims]
    if len(found) != len(case["claims"]) or any(not alike(got, want) for f, w in zip(found, case["claims"], strict=True) for got, want in zip(f, w, strict=True)):
        yield f"claims {found}"
        return
    yield from wrong_parts(case, story.claims, ids)
    yield from wrong_events(case, story, ids)


def alike(got: object, want: object) -> bool:
    """Compare a part of a claim; of words, the one may lack what stands before the other's name (“the”, “two”), or after it."""
    if isinstance(got, str) and isinstance(want, str) and want != "any":
        return got in want or want in got
    return want in ("any", got)


def wrong_parts(case: dict[str, Any], claims: tuple[Statement, ...], ids: dict[str, int]) -> Iterator[str]:
    """Compare who the claimants are, the quotations, contents, stances and denials."""
    for key, values in (("country", [c.source and c.source.country for c in claims]), ("name", [c.source and c.source.name for c in claims])):
        yield from (f"{key} of {n} is {values[int(n)]}" for n, value in case.get(key, {}).items() if values[int(n)] != value)
    if "quote" in case and [c.quote for c in claims] != case["quote"]:
        yield f"quote {[c.quote for c in claims]}"
    for key, there in (("content", True), ("uncontent", False)):
        yield from (f"{key} of {n}: “{words}”" for n, words in case.get(key, []) if any(words in c.text for c in claims[n].content) != there)
    for n, toward, value in case.get("stance", []):
        if not any((s.name, s.value) == (toward, value) for s in claims[n].stances):
            yield f"stances of {n} are {[(s.name, s.value) for s in claims[n].stances]}"
    if "denies" in case and (links := [[n, ids[i]] for n, c in enumerate(claims) for i in c.denies]) != case["denies"]:
        yield f"denials {links}"


def wrong_events(case: dict[str, Any], story: Story, ids: dict[str, int]) -> Iterator[str]:
    """Compare the claims of events, innermost first, and whom they are credited to."""
    for trigger, numbers in case.get("told", {}).items():
        event = next((e for e in story.events if set(trigger.split()) & set(e.trigger.text.split())), None)
        if event is None or [ids[c] for c in event.claims] != numbers:
            yield f"“{trigger}” is told in {event and [ids[c] for c in event.claims]}, not {numbers}"
    for trigger, who in case.get("credited", {}).items():
        yield from (f"“{trigger}” is credited to {e.attributed_to}" for e in story.events if e.trigger.text == trigger and (e.attributed_to and e.attributed_to.text) != who)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_case(case: dict[str, Any], coder: Coder, request: pytest.FixtureRequest) -> None:
    if "fails" in case:
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["fails"]))
    assert list(wrong(case, coder.code(case["text"], published="2022-06-15"))) == []


def test_links_go_both_ways_and_spans_are_exact(coder: Coder) -> None:
    story = coder.code(TALKS.read_text("utf-8"), published="2019-02-12")
    by_event = {(e.id, c) for e in story.events for c in e.claims}
    assert by_event == {(e, c.id) for c in story.claims for e in c.events}
    assert len(by_event) > 3
    assert len({c.id for c in story.claims}) == len(story.claims)
    for claim in story.claims:
        for span in (*claim.content, *(s for s in (claim.source, claim.cue) if s is not None)):
            assert story.text[span.start : span.end] == span.text


def test_claims_come_back_from_json_and_from_a_store(coder: Coder, tmp_path: Path) -> None:
    story = coder.code(TALKS.read_text("utf-8"), published="2019-02-12")
    assert Story.from_dict(json.loads(story.to_json())).claims == story.claims
    store = Store.create(tmp_path / "record")
    store.write([story], coder.version)
    (back,) = store.stories()
    assert (back.claims, [e.claims for e in back.events]) == (story.claims, [e.claims for e in story.events])


def test_claims_of_a_record_are_listed_by_stance(coder: Coder, tmp_path: Path) -> None:
    story = coder.code("India accused Pakistan of shelling villages in Kashmir. Nepal praised India.", published="2019-02-12")
    Store.create(tmp_path / "record").write([story], coder.version)
    call = [sys.executable, "-m", "diurna.cli", "claims", "--store", str(tmp_path / "record")]
    done = subprocess.run([*call, "--stance", "hostile", "--toward", "PAK", "--json"], capture_output=True, text=True, check=True)
    (row,) = (json.loads(line) for line in done.stdout.splitlines())
    assert (row["source"]["country"], row["published"]) == ("IND", "2019-02-12")
    table = subprocess.run([*call, "--source", "Nepal"], capture_output=True, text=True, check=True).stdout
    assert "+ India" in table
    assert "1 claims" in table
    assert subprocess.run([*call, "--stance", "kind"], capture_output=True, text=True, check=False).returncode == 2
    assert "D101" in subprocess.run([*call, str(TALKS)], capture_output=True, text=True, check=False).stderr


def test_a_claim_without_its_optional_parts_is_read() -> None:
    claim = Statement("c", "s", 0, Party("Lima", 0, 4), Span("said", 5, 9), (Span("so", 10, 12),), stances=(Stance("hostile", "Chile"),))
    assert Statement.from_dict(claim.to_dict()) == claim
    assert Statement.from_dict({"id": "c", "story": "s", "sentence": 0}).source is None


@pytest.mark.parametrize(
    ("name", "channel"), [("Reuters", True), ("the Associated Press", True), ("Andean Wire", True), ("Tasnim news agency", False), ("a Reuters reporter", False)]
)
def test_the_agency_is_the_channel(name: str, channel: bool) -> None:
    assert is_channel(name, Story("s", "Text.", source="Andean Wire")) is channel


def test_quotations_end_with_their_paragraph() -> None:
    text = "“We go on.\n\n“They lie.” He left."
    assert [text[low:high] for low, high in quotations(text)] == ["“We go on.", "“They lie.”"]
