"""The commands ``diurna review …``: people confirm, correct or reject what the machine coded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diurna.commands.store import dyad_of
from diurna.errors import StoreError

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from diurna.ontology import Ontology
    from diurna.records import Event, Story
    from diurna.store import Review, Store

__all__ = ["app"]

app = typer.Typer(name="review", help="Confirm, correct or reject events of a record (docs/guide/review.md).", no_args_is_help=True, rich_markup_mode=None)
Url = Annotated[str, typer.Option("--store", metavar="URL", help="The record.")]
Id = Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
Codes = Annotated[Path | None, typer.Option("--ontology", metavar="TOML", help="Your own ontology, when the record was coded in one.")]
State = Annotated[str, typer.Option("--state", metavar="STATE", help="open, disputed, confirm, correct, reject or any.")]
Dyad = Annotated[str | None, typer.Option(metavar="AAA-BBB", help="Actor's and recipient's country, alpha-3.")]
Country = Annotated[str | None, typer.Option(metavar="AAA", help="A country on either side.")]
Types = Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="PLOVER type; may be given more than once.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="First day of publication.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication.")]
Words = Annotated[str | None, typer.Option("--text", metavar="TEXT", help="Words of the report that the record points at, or names.")]
Limit = Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSONL.")]


@app.command("list", epilog="Examples:  diurna review list --store record --limit 5   ·   diurna review list --store record --state disputed")
def list_(
    store: Url, state: State = "open", dyad: Dyad = None, country: Country = None, types: Types = None, since: Since = None, until: Until = None, text: Words = None,
    limit: Limit = 20, as_json: AsJson = False,
) -> None:  # fmt: skip
    """List events that await review, the least sure first."""
    from rich.table import Table
    from rich.text import Text

    record = _open(store)
    rows = _asked(record, state, limit, dyad=dyad_of(dyad), country=country, types=types or (), since=since, until=until, text=text)
    if as_json:
        for event, _, standing in rows:
            typer.echo(json.dumps(json.loads(event) | ({"review": standing} if standing else {}), ensure_ascii=False))
        return
    table = Table()
    for name in ("event", "sure", "act", "who", "to whom", "words", "review"):
        table.add_column(name, no_wrap=name in {"event", "sure"})
    for event, words, standing in rows:
        e = json.loads(event)
        act = " ".join(w for w in (e["type"], e["mode"], e["modality"] if e["modality"] != "actual" else "") if w)
        sides = (", ".join(p.get("name") or p["text"] for p in e[side]) for side in ("actors", "recipients"))
        table.add_row(*(Text(str(v)) for v in (e["id"], f"{e['confidence']['event']:.2f}", act, *sides, words, standing or "")))
    _console().print(table)


def _asked(record: Store, state: str, limit: int, **asked: Any) -> list[tuple[str, str, str | None]]:  # noqa: ANN401 - filters of Store.events
    """Give record, trigger and verdict of events, the least sure first."""
    rows: pl.LazyFrame = record.events(review=state, **asked)
    return rows.sort("confidence", "id", nulls_last=True).head(limit).select("record", "trigger", "review").collect().rows()


@app.command(epilog="Example:  diurna review show 2f9c… --store record")
def show(event: Id, store: Url, as_json: AsJson = False) -> None:
    """Show an event in its sentence, the machine's value and what reviewers said of it."""
    record = _open(store)
    story, coded = record.event(event)
    standing = next(iter(record.standings([event])), None)
    if as_json:
        typer.echo(json.dumps(coded.to_dict() | ({"review": standing.to_dict()} if standing else {}), ensure_ascii=False))
        return
    _show(story, coded, [] if standing is None else standing.reviews, _console())


def _show(story: Story, event: Event, said: list[Review], console: Console) -> None:
    from rich.text import Text

    from diurna.view.terminal import show_event

    show_event(story, event, console)
    for r in said:
        right = f" {r.field} = {json.dumps(r.value, ensure_ascii=False)}" if r.verdict == "correct" else ""
        console.print(Text(f"{r.recorded:%Y-%m-%d %H:%M} {r.reviewer}: {r.verdict}{right} ({r.reason})"))


@app.command(epilog='Example:  diurna review confirm 2f9c… --store record --by "A. Reader" --reason "as the sentence says"')
def confirm(event: Id, store: Url, by: By, reason: Reason) -> None:
    """Say that an event is right as it stands."""
    _say(_open(store).review(event, "confirm", by=by, reason=reason))


@app.command(epilog='Example:  diurna review reject 2f9c… --store record --by "A. Reader" --reason "a football match"')
def reject(event: Id, store: Url, by: By, reason: Reason) -> None:
    """Say that there is no such event."""
    _say(_open(store).review(event, "reject", by=by, reason=reason))


