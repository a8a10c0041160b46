"""A look at the record as it was on a day: the events that fit a rule's filters, and the stories that tell them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from diurna.analyse.acts import Acts
from diurna.link import Linker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diurna.records import Story
    from diurna.signals.rules import Filters, Rule, Rules
    from diurna.store import Store

__all__ = ["Linked", "Look", "days_back", "select", "subjects"]

_KEPT: Final = 20_000  # stories held in memory between the days of a replay


@dataclass(slots=True)
class Linked:
    """Hold the threads of what a rule matched, so that the next round links only what is new to it.

    ``on`` is the day looked at; ``ids`` of a story's id the events of it that are linked.
    """

    on: date
    linker: Linker = field(default_factory=Linker)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Look:
    """Hold what rules look at.

    ``on`` is the last day looked at, even where ``acts`` go on; ``first`` the first day of the whole record, even where ``acts`` begin later; ``rejected`` the events that
    reviewers reject; ``linked`` what earlier rounds of this process linked, by rule.
    """

    store: Store
    acts: Acts
    on: date
    first: date
    rejected: frozenset[str] = frozenset()
    linked: dict[str, Linked] = field(default_factory=dict)
    _kept: dict[str, Story] = field(default_factory=dict)

    @classmethod
    def at(cls, store: Store, reach: int, on: date | None = None, linked: dict[str, Linked] | None = None) -> Look | None:
        """Look at a record.

        Args:
            store: the record.
            reach: days before ``on`` that are needed.
            on: the last day; today where the record has news of the last days up to tomorrow, else its newest day not in the future, else its newest.
            linked: what earlier rounds linked, by rule; it is added to.

        Returns:
            None where no story is dated, or none by that day.
        """
        days = store.readings().select("published").drop_nulls().unique().collect()["published"].sort().to_list()
        limit = on or datetime.now(UTC).date() + timedelta(days=1)  # it is tomorrow already somewhere
        past = [d for d in days if d <= limit] or ([] if on else days)  # a story dated years ahead by mistake does not hide the news
        if not past:
            return None
        day = on or past[-1]
        acts = Acts.of(store, max(date.min, day - timedelta(days=min(reach, day.toordinal() - 1))))
        rejected = frozenset(s.event for s in store.standings() if s.verdict == "reject")
        return cls(store, acts, day, days[0], rejected, {} if linked is None else linked)

    def before(self, on: date) -> Look:
        """Look at the same record on an earlier day; what was published later is never asked for."""
        return replace(self, on=on)

    def stories(self, ids: Iterable[str]) -> dict[str, Story]:
        """Read stories with their events."""
        wanted = list(dict.fromkeys(ids))
        missing = [i for i in wanted if i not in self._kept]
        if missing:
            if len(self._kept) > _KEPT:
                self._kept.clear()
                missing = wanted
            # Events name their story as the record does; a story's own id is reckoned anew from what it holds.
            self._kept |= {s.events[0].story if s.events else s.id: s for s in self.store.stories(missing)}
        return {i: self._kept[i] for i in wanted if i in self._kept}


def select(look: Look, rules: Rules, filters: Filters, since: date, until: date, *, sure: bool = True) -> pl.DataFrame:
    """Give the events that fit, newest first; copies of other stories and what reviewers reject never do.

    Args:
        look: the record.
        rules: whose blocs the filters may name.
        filters: the conditions.
        since: first day of publication.
        until: last day of publication.
        sure: whether the least confidence is asked for.
    """
    wanted = [pl.col("published").is_between(since, until), ~pl.col("copy"), ~pl.col("id").is_in(list(look.rejected))]
    wanted += [pl.col(name).is_in(list(values)) for name, values in (("type", filters.types), ("mode", filters.modes), ("modality", filters.modality)) if values]
    if filters.quads:
        wanted.append(pl.col("quad").is_in([rules.quads[q] for q in filters.quads]))
    if sure and filters.min_confidence:
        wanted.append(pl.col("confidence") >= filters.min_confidence)
    if filters.credited is not None:
        wanted.append(pl.col("claimant").is_not_null() if filters.credited else pl.col("claimant").is_null())
    for name, values in (("claimant", filters.claimant), ("place", filters.place)):
        if values:
            wanted.append(_named(rules, name, values, until))
    return _by_parties(look.acts.events.lazy().filter(*wanted).collect(), rules, filters, until)


def _named(rules: Rules, column: str, values: tuple[str, ...], on: date) -> pl.Expr:
    """Ask for words of a name, or for its country by code or bloc."""
    codes = rules.states((v.upper() for v in values), on)
    words = [pl.col(column).str.to_lowercase().str.contains(v.casefold(), literal=True) for v in values]
    return pl.any_horizontal(*words, pl.col(f"{column}_country").cast(pl.String).is_in(list(codes))).fill_null(value=False)


def _by_parties(frame: pl.DataFrame, rules: Rules, filters: Filters, on: date) -> pl.DataFrame:
    """Keep the events whose parties fit. Of an act between several actors without a recipient, each acts on the others."""
    does = _Party.of(rules, filters.actor, filters.actor_sector, on)
    suffers = _Party.of(rules, filters.recipient, filters.recipient_sector, on)
    either = _Party.of(rules, filters.country, (), on)
    if filters.across:
        does, suffers = does or _Party(frozenset(), ()), suffers or _Party(frozenset(), ())
    if not len(frame) or not (does or suffers or either):
        return frame
    actors, named = _side(frame, "actor"), _side(frame, "recipient")
    alone = frame.filter(pl.col("recipient_countries").list.len() == 0, pl.col("actor_countries").list.len() > 1)["row"]
    mutual = actors.filter(pl.col("row").is_in(alone.implode())).with_columns(mutual=pl.lit(value=True))
    recipients = pl.concat([named.with_columns(mutual=pl.lit(value=False)), mutual])
    if does and suffers:
        met = actors.filter(does.holds()).join(recipients.filter(suffers.holds()), on="row", suffix="_other").filter(~pl.col("mutual") | (pl.col("at") != pl.col("at_other")))
        if filters.across:
            met = met.filter(pl.col("country") != pl.col("country_other"))
        frame = frame.filter(pl.col("row").is_in(met["row"].unique().implode()))
    elif does or suffers:
        met = actors.filter(does.holds()) if does else recipients.filter(suffers.holds())  # type: ignore[union-attr]
        frame = frame.filter(pl.col("row").is_in(met["row"].unique().implode()))
    if either:
        met = pl.concat([actors, named]).filter(either.holds())
        frame = frame.filter(pl.col("row").is_in(met["row"].unique().implode()))
    return frame


@dataclass(frozen=True, slots=True)
class _Party:
    """Say what a party must be."""

    states: frozenset[str]
    sectors: tuple[str, ...]

    @classmethod
    def of(cls, rules: Rules, codes: tuple[str, ...], sectors: tuple[str, ...], on: date) -> _Party | None:
        return cls(rules.states(codes, on), sectors) if codes or sectors else None

    def holds(self) -> pl.Expr:
        found = pl.lit(value=True)
        if self.states:
            found &= pl.col("country").is_in(list(self.states))
        if self.sectors:
            found &= pl.col("sector").is_in(list(self.sectors))
        return found.fill_null(value=False)


def _side(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    """List the parties of a side: ``row``, ``at`` (number in the list), ``country``, ``sector``."""
    countries = pl.col(f"{side}_countries")
    lists = frame.filter(countries.list.len() > 0).select("row", country=countries, sector=f"{side}_sectors", at=pl.int_ranges(countries.list.len()))
    return lists.explode("country", "sector", "at")


def subjects(look: Look, rules: Rules, rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Tell what each event counts for: the events found, once for each ``subject`` (a dyad, a pair, a country, a place, or all)."""
    acts, filters = look.acts, rule.filters
    if rule.per == "all":
        return found.with_columns(subject=pl.lit("all"))
    if rule.per == "place":
        country = pl.col("place_country").cast(pl.String)
        name = pl.when(pl.col("place").is_null()).then(country).when(country.is_null()).then(pl.col("place")).otherwise(pl.col("place") + ", " + country)
        return found.with_columns(subject=name).drop_nulls("subject")
    if rule.per == "country":
        sides = pl.concat([f.with_columns(pl.col("code").cast(pl.String)) for f in acts.sides.values()]).unique()
        named = rules.states((*filters.actor, *filters.recipient, *filters.country), look.on)
        chosen = sides.filter(pl.col("code").is_in(list(named))) if named else sides
        return found.join(chosen.rename({"code": "subject"}), on="row")
    pairs = acts.pairs.with_columns(pl.col("a", "b").cast(pl.String)).filter(pl.col("a") != pl.col("b"))
    for column, codes in (("a", filters.actor), ("b", filters.recipient)):
        if codes:
            pairs = pairs.filter(pl.col(column).is_in(list(rules.states(codes, look.on))))
    low, high = (pl.min_horizontal("a", "b"), pl.max_horizontal("a", "b")) if rule.per == "pair" else (pl.col("a"), pl.col("b"))
    named_pairs = pairs.select("row", subject=pl.concat_str(low, high, separator="-")).unique()
    return found.join(named_pairs, on="row")


def days_back(on: date, days: int) -> date:
    """Give the first of so many days that end on a day; the first day that there is where that lies before it."""
    return date.fromordinal(max(1, on.toordinal() - days + 1))


