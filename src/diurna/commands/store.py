"""Commands on the record: ``diurna store …`` and ``diurna query``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from diurna.store import Store

__all__ = ["app", "dyad_of", "query"]

app = typer.Typer(name="store", help="Make, look after and release the record (docs/guide/store.md).", no_args_is_help=True, rich_markup_mode=None)
Url = Annotated[str, typer.Argument(metavar="URL", help="A folder, or an object store's URL such as s3://bucket/record.")]
_DAY_DIGITS = 8  # 20230222 is a day
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _open(url: str, as_of: str | None = None) -> Store:
    """Open the record, as it was at the end of a day, at a moment, in a version, or in a release of some name."""
    from diurna.store import Store, released

    moment = None if as_of is None else _moment(as_of)
    return released(Store(url), as_of) if moment is None and as_of is not None else Store(url, as_of=moment)


def _moment(as_of: str) -> datetime | int | None:
    """Read a day (its end), a moment, or a version's number; None where it is none of these."""
    if as_of.isdigit() and len(as_of) < _DAY_DIGITS:
        return int(as_of)
    try:
        moment = datetime.fromisoformat(as_of if "T" in as_of else f"{as_of}T23:59:59")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print(facts: Any, *, as_json: bool) -> None:  # noqa: ANN401 - whatever JSON can hold
    if as_json or not isinstance(facts, dict):
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        typer.echo(f"{name:>10}  {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}")


@app.command(epilog="Example:  diurna store init record")
def init(url: Url) -> None:
    """Make an empty record; one that is there stays as it is."""
    from diurna.store import Store

    typer.echo(f"a record stands at {Store.create(url).url}")


@app.command(epilog="Example:  diurna store info record")
def info(url: Url, as_json: AsJson = False) -> None:
    """Count what the record holds."""
    from diurna.store import info as count

    facts = count(_open(url))
    tables = facts.pop("tables")
    _print(facts | {"tables": tables} if as_json else facts, as_json=as_json)
    if not as_json:
        for name, row in tables.items():
            typer.echo(f"{name:>10}  {row['rows']:>10,} rows  {row['files']:>6,} files  {row['bytes'] / 1e6:>10.2f} MB  version {row['version']}")


@app.command(epilog="Example:  diurna store verify record")
def verify(url: Url, as_json: AsJson = False) -> None:
    """Look for rows without a story, stories without their rows, and files that are gone; exit code 1 when there are any."""
    from dataclasses import asdict

    from diurna.store import verify as check

    faults = check(_open(url))
    if as_json:
        _print([asdict(f) for f in faults], as_json=True)
    else:
        for f in faults:
            typer.echo(f"{f.table}: {f.rows} rows {f.text}")
        typer.echo("the record is sound" if not faults else f"{len(faults)} faults")
    if faults:
        raise typer.Exit(1)


@app.command(epilog="Example:  diurna store repair record --grace 0")
def repair(url: Url, grace: Annotated[float, typer.Option(min=0.0, metavar="HOURS", help="Leave a table alone that was written to within so many hours.")] = 1.0) -> None:
    """Sweep what killed writers left."""
    from diurna.store import repair as sweep

    swept = sweep(_open(url), grace)
    typer.echo(", ".join(f"{n} rows of {name} swept" for name, n in swept.items()) or "nothing to sweep")


@app.command(epilog="Example:  diurna store compact record")
def compact(url: Url) -> None:
    """Join small files into larger ones, so that reading is faster."""
    from diurna.store import compact as join

    _print({k: f"{n} files joined" for k, n in join(_open(url)).items() if n} or {"tables": "nothing to join"}, as_json=False)


@app.command(epilog="Example:  diurna store vacuum record --keep 168")
def vacuum(url: Url, keep: Annotated[int, typer.Option(min=0, metavar="HOURS", help="Keep what versions of the last so many hours need.")] = 168) -> None:
    """Delete files that only older versions need; these can then no longer be read."""
    from diurna.store import vacuum as delete

    _print({k: f"{n} files deleted" for k, n in delete(_open(url), keep).items() if n} or {"tables": "nothing to delete"}, as_json=False)


