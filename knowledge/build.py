"""Build the packaged knowledge tables from the hand-written tables here and from the files of fact.

    python knowledge/build.py FACTS_FOLDER

FACTS_FOLDER holds ``factbook.jsonl``, ``leaders_reign.csv`` and ``ministers_*.csv`` (see SOURCES.md). The built files are committed: nobody needs
to run this to use or to test the package. ``rigour`` (MIT) is needed here only.
"""

from __future__ import annotations

import calendar
import csv
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src/diurna/knowledge"
sys.path.insert(0, str(HERE.parent / "src"))

MINISTERS = {"china": "CHN", "hungary": "HUN", "iran": "IRN", "russia": "RUS", "ukraine": "UKR", "united": "GBR"}
FACTBOOK_DAY = "2026-01"  # the edition's date: later changes are unknown to it
# Words that begin a title in the factbook; the name follows (its surname is in capitals)
_TITLE = re.compile(
    r"^(?:(?:Interim|Acting|Transitional|Federal|State|Prime|First|Vice|Supreme|overall|Taliban|President|Minister|Premier|King|Queen|Sultan|Emir|Amir|"
    r"Prince|Grand|Duke|Crown|Chancellor|Pope|Chief|Executive|Leader|General|Governor|Chairman|of|the|Government|Administration|Sovereign|Council|Gen\.|"
    r"Lt\.|Col\.|Dr\.|Sir|Dame|Transition|Transitional|Gnu|GNU|CNSP|Captain|Lieutenant|Brigadier|Sheikh|Sayyid)\s+)+"
)
# Offices that get into the news by name; ambassadors and junior ministers are left out to keep the table small
_OFFICE = re.compile(
    r"^(President|Prime Minister|Premier|(First )?(Deputy Prime Minister|Vice Premier|Vice President)|Supreme Leader|"
    r"(Minister|Secretary of State|Chief|Head|Governor|Mayor|mayor|Chairman|Speaker|Secretary|Commander|Prosecutor|Chancellor|Permanent Rep|"
    r"Director|Foreign|Home|Defence|General Secretary|State Councilor|Deputy Minister of Foreign|Deputy Minister of Def|President of))"
)
_JUNIOR = re.compile(r"^Minister (of State|for)|Lord of|Permanent Secretary|Financial Secretary|Economic Secretary|Chief (Whip|Constable)|Scotland|Wales|Business")
_SINCE = re.compile(r"^(.+?) \(since (?:(\d{1,2}) )?(?:([A-Z][a-z]+) )?(\d{4})\)")
MONTHS = {name: i for i, name in enumerate(calendar.month_name) if name}


def rows(path: Path) -> Iterator[list[str]]:
    """Yield the cells of a hand-written table's lines."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip("\n").split("\t")


def pad(cells: list[str], size: int) -> list[str]:
    """Fill a row's missing last cells with nothing."""
    return [c.strip() for c in cells] + [""] * (size - len(cells))


