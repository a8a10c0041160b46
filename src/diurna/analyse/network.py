"""The network of states: signed ties, communities, structural balance, cohesion of blocs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from diurna.analyse.acts import Selection
from diurna.ontology import INTERNATIONAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diurna.analyse.acts import Acts

__all__ = ["Balance", "Cohesion", "Network", "Tie", "balance_of", "bloc_cohesion", "communities_of", "network_of", "ties_of"]

_MILD: Final = 0.5  # mean score within which a tie is neither friendly nor hostile
_SEED: Final = 7  # the same ties give the same communities
_ROUNDS: Final = 50  # passes over all states; each pass only ever lowers the frustration
_TRIANGLE: Final = 3


@dataclass(frozen=True, slots=True)
class Tie:
    """Hold the tie of two states, ``a`` before ``b``: acts either way, sum and mean of their scores, sign (1, 0, -1), and the events, newest first."""

    a: str
    b: str
    count: int
    score: float
    mean: float
    sign: int
    ids: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the tie as plain JSON types."""
        return {"a": self.a, "b": self.b, "count": self.count, "score": self.score, "mean": self.mean, "sign": self.sign, "ids": list(self.ids)}


@dataclass(frozen=True, slots=True)
class Balance:
    """Count triangles of signed ties by their number of hostile ties.

    ``balanced`` is the share with none or two of them, ``weakly`` with none, two or three (Davis), ``expected`` the balanced share if the same
    signs lay on the ties by chance; None without triangles.
    """

    triangles: int
    by_hostile: tuple[int, int, int, int]
    balanced: float | None
    weakly: float | None
    expected: float | None


@dataclass(frozen=True, slots=True)
class Network:
    """Hold a network: ties, the community of each state (numbered from 0, largest first), its frustration and its balance.

    ``frustration`` is the share of signed ties that cross the communities: friendly ones between them, hostile ones within.
    """

    ties: tuple[Tie, ...]
    communities: dict[str, int]
    frustration: float | None
    balance: Balance


@dataclass(frozen=True, slots=True)
class Cohesion:
    """Hold how a bloc holds together: mean score of acts among its members, and of acts between them and others; None without acts."""

    members: tuple[str, ...]
    within: float | None
    across: float | None
    count_within: int
    count_across: int
    pairs_tied: float | None
    ids: tuple[str, ...]


def ties_of(acts: Acts, *, selection: Selection | None = None, least: int = 3, among: Sequence[str] | None = None, ids: bool = True) -> list[Tie]:
    """List the ties of states (docs/guide/measures.md, “Network”).

    Args:
        acts: the record.
        selection: which acts count.
        least: acts that a tie has at least.
        among: alpha-3 of the states to keep to; all when None.
        ids: keep the ids of the events, which costs time where there are very many.

    Returns:
        Ties, most acts first.
    """
    choice = selection or Selection()
    ties = acts.ties if among is None else acts.ties.filter(pl.col("a").is_in(list(among)), pl.col("b").is_in(list(among)))
    counted = acts.of_rows(ties, choice, "score", *(["id"] if ids else []))
    kept = [pl.col("id")] if ids else [pl.lit(None).alias("id")]
    joined = counted.group_by("a", "b", maintain_order=True).agg(pl.len().alias("count"), pl.col("score").sum(), *kept).with_columns(pl.col("a", "b").cast(pl.String))
    rows = joined.filter(pl.col("count") >= least).sort(["count", "a", "b"], descending=[True, False, False])
    found = []
    for r in rows.iter_rows(named=True):
        mean = r["score"] / r["count"]
        found.append(Tie(r["a"], r["b"], r["count"], round(r["score"], 3), round(mean, 3), 0 if abs(mean) < _MILD else 1 if mean > 0 else -1, tuple(r["id"] or ())))
    return found


def network_of(acts: Acts, *, selection: Selection | None = None, least: int = 3, among: Sequence[str] | None = None, ids: bool = True) -> Network:
    """Make the network of states with its communities and its balance; see ``ties_of``."""
    ties = ties_of(acts, selection=selection, least=least, among=among, ids=ids)
    communities = communities_of(ties)
    return Network(tuple(ties), communities, _frustration(ties, communities), balance_of(ties))