@app.command(epilog="Example:  diurna store history record --table events")
def history(
    url: Url,
    table: Annotated[str, typer.Option(metavar="NAME", help="Which table.")] = "stories",
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the last changes of a table, newest first."""
    from diurna.store import history as changes

    rows = changes(_open(url), table, limit)
    if as_json:
        _print(rows, as_json=True)
        return
    for row in rows:
        typer.echo(f"{row['version']:>6}  {row['when']}  {row['operation']}  {row['rows'] if row['rows'] is not None else '-'} rows")


@app.command(epilog="Example:  diurna store release record --name 2026.1 --out release-2026.1")
def release(
    url: Url,
    name: Annotated[str, typer.Option(metavar="NAME", help="The release's name.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder for its files.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="VERSION|DATE|NAME", help="The record as it was then, or in a release of that name.")] = None,
) -> None:
    """Write a named, citable copy: Parquet files, and a manifest with their hashes."""
    from diurna.store import release as write

    typer.echo(write(_open(url, as_of), name, out)["citation"])


def query(
    store: Annotated[str, typer.Option(metavar="URL", help="The record.")],
    dyad: Annotated[str | None, typer.Option(metavar="AAA-BBB", help="Actor's and recipient's country, alpha-3.")] = None,
    country: Annotated[str | None, typer.Option(metavar="AAA", help="A country on either side.")] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="PLOVER type; may be given more than once.")] = None,
    mode: Annotated[str | None, typer.Option(metavar="MODE")] = None,
    modality: Annotated[str | None, typer.Option(metavar="MODALITY", help="actual, historical, future, hypothetical or negated.")] = None,
    claimant: Annotated[str | None, typer.Option(metavar="TEXT", help="Words in the claimant's name, or its country.")] = None,
    place: Annotated[str | None, typer.Option(metavar="TEXT", help="Words in the place's name, or its country.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First day of publication.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day of the act.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day of the act.")] = None,
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="Words of the report that the record points at, or names: trigger, parties, places, harm.")] = None,
    least: Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0, metavar="X")] = 0.0,
    review: Annotated[str, typer.Option(metavar="STATE", help="What reviewers said: open, disputed, confirm, correct, reject or any.")] = "any",
    sql: Annotated[str | None, typer.Option(metavar="QUERY", help="SQL over the tables instead of filters.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="VERSION|DATE|NAME", help="The record as it was then, or in a release of that name.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many rows.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print full records, one JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write .parquet, .arrow, .csv or .jsonl.")] = None,
) -> None:
    """Ask the record for events by country, dyad, type, modality, claimant, place, day or words, or in SQL."""
    record = _open(store, as_of)
    if sql is not None:
        rows = _sql(record, sql)
    else:
        rows = record.events(
            dyad=dyad_of(dyad), country=country, types=type_ or [], mode=mode, modality=modality, claimant=claimant, place=place, since=since, until=until,
            first=first, last=last, text=text, least=least, review=review,
        ).sort("published", "story", "id")  # fmt: skip
        rows = _with_links(record, rows)
    frame = _collected(rows.head(limit) if limit else rows)
    _put(frame, output, as_json=as_json, as_csv=as_csv)


def _with_links(record: Store, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Put thread, independent sources and the version before beside events, where the record keeps links."""
    from diurna.store.links import read_links, with_links

    return rows if read_links(record) is None else with_links(record, rows)


def dyad_of(text: str | None) -> tuple[str, str] | None:
    """Read ``AAA-BBB``.

    Raises:
        QueryError: D605 if it is not two countries.
    """
    if text is None:
        return None
    actor, _, recipient = text.upper().partition("-")
    if not actor or not recipient or "-" in recipient:
        raise QueryError("D605", f"a dyad is two countries, actor first, like RUS-UKR; “{text}” is none")
    return actor, recipient


def _sql(record: Store, sql: str) -> pl.LazyFrame:
    import polars as pl

    from diurna.store import TABLES

    try:
        return pl.SQLContext({name: record.rows(name) for name in TABLES} | {"dyads": record.dyads()} | _linked(record)).execute(sql)
    except pl.exceptions.PolarsError as error:
        raise QueryError("D604", f"the SQL cannot be read: {error}; tables are {', '.join(TABLES)}, dyads") from error


def _linked(record: Store) -> dict[str, pl.LazyFrame]:
    from diurna.store.links import read_links

    links = read_links(record)
    return {} if links is None else {"families": links.families.lazy(), "threads": links.threads.lazy(), "affairs": links.affairs.lazy()}


def _collected(rows: pl.LazyFrame) -> pl.DataFrame:
    import polars as pl

    try:
        return rows.collect()
    except pl.exceptions.PolarsError as error:
        raise QueryError("D604", f"the SQL cannot be answered: {error}") from error


def _put(frame: pl.DataFrame, output: Path | None, *, as_json: bool, as_csv: bool) -> None:
    from diurna.store.flat import flat

    if output is not None:
        writers: dict[str, Callable[[Path], object]] = {
            ".parquet": frame.write_parquet,
            ".arrow": frame.write_ipc,
            ".csv": lambda path: flat(frame).write_csv(path),
            ".jsonl": lambda path: path.write_text("".join(f"{line}\n" for line in _lines(frame)), encoding="utf-8"),
        }
        if output.suffix not in writers:
            raise QueryError("D606", f"“{output.suffix}” is no kind of table; end the name with {', '.join(writers)}", str(output))
        writers[output.suffix](output)
    elif as_json:
        for line in _lines(frame):
            typer.echo(line)
    elif as_csv:
        typer.echo(flat(frame).write_csv(), nl=False)
    else:
        _table(frame)


def _lines(frame: pl.DataFrame) -> list[str]:
    """Give full records, or the rows themselves where the question was another, as lines of JSON."""
    if "record" not in frame.columns:
        return [json.dumps(row, default=str, ensure_ascii=False) for row in frame.to_dicts()]
    if "review" not in frame.columns:
        return frame["record"].to_list()
    told = frame.select("record", "review", "reviewer", "review_reason", "corrections").iter_rows()
    return [record if verdict is None else _beside(record, verdict, who, why, values) for record, verdict, who, why, values in told]


def _beside(record: str, verdict: str, reviewer: str, reason: str, values: str | None) -> str:
    """Put a review beside the machine's record, whose own values stay as they are."""
    said = {"verdict": verdict, "values": json.loads(values) if values else {}, "reviewer": reviewer, "reason": reason}
    return json.dumps(json.loads(record) | {"review": said}, ensure_ascii=False)


_SHOWN = ("published", "type", "mode", "modality", "actors", "recipients", "trigger", "place", "claimant", "confidence", "sources", "review", "corrections")


def _table(frame: pl.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from diurna.store.flat import flat

    rows = flat(frame)
    said = {"review", "corrections"} if "review" in rows.columns and rows["review"].null_count() < len(rows) else set()
    columns = [c for c in _SHOWN if c in rows.columns and (c in said or c not in {"review", "corrections"})] or rows.columns
    table = Table()
    for name in columns:
        table.add_column(name)
    for row in rows.select(columns).iter_rows():
        table.add_row(*(Text("" if v is None else f"{v:.2f}" if isinstance(v, float) else str(v)) for v in row))
    Console(highlight=False, markup=False, emoji=False).print(table)
    typer.echo(f"{len(frame)} rows")
