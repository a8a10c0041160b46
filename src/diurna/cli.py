"""The command line: parse arguments, call the API, print. The only module that exits."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.commands.annotate import annotate
from diurna.commands.arguments import check_published
from diurna.commands.claims import claims
from diurna.commands.exchange import compare, export, import_
from diurna.commands.forecast import forecast
from diurna.commands.gazetteer import app as gazetteer_commands
from diurna.commands.knowledge import app as knowledge_commands
from diurna.commands.ledger import app as ledger_commands
from diurna.commands.link import app as link_commands
from diurna.commands.observatory import dyads, key, serve
from diurna.commands.review import app as review_commands
from diurna.commands.signal import app as signal_commands
from diurna.commands.store import app as store_commands
from diurna.commands.store import query
from diurna.commands.train import train
from diurna.commands.watch import watch
from diurna.errors import ConfigError, DiurnaError, InputError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from diurna.coder import Coder
    from diurna.records import Event, Reject, Story

__all__ = ["app", "main"]

app = typer.Typer(
    name="diurna",
    help="Read news reports and keep the public record of them: who did what to whom, when, where, according to whom.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(store_commands)
app.add_typer(gazetteer_commands)
app.add_typer(knowledge_commands)
app.add_typer(ledger_commands)
app.add_typer(link_commands)
app.add_typer(review_commands)
app.add_typer(signal_commands)
app.command(epilog="Examples:  diurna query --store record --dyad RUS-UKR --type ASSAULT   ·   diurna query --store record --sql 'SELECT COUNT(*) FROM events'")(query)

app.command("import", epilog="Examples:  diurna import gdelt 20150218.export.CSV.zip -o events.jsonl   ·   diurna import ucdp GEDEvent.csv --store ged")(import_)
app.command(epilog="Examples:  diurna export polecat --store record -o record.txt   ·   diurna export gdelt --losses")(export)
app.command(epilog="Example:  diurna compare record gdelt:20150218.export.CSV.zip --by day")(compare)
app.command(epilog="Examples:  diurna dyads --store record   ·   diurna dyads RUS-UKR --store record --by week --both")(dyads)
app.command(epilog="Examples:  diurna forecast --store record   ·   diurna forecast RUS-UKR --store record   ·   diurna forecast --store record --backtest")(forecast)
app.command(epilog="Examples:  diurna watch feeds.toml --store record   ·   diurna watch public --only africa --store record --once   ·   diurna watch public --list")(watch)
app.command(epilog="Example:  diurna serve --store record --port 8765")(serve)
app.command(epilog="Example:  diurna key newsroom --scope read --scope code >> keys")(key)

app.command(epilog="Examples:  diurna claims examples/talks.txt --published 2019-02-12   ·   diurna claims --store record --toward RUS --stance hostile")(claims)

app.command(epilog="Examples:  diurna annotate archive/ -o to-correct.txt   ·   diurna annotate --compile corrected.txt -o gold.jsonl")(annotate)

app.command(epilog="Example:  diurna train gold.jsonl --ontology mine.toml -o mine   ·   diurna code report.txt --model mine")(train)

Files = Annotated[list[str], typer.Argument(metavar="FILE…", help="Text, Markdown, HTML, JSONL or JSON, plain or .gz; folders; globs; - for standard input.")]
Published = Annotated[str | None, typer.Option(metavar="DATE", help="Publication date (2023-02-22) of stories that carry none.")]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Who published the stories that do not say.")]
Least = Annotated[float | None, typer.Option("--min-confidence", min=0.0, max=1.0, metavar="X", help="Keep events at least this sure; the model's own threshold if not given.")]
Model = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Another model than the packaged one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        from importlib.metadata import version as number

        typer.echo(f"diurna {number('diurna')}")
        raise typer.Exit


@app.command(epilog="Examples:  diurna code report.txt --published 2023-02-22 --view   ·   diurna code archive/ -o events.jsonl --workers 2   ·   cat a.txt | diurna code - --csv")
def code(
    files: Files,
    published: Published = None,
    source: Source = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write events here; rejects go to OUT.rejects.jsonl beside it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print stories with their events, one JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print events as a table, one row an event.")] = False,
    view: Annotated[bool, typer.Option("--view", help="Show each story with its evidence lit up, and a table of its events.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the same as one self-contained page.")] = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help="Put stories and events into the record there; it is made if need be.")] = None,
    least: Least = None,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes to share the stories among.")] = 1,
    model: Model = None,
) -> None:
    """Code stories into events, written as JSONL (docs/record.md)."""
    from diurna.read import read
    from diurna.records import Reject

    if sum((as_json, as_csv, view)) > 1:
        raise ConfigError("D101", "choose one of --json, --csv and --view")
    check_published(published)
    rejects = 0
    shown: list[Story] = []
    with (
        _writer(output, as_json=as_json, as_csv=as_csv, view=view, quiet=html is not None or store is not None) as write,
        _rejects(output) as reject,
        _recorder(store, model) as keep,
        _progress(files) as step,
    ):
        stories = read(files, published=published, source=source, stdin=sys.stdin.buffer)
        for story in _coded(stories, model, least, workers):
            keep(story)
            if isinstance(story, Reject):
                reject(story)
                rejects += 1
            else:
                write(story)
                if html is not None:
                    shown.append(story)
            step()
    if html is not None:
        from diurna.view import page_of

        html.write_text(page_of(shown), encoding="utf-8")
    if rejects:
        raise typer.Exit(1)


@contextmanager
def _recorder(url: str | None, model: Path | None) -> Iterator[Callable[[Story | Reject], None]]:
    """Write to the record in batches, so that a story waits at most some seconds for its place there."""
    if url is None:
        yield lambda story: None  # noqa: ARG005 - no record was asked for
        return
    from diurna.store.batches import Batches

    with Batches(url, _coder(model).version) as batches:
        yield batches.add
    typer.echo(f"{batches.written.stories} stories new to the record, {batches.written.known} known, {batches.written.rejects} rejected", err=True)


def _coded(stories: Iterable[Story | Reject], model: Path | None, least: float | None, workers: int) -> Iterator[Story | Reject]:
    if workers > 1:
        from diurna.pipeline import code_in_pool

        return code_in_pool(stories, model=model, least=least, workers=workers)
    return _coder(model, least).code_many(stories)


def _coder(model: Path | None = None, least: float | None = None) -> Coder:
    from diurna.coder import Coder

    return Coder(model, least=least)


@contextmanager
def _writer(output: Path | None, *, as_json: bool, as_csv: bool, view: bool, quiet: bool) -> Iterator[Callable[[Story], None]]:
    """Open the output; what it gives writes one story, and each story is on disk before the next is coded."""
    if view:
        from diurna.view import show

        console = _console()
        yield lambda story: show(story, console)
        return
    if quiet and output is None and not (as_json or as_csv):
        yield lambda story: None  # noqa: ARG005 - the page or the record is all that was asked for
        return
    stream = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
    try:
        if as_csv:
            table = csv.writer(stream)
            table.writerow(COLUMNS)

            def write(story: Story) -> None:
                table.writerows(_row(story, e) for e in story.events)
                stream.flush()
        else:

            def write(story: Story) -> None:
                told = {"published": story.published, "source": story.source}
                rows = [story.to_dict() | {"events": [e.to_dict() for e in story.events]}] if as_json else [e.to_dict() | told for e in story.events]
                stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
                stream.flush()

        yield write
    finally:
        if output:
            stream.close()


COLUMNS = (
    "id", "story", "key", "published", "sentence", "type", "mode", "cameo", "quad", "score", "modality", "trigger", "actors", "actor_countries", "actor_sectors",
    "recipients", "recipient_countries", "recipient_sectors", "from", "to", "where", "where_country", "lat", "lon", "attributed_to", "harm", "treaty", "confidence",
)  # fmt: skip


def _row(story: Story, event: Event) -> list[Any]:
    """Flatten an event for a table; several parties are joined with semicolons."""

    def joined(values: Iterable[str | None]) -> str:
        return "; ".join(_cell(v or "") for v in values)

    who, where, when = event.attributed_to, event.where, event.when
    return [
        event.id, event.story, _cell(story.key or ""), story.published, event.sentence.index, event.type, event.mode, event.cameo, event.quad, event.score, event.modality,
        _cell(event.trigger.text),
        joined(p.name or p.text for p in event.actors), joined(p.country for p in event.actors), joined(p.sector for p in event.actors),
        joined(p.name or p.text for p in event.recipients), joined(p.country for p in event.recipients), joined(p.sector for p in event.recipients),
        when and when.from_, when and when.to, where and _cell(where.name or where.text), where and where.country, where and where.lat, where and where.lon,
        who and _cell(who.name or who.text),
        joined(f"{h.low}-{'' if h.high is None else h.high} {h.kind}" for h in event.harm),
        event.treaty and _cell(f"{event.treaty.action} {event.treaty.name}"),
        event.confidence.event,
    ]  # fmt: skip


def _cell(text: str) -> str:
    """Keep a spreadsheet from running words of a story as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@contextmanager
