"""The table of named accords: names, dates, parties and what was done to them, loaded from ``treaties.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from diurna.errors import KnowledgeError

__all__ = ["Accord", "AccordFact", "accord_named", "accords"]


@dataclass(frozen=True, slots=True)
class AccordFact:
    """Hold what states did to an accord: ``on`` is ISO 8601, as exact as known; ``states`` alpha-3; ``action`` as in ``docs/record.md``."""

    on: str
    states: tuple[str, ...]
    action: str


@dataclass(frozen=True, slots=True)
class Accord:
    """Describe a named accord.

    ``parties`` are the states bound from ``in_force`` on (or ``signed``, where it names none), without those that ``facts`` add or take away;
    ``partial`` when the table names only some of them. ``bodies`` are organisations whose membership the accord gives. Dates are ISO 8601.
    """

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    bodies: tuple[str, ...]
    signed: str | None
    in_force: str | None
    ended: str | None
    parties: tuple[str, ...]
    partial: bool
    facts: tuple[AccordFact, ...]
    source: str

    @property
    def entity(self) -> str:
        """Give the identifier that records carry."""
        return f"accord:{self.id}"


def _parties(names: list[str], groups: dict[str, list[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        if name.startswith("@"):
            found |= dict.fromkeys(groups[name[1:]])
        elif name.startswith("-"):
            found.pop(name[1:], None)
        else:
            found[name] = None
    return tuple(found)


def _accord(row: dict[str, Any], groups: dict[str, list[str]]) -> Accord:
    facts = tuple(AccordFact(a["on"], tuple(a["states"]), a["action"]) for a in row.get("acts", ()))
    return Accord(
        row["id"], row["name"], row["kind"], tuple(row.get("aliases", ())), tuple(row.get("bodies", ())), row.get("signed"), row.get("in_force"), row.get("ended"),
        _parties(row["parties"], groups), row.get("partial", False), facts, row["source"],
    )  # fmt: skip


@cache
def accords() -> dict[str, Accord]:
    """Load the accords by their entity; the second call is free.

    Raises:
        KnowledgeError: D401 if the table is missing or damaged.

    >>> accords()["accord:new-start"].parties
    ('USA', 'RUS')
    """
    try:
        table = tomllib.loads((files(__package__) / "treaties.toml").read_text("utf-8"))
        return {a.entity: a for a in (_accord(row, table["groups"]) for row in table["accord"])}
    except (OSError, ValueError, KeyError) as error:
        raise KnowledgeError("D401", f"the table of accords cannot be read ({error!r}); install the package anew", "treaties.toml") from error


def accord_named(words: str) -> Accord | None:
    """Find an accord by any of its names; case does not matter.

    >>> accord_named("Paris climate accord").name
    'Paris Agreement'
    """
    return _by_name().get(" ".join(words.casefold().removeprefix("the ").split()))


@cache
def _by_name() -> dict[str, Accord]:
    return {name.casefold(): a for a in accords().values() for name in (*a.bodies, *a.aliases, a.name, a.entity, a.id)}
