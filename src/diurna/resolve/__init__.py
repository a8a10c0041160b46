"""Resolve who, where and when: with the story's own memory first, then with the knowledge base."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diurna.parse.frames import ParsedStory
    from diurna.records import Evidence, Place, Story

__all__ = ["resolve"]


def resolve(story: Story, parsed: ParsedStory) -> tuple[dict[tuple[int, int], Evidence], dict[tuple[int, int], Place]]:
    """Resolve a story's parties and places.

    Args:
        story: the story, for its text, dateline and publication date.
        parsed: what the model read in it.

    Returns:
        Parties with the evidence for each, and places, by the offsets of their words.
    """
    from diurna.resolve.actors import Resolver
    from diurna.resolve.memory import trace_story
    from diurna.resolve.places import StoryPlaces

    places = StoryPlaces(story, parsed)
    parties = trace_story(story, parsed, Resolver(), places.country_of)
    return parties, places.all()
