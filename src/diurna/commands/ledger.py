"""Commands ``diurna ledger …``: tolls, treaties, and who claims what, each figure with its claimant."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

import typer

from diurna.commands.arguments import day_of
from diurna.errors import ConfigError, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diurna.analyse.harm import Figures, Incident, TollClaim
    from diurna.analyse.rows import Report
    from diurna.analyse.treaties import Entry, Standing
    from diurna.ontology.treaties import Accord

__all__ = ["app"]

app = typer.Typer(
    name="ledger", help="Keep accounts of the record: harm, treaties, and the status of claims (docs/guide/ledgers.md).", no_args_is_help=True, rich_markup_mode=None
)
Records = Annotated[list[str] | None, typer.Argument(metavar="[RECORDS…]", help="JSONL that diurna code wrote, records, or - for standard input.")]
Url = Annotated[str | None, typer.Option("--store", metavar="URL", help="Read a record instead.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, with every claim.")]
Place = Annotated[str | None, typer.Option(metavar="TEXT", help="Words in the place's name, or its country as alpha-3.")]
Claimant = Annotated[str | None, typer.Option(metavar="TEXT", help="Words in the claimant's name, or its country as alpha-3.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="First day of what happened.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day of what happened.")]
_GROUPS = ("place", "country", "day", "month", "claimant")


@app.command(epilog="Examples:  diurna ledger harm events.jsonl --place UKR --since 2023-02-01   ·   diurna ledger harm --store record --by claimant")
def harm(
    records: Records = None,
    store: Url = None,
    place: Place = None,
    since: Since = None,
    until: Until = None,
    claimant: Claimant = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="killed, injured, captured, displaced, missing or casualties.")] = None,
    by: Annotated[str | None, typer.Option(metavar="GROUP", help=f"Sum by {', '.join(_GROUPS)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """List tolls with best, low and high: each claimant's latest figure, none added twice, and what contradicts it."""
    from diurna.analyse.harm import claims_of, harm_ledger
    from diurna.ontology import HARM_KINDS

    if by is not None and by not in _GROUPS:
        raise QueryError("D608", f"there is no grouping by “{by}”; choose one of {', '.join(_GROUPS)}")
    if kind is not None and kind not in HARM_KINDS:
        raise QueryError("D608", f"there is no kind of harm “{kind}”; choose one of {', '.join(HARM_KINDS)}")
    since, until = _iso(since, "--since"), _iso(until, "--until")
    claims = [c for c in claims_of(_reports(records, store)) if _named(claimant, c.claimant, c.claimant_country)]
    incidents = [i for i in harm_ledger(claims) if (kind is None or i.kind == kind) and _within(i, place, since, until)]
    if by is not None:
        _print_groups(incidents, by, as_json=as_json)
    elif as_json:
        for incident in incidents:
            typer.echo(json.dumps(incident.to_dict(), ensure_ascii=False))
    else:
        _print_incidents(incidents)


def _iso(text: str | None, option: str) -> str | None:
    """Check that a day is one, and write it as the ledgers have it."""
    day = day_of(text, option)
    return day.isoformat() if day else None


def _reports(records: list[str] | None, store: str | None) -> Iterator[Report]:
    """Read records of files or of a record.

    Raises:
        ConfigError: D101 unless it is one of the two.
    """
    from diurna.analyse.rows import read_reports

    if bool(records) == bool(store):
        raise ConfigError("D101", "give files of records to read, or --store with a record: one of the two")
    return read_reports([store] if store else records or [], sys.stdin.buffer)


def _named(words: str | None, name: str | None, country: str | None) -> bool:
    return words is None or words.upper() == country or words.casefold() in (name or "").casefold()


def _within(incident: Incident, place: str | None, since: str | None, until: str | None) -> bool:
    """Tell whether an incident lies in a place and wholly within days; one that reaches beyond them cannot be cut."""
    first, last = incident.days
    if not any(_named(place, c.place, c.country) for c in incident.claims):
        return False
    return (since is None or (first is not None and first >= since)) and (until is None or (last is not None and last <= until))


