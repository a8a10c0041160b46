"""Diurna reads news reports and keeps the public record of them.

>>> import diurna
>>> story = diurna.Coder().code("Peru recalled its ambassador from Mexico City on Friday.", published="2022-12-16")
>>> story.events[0].type
'SANCTION'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diurna.errors import ConfigError, DiurnaError, InputError, KnowledgeError, ModelError, QueryError, StoreError
from diurna.records import Attribution, Event, Harm, Party, Place, Reject, Sentence, Span, Story, TreatyAct, When

if TYPE_CHECKING:
    from diurna.coder import Coder, Relation
    from diurna.read import read

__all__ = [
    "Attribution",
    "Coder",
    "ConfigError",
    "DiurnaError",
    "Event",
    "Harm",
    "InputError",
    "KnowledgeError",
    "ModelError",
    "Party",
    "Place",
    "QueryError",
    "Reject",
    "Relation",
    "Sentence",
    "Span",
    "StoreError",
    "Story",
    "TreatyAct",
    "When",
    "read",
]

_LATER = {"Coder": "diurna.coder", "Relation": "diurna.coder", "read": "diurna.read"}  # the model's libraries load on first use


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what it gives depends on the name
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(_LATER[name]), name)
    msg = f"module 'diurna' has no attribute {name!r}"
    raise AttributeError(msg)
