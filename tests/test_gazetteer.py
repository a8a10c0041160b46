"""A gazetteer of one's own, built from a small file in GeoNames' form."""

from __future__ import annotations

import gzip
import pickle
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from diurna import InputError
from diurna.cli import app
from diurna.knowledge.dump import build_gazetteer
from diurna.knowledge.gazetteer import Gazetteer

if TYPE_CHECKING:
    from pathlib import Path


def line(number: int, name: str, others: str, lat: float, lon: float, kind: str, country: str, region: str, people: int) -> str:
    group, _, code = kind.partition(".")
    return "\t".join(map(str, (number, name, name, others, lat, lon, group, code, country, "", region, "", "", "", people, "", "", "Africa/Lagos", "2024-01-01")))


ROWS = [
    line(1, "Odumba", "Fort Alice,Odoumba", 9.51, 8.02, "P.PPL", "NG", "49", 640),
    line(2, "Odumba", "", -4.1, 15.3, "P.PPL", "CD", "01", 90),
    line(3, "Odumba Dam", "", 9.6, 8.1, "S.DAM", "NG", "49", 0),
    line(4, "Odumba Hotel", "", 9.6, 8.1, "S.HTL", "NG", "49", 0),
    line(5, "Old Odumba", "", 9.6, 8.1, "P.PPLQ", "NG", "49", 0),
]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "NG.txt"
    path.write_text("\n".join(ROWS) + "\n", "utf-8")
    (tmp_path / "admin1.txt").write_text("NG.49\tPlateau\tPlateau\t2324828\n", "utf-8")
    return path


def test_build_keeps_every_name_and_passes_over_what_news_does_not_speak_of(dump: Path, tmp_path: Path) -> None:
    counts = build_gazetteer(dump, tmp_path / "own.sqlite", admin1=tmp_path / "admin1.txt", least=100)
    assert (counts.places, counts.passed_over) == (2, 3)
    own = Gazetteer(tmp_path / "own.sqlite")
    found = own.find("FORT ALICE")[0]
    assert (found.geonames, found.name, found.country, found.admin1, found.precision) == ("1", "Odumba", "NGA", "Plateau", "city")
    assert own.find("Odumba Dam")[0].precision == "point"
    assert not own.find("Odumba Hotel")
    assert not list(tmp_path.glob("*.part"))


def test_a_gazetteer_beside_the_packaged_one(dump: Path, tmp_path: Path) -> None:
    build_gazetteer(dump, tmp_path / "own.sqlite")
    both = pickle.loads(pickle.dumps(Gazetteer(more=tmp_path / "own.sqlite")))  # noqa: S301 - our own bytes
    assert [e.country for e in both.find("Odumba")] == ["NGA", "COD"]
    assert both.find("Nairobi")[0].country == "KEN"


def test_gzip_and_what_is_no_dump(dump: Path, tmp_path: Path) -> None:
    packed = tmp_path / "NG.txt.gz"
    packed.write_bytes(gzip.compress(dump.read_bytes()))
    assert build_gazetteer(packed, tmp_path / "own.sqlite").places == 3
    dump.write_text("a\tb\n", "utf-8")
    with pytest.raises(InputError, match="D228") as error:
        build_gazetteer(dump, tmp_path / "own.sqlite")
    assert "NG.txt:1" in str(error.value)
    assert Gazetteer(tmp_path / "own.sqlite").find("Odumba")  # what was there before stays


def test_commands(dump: Path, tmp_path: Path) -> None:
    run = CliRunner()
    built = run.invoke(app, ["gazetteer", "build", str(dump), "-o", str(tmp_path / "own.sqlite")])
    assert built.exit_code == 0
    assert "3 places" in built.output
    found = run.invoke(app, ["gazetteer", "find", "Fort Alice", "--gazetteer", str(tmp_path / "own.sqlite")])
    assert "Odumba, NGA · city · 9.51, 8.02 · 640 inhabitants · GeoNames 1" in found.output
    assert "Bakhmut" in run.invoke(app, ["gazetteer", "find", "Artyomovsk"]).output
    assert run.invoke(app, ["gazetteer", "find", "Nosuchplacehere"]).exit_code == 1
