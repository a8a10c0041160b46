"""Phoenix's event tables: 26 columns, tabs, no header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from diurna.exchange.codes import country_from, country_to, sector_from, sector_to
from diurna.exchange.drafts import Draft, coordinates_of, day_of, finish, place_of, when_of
from diurna.exchange.pairs import FACTS, cameo_of, pairs
from diurna.exchange.rows import Layout
from diurna.ontology import CONTEXTS, INTERNATIONAL
from diurna.ontology.crosswalk import CAMEO, from_cameo, phoenix_class, root_of
from diurna.records import Event, Party, Place, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.exchange.rows import Row

__all__ = ["COLUMNS", "LAYOUT", "rows", "story_of"]

COLUMNS: Final = tuple(
    "EventID Date Year Month Day SourceActorFull SourceActorEntity SourceActorRole SourceActorAttribute TargetActorFull TargetActorEntity TargetActorRole "
    "TargetActorAttribute EventCode EventRootCode PentaClass GoldsteinScore Issues Lat Lon LocationName StateName CountryCode SentenceID URLs NewsSources".split()
)
LAYOUT: Final = Layout("Phoenix", {26: COLUMNS})
_SENTENCE = re.compile(r"_(\d{1,6})$")


def story_of(row: Row) -> Story:
    """Read a row of Phoenix."""
    code = row.get("EventCode")
    match, trigger = from_cameo(code), row.span("EventCode")
    draft = None
    if match.type is not None and trigger is not None:
        sides = _party(row, "Source"), _party(row, "Target")
        actor, recipient = reversed(sides) if match.reverse else sides
        issues = [i.partition(",")[0].strip() for i in row.get("Issues").split(";")]
        number = _SENTENCE.search(row.get("SentenceID").partition(";")[0])
        draft = Draft(
            trigger, match.type, match.mode, code, (actor,) if actor else (), (recipient,) if recipient else (), when=when_of(row, "Date"), where=_place(row),
            contexts=tuple(i for i in issues if i in CONTEXTS), sentence=int(number[1]) if number else 0,
        )  # fmt: skip
    source, url = (row.get(c).partition(";")[0] for c in ("NewsSources", "URLs"))
    return finish(row, "phoenix", row.get("EventID"), draft, published=day_of(row, "Date"), source=source, url=url)


def _party(row: Row, side: str) -> Party | None:
    if (span := row.span(f"{side}ActorFull", f"{side}ActorEntity", f"{side}ActorRole")) is None:
        return None
    entity = row.get(f"{side}ActorEntity")
    country = entity if entity in INTERNATIONAL else country_from("cameo", entity)
    roles = [row.get(f"{side}ActorRole"), *row.get(f"{side}ActorAttribute").split(";")]
    return Party(span.text, span.start, span.end, country=country, sector=sector_from("cameo", roles) or sector_from("cameo", [entity]))


def _place(row: Row) -> Place | None:
    lat, lon = coordinates_of(row, "Lat", "Lon")
    country = country_from("cameo", row.get("CountryCode")) or country_from("fips", row.get("CountryCode"))
    return place_of(row.span("LocationName", "StateName", "CountryCode"), row.get("LocationName"), country=country, admin1=row.get("StateName"), lat=lat, lon=lon)


def rows(story: Story, event: Event) -> Iterator[list[Any]]:
    """Write an event as rows of Phoenix, one for each pair of parties; none for an act that is not told as fact."""
    if event.modality not in FACTS:
        return
    code = cameo_of(event)
    day = (event.when.from_ if event.when else story.published) or ""
    for pair in pairs(event):
        sides = (pair.actors, pair.recipients) if not CAMEO[code].reverse else (pair.recipients, pair.actors)
        cells: dict[str, Any] = {
            "EventID": pair.id.removeprefix("phoenix:"), "Date": day.replace("-", ""), "Year": day[:4], "Month": day[5:7], "Day": day[8:], "EventCode": code,
            "EventRootCode": root_of(code), "PentaClass": phoenix_class(code), "GoldsteinScore": CAMEO[code].goldstein,
            "Issues": ";".join(f"{c},1" for c in event.contexts), "SentenceID": f"{story.id}_{event.sentence.index}", "URLs": (story.url or "").replace(";", "%3B"),
            "NewsSources": (story.source or "").replace(";", ","),
        }  # fmt: skip
        cells |= _side("Source", sides[0]) | _side("Target", sides[1]) | _where(event.where)
        yield [cells.get(c) for c in COLUMNS]


def _side(side: str, parties: tuple[Party, ...]) -> dict[str, Any]:
    if not parties:
        return {}
    party = parties[0]
    entity = party.country if party.country in INTERNATIONAL else country_to("cameo", party.country)
    role = sector_to("cameo", party.sector)
    role = "" if role == entity else role
    return {f"{side}ActorFull": f"{entity}{role}", f"{side}ActorEntity": entity, f"{side}ActorRole": role}


def _where(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    country = place.country if country_to("name", place.country) else ""
    return {"Lat": place.lat, "Lon": place.lon, "LocationName": place.name or place.text, "StateName": place.admin1, "CountryCode": country}