def _keys(incident: Incident, by: str) -> list[str]:
    """Name the groups that an incident belongs to."""
    first = next((c for c in incident.claims if c.place), incident.claims[0])
    day = incident.days[0] or "no date"
    if by == "claimant":
        return list(dict.fromkeys(c.claimant for c in incident.claims))
    return [{"place": first.place or first.country or "no place", "country": first.country or "no country", "day": day, "month": day[:7]}[by]]


def _print_groups(incidents: Sequence[Incident], by: str, *, as_json: bool) -> None:
    from diurna.analyse.harm import totals

    groups: dict[str, list[Incident]] = defaultdict(list)
    for incident in incidents:
        for key in _keys(incident, by):
            groups[key].append(_only(incident, key) if by == "claimant" else incident)
    rows = [(key, kind, figures) for key, group in sorted(groups.items()) for kind, figures in totals(group).items()]
    if as_json:
        for key, kind, f in rows:
            typer.echo(json.dumps({by: key, "kind": kind, "best": f.best, "low": f.low, "high": f.high, "open": f.open}, ensure_ascii=False))
        return
    _table((by, "kind", "best", "low", "high"), ((key, kind, *_cells(f)) for key, kind, f in rows))


def _only(incident: Incident, claimant: str) -> Incident:
    from diurna.analyse.harm import Incident as Part

    return Part(incident.number, [c for c in incident.claims if c.claimant == claimant], within=incident.within)


def _cells(f: Figures) -> tuple[str, str, str]:
    return str(f.best), str(f.low), f"{f.high}+" if f.open else str(f.high)


def _print_incidents(incidents: Sequence[Incident]) -> None:
    from diurna.analyse.harm import totals

    def days(i: Incident) -> str:
        first, last = i.days
        return first or "–" if first == last else f"{first or '…'} – {last or '…'}"

    rows = []
    for i in incidents:
        row = i.to_dict()
        where = ", ".join(v for v in (row["place"], row["country"]) if v and v != row["place"]) if row["place"] else row["country"] or "–"
        where = f"{row['place']}, {row['country']}" if row["place"] and row["country"] else where
        notes = [f"within {', '.join(map(str, i.within))}"] if i.within else []
        notes += [f"denied by {c.claimant}" for c in i.denied]
        rows.append((str(i.number), i.kind, *_cells(i.figures), ", ".join(row["who"]), where, days(i), "\n".join([*map(_told, i.claims), *map(_old, i.superseded), *notes])))
    _table(("#", "kind", "best", "low", "high", "who", "where", "days", "according to"), rows)
    sums = "; ".join(f"{f.best} {kind} ({f.low} to {f.high}{'+' if f.open else ''})" for kind, f in totals(incidents).items())
    typer.echo(f"{len(incidents)} tolls. Together: {sums or 'none'}")


def _told(claim: TollClaim) -> str:
    high = "+" if claim.high is None else f"–{claim.high}" if claim.high != claim.low else ""
    return f"{claim.claimant}: {claim.low}{high}{f' {claim.who}' if claim.who else ''} ({claim.published or 'no date'})"


def _old(claim: TollClaim) -> str:
    return f"superseded: {_told(claim)}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in columns:
        table.add_column(name, justify="right" if name in {"best", "low", "high"} else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False, markup=False, emoji=False).print(table)


