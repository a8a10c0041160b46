"""Merge the tables of office holders, ours first, into one list without repeats."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
OFFICES = HERE / "offices"
# Title words of the factbook, first that fits; "king sultan" is a king, "prime minister crown prince" a prime minister
_TITLES = tuple("prime minister,premier,president,supreme leader,king,queen,sultan,emir,amir,chancellor,chief minister,chief executive,governor,prince,pope".split(","))
_HOLDER = re.compile(r"^(?P<names>.+?) (?P<from>\d{4}-\d\d-\d\d)(?:/(?P<to>\d{4}-\d\d-\d\d))?(?: (?P<id>Q\d+))?(?P<seen> \?)?$")
_NATIONAL = re.compile(
    r"(president|prime minister|minister of (foreign affairs|external relations|defen[cs]e( of the .*)?)|(secretary of state for )?(foreign|defence)\b.*)$"
)
_SPELT, _ALIKE = 40, 0.55  # days between the first days of one term in two sources; likeness of two spellings of one name
_SLACK = 92  # days; REIGN ends a term with its month, and sources differ by the election and the oath


@dataclass(frozen=True)
class Row:
    """Hold one person's term in one office; ``to`` ends in ``?`` when the person was only last seen then."""

    names: tuple[str, ...]  # "=Surname" among them
    country: str
    sector: str
    role: str
    from_: str
    to: str
    entity: str
    source: str


def rows(path: Path) -> Iterator[list[str]]:
    """Yield the cells of a table's lines."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip("\n").split("\t")


def plain(name: str) -> str:
    """Fold a name for comparing."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if c.isalnum() or c == " ").casefold()


def surname(name: str) -> str:
    """Take the last word of a name; Jr. and numbers do not count."""
    words = [w for w in name.split() if w not in {"Jr.", "Sr."} and not re.fullmatch(r"[IVX]+", w)]
    return words[-1] if words else name


def with_surname(names: list[str]) -> tuple[str, ...]:
    """Add surnames where the table gives none."""
    if any(n.startswith("=") for n in names):
        return tuple(names)
    return (*names, *sorted({f"={surname(n)}" for n in names if " " in n} or {f"={names[0]}"}))


def written() -> Iterator[Row]:
    """Read persons.tsv."""
    for cells in rows(HERE / "persons.tsv"):
        names, country, sector, role, from_, to, entity = cells + [""] * (7 - len(cells))
        yield Row(with_surname(names.split("|")), country if country != "-" else "", sector, role, from_, to.strip(), entity.strip(), "ours")


def listed(file: str, role: str | None) -> Iterator[Row]:
    """Read foreign.tsv, defence.tsv or heads.tsv: holders in order, one ending where the next begins."""
    for cells in rows(OFFICES / file):
        country, office = cells[0], role or cells[1]
        if role == "foreign minister" and country == "USA":
            office = "secretary of state"
        holders = [h.strip() for h in cells[-1].split(";")]
        found = [m for h in holders if (m := _HOLDER.match(h))]
        if len(found) != len(holders):
            raise SystemExit(f"{file}: {country}: cannot read {set(holders) - {m[0] for m in found}}")
        for m, after in zip(found, [*found[1:], None], strict=True):
            to = m["to"] or (after["from"] if after else "")
            yield Row(with_surname(m["names"].split("|")), country, "GOV", office, m["from"], to, m["id"] or "", "ours")


def spellings() -> dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]]:
    """Read the full names of those whom REIGN gives by a short one, by country and short name; a year tells namesakes apart."""
    found: dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for country, pairs in rows(OFFICES / "spellings.tsv"):
        for pair in pairs.split("; "):
            short, _, names = pair.partition("=")
            name, _, year = short.partition("@")
            found[country, name].append((year, with_surname(names.split("|"))))
    return found


def titles() -> list[tuple[str, str, int, int]]:
    """Read which office REIGN's leader held: country, office, first and last year."""
    found = []
    for office, codes in rows(OFFICES / "titles.tsv"):
        for item in codes.split():
            code, _, years = item.partition(":")
            first, _, last = years.partition("-")
            found.append((code, office, int(first or 0), int(last or 9999)))
    return found


def leaders() -> Iterator[Row]:
    """Read REIGN's leaders under their full names and with their offices."""
    full, offices = spellings(), titles()
    for name, country, from_, to in (c + [""] * (4 - len(c)) for c in rows(OFFICES / "reign.tsv")):
        year = from_[:4]
        known = full.get((country, name), [])
        names = next((n for y, n in known if y == year), next((n for y, n in known if not y), None))
        middle = int(year)
        office = next((o for c, o, first, last in offices if c == country and first <= middle < last), "")
        yield Row(names or with_surname([name]), country, "GOV", office, from_, to, "", "REIGN")


