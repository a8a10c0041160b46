"""ACLED's tables, for reading the user's own file: its terms forbid passing rows on, so nothing is written in this form."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from diurna.errors import InputError
from diurna.exchange.codes import country_from, country_named, sector_from
from diurna.exchange.drafts import Draft, coordinates_of, count_of, day_of, finish, place_of, when_of
from diurna.exchange.rows import Layout
from diurna.ontology.crosswalk import to_cameo
from diurna.records import Harm, Party, Story, When

if TYPE_CHECKING:
    from diurna.exchange.rows import Row

__all__ = ["COLUMNS", "EVENTS", "LAYOUT", "story_of"]

COLUMNS: Final = tuple(
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction "
    "civilian_targeting iso region country admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes fatalities tags timestamp".split()
)
LAYOUT: Final = Layout("ACLED", {31: COLUMNS}, delimiter=",", quoted=True, needed=("event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1"))
EVENTS: Final[dict[str, tuple[str, str | None] | None]] = {
    "Armed clash": ("ASSAULT", None),
    "Government regains territory": ("ASSAULT", None),
    "Non-state actor overtakes territory": ("ASSAULT", None),
    "Shelling/artillery/missile attack": ("ASSAULT", "heavy-weapons"),
    "Air/drone strike": ("ASSAULT", "aerial"),
    "Suicide bomb": ("ASSAULT", "suicide-attack"),
    "Remote explosive/landmine/IED": ("ASSAULT", "explosives"),
    "Grenade": ("ASSAULT", "explosives"),
    "Chemical weapon": ("ASSAULT", "unconventional"),
    "Attack": ("ASSAULT", None),
    "Sexual violence": ("ASSAULT", "sexual"),
    "Abduction/forced disappearance": ("ASSAULT", "abduct"),
    "Peaceful protest": ("PROTEST", "demo"),
    "Protest with intervention": ("PROTEST", "demo"),
    "Excessive force against protesters": ("ASSAULT", "crowd-control"),
    "Violent demonstration": ("PROTEST", "riot"),
    "Mob violence": ("PROTEST", "riot"),
    "Agreement": ("AGREE", None),
    "Arrests": ("COERCE", "arrest"),
    "Disrupted weapons use": ("COERCE", "seize"),
    "Headquarters or base established": ("MOBILIZE", "troops"),
    "Looting/property destruction": ("ASSAULT", "destroy"),
    "Non-violent transfer of territory": ("RETREAT", "withdraw"),
    "Change to group/activity": None,
    "Other": None,
}
"""PLOVER type and mode of ACLED's sub-event types; None where the row tells of no act."""
_OF = re.compile(r"\((?P<inner>[^()]+)\)\s*$|\bof (?P<of>[^()]+?)(?: \(\d{4}-(?:\d{4})?\))?$")
_YEARS = re.compile(r" \(\d{4}-(?:\d{4})?\)$")
_PRECISIONS = {"1": "city", "2": "admin2", "3": "admin1"}
_WEEK, _MONTH = "2", "3"  # values of time_precision
_HALF = timedelta(days=3)


def story_of(row: Row) -> Story:
    """Read a row of ACLED.

    Raises:
        InputError: D243 if the kind of event is none of ACLED's.
    """
    kind, trigger = row.get("sub_event_type"), row.span("sub_event_type")
    if kind not in EVENTS or trigger is None:
        raise InputError("D243", f"“{kind[:40]}” in sub_event_type is none of ACLED's", row.where)
    day, found = day_of(row, "event_date"), EVENTS[kind]
    draft = None
    if found is not None:
        actors, recipients = _parties(row)
        lat, lon = coordinates_of(row, "latitude", "longitude")
        where = place_of(
            row.span("location", "admin1", "country"), row.get("location"), country=_country(row), admin1=row.get("admin1"), lat=lat, lon=lon,
            precision=_PRECISIONS.get(row.get("geo_precision")),
        )  # fmt: skip
        draft = Draft(trigger, *found, to_cameo(*found).code, actors, recipients, when=_when(row), where=where, harm=_harm(row))
    return finish(row, "acled", row.get("event_id_cnty"), draft, published=day, source=row.get("source"))


def _country(row: Row) -> str | None:
    number = row.get("iso")
    return (country_from("numeric", number.zfill(3)) if number else None) or country_named(row.get("country"))


def _parties(row: Row) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Give both sides as actors, since their order tells no direction; civilians, who cannot fight, are whom it is done to."""
    sides = [p for n in (1, 2) if (p := _party(row, n)) is not None]
    done_to = tuple(p for p in sides if p.text.startswith("Civilians"))
    doers = tuple(p for p in sides if not p.text.startswith("Civilians"))
    return doers, done_to


def _party(row: Row, n: int) -> Party | None:
    if (span := row.span(f"actor{n}")) is None:
        return None
    words = span.text
    sector = "COP" if words.startswith("Police Forces") else sector_from("acled", [row.get(f"inter{n}")])
    bare = _YEARS.sub("", words)
    found = _OF.search(bare)
    named = country_named(found["inner"] or found["of"]) if found else None
    return Party(span.text, span.start, span.end, name=bare, country=named or (None if sector == "MIL" else _country(row)), sector=sector)


def _when(row: Row) -> When | None:
    when = when_of(row, "event_date")
    if when is None or row.get("time_precision") not in {_WEEK, _MONTH}:
        return when
    day = date.fromisoformat(when.from_)
    if row.get("time_precision") == _WEEK:  # the day given is the middle of the period
        return replace(when, from_=(day - _HALF).isoformat(), to=(day + _HALF).isoformat())
    last = calendar.monthrange(day.year, day.month)[1]
    return replace(when, from_=day.replace(day=1).isoformat(), to=day.replace(day=last).isoformat())


def _harm(row: Row) -> tuple[Harm, ...]:
    dead, span = count_of(row, "fatalities"), row.span("fatalities")
    if not dead or span is None:
        return ()
    return (Harm(span.text, span.start, span.end, kind="killed", low=dead, high=dead),)