def slug(name: str) -> str:
    """Make an identifier's last part of a name."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")


def write(name: str, header: str, lines: list[list[str]]) -> None:
    """Write a packaged table."""
    text = f"# {header}\n" + "".join("\t".join(line) + "\n" for line in lines)
    (OUT / name).write_text(text, "utf-8")
    print(f"{name}: {len(lines)} rows, {len(text.encode())} bytes")


def many(word: str) -> str | None:
    """Form the plural of a demonym; None where the word serves for both."""
    if word.endswith(("ese", "sh", "ch", "ss", "s", "men", "é", "abe", "oi", "asy", "otho", ".")) or word.isupper():
        return None
    if word in {"New Zealand", "Hong Kong", "Taiwan", "Singapore", "Vatican", "Myanmar", "Solomon Islands", "Philippine", "I-Kiribati", "Kosovo Albanian "}:
        return None
    return word + "s"


def folded(words: str) -> str:
    """Fold words into their look-up key; one written ``=Surname`` keeps its mark."""
    from diurna.knowledge.tables import key, tokens_of

    mark = "=" if words.startswith("=") else ""
    return mark + " ".join(key(w) for w in tokens_of(words.removeprefix("=")))


def keys_of(names: str) -> str:
    """Fold every name of a row; organisations written with a small letter are found in either case, which ``~`` marks."""
    return "|".join(dict.fromkeys(folded(n) if n[0] == "=" or n[0].isupper() else "~" + folded(n) for n in names.split("|")))


def countries() -> None:
    """Write countries.tsv and names.tsv."""
    from rigour.territories import get_territories

    known = {t.alpha3.upper(): t for t in get_territories() if t.alpha3}
    known["XKX"] = next(t for t in get_territories() if t.code == "xk")
    lines, names, abbreviations = [], [], {}
    for cells in rows(HERE / "countries.tsv"):
        code, cow, reign, name, others, adjectives, capitals = pad(cells, 7)
        territory = known.get(code)
        alpha2 = territory.code.upper() if territory and len(territory.code) == 2 else ""
        entity = (territory.qid if territory else "") or f"country:{code.lower()}"
        lines.append([code, alpha2, cow, entity, name])
        abbreviations |= dict.fromkeys(filter(None, reign.split("|")), code)
        names += [[n, code, "name", "", ""] for n in [name, *others.split("|")] if n]
        for adjective in filter(None, adjectives.split("|")):
            if adjective.startswith("="):
                names.append([adjective[1:], code, "people", "", ""])
                continue
            names.append([adjective, code, "adjective", "", ""])
            if plural := many(adjective):
                names.append([plural, code, "people", "", ""])
        names += [[c, code, "capital", "", ""] for c in capitals.split("|") if c]
    kinds = {n[0]: n[2] for n in names}
    for cells in rows(HERE / "dated_names.tsv"):
        words, code, from_, to = pad(cells, 4)
        names.append([words, code, kinds.get(words, "capital"), from_, to])
    write("countries.tsv", "alpha-3\talpha-2\tCOW number\tWikidata id\tEnglish name", lines)
    names = [[folded(n[0]), *n[1:]] for n in names]
    write("names.tsv", "key\talpha-3\tkind\tfrom\tto", names)
    ABBREVIATIONS.update(abbreviations)


ABBREVIATIONS: dict[str, str] = {}


def organisations() -> None:
    """Write organisations.tsv; a source line that begins with * lists bodies that share country and sector."""
    lines = []
    for path in sorted((HERE / "organisations").glob("*.tsv")):
        for cells in rows(path):
            names, country, sector, entity, from_, to = pad(cells, 6)
            groups = names[1:].split("|") if names.startswith("*") else [names]
            for group in groups:
                first = group.split("|")[0]
                lines.append([entity or f"org:{slug(first)}", first, keys_of(group), country, sector, from_, to])
    write("organisations.tsv", "id\tname\tkeys (~ in either case)\tcountries\tsector\tfrom\tto", lines)


def surname(name: str) -> str:
    """Take the last word of a name, with a particle before it left out; Jr. and numbers do not count."""
    words = [w for w in name.split() if w not in {"Jr.", "Sr."} and not re.fullmatch(r"[IVX]+", w)]
    return words[-1] if words else name


def written_persons() -> list[list[str]]:
    """Read persons.tsv as written by hand."""
    lines = []
    for cells in rows(HERE / "persons.tsv"):
        names, country, sector, role, from_, to, entity = pad(cells, 7)
        every = names.split("|")
        if not any(n.startswith("=") for n in every):
            every += sorted({f"={surname(n)}" for n in every if " " in n} or {f"={every[0]}"})
        lines.append([entity or f"person:{slug(every[0])}", "|".join(every), country if country != "-" else "", sector, role, from_, to])
    return lines


def reign(folder: Path) -> Iterator[list[str]]:
    """Read REIGN's leaders; its names are short, and its end is given by month."""
    lines = [decoded(line) for line in (folder / "leaders_reign.csv").read_bytes().splitlines()]
    for row in csv.DictReader(lines):
        code = ABBREVIATIONS.get(row["stateabb"])
        if not code or not row["syear"]:
            continue
        start = f"{int(row['syear']):04}-{int(row['smonth'] or 1):02}-{int(row['sdate'] or 1):02}"
        end = ""
        if row["eyear"]:
            year, month = int(row["eyear"]), int(row["emonth"] or 12)
            end = f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
        elif start < "2021":
            end = "2021-03-31"  # REIGN's last month
        name = row["leader"].strip()
        yield [f"person:{slug(name)}-{code.lower()}", f"{name}|={surname(name)}", state_then(code, start), "GOV", "", start, end]


