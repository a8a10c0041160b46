"""Commands of exchange: ``diurna import``, ``diurna export`` and ``diurna compare``."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path  # noqa: TC003 - Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.errors import ConfigError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diurna.exchange import Written
    from diurna.records import Reject, Story

__all__ = ["compare", "export", "import_"]

_ROWS = 5_000  # rows written to the record at once
_SHOWN = 20  # rejects printed; all are counted, and kept beside the output

_NAMES = "jsonl, parquet, csv, geojson, graphml, polecat, icews, gdelt, gdelt1, phoenix; read only: gdelt-mentions, acled, ucdp."
Format = Annotated[str, typer.Argument(metavar="FORMAT", help=_NAMES)]
StoreUrl = Annotated[str | None, typer.Option("--store", metavar="URL", help="The record.")]


def import_(
    format_: Format,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files of that format, plain, .gz or .zip.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write events here; rejects go to OUT.rejects.jsonl beside it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write stories (each a row of the file) with their events, one JSON object a line.")] = False,
    store: StoreUrl = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="The files' encoding, if it is not the format's own.")] = None,
) -> None:
    """Read another data set's file into records; every value points at its cell of the row."""
    from diurna.exchange import read
    from diurna.records import Reject

    if encoding is not None:
        _check_encoding(encoding)
    counts = {"rows": 0, "events": 0, "without an event": 0, "rejected": 0}
    with ExitStack() as stack:
        keep = [_rejecter(output), *_keepers(stack, format_, output, store, as_json=as_json)]
        for story in read(format_, files, encoding):
            counts["rows"] += 1
            if isinstance(story, Reject):
                counts["rejected"] += 1
            else:
                counts["events"] += len(story.events)
                counts["without an event"] += not story.events
            for put in keep:
                put(story)
    typer.echo(", ".join(f"{n} {name}" for name, n in counts.items()), err=True)
    if counts["rejected"]:
        raise typer.Exit(1)


def _check_encoding(name: str) -> None:
    import codecs

    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ConfigError("D102", f"--encoding: there is no encoding “{name}”; try utf-8, iso-8859-1 or cp1252") from error


def _keepers(stack: ExitStack, name: str, output: Path | None, store: str | None, *, as_json: bool) -> Iterator[Callable[[Story | Reject], None]]:
    from diurna.records import Reject

    if store is not None:
        from diurna.exchange.drafts import coder_of
        from diurna.store.batches import Batches

        yield stack.enter_context(Batches(store, coder_of(name), _ROWS)).add
        if output is None:
            return
    stream = stack.enter_context(output.open("w", encoding="utf-8")) if output else sys.stdout

    def put(story: Story | Reject) -> None:
        if isinstance(story, Reject):
            return
        told = {"published": story.published, "source": story.source}
        rows = [story.to_dict() | {"events": [e.to_dict() for e in story.events]}] if as_json else [e.to_dict() | told for e in story.events]
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    yield put


def _rejecter(output: Path | None) -> Callable[[Story | Reject], None]:
    """Tell of the first rejects, and keep all beside the output."""
    from diurna.records import Reject

    path = output and output.with_name(output.name + ".rejects.jsonl")
    if path:
        path.unlink(missing_ok=True)
    told = 0

    def put(story: Story | Reject) -> None:
        nonlocal told
        if not isinstance(story, Reject):
            return
        if path:
            with path.open("a", encoding="utf-8") as file:
                file.write(story.to_json() + "\n")
        told += 1
        if told <= _SHOWN:
            typer.echo(f"rejected: {story.where}: {story.code} {story.reason}", err=True)
        elif told == _SHOWN + 1:
            typer.echo("rejected: more rows, counted below" + (f" and listed in {path}" if path else ""), err=True)

    return put


