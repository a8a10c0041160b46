"""A user's own tables, the checker, and the commands on them."""

from __future__ import annotations

from datetime import date

import pytest
from typer.testing import CliRunner

from diurna.cli import app
from diurna.errors import KnowledgeError
from diurna.knowledge.checker import check_folder, check_tables, rival_terms, row_problems
from diurna.knowledge.own import COLUMNS, VARIABLE, add_row, own_rows
from diurna.knowledge.tables import Person, Tables, load_tables
from diurna.resolve.actors import RULES, Resolver

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Name an empty folder as the user's own, and forget the tables loaded with it afterwards."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    load_tables.cache_clear()
    yield tmp_path
    load_tables.cache_clear()


def test_the_packaged_tables_are_sound():
    counts, problems = check_tables(load_tables())
    assert problems == []
    assert counts["organisations"] >= 400
    assert counts["terms"] >= 7000


def test_offices_by_date():
    tables = load_tables()

    def holder(country: str, role: str, *day: int) -> list[str]:
        return [p.name for p in tables.holders(country, role, date(*day))]

    assert holder("USA", "president", 1990, 6, 1) == ["George H. W. Bush"]
    assert holder("USA", "president", 2005, 6, 1) == ["George W. Bush"]
    assert holder("RUS", "president", 2009, 6, 1) == ["Dmitry Medvedev"]
    assert holder("CHN", "foreign minister", 2023, 3, 1) == ["Qin Gang"]
    assert holder("GBR", "king", 2023, 6, 1) == ["King Charles III"]
    assert holder("TUV", "defence minister", 2016, 1, 1) == []


def test_every_member_state_has_leaders_and_nearly_all_foreign_ministers():
    tables = load_tables()
    states = {c.code for c in tables.countries.values() if c.cow} - {"SUN", "DDR", "YUG", "CSK", "SCG", "VDR", "YMD"}
    roles = {code: {p.role for p in tables.people if p.country == code} for code in states}
    leaders = {"president", "prime minister", "king", "emir", "sultan", "chancellor", "leader", "prince", "pope", ""}
    assert {code for code, held in roles.items() if not held & leaders} <= {"SMR"}
    assert {code for code, held in roles.items() if not held & {"foreign minister", "secretary of state"}} == {"KIR", "NRU", "PLW", "WSM"}


def test_founding_years():
    bodies = {e.name: e for entries in load_tables().phrases.values() for e in entries if hasattr(e, "founded") and e.founded}
    assert len(bodies) >= 700
    assert (bodies["Warsaw Pact"].founded, bodies["Warsaw Pact"].ended) == ("1955", "1991")


def test_an_own_row_comes_first(folder):
    add_row(folder, "persons", {"names": "Ana Ruiz", "country": "PER", "sector": "GOV", "role": "health minister", "from": "2025-03-01"})
    add_row(folder, "organisations", {"names": "Sever|Sever group", "countries": "RUS", "sector": "SOC", "founded": "2011"})
    add_row(folder, "names", {"words": "Cuzcatlan", "country": "SLV", "kind": "name"})
    resolver = Resolver(load_tables())
    assert resolver.party("Ruiz", published="2025-06-01").name == "Ana Ruiz"
    assert resolver.party("Ruiz", published="2024-06-01").name != "Ana Ruiz"
    assert (resolver.party("Sever").country, resolver.party("Sever").sector) == ("RUS", "SOC")
    assert resolver.party("Cuzcatlan").country == "SLV"


