"""Write coded stories as one self-contained HTML page. Everything from outside is escaped; the page loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diurna.view.highlights import day_of, stretches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.records import Story

__all__ = ["page_of"]


def page_of(stories: Sequence[Story]) -> str:
    """Write a page.

    Args:
        stories: coded stories.

    Returns:
        HTML with style and script inside; hovering or tapping an event lights up its words, and the other way round.
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("diurna.view", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    rows = [{"story": s, "stretches": stretches(s), "events": list(enumerate(s.events, 1))} for s in stories]
    return environment.get_template("stories.html").render(rows=rows, day_of=day_of)
