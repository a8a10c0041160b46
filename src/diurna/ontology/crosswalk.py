"""The crosswalk between PLOVER and CAMEO, both ways, each match with how well it fits, loaded from ``cameo.toml`` and ``plover.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from diurna.errors import KnowledgeError
from diurna.ontology import TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CAMEO", "CameoCode", "Match", "from_cameo", "gdelt_quad", "phoenix_class", "root_of", "to_cameo"]

_ROOT = 2  # digits of a root code


@dataclass(frozen=True, slots=True)
class CameoCode:
    """Describe a CAMEO code: its PLOVER type and mode (None for a statement, which is no event), fit in [0, 1], Goldstein value (−10 to 10), and gloss.

    ``reverse`` tells that the code's actor is PLOVER's recipient.
    """

    code: str
    type: str | None
    mode: str | None
    fit: float
    goldstein: float
    reverse: bool
    gloss: str


@dataclass(frozen=True, slots=True)
class Match:
    """Give the CAMEO code of a PLOVER type or mode, and how well it covers it, in [0, 1]."""

    code: str
    fit: float


def _load() -> tuple[Mapping[str, CameoCode], Mapping[str, float]]:
    table = tomllib.loads((files(__package__) / "cameo.toml").read_text("utf-8"))
    fits = table.pop("plover")
    codes = {c: CameoCode(c, r.get("type"), r.get("mode"), r["fit"], r["goldstein"], r.get("reverse", False), r["gloss"]) for c, r in table.items()}
    return MappingProxyType(codes), MappingProxyType(fits)


CAMEO, _FITS = _load()


def from_cameo(code: str) -> CameoCode:
    """Find what a CAMEO code is in PLOVER; of a code that no table knows, such as ICEWS's ``13y``, what its longest known beginning is.

    Args:
        code: digits, with leading zeros.

    Returns:
        The code's row.

    Raises:
        KnowledgeError: D406 if not even a root is known.

    >>> from_cameo("0213").type, from_cameo("13y").code
    ('REQUEST', '13')
    """
    beginning = code.strip()
    while len(beginning) >= _ROOT:
        if (found := CAMEO.get(beginning)) is not None:
            return found
        beginning = beginning[:-1]
    raise KnowledgeError("D406", f"“{code}” is no CAMEO code; codes are two to four digits from 01 to 20, with their leading zero")


def to_cameo(type_: str, mode: str | None = None) -> Match:
    """Find the CAMEO code nearest to a PLOVER type and mode.

    Raises:
        KnowledgeError: D402 if there is no such type or mode.

    >>> to_cameo("COERCE", "arrest")
    Match(code='173', fit=1.0)
    """
    name = f"{type_}/{mode}" if mode else type_
    if name not in _FITS:
        raise KnowledgeError("D402", f"“{name}” is no type or mode; run “diurna ontology” for the types")
    return Match(TYPES[type_].cameo_of(mode), _FITS[name])


def root_of(code: str) -> str:
    """Give the root of a CAMEO code: its first two digits."""
    return code[:_ROOT]


def gdelt_quad(code: str) -> int:
    """Give GDELT's QuadClass of a CAMEO code: 1 verbal and 2 material cooperation, 3 verbal and 4 material conflict; protest (14) is 3 there."""
    root = root_of(code)
    return 1 if root <= "05" else 2 if root <= "08" else 3 if root <= "14" else 4


def phoenix_class(code: str) -> int:
    """Give Phoenix's PentaClass of a CAMEO code: 0 statement or appeal, then as ``gdelt_quad``; protest (14) is 4 there and sanctions (16) are 3."""
    root = root_of(code)
    if root <= "02":
        return 0
    return 1 if root <= "05" else 2 if root <= "08" else 4 if root in {"14", "15", "17", "18", "19", "20"} else 3