def communities_of(ties: Sequence[Tie]) -> dict[str, int]:
    """Group states so that friendly ties fall within groups and hostile ones between them.

    Groups begin as those of the friendly ties alone (Louvain); then each state in turn moves to the group, or to one of its own, where the
    weight of misplaced ties is least, until none moves.

    Args:
        ties: signed ties.

    Returns:
        The number of each state's group, from 0, largest group first.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(sorted({c for t in ties for c in (t.a, t.b)}))
    graph.add_weighted_edges_from((t.a, t.b, abs(t.score)) for t in ties if t.sign > 0)
    groups = nx.community.louvain_communities(graph, weight="weight", seed=_SEED) if graph.number_of_nodes() else []
    of = {state: number for number, group in enumerate(groups) for state in group}
    toward: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for t in ties:
        if t.sign:
            toward[t.a].append((t.b, t.sign * abs(t.score)))
            toward[t.b].append((t.a, t.sign * abs(t.score)))
    for _ in range(_ROUNDS):
        if not sum(_move(state, of, toward[state]) for state in sorted(of)):
            break
    return _numbered(of)


def _move(state: str, of: dict[str, int], toward: Iterable[tuple[str, float]]) -> bool:
    """Move a state to the group that it fits best; tell whether it moved."""
    gain: dict[int, float] = defaultdict(float)  # weight of ties put right by joining the group, less those put wrong
    for other, weight in toward:
        gain[of[other]] += weight
    best = max(gain, key=lambda g: (gain[g], -g), default=of[state])
    wanted = best if gain.get(best, 0) > 0 else max(of.values()) + 1
    if gain.get(wanted, 0.0) <= gain.get(of[state], 0.0):
        return False
    of[state] = wanted
    return True


def _numbered(of: Mapping[str, int]) -> dict[str, int]:
    groups: dict[int, list[str]] = defaultdict(list)
    for state, number in of.items():
        groups[number].append(state)
    ordered = sorted((sorted(g) for g in groups.values()), key=lambda g: (-len(g), g))
    return {state: number for number, group in enumerate(ordered) for state in group}


def _frustration(ties: Sequence[Tie], of: Mapping[str, int]) -> float | None:
    signed = [t for t in ties if t.sign]
    wrong = sum((t.sign > 0) != (of[t.a] == of[t.b]) for t in signed)
    return round(wrong / len(signed), 4) if signed else None


def balance_of(ties: Sequence[Tie]) -> Balance:
    """Count the triangles of signed ties (docs/guide/measures.md, “Balance”)."""
    sign = {(t.a, t.b): t.sign for t in ties if t.sign}
    states = sorted({c for pair in sign for c in pair})
    at = {c: n for n, c in enumerate(states)}
    friendly, hostile = (np.zeros((len(states), len(states))) for _ in range(2))
    for (a, b), s in sign.items():
        ties_ = friendly if s > 0 else hostile
        ties_[at[a], at[b]] = ties_[at[b], at[a]] = 1.0
    paths = {"ff": friendly @ friendly, "hh": hostile @ hostile}  # ways over a third state, both ties friendly, both hostile
    by_hostile = [
        round(float(count)) // over for count, over in (
            ((paths["ff"] * friendly).sum(), 6), ((paths["ff"] * hostile).sum(), 2), ((paths["hh"] * friendly).sum(), 2), ((paths["hh"] * hostile).sum(), 6),
        )
    ]  # fmt: skip
    total = sum(by_hostile)
    if not total:
        return Balance(0, (0, 0, 0, 0), None, None, None)
    p = sum(s > 0 for s in sign.values()) / len(sign)
    expected = p**_TRIANGLE + _TRIANGLE * p * (1 - p) ** 2
    balanced = by_hostile[0] + by_hostile[2]
    return Balance(total, tuple(by_hostile), round(balanced / total, 4), round((balanced + by_hostile[3]) / total, 4), round(expected, 4))  # type: ignore[arg-type]


def bloc_cohesion(acts: Acts, members: Iterable[str], *, selection: Selection | None = None) -> Cohesion:
    """Measure how a bloc holds together (docs/guide/measures.md, “Cohesion”).

    Args:
        acts: the record.
        members: alpha-3 of its states.
        selection: which acts count.
    """
    bloc = tuple(sorted({m.upper() for m in members}))
    possible = len(bloc) * (len(bloc) - 1) / 2
    choice = selection or Selection()
    counted = acts.events.lazy().filter(choice.holds()).select("row", "score", "id")
    inside = pl.col("a").is_in(bloc).cast(pl.Int8) + pl.col("b").is_in(bloc).cast(pl.Int8)
    pairs = acts.pairs.lazy().filter(pl.col("a") != pl.col("b"), ~pl.col("a").is_in(list(INTERNATIONAL)), ~pl.col("b").is_in(list(INTERNATIONAL))).with_columns(inside=inside)
    joined = pairs.filter(pl.col("inside") > 0).join(counted, on="row").sort("row").collect()
    within, across = joined.filter(pl.col("inside") == 2), joined.filter(pl.col("inside") == 1)  # noqa: PLR2004 - both sides, one side
    tied = within.with_columns(pl.col("a", "b").cast(pl.String)).select(pl.min_horizontal("a", "b").alias("x"), pl.max_horizontal("a", "b").alias("y")).unique().height
    within, across = within.unique("row", keep="first", maintain_order=True), across.unique("row", keep="first", maintain_order=True)
    return Cohesion(
        bloc, _mean(within), _mean(across), len(within), len(across), round(tied / possible, 4) if possible else None, tuple(within["id"]),
    )  # fmt: skip


def _mean(frame: pl.DataFrame) -> float | None:
    return round(float(frame["score"].sum()) / len(frame), 3) if len(frame) else None
