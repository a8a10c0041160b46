"""The harm ledger: every toll with its claimant, grouped by what it counts, with best, low and high and nothing added twice.

docs/why/031 tells the rules and what they were weighed against.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from diurna.analyse.rows import Report, claimant_of, same_claimant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diurna.records import Event, Harm

__all__ = ["Figures", "Incident", "TollClaim", "claims_of", "harm_ledger", "totals"]

_UPDATES = 14  # days after an incident's last report in which a running total of the same place is read as its update
_ANYONE = frozenset({None, "people", "person", "persons", "victims", "others"})
_TOLD = frozenset({"actual", "historical"})


@dataclass(frozen=True, slots=True)
class TollClaim:
    """Hold one toll as one claimant gives it in one story; days are ISO 8601, bounds persons, None where open or untold."""

    kind: str
    low: int | None
    high: int | None
    who: str | None
    side: str | None
    claimant: str
    claimant_key: str
    claimant_country: str | None
    place: str | None
    place_id: str | None
    country: str | None
    region: str | None
    precision: str | None
    from_: str | None
    to: str | None
    dated: bool
    period: str | None
    total: bool | None
    modality: str
    text: str
    story: str
    event: str | None
    published: str | None
    source: str | None

    @property
    def point(self) -> int:
        """Give one number for the bounds: the least where the upper end is open, the middle otherwise."""
        low = self.low or 0
        return low if self.high is None else (low + self.high) // 2


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold a figure: the median of what the claimants say, and the least and the most that any of them says; ``open`` when one says *at least*."""

    best: int
    low: int
    high: int
    open: bool


