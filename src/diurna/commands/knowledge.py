"""The commands ``diurna knowledge find``, ``check`` and ``add``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.commands.arguments import day_of
from diurna.errors import ConfigError, KnowledgeError, QueryError

if TYPE_CHECKING:
    from datetime import date

    from diurna.knowledge.tables import Country, Entry, Tables

__all__ = ["app"]

app = typer.Typer(name="knowledge", help="Look up, check and enlarge what the resolver knows (docs/guide/knowledge.md).", no_args_is_help=True, rich_markup_mode=None)
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day that the words are from; names and offices change with it.")]
Folder = Annotated[Path | None, typer.Option("--folder", metavar="FOLDER", help="Your tables; the environment's DIURNA_KNOWLEDGE when left out.")]
Text = Annotated[str, typer.Option(metavar="TEXT")]
_SHOWN = 20  # rows of a person-readable answer


class Kind(StrEnum):
    """Name what a row is of."""

    person = "person"
    organisation = "organisation"
    name = "name"

    @property
    def table(self) -> str:
        """Name the table's file."""
        return f"{self.value}s"


@app.command(epilog="Examples:  diurna knowledge find Bush --on 1990-06-01   ·   diurna knowledge find 'the Kenyan president' --on 1995-01-01   ·   diurna knowledge find KEN")
def find(
    words: Annotated[str, typer.Argument(help="A name, a description, or a code.")],
    on: On = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell whom words name, by which rule, and what the tables have under them."""
    from diurna.knowledge.tables import load_tables
    from diurna.resolve.actors import Resolver

    day = day_of(on, "--on")
    tables = load_tables()
    who = Resolver().party(words, published=day)
    rows = _rows(words, tables, day)
    if as_json:
        found: dict[str, Any] = {k: getattr(who, k) for k in ("name", "entity", "country", "sector", "role", "rule", "reason")}
        typer.echo(json.dumps(found | {"candidates": [c._asdict() for c in who.candidates], "rows": rows}, ensure_ascii=False))
        return
    codes = " ".join(v for v in (who.country or "country unknown", who.sector or "sector unknown", who.entity or "") if v)
    typer.echo(f"{words}: {who.name or 'no name'} [{codes}]{f', {who.role}' if who.role else ''}")
    typer.echo(f"  by {who.rule}: {who.reason}")
    for c in who.candidates:
        typer.echo(f"  may be {c.name} ({c.role or 'no office'}, {c.country or 'no country'}) {c.score:.2f}")
    for row in rows[:_SHOWN]:
        typer.echo("  " + "  ".join(str(v) for k, v in row.items() if v and k != "table"))
    if len(rows) > _SHOWN:
        typer.echo(f"  … {len(rows) - _SHOWN} more; --json prints all")


def _rows(words: str, tables: Tables, day: date | None) -> list[dict[str, Any]]:
    """List the rows filed under words as a name, a surname, or a country's code; those that hold on the day where there is one."""
    from diurna.knowledge.tables import Head, fold

    entries: list[Entry | Country] = [e for e in tables.phrases.get(fold(words), ()) if not isinstance(e, Head)]
    entries += [p for p in tables.surnames.get(fold(words), ()) if p not in entries]
    if words.upper() in tables.countries:
        code = words.upper()
        entries = [tables.countries[code], *(p for p in tables.people if p.country == code)]
    iso = day.isoformat() if day else ""
    rows = []
    for entry in entries:
        row: dict[str, Any] = {"table": type(entry).__name__.lower()}
        row |= {k.rstrip("_"): ",".join(v) if isinstance(v, tuple) else v for k, v in entry._asdict().items() if k not in {"cased", "plural"}}
        holds = (not row.get("from") or row["from"] <= iso) and (not row.get("to") or iso <= row["to"])
        if not iso or holds:
            rows.append(row)
    return rows


@app.command(epilog="Examples:  diurna knowledge check   ·   diurna knowledge check --folder my-tables")
def check(folder: Folder = None) -> None:
    """Check the packaged tables, and your own: codes, sectors, dates, identifiers, rows that stand twice."""
    from diurna.knowledge.checker import check_folder, check_tables, rival_terms
    from diurna.knowledge.own import own_folder
    from diurna.knowledge.tables import load_tables

    mine = folder or own_folder()
    if folder is not None and not folder.is_dir():
        raise KnowledgeError("D405", "there is no such folder", str(folder))
    tables = load_tables()
    counts, problems = check_tables(tables)
    typer.echo("tables: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
    if mine:
        own, wrong = check_folder(mine, tables)
        problems += wrong
        typer.echo(f"{mine}: " + (", ".join(f"{n} {name}" for name, n in own.items()) or "no rows"))
    for line in rival_terms(tables.people):
        typer.echo(f"note: {line}")
    for problem in problems:
        typer.echo(f"problem: {problem}", err=True)
    typer.echo(f"{len(problems)} problems")
    if problems:
        raise typer.Exit(1)


@app.command(
    epilog="Examples:  diurna knowledge add person 'Ana Ruiz' --country PER --sector GOV --role 'health minister' --from 2025-03-01 --folder my-tables"
    "   ·   diurna knowledge add organisation 'Sever|Sever group' --country RUS --sector SOC --founded 2011 --folder my-tables"
)
def add(
    kind: Annotated[Kind, typer.Argument(help="What the row is of; a name is another name of a country.")],
    names: Annotated[str, typer.Argument(help="The name and others of the same, parted by |; =Surname where it is not the last word.")],
    country: Text = "",
    sector: Text = "",
    role: Text = "",
    begins: Annotated[str, typer.Option("--from", metavar="DATE")] = "",
    ends: Annotated[str, typer.Option("--to", metavar="DATE")] = "",
    founded: Annotated[str, typer.Option(metavar="YEAR")] = "",
    ended: Annotated[str, typer.Option(metavar="YEAR")] = "",
    identifier: Annotated[str, typer.Option("--id", metavar="ID", help="A Wikidata id, or one of your own such as org:sever.")] = "",
    source: Annotated[str, typer.Option(metavar="TEXT", help="Where the fact is from.")] = "",
    usage: Annotated[str, typer.Option("--kind", metavar="TEXT", help="For a country's name: name, adjective, people or capital.")] = "name",
    folder: Folder = None,
) -> None:
    """Add a row to your own tables; a row that is wrong is refused and says why."""
    import os

    from diurna.knowledge.checker import row_problems
    from diurna.knowledge.own import COLUMNS, VARIABLE, add_row
    from diurna.knowledge.tables import load_tables

    named = os.environ.get(VARIABLE)
    target = folder or (Path(named).expanduser() if named else None)
    if target is None:
        raise ConfigError("D107", f"where to? give --folder, or set {VARIABLE} to the folder of your tables")
    given = {"names": names, "words": names, "country": country, "countries": country, "sector": sector, "role": role, "from": begins, "to": ends}
    given |= {"founded": founded, "ended": ended, "id": identifier, "source": source, "kind": usage}
    row = {column: given[column] for column in COLUMNS[kind.table]}
    if problems := row_problems(kind.table, row, load_tables()):
        raise QueryError("D607", "; ".join(problems))
    typer.echo(f"added to {add_row(target, kind.table, row)}")
