"""Judge whether two mentions are of one event, and say why: parties, type, place, time and wording, weighed by a logistic regression."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diurna.link.mentions import Mention, Side
    from diurna.records import Harm, Place

__all__ = ["WEIGHTS", "because", "measures", "sameness"]

# Weights, fitted on the part `tune` of tests/cases/threads.jsonl (docs/why/061).
WEIGHTS: Final[dict[str, float]] = {
    "bias": -3.48, "type": 2.4, "mode": 1.11, "parties": 1.58, "strangers": -2.04, "turned": -0.82, "other actors": -2.44,
    "days": -3.08, "place": 0.68, "elsewhere": -1.96, "wording": 2.72, "names": 1.06, "other names": -0.69, "trigger": 0.55,
    "harm": 0.26, "other harm": -0.78, "modality": -2.36, "story": 0.76, "vague": -0.3, "vague force": -1.05,
}  # fmt: skip
_RELATED: Final = {
    frozenset(pair): value
    for pair, value in {
        ("AGREE", "SUPPORT"): 0.6, ("AGREE", "CONSULT"): 0.5, ("AGREE", "CONCEDE"): 0.6, ("AGREE", "COOPERATE"): 0.6, ("AGREE", "AID"): 0.5, ("CONSULT", "SUPPORT"): 0.5,
        ("CONSULT", "COOPERATE"): 0.4, ("SUPPORT", "COOPERATE"): 0.4, ("AID", "COOPERATE"): 0.5, ("AID", "MOBILIZE"): 0.5, ("AID", "RETREAT"): 0.3, ("CONCEDE", "RETREAT"): 0.8,
        ("ASSAULT", "COERCE"): 0.6, ("ASSAULT", "PROTEST"): 0.5, ("ASSAULT", "MOBILIZE"): 0.4, ("COERCE", "SANCTION"): 0.6, ("COERCE", "PROTEST"): 0.3,
        ("SANCTION", "REQUEST"): 0.4, ("SANCTION", "THREATEN"): 0.4,
        ("ACCUSE", "REQUEST"): 0.5, ("ACCUSE", "REJECT"): 0.5, ("ACCUSE", "THREATEN"): 0.5, ("REJECT", "REQUEST"): 0.4, ("REJECT", "SANCTION"): 0.3,
        ("COERCE", "MOBILIZE"): 0.4, ("RETREAT", "SANCTION"): 0.3, ("COERCE", "REQUEST"): 0.3, ("ACCUSE", "SANCTION"): 0.2, ("REQUEST", "THREATEN"): 0.4,
    }.items()
}  # fmt: skip
"""How easily one act is told under two types (codebook §2, close calls, and the confusions of the model card)."""

_UNDATED: Final = 5  # days that two acts are taken to lie apart when one of them has no date
_SOME_WORDING: Final = 0.3
_SAME_PLACE: Final = 0.7
_FORCE: Final = frozenset({"ASSAULT", "COERCE", "PROTEST", "MOBILIZE"})  # acts of which a country may see many in a day
_NEAR_KM: Final = 40.0  # a town and its suburb
_EXACT: Final = frozenset({"city", "point", "admin2"})
_OPPOSED: Final = frozenset({"GOV", "MIL", "COP", "SPY", "LEG", "JUD"})


def sameness(a: Mention, b: Mention) -> float:
    """Give the probability that two mentions are of one event, in [0, 1]; the order does not matter.

    Two acts of one sentence are two events (codebook §1), and so are two that share no party, place or name and are told in other words.
    """
    values = measures(a, b)
    if (a.story, a.at) == (b.story, b.at) or not (values["known"] or values["place"] or values["names"] or values["wording"] >= _SOME_WORDING):
        return 0.0
    del values["known"]
    return 1 / (1 + math.exp(-WEIGHTS["bias"] - sum(WEIGHTS[name] * value for name, value in values.items())))


def measures(a: Mention, b: Mention) -> dict[str, float]:
    """Measure two mentions against each other; each value lies in [0, 1] but ``days``, which is the logarithm of the days between.

    Returns:
        ``type`` and ``mode`` likeness; ``parties`` likeness and ``strangers``, the share of parties with no like; ``turned``, who acts and who
        suffers have changed places; ``other actors``, both name who acts, of different countries; ``days``; ``place`` the same, ``elsewhere``
        another exact place; ``wording`` of sentences and of the ``story``; ``names`` shared and ``other names``, the share of the fewer names that
        the other lacks; ``trigger``; ``harm`` that agrees or not; ``modality`` that differs; ``vague``, no name and no exact place is shared, and
        ``vague force``, that between acts of which a country may see many in a day; ``known``, parties are named and some are alike.
    """
    likeness, strangers = _parties(a.sides, b.sides)
    same_place, other_place = _places(a.place, b.place)
    shared = a.names & b.names
    harm = _harm(a.harm, b.harm)
    vague = not shared and same_place < _SAME_PLACE
    return {
        "type": _types(a, b),
        "mode": float(a.mode == b.mode and a.mode is not None and a.type == b.type),
        "parties": likeness,
        "strangers": strangers,
        "turned": _turned(a.sides, b.sides),
        "other actors": _other_actors(a.sides, b.sides),
        "days": math.log1p(min(30, _gap(a, b))),
        "place": same_place,
        "elsewhere": other_place,
        "wording": _cosine(a.words, b.words),
        "story": _cosine(a.story_words, b.story_words),
        "names": min(2, len(shared)) / 2,
        "other names": 1 - len(shared) / min(len(a.names), len(b.names)) if a.names and b.names else 0.0,
        "trigger": float(a.trigger == b.trigger),
        "harm": float(harm is True),
        "other harm": float(harm is False),
        "modality": float(a.modality != b.modality),
        "vague": float(vague),
        "vague force": float(vague and {a.type, b.type} <= _FORCE),
        "known": float(bool(a.sides and b.sides) and likeness > 0),
    }


def because(a: Mention, b: Mention) -> list[str]:
    """Say in words what speaks for and against two mentions being one event."""
    values = measures(a, b)
    told = [f"both {a.type}" if a.type == b.type else f"{' and '.join(sorted((a.type, b.type)))}, {'near types' if values['type'] else 'unlike types'}"]
    countries = {s.country for s in a.sides if s.country} & {s.country for s in b.sides if s.country}
    if countries:
        told.append(f"parties of {', '.join(sorted(countries))}")
    elif values["strangers"] > 0:
        told.append("other parties")
    if values["turned"]:
        told.append("who acts and who suffers have changed places")
    gap = _gap(a, b)
    told.append("no day told" if a.low is None or b.low is None else "the same day" if gap == 0 else f"{gap} day{'s' * (gap > 1)} apart")
    if values["place"] > 0.5 and a.place and b.place:  # noqa: PLR2004 - a country alone is half a place
        told.append(f"at {a.place.name or a.place.country}")
    if values["elsewhere"]:
        told.append("at another place")
    if shared := a.names & b.names:
        told.append(f"both name {', '.join(sorted(shared)[:4])}")
    if values["harm"]:
        told.append("tolls agree")
    if values["other harm"]:
        told.append("tolls differ")
    told.append(f"wording {values['wording']:.2f} alike")
    return told


def _types(a: Mention, b: Mention) -> float:
    return 1.0 if a.type == b.type else _RELATED.get(frozenset((a.type, b.type)), 0.0)


def _gap(a: Mention, b: Mention) -> int:
    """Give the days between two acts; 0 where their days overlap, some where one is not dated."""
    if a.low is None or b.low is None or a.high is None or b.high is None:
        return _UNDATED
    return max(0, a.low - b.high, b.low - a.high)


def _parties(a: Sequence[Side], b: Sequence[Side]) -> tuple[float, float]:
    """Give how alike the parties are, and what share of those named by both reports has no like; nothing is known where one names none."""
    if not a or not b:
        return 0.4, 0.0
    best_a = [max(_alike(x, y) for y in b) for x in a]
    best_b = [max(_alike(x, y) for y in a) for x in b]
    fewer = best_a if len(a) <= len(b) else best_b
    everyone = best_a + best_b
    likeness = 0.5 * sum(fewer) / len(fewer) + 0.5 * sum(everyone) / len(everyone)
    return likeness, sum(v == 0 for v in everyone) / len(everyone)


def _alike(a: Side, b: Side) -> float:
    if a.entity and a.entity == b.entity:
        return 1.0
    if a.names & b.names and a.country == b.country:
        return 1.0
    if a.country and b.country and a.country != b.country:
        return 0.0
    if a.country == b.country and a.country:
        same_kind = a.sector == b.sector or (a.sector in _OPPOSED and b.sector in _OPPOSED)
        return 0.9 if a.sector == b.sector else 0.75 if same_kind else 0.45
    return 0.5 if a.names & b.names else 0.3


def _turned(a: Sequence[Side], b: Sequence[Side]) -> float:
    def countries(sides: Sequence[Side], *, actor: bool) -> set[str]:
        return {s.country for s in sides if s.actor is actor and s.country}

    acts_a, suffers_a, acts_b, suffers_b = countries(a, actor=True), countries(a, actor=False), countries(b, actor=True), countries(b, actor=False)
    if acts_a & acts_b or suffers_a & suffers_b:
        return 0.0
    return float(bool(acts_a & suffers_b or acts_b & suffers_a) and bool(acts_a and acts_b))


def _other_actors(a: Sequence[Side], b: Sequence[Side]) -> float:
    """Tell whether both reports name who acts, and these are of different countries."""
    acts_a, acts_b = ({s.country for s in sides if s.actor and s.country} for sides in (a, b))
    return float(bool(acts_a and acts_b) and not acts_a & acts_b)


def _places(a: Place | None, b: Place | None) -> tuple[float, float]:
    if a is None or b is None:
        return 0.0, 0.0
    same_entry = a.geonames is not None and a.geonames == b.geonames
    if same_entry or (a.name is not None and a.name == b.name):
        return (1.0, 0.0) if a.precision in _EXACT else (0.7, 0.0)
    exact = a.precision in _EXACT and b.precision in _EXACT
    if exact and None not in {a.lat, a.lon, b.lat, b.lon}:
        return (0.8, 0.0) if _kilometres(a, b) <= _NEAR_KM else (0.0, 1.0)
    if a.country and b.country:
        return (0.4, 0.0) if a.country == b.country else (0.0, 0.7)
    return 0.0, 0.0


def _kilometres(a: Place, b: Place) -> float:
    """Give the great-circle distance (haversine; mean radius of the Earth 6371 km)."""
    assert a.lat is not None
    assert a.lon is not None
    assert b.lat is not None
    assert b.lon is not None
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def _cosine(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / math.sqrt(len(a) * len(b)) if a and b else 0.0


def _harm(a: Sequence[Harm], b: Sequence[Harm]) -> bool | None:
    """Tell whether counts of one kind of harm overlap, as near as tolls of one day are; None where nothing is counted twice."""
    for x in a:
        for y in b:
            if x.kind == y.kind and x.low is not None and y.low is not None:
                low, high = sorted((x, y), key=lambda h: h.low or 0)
                ceiling = (low.high or low.low or 0) * 1.5 + 2
                return (high.low or 0) <= ceiling or (low.high is None and (high.low or 0) <= 3 * ceiling)
    return None