@dataclass(slots=True)
class Incident:
    """Hold the claims that count the same persons, and the numbers of the incidents that contain it, whose figures include its own."""

    number: int
    claims: list[TollClaim] = field(default_factory=list)
    superseded: list[TollClaim] = field(default_factory=list)
    denied: list[TollClaim] = field(default_factory=list)
    within: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """Name what befell the persons."""
        return self.claims[0].kind

    @property
    def days(self) -> tuple[str | None, str | None]:
        """Give the days that the claims cover, those with dates of their own first."""
        rows = [c for c in self.claims if c.dated] or self.claims
        return min((c.from_ for c in rows if c.from_), default=None), max((c.to for c in rows if c.to), default=None)

    def by_claimant(self) -> dict[str, tuple[int, int | None, int]]:
        """Give each claimant's latest bounds and point: counts of different people are added, parts of a whole are not."""
        groups: dict[str, list[TollClaim]] = {}
        for claim in self.claims:
            key = next((k for k, group in groups.items() if _one_voice(group[0], claim)), claim.claimant_key)
            groups.setdefault(key, []).append(claim)
        return {key: _joined(group) for key, group in groups.items()}

    @property
    def figures(self) -> Figures:
        """Work out best, low and high over the claimants."""
        rows = list(self.by_claimant().values())
        points = sorted(point for _, _, point in rows)
        return Figures(
            points[(len(points) - 1) // 2],
            min(low for low, _, _ in rows),
            max(low if high is None else high for low, high, _ in rows),
            any(high is None for _, high, _ in rows),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the incident as plain JSON types."""
        first = next((c for c in self.claims if c.place), self.claims[0])
        days = self.days
        return {
            "incident": self.number, "kind": self.kind, **asdict(self.figures), "who": sorted({c.who for c in self.claims if c.who}),
            "side": sorted({c.side for c in self.claims if c.side}), "place": first.place, "country": first.country, "from": days[0], "to": days[1],
            "period": next((c.period for c in self.claims if c.period), None), "within": list(self.within),
            "claims": [_row(c) for c in self.claims], "superseded": [_row(c) for c in self.superseded], "denied": [_row(c) for c in self.denied],
        }  # fmt: skip


def _row(claim: TollClaim) -> dict[str, Any]:
    keys = ("claimant", "claimant_country", "low", "high", "who", "text", "total", "published", "source", "story", "event")
    return {k: getattr(claim, k) for k in keys}


def _joined(group: Sequence[TollClaim]) -> tuple[int, int | None, int]:
    whole = [c for c in group if c.who in _ANYONE]
    rows = whole[-1:] or group
    high = None if any(c.high is None for c in rows) else sum(c.high or 0 for c in rows)
    return sum(c.low or 0 for c in rows), high, sum(c.point for c in rows)


def claims_of(reports: Iterable[Report]) -> list[TollClaim]:
    """List the tolls of reports, oldest report first; a part of another toll is left out, as the whole has it."""
    found: list[TollClaim] = []
    for report in reports:
        for event in report.events:
            found += [_claim(report, event, h) for h in event.harm if not h.included]
        found += [_claim(report, None, h) for h in report.harm if not h.included]
    found.sort(key=lambda c: (c.published or "", c.story))
    return found


def _claim(report: Report, event: Event | None, harm: Harm) -> TollClaim:
    key, name, country = claimant_of(event, harm, report.source)
    where = harm.where or (event.where if event else None)
    when = event.when if event else None
    period = harm.period
    days: tuple[str | None, str | None] = (report.published, report.published)
    if period or when:
        days = (period.from_, period.to) if period else (when.from_, when.to) if when else days
    return TollClaim(
        kind=harm.kind,
        low=harm.low,
        high=harm.high,
        who=harm.who,
        side=harm.side,
        claimant=name,
        claimant_key=key,
        claimant_country=country,
        place=(where.name or where.text) if where else None,
        place_id=where.geonames if where else None,
        country=(where.country if where else None) or _land(event, harm),
        region=where.admin1 if where else None,
        precision=where.precision if where else None,
        from_=days[0],
        to=days[1],
        dated=period is not None or (when is not None and when.text is not None),
        period=period.text if period else None,
        total=harm.total,
        modality=event.modality if event else "actual",
        text=harm.text,
        story=report.story,
        event=event.id if event else None,
        published=report.published,
        source=report.source,
    )


def _land(event: Event | None, harm: Harm) -> str | None:
    """Tell whose people were harmed where no place is told: by the toll's own words, else by the one country of those acted on."""
    if harm.side:
        return harm.side
    lands = {p.country for p in event.recipients if p.country} if event else set()
    return lands.pop() if len(lands) == 1 else None


def harm_ledger(claims: Iterable[TollClaim]) -> list[Incident]:
    """Group tolls into incidents.

    A later figure of the same claimant for the same incident supersedes the earlier one; other claimants' figures stand beside it. An incident
    that lies within another (a town's toll within the country's of the same days) is marked so, and is not added to sums.

    Args:
        claims: as ``claims_of`` lists them, oldest report first.

    Returns:
        Incidents in the order of their first report. Tolls that are planned, feared or supposed are left out; denied ones are kept aside.
    """
    incidents: list[Incident] = []
    by_kind: dict[str, list[Incident]] = defaultdict(list)
    denied = []
    for claim in claims:
        if claim.modality == "negated":
            denied.append(claim)
        if claim.modality not in _TOLD:
            continue
        home = next((i for i in reversed(by_kind[claim.kind]) if any(_same(c, claim) for c in i.claims)), None)
        if home is None:
            home = Incident(len(incidents) + 1)
            incidents.append(home)
            by_kind[claim.kind].append(home)
        _enter(home, claim)
    for claim in denied:
        for incident in by_kind[claim.kind]:
            if any(_same_place(c, claim) and _near(c, claim, _UPDATES) for c in incident.claims):
                incident.denied.append(claim)
                break
    _nest(by_kind)
    return incidents


def _enter(home: Incident, claim: TollClaim) -> None:
    """Add a claim; what the same claimant said in an earlier report, or said in vaguer words in this one, is superseded."""
    for old in [c for c in home.claims if _one_voice(c, claim)]:
        if old.story == claim.story and old.who != claim.who and not {old.who, claim.who} & _ANYONE:
            continue  # two soldiers and one civilian
        if old.story == claim.story and (old.low or 0) > (claim.low or 0):
            home.superseded.append(claim)
            return
        home.claims.remove(old)
        home.superseded.append(old)
    home.claims.append(claim)


def _same(a: TollClaim, b: TollClaim) -> bool:
    """Tell whether two tolls of one kind count the same persons; ``a`` was reported first."""
    if (a.period is None) != (b.period is None) and not (a.story == b.story and (a.low, a.high, a.who) == (b.low, b.high, b.who)):
        return False
    if a.period is not None:
        began = a.from_ is not None and a.from_ == b.from_
        return _same_place(a, b) and _same_people(a, b) and began and (a.to == b.to or bool(a.total and b.total))
    if a.story == b.story and _one_voice(a, b):
        if a.event == b.event and a.who != b.who:
            return True
        return _same_place(a, b) and (_overlap(a, b) or b.total is True) and b.total is not False
    if not _same_place(a, b) or b.total is False:
        return False
    if a.place is None and a.story != b.story:
        return False  # nothing but the country tells them apart from any other toll
    return _near(a, b, _UPDATES) if b.total else _meets(a, b)


def _one_voice(a: TollClaim, b: TollClaim) -> bool:
    return same_claimant((a.claimant_key, a.claimant_country), (b.claimant_key, b.claimant_country))


def _same_place(a: TollClaim, b: TollClaim) -> bool:
    if a.place is None or b.place is None:
        return a.story == b.story or (a.place is b.place and a.country == b.country)
    return (a.place_id is not None and a.place_id == b.place_id) or a.place.casefold() == b.place.casefold()


def _same_people(a: TollClaim, b: TollClaim) -> bool:
    return a.who == b.who or {a.who, b.who} <= _ANYONE


def _overlap(a: TollClaim, b: TollClaim) -> bool:
    top_a, top_b = (float("inf") if c.high is None else c.high for c in (a, b))
    return (a.low or 0) <= top_b and (b.low or 0) <= top_a


def _meets(a: TollClaim, b: TollClaim) -> bool:
    """Tell whether the days of two tolls meet; a day that only publication gave may be one off."""
    return _near(a, b, 0 if a.dated and b.dated else 1)


def _near(a: TollClaim, b: TollClaim, days: int) -> bool:
    if None in {a.from_, a.to, b.from_, b.to}:
        return False
    first, second = (tuple(date.fromisoformat(str(d)).toordinal() for d in (c.from_, c.to)) for c in (a, b))
    return first[0] - days <= second[1] and second[0] - days <= first[1]


def _nest(by_kind: dict[str, list[Incident]]) -> None:
    for group in by_kind.values():
        for inner in group:
            outer = [o for o in group if o is not inner and any(_contains(a, b) for a in o.claims for b in inner.claims)]
            inner.within = tuple(o.number for o in outer)


def _contains(a: TollClaim, b: TollClaim) -> bool:
    """Tell whether the persons of ``b`` are among those of ``a``: its place and its days lie within, and its kind of people."""
    if not (a.from_ and a.to and b.from_ and b.to and a.from_ <= b.from_ and b.to <= a.to):
        return False
    if a.who not in _ANYONE and a.who != b.who:
        return False
    longer = (a.from_, a.to) != (b.from_, b.to)
    if a.place is not None and a.precision != "country":
        inside = a.precision == "admin1" and (a.region, a.country) == (b.region, b.country) and b.precision not in {"admin1", "country"}
        return b.place is not None and (inside or (longer and _same_place(a, b)))
    land = a.country or a.claimant_country
    wider = b.place is not None and b.precision != "country"
    return a.period is not None and land is not None and land == b.country and (wider or longer)


def totals(incidents: Sequence[Incident]) -> dict[str, Figures]:
    """Sum the figures of each kind; an incident within another of the list is not added again."""
    numbers = {i.number for i in incidents}
    sums: dict[str, list[Figures]] = defaultdict(list)
    for incident in incidents:
        if not numbers.intersection(incident.within):
            sums[incident.kind].append(incident.figures)
    return {kind: Figures(sum(f.best for f in fs), sum(f.low for f in fs), sum(f.high for f in fs), any(f.open for f in fs)) for kind, fs in sums.items()}
