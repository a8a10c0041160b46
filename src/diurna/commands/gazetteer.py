"""The commands ``diurna gazetteer build`` and ``diurna gazetteer find``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(name="gazetteer", help="Look places up, and build a gazetteer of one's own from a GeoNames dump.", no_args_is_help=True)

Base = Annotated[Path | None, typer.Option("--gazetteer", metavar="FILE", help="Another gazetteer than the packaged one, as build writes it.")]


@app.command(epilog="Example:  diurna gazetteer build allCountries.txt -o places.sqlite --admin1 admin1CodesASCII.txt")
def build(
    dump: Annotated[Path, typer.Argument(metavar="DUMP", help="A GeoNames dump of 19 columns (allCountries.txt, a country's, cities500.txt), plain or .gz.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write the gazetteer.")],
    admin1: Annotated[Path | None, typer.Option(metavar="FILE", help="admin1CodesASCII.txt, for the names of first-level regions.")] = None,
    least: Annotated[int, typer.Option(min=0, metavar="N", help="Leave out towns of fewer inhabitants.")] = 0,
) -> None:
    """Build a gazetteer from a GeoNames dump; set DIURNA_GAZETTEER to it, and its places are found beside the packaged ones."""
    from diurna.knowledge.dump import build_gazetteer

    counts = build_gazetteer(dump, output, admin1=admin1, least=least)
    typer.echo(f"{output}: {counts.places} places, {counts.names} names; {counts.passed_over} lines passed over (no place that news speaks of, or too small)")


@app.command(epilog="Examples:  diurna gazetteer find Artyomovsk   ·   diurna gazetteer find Springfield --json")
def find(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name as written: main, other or former; case and accents do not matter.")],
    base: Base = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a place.")] = False,
) -> None:
    """List the places of a name, the most populous first; exit code 1 when there is none."""
    from diurna.knowledge.gazetteer import Gazetteer, gazetteer

    entries = (Gazetteer(base) if base else gazetteer()).find(name)
    for e in entries:
        if as_json:
            typer.echo(json.dumps(asdict(e), ensure_ascii=False))
            continue
        region = f", {e.admin1}" if e.admin1 and e.admin1 != e.name else ""
        source = f"GeoNames {e.geonames}" if e.geonames else "our own table"
        typer.echo(f"{e.name}{region}, {e.country or 'no country'} · {e.precision} · {e.lat}, {e.lon} · {e.population:,} inhabitants · {source}")
    if not entries:
        typer.echo(f"no place is called “{name}”", err=True)
        raise typer.Exit(1)
