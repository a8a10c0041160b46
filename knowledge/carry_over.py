"""Carry the facts that office holders are known by over from the files of fact into tables of our own.

    python knowledge/carry_over.py FACTS_FOLDER

FACTS_FOLDER holds ``leaders_reign.csv``, ``factbook.jsonl`` and ``ministers_*.csv`` (see SOURCES.md). Written are ``offices/reign.tsv``,
``offices/factbook.tsv`` and ``offices/wikidata.tsv``, which are committed: nobody needs to run this to build or to use the package.
"""

from __future__ import annotations

import calendar
import csv
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
OFFICES = HERE / "offices"
sys.path.insert(0, str(HERE.parent / "src"))

MINISTERS = {"china": "CHN", "hungary": "HUN", "iran": "IRN", "russia": "RUS", "ukraine": "UKR", "united": "GBR"}
# Words that begin a title in the factbook; the name follows (its surname is in capitals)
_TITLE = re.compile(
    r"^(?:(?:Interim|Acting|Transitional|Caretaker|Federal|State|Prime|First|Vice|Supreme|overall|Taliban|President|Minister|Premier|King|Queen|Sultan|Emir|Amir|"
    r"Emperor|Prince|Grand|Duke|Crown|Chancellor|Pope|Chief|Executive|Leader|General|Governor|Chairman|Chairperson|of|the|Government|Administration|Sovereign|"
    r"Council|Ministers|Commission|Presidential|Affairs|Leadership|Secretary|Foreign|and|Political|for|Gen\.|Co-prince|Lord|Mann|"
    r"Lt\.|Col\.|Dr\.|Sir|Dame|Transition|Gnu|GNU|CNSP|Captain|Lieutenant|Brigadier|Sheikh|Sayyid)\s+)+"
)
# Offices that get into the news by name; ambassadors and junior ministers are left out to keep the table small
_OFFICE = re.compile(
    r"^(President|Prime Minister|Premier|(First )?(Deputy Prime Minister|Vice Premier|Vice President)|Supreme Leader|"
    r"(Minister|Secretary of State|Chief|Head|Governor|Mayor|mayor|Chairman|Speaker|Secretary|Commander|Prosecutor|Chancellor|Permanent Rep|"
    r"Director|Foreign|Home|Defence|General Secretary|State Councilor|Deputy Minister of Foreign|Deputy Minister of Def|President of))"
)
_JUNIOR = re.compile(r"^Minister (of State|for)|Lord of|Permanent Secretary|Financial Secretary|Economic Secretary|Chief (Whip|Constable)|Scotland|Wales|Business")
_SINCE = re.compile(r"^(.+?) \(since (?:(\d{1,2}) )?(?:([A-Z][a-z]+) )?(\d{4})\)")
_NOTE = re.compile(r"\s*\((?:\d\w\w time|f|acting)\)|\s+\(f\)")
MONTHS = {name: i for i, name in enumerate(calendar.month_name) if name}
LAST_OF_REIGN = "2021-03-31"


def write(name: str, header: str, lines: list[list[str]]) -> None:
    """Write one table."""
    (OFFICES / name).write_text(f"# {header}\n" + "".join("\t".join(line) + "\n" for line in lines), "utf-8")
    print(f"offices/{name}: {len(lines)} rows")


def decoded(line: bytes) -> str:
    """Decode a line of REIGN, whose lines come from editors of several encodings."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("mac_roman")


def abbreviations() -> dict[str, str]:
    """Map REIGN's letters for a state to our code."""
    found = {}
    for line in (HERE / "countries.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#") and line.strip():
            code, _, letters, *_ = line.split("\t")
            found |= dict.fromkeys(filter(None, letters.split("|")), code)
    return found


def state_then(code: str, day: str) -> str:
    """Give the state that a COW code stood for on a day (ISO 3166-3 codes for states that are gone)."""
    if code == "RUS" and day < "1991-07-10":
        return "SUN"
    if code == "CZE" and day < "1993":
        return "CSK"
    if code == "YUG" and day >= "2006-06-05":
        return "SRB"
    return code


def reign(folder: Path) -> Iterator[list[str]]:
    """Read REIGN's leaders; its end is given by month."""
    states = abbreviations()
    for row in csv.DictReader([decoded(line) for line in (folder / "leaders_reign.csv").read_bytes().splitlines()]):
        code = states.get(row["stateabb"])
        if not code or not row["syear"]:
            continue
        start = f"{int(row['syear']):04}-{int(row['smonth'] or 1):02}-{int(row['sdate'] or 1):02}"
        end = ""
        if row["eyear"]:
            year, month = int(row["eyear"]), int(row["emonth"] or 12)
            end = f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
        elif start < "2021":
            end = LAST_OF_REIGN + "?"
        yield [_NOTE.sub("", row["leader"]).strip(), state_then(code, start), start, end]


def factbook(folder: Path) -> Iterator[list[str]]:
    """Read heads of state and government with the day they took office."""
    from diurna.knowledge.tables import load_tables

    tables = load_tables()
    for line in (folder / "factbook.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        code = tables.country_named("Myanmar" if row["name"] == "Burma" else row["name"])
        for office in ("chief_of_state", "head_of_government"):
            found = _SINCE.match(row[office])
            capitals = re.findall(r"\b[^\W\d_][^\W\d_'’-]*[A-ZÀ-Þ'’-]{2,}\b", found[1]) if found else []
            if not (code and found and found[4] and capitals and not re.search(r"[,()]", found[1])):
                continue
            title = _TITLE.match(found[1])
            name = " ".join(w.title() if w.isupper() and not re.fullmatch(r"[IVX]+", w) else w for w in found[1][title.end() if title else 0 :].split())
            role = (title[0].strip().lower() if title else "").replace("overall ", "")
            last = next((w for w in capitals if w.isupper()), capitals[0]).title()
            yield [f"{name}|={last}", code, role, f"{found[4]}-{MONTHS.get(found[3] or '', 1):02}-{int(found[2] or 1):02}"]


def ministers(folder: Path) -> Iterator[list[str]]:
    """Read the ministers' files."""
    for name, code in MINISTERS.items():
        with (folder / f"ministers_{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                person, office = (row["person"] or "").strip(), (row["position"] or "").strip()
                named = re.fullmatch(r"Q\d+", row["personID"] or "") and row["start"] and person and not person.startswith("Q")
                if named and _OFFICE.search(office) and not _JUNIOR.search(office):
                    yield [person, code, office.casefold(), row["start"][:10], (row["end"] or "")[:10] or "2022-08-31?", row["personID"]]


def main() -> None:
    """Write the three tables."""
    folder = Path(sys.argv[1])
    write("reign.tsv", "name as in REIGN (MIT)\tcountry\tfrom\tto (? when only last seen then)", list(reign(folder)))
    write("factbook.tsv", "name, =Surname, from factbook.json (CC0), January 2026\tcountry\ttitle\tfrom", list(factbook(folder)))
    write("wikidata.tsv", "name, from Wikidata (CC0), August 2022\tcountry\toffice\tfrom\tto (? when only last seen then)\tWikidata id", list(ministers(folder)))


if __name__ == "__main__":
    main()
