"""The docs tell what the program does: every command, option and error code, and no dead link."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("corpus/*.md")])


def test_command_reference_is_up_to_date() -> None:
    subprocess.run([sys.executable, str(ROOT / "docs/commands.py"), "--check"], check=True)


def test_every_error_code_is_documented() -> None:
    raised = {c for path in (ROOT / "src").rglob("*.py") for c in re.findall(r'"(D\d{3})"', path.read_text("utf-8"))}
    listed = set(re.findall(r"^\| (D\d{3}) \|", (ROOT / "docs/reference/errors.md").read_text("utf-8"), re.MULTILINE))
    assert raised == listed


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


def test_every_module_says_what_it_is_for() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert path.read_text("utf-8").startswith('"""'), path


def test_no_marks_are_left_to_fill_in() -> None:
    for page in PAGES:
        assert "@@" not in page.read_text("utf-8"), page
