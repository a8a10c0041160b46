"""Files of every kind become stories, and what cannot be read becomes a reject that teaches."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import DiurnaError, Reject, Story
from diurna.read import boilerplate_spans, find_dateline, read, story_from_text

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The foreign minister of Ghana met his Togolese counterpart in Lomé on Tuesday. They discussed the border, officials said, and agreed to meet again."


def one(path: Path, **given: str) -> Story:
    found = list(read([path], **given))
    assert len(found) == 1
    assert isinstance(found[0], Story), found[0]
    return found[0]


def reject(path: Path | str) -> Reject:
    found = list(read([path]))
    assert len(found) == 1
    assert isinstance(found[0], Reject)
    assert len(found[0].reason) > 15
    return found[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    story = one(path, published="2014-03-05")
    assert story.text == TEXT
    assert story.published == "2014-03-05"


def test_gzip_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(TEXT.replace(". ", ".\r\n").encode()))
    assert one(path).text == TEXT.replace(". ", ".\n")


def test_html_keeps_the_report_and_drops_the_page(tmp_path: Path) -> None:
    body = "".join(f"<p>{TEXT}</p>" for _ in range(3))
    page = (
        '<!doctype html><html><head><title>Ministers meet</title><meta property="article:published_time" content="2014-03-04T10:00:00Z"></head>'
        f"<body><nav>Home Sport Business</nav><article><h1>Ministers meet</h1>{body}</article>"
        "<footer>All rights reserved</footer><script>alert('x')</script></body></html>"
    )
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    story = one(path)
    assert "met his Togolese counterpart" in story.text
    assert "alert" not in story.text
    assert "Sport Business" not in story.text
    assert story.published == "2014-03-04"
    assert story.title == "Ministers meet"


def test_markdown_loses_its_signs(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\ndate: 2014-03-05\n---\n# Ministers meet\n\nGhana's **foreign minister** [met](https://example.org) his\ncounterpart.\n\n"
        "- They `talked` at length.\n",
        encoding="utf-8",
    )
    story = one(path)
    assert story.title == "Ministers meet"
    assert story.published == "2014-03-05"
    assert story.text == "Ghana's foreign minister met his counterpart.\n\nThey talked at length."


def test_jsonl_goes_on_after_bad_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = {"id": "x1", "text": TEXT, "published": "2014-03-05", "source": "Volta Post"}
    lines = [json.dumps(good), "{broken", json.dumps({"body": "?"}), json.dumps({"text": TEXT, "published": "soon"})]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(read([path]))
    assert isinstance(found[0], Story)
    assert (found[0].key, found[0].source, found[0].published) == ("x1", "Volta Post", "2014-03-05")
    assert [r.where.rpartition(":")[2] for r in found[1:] if isinstance(r, Reject)] == ["2", "3", "4"]


def test_folders_and_globs(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden.txt", "c.xyz", "deep/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{name} {TEXT}", encoding="utf-8")
    assert [s.text.split()[0] for s in read([tmp_path]) if isinstance(s, Story)] == ["a.txt", "b.txt", "deep/d.txt"]
    assert len(list(read([tmp_path / "[ab].txt"]))) == 2


def test_standard_input() -> None:
    found = list(read(["-"], stdin=io.BytesIO(TEXT.encode())))
    assert isinstance(found[0], Story)
    rows = list(read(["-"], stdin=io.BytesIO((json.dumps({"text": TEXT}) + "\n").encode() * 2)))
    assert all(isinstance(r, Story) for r in rows)
    assert len(rows) == 2


def test_rejects_say_what_to_do(tmp_path: Path) -> None:
    assert reject(tmp_path / "none.txt").code.startswith("D2")
    assert reject(tmp_path).code.startswith("D2")
    for name, data in (
        ("empty.txt", b""),
        ("binary.txt", bytes(range(256)) * 40),
        ("huge.txt", b"word " * 1_100_000),
        ("french.txt", ("Le ministre des affaires étrangères a rencontré son homologue togolais mardi à Lomé pour parler de la frontière. " * 3).encode()),
        ("broken.gz", b"\x1f\x8b\x08\x00junkjunkjunk"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert reject(path).code.startswith("D2"), name


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("KYIV, Ukraine (AP) — Rescuers searched.", "KYIV, Ukraine"),
        ("WASHINGTON, Feb. 22 (Reuters) - The Senate voted.", "WASHINGTON"),
        ("LONDON — Police said.", "LONDON"),
        ("Talks fail again\n\nBy JOHN SMITH\nPORT-AU-PRINCE, Haiti (AP) — Gangs fought.", "PORT-AU-PRINCE, Haiti"),
        ("Paris, 5 May 1961 (AFP) - The generals met.", "Paris"),
        ("The talks - long delayed - began.", None),
        ("NATO — long a critic — said no.", None),
        ("He left. PARIS was quiet.", None),
    ],
)
def test_datelines(text: str, place: str | None) -> None:
    found = find_dateline(text)
    assert (found.text if found else None) == place


@pytest.mark.parametrize(
    ("line", "is_boilerplate"),
    [
        ("By Ann Obi", True),
        ("By noon the town had fallen to the rebels.", False),
        ("(Reporting by Ann Obi in Lagos; Editing by Lee Wu)", True),
        ("___", True),
        ("Copyright 2014 Volta Post. All rights reserved.", True),
        ("Correction - In Monday's report the mayor's name was misspelt.", True),
        ("Correction - facility guards fired on inmates in Accra.", False),
        ("Follow our coverage at https://example.org/war", True),
        ("Follow the money, prosecutors told the court on Monday.", False),
        ("Editing by hand took the monks a century.", False),
        ("Lee Wu in Lagos contributed to this report.", True),
        ("The army contributed 300 soldiers to the mission.", False),
    ],
)
def test_boilerplate(line: str, is_boilerplate: bool) -> None:
    assert boilerplate_spans(line) == ([(0, len(line))] if is_boilerplate else [])


@given(st.text(max_size=300))
def test_any_text_is_a_story_or_a_clear_error(text: str) -> None:
    try:
        story = story_from_text(text)
    except DiurnaError as error:
        assert error.code.startswith("D2")  # noqa: PT017
        return
    for start, end in boilerplate_spans(story.text):
        assert 0 <= start < end <= len(story.text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("BREAKING — Troops entered the city.", None),
        ("NATO — The alliance met on Monday.", None),
        ("STORM HITS COAST - Thousands flee homes", None),
        ("OPINION - Why it matters", None),
        ("World Health Organization (WHO) — The agency said so.", None),
        ("On Monday, 5 May 2020 - The day it began.", None),
        ("The army left the town after a week of talks that nobody had thought would end.\n\nLONDON — Police said.", None),
        ("LOME, Togo (AP) _ Police fired shots.", "LOME, Togo"),
        ("MOSCOW, May 5. /TASS/. The ministry said so.", "MOSCOW"),
        ("ISLAMABAD: The minister resigned.", "ISLAMABAD"),
        ("GENEVA (5 May 2020) – Experts met.", "GENEVA"),
        ("LONDON—The minister resigned.", "LONDON"),
        ("ZZYZXVILLE (AP) — Police said.", "ZZYZXVILLE"),
    ],
)
def test_datelines_are_places_or_carry_an_agency(text: str, place: str | None) -> None:
    found = find_dateline(text)
    assert (found.text if found else None) == place
    if found:
        assert text[found.place_span[0] : found.place_span[1]] == place
        assert text[found.end].isupper()


def test_a_date_in_the_running_text_is_not_the_page_s(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><article>" + f"<p>{TEXT} The bridge fell on 6 May 1999.</p>" * 3 + "</article></body></html>", encoding="utf-8")
    assert one(path).published is None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert one(path).text == TEXT


def test_a_binary_format_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"%PDF-1.4\n1 0 obj\n" + TEXT.encode())
    assert reject(path).code == "D203"


def test_a_path_that_no_system_takes_is_a_reject_and_the_run_goes_on(tmp_path: Path) -> None:
    good = tmp_path / "a.txt"
    good.write_text(TEXT, encoding="utf-8")
    found = list(read(["x" * 5000, good]))
    assert isinstance(found[0], Reject)
    assert found[0].code == "D211"
    assert isinstance(found[1], Story)


def test_a_bad_default_date_is_told_at_once() -> None:
    with pytest.raises(DiurnaError, match="D205"):
        read(["-"], published="soon")


def test_endless_blank_lines_end_in_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n" * 1_500_000))
    assert reject(path).code == "D202"
