"""Blocs of states by name and day: who was a member of NATO, of the EU or of the Arab League then."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from diurna.errors import KnowledgeError
from diurna.ontology.treaties import accords

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Bloc", "blocs"]

_JOINS: Final = frozenset({"joins", "ratifies"})
_LEAVES: Final = frozenset({"leaves", "terminates"})


@dataclass(frozen=True, slots=True)
class Bloc:
    """Describe a bloc: ``code``, English ``name``, and ``changes``: the day (ISO 8601), whether states join, and their alpha-3, in order of days."""

    code: str
    name: str
    changes: tuple[tuple[str, bool, tuple[str, ...]], ...]

    def members(self, on: date | None = None) -> frozenset[str]:
        """Give the members on a day, those of the last change known without one.

        >>> from datetime import date
        >>> sorted(blocs()["NATO"].members(date(1960, 1, 1)) - blocs()["NATO"].members(date(1950, 1, 1)))
        ['DEU', 'GRC', 'TUR']
        """
        day = on.isoformat() if on else "9999"
        found: set[str] = set()
        for at, join, states in self.changes:
            if at <= day:
                found = found | set(states) if join else found - set(states)
        return frozenset(found)


@cache
def blocs() -> dict[str, Bloc]:
    """Load the blocs by their code; the second call is free.

    Raises:
        KnowledgeError: D401 if the table is missing or damaged.
    """
    try:
        table = tomllib.loads((files(__package__) / "blocs.toml").read_text("utf-8"))
        return {code: Bloc(code, row["name"], _changes(row)) for code, row in table.items()}
    except (OSError, ValueError, KeyError) as error:
        raise KnowledgeError("D401", f"the table of blocs cannot be read ({error!r}); install the package anew", "blocs.toml") from error


def _changes(row: dict[str, object]) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    if isinstance(named := row.get("accord"), str):  # a bloc whose membership an accord of the table of treaties gives
        accord = accords()[f"accord:{named}"]
        found = [(accord.in_force or accord.signed or "", True, accord.parties)]
        found += [(f.on, f.action in _JOINS, f.states) for f in accord.facts if f.action in _JOINS | _LEAVES]
    else:
        lines = row["changes"]
        assert isinstance(lines, list)
        found = [(day, sign == "+", tuple(states.split())) for day, sign, states in lines]
    return tuple(sorted(found))
