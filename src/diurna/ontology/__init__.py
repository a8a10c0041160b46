"""The ontology: PLOVER's types, modes, sectors and contexts as the codebook reads them, loaded from ``plover.toml``; or a user's own.

The upper-case names of this module are PLOVER's. A model that was trained on another ontology carries it (``Model.ontology``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from diurna.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CONTEXTS", "HARM_KINDS", "INTERNATIONAL", "MODALITIES", "PLOVER", "QUADS", "SECTORS", "TREATY_ACTIONS", "TYPES",
    "EventType", "Mode", "Ontology", "event_type", "look_up",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mode:
    """Describe a mode of a type: its score (PLOVER, −10 to 10), its CAMEO code, what it is, and the code of another ontology it is like."""

    name: str
    score: float
    cameo: str = ""
    gloss: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True)
class EventType:
    """Describe an event type: quad code, score (PLOVER, −10 to 10), CAMEO code, what it is, its modes by name, and the code it is like."""

    name: str
    quad: str
    score: float
    cameo: str
    gloss: str
    modes: Mapping[str, Mode]
    like: str = ""

    def score_of(self, mode: str | None) -> float:
        """Give the score of a mode, or the type's own where the mode is not told."""
        return self.modes[mode].score if mode else self.score

    def cameo_of(self, mode: str | None) -> str:
        """Give the CAMEO code of a mode, or the type's own where the mode is not told."""
        return (self.modes[mode].cameo if mode else "") or self.cameo


@dataclass(frozen=True, slots=True)
class Ontology:
    """Hold the codes that a model tells apart; ``text`` is the TOML it was read from.

    Modalities are Diurna's own, as its calendar knows them (codebook §3); sectors are those of the knowledge tables (codebook §4).
    """

    text: str
    quads: Mapping[str, str]
    contexts: tuple[str, ...]
    types: Mapping[str, EventType]

    def quad_of(self, type_: str) -> str:
        """Give the quad of a type in words; empty where the ontology has none."""
        return self.quads.get(self.types[type_].quad, "")

    def has(self, type_: str, mode: str | None = None) -> bool:
        """Tell whether the ontology has a type, and the mode among its own."""
        return type_ in self.types and (mode is None or mode in self.types[type_].modes)

    def nearest(self, type_: str, mode: str | None) -> tuple[str, str | None] | None:
        """Translate a code of another ontology: the same code here, else what is said to be ``like`` it; None where nothing is.

        >>> PLOVER.nearest("SANCTION", "expel")
        ('SANCTION', 'expel')
        """
        if self.has(type_, mode):
            return type_, mode
        for wanted in (f"{type_}/{mode}", type_):
            for t in self.types.values():
                if found := next((m.name for m in t.modes.values() if m.like == wanted), None):
                    return t.name, found
                if t.like == wanted:
                    return t.name, None
        return (type_, None) if type_ in self.types else None


def _load() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "plover.toml").read_text("utf-8"))


def event_type(name: str, row: dict[str, Any]) -> EventType:
    """Build a type from its TOML table."""
    modes = {}
    for mode, value in row.get("modes", {}).items():
        entry = value if isinstance(value, dict) else {"score": value}
        modes[mode] = Mode(mode, float(entry.get("score", row.get("score", 0))), entry.get("cameo", ""), entry.get("gloss", ""), entry.get("like", ""))
    return EventType(
        name, row.get("quad", ""), float(row.get("score", 0)), row.get("cameo", ""), row.get("gloss", ""), MappingProxyType(modes), row.get("like", "")
    )


_TABLE = _load()
MODALITIES: tuple[str, ...] = tuple(_TABLE["modalities"])
HARM_KINDS: tuple[str, ...] = tuple(_TABLE["harm_kinds"])
TREATY_ACTIONS: tuple[str, ...] = tuple(_TABLE["treaty_actions"])
SECTORS: Mapping[str, str] = MappingProxyType(_TABLE["sectors"])
PLOVER = Ontology(
    "",
    MappingProxyType(_TABLE["quads"]),
    tuple(_TABLE["contexts"]),
    MappingProxyType({name: event_type(name, row) for name, row in _TABLE["types"].items()}),
)
QUADS: Mapping[str, str] = PLOVER.quads
CONTEXTS: tuple[str, ...] = PLOVER.contexts
TYPES: Mapping[str, EventType] = PLOVER.types
INTERNATIONAL = frozenset({"IGO", "NGO", "MNC"})
"""Codes that stand in a country's place for a body of no one country (codebook §4)."""


def look_up(code: str) -> list[dict[str, Any]]:
    """Look up a code: a type (with its modes), a mode, a sector, a context, a quad, a modality or a CAMEO code.

    Args:
        code: as written anywhere in a record; case does not matter.

    Returns:
        One row a meaning: ``kind``, ``code``, ``gloss``, and where it has them ``quad``, ``score`` and ``cameo``.

    Raises:
        KnowledgeError: D402 if no table knows the code.

    >>> [(row["kind"], row["code"]) for row in look_up("impose")]
    [('mode', 'SANCTION/impose')]
    """
    wanted = code.strip().casefold()
    rows = [row for row in _all_rows() if wanted in {row["code"].casefold(), row["code"].casefold().rpartition("/")[2], row.get("cameo")}]
    if (name := code.strip().upper()) in TYPES:
        rows = [row for row in _all_rows() if row["code"] == name or row["code"].startswith(f"{name}/")]
    rows += _cameo_rows(wanted)
    if not rows:
        roots = [row for row in _all_rows() if wanted.isdigit() and str(row.get("cameo", "")).startswith(wanted)]
        if not roots:
            raise KnowledgeError("D402", f"“{code}” is no type, mode, sector, context, quad, modality or CAMEO code; run “diurna ontology” for the types")
        rows = roots
    return rows


def _cameo_rows(wanted: str) -> list[dict[str, Any]]:
    """Say what a CAMEO code is in PLOVER; its score is Goldstein's."""
    if not wanted.isdigit():
        return []
    from diurna.ontology.crosswalk import CAMEO

    if (found := CAMEO.get(wanted)) is None:
        return []
    plover = "no event" if found.type is None else f"{found.type}{f'/{found.mode}' if found.mode else ''}, fit {found.fit:g}"
    return [{"kind": "CAMEO", "code": found.code, "gloss": f"{found.gloss} ({plover})", "score": found.goldstein, "plover": found.type, "mode": found.mode, "fit": found.fit}]


def _all_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for t in TYPES.values():
        rows.append({"kind": "type", "code": t.name, "gloss": t.gloss, "quad": QUADS[t.quad], "score": t.score, "cameo": t.cameo})
        rows += [
            {"kind": "mode", "code": f"{t.name}/{m.name}", "gloss": m.gloss, "quad": QUADS[t.quad], "score": m.score, "cameo": m.cameo}
            for m in t.modes.values()
        ]
    rows += [{"kind": "sector", "code": name, "gloss": gloss} for name, gloss in SECTORS.items()]
    rows += [{"kind": "context", "code": name, "gloss": name.replace("_", " ")} for name in CONTEXTS]
    rows += [{"kind": "quad", "code": name, "gloss": gloss} for name, gloss in QUADS.items()]
    return rows + [{"kind": "modality", "code": name, "gloss": gloss} for name, gloss in _TABLE["modalities"].items()]
