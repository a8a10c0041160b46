"""Show a coded story: in the terminal, or as one self-contained page."""

from __future__ import annotations

from diurna.view.highlights import Stretch, stretches
from diurna.view.page import page_of
from diurna.view.terminal import show

__all__ = ["Stretch", "page_of", "show", "stretches"]
