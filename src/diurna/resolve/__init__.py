"""Resolve who, where and when: with the story's own memory first, then with the knowledge base."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diurna.parse.frames import ParsedStory
    from diurna.records import Evidence, Place, Story
    from diurna.resolve.places import Located
    from diurna.resolve.timeline import Dated

__all__ = ["resolve"]

_Act = tuple[int, int, str]  # offsets of the trigger, and the type
_TEMPERATE = -10.0  # degrees of latitude: north of it the seasons of news are the northern ones, or none


def resolve(story: Story, parsed: ParsedStory) -> tuple[dict[tuple[int, int], Evidence], dict[tuple[int, int], Place], dict[_Act, Dated], dict[_Act, Located]]:
    """Resolve a story's parties and places, and when and where each act was.

    Args:
        story: the story, for its text, dateline and publication date.
        parsed: what the model read in it.

    Returns:
        Parties with the evidence for each, and places, by the offsets of their words; days and sites of acts by the offsets of the trigger and the type.
    """
    from diurna.resolve.actors import Resolver
    from diurna.resolve.memory import trace_story
    from diurna.resolve.places import StoryPlaces
    from diurna.resolve.timeline import Timeline

    places = StoryPlaces(story, parsed)
    parties = trace_story(story, parsed, Resolver(), places.country_of, places.told())
    line = places.dateline
    times = Timeline(story, parsed, line.country if line else None, south=line is not None and line.lat < _TEMPERATE).all()
    return parties, places.all(), times, places.sites(times)
