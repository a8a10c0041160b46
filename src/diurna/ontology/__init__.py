"""The ontology: PLOVER's types, modes, sectors and contexts as the codebook reads them, loaded from ``plover.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONTEXTS", "HARM_KINDS", "MODALITIES", "QUADS", "SECTORS", "TREATY_ACTIONS", "TYPES", "EventType", "Mode"]


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
        return self.modes[mode].score if mode in self.modes else self.score

    def cameo_of(self, mode: str | None) -> str:
        """Give the CAMEO code of a mode, or the type's own where the mode is not told."""
        return (self.modes[mode].cameo if mode in self.modes else "") or self.cameo


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
