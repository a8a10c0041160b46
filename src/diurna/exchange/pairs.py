"""Break an event of several parties into the pairs that dyadic formats can hold."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from itertools import permutations, product
from typing import TYPE_CHECKING

from diurna.ontology.crosswalk import CAMEO, from_cameo, to_cameo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Event, Party

__all__ = ["FACTS", "cameo_of", "number_for", "pairs"]

FACTS = frozenset({"actual", "historical"})
"""Modalities of acts that took place: formats without modality get these only."""


def pairs(event: Event) -> Iterator[Event]:
    """Give an event of one actor and one recipient for each pair: every actor with every recipient; of a mutual act, every party with every other.

    The first keeps the event's id, the next ones have ``-2``, ``-3`` … after it.
    """
    found: list[tuple[Party | None, Party | None]]
    if event.actors and event.recipients:
        found = list(product(event.actors, event.recipients))
    elif len(event.actors) > 1:
        found = list(permutations(event.actors, 2))
    else:
        found = [(a, None) for a in event.actors] or [(None, r) for r in event.recipients] or [(None, None)]
    for number, (actor, recipient) in enumerate(found, 1):
        own = event.id if number == 1 else f"{event.id}-{number}"
        yield replace(event, id=own, actors=(actor,) if actor else (), recipients=(recipient,) if recipient else ())


def cameo_of(event: Event, *, known: bool = True) -> str:
    """Give the CAMEO code to write: the event's own if it is one of its type, else the nearest.

    Args:
        event: the event.
        known: write a code that no table knows, such as ``13y``, as its longest known beginning.
    """
    own = event.cameo
    if own[:2] in CAMEO and (found := from_cameo(own)).type == event.type:
        return found.code if known else own
    return to_cameo(event.type, event.mode).code


def number_for(own: str, name: str) -> str:
    """Make a number of an event's id for formats whose ids are numbers; a number that came from this format is given back.

    >>> number_for("gdelt:410488764", "gdelt"), len(number_for("8a27ec8e774177da2f21", "gdelt")) < 20
    ('410488764', True)
    """
    before, _, given = own.partition(":")
    if before == name and given.isascii() and given.isdigit():
        return given
    return str(int.from_bytes(blake2b(own.encode(), digest_size=8).digest(), "big") >> 1)  # fits a signed 64-bit column
