"""Name the columns of the model's output: which label each logit of a token stands for. Training and reading share it.

The network gives one row of logits per token, shape ``(batch, tokens, WIDTH)``. Which columns mean something depends on the pass:

1. *scan*: the plain sentence. ``trigger`` and ``mention`` at every token.
2. *frame*: one trigger candidate between markers. ``role`` and ``source`` at every token; ``type``, ``mode``, ``modality`` and
   ``context`` (any number of them) at the opening marker.
3. *relate*: an actor and a recipient between markers. ``relation`` and ``relation_mode``: the sum of three projections, each read at one
   place: the actor's marker, the recipient's marker, the sentence's first token.

How many columns there are depends on the ontology: ``layout_of`` gives those of any; the upper-case names are PLOVER's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from diurna.ontology import MODALITIES, PLOVER, Ontology

__all__ = [
    "COLUMNS",
    "FRAME_MARKS",
    "MENTION_KINDS",
    "MENTION_TAGS",
    "MODALITY_LABELS",
    "MODE_LABELS",
    "PLOVER_LAYOUT",
    "RELATE_MARKS",
    "ROLES",
    "ROLE_TAGS",
    "SOURCE_TAGS",
    "TRIGGER_TAGS",
    "TYPE_LABELS",
    "WIDTH",
    "Layout",
    "layout_of",
    "modes_of",
]


def _bio(labels: tuple[str, ...]) -> tuple[str, ...]:
    return ("O", *(f"{prefix}-{label}" for label in labels for prefix in "BI"))


MENTION_KINDS = ("party", "place", "time", "count", "accord", "cue")
ROLES = ("actor", "recipient", "place", "time", "count", "accord")
TRIGGER_TAGS = _bio(("trigger",))
MENTION_TAGS = _bio(MENTION_KINDS)
ROLE_TAGS = _bio(ROLES)
SOURCE_TAGS = _bio(("speaker", "cue"))
# Word pieces of the encoder's vocabulary that no text produces ([unused0] …): opening and closing marks.
FRAME_MARKS = (1, 2)
RELATE_MARKS = ((3, 4), (5, 6))



@dataclass(frozen=True)
class Layout:
    """Name the columns for one ontology: the labels of each group that depends on it, and where every group's columns stand."""

    types: tuple[str, ...]
    modes: tuple[str, ...]
    contexts: tuple[str, ...]

    @cached_property
    def columns(self) -> dict[str, slice]:
        """Give the columns of each group."""
        found, at = {}, 0
        for name, labels in self.labels.items():
            found[name] = slice(at, at + len(labels))
            at += len(labels)
        return found

    @cached_property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Give what each column of a group stands for, group by group in the order of the output."""
        acts = self.types[:-1]
        relations = {f"relation_{place}": acts for place in ("actor", "recipient", "whole")}
        modes = {f"relation_mode_{place}": self.modes for place in ("actor", "recipient", "whole")}
        return {
            "trigger": TRIGGER_TAGS,
            "mention": MENTION_TAGS,
            "role": ROLE_TAGS,
            "source": SOURCE_TAGS,
            "type": self.types,
            "mode": self.modes,
            "modality": MODALITIES,
            "context": self.contexts,
            **relations,
            **modes,
        }

    @property
    def width(self) -> int:
        """Count the columns."""
        return sum(len(labels) for labels in self.labels.values())

    def modes_of(self, type_: str) -> list[int]:
        """List the indexes in ``modes`` that a type may take: no mode first, then its own."""
        return [0, *(i for i, label in enumerate(self.modes) if label.startswith(f"{type_}/"))]

    def hash(self) -> str:
        """Hash the names of all output columns, so that a model and a program that disagree are told apart."""
        labels = (TRIGGER_TAGS, MENTION_TAGS, ROLE_TAGS, SOURCE_TAGS, self.types, self.modes)
        text = json.dumps([*labels, MODALITIES, sorted((k, v.start, v.stop) for k, v in self.columns.items())])
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def layout_of(ontology: Ontology) -> Layout:
    """Lay out the columns of an ontology: its types and ``NONE``, its modes after no mode, its contexts."""
    modes = ("-", *(f"{name}/{mode}" for name, entry in ontology.types.items() for mode in entry.modes))
    return Layout((*ontology.types, "NONE"), modes, ontology.contexts)


PLOVER_LAYOUT = layout_of(PLOVER)
TYPE_LABELS = PLOVER_LAYOUT.types
MODE_LABELS = PLOVER_LAYOUT.modes
MODALITY_LABELS = MODALITIES
COLUMNS: dict[str, slice] = PLOVER_LAYOUT.columns
WIDTH = PLOVER_LAYOUT.width


def modes_of(type_: str) -> list[int]:
    """List the indexes in ``MODE_LABELS`` that a PLOVER type may take: no mode first, then its own."""
    return PLOVER_LAYOUT.modes_of(type_)
