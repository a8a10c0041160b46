"""The commands ``diurna link …``: which stories are the same, which reports tell of one event, which events make an affair."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.table import Table

    from diurna.link import Affair, Linker, Thread
    from diurna.records import Story
    from diurna.store import Store
    from diurna.store.links import Links

__all__ = ["app"]

app = typer.Typer(name="link", help="Link stories and events across reports (docs/guide/links.md).", no_args_is_help=True, rich_markup_mode=None)
Inputs = Annotated[list[str], typer.Argument(metavar="INPUT…", help="JSONL as diurna code --json writes it (plain or .gz), a record's folder or URL, or - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSONL.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write JSONL here.")]


@app.command(epilog="Examples:  diurna link stories coded.jsonl   ·   diurna link stories record/ --json   ·   diurna link stories coded.jsonl --versions")
def stories(
    inputs: Inputs,
    as_json: AsJson = False,
    output: Output = None,
    single: Annotated[bool, typer.Option("--all", help="List stories too that have no duplicate.")] = False,
    versions: Annotated[bool, typer.Option("--versions", help="Tell which version said what.")] = False,
) -> None:
    """Find near-duplicates: copies, updates and rewrites, the versions of each in order. Stories need not be coded."""
    from diurna.link import Families

    families = Families(_read(inputs))
    shown = [f for f in families if single or len(f.versions) > 1]
    if as_json or output:
        _write((f.to_dict() | ({"statements": [_plain(s) for s in families.statements(f)]} if versions else {}) for f in shown), output)
        return
    table = _table("family", "version", "published", "source", "is", "of", "sure", "told otherwise")
    for family in shown:
        for number, v in enumerate(family.versions, 1):
            table.add_row(family.id if number == 1 else "", v.story, v.published or "", v.source or "", v.kind, v.previous or "", f"{v.score:.2f}", "; ".join(v.changes))
    _print(table)
    if versions:
        for family in shown:
            typer.echo(f"\n{family.id}")
            for s in families.statements(family):
                marks = "".join("●" if key in s.stories else "·" for key in family.stories)
                changes = f"  [{'; '.join(s.changes)}]" if s.changes else ""
                typer.echo(f"  {marks} {s.text}{changes}")
    count = len(families.members())
    typer.echo(f"{len(families.by_story())} stories, {count} of them independent texts")


@app.command(epilog="Examples:  diurna link events coded.jsonl   ·   diurna link events record/ --json -o threads.jsonl   ·   diurna link events old.jsonl --new today.jsonl")
def events(
    inputs: Inputs,
    as_json: AsJson = False,
    output: Output = None,
    single: Annotated[bool, typer.Option("--all", help="List events too that a single report tells.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say of each report why it is in its thread.")] = False,
    new: Annotated[list[str] | None, typer.Option(metavar="INPUT", help="Stories to add after the others: tell which threads each joins, merges or splits.")] = None,
) -> None:
    """Link reports of one event into threads, with the number of independent sources. Stories must be coded."""
    if new:
        linker = _linked(inputs)
        _write(({"story": story.id, "does": change.kind, "before": change.before, "after": change.after} for story in _read(new) for change in [linker.add(story)]), output)
        return
    found = _threads(inputs)
    shown = [t for t in found if single or len({m.story for m in t.members}) > 1]
    if as_json or output:
        _write((t.to_dict() for t in shown), output)
        return
    table = _table("thread", "event", "when", "where", "reports", "sources", "sure", "first told as")
    for t in shown:
        what = f"{t.type}{'' if t.modality == 'actual' else f' {t.modality}'} {' '.join(t.countries)}"
        when = t.from_ or "" if t.from_ == t.to else f"{t.from_} – {t.to}"
        table.add_row(t.id, what, when, t.place or "", str(len({m.story for m in t.members})), str(t.sources), f"{t.score:.2f}", t.members[0].text)
        for m in t.members if why else ():
            table.add_row("", f"  {m.source or m.story}", m.published or "", "", "", "", f"{m.score:.2f}", "; ".join(m.because) or m.text)
    _print(table)
    typer.echo(f"{sum(len(t.mentions) for t in found)} mentions, {len(found)} events, {len(shown)} shown")


@app.command(epilog="Examples:  diurna link affairs coded.jsonl   ·   diurna link affairs record/ --json")
def affairs(
    inputs: Inputs,
    as_json: AsJson = False,
    output: Output = None,
    single: Annotated[bool, typer.Option("--all", help="List affairs too of a single event.")] = False,
) -> None:
    """Gather events into affairs over time: a visit from its announcement to its communiqué, a battle. Stories must be coded."""
    shown = [a for a in _affairs(inputs) if single or len(a.threads) > 1]
    if as_json or output:
        _write((a.to_dict() for a in shown), output)
        return
    table = _table("affair", "about", "event", "when", "reports", "sources", "first told as")
    for affair in shown:
        for number, t in enumerate(affair.threads):
            reports = len({m.story for m in t.members})
            head = (affair.id, " ".join((*affair.countries, *affair.about))) if number == 0 else ("", "")
            table.add_row(*head, t.type, t.from_ or "", str(reports), str(t.sources), t.members[0].text)
    _print(table)


@app.command(epilog="Examples:  diurna link keep record   ·   diurna link keep record --anew")
def keep(
    url: Annotated[str, typer.Argument(metavar="URL", help="The record.")],
    anew: Annotated[bool, typer.Option("--anew", help="Link all stories anew, as after an update of the program.")] = False,
    affairs: Annotated[bool, typer.Option(help="Gather affairs too.")] = True,
) -> None:
    """Keep the links with the record: families, threads and affairs of what came since the last time. What is not touched is not looked at again."""
    from diurna.store import Store
    from diurna.store.linking import keep_links

    done = keep_links(Store(url), anew=anew, affairs=affairs)
    typer.echo(f"{done.fresh} stories linked, {done.read} read; {done.families} families, {done.threads} threads and {done.affairs} affairs written")


def _kept(inputs: Sequence[str]) -> tuple[Store, Links] | None:
    """Open the links that a record keeps, where it is the only input and they are of all its stories."""
    if len(inputs) != 1 or not _is_record(inputs[0]):
        return None
    from diurna.store import Store
    from diurna.store.linking import is_fresh
    from diurna.store.links import read_links

    store = Store(inputs[0])
    links = read_links(store)
    return (store, links) if links is not None and is_fresh(store, links) else None


def _threads(inputs: Sequence[str]) -> list[Thread]:
    """Give the threads that the record keeps, or link the stories."""
    if (kept := _kept(inputs)) is None:
        return _linked(inputs).threads()
    from diurna.store.linking import kept_threads

    return kept_threads(*kept)


def _affairs(inputs: Sequence[str]) -> list[Affair]:
    from diurna.link import affairs_of

    kept = _kept(inputs)
    if kept is None or kept[1].affairs_of != kept[1].last:
        return affairs_of(_threads(inputs))
    from diurna.store.linking import kept_affairs

    return kept_affairs(*kept)


def _is_record(name: str) -> bool:
    return "://" in name or (Path(name) / "stories" / "_delta_log").is_dir()


def _linked(inputs: Iterable[str]) -> Linker:
    from diurna.link import Linker

    return Linker(_read(inputs))


def _plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the linker's dataclasses
    from dataclasses import asdict

    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(value).items()}


def _read(inputs: Iterable[str]) -> Iterator[Story]:
    """Read stories with their events: from records, or from lines of JSON."""
    for name in inputs:
        if _is_record(name):
            from diurna.store import Store

            yield from Store(name).stories()
        elif name == "-":
            yield from _lines(sys.stdin.buffer, "standard input")
        else:
            yield from _file(Path(name))


def _file(path: Path) -> Iterator[Story]:
    if path.is_dir():
        raise InputError("D232", "the folder is no record; give one that diurna code --store made, or JSONL", str(path))
    if not path.exists():
        raise InputError("D210", "there is no such file or folder", str(path))
    import gzip

    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from _lines(file, str(path))
    except (OSError, EOFError) as error:
        raise InputError("D211", f"the file cannot be read ({error})", str(path)) from error


def _lines(lines: Iterable[bytes], name: str) -> Iterator[Story]:
    from diurna.records import Story

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            story = Story.from_dict(_checked(json.loads(line)))
        except InputError as error:
            raise InputError(error.code, error.message, f"{name}:{number}") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError("D233", f"the line is no story ({error}); write it with diurna code --json, or give text, published and source", f"{name}:{number}") from error
        yield story


def _checked(row: dict[str, Any]) -> dict[str, Any]:
    """Refuse a row whose fields are of the wrong kind, before it is linked with others."""
    from datetime import date

    from diurna.read.story import published_day

    wrong = [f for f in ("text", "published", "fetched", "source", "url", "title") if not isinstance(row.get(f), str | None)]
    if wrong or not isinstance(row["text"], str):
        raise TypeError(f"“{(wrong or ['text'])[0]}” is not text")
    for event in row.get("events") or ():
        if (when := event.get("when")) is not None and date.fromisoformat(when["from"]) > date.fromisoformat(when["to"]):
            raise ValueError("an event ends before it begins")
    return row | {"published": published_day(row.get("published"))}


def _write(rows: Iterable[dict[str, Any]], output: Path | None) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if output is None:
        sys.stdout.writelines(lines)
        return
    with output.open("w", encoding="utf-8") as file:
        file.writelines(lines)


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table()
    for name in columns:
        table.add_column(name, no_wrap=name in {"family", "version", "of", "thread", "affair", "when", "published"})
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    Console(highlight=False, markup=False, emoji=False).print(table)
