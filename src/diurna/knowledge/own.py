"""A user's own knowledge: a folder of small tables, laid over the packaged ones.

The folder is named by the environment's ``DIURNA_KNOWLEDGE``. It may hold ``persons.tsv``, ``organisations.tsv`` and ``names.tsv`` (``COLUMNS``;
values are parted by tabs, names by ``|``, lines that begin with ``#`` are notes), and ``replace.txt``, which lists the packaged tables that
are to be left out, one a line. An own row comes before a packaged one of the same name; a person's row ends no other, so give its days.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from diurna.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.knowledge.tables import Tables

__all__ = ["COLUMNS", "add_row", "lay_over", "own_folder", "own_rows", "replaced"]

VARIABLE = "DIURNA_KNOWLEDGE"
COLUMNS = {
    "persons": ("names", "country", "sector", "role", "from", "to", "id", "source"),
    "organisations": ("names", "countries", "sector", "id", "from", "to", "founded", "ended"),
    "names": ("words", "country", "kind", "from", "to"),
}
_LIMIT = 32 << 20  # bytes of one table; a folder of more is no table of names


def own_folder() -> Path | None:
    """Give the user's folder, or None when none is named or it does not exist yet."""
    named = os.environ.get(VARIABLE)
    folder = Path(named).expanduser() if named else None
    return folder if folder and folder.is_dir() else None


def replaced(folder: Path | None) -> frozenset[str]:
    """List the packaged tables that the folder's replace.txt leaves out.

    Raises:
        KnowledgeError: D405, if it names another table than ``COLUMNS`` does.
    """
    if folder is None or not (path := folder / "replace.txt").is_file():
        return frozenset()
    names = frozenset(path.read_text("utf-8").split())
    if unknown := names - COLUMNS.keys():
        raise KnowledgeError("D405", f"“{min(unknown)}” is no table; choose of {', '.join(COLUMNS)}", str(path))
    return names


def own_rows(folder: Path, table: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Read one table of a folder.

    Args:
        folder: the folder.
        table: a key of ``COLUMNS``.

    Yields:
        The place of a row (file and line), and its values by column.

    Raises:
        KnowledgeError: D405, if a row has too many values, or the file is no UTF-8 text or too large.
    """
    path = folder / f"{table}.tsv"
    if not path.is_file():
        return
    if path.stat().st_size > _LIMIT:
        raise KnowledgeError("D405", f"a table may have {_LIMIT >> 20} MB at most", str(path))
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise KnowledgeError("D405", f"not UTF-8 text ({error.reason})", str(path)) from error
    columns = COLUMNS[table]
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [c.strip() for c in line.split("\t")]
        if len(cells) > len(columns):
            raise KnowledgeError("D405", f"{len(cells)} values where there are {len(columns)} columns: {', '.join(columns)}", f"{path}:{number}")
        yield f"{path}:{number}", dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True))


def lay_over(tables: Tables, folder: Path) -> None:
    """Put a folder's rows before the tables' own.

    Args:
        tables: the tables, changed in place.
        folder: the user's folder.

    Raises:
        KnowledgeError: D405, if a row is wrong; it names the line and what is wrong with it.
    """
    from diurna.knowledge.checker import row_problems
    from diurna.knowledge.tables import CountryName, Organisation, fold

    for table in COLUMNS:
        for where, row in own_rows(folder, table):
            if problems := row_problems(table, row, tables):
                raise KnowledgeError("D405", problems[0], where)
            if table == "persons":
                _file_person(tables, row)
            elif table == "organisations":
                names = row["names"].split("|")
                countries = tuple(c for c in row["countries"].split(",") if c and c != "-")
                body = Organisation(_entity("org", row, names[0]), names[0], countries, row["sector"], row["from"], row["to"], founded=row["founded"], ended=row["ended"])
                for name in names:
                    tables.file(fold(name), body._replace(cased=name[:1].isupper()), first=True)
            else:
                tables.file(fold(row["words"]), CountryName(row["country"], row["kind"], row["from"], row["to"]), first=True)


def _file_person(tables: Tables, row: dict[str, str]) -> None:
    from diurna.knowledge.tables import Person, fold

    names = row["names"].split("|")
    country = row["country"] if row["country"] != "-" else ""
    person = Person(_entity("person", row, names[0]), names[0].removeprefix("="), country, row["sector"], row["role"], row["from"], row["to"], row["source"] or "own")
    tables.people.append(person)
    surnames = [n[1:] for n in names if n.startswith("=")] or sorted({n.split()[-1] for n in names})
    for name in (n for n in names if not n.startswith("=")):
        tables.file(fold(name), person, first=True)
    for name in surnames:
        tables.surnames.setdefault(fold(name), []).insert(0, person)


def _entity(kind: str, row: dict[str, str], name: str) -> str:
    from diurna.knowledge.tables import fold

    return row["id"] or f"{kind}:{fold(name.removeprefix('=')).replace(' ', '-')}"


def add_row(folder: Path, table: str, row: dict[str, str]) -> Path:
    """Write a row at the end of a folder's table; the folder and the table are made if need be.

    Args:
        folder: the user's folder.
        table: a key of ``COLUMNS``.
        row: values by column; those left out are empty.

    Returns:
        The table's file.

    Raises:
        KnowledgeError: D404, if the folder or the table cannot be written.
    """
    path = folder / f"{table}.tsv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        with path.open("a", encoding="utf-8") as file:
            if new:
                file.write("# " + "\t".join(COLUMNS[table]) + "\n")
            file.write("\t".join(row.get(c, "") for c in COLUMNS[table]).rstrip("\t") + "\n")
    except OSError as error:
        raise KnowledgeError("D404", f"cannot be written ({error.strerror})", str(path)) from error
    return path
