"""Build a gazetteer from a GeoNames dump (https://download.geonames.org/export/dump/, readme.txt: 19 columns, tab-separated, UTF-8)."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from diurna.errors import InputError
from diurna.knowledge.gazetteer import key_of
from diurna.knowledge.tables import load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SCHEMA", "Counts", "build_gazetteer"]

SCHEMA = (
    "create table place (id integer primary key, geonames integer, name text, country text, admin1 text, lat real, lon real, population integer, precision text);"
    "create table name (key text, place integer, primary key (key, place)) without rowid;"
)
_COLUMNS = 19
# Precision by feature code, else by feature class (geonames.org/export/codes.html): what is not listed is no place that news speaks of
_BY_CODE = {"PCLI": "country", "PCLD": "country", "PCLS": "country", "PCLF": "country", "TERR": "admin1", "ADM1": "admin1", "ADM2": "admin2", "ADM3": "admin2"}
_BY_CODE |= dict.fromkeys(("ISL", "ISLS", "PEN", "MT", "MTS", "PASS", "VAL", "SEA", "STRT", "GULF", "BAY", "LK", "STM", "RGN", "AREA", "DSRT", "CNL", "CAPE", "HBR"), "vague")
_BY_CODE |= dict.fromkeys(("AIRP", "AIRB", "MILB", "NUC", "PRN", "DAM", "BDG", "CMPRF", "MSQE", "PAL", "GATE", "OILF", "MN", "PRT", "UNIV", "HSP", "SQR"), "point")
_GONE = frozenset({"PPLH", "PPLQ", "PPLCH"})  # towns that are no more


@dataclass(frozen=True, slots=True)
class Counts:
    """Count what was written: places, names, and lines of the dump passed over."""

    places: int
    names: int
    passed_over: int


def build_gazetteer(dump: Path, output: Path, *, admin1: Path | None = None, least: int = 0) -> Counts:
    """Build a gazetteer that ``Gazetteer(path)`` opens.

    Args:
        dump: the dump, plain or gzip.
        output: the file to write; it replaces what is there once it is whole.
        admin1: ``admin1CodesASCII.txt`` for the names of first-level regions; without it they are null.
        least: inhabitants under which towns are left out.

    Returns:
        What was written.

    Raises:
        InputError: D228 if a line of the dump is none of GeoNames; D211 if a file cannot be opened.
    """
    regions = dict(_regions(admin1)) if admin1 else {}
    half = output.with_name(output.name + ".part")
    half.unlink(missing_ok=True)
    passed = number = names = 0
    try:
        with closing(sqlite3.connect(half)) as base:
            base.executescript(SCHEMA)
            for row in _rows(dump):
                precision = _precision(row)
                if precision is None or (precision == "city" and int(row[14] or 0) < least):
                    passed += 1
                    continue
                number += 1
                country, region = _alpha3().get(row[8]), regions.get(f"{row[8]}.{row[10]}")
                place = (number, int(row[0]), row[1], country, region, float(row[4]), float(row[5]), int(row[14] or 0), precision)
                base.execute("insert into place values (?,?,?,?,?,?,?,?,?)", place)
                keys = {key for name in (row[1], row[2], *row[3].split(",")) if (key := key_of(name))}
                base.executemany("insert or ignore into name values (?, ?)", [(key, number) for key in sorted(keys)])
                names += len(keys)
            base.commit()
        half.replace(output)
    finally:
        half.unlink(missing_ok=True)
    return Counts(number, names, passed)


def _precision(row: list[str]) -> str | None:
    if row[7] in _GONE:
        return None
    return "city" if row[6] == "P" else _BY_CODE.get(row[7])


def _rows(dump: Path) -> Iterator[list[str]]:
    try:
        with gzip.open(dump, "rt", encoding="utf-8") if dump.suffix == ".gz" else dump.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                row = line.rstrip("\n").split("\t")
                if len(row) != _COLUMNS or not row[0].isdigit() or not _degrees(row[4], 90) or not _degrees(row[5], 180):
                    raise InputError("D228", f"a GeoNames dump has {_COLUMNS} columns, the first a number, the fifth and sixth degrees", f"{dump}:{number}")
                yield row
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("D211", f"the dump cannot be read ({error})", str(dump)) from error


def _degrees(words: str, most: int) -> bool:
    try:
        return abs(float(words)) <= most
    except ValueError:
        return False


def _regions(path: Path) -> Iterator[tuple[str, str]]:
    try:
        for line in path.read_text("utf-8").splitlines():
            code, name, *_ = line.split("\t")
            yield code, name
    except (OSError, ValueError) as error:
        raise InputError("D211", f"the names of regions cannot be read ({error})", str(path)) from error


@cache
def _alpha3() -> dict[str, str]:
    return {c.alpha2: code for code, c in load_tables().countries.items() if c.alpha2}
