"""The ontology: PLOVER's types, modes, sectors and contexts as the codebook reads them, loaded from ``plover.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from diurna.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONTEXTS", "HARM_KINDS", "MODALITIES", "QUADS", "SECTORS", "TREATY_ACTIONS", "TYPES", "EventType", "Mode", "look_up"]


@dataclass(frozen=True, slots=True)
class Mode:
    """Describe a mode of a type: its score (PLOVER, −10 to 10), its CAMEO code and what it is."""

    name: str
    score: float
    cameo: str = ""
    gloss: str = ""


@dataclass(frozen=True, slots=True)
class EventType:
    """Describe an event type: quad code, score (PLOVER, −10 to 10), CAMEO code, what it is, and its modes by name."""

    name: str
    quad: str
    score: float
    cameo: str
    gloss: str
    modes: Mapping[str, Mode]

    def score_of(self, mode: str | None) -> float:
        """Give the score of a mode, or the type's own where the mode is not told."""
        return self.modes[mode].score if mode else self.score

    def cameo_of(self, mode: str | None) -> str:
        """Give the CAMEO code of a mode, or the type's own where the mode is not told."""
        return (self.modes[mode].cameo if mode else "") or self.cameo


def _load() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "plover.toml").read_text("utf-8"))


def _event_type(name: str, row: dict[str, Any]) -> EventType:
    modes = {}
    for mode, value in row.get("modes", {}).items():
        entry = value if isinstance(value, dict) else {"score": value}
        modes[mode] = Mode(mode, entry["score"], entry.get("cameo", ""), entry.get("gloss", ""))
    return EventType(name, row["quad"], row["score"], row.get("cameo", ""), row.get("gloss", ""), MappingProxyType(modes))


_TABLE = _load()
QUADS: Mapping[str, str] = MappingProxyType(_TABLE["quads"])
MODALITIES: tuple[str, ...] = tuple(_TABLE["modalities"])
HARM_KINDS: tuple[str, ...] = tuple(_TABLE["harm_kinds"])
TREATY_ACTIONS: tuple[str, ...] = tuple(_TABLE["treaty_actions"])
SECTORS: Mapping[str, str] = MappingProxyType(_TABLE["sectors"])
CONTEXTS: tuple[str, ...] = tuple(_TABLE["contexts"])
TYPES: Mapping[str, EventType] = MappingProxyType({name: _event_type(name, row) for name, row in _TABLE["types"].items()})


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
    if not rows:
        roots = [row for row in _all_rows() if wanted.isdigit() and str(row.get("cameo", "")).startswith(wanted)]
        if not roots:
            raise KnowledgeError("D402", f"“{code}” is no type, mode, sector, context, quad, modality or CAMEO code; run “diurna ontology” for the types")
        rows = roots
    return rows


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