def factbook() -> Iterator[Row]:
    """Read the factbook's heads of state and government."""
    for names, country, title, from_ in rows(OFFICES / "factbook.tsv"):
        if "Charles" in names and country != "GBR":
            continue
        yield Row(tuple(names.split("|")), country, "GOV", next((t for t in _TITLES if t in title), ""), from_, "", "", "factbook")


def wikidata() -> Iterator[Row]:
    """Read the ministers; the sector comes from the office's own words."""
    from diurna.resolve.sectors import sector_of

    for name, country, office, from_, to, entity in rows(OFFICES / "wikidata.tsv"):
        head = sector_of(office)
        national = head and head.role in {"foreign minister", "defence minister", "president", "prime minister"} and _NATIONAL.match(office)
        role = head.role if head and national else office
        yield Row(with_surname([name]), country, head.sector if head else "GOV", role, from_, to, entity, "Wikidata")


def merged() -> list[Row]:
    """Read every table; a term that a table before it tells of is left out, but lends its identifier."""
    kept: list[Row] = []
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_office: dict[tuple[str, str], list[int]] = defaultdict(list)
    replaced = {"foreign minister", "secretary of state", "foreign secretary", "defence minister", "defense secretary", "defence secretary"}
    first = [r for r in written() if r.role not in replaced]
    sources = [first, listed("foreign.tsv", "foreign minister"), listed("defence.tsv", "defence minister"), listed("heads.tsv", None), factbook(), wikidata(), leaders()]
    for source in sources:
        fresh = []
        for row in source:
            like = next((i for i in _candidates(row, by_name) if _same(kept[i], row)), None) if source is not first else None
            if like is None and source is not first and (like := next((i for i in by_office.get((row.country, row.role), ()) if _spelt(kept[i], row)), None)) is not None:
                kept[like] = replace(kept[like], names=tuple(dict.fromkeys((*kept[like].names, *row.names))))
            if like is None:
                fresh.append(row)
            elif row.entity and not kept[like].entity:
                kept[like] = replace(kept[like], entity=row.entity)
        for row in fresh:
            kept.append(row)
            if row.role:
                by_office[row.country, row.role].append(len(kept) - 1)
            for name in row.names:
                by_name[row.country, plain(name)].append(len(kept) - 1)
    return _identified(kept)


def _candidates(row: Row, by_name: dict[tuple[str, str], list[int]]) -> list[int]:
    return sorted({i for name in row.names for i in by_name.get((row.country, plain(name)), ())})


def _same(old: Row, new: Row) -> bool:
    """Tell whether two rows tell of one term: the same office or an unnamed one, at the same time."""
    if old.role and new.role and old.role != new.role and old.sector != "ELI":
        return False
    if old.sector == "ELI":
        return False
    return _day(old.from_) - _SLACK <= _day(new.to, 1) and _day(new.from_) - _SLACK <= _day(old.to, 1)


def _spelt(old: Row, new: Row) -> bool:
    """Tell whether two rows give one term under two spellings of a name: it begins at the same time, and the names are alike."""
    if abs(_day(old.from_) - _day(new.from_)) > _SPELT:
        return False
    mine, other = (plain(next((n for n in r.names if " " in n), r.names[0])).replace("al ", "") for r in (old, new))
    return SequenceMatcher(None, mine, other).ratio() > _ALIKE


def _day(iso: str, last: int = 0) -> int:
    """Number a day roughly, 31 to a month; an open end is far away."""
    parts = [int(p) for p in iso.rstrip("?").split("-")] if iso.strip("?") else [9999]
    return parts[0] * 372 + (parts[1] if len(parts) > 1 else 12 * last) * 31 + (parts[2] if len(parts) > 2 else 31 * last)


def _identified(kept: list[Row]) -> list[Row]:
    """Give one person one identifier in every row."""
    known: dict[tuple[str, str], str] = {}
    for row in kept:
        if row.entity:
            known.update({(row.country, plain(n)): row.entity for n in row.names if " " in n and not n.startswith("=")})
    return [row if row.entity else replace(row, entity=next((known[row.country, plain(n)] for n in row.names if (row.country, plain(n)) in known), "")) for row in kept]
