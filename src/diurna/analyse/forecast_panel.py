"""What forecasts are made of: acts by quad of every dyad and country, month by month, and how much news there was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from diurna.analyse.acts import Selection, period_end, periods
from diurna.ontology import INTERNATIONAL, QUADS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from diurna.analyse.acts import Acts

__all__ = ["CONFLICT", "RECENT", "Kind", "Panel", "next_month", "panels_of"]

Kind = Literal["dyad", "country"]
CONFLICT: Final = list(QUADS).index("MX")
RECENT: Final = 6  # months whose events a forecast keeps, and after which a unit without conflict is quiet
_LONGEST: Final = 120  # months looked back
_SLACK: Final = 2  # days that a month may lack at its end and be over all the same


@dataclass(frozen=True, slots=True)
class Panel:
    """Hold the months of all dyads or of all countries.

    A dyad is undirected, its codes in alphabetical order (``RUS-UKR``): every act either way, each once. A country's acts are those that it does or
    suffers, at home too. Months without news are left out.

    Args:
        kind: dyad or country.
        units: their names, in alphabetical order.
        months: first days of the months, in order.
        stories: of the whole record, copies not counted. *Shape:* (n_months,)
        counts: acts by quad, in the order of ``QUADS``. *Shape:* (4, n_units, n_months)
        hostility: sum of scores, its sign turned. *Shape:* (n_units, n_months)
        near: acts of material conflict of neighbours: of either state with others, or of the states that a country has had to do with so far. *Shape:* (n_units, n_months)
        ids: of the events of material conflict in the last six months, newest first, by unit.
    """

    kind: Kind
    units: tuple[str, ...]
    months: tuple[date, ...]
    stories: np.ndarray
    counts: np.ndarray
    hostility: np.ndarray
    near: np.ndarray
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def conflict(self) -> np.ndarray:
        """Give the acts of material conflict. *Shape:* (n_units, n_months)."""
        found: np.ndarray = self.counts[CONFLICT]
        return found

    def first(self, months: int) -> Panel:
        """Give the panel as it stood after so many months; ids are left out."""
        cut = slice(0, months)
        return replace(
            self, months=self.months[cut], stories=self.stories[cut], counts=self.counts[:, :, cut], hostility=self.hostility[:, cut], near=self.near[:, cut], ids={},
        )  # fmt: skip


def next_month(start: date) -> date:
    """Give the first day of the month after.

    >>> from datetime import date
    >>> next_month(date(2024, 12, 1))
    datetime.date(2025, 1, 1)
    """
    return period_end(start, "month") + timedelta(days=1)


def panels_of(acts: Acts, selection: Selection | None = None) -> dict[Kind, Panel]:
    """Count the acts of every dyad and country, month by month of publication.

    The month of the newest story counts once it is over; a story of one of its last three days says so. A first month cut by ``since`` is left out.

    Args:
        acts: the record.
        selection: which acts count.
    """
    choice = selection or Selection()
    months = _months(acts, choice)
    at = months.select("start", month=pl.int_range(pl.len(), dtype=pl.Int64))
    starts, stories = tuple(months["start"].to_list()), months["stories"].to_numpy().astype(float)
    dyads = _joined(acts, acts.ties, choice, at).select("month", "id", "quad", "score", "published", "a", "b")
    pairs = dyads.with_columns(unit=pl.concat_str("a", "b", separator="-"))
    both = pl.concat([side.with_columns(pl.col("code").cast(pl.String)) for side in acts.sides.values()]).unique(["row", "code"]).sort("row")
    lands = _joined(acts, both, choice, at).filter(~pl.col("code").is_in(list(INTERNATIONAL))).rename({"code": "unit"})
    dyad, country = _panel("dyad", pairs, starts, stories), _panel("country", lands, starts, stories)
    return {"dyad": replace(dyad, near=_near_dyads(dyad)), "country": replace(country, near=_near_countries(country, dyad))}


def _months(acts: Acts, choice: Selection) -> pl.DataFrame:
    """List the months that are over and had news."""
    found = periods(acts, "month", choice)
    if not len(found) or acts.span is None:
        return found
    last, newest = min(acts.span[1], choice.until or acts.span[1]), found["start"][-1]
    if (period_end(newest, "month") - last).days > _SLACK:
        found = found.head(-1)
    if choice.since is not None and choice.since.day > 1:
        found = found.filter(pl.col("start") >= choice.since)
    return found.tail(_LONGEST).filter(pl.col("stories") > 0)


def _joined(acts: Acts, frame: pl.DataFrame, choice: Selection, at: pl.DataFrame) -> pl.DataFrame:
    """Put what is counted beside the rows of acts, and leave out months that are not over."""
    beside = acts.of_rows(frame, choice, "id", "quad", "score", "published").with_columns(start=pl.col("published").dt.truncate("1mo"), quad=pl.col("quad").cast(pl.String))
    return beside.join(at, on="start", how="inner", maintain_order="left")


def _panel(kind: Kind, rows: pl.DataFrame, months: tuple[date, ...], stories: np.ndarray) -> Panel:
    sums = [(pl.col("quad") == words).sum().alias(code) for code, words in QUADS.items()]
    cells = rows.group_by("unit", "month").agg(*sums, hostility=-pl.col("score").sum())
    units = tuple(sorted(rows["unit"].unique().to_list()))
    place = {unit: i for i, unit in enumerate(units)}
    where = np.array([place[u] for u in cells["unit"]], dtype=int), cells["month"].to_numpy()
    counts, hostility = np.zeros((len(QUADS), len(units), len(months))), np.zeros((len(units), len(months)))
    for quad, code in enumerate(QUADS):
        counts[quad][where] = cells[code].to_numpy()
    hostility[where] = cells["hostility"].cast(pl.Float64).round(6).to_numpy()
    late = rows.filter(pl.col("quad") == QUADS["MX"], pl.col("month") >= len(months) - RECENT).sort("published", "id", descending=True)
    kept = late.group_by("unit", maintain_order=True).agg("id")
    ids = {unit: tuple(found) for unit, found in kept.iter_rows()}
    return Panel(kind, units, months, stories, counts, hostility, np.zeros_like(hostility), ids)


def _sides(dyad: Panel) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Number the states of the dyads: their codes, and the place of each dyad's first and second."""
    codes = sorted({code for unit in dyad.units for code in unit.split("-")})
    place = {code: i for i, code in enumerate(codes)}
    pairs = np.array([[place[c] for c in unit.split("-")] for unit in dyad.units], dtype=int).reshape(-1, 2)
    return codes, pairs[:, 0], pairs[:, 1]


def _near_dyads(dyad: Panel) -> np.ndarray:
    """Count, for each dyad, the conflict of its two states with others."""
    codes, a, b = _sides(dyad)
    whole = np.zeros((len(codes), len(dyad.months)))
    np.add.at(whole, a, dyad.conflict)
    np.add.at(whole, b, dyad.conflict)
    near: np.ndarray = whole[a] + whole[b] - 2 * dyad.conflict
    return near


def _near_countries(country: Panel, dyad: Panel) -> np.ndarray:
    """Count, for each country and month, the conflict of the states that it has had acts with up to that month."""
    codes, a, b = _sides(dyad)
    place = {unit: i for i, unit in enumerate(country.units)}
    at = np.array([place[c] for c in codes], dtype=int)
    near, met = np.zeros_like(country.conflict), np.zeros((len(codes), len(codes)))
    for month in range(len(dyad.months)):
        told = dyad.counts[:, :, month].sum(0) > 0
        met[a[told], b[told]] = met[b[told], a[told]] = 1
        near[at, month] = met @ country.conflict[at, month]
    return near