def export(
    format_: Format,
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE…]", help="Instead of a record: .jsonl of stories or events, or FORMAT:FILE of any format.")] = None,
    store: StoreUrl = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="The file to write; standard output if not given.")] = None,
    dyad: Annotated[str | None, typer.Option(metavar="AAA-BBB", help="Only acts of one country on another, alpha-3.")] = None,
    country: Annotated[str | None, typer.Option(metavar="AAA", help="Only acts with a country on either side.")] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="Only a PLOVER type; may be given more than once.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First day of publication.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication.")] = None,
    least: Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0, metavar="X", help="Only acts at least this sure.")] = 0.0,
    losses: Annotated[bool, typer.Option("--losses", help="List what the format loses, and write nothing.")] = False,
) -> None:
    """Write records in a format that others read; --losses tells what that format has no place for."""
    from diurna.exchange import FORMATS, write
    from diurna.exchange.sources import Only

    if losses:
        if format_ not in FORMATS:
            raise QueryError("D620", f"there is no format “{format_}”; choose one of {', '.join(FORMATS)}")
        for loss in FORMATS[format_].losses:
            typer.echo(f"{loss.field:24}  {loss.what}")
        if not FORMATS[format_].losses:
            typer.echo("nothing is lost")
        return
    if (store is None) == (not files):
        raise ConfigError("D101", "say what to export: --store URL, or files, not both")
    sides = tuple(dyad.upper().split("-")) if dyad else None
    only = Only(sides, country and country.upper(), tuple(t.upper() for t in type_ or ()), since, until, least)
    rejected: list[Reject] = []
    written = write(format_, only.narrow(_stories(store, files or [], rejected.append)), output)
    _tell(written, len(rejected))
    if rejected:
        raise typer.Exit(1)


def _stories(store: str | None, files: list[str], reject: Callable[[Reject], None]) -> Iterator[Story]:
    from diurna.exchange.sources import from_store, opened
    from diurna.records import Reject

    if store is not None:
        from diurna.store import Store

        yield from from_store(Store(store))
    for name in files:
        for story in opened(name):
            if isinstance(story, Reject):
                reject(story)
                typer.echo(f"rejected: {story.where}: {story.code} {story.reason}", err=True)
            else:
                yield story


def _tell(written: Written, rejected: int) -> None:
    typer.echo(f"{written.events} events of {written.stories} stories written" + (f", {rejected} rejected" if rejected else ""), err=True)
    for why, n in sorted(written.left_out.items()):
        typer.echo(f"left out: {n} {why}", err=True)


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A record's folder or URL, a .jsonl, .parquet, .csv, .geojson or .graphml of records, or FORMAT:FILE.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    by: Annotated[str, typer.Option(metavar="PERIOD", help="day, month or year: the length of time in which two acts of a dyad count as the same.")] = "day",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare two sources on the same dyads and days: agreement, and what each lacks."""
    from diurna.exchange.compare import PERIODS, tally
    from diurna.exchange.compare import compare as weigh
    from diurna.exchange.sources import opened

    if by not in PERIODS:
        raise ConfigError("D102", f"--by: “{by}” is no period; choose one of {', '.join(PERIODS)}")
    found = weigh(tally(opened(a), by), tally(opened(b), by))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _print_comparison(found, a, b, by)


def _print_comparison(found: dict[str, Any], a: str, b: str, by: str) -> None:
    if found["window"] is None:
        typer.echo("the two sources have no time in common")
        return
    typer.echo(f"A  {a}\nB  {b}\nfrom {found['window']['from']} to {found['window']['to']}, which both cover\n")
    for name in ("a", "b"):
        side = found[name]
        skipped = "".join(f", {n} {why}" for why, n in side["skipped"].items())
        typer.echo(f"{name.upper()}: {side['events']} events{skipped}; {side['in window']} acts in the window, {side['dyads']} dyads, {side['cells']} dyad-{by}s")
    cells = found["cells"]
    typer.echo(f"\ndyad-{by}s in both {cells['both']}, in A only {cells['a only']}, in B only {cells['b only']}")
    typer.echo(f"A has {_share(found['a']['has'])} of B's, B has {_share(found['b']['has'])} of A's")
    agreement = found["agreement"]
    quad = f"{_share(agreement['quad'])} (kappa {_number(agreement['quad kappa'])})"
    typer.echo(f"where both have acts: leading quad the same in {quad}, leading type in {_share(agreement['type'])}")
    typer.echo(f"type counts overlap by {_share(agreement['overlap'])}; counts by dyad correlate at {_number(found['dyads']['correlation'])}\n")
    typer.echo(f"{'type':12}{'A':>8}{'B':>8}{'both':>8}")
    for name, row in found["types"].items():
        typer.echo(f"{name:12}{row['a']:>8}{row['b']:>8}{row['both']:>8}")
    for name in ("a", "b"):
        lacks = ", ".join(f"{row['dyad']} {row['acts']}" for row in found[f"{name} lacks"])
        typer.echo(f"\n{name.upper()} lacks most: {lacks or 'nothing'}")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
