"""Commands on signals: ``diurna signal …``."""

from __future__ import annotations

import json
import signal as signals_of_the_system
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diurna.commands.arguments import day_of
from diurna.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.signals import Round, Rules
    from diurna.store import Store

__all__ = ["app", "write_signal"]

app = typer.Typer(name="signal", help="Rules over the record, and what they saw, sent once each (docs/guide/signals.md).", no_args_is_help=True, rich_markup_mode=None)
File = Annotated[Path, typer.Argument(metavar="RULES", help="A TOML file of rules and channels.")]
Url = Annotated[str, typer.Option("--store", metavar="URL", help="The record.")]
State = Annotated[Path | None, typer.Option(metavar="FILE", help="Where it is kept what was sent; signals.sqlite in the record's folder if not given.")]
Only = Annotated[list[str] | None, typer.Option("--rule", metavar="NAME", help="Only this rule; may be given more than once.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication looked at; the record's newest if not given.")]


@app.command(epilog="Example:  diurna signal check signals.toml --store record")
def check(rules: File, store: Url, state: State = None, only: Only = None, until: Until = None) -> None:
    """Look at the record once with every rule, and send what is new; exit code 1 when a receiver could not be reached (it is tried again next time)."""
    from diurna.signals import check as once
    from diurna.signals import outbox_path
    from diurna.store import Store

    chosen = _rules(rules, only)
    done = once(chosen, Store(store), state or outbox_path(store), write_signal, on=day_of(until, "--until"))
    _tell(done)
    if done.failed:
        raise typer.Exit(1)


@app.command(epilog="Example:  diurna signal run signals.toml --store record --every 30")
def run(
    rules: File,
    store: Url,
    state: State = None,
    only: Only = None,
    every: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Look so often whether the record has changed.")] = 60.0,
) -> None:
    """Look at the record whenever it has changed, as after each round of diurna watch, and send what is new, until stopped."""
    from diurna.signals import outbox_path
    from diurna.signals import run as rounds
    from diurna.store import Store

    chosen, ended = _rules(rules, only), threading.Event()
    for number in (signals_of_the_system.SIGTERM, signals_of_the_system.SIGINT):
        signals_of_the_system.signal(number, lambda *_: ended.set())
    rounds(chosen, Store(store), state or outbox_path(store), write_signal, every=every, ended=ended, tell=_tell, trouble=lambda line: typer.echo(line, err=True))


@app.command("test", epilog="Examples:  diurna signal test examples/signals.toml --demo --days 150   ·   diurna signal test signals.toml --store record")
def dry_run(
    rules: File,
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="The record.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Try the rules on the sample record that the program ships.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3660, metavar="N", help="The last so many days.")] = 30,
    only: Only = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Tell what rules would have sent over the last days, each day seeing only what was published by then; nothing is sent or kept."""
    from diurna.signals import replay
    from diurna.signals.deliver import told

    if (store is None) != demo:
        raise ConfigError("D120", "say which record to try the rules on: --store FOLDER, or --demo for the sample")
    chosen = _rules(rules, only)
    with _record(store) as record:
        done = replay(chosen, record, days, on=day_of(until, "--until"))
    for made in done.signals:
        typer.echo(made.to_json() if as_json else told(made) + "\n")
    if not as_json:
        counts = {r.name: sum(s.rule == r.name for s in done.signals) for r in chosen.rules}
        typer.echo(f"{days} days to {done.on or '–'}: {len(done.signals)} signals" + "".join(f"\n  {n:>4}  {name}" for name, n in counts.items()))
    for note in done.notes:
        typer.echo(f"note: {note}", err=True)


@app.command("list", epilog="Example:  diurna signal list --store record --rule talks --limit 5")
def list_(
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="The record.")] = None,
    state: State = None,
    rule: Annotated[str | None, typer.Option(metavar="NAME", help="Only this rule's.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that some channel does not have.")] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the signals that were made, newest first, and where they went."""
    from diurna.signals import outbox_path, read_sent

    if state is None and store is None:
        raise ConfigError("D107", "say with --store URL which record's signals are meant, or with --state FILE where they are kept")
    found, total = read_sent(state or outbox_path(str(store)), rule=rule, waiting=waiting, limit=limit)
    for sent in found:
        if as_json:
            typer.echo(json.dumps(sent.to_dict(), ensure_ascii=False))
            continue
        typer.echo(f"{sent.made}  {sent.signal.id}  [{sent.signal.rule}] {sent.signal.title}")
        for name, facts in sent.deliveries.items():
            state_ = f"delivered {facts['delivered']}" if facts["delivered"] else f"given up {facts['given_up']}" if facts["given_up"] else "waiting"
            typer.echo(f"    {name}: {state_}, {facts['tries']} tries" + (f" ({facts['error']})" if facts["error"] else ""))
    if not as_json:
        typer.echo(f"{len(found)} of {total} signals")


def _rules(path: Path, only: list[str] | None) -> Rules:
    from diurna.signals import load_rules

    return load_rules(path).chosen(only or [])


@contextmanager
def _record(store: str | None) -> Iterator[Store]:
    """Open a record, or write the sample to a folder that is swept afterwards."""
    from tempfile import TemporaryDirectory

    from diurna.store import Store

    if store is not None:
        yield Store(store)
        return
    from diurna.serve.sample import sample_record

    with TemporaryDirectory(prefix="diurna-demo-") as folder:
        yield sample_record(Path(folder))


def write_signal(text: str) -> None:
    """Print the lines of a signal, with an empty one after them."""
    typer.echo(text + "\n")


def _tell(done: Round) -> None:
    typer.echo(f"{done.on or 'no dated story'}: {len(done.signals)} new signals, {done.delivered} delivered", err=True)
    for line in (*done.failed, *(f"note: {n}" for n in done.notes)):
        typer.echo(f"  {line}", err=True)
