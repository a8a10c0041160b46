"""Look places up in the packaged gazetteer (GeoNames, CC BY 4.0, and our own table of regions)."""

from __future__ import annotations

import os
import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from diurna.errors import KnowledgeError

__all__ = ["Entry", "Gazetteer", "gazetteer", "key_of"]

_APOSTROPHES = re.compile(r"['’‘`ʼʿʾ.]")
_SEPARATORS = re.compile(r"[\s\-–_/]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold a place: GeoNames id if it has one, alpha-3 country, name of its first-level region, WGS 84 degrees, inhabitants, precision."""

    geonames: str | None
    name: str
    country: str | None
    admin1: str | None
    lat: float
    lon: float
    population: int
    precision: str


@lru_cache(maxsize=50_000)
def key_of(name: str) -> str:
    """Reduce a name to the form it is looked up by: no case, accents, apostrophes or stops; hyphens as spaces.

    >>> key_of("Saint-Étienne"), key_of("Sana'a")
    ('saint etienne', 'sanaa')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _SEPARATORS.sub(" ", _APOSTROPHES.sub("", plain.casefold())).strip()


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(None if row[0] is None else str(row[0]), *row[1:])


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
    base.execute("select 1 from name limit 1")
    return base


class Gazetteer:
    """Open gazetteers for reading.

    Args:
        path: a file that ``diurna gazetteer build`` wrote; the packaged one when None.
        more: a further file, whose places are found beside those of the first.

    Raises:
        KnowledgeError: D401 if a file is missing or damaged.
    """

    def __init__(self, path: Path | None = None, more: Path | None = None) -> None:
        self._paths = (path, more)
        self._open()

    def _open(self) -> None:
        path, more = self._paths
        try:
            if path is None:
                with as_file(files("diurna.knowledge") / "gazetteer.sqlite") as packaged:
                    self._bases = [_opened(packaged)]
            else:
                self._bases = [_opened(path)]
            self._bases += [_opened(more)] if more is not None else []
        except sqlite3.Error as error:
            raise KnowledgeError("D401", f"the gazetteer cannot be read ({error}); install diurna again, or build yours again", str(more or path or "packaged")) from error
        self._find = lru_cache(maxsize=20_000)(self._query)

    def find(self, name: str) -> tuple[Entry, ...]:
        """Find every place of a name, the most populous first."""
        return self._find(key_of(name))

    def countries(self) -> list[Entry]:
        """List the countries, each at the mean of its cities; a former name of one (Ceylon) is none."""
        asked = "select geonames, name, country, admin1, lat, lon, population, precision from place where precision = 'country'"
        rows = self._bases[0].execute(f"{asked} and (geonames is not null or country = 'ESH')")
        return [_entry(row) for row in rows]

    def _query(self, key: str) -> tuple[Entry, ...]:
        asked = "select geonames, name, country, admin1, lat, lon, population, precision from name join place on place.id = name.place where key = ?"
        found: dict[Any, tuple[Any, ...]] = {}
        for base in self._bases:
            for row in base.execute(asked, (key,)):
                found.setdefault(row[0] or row, row)
        return tuple(sorted(map(_entry, found.values()), key=lambda e: -e.population))

    def __getstate__(self) -> dict[str, Any]:
        return {"_paths": self._paths}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._paths = state["_paths"]
        self._open()


@cache
def gazetteer() -> Gazetteer:
    """Open the packaged gazetteer once for the process, and beside it the one that the environment's DIURNA_GAZETTEER names."""
    more = os.environ.get("DIURNA_GAZETTEER")
    return Gazetteer(more=Path(more) if more else None)
