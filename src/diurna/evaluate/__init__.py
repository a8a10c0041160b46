"""Score the coder on a benchmark, one module a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diurna.evaluate.attribution import attribution
from diurna.evaluate.behaviour import behaviour
from diurna.evaluate.dates import dates
from diurna.evaluate.duplicates import duplicates
from diurna.evaluate.events import events, score_events
from diurna.evaluate.figures import score_labels
from diurna.evaluate.modality import modality
from diurna.evaluate.nonpolitical import nonpolitical
from diurna.evaluate.packaged import PACKAGED
from diurna.evaluate.places import places
from diurna.evaluate.relations import relations, unmark
from diurna.evaluate.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from diurna.coder import Coder

__all__ = [
    "PACKAGED",
    "SUITES",
    "attribution",
    "behaviour",
    "dates",
    "duplicates",
    "events",
    "modality",
    "nonpolitical",
    "places",
    "relations",
    "score_events",
    "score_labels",
    "threads",
    "unmark",
]

SUITES: dict[str, Callable[[Path, Coder], dict[str, Any]]] = {
    "relations": relations,
    "events": events,
    "places": places,
    "dates": dates,
    "attribution": attribution,
    "duplicates": duplicates,
    "threads": threads,
    "behaviour": behaviour,
    "nonpolitical": nonpolitical,
    "modality": modality,
}
