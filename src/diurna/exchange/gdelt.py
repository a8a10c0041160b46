"""GDELT's event tables, 1.0 (58 columns) and 2.0 (61), and its mentions (16), which are read only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from diurna.errors import InputError
from diurna.exchange.codes import country_from, country_to, sector_from, sector_to
from diurna.exchange.drafts import Draft, coordinates_of, day_of, finish, place_of, when_of
from diurna.exchange.pairs import FACTS, cameo_of, number_for, pairs
from diurna.exchange.rows import Layout
from diurna.ontology import INTERNATIONAL
from diurna.ontology.crosswalk import CAMEO, from_cameo, gdelt_quad, root_of
from diurna.records import Event, Party, Place, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.exchange.rows import Row

__all__ = ["LAYOUT", "MENTIONS", "MENTIONS_LAYOUT", "V1", "V2", "mention_of", "rows_v1", "rows_v2", "story_of"]


def _actor(n: int) -> str:
    parts = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
    return " ".join(f"Actor{n}{p}" for p in parts.split())


def _geo(name: str, adm2: str) -> str:
    return " ".join(f"{name}Geo_{p}" for p in f"Type FullName CountryCode ADM1Code {adm2} Lat Long FeatureID".split())


def _columns(adm2: str) -> tuple[str, ...]:
    act = "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone"
    places = " ".join(_geo(name, adm2) for name in ("Actor1", "Actor2", "Action"))
    return tuple(f"GLOBALEVENTID SQLDATE MonthYear Year FractionDate {_actor(1)} {_actor(2)} {act} {places} DATEADDED SOURCEURL".split())


V1: Final = _columns("")
V2: Final = _columns("ADM2Code")

MENTIONS: Final = tuple(
    "GLOBALEVENTID EventTimeDate MentionTimeDate MentionType MentionSourceName MentionIdentifier SentenceID Actor1CharOffset Actor2CharOffset ActionCharOffset InRawText "
    "Confidence MentionDocLen MentionDocTone MentionDocTranslationInfo Extras".split()
)
MENTIONS_LAYOUT: Final = Layout("GDELT mentions", {16: MENTIONS})
LAYOUT: Final = Layout("GDELT", {57: V1[:-1], 58: V1, 61: V2})
_STATE, _CITY = {"US": "2"}, {"US": "3"}  # GDELT counts places of the United States apart
_TYPES = {"1": "country", "2": "admin1", "3": "city", "4": "city", "5": "admin1"}


def story_of(row: Row) -> Story:
    """Read a row of GDELT, of either version."""
    key, code = row.get("GLOBALEVENTID"), row.get("EventCode")
    match = from_cameo(code)
    trigger = row.span("EventCode")
    draft = None
    if match.type is not None and trigger is not None:
        sides = _party(row, 1), _party(row, 2)
        actor, recipient = reversed(sides) if match.reverse else sides
        draft = Draft(
            trigger, match.type, match.mode, code, (actor,) if actor else (), (recipient,) if recipient else (), when=when_of(row, "SQLDATE"), where=_place(row)
        )  # fmt: skip
    return finish(row, "gdelt", key, draft, published=day_of(row, "DATEADDED"), source="GDELT", url=row.get("SOURCEURL"))


def mention_of(row: Row) -> Story:
    """Read a row of GDELT's mentions: a report that tells of an event, which it names and does not describe; the story's thread is the event's id.

    Raises:
        InputError: D243 if the day of the report is none or the event is not named.
    """
    key, published = row.get("GLOBALEVENTID"), day_of(row, "MentionTimeDate")
    if not key.isdigit():
        raise InputError("D243", f"“{key[:40]}” in GLOBALEVENTID is no number of an event", row.where)
    place = row.get("MentionIdentifier")
    language = None if row.get("MentionDocTranslationInfo") else "en"  # what was translated is told in other codes than ours
    told = finish(row, "gdelt", key, None, published=published, source=row.get("MentionSourceName"), url=place if "://" in place else None, language=language)
    return replace(told, thread=f"gdelt:{key}")


def _party(row: Row, n: int) -> Party | None:
    span = row.span(f"Actor{n}Name", f"Actor{n}Code")
    if span is None:
        return None
    types = [t for i in (1, 2, 3) if (t := row.get(f"Actor{n}Type{i}Code"))]
    body = next((t for t in types if t in INTERNATIONAL), None)
    country = country_from("cameo", row.get(f"Actor{n}CountryCode")) or body
    sector = sector_from("cameo", [t for t in types if t not in INTERNATIONAL]) or sector_from("cameo", [body or ""])
    return Party(span.text, span.start, span.end, name=row.get(f"Actor{n}Name") or None, country=country, sector=sector)


def _place(row: Row) -> Place | None:
    name, _, rest = row.get("ActionGeo_FullName").partition(", ")
    admin1 = rest.rpartition(", ")[0]
    lat, lon = coordinates_of(row, "ActionGeo_Lat", "ActionGeo_Long")
    country = country_from("fips", row.get("ActionGeo_CountryCode"))
    precision = _TYPES.get(row.get("ActionGeo_Type"))
    return place_of(row.span("ActionGeo_FullName"), name, country=country, admin1=admin1, lat=lat, lon=lon, precision=precision)


def rows_v1(story: Story, event: Event) -> Iterator[list[Any]]:
    """Write an event as rows of GDELT 1.0, one for each pair of parties; none for an act that is not told as fact."""
    for cells in _rows(story, event):
        yield [cells.get(c) for c in V1[:-2]] + [cells["DATEADDED"][:8], cells.get("SOURCEURL")]


def rows_v2(story: Story, event: Event) -> Iterator[list[Any]]:
    """Write an event as rows of GDELT 2.0, one for each pair of parties; none for an act that is not told as fact."""
    for cells in _rows(story, event):
        yield [cells.get(c) for c in V2]


def _rows(story: Story, event: Event) -> Iterator[dict[str, Any]]:
    if event.modality not in FACTS:
        return
    code = cameo_of(event)
    for pair in pairs(event):
        sides = (pair.actors, pair.recipients) if not CAMEO[code].reverse else (pair.recipients, pair.actors)
        yield _act(story, pair, code) | _day(story, event) | _side(1, sides[0]) | _side(2, sides[1]) | _where(event.where)


def _act(story: Story, event: Event, code: str) -> dict[str, Any]:
    return {
        "GLOBALEVENTID": number_for(event.id, "gdelt"), "IsRootEvent": int(event.sentence.index == 0), "EventCode": code, "EventBaseCode": code[:3],
        "EventRootCode": root_of(code), "QuadClass": gdelt_quad(code), "GoldsteinScale": CAMEO[code].goldstein,
        "NumMentions": 1, "NumSources": 1, "NumArticles": 1,
        "DATEADDED": (story.published or "").replace("-", "") + ("000000" if story.published else ""), "SOURCEURL": story.url,
    }  # fmt: skip


def _day(story: Story, event: Event) -> dict[str, Any]:
    day = event.when.from_ if event.when else story.published
    if not day:
        return {}
    year, month, number = day.split("-")
    fraction = int(year) + (int(month) * 30 + int(number)) / 365
    return {"SQLDATE": year + month + number, "MonthYear": year + month, "Year": year, "FractionDate": f"{fraction:.4f}"}


def _side(n: int, parties: tuple[Party, ...]) -> dict[str, Any]:
    if not parties:
        return {}
    party = parties[0]
    role = sector_to("cameo", party.sector)
    body = party.country if party.country in INTERNATIONAL else ""
    types = list(dict.fromkeys(t for t in (body, role) if t))
    cells = {f"Actor{n}Type{i}Code": t for i, t in enumerate(types, 1)}
    country = country_to("cameo", party.country)
    return cells | {f"Actor{n}Code": country + "".join(types), f"Actor{n}Name": party.name or party.text, f"Actor{n}CountryCode": country}


def _where(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    fips, name = country_to("fips", place.country), place.name or place.text
    kinds = {"country": "1", "admin1": _STATE.get(fips, "5"), "admin2": _STATE.get(fips, "5"), "vague": "5"}
    country = country_to("name", place.country)
    parts = [name] if country in {"", name} else [name, *([place.admin1] if place.admin1 else []), country]
    return {
        "ActionGeo_Type": kinds.get(place.precision or "", _CITY.get(fips, "4")), "ActionGeo_FullName": ", ".join(p for p in parts if p), "ActionGeo_CountryCode": fips,
        "ActionGeo_Lat": place.lat, "ActionGeo_Long": place.lon,
    }  # fmt: skip
