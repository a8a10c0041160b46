"""Translate countries and sectors into the codes of other data sets, and back."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from diurna.knowledge.tables import load_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["country_from", "country_named", "country_to", "is_country", "sector_from", "sector_to"]

SYSTEMS: Final = {"name": 1, "cameo": 2, "fips": 3, "numeric": 4, "gw": 5}
_ALSO: Final[Mapping[str, Mapping[str, str]]] = {
    "cameo": {"PAL": "PSE", "WSB": "PSE", "GZS": "PSE", "ZAR": "COD", "BAG": "IRQ"},
    "fips": {"GZ": "PSE", "RB": "SRB"},
    "gw": {"255": "DEU", "679": "YEM", "955": "TON", "946": "KIR", "947": "TUV"},
}


@cache
def _codes() -> Mapping[str, tuple[str, ...]]:
    lines = files("diurna.knowledge").joinpath("codes.tsv").read_text("utf-8").splitlines()
    return {cells[0]: tuple(cells) for line in lines if not line.startswith("#") and (cells := line.split("\t"))}


@cache
def _back(system: str) -> Mapping[str, str]:
    own = {code: alpha3 for alpha3, cells in _codes().items() if (code := cells[SYSTEMS[system]])}
    alpha3 = {c: c for c in _codes()} if system == "cameo" else {}
    return alpha3 | dict(_ALSO.get(system, {})) | own


def is_country(code: str) -> bool:
    """Tell whether a code is the alpha-3 of a country, present or former."""
    return code in _codes()


def country_to(system: str, alpha3: str | None) -> str:
    """Translate a country's alpha-3 code.

    Args:
        system: ``name``, ``cameo``, ``fips``, ``numeric`` (ISO 3166) or ``gw`` (Gleditsch and Ward).
        alpha3: the code; a body (``IGO`` …) or None gives nothing.

    Returns:
        The other system's code, or nothing where it has none.

    >>> country_to("cameo", "ROU"), country_to("fips", "UKR")
    ('ROM', 'UP')
    """
    cells = _codes().get(alpha3 or "")
    return cells[SYSTEMS[system]] if cells else ""


def country_from(system: str, code: str) -> str | None:
    """Translate another system's code into alpha-3; None for a code that is no country's.

    >>> country_from("cameo", "ROM"), country_from("gw", "260")
    ('ROU', 'DEU')
    """
    return _back(system).get(code.strip())


def country_named(words: str) -> str | None:
    """Tell which country an English name stands for."""
    return _back("name").get(words.strip()) or load_tables().country_named(words)


@cache
def _vocabularies() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("diurna.exchange").joinpath("sectors.toml").read_text("utf-8"))


@cache
def _sectors_back(vocabulary: str) -> Mapping[str, str]:
    return {word.casefold(): sector for sector, words in _vocabularies()[vocabulary].items() for word in words}


def sector_to(vocabulary: str, sector: str | None) -> str:
    """Write a sector in another vocabulary (``cameo``, ``icews``); nothing where it has no word for it.

    >>> sector_to("cameo", "JRN"), sector_to("cameo", "MED"), sector_to("cameo", "PRM")
    ('MED', 'HLH', 'UAF')
    """
    words = _vocabularies()[vocabulary].get(sector or "")
    return str(words[0] if words else _vocabularies()["written"].get(vocabulary, {}).get(sector or "", ""))


def sector_from(vocabulary: str, words: Iterable[str]) -> str | None:
    """Read the first word that another vocabulary gives a sector by; None when none does."""
    known = _sectors_back(vocabulary)
    return next((known[w] for word in words if (w := word.strip().casefold()) in known), None)
