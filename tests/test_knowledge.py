"""The knowledge tables: sound, small, quick to load."""

import re
import subprocess
import sys
from importlib.resources import files

import pytest

from diurna.knowledge.tables import CountryName, Organisation, Person, key, load_tables, tokens_of
from diurna.ontology import SECTORS

TABLES = load_tables()
MEGABYTE = 1 << 20


def test_codes_and_sectors_are_known():
    sectors = set(SECTORS)
    for entries in TABLES.phrases.values():
        for e in entries:
            if isinstance(e, CountryName):
                assert e.code in TABLES.countries
            if isinstance(e, Organisation):
                assert set(e.countries) <= TABLES.countries.keys() | {"IGO", "NGO", "MNC"}, e
            if isinstance(e, Organisation | Person):
                assert e.sector in sectors, e
                assert not (e.from_ and e.to) or e.from_ <= e.to, e


def test_dates_are_iso():
    for entries in TABLES.phrases.values():
        for e in entries:
            if isinstance(e, Organisation | Person | CountryName):
                assert all(not d or re.fullmatch(r"\d{4}(-\d\d){0,2}\??", d) for d in (e.from_, e.to)), e


@pytest.mark.parametrize(
    ("words", "code"),
    [("Ukrainians", "UKR"), ("Filipino", "PHL"), ("Burmese", "MMR"), ("Zaire", "COD"), ("Soviet", "SUN"), ("East German", "DDR"), ("U.S.", "USA"), ("Kosovo", "XKX"), ("us", None)],
)
def test_country_named(words, code):
    assert TABLES.country_named(words) == code


def test_key_keeps_acronyms_apart_from_words():
    assert key("U.S.") == key("US") != key("us")
    assert key("Erdoğan") == "erdogan"
    assert tokens_of("Ukraine's parliament,") == ["Ukraine", "'s", "parliament"]


def test_small_and_quick():
    folder = files("diurna.knowledge")
    names = ("countries.tsv", "names.tsv", "organisations.tsv", "persons.tsv", "sectors.tsv", "modifiers.tsv", "words.toml")
    assert sum(len(folder.joinpath(n).read_bytes()) for n in names) < 4 * MEGABYTE
    code = "import time;from diurna.knowledge.tables import load_tables as f;t=time.process_time();f();print(time.process_time()-t)"
    best = min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout) for _ in range(3))
    assert best < 0.5  # seconds of CPU
