"""Split the corpus by story, for good: a story's part depends on its id alone."""

from __future__ import annotations

import hashlib
from typing import Literal

__all__ = ["Split", "split_of"]

Split = Literal["train", "calibrate", "held_out"]


def split_of(story: str) -> Split:
    """Tell which part a story belongs to: about 83 % train, 8 % calibrate, 9 % held out."""
    n = hashlib.blake2b(story.encode(), digest_size=4).digest()[0]
    return "held_out" if n < 23 else "calibrate" if n < 43 else "train"
