"""Weigh whom a name may stand for, when the tables know several."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.knowledge.tables import Person

__all__ = ["SURE", "weigh"]

SURE = 0.6  # share from which on the likeliest is taken; set by hand, below it the name stays unresolved
_FIRST_COUNTRY, _IN_STORY, _ELSEWHERE = 4.0, 2.0, 1.0
_FIRST_OFFICE, _SECOND_OFFICE, _OTHER = 4.0, 1.5, 1.0  # leaders are known abroad by surname alone
_SAME_OFFICE = 4.0  # the words name the office that the person held
_LEADERS = frozenset({"president", "prime minister", "premier", "leader", "supreme leader", "chancellor", "king", "queen", "emir", "sultan", "pope", "UN secretary-general"})
_SECOND = frozenset({"foreign minister", "defence minister", "secretary of state", "vice president"})


def weigh(people: Sequence[Person], countries: Sequence[str], international: frozenset[str], role: str | None = None) -> list[tuple[Person, float]]:
    """Share out belief among office holders of one name: by the story's countries, then by the office.

    Args:
        people: terms of office that held on the day.
        countries: the story's countries, likeliest first.
        international: codes of bodies of no country.
        role: the office that the words name beside the name, if any.

    Returns:
        One term of each person with its share, likeliest first; the shares add up to 1.
    """
    weights: dict[str, tuple[Person, float]] = {}
    for person in people:
        place = _FIRST_COUNTRY if countries[:1] == (person.country,) else _IN_STORY if person.country in countries or person.country in international else _ELSEWHERE
        office = _FIRST_OFFICE if person.role in _LEADERS else _SECOND_OFFICE if person.role in _SECOND else _OTHER
        if role and person.role == role:
            office *= _SAME_OFFICE
        if person.entity not in weights or weights[person.entity][1] < place * office:
            weights[person.entity] = person, place * office
    total = sum(w for _, w in weights.values()) or 1.0
    return sorted(((p, w / total) for p, w in weights.values()), key=lambda c: (-c[1], c[0].name))