def _rejects(output: Path | None) -> Iterator[Callable[[Reject], None]]:
    """Tell of each reject as it comes, and keep it beside the output at once; an earlier run's rejects are not left lying there."""
    path = output and output.with_name(output.name + ".rejects.jsonl")
    if path:
        path.unlink(missing_ok=True)

    def keep(reject: Reject) -> None:
        if path:
            with path.open("a", encoding="utf-8") as file:
                file.write(reject.to_json() + "\n")
        typer.echo(f"rejected: {reject.where}: {reject.code} {reject.reason}", err=True)

    yield keep


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


@contextmanager
def _progress(files: list[str]) -> Iterator[Callable[[], None]]:
    """Show count, rate and time left on standard error, once work takes longer than two seconds; nothing when that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from diurna.read import count_stories

    rate = TextColumn("stories · {task.fields[rate]:.1f} a second")
    columns = (BarColumn(), MofNCompleteColumn(), rate, TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    bar = Progress(*columns, console=_console(stderr=True), transient=True)
    task = bar.add_task("stories", total=count_stories(files), rate=0.0)
    began = time.monotonic()
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        spent = time.monotonic() - began
        if spent > 2 and not bar.live.is_started:  # noqa: PLR2004 - seconds before a bar is wanted
            bar.start()
        bar.update(task, completed=count, rate=count / max(spent, 0.01))

    try:
        yield step
    finally:
        if bar.live.is_started:
            bar.stop()


@app.command(epilog='Example:  echo \'{"sentence": "Police arrested a dozen protesters.", "actor": [0, 6], "recipient": [16, 34]}\' | diurna relate')
def relate(model: Model = None) -> None:
    """Tell what an actor does to a recipient: JSONL in (sentence, actor, recipient as offsets), the same with type, mode and scores out."""
    coder = _coder(model)
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        row = _relate_row(line, number)
        found = coder.relate_many([(row["sentence"], tuple(row["actor"]), tuple(row["recipient"]) if row.get("recipient") else None)])[0]
        typer.echo(json.dumps(row | {"type": found.type, "mode": found.mode, "scores": found.scores}, ensure_ascii=False))


def _figure(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value}"


def _relate_row(line: str, number: int) -> dict[str, Any]:
    where = f"standard input:{number}"
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError("D213", f"the line is not JSON ({error})", where) from error
    spans = [row.get("actor"), row.get("recipient") or [0, 1]] if isinstance(row, dict) else [None]
    if not all(isinstance(s, list) and len(s) == 2 and all(isinstance(v, int) for v in s) for s in spans) or not isinstance(row.get("sentence"), str):  # noqa: PLR2004
        raise InputError("D215", 'each line is like {"sentence": "…", "actor": [0, 6], "recipient": [16, 34]}', where)
    return dict(row)


@app.command(epilog="Example:  diurna explain report.txt --published 2023-02-22")
def explain(files: Files, published: Published = None, source: Source = None, as_json: AsJson = False, least: Least = None, model: Model = None) -> None:
    """Say of each sentence what was read in it and why, or why nothing was."""
    from diurna.read import read
    from diurna.records import Reject

    check_published(published)
    coder = _coder(model, least)
    rejects = 0
    with _rejects(None) as reject:
        for story in read(files, published=published, source=source, stdin=sys.stdin.buffer):
            if isinstance(story, Reject):
                reject(story)
                rejects += 1
                continue
            coded, sentences = coder.explain(story)
            if as_json:
                typer.echo(json.dumps({"story": coded.id, "sentences": [s.to_dict() for s in sentences]}, ensure_ascii=False))
                continue
            for s in sentences:
                typer.echo(f"[{s.sentence}] {' '.join(s.text.split())}")
                for line in s.steps:
                    typer.echo(f"    {line}")
    if rejects:
        raise typer.Exit(1)


@app.command(epilog="Example:  diurna evaluate events eval/held_out.jsonl --json")
def evaluate(
    suite: Annotated[str, typer.Argument(help="relations, events, places, dates, attribution, duplicates, threads, behaviour, nonpolitical or modality.")],
    path: Annotated[Path | None, typer.Argument(help="The benchmark's file or folder; the packaged cases by default for the last three.")] = None,
    as_json: AsJson = False,
    least: Least = None,
    model: Model = None,
) -> None:
    """Score the coder on a benchmark (docs/guide/evaluation.md)."""
    from diurna.evaluate import PACKAGED, SUITES

    if suite not in SUITES:
        raise QueryError("D603", f"there is no suite “{suite}”; choose one of {', '.join(SUITES)}")
    path = path or PACKAGED.get(suite)
    if path is None:
        raise QueryError("D610", f"{suite} has no packaged cases; name a file or folder to score it on")
    if not path.exists():
        raise InputError("D210", "there is no such file or folder", str(path))
    scores = SUITES[suite](path, _coder(model, least))
    if as_json:
        typer.echo(json.dumps(scores))
        return
    for name, value in scores.items():
        if not isinstance(value, dict | list):
            typer.echo(f"{name:>12}  {value}")
    for group in (v for v in scores.values() if isinstance(v, dict)):
        typer.echo("")
        for name, row in group.items():
            cells = "  ".join(f"{k} {_figure(v)}" for k, v in row.items()) if isinstance(row, dict) else _figure(row)
            typer.echo(f"{name:>14}  {cells}")
    for listed in (v for v in scores.values() if isinstance(v, list)):
        typer.echo("")
        for row in listed:
            typer.echo("  ".join(_figure(v) for v in row.values()))


@app.command(epilog="Examples:  diurna ontology   ·   diurna ontology SANCTION   ·   diurna ontology impose   ·   diurna ontology 173   ·   diurna ontology REB")
def ontology(code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="A type, mode, sector, context, quad or CAMEO code.")] = None, as_json: AsJson = False) -> None:
    """Look up a code of the ontology and its CAMEO crosswalk; without a code, list the types."""
    from diurna.ontology import TYPES, look_up

    rows = look_up(code) if code else [r for name in TYPES for r in look_up(name)[:1]]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        facts = [f"{row['score']:+g}" if "score" in row else "", row.get("quad", ""), f"CAMEO {row['cameo']}" if row.get("cameo") else ""]
        typer.echo(f"{row['kind']:8} {row['code']:24} {row['gloss']}" + "".join(f" · {f}" for f in facts if f))


def main() -> None:
    """Run the command line: exit code 0 when all went well, 1 when a story was rejected or a file was bad, 2 when the call was wrong."""
    try:
        app()
    except ConfigError as error:
        typer.echo(f"diurna: {error}", err=True)
        sys.exit(2)
    except QueryError as error:
        typer.echo(f"diurna: {error}", err=True)
        sys.exit(2)
    except DiurnaError as error:
        typer.echo(f"diurna: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
