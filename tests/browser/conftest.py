"""A real browser on a real service; without a browser these tests are skipped, and say so."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diurna.records import Harm, TreatyAct
from tests.made_record import made_record, made_signals, made_story
from tests.test_serve import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from diurna.records import Event, Story

EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>"\'>&lt;b&gt;'


def hostile() -> Story:
    """Make a story each of whose fields would do harm if it were read as HTML or as an address."""
    story = made_story(90, "2024-06-09", ("ASSAULT", "RUS", "UKR"), claimant="Oslo", title=EVIL)
    text = f"{story.text} {EVIL}"

    def bad(event: Event) -> Event:
        harm = Harm(event.trigger.text, event.trigger.start, event.trigger.end, "killed", 7, None, who=EVIL)
        act = TreatyAct(event.trigger.text, event.trigger.start, event.trigger.end, EVIL, None, "suspends", parties=("RUS",))
        party = replace(event.actors[0], name=EVIL, role=EVIL, sector="MIL")
        return replace(
            event, mode=EVIL, actors=(party,), recipients=tuple(replace(p, name=EVIL) for p in event.recipients), where=replace(event.where, name=EVIL, admin1=EVIL),
            attributed_to=replace(event.attributed_to, name=EVIL, role=EVIL), harm=(harm,), treaty=act,
        )  # fmt: skip

    events = tuple(bad(e) for e in story.events)
    return replace(story, text=text, source=EVIL, url="javascript:alert(3)", author=EVIL, dateline=EVIL, events=events)


def record() -> list[Story]:
    """Make half a year of news, a hostile story among it."""
    kinds = [("ASSAULT", "RUS", "UKR"), ("CONSULT", "NOR ISL", ""), ("SANCTION", "NOR", "RUS"), ("AID", "USA", "UKR"), ("COOPERATE", "NOR", "SWE")]
    kinds += [("THREATEN", "RUS", "NOR"), ("ACCUSE", "UKR", "RUS")]
    made = [
        made_story(
            i, f"2024-{1 + i // 14:02}-{1 + i % 14 * 2:02}", kinds[i % 7], kinds[(i * 3 + i // 14) % 7], modality="hypothetical" if i % 11 == 3 else "actual",
            claimant="Oslo" if i % 3 == 0 else None, title=f"Note {i} of the envoys",
        )
        for i in range(78)
    ]  # fmt: skip
    return [*made, hostile()]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser")
    made_signals(made_record(folder, record()))
    with served(folder / "record", "--rate", "10000") as address:
        yield address


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("empty")
    made_record(folder, [])
    with served(folder / "record") as address:
        yield address


@pytest.fixture
def reviewed_server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve a record that a key may write reviews to."""
    key = "k" * 43
    (tmp_path / "keys").write_text(f"tester review {hashlib.sha256(key.encode()).hexdigest()}\n")
    made_record(tmp_path, record())
    with served(tmp_path / "record", "--keys", str(tmp_path / "keys")) as address:
        yield address, key


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's chromium, through the socket of playwright."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for pictures."""
    return tmp_path_factory.mktemp("shots")