@app.command(epilog='Example:  diurna review correct 2f9c… --store record --by "A. Reader" --reason "only announced" --set modality=future --set when=2019-03-01/2019-03-31')
def correct(
    event: Id, store: Url, by: By, reason: Reason,
    set_: Annotated[list[str], typer.Option("--set", metavar="FIELD=VALUE", help="What is right: JSON or plain words; may be given more than once.")],
    ontology: Codes = None,
) -> None:  # fmt: skip
    """Say what is right in an event's fields: type, mode, modality, trigger, actors, recipients, when, where, attributed_to, harm, treaty, contexts."""
    _say(_open(store).review(event, "correct", by=by, reason=reason, changes=_changes(set_, event), ontology=_ontology(ontology)))


def _say(said: tuple[Review, ...]) -> None:
    for r in said:
        typer.echo(json.dumps(r.to_dict(), ensure_ascii=False))


def _changes(pairs: list[str], event: str) -> dict[str, Any]:
    """Read ``FIELD=VALUE``, where the value is JSON, or words that are none."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise StoreError("D533", f"“{pair}” corrects nothing; write FIELD=VALUE, like modality=future", event)
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            found[name.strip()] = value.strip()
    return found


@app.command(epilog='Example:  diurna review ask --store record --by "A. Reader" --type ASSAULT')
def ask(
    store: Url, by: By, state: State = "open", dyad: Dyad = None, country: Country = None, types: Types = None, since: Since = None, until: Until = None, text: Words = None,
    limit: Limit = 50, ontology: Codes = None,
) -> None:  # fmt: skip
    """Go through events one at a time, the least sure first, and ask of each whether it is right; each answer is kept at once."""
    record, codes, console = _open(store), _ontology(ontology), _console()
    rows = _asked(record, state, limit, dyad=dyad_of(dyad), country=country, types=types or (), since=since, until=until, text=text)
    done = 0
    for number, (line, _, _) in enumerate(rows, 1):
        story, event = record.event(json.loads(line)["id"])
        console.print(f"\n{number} of {len(rows)}")
        _show(story, event, record.reviews([event.id]), console)
        answer = _judged(record, event, by, codes)
        if answer is None:
            break
        done += answer
    typer.echo(f"{done} reviewed, {len(rows) - done} left of these")


def _judged(record: Store, event: Event, by: str, ontology: Ontology) -> bool | None:
    """Ask until an answer can be kept; tell whether there was one, None to stop."""
    pairs: list[str]
    while True:
        match (_line("[c]onfirm, c[o]rrect, [r]eject, [s]kip, [q]uit? ") or "q").strip().lower():
            case "q" | "quit":
                return None
            case "s" | "skip":
                return False
            case "c" | "confirm":
                verdict, pairs, usual = "confirm", [], "right as coded"
            case "r" | "reject":
                verdict, pairs, usual = "reject", [], ""
            case "o" | "correct":
                verdict, pairs, usual = "correct", _pairs(), ""
            case _:
                continue
        reason = _line(f"why{f' ({usual})' if usual else ''}? ")
        if reason is None:
            return None
        try:
            record.review(event.id, verdict, by=by, reason=reason.strip() or usual, changes=_changes(pairs, event.id), ontology=ontology)
        except StoreError as error:
            if error.code not in {"D531", "D533"}:
                raise
            typer.echo(f"{error.message}")
            continue
        return True


def _pairs() -> list[str]:
    found = []
    while (line := _line("FIELD=VALUE (empty line to end): ")) is not None and line.strip():
        found.append(line)
    return found


def _line(prompt: str) -> str | None:
    """Read a line from the terminal, None at its end; an empty line stays one."""
    typer.echo(prompt, nl=False)
    line = sys.stdin.readline()
    return line or None


@app.command(epilog="Example:  diurna review export --store record -o reviews.jsonl")
def export(
    store: Url,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of printing.")] = None,
) -> None:
    """Write all reviews as JSONL, oldest first, each with the machine's record."""
    import polars as pl

    record = _open(store)
    said = record.reviews()
    machine = dict(record.rows("events").filter(pl.col("id").is_in([r.event for r in said])).select("id", "record").collect().iter_rows())
    lines = (json.dumps(r.to_dict() | {"machine": json.loads(machine[r.event]) if r.event in machine else None}, ensure_ascii=False) + "\n" for r in said)
    if output is None:
        sys.stdout.writelines(lines)
        return
    with output.open("w", encoding="utf-8") as file:
        file.writelines(lines)


def _open(url: str) -> Store:
    from diurna.store import Store

    return Store(url)


def _ontology(path: Path | None) -> Ontology:
    from diurna.ontology import PLOVER

    if path is None:
        return PLOVER
    from diurna.ontology.own import read_ontology

    return read_ontology(path)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)
