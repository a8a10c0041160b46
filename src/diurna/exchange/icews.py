"""The tables of the Integrated Crisis Early Warning System: 20 columns with a header, in ISO 8859-1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diurna.exchange.codes import country_named, country_to, sector_from, sector_to
from diurna.exchange.drafts import Draft, coordinates_of, day_of, finish, number_of, place_of, when_of
from diurna.exchange.pairs import FACTS, cameo_of, number_for, pairs
from diurna.exchange.rows import Layout
from diurna.ontology import INTERNATIONAL
from diurna.ontology.crosswalk import CAMEO, from_cameo
from diurna.records import Event, Party, Place, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.exchange.rows import Row

__all__ = ["COLUMNS", "LAYOUT", "rows", "story_of"]

COLUMNS: Final = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity", "Target Name", "Target Sectors",
    "Target Country", "Story ID", "Sentence Number", "Publisher", "City", "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
LAYOUT: Final = Layout("ICEWS", {20: COLUMNS}, encoding="iso-8859-1", needed=("Event ID", "Event Date", "Source Name", "CAMEO Code", "Target Name"))
BODY_WORDS: Final = {"IGO": "International Government Organization", "NGO": "Nongovernmental Organization", "MNC": "Multinational Corporation"}
_LEVELS = (("City", "city"), ("District", "admin2"), ("Province", "admin1"), ("Country", "country"))


def story_of(row: Row) -> Story:
    """Read a row of ICEWS. The key of its rows is the id with the day: the same id comes back on other days."""
    code, day = row.get("CAMEO Code"), day_of(row, "Event Date")
    number = row.get("Event ID")
    match, trigger = from_cameo(code), row.span("CAMEO Code")
    draft = None
    if match.type is not None and trigger is not None:
        sides = _party(row, "Source"), _party(row, "Target")
        actor, recipient = reversed(sides) if match.reverse else sides
        draft = Draft(
            trigger, match.type, match.mode, code, (actor,) if actor else (), (recipient,) if recipient else (),
            when=when_of(row, "Event Date"), where=_place(row), sentence=max(int(number_of(row, "Sentence Number") or 1) - 1, 0),
        )  # fmt: skip
    key = f"{number}/{(day or '').replace('-', '')}" if number.isdigit() else number
    return finish(row, "icews", key, draft, published=day, source=row.get("Publisher"))


def _party(row: Row, side: str) -> Party | None:
    if (span := row.span(f"{side} Name")) is None:
        return None
    words = [w.strip() for w in row.get(f"{side} Sectors").split(",")]
    body = next((b for b, word in BODY_WORDS.items() if word in words), None)
    country = country_named(words_) if (words_ := row.get(f"{side} Country")) else body
    sector = sector_from("icews", [w for w in words if w not in BODY_WORDS.values()]) or sector_from("icews", words)
    return Party(span.text, span.start, span.end, name=span.text, country=country, sector=sector)


def _place(row: Row) -> Place | None:
    column, precision = next(((c, p) for c, p in _LEVELS if row.get(c)), ("Country", "country"))
    lat, lon = coordinates_of(row, "Latitude", "Longitude")
    country = country_named(row.get("Country")) if row.get("Country") else None
    return place_of(row.span(column), row.get(column), country=country, admin1=row.get("Province"), lat=lat, lon=lon, precision=precision)


def rows(story: Story, event: Event) -> Iterator[list[Any]]:
    """Write an event as rows of ICEWS, one for each pair of parties; none for an act that is not told as fact."""
    if event.modality not in FACTS:
        return
    code = cameo_of(event, known=False)
    match = from_cameo(code)
    for pair in pairs(event):
        sides = (pair.actors, pair.recipients) if not match.reverse else (pair.recipients, pair.actors)
        day = event.when.from_ if event.when else story.published
        number, _, _ = pair.id.removeprefix("icews:").partition("/")
        cells: dict[str, Any] = {
            "Event ID": number if pair.id.startswith("icews:") and number.isdigit() else number_for(pair.id, "icews"), "Event Date": day,
            "Event Text": CAMEO[match.code].gloss.capitalize(), "CAMEO Code": code, "Intensity": match.goldstein, "Story ID": story.id,
            "Sentence Number": event.sentence.index + 1, "Publisher": story.source,
        }  # fmt: skip
        cells |= _side("Source", sides[0]) | _side("Target", sides[1]) | _where(event.where)
        yield [cells.get(c) for c in COLUMNS]


def _side(side: str, parties: tuple[Party, ...]) -> dict[str, Any]:
    if not parties:
        return {}
    party = parties[0]
    words = dict.fromkeys(w for w in (BODY_WORDS.get(party.country or ""), sector_to("icews", party.sector)) if w)
    country = "" if party.country in INTERNATIONAL else country_to("name", party.country)
    return {f"{side} Name": party.name or party.text, f"{side} Sectors": ",".join(words), f"{side} Country": country}


def _where(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    column = {precision: column for column, precision in _LEVELS}.get(place.precision or "", "City")
    cells: dict[str, Any] = {"Province": place.admin1, "Country": country_to("name", place.country), "Latitude": place.lat, "Longitude": place.lon}
    return cells | {column: place.name or place.text}
