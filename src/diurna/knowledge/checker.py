"""Check knowledge tables: codes, sectors, dates, identifiers, names that stand twice, offices with two holders."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from diurna.ontology import INTERNATIONAL, SECTORS

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.knowledge.tables import Person, Tables

__all__ = ["check_folder", "check_tables", "rival_terms", "row_problems"]

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d\??)?)?$")
_YEAR = re.compile(r"\d{4}$")
_ENTITY = re.compile(r"(Q[1-9]\d*|[a-z]+:[^\s:]+)$")
_KINDS = ("name", "adjective", "people", "capital")
_ONE_HOLDER = ("prime minister", "foreign minister", "secretary of state", "defence minister")
_RIVALS = timedelta(days=92)  # terms that overlap by more than this are told
_NO_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def row_problems(table: str, row: dict[str, str], tables: Tables) -> list[str]:
    """Tell what is wrong with one row of a user's table.

    Args:
        table: persons, organisations or names.
        row: its values by column (``diurna.knowledge.own.COLUMNS``).
        tables: the tables, for the codes they know.

    Returns:
        One sentence a problem, saying what to write instead; empty when the row is sound.
    """
    found = [f"{column}: no control characters" for column, value in row.items() if _NO_CONTROL.search(value)]
    names = (row.get("names") or row.get("words") or "").split("|")
    if not all(n.strip("= ") for n in names):
        found.append("a name is empty")
    codes = filter(None, (row.get("countries") or row.get("country") or "").split(","))
    known = tables.countries.keys() | INTERNATIONAL | {"-"}
    found += [f"“{code}” is no ISO 3166 alpha-3 code, IGO, NGO or MNC" for code in codes if code not in known]
    if table == "names":
        if row["kind"] not in _KINDS:
            found.append(f"kind is one of {', '.join(_KINDS)}")
        if not row["country"]:
            found.append("a name needs its country")
    elif row["sector"] not in SECTORS:
        found.append(f"“{row['sector']}” is no sector; “diurna ontology” lists them")
    if row.get("id") and not _ENTITY.match(row["id"]):
        found.append(f"“{row['id']}” is no identifier: write a Wikidata id (Q42) or one of your own (org:name, person:name)")
    return found + _date_problems(row)


def _date_problems(row: dict[str, str]) -> list[str]:
    found = [f"“{row[c]}” is no ISO 8601 day, month or year" for c in ("from", "to") if row.get(c) and not _is_day(row[c])]
    found += [f"“{row[c]}” is no year" for c in ("founded", "ended") if row.get(c) and not _YEAR.match(row[c])]
    if not found and row.get("from") and row.get("to") and row["from"] > row["to"].rstrip("?"):
        found.append(f"it ends ({row['to']}) before it begins ({row['from']})")
    if not found and row.get("founded") and row.get("ended") and row["founded"] > row["ended"]:
        found.append(f"it ended ({row['ended']}) before it was founded ({row['founded']})")
    return found


def _is_day(text: str) -> bool:
    if not _DAY.match(text):
        return False
    parts = [int(p) for p in text.rstrip("?").split("-")]
    try:
        date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)  # noqa: PLR2004 - year, month, day
    except ValueError:
        return False
    return True


def check_folder(folder: Path, tables: Tables) -> tuple[dict[str, int], list[str]]:
    """Check a user's folder.

    Args:
        folder: the folder.
        tables: the tables, for the codes they know.

    Returns:
        The number of rows of each table, and the problems, each with its file and line.

    Raises:
        KnowledgeError: D405, if a table cannot be read at all.
    """
    from diurna.knowledge.own import COLUMNS, own_rows

    counts: dict[str, int] = {}
    problems: list[str] = []
    for table in COLUMNS:
        seen: dict[tuple[str, ...], str] = {}
        for where, row in own_rows(folder, table):
            counts[table] = counts.get(table, 0) + 1
            problems += [f"{where}: {p}" for p in row_problems(table, row, tables)]
            mine = tuple(row.values())
            if mine in seen:
                problems.append(f"{where}: the same row stands at {seen[mine]}")
            seen.setdefault(mine, where)
    return counts, problems


def check_tables(tables: Tables) -> tuple[dict[str, int], list[str]]:
    """Check loaded tables, the packaged ones with any of the user's.

    Args:
        tables: the tables.

    Returns:
        The number of countries, names, organisations and persons, and the problems found.
    """
    from diurna.knowledge.tables import CountryName, Organisation

    problems: list[str] = []
    bodies: set[Organisation] = set()
    names = 0
    for phrase, entries in tables.phrases.items():
        for entry in entries:
            if isinstance(entry, CountryName):
                names += 1
                if entry.code not in tables.countries:
                    problems.append(f"name “{phrase}”: there is no country {entry.code}")
            elif isinstance(entry, Organisation):
                bodies.add(entry._replace(cased=True))
    for body in sorted(bodies):
        row = {"names": body.name, "countries": ",".join(body.countries), "sector": body.sector, "id": body.entity}
        row |= {"from": body.from_, "to": body.to, "founded": body.founded, "ended": body.ended}
        problems += [f"organisation {body.name}: {p}" for p in row_problems("organisations", row, tables)]
    for person in tables.people:
        row = {"names": person.name, "country": person.country, "sector": person.sector, "id": person.entity, "from": person.from_, "to": person.to}
        problems += [f"person {person.name}: {p}" for p in row_problems("persons", row, tables)]
    return {"countries": len(tables.countries), "names": names, "organisations": len(bodies), "terms": len(tables.people)}, problems


def rival_terms(people: list[Person]) -> list[str]:
    """Find terms in one office that overlap by more than sources differ: two governments, an acting minister, or a wrong date.

    Args:
        people: terms of office.

    Returns:
        One line a pair, to be looked at; the names stay candidates for those days.
    """
    terms: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in people:
        if person.role in _ONE_HOLDER and person.sector == "GOV" and person.from_:
            terms[person.country, person.role].append(person)
    found = []
    for (country, role), held in sorted(terms.items()):
        held.sort(key=lambda p: p.from_)
        for first, second in pairwise(held):
            end = date.fromisoformat(first.to.rstrip("?")) if first.to else date.max
            if first.name.split()[-1] != second.name.split()[-1] and end - date.fromisoformat(second.from_) > _RIVALS:
                found.append(f"{role} of {country}: {first.name} (to {first.to or 'now'}) and {second.name} (from {second.from_})")
    return found
