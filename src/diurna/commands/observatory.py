"""Commands that measure the record and serve it: ``diurna dyads``, ``diurna serve``, ``diurna key``."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.commands.arguments import day_of
from diurna.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.analyse.acts import Acts, Selection
    from diurna.serve import Settings
    from diurna.store import Store

__all__ = ["dyads", "key", "serve"]

Url = Annotated[str, typer.Option("--store", metavar="URL", help="The record.")]
By = Annotated[str, typer.Option("--by", metavar="PERIOD", help="day, week or month, of publication.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="First day of publication.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication.")]
Hypothetical = Annotated[bool, typer.Option("--hypothetical", help="Count acts planned, feared, urged or possible too.")]
Confirmed = Annotated[bool, typer.Option("--confirmed", help="Leave out acts that reports only credit to somebody.")]
Least = Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0, metavar="X", help="Count acts at least this sure.")]


def dyads(
    store: Url,
    dyad: Annotated[str | None, typer.Argument(metavar="[AAA-BBB]", help="Actor's and recipient's country; without it, the dyads of the record are listed.")] = None,
    by: By = "month",
    both: Annotated[bool, typer.Option("--both", help="Count acts of the second country to the first too.")] = False,
    since: Since = None,
    until: Until = None,
    hypothetical: Hypothetical = False,
    confirmed: Confirmed = False,
    least: Least = 0.0,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="List at most so many dyads.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, with the ids of the events.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table.")] = False,
) -> None:
    """Measure what one country does to another, period by period: acts by quad, scores, tension with its interval, change points, unusual weeks (docs/guide/measures.md)."""
    from diurna.analyse.acts import Acts, Selection
    from diurna.store import Store

    if as_json and as_csv:
        raise ConfigError("D101", "choose one of --json and --csv")
    selection = Selection(hypothetical, not confirmed, least, day_of(since, "--since"), day_of(until, "--until"))
    acts = Acts.of(Store(store))
    if dyad is None:
        rows = _totals(acts, selection, limit)
        facts: dict[str, Any] = {"dyads": rows}
    else:
        facts = _measures(acts, dyad, by, both, selection)
        rows = [{k: v for k, v in p.items() if k != "ids"} for p in facts["points"]]
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
    elif as_csv:
        _csv(rows)
    else:
        _table(rows)
        _notes(facts)


def _totals(acts: Acts, selection: Selection, limit: int) -> list[dict[str, Any]]:
    from diurna.analyse.dyads import dyads_of

    return [
        {"dyad": f"{d.a}-{d.b}", "count": d.count, **d.quads, "score": d.score, "mean": d.mean, "last": d.last.isoformat()}
        for d in dyads_of(acts, selection=selection)[:limit]
    ]  # fmt: skip


def _measures(acts: Acts, dyad: str, by: str, both: bool, selection: Selection) -> dict[str, Any]:
    from diurna.analyse.acts import dyad_of
    from diurna.analyse.changes import change_points, unusual_weeks
    from diurna.analyse.dyads import dyad_series
    from diurna.analyse.tension import tension

    a, b = dyad_of(dyad)
    series = dyad_series(acts, a, b, by=by, both=both, selection=selection)  # type: ignore[arg-type]
    tensions = tension(acts, a, b, by=by, both=both, selection=selection)  # type: ignore[arg-type]
    points = [
        {
            "start": p.start.isoformat(), "stories": p.stories, "count": p.count, **p.quads, "score": p.score, "mean": p.mean, "hypothetical": p.hypothetical,
            "unconfirmed": p.unconfirmed, "tension": t.value, "low": t.low, "high": t.high, "ids": list(p.ids),
        }
        for p, t in zip(series.points, tensions, strict=True)
    ]  # fmt: skip
    changes = [{"start": points[c.at]["start"], "before": c.before, "after": c.after} for c in change_points([t.value for t in tensions])]
    weeks = [w.to_dict() for w in unusual_weeks(acts, a, b, both=both, selection=selection)]
    return {"dyad": f"{a}-{b}", "both": both, "by": by, "points": points, "changes": changes, "unusual_weeks": weeks}


def _csv(rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _table(rows: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for name in rows[0] if rows else ("dyad", "count"):
        table.add_column(name, justify="left" if name in {"dyad", "start"} else "right")
    for row in rows:
        table.add_row(*("" if v is None else f"{v:.1f}" if isinstance(v, float) else str(v) for v in row.values()))
    Console(highlight=False, markup=False, emoji=False).print(table)


def _notes(facts: dict[str, Any]) -> None:
    for c in facts.get("changes", ()):
        typer.echo(f"tension changes in the {facts['by']} of {c['start']}: {c['before']:.1f} before, {c['after']:.1f} after")
    for w in facts.get("unusual_weeks", ()):
        typer.echo(f"unusual week of {w['start']}: {w['count']} acts of material conflict, {w['expected']:.1f} expected, chance {w['chance']:g}")


def serve(
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="The record.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Serve the sample record that the program ships.")] = False,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen; any address beyond this machine asks for keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")] = 8765,
    keys: Annotated[Path | None, typer.Option(metavar="FILE", help="Keys, one a line, as diurna key prints them.")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", metavar="HOST", help="A further name that the service answers to; may be given more than once.")] = None,
    refresh: Annotated[float, typer.Option(min=0.0, metavar="SECONDS", help="Look so often whether the record has grown; 0 never looks.")] = 10.0,
    signals: Annotated[Path | None, typer.Option(metavar="FILE", help="State of signals; signals.sqlite in the record's folder if not given.")] = None,
    rate: Annotated[float, typer.Option(min=1.0, metavar="N", help="Reports an address may send for coding a minute.")] = 60.0,
) -> None:
    """Serve the record: an HTTP API under /api/v1 and the page, read-only and to this machine alone unless told otherwise (docs/guide/serve.md)."""
    from tempfile import TemporaryDirectory

    from diurna.serve import Settings
    from diurna.store import Store

    if (store is None) != demo:
        raise ConfigError("D120", "say which record to serve: --store FOLDER, or --demo for the sample")
    settings = Settings(host, tuple(name or ()), keys, refresh, rate, demo=demo, signals=signals)
    if store is not None:
        _listen(Store(store), settings, port, store)
        return
    from diurna.serve.sample import sample_record

    with TemporaryDirectory(prefix="diurna-demo-") as folder:
        _listen(sample_record(Path(folder)), settings, port, "the sample record")


def _listen(store: Store, settings: Settings, port: int, what: str) -> None:
    """Serve a record until told to stop."""
    import socket

    import uvicorn

    from diurna.serve import make_app

    app, host = make_app(store, settings), settings.host
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()  # who asks from now on waits and is answered
    except OSError as error:
        raise ConfigError("D123", f"the service cannot listen at {host}:{port} ({error}); choose another --port") from error
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"serving {what} at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C ends it)")
    uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run(sockets=[listener])


def key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whom the key is for.")],
    scope: Annotated[list[str] | None, typer.Option("--scope", metavar="SCOPE", help="read, code or review; may be given more than once. Read alone if not given.")] = None,
) -> None:
    """Make a key for the service: the key itself, shown once, and the line for the file of keys, which holds only its hash."""
    import hashlib
    import secrets

    from diurna.serve.guard import SCOPES

    wanted = scope or ["read"]
    if any(s not in SCOPES for s in wanted) or not name.isidentifier():
        raise ConfigError("D122", f"a key has a name of letters, digits and underscores, and scopes out of {', '.join(SCOPES)}")
    made = secrets.token_urlsafe(32)
    typer.echo(f"key (give it to {name}; it is not kept):  {made}", err=True)
    typer.echo(f"{name} {','.join(dict.fromkeys(wanted))} {hashlib.sha256(made.encode()).hexdigest()}")