@app.command(epilog="Examples:  diurna ledger treaties events.jsonl --accord 'New START'   ·   diurna ledger treaties --accord NPT --party PRK --on 2004-01-01")
def treaties(
    records: Annotated[list[str] | None, typer.Argument(metavar="[RECORDS…]", help="As for diurna ledger harm; none for the packaged table alone.")] = None,
    store: Url = None,
    accord: Annotated[str | None, typer.Option(metavar="NAME", help="One accord, by any of its names.")] = None,
    party: Annotated[str | None, typer.Option(metavar="AAA", help="One state, alpha-3.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Accords of one kind, such as “arms control” or “trade”.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day of the standing; today if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give each accord's standing by party on a day, with what the record and the packaged table say that states did."""
    from datetime import UTC, datetime

    from diurna.analyse.treaties import accords_of, entries_of, standings
    from diurna.ontology.treaties import Accord, accord_named

    day = _iso(on, "--on") or datetime.now(UTC).date().isoformat()
    entries = entries_of(_reports(records, store) if records or store else ())
    wanted: list[Accord | str] = accords_of(entries)
    if accord is not None:
        wanted = [known] if (known := accord_named(accord)) else [w for w in wanted if isinstance(w, str) and accord.casefold() in w.casefold()]
        if not wanted:
            raise QueryError("D609", f"neither the table nor the record knows an accord “{accord}”")
    elif not (records or store):
        raise QueryError("D609", "give records, --store with a record, or an accord with --accord")
    for a in wanted:
        if kind is None or (isinstance(a, Accord) and a.kind == kind):
            rows = [s for s in standings(a, entries, day) if party is None or s.state == party.upper()]
            _print_accord(a, rows, day, as_json=as_json)


def _print_accord(accord: Accord | str, rows: Sequence[Standing], day: str, *, as_json: bool) -> None:
    from diurna.ontology.treaties import Accord as Known

    if as_json:
        for s in rows:
            entries = [e.to_dict() for e in s.entries]
            typer.echo(json.dumps({"accord": s.accord, "state": s.state, "on": day, "standing": s.status, "since": s.since, "entries": entries}, ensure_ascii=False))
        return
    if isinstance(accord, Known):
        dates = ", ".join(f"{what} {on}" for what, on in (("signed", accord.signed), ("in force", accord.in_force), ("ended", accord.ended)) if on)
        typer.echo(f"{accord.name} · {accord.kind} · {dates}{' · the table names only some parties' if accord.partial else ''} · {accord.source}")
    else:
        typer.echo(f"{accord} · not in the table")
    told = [s for s in rows if s.entries] or rows[:_SHOWN]
    _table(("state", f"on {day}", "since", "what was done"), ((s.state, s.status, s.since or "–", "\n".join(_deed(e) for e in s.entries)) for s in told))
    rest = [s.state for s in rows if s not in told and s.status == "party"]
    typer.echo(f"and {len(rest)} more parties: {' '.join(rest[:_SHOWN])}{' …' if len(rest) > _SHOWN else ''}\n" if rest else "")


_SHOWN = 12  # states without any act of their own that a table shows


def _deed(entry: Entry) -> str:
    days = entry.from_ if entry.from_ == entry.to else f"{entry.from_} – {entry.to}"
    step = "" if entry.step == "done" else f" ({entry.step})"
    words = "; ".join(dict.fromkeys(f"“{e.text}”, {e.claimant}" if e.event else e.text for e in entry.evidence))
    return f"{days}  {entry.action}{step}: {words}"


@app.command(epilog="Examples:  diurna ledger status events.jsonl --type ASSAULT   ·   diurna ledger status --store record --only denied --json")
def status(
    records: Records = None,
    store: Url = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="One PLOVER type.")] = None,
    place: Place = None,
    since: Since = None,
    until: Until = None,
    only: Annotated[str | None, typer.Option(metavar="WORDS", help="Events whose status has these words, such as “denied” or “both sides”.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show for each event who claims it, who confirms it and who denies it, counted by independent claimant."""
    from diurna.analyse.status import status_ledger

    since, until = _iso(since, "--since"), _iso(until, "--until")
    rows = []
    for claimed in status_ledger(_reports(records, store)):
        row = claimed.to_dict()
        first = claimed.events[0][1]
        here = place is None or any(e.where is not None and _named(place, e.where.name or e.where.text, e.where.country) for _, e in claimed.events)
        days = (since is None or (row["to"] or "") >= since) and (until is None or (row["from"] is not None and row["from"] <= until))
        if here and days and (type_ is None or first.type == type_.upper()) and (only is None or any(only.casefold() in s for s in row["status"])):
            rows.append(row)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    cells = []
    for row in rows:
        days_ = row["from"] or "–" if row["from"] == row["to"] else f"{row['from']} – {row['to']}"
        who = f"{', '.join(row['actors']) or '–'} → {', '.join(row['recipients']) or '–'}"
        told = "\n".join(f"{v['claimant']} {v['stance']} ({v['side']}, {v['published'] or 'no date'})" for v in row["voices"])
        cells.append((str(row["event"]), f"{row['type']} {row['mode'] or ''}".strip(), who, days_, row["place"] or "–", "\n".join(row["status"]), told))
    _table(("#", "act", "who → to whom", "days", "where", "status", "according to"), cells)
