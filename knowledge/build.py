"""Build the packaged knowledge tables from the tables here.

    python knowledge/build.py

The built files are committed: nobody needs to run this to use or to test the package. ``rigour`` (MIT) is needed here only. Facts from elsewhere
were carried over into the tables here by ``carry_over.py``.
"""

from __future__ import annotations

import calendar
import re
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src/diurna/knowledge"
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

def rows(path: Path) -> Iterator[list[str]]:
    """Yield the cells of a hand-written table's lines."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip("\n").split("\t")


def pad(cells: list[str], size: int) -> list[str]:
    """Fill a row's missing last cells with nothing."""
    return [c.strip() for c in cells] + [""] * (size - len(cells))


def whole(day: str, *, last: bool = False) -> str:
    """Complete a year or a month to its first or last day; a ? at its end stays."""
    bare, mark = day.rstrip("?"), "?" * day.endswith("?")
    if len(bare) == 4:
        return bare + ("-12-31" if last else "-01-01") + mark
    if len(bare) == 7:
        days = calendar.monthrange(int(bare[:4]), int(bare[5:]))[1]
        return f"{bare}-{days if last else 1:02}{mark}"
    return day


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
    lines, names = [], []
    for cells in rows(HERE / "countries.tsv"):
        code, cow, _, name, others, adjectives, capitals = pad(cells, 7)
        territory = known.get(code)
        alpha2 = territory.code.upper() if territory and len(territory.code) == 2 else ""
        entity = (territory.qid if territory else "") or f"country:{code.lower()}"
        lines.append([code, alpha2, cow, entity, name])
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


def organisations() -> None:
    """Write organisations.tsv; a source line that begins with * lists bodies that share country and sector."""
    lines = []
    for path in sorted((HERE / "organisations").glob("*.tsv")):
        for cells in rows(path):
            names, country, sector, entity, from_, to = pad(cells, 6)
            groups = names[1:].split("|") if names.startswith("*") else [names]
            for group in groups:
                first = group.split("|")[0]
                lines.append([entity or f"org:{slug(first)}", first, keys_of(group), country, sector, from_, to, "", ""])
    dated(lines)
    for cells in rows(HERE / "groups.tsv"):
        names, country, _ = pad(cells, 3)
        first = names.split("|")[0]
        lines.append([f"group:{slug(first)}", first, keys_of(names), country, "CVL", "", "", "", ""])
    write("organisations.tsv", "id\tname\tkeys (~ in either case)\tcountries\tsector\tfrom\tto\tfounded\tended", lines)


def dated(lines: list[list[str]]) -> None:
    """Add founding and ending years, and merge bodies that are one under several names."""
    by_name: dict[str, list[list[str]]] = {}
    for line in lines:
        by_name.setdefault(line[1], []).append(line)
    for cells in rows(HERE / "organisation_dates.tsv"):
        names, founded, ended = pad(cells, 3)
        first, *others = names.split("|")
        if first not in by_name:
            raise SystemExit(f"organisation_dates.tsv: {first} is no organisation")
        for line in by_name[first]:
            line[7], line[8] = founded, ended
            for other in others:
                for twin in [t for t in by_name.get(other, []) if t is not line and t[3:5] == line[3:5]]:
                    line[2] = "|".join(dict.fromkeys([*line[2].split("|"), *twin[2].split("|")]))
                    lines.remove(twin)
                    by_name[other].remove(twin)


def persons() -> None:
    """Write persons.tsv: hand-written rows first, as these win."""
    from offices import merged

    lines = []
    for row in merged():
        name = row.names[0].removeprefix("=")
        keys = keys_of("|".join(row.names)).replace("~", "")
        lines.append([row.entity or f"person:{slug(name)}", name, keys, row.country, row.sector, row.role, whole(row.from_), whole(row.to, last=True), row.source])
    write("persons.tsv", "id\tname\tkeys (= before a surname)\tcountry\tsector\trole\tfrom\tto (? when only last seen then)\tsource", lines)


if __name__ == "__main__":
    countries()
    organisations()
    persons()