def test_packaged_tables_can_be_left_out(folder):
    (folder / "replace.txt").write_text("persons\n", "utf-8")
    assert load_tables().people == []
    (folder / "replace.txt").write_text("everything\n", "utf-8")
    load_tables.cache_clear()
    with pytest.raises(KnowledgeError, match="D405"):
        load_tables()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"names": "Ana Ruiz", "country": "PEX", "sector": "GOV"}, "alpha-3"),
        ({"names": "Ana Ruiz", "country": "PER", "sector": "XYZ"}, "sector"),
        ({"names": "", "country": "PER", "sector": "GOV"}, "empty"),
        ({"names": "Ana Ruiz", "country": "PER", "sector": "GOV", "from": "2025-02-30"}, "ISO 8601"),
        ({"names": "Ana Ruiz", "country": "PER", "sector": "GOV", "from": "2025-02-01", "to": "2024-01-01"}, "ends"),
        ({"names": "Ana Ruiz", "country": "PER", "sector": "GOV", "id": "none of these"}, "identifier"),
        ({"names": "Ana\x07Ruiz", "country": "PER", "sector": "GOV"}, "control"),
    ],
)
def test_wrong_rows_say_what_is_wrong(row, said):
    problems = row_problems("persons", dict.fromkeys(COLUMNS["persons"], "") | row, load_tables())
    assert any(said in p for p in problems)


def test_a_wrong_folder_names_the_line(folder):
    (folder / "persons.tsv").write_text("# notes\nAna Ruiz\tPER\tXYZ\nAna Ruiz\tPER\tGOV\nAna Ruiz\tPER\tGOV\n", "utf-8")
    counts, problems = check_folder(folder, _packaged())
    assert counts == {"persons": 3}
    assert any(":2: " in p and "sector" in p for p in problems)
    assert any(":4: the same row" in p for p in problems)
    with pytest.raises(KnowledgeError, match=r"persons\.tsv:2"):
        load_tables()


def _packaged() -> Tables:
    import os

    named = os.environ.pop(VARIABLE)
    load_tables.cache_clear()
    tables = load_tables()
    load_tables.cache_clear()
    os.environ[VARIABLE] = named
    return tables


def test_too_many_values_and_bad_text(tmp_path):
    (tmp_path / "names.tsv").write_text("a\tPER\tname\t\t\tx\n", "utf-8")
    with pytest.raises(KnowledgeError, match="D405"):
        list(own_rows(tmp_path, "names"))
    (tmp_path / "names.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnowledgeError, match="UTF-8"):
        list(own_rows(tmp_path, "names"))


def test_rival_terms_are_told():
    first = Person("person:a", "Ana Ruiz", "PER", "GOV", "prime minister", "2020-01-01", "2024-01-01")
    second = first._replace(entity="person:b", name="Ben Soto", from_="2021-01-01", to="2022-01-01")
    assert rival_terms([first, second])
    assert not rival_terms([first, second._replace(from_="2023-12-01", to="2025-01-01")])


def test_commands(tmp_path):
    found = RUN.invoke(app, ["knowledge", "find", "Bush", "--on", "1990-06-01"])
    assert "George H. W. Bush" in found.output
    assert "by surname" in found.output
    added = RUN.invoke(app, ["knowledge", "add", "person", "Ana Ruiz", "--country", "PER", "--sector", "GOV", "--folder", str(tmp_path)])
    assert added.exit_code == 0
    assert "Ana Ruiz\tPER\tGOV" in (tmp_path / "persons.tsv").read_text("utf-8")
    checked = RUN.invoke(app, ["knowledge", "check", "--folder", str(tmp_path)])
    assert checked.exit_code == 0
    assert "1 persons" in checked.output
    (tmp_path / "persons.tsv").write_text("Ana Ruiz\tXXY\tGOV\n", "utf-8")
    assert RUN.invoke(app, ["knowledge", "check", "--folder", str(tmp_path)]).exit_code == 1


def test_ambiguity_is_kept():
    kim = Resolver().party("Kim", published="2001-01-01")
    assert kim.entity is None
    assert {c.country for c in kim.candidates} == {"KOR", "PRK"}
    assert "may be any of" in kim.reason


def test_rules_are_named():
    resolver = Resolver()
    for words in ("Bush", "the Russian president", "NATO", "Hamas fighters", "Moscow", "Kenyans", "police", "Tomas Verlinge", "George Bush"):
        assert resolver.party(words, published="2005-06-01").rule in RULES
