"""Rules of signals: a TOML file, checked whole before anything runs, with errors that say which rule, which key, and what is allowed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from diurna.errors import ConfigError
from diurna.knowledge.blocs import Bloc, blocs
from diurna.knowledge.tables import load_tables
from diurna.ontology import INTERNATIONAL, MODALITIES, PLOVER, SECTORS
from diurna.ontology.own import read_ontology
from diurna.signals.channels import Channel, channel_of, near

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from pathlib import Path

    from diurna.ontology import Ontology

__all__ = ["KINDS", "LINKED", "Filters", "Rule", "Rules", "load_rules"]

KINDS: Final = ("match", "threshold", "change", "novelty")
LINKED: Final = 3
"""Days before the window of a match whose reports may be of an event within it."""
_PAGE: Final = "http://127.0.0.1:8765"
_FILTERS: Final = (
    "types", "modes", "quads", "modality", "actor", "actor_sector", "recipient", "recipient_sector", "country", "across", "claimant", "credited", "place", "min_confidence",
)  # fmt: skip
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "per": ("dyad", "pair", "country", "place", "all"),
    "measure": ("count", "score"),
    "method": ("zscore", "points"),
    "direction": ("up", "down", "either"),
    "first": ("act", "claim", "claimant"),
}
_COMMON: Final = ("name", "kind", "about", "to", "min_sources", "days")
_OWN: Final = {
    "match": (),
    "threshold": ("per", "measure", "above", "below"),
    "change": ("per", "measure", "method", "above", "direction", "history"),
    "novelty": ("first", "quiet"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Say which events a rule is about; all conditions hold at once, and within a list any one.

    ``actor``, ``recipient`` and ``country`` are codes of countries and blocs; a sector must be that of the very party whose country fits.
    ``across`` asks for an actor and a recipient of two countries. ``claimant`` and ``place`` hold words, codes and blocs;
    ``credited`` asks for events that a report credits to somebody, or to nobody.
    """

    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    quads: tuple[str, ...] = ()
    modality: tuple[str, ...] = ("actual",)
    actor: tuple[str, ...] = ()
    actor_sector: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    recipient_sector: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    across: bool = False
    claimant: tuple[str, ...] = ()
    credited: bool | None = None
    place: tuple[str, ...] = ()
    min_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule (docs/guide/signals.md).

    Args:
        name: unique in its file; what was sent is remembered under it.
        kind: one of ``KINDS``.
        filters: which events it is about.
        to: names of channels.
        about: in words, sent along.
        min_sources: independent sources that a signal needs.
        days: match, novelty: days of publication looked at; threshold: length of the window; change: length of each window.
        per: threshold, change: what is counted apart, one of dyad, pair, country, place, all.
        measure: threshold, change: ``count`` of acts, or ``score``, the sum of their PLOVER scores.
        above: threshold: a signal needs more; change: z-score at least.
        below: threshold: a signal needs less.
        method: change: ``zscore`` or ``points``.
        direction: change: up, down or either.
        history: change: windows that the last one is weighed against.
        first: novelty: ``act``, ``claim`` or ``claimant``.
        quiet: novelty: days without the like.
    """

    name: str
    kind: str
    filters: Filters
    to: tuple[str, ...]
    about: str = ""
    min_sources: int = 1
    days: int = 7
    per: str = "dyad"
    measure: str = "count"
    above: float | None = None
    below: float | None = None
    method: str = "zscore"
    direction: str = "either"
    history: int = 26
    first: str = "act"
    quiet: int = 90

    @property
    def reach(self) -> int:
        """Give the days before the day in question that the rule looks at."""
        return {"match": self.days + LINKED, "threshold": self.days, "change": self.days * (self.history + 2), "novelty": self.days + self.quiet}[self.kind]


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold a file of rules: where the page is that signals link to, the rules, the channels, and all blocs that rules may name."""

    rules: tuple[Rule, ...]
    channels: dict[str, Channel]
    page: str = _PAGE
    blocs: dict[str, Bloc] = field(default_factory=dict)
    quads: dict[str, str] = field(default_factory=dict)
    path: str = ""

    def states(self, codes: Iterable[str], on: date) -> frozenset[str]:
        """Turn codes of countries and blocs into countries, blocs as they were on a day."""
        found: set[str] = set()
        for code in codes:
            found |= self.blocs[code].members(on) if code in self.blocs else {code}
        return frozenset(found)

    def chosen(self, names: Collection[str]) -> Rules:
        """Keep some rules by name.

        Raises:
            ConfigError: D133 if there is no rule of a name.
        """
        known = [r.name for r in self.rules]
        for name in names:
            if name not in known:
                raise ConfigError("D133", f"there is no rule “{name}”{near(name, known)}; rules are {', '.join(known)}", self.path)
        return Rules(tuple(r for r in self.rules if not names or r.name in names), self.channels, self.page, self.blocs, self.quads, self.path)


