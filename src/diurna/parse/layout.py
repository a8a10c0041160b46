"""Name the columns of the model's output: which label each logit of a token stands for. Training and reading share it.

The network gives one row of logits per token, shape ``(batch, tokens, WIDTH)``. Which columns mean something depends on the pass:

1. *scan*: the plain sentence. ``trigger`` and ``mention`` at every token.
2. *frame*: one trigger candidate between markers. ``role`` and ``source`` at every token; ``type``, ``mode``, ``modality`` and
   ``context`` (any number of them) at the opening marker.
3. *relate*: an actor and a recipient between markers. ``relation`` and ``relation_mode``: the sum of three projections, each read at one
   place: the actor's marker, the recipient's marker, the sentence's first token.
"""

from __future__ import annotations

from diurna.ontology import CONTEXTS, MODALITIES, TYPES

__all__ = [
    "COLUMNS",
    "FRAME_MARKS",
    "MENTION_KINDS",
    "MENTION_TAGS",
    "MODALITY_LABELS",
    "MODE_LABELS",
    "RELATE_MARKS",
    "ROLES",
    "ROLE_TAGS",
    "SOURCE_TAGS",
    "TRIGGER_TAGS",
    "TYPE_LABELS",
    "WIDTH",
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
TYPE_LABELS = (*TYPES, "NONE")
MODE_LABELS = ("-", *(f"{name}/{mode}" for name, entry in TYPES.items() for mode in entry.modes))
MODALITY_LABELS = MODALITIES

# Word pieces of the encoder's vocabulary that no text produces ([unused0] …): opening and closing marks.
FRAME_MARKS = (1, 2)
RELATE_MARKS = ((3, 4), (5, 6))

_WIDTHS = {
    "trigger": len(TRIGGER_TAGS),
    "mention": len(MENTION_TAGS),
    "role": len(ROLE_TAGS),
    "source": len(SOURCE_TAGS),
    "type": len(TYPE_LABELS),
    "mode": len(MODE_LABELS),
    "modality": len(MODALITY_LABELS),
    "context": len(CONTEXTS),
    "relation_actor": len(TYPES),
    "relation_recipient": len(TYPES),
    "relation_whole": len(TYPES),
    "relation_mode_actor": len(MODE_LABELS),
    "relation_mode_recipient": len(MODE_LABELS),
    "relation_mode_whole": len(MODE_LABELS),
}


def _columns() -> dict[str, slice]:
    found, at = {}, 0
    for name, width in _WIDTHS.items():
        found[name] = slice(at, at + width)
        at += width
    return found


COLUMNS: dict[str, slice] = _columns()
WIDTH = sum(_WIDTHS.values())


def modes_of(type_: str) -> list[int]:
    """List the indexes in ``MODE_LABELS`` that a type may take: no mode first, then its own."""
    return [0, *(i for i, label in enumerate(MODE_LABELS) if label.startswith(f"{type_}/"))]