def decoded(line: bytes) -> str:
    """Decode a line of REIGN, whose lines come from editors of several encodings."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("mac_roman")


def state_then(code: str, day: str) -> str:
    """Give the state that a COW code stood for on a day (ISO 3166-3 codes for states that are gone)."""
    if code == "RUS" and day < "1991-07-10":
        return "SUN"
    if code == "CZE" and day < "1993":
        return "CSK"
    if code == "YUG" and day >= "2006-06-05":
        return "SRB"
    return code


def factbook(folder: Path) -> Iterator[list[str]]:
    """Read heads of state and government with the day they took office."""
    from diurna.knowledge.tables import load_tables

    tables = load_tables()
    for line in (folder / "factbook.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        code = tables.country_named("Myanmar" if row["name"] == "Burma" else row["name"])
        for office in ("chief_of_state", "head_of_government"):
            found = _SINCE.match(row[office])
            if not (code and found and found[4] and not re.search(r"[,()]", found[1]) and (capitals := re.findall(r"\b[^\W\d_][^\W\d_'’-]*[A-ZÀ-Þ'’-]{2,}\b", found[1]))):
                continue
            title = _TITLE.match(found[1])
            name = " ".join(w.title() if w.isupper() else w for w in found[1][title.end() if title else 0 :].split())
            month, day = MONTHS.get(found[3] or "", 1), int(found[2] or 1)
            role = (title[0].strip().lower() if title else "").replace("overall ", "")
            last = next((w for w in capitals if w.isupper()), capitals[0]).title()
            yield [f"person:{slug(name)}", f"{name}|={last}", code, "GOV", role, f"{found[4]}-{month:02}-{day:02}", ""]


def ministers(folder: Path) -> Iterator[list[str]]:
    """Read the ministers' files; the sector comes from the office's own words."""
    from diurna.resolve.sectors import sector_of

    for name, code in MINISTERS.items():
        with (folder / f"ministers_{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                person, office = (row["person"] or "").strip(), (row["position"] or "").strip()
                if not re.fullmatch(r"Q\d+", row["personID"] or "") or not row["start"] or not person or person.startswith("Q"):
                    continue
                if not _OFFICE.search(office) or _JUNIOR.search(office):
                    continue
                head = sector_of(office.casefold())
                role = re.sub(r"^minister of foreign affairs$", "foreign minister", office.casefold())
                yield [
                    row["personID"], f"{person}|={surname(person)}", code, head.sector if head else "GOV", role, row["start"][:10],
                    (row["end"] or "")[:10] or "2022-08-31",
                ]


def persons(folder: Path) -> None:
    """Write persons.tsv: hand-written rows first, as these win."""
    lines = written_persons()
    covered = {(n.lstrip("="), line[2]) for line in lines for n in line[1].split("|")}
    for line in [*factbook(folder), *ministers(folder), *reign(folder)]:
        names = [n.lstrip("=") for n in line[1].split("|")]
        if (names[0], line[2]) in covered and line[0].startswith("person:"):
            continue
        lines.append(line)
    lines = [[line[0], line[1].split("|")[0].removeprefix("="), keys_of(line[1]).replace("~", ""), *line[2:]] for line in lines]
    write("persons.tsv", "id\tname\tkeys (= before a surname)\tcountry\tsector\trole\tfrom\tto", lines)


if __name__ == "__main__":
    countries()
    organisations()
    (OUT / "persons.tsv").write_text("", "utf-8")  # sectors are read while persons are built
    persons(Path(sys.argv[1]))