def load_rules(path: Path) -> Rules:
    """Read a file of rules.

    Args:
        path: TOML with ``[[rule]]`` for each rule, ``[[channel]]`` for each way out, and maybe ``page``, ``ontology`` and ``[blocs]``.

    Raises:
        ConfigError: D130 if the file cannot be read; D131 if a rule is wrong; D132 if a channel is.
        KnowledgeError: if the ontology named is wrong.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("D130", f"the rules cannot be read ({error})", str(path)) from error
    where = str(path)
    _keys(found, ("page", "ontology", "blocs", "rule", "channel"), where)
    page = found.get("page", _PAGE)
    if not isinstance(page, str) or not page.startswith(("http://", "https://")):
        _wrong("page is the address that `diurna serve` prints, like http://127.0.0.1:8765", where)
    ontology = read_ontology(path.parent / str(found["ontology"])) if "ontology" in found else PLOVER
    every = _blocs(found.get("blocs", {}), where)
    channels = _channels(found.get("channel", []), path.parent, where)
    rows = found.get("rule", [])
    if not isinstance(rows, list) or not rows or not all(isinstance(r, dict) for r in rows):
        _wrong("it holds no rule; write [[rule]] with name and kind for each", where)
    rules = tuple(_Reading(r, f"{where}: rule {n} ({r.get('name', 'without name')})", ontology, every, channels).rule() for n, r in enumerate(rows, 1))
    names = [r.name for r in rules]
    if twice := next((n for n in names if names.count(n) > 1), None):
        _wrong(f"two rules are called “{twice}”; what was sent is remembered under a rule's name", where)
    return Rules(rules, channels, page.rstrip("/"), every, dict(ontology.quads), where)


def _blocs(given: object, where: str) -> dict[str, Bloc]:
    if not isinstance(given, dict):
        _wrong('[blocs] holds a list of countries under each name, like nordic = ["DNK", "NOR"]', where)
    found = dict(blocs())
    for name, states in given.items():
        at, code = f"{where}: blocs: {name}", str(name).upper()
        for state in _texts(states, at):
            _country(state, {}, at)
        if code in load_tables().countries:
            _wrong(f"{code} is a country's code; give the bloc another name", at)
        found[code] = Bloc(code, str(name), (("", True, tuple(s.upper() for s in _texts(states, at))),))
    return found


def _channels(rows: object, folder: Path, where: str) -> dict[str, Channel]:
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        _wrong("write [[channel]] with name and kind for each way out", where)
    found: dict[str, Channel] = {}
    for number, row in enumerate(rows, 1):
        channel = channel_of(row, folder, f"{where}: channel {number} ({row.get('name', 'without name')})")
        if channel.name in found:
            raise ConfigError("D132", f"two channels are called “{channel.name}”; what was delivered is remembered under a channel's name", where)
        found[channel.name] = channel
    return found or {"terminal": Channel("terminal", "terminal")}


class _Reading:
    """Read one rule, key by key."""

    def __init__(self, row: dict[str, Any], where: str, ontology: Ontology, every: dict[str, Bloc], channels: dict[str, Channel]) -> None:
        self.row, self.where, self.ontology, self.blocs, self.channels = row, where, ontology, every, channels

    def rule(self) -> Rule:
        """Give the rule, or say what is wrong with it."""
        kind = self.row.get("kind")
        if kind not in KINDS:
            self._no("kind", str(kind or ""), KINDS)
        _keys(self.row, (*_COMMON, *_OWN[kind], *_FILTERS), self.where)
        name = self.row.get("name")
        if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > 100:  # noqa: PLR2004 - a name, no tale
            _wrong("it needs a name of at most 100 characters on one line", self.where)
        given: dict[str, Any] = {}
        for key, least, most in (("min_sources", 1, 100), ("days", 1, 3660), ("history", 8, 520), ("quiet", 1, 36600)):
            if key in self.row:
                given[key] = int(self._number(key, least, most, whole=True))
        for key, allowed in _CHOICES.items():
            if key in self.row:
                given[key] = self._one(key, allowed)
        for key in ("above", "below"):
            if key in self.row:
                given[key] = self._number(key, -1e9, 1e9)
        self._bounds(kind, given)
        about = self.row.get("about", "")
        if not isinstance(about, str):
            _wrong("about is text", f"{self.where}: about")
        return Rule(name, kind, self._filters(), self._to(), about, **given)

    def _bounds(self, kind: str, given: dict[str, Any]) -> None:
        if kind == "threshold" and ("above" in given) == ("below" in given):
            _wrong("it needs either above or below: a number that the count, or the sum of scores, must pass", self.where)
        if kind == "change" and "above" in given and (given.get("method") == "points" or given["above"] <= 0):
            _wrong("above is the z-score that is needed, more than 0, and goes with method = “zscore” alone", f"{self.where}: above")

    def _to(self) -> tuple[str, ...]:
        if "to" not in self.row:
            return tuple(self.channels)
        names = _texts(self.row["to"], f"{self.where}: to")
        for name in names:
            if name not in self.channels:
                self._no("to", name, self.channels, "channel")
        return tuple(dict.fromkeys(names))

    def _filters(self) -> Filters:
        found: dict[str, Any] = {}
        for key in _FILTERS:
            if key in self.row:
                found[key] = self._filter(key)
        for mode in found.get("modes", ()):
            if found.get("types") and not any(mode in self.ontology.types[t].modes for t in found["types"]):
                modes = sorted({m for t in found["types"] for m in self.ontology.types[t].modes})
                self._no("modes", mode, modes, f"mode of {' or '.join(found['types'])}")
        return Filters(**found)

    def _filter(self, key: str) -> Any:  # noqa: ANN401 - each key has a kind of its own
        at = f"{self.where}: {key}"
        if key == "min_confidence":
            return self._number(key, 0, 1)
        if key in {"credited", "across"}:
            if not isinstance(self.row[key], bool):
                _wrong("it is true (somebody is credited) or false (nobody is)" if key == "credited" else "it is true (actor and recipient are of two countries) or false", at)
            return self.row[key]
        values = _texts(self.row[key], at)
        if key in {"actor", "recipient", "country"}:
            return tuple(_country(v, self.blocs, at) for v in values)
        if key in {"claimant", "place"}:
            return values
        allowed: dict[str, Collection[str]] = {
            "types": self.ontology.types, "modes": sorted({m for t in self.ontology.types.values() for m in t.modes}), "quads": self.ontology.quads, "modality": MODALITIES,
            "actor_sector": SECTORS, "recipient_sector": SECTORS,
        }  # fmt: skip
        by_fold = {a.casefold(): a for a in allowed[key]}
        for value in values:
            if value.casefold() not in by_fold:
                self._no(key, value, allowed[key])
        return tuple(by_fold[v.casefold()] for v in values)

    def _one(self, key: str, allowed: Collection[str]) -> str:
        value = self.row[key]
        if not isinstance(value, str) or value not in allowed:
            self._no(key, str(value), allowed)
        return value

    def _number(self, key: str, least: float, most: float, *, whole: bool = False) -> float:
        value = self.row[key]
        if not isinstance(value, int if whole else (int, float)) or isinstance(value, bool) or not least <= value <= most:
            _wrong(f"it is a {'whole ' if whole else ''}number from {least:g} to {most:g}", f"{self.where}: {key}")
        return float(value)

    def _no(self, key: str, value: str, allowed: Collection[str], what: str | None = None) -> NoReturn:
        names = {"types": "type", "modes": "mode", "quads": "quad", "actor_sector": "sector", "recipient_sector": "sector"}
        said = f"there is no {what or names.get(key, key)} “{value}”{near(value, allowed)}" if value else "it is missing"
        _wrong(f"{said}; choose of {', '.join(allowed)}", f"{self.where}: {key}")


def _country(value: str, every: dict[str, Bloc], where: str) -> str:
    """Read a country's code or a bloc's."""
    code, countries = value.upper(), load_tables().countries
    if code not in every and code not in countries and code not in INTERNATIONAL:
        if named := load_tables().country_named(value):
            _wrong(f"“{value}” is written as its code here: {named}", where)
        by_name = {b.name.casefold(): c for c, b in every.items()}
        hint = f"; did you mean {by_name[value.casefold()]}?" if value.casefold() in by_name else near(code, [*every, *countries])
        also = f", or a bloc: {', '.join(sorted(every))}" if every else ""
        _wrong(f"“{value}” is no country{' or bloc' if every else ''}{hint}; write an alpha-3 (ISO 3166) such as NOR{also}", where)
    return code


def _texts(value: object, where: str) -> tuple[str, ...]:
    """Read one text or a list of them."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
        _wrong('it is text, or a list of texts such as ["RUS", "BLR"]', where)
    return tuple(values)


def _keys(row: dict[str, Any], allowed: Collection[str], where: str) -> None:
    for key in row:
        if key not in allowed:
            others = [kind for kind, own in _OWN.items() if key in own]
            goes = f"it goes with kind = {' or '.join(f'“{o}”' for o in others)}" if others else f"there is no such key{near(key, allowed)}"
            _wrong(f"{goes}; choose of {', '.join(allowed)}", f"{where}: {key}")


def _wrong(message: str, where: str) -> NoReturn:
    raise ConfigError("D131", message, where)
