"""Write docs/reference/commands.md from the program's own help: ``python docs/commands.py [--check]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

PATH = Path(__file__).resolve().parent / "reference/commands.md"


def page() -> str:
    """Write the page."""
    os.environ |= {"NO_COLOR": "1", "COLUMNS": "110", "TERM": "dumb"}
    from typer.main import get_command
    from typer.testing import CliRunner

    from diurna.cli import app

    runner = CliRunner()
    text = "# Commands\n\nMade by `python docs/commands.py` from the program's own help.\n\n"
    text += "Exit codes: 0 all went well; 1 a story was rejected or a file was bad; 2 the call was wrong.\n"
    for path in ((), *_paths(get_command(app))):
        result = runner.invoke(app, [*path, "--help"], prog_name="diurna", terminal_width=110)
        body = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        text += f"\n## diurna {' '.join(path)}".rstrip() + f"\n\n```\n{body}\n```\n"
    return text


def _paths(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """List every command and every group's commands, by name."""
    for name, command in sorted(group.commands.items()):
        yield (*before, name)
        if hasattr(command, "commands"):
            yield from _paths(command, (*before, name))


def main() -> int:
    """Write the page, or with ``--check`` say whether it is up to date."""
    if "--check" in sys.argv:
        return int(PATH.read_text("utf-8") != page())
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
