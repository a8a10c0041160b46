"""The command ``diurna watch``: feeds into the record."""

from __future__ import annotations

import json
import signal
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.commands.signal import write_signal
from diurna.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.read.feeds import Watch
    from diurna.signals import Round, Rules

__all__ = ["watch"]

PUBLIC = "public"


def watch(
    feeds: Annotated[str, typer.Argument(metavar="FEEDS", help="A TOML list of feeds (docs/guide/feeds.md), or “public” for the packaged one.")],
    store: Annotated[str | None, typer.Option(metavar="URL", help="The record; it is made if need be.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Read what is due, then end.")] = False,
    only: Annotated[list[str] | None, typer.Option(metavar="WORD", help="Only feeds of this name, country (alpha-3) or region; may be given more than once.")] = None,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Where cursors are kept; watch.sqlite in the record's folder if not given.")] = None,
    health: Annotated[bool, typer.Option("--health", help="Show how each feed does, and read nothing.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="Show the feeds of the list, and read nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --health or --list: one JSON object a line.")] = False,
    private: Annotated[bool, typer.Option("--allow-private", help="Read addresses of this machine and of private networks too.")] = False,
    fetchers: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Threads that fetch.")] = 4,
    least: Annotated[float | None, typer.Option("--min-confidence", min=0.0, max=1.0, metavar="X", help="Keep events at least this sure.")] = None,
    model: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Another model than the packaged one.")] = None,
    signals: Annotated[Path | None, typer.Option(metavar="RULES", help="Look with these rules after each round, and send what is new (docs/guide/signals.md).")] = None,
) -> None:
    """Read feeds, sitemaps, folders and mail-drops into the record, for months: each story once, whatever is killed when."""
    chosen = _chosen(feeds, only or [])
    if listing:
        _list(chosen, as_json=as_json)
        return
    if store is None and (state is None or not health):
        raise ConfigError("D114", "say with --store URL where the record is")
    from diurna.watch import state_path

    place = state or state_path(str(store))
    if health:
        _health(chosen, place, as_json=as_json)
        return
    rules = None
    if signals is not None:
        from diurna.signals import load_rules

        rules = load_rules(signals)
    from diurna.coder import Coder
    from diurna.store import Store
    from diurna.watch import Watcher

    record = Store.create(str(store))
    watcher = Watcher(chosen, record, Coder(model, least=least), place, private=private, fetchers=fetchers, tell=lambda line: typer.echo(f"{_now()}  {line}", err=True))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watcher.stop())
    with _signals(rules, str(store), place, patient=once) as sent:
        written = watcher.run(once=once)
    typer.echo(f"{written.stories} stories new to the record, {written.known} known, {written.rejects} rejected", err=True)
    if sent and sent[-1].failed and once:
        raise typer.Exit(1)


@contextmanager
def _signals(rules: Rules | None, store: str, state: Path, *, patient: bool) -> Iterator[list[Round]]:
    """Look with rules in a thread of its own, so that a slow receiver holds up no story; and once more at the end, of which the round is added to the list."""
    last: list[Round] = []
    if rules is None:
        yield last
        return
    from diurna.signals import check, outbox_path
    from diurna.signals import run as rounds
    from diurna.signals.run import TROUBLES, Round, trouble_told
    from diurna.store import Store

    ended, kept = threading.Event(), state.with_name("signals.sqlite") if "://" in store else outbox_path(store)

    def work() -> None:
        rounds(rules, Store(store), kept, write_signal, every=_ROUND, ended=ended, tell=_tell, trouble=lambda line: typer.echo(f"{_now()}  {line}", err=True))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield last
    finally:
        ended.set()
        thread.join()
    try:
        last.append(check(rules, Store(store), kept, write_signal, patient=patient))
    except TROUBLES as error:
        last.append(Round(failed=[f"the last look with the rules failed: {trouble_told(error)}; the next look sends what is new"]))
    _tell(last[-1])


def _tell(done: Round) -> None:
    typer.echo(f"{_now()}  {len(done.signals)} new signals, {done.delivered} delivered", err=True)
    for line in (*done.failed, *done.notes):
        typer.echo(f"  {line}", err=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _chosen(feeds: str, only: list[str]) -> Watch:
    from dataclasses import replace

    from diurna.read.feeds import load_watch, public_feeds

    found = public_feeds() if feeds == PUBLIC else load_watch(Path(feeds))
    if not only:
        return found
    words = {w.casefold() for w in only}
    rows = tuple(f for f in found.feeds if words & {(f.name or "").casefold(), (f.country or "").casefold(), (f.region or "").casefold()})
    if not rows:
        regions = sorted({f.region for f in found.feeds if f.region})
        raise ConfigError("D115", f"no feed has the name, country or region {' or '.join(only)}" + (f"; regions are {', '.join(regions)}" if regions else ""), feeds)
    return replace(found, feeds=rows)


def _list(chosen: Watch, *, as_json: bool) -> None:
    for feed in chosen.feeds:
        if as_json:
            row = {"name": feed.name, "kind": feed.kind, "url": feed.url, "path": feed.path and str(feed.path)}
            typer.echo(json.dumps(row | {"country": feed.country, "region": feed.region, "language": feed.language, "state_owned": feed.state_owned}, ensure_ascii=False))
            continue
        owner = {True: "state", False: "–", None: "?"}[feed.state_owned]
        typer.echo(f"{feed.country or '?':4} {feed.language or '?':3} {owner:6} {feed.name:30} {feed.url or feed.path}")


def _health(chosen: Watch, place: Path, *, as_json: bool) -> None:
    from diurna.read.feeds import State

    if not place.exists():
        raise ConfigError("D112", "there is no state of a watch here; it is made by the first run", str(place))
    names = {f.name for f in chosen.feeds}
    state = State(place)
    rows = [_healthy(row) for row in state.health() if row["name"] in names]
    state.close()
    for row in rows:
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
            continue
        counts = f"looks {row['looks']}, entries {row['entries']}, done {row['done']}, waiting {row['waiting']}"
        typer.echo(f"{row['state']:8} {row['name']:30} last success {row['succeeded'] or 'never'} · {counts}")
        if row["error"]:
            typer.echo(f"         failures in a row: {row['failures']}; {row['error']}; next try {row['next']}")
        if row["moved"]:
            typer.echo(f"         has moved to {row['moved']}; change its address in the list")


def _healthy(row: dict[str, Any]) -> dict[str, Any]:
    """Say of a feed in a word how it does, with its times as ISO 8601."""

    def moment(seconds: float | None) -> str | None:
        return None if not seconds else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

    silent = row["succeeded"] and time.time() - (row["brought"] or 0) > _SILENT
    word = "failing" if row["failures"] else "new" if not row["succeeded"] else "silent" if silent else "well"
    return {
        "name": row["name"], "state": word, "url": row["url"], "moved": row["moved"], "tried": moment(row["tried"]), "succeeded": moment(row["succeeded"]),
        "brought": moment(row["brought"]), "next": moment(row["next"]), "failures": row["failures"], "error": row["error"], "looks": row["looks"], "entries": row["entries"],
        "done": row["done"], "waiting": row["to_fetch"] + row["to_record"],
    }  # fmt: skip


_ROUND = 2.0  # seconds between looks whether a round of the watch has written to the record
_SILENT = 7 * 86_400  # seconds: a feed that answers and brought nothing new for so long has likely been given up
