"""The command ``diurna claims``: who said what, of whom, and which events are in it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Event, Statement, Story

__all__ = ["claims"]

_STANCES = ("supportive", "hostile", "neutral")
_LONGEST = 160  # characters of what is told that the table shows
_SIGNS = {"supportive": "+", "hostile": "-", "neutral": "·"}


def claims(
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE…]", help="As for diurna code.")] = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help="List the claims of a record instead.")] = None,
    published: Annotated[str | None, typer.Option(metavar="DATE", help="Publication date of files that do not tell theirs.")] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Only claims whose claimant has these words, or this country.")] = None,
    toward: Annotated[str | None, typer.Option(metavar="TEXT", help="Only claims that speak of this party or country.")] = None,
    stance: Annotated[str | None, typer.Option(metavar="STANCE", help="Only claims with this stance: supportive, hostile or neutral.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a claim, with offsets.")] = False,
) -> None:
    """List who said what: claimant, reporting words, what is told, stance toward whom, and the events in it (docs/guide/claims.md)."""
    if bool(files) == bool(store):
        raise ConfigError("D101", "give files to read, or --store with a record: one of the two")
    if stance is not None and stance not in _STANCES:
        raise ConfigError("D102", f"--stance: “{stance}” is no stance; choose one of {', '.join(_STANCES)}")
    rejects: list[str] = []
    shown: list[tuple[Story, Statement]] = []
    for story in _of_store(store) if store else _of_files(files or [], published, rejects):
        found = [c for c in story.claims if _by(c, source) and _of(c, toward, stance)]
        if as_json:
            for c in found:
                typer.echo(json.dumps(c.to_dict() | {"published": story.published, "publisher": story.source}, ensure_ascii=False))
        else:
            shown += [(story, c) for c in found]
    if not as_json:
        _print(shown)
    if rejects:
        raise typer.Exit(1)


def _of_files(files: list[str], published: str | None, rejects: list[str]) -> Iterator[Story]:
    from diurna.coder import Coder
    from diurna.read import read
    from diurna.records import Reject

    coder = Coder()
    for story in read(files, published=published, stdin=sys.stdin.buffer):
        if isinstance(story, Reject):
            typer.echo(f"rejected: {story.where}: {story.code} {story.reason}", err=True)
            rejects.append(story.where)
        else:
            yield coder.code_story(story)


def _of_store(url: str) -> Iterator[Story]:
    from diurna.store import Store

    return Store(url).stories()


def _by(claim: Statement, words: str | None) -> bool:
    who = claim.source
    return words is None or (who is not None and _fits(words, who.text, who.name, who.country))


def _of(claim: Statement, words: str | None, value: str | None) -> bool:
    if words is None and value is None:
        return True
    return any((words is None or _fits(words, s.name, s.name, s.country)) and (value is None or s.value == value) for s in claim.stances)


def _fits(words: str, text: str, name: str | None, country: str | None) -> bool:
    return words.casefold() in f"{text} | {name or ''}".casefold() or words == country


def _print(shown: list[tuple[Story, Statement]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for name in ("#", "claimant", "says", "what", "of whom", "events"):
        table.add_column(name)
    numbers = {c.id: str(n) for n, (_, c) in enumerate(shown, 1)}
    for story, claim in shown:
        table.add_row(*map(Text, (numbers[claim.id], *_cells(story, claim, numbers))))
    Console(highlight=False, markup=False, emoji=False).print(table)
    typer.echo(f"{len(shown)} claims; + supportive, - hostile, · neutral")


def _cells(story: Story, claim: Statement, numbers: dict[str, str]) -> tuple[str, ...]:
    """Show a claim: claimant with code, cue with the claims it stands in or denies, what is told, stances, events."""
    who = claim.source
    code = f" [{' '.join(v for v in (who.country, who.sector) if v)}]" if who and (who.country or who.sector) else ""
    name = " ".join((who.name or who.text).split()) + code if who else "–"
    if claim.kind not in {"named", "unnamed"}:
        name += f" ({claim.kind})"
    cue = claim.cue.text if claim.cue else ""
    notes = [f"in {numbers[claim.within]}"] if claim.within in numbers else []
    notes += [f"denies {numbers[i]}" for i in claim.denies if i in numbers]
    told = " … ".join(" ".join(c.text.split()) for c in claim.content)
    told = told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
    by_id: dict[str, Event] = {e.id: e for e in story.events}
    of = "\n".join(f"{_SIGNS[s.value]} {s.name}{f' [{s.country}]' if s.country else ''}" for s in claim.stances)
    events = "\n".join(_event(by_id[e], act=e == claim.act) for e in dict.fromkeys((*((claim.act,) if claim.act else ()), *claim.events)) if e in by_id)
    return name, "\n".join((cue, *notes)), told, of, events


def _event(event: Event, *, act: bool) -> str:
    words: dict[str, Any] = {"type": event.type, "modality": "" if event.modality == "actual" else f" {event.modality}"}
    return f"{words['type']}{words['modality']}{' (the saying)' if act else ''}"
