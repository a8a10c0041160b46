"""Forecast next month's material conflict: ``diurna forecast``."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.commands.arguments import day_of
from diurna.commands.observatory import Confirmed, Hypothetical, Least, Since, Until, Url  # noqa: TC001 - typer reads the annotations when it runs
from diurna.errors import ConfigError, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diurna.analyse.forecast import Backtest, Forecast

__all__ = ["forecast"]

_CODE = 3  # letters of a country's code


def forecast(
    store: Url,
    what: Annotated[str | None, typer.Argument(metavar="[WHAT]", help="A dyad (RUS-UKR, either way round), a country (RUS), dyads or countries; without it, both.")] = None,
    backtest: Annotated[bool, typer.Option("--backtest", help="Print how each forecaster did on the months gone by, and what is shown for it.")] = False,
    since: Since = None,
    until: Until = None,
    hypothetical: Hypothetical = False,
    confirmed: Confirmed = False,
    least: Least = 0.0,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="List at most so many of each kind.")] = 20,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line, with the ids of the events last observed.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table.")] = False,
) -> None:
    """Forecast next month's material conflict of dyads and countries, where that beats the baselines, and say so where nothing does (docs/guide/forecasts.md)."""
    from diurna.analyse.acts import Acts, Selection
    from diurna.analyse.forecast import forecast as made
    from diurna.store import Store

    if as_jsonl and as_csv:
        raise ConfigError("D101", "choose one of --jsonl and --csv")
    kind, unit = _wanted(what)
    selection = Selection(hypothetical, not confirmed, least, day_of(since, "--since"), day_of(until, "--until"))
    found, tested = made(Acts.of(Store(store)), selection)
    if backtest:
        rows = [asdict(r) for r in tested.rows if kind in {None, r.kind}]
    else:
        chosen = _chosen(found, kind, unit, limit)
        rows = [f.to_dict() for f in chosen]
    if as_jsonl:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
    elif as_csv:
        _csv(rows)
    elif backtest:
        _scores(rows, tested, kind)
    else:
        _table(chosen, what)


def _wanted(what: str | None) -> tuple[str | None, str | None]:
    """Read what is to be forecast: a kind, and a unit of it."""
    from diurna.analyse.acts import dyad_of

    if what is None or what in {"dyads", "countries"}:
        return {None: None, "dyads": "dyad", "countries": "country"}[what], None
    if "-" in what:
        return "dyad", "-".join(sorted(dyad_of(what)))
    if len(what) == _CODE and what.isascii() and what.isalpha():
        return "country", what.upper()
    raise QueryError("D605", f"a forecast is of a dyad, like RUS-UKR, of a country, like RUS, of dyads or of countries; “{what}” is none")


def _chosen(found: Iterable[Forecast], kind: str | None, unit: str | None, limit: int) -> list[Forecast]:
    kept = [f for f in found if kind in {None, f.kind} and unit in {None, f.unit}]
    return [f for k in ("dyad", "country") for f in [f for f in kept if f.kind == k][:limit]]


def _csv(rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        flat = [{k: " ".join(str(o["count"]) for o in v) if k == "observed" else ";".join(v) if k == "ids" else v for k, v in r.items()} for r in rows]
        writer = csv.DictWriter(sys.stdout, list(flat[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat)


def _print(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for name in columns:
        table.add_column(name, justify="left" if name in {"of", "by", "forecaster", "group", "kind"} else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, emoji=False).print(table)


def _table(found: Sequence[Forecast], what: str | None) -> None:
    if not found:
        typer.echo(f"no forecast{f' of {what}' if what else ''}: the record tells of no act of it in a month that is over")
        return
    lines = [
        (
            f.unit, " ".join(str(c) for _, c in f.observed), "–" if f.chance is None else f"{f.chance:.2f}", f"{f.chance_baseline} {f.baseline_chance:.2f}",
            "–" if f.mean is None else f"{f.mean:.1f} ({f.low}–{f.high})", f"{f.count_baseline} {f.baseline_mean:.1f}",
        )
        for f in found
    ]  # fmt: skip
    typer.echo(f"material conflict in the month of {found[0].month.isoformat()}")
    _print(("of", "last months", "chance of any", "best baseline", "acts (90 %)", "best baseline"), lines)
    for note in dict.fromkeys(f"{f.kind}, {f.group}: {what}: {words}" for f in found for what, words in (("chance", f.chance_note), ("acts", f.count_note))):
        typer.echo(note)


def _scores(rows: Sequence[dict[str, Any]], tested: Backtest, kind: str | None) -> None:
    def told(row: dict[str, Any], target: str) -> str:
        value, low, high, against = (row[f"{target}_{part}"] for part in ("skill", "low", "high", "reference"))
        return "–" if value is None else f"{value:+.3f} ({low:+.3f} to {high:+.3f}) over {against}"

    months = f"{tested.first} – {tested.last}" if tested.first else "none"
    typer.echo(f"months forecast, each from those before it: {months}")
    lines = [
        (
            r["kind"], r["group"], r["forecaster"], str(r["n"]), str(r["happened"]), f"{r['brier']:.4f}", f"{r['log']:.4f}", told(r, "chance"), f"{r['crps']:.4f}",
            told(r, "count"),
        )
        for r in rows
    ]  # fmt: skip
    _print(("kind", "group", "forecaster", "n", "conflict", "Brier", "log", "skill (Brier)", "CRPS", "skill (CRPS)"), lines)
    for v in tested.verdicts:
        if kind in {None, v.kind} and v.group != "all":
            typer.echo(f"{v.kind}, {v.group}: {'chance' if v.target == 'chance' else 'acts'}: {v.reason}")
