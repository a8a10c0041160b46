"""POLECAT's tables: PLOVER events in 40 columns with a header, tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diurna.errors import InputError
from diurna.exchange.codes import country_named, country_to, is_country
from diurna.exchange.drafts import Draft, coordinates_of, day_of, finish, place_of, when_of
from diurna.exchange.pairs import FACTS
from diurna.exchange.rows import Layout
from diurna.knowledge.tables import load_tables
from diurna.ontology import CONTEXTS, INTERNATIONAL, SECTORS, TYPES
from diurna.ontology.crosswalk import to_cameo
from diurna.records import Event, Party, Place, Span, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.exchange.rows import Row

__all__ = ["COLUMNS", "LAYOUT", "rows", "story_of"]


def _party_columns(side: str) -> list[str]:
    return [
        f"{side} Name", f"{side} Country", f"{side} COW", f"Primary {side} Sector", f"{side} Sectors", f"{side} Title", f"{side} Name Raw", f"Wikipedia {side} ID",
    ]  # fmt: skip


COLUMNS: Final = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", *_party_columns("Actor"), *_party_columns("Recipient"),
    "Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type", "Source", "Publication Date",
    "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
_MORE = ("Headline", "Event Text", "Feed", "Story ID")  # in some files
LAYOUT: Final = Layout(
    "POLECAT", {40: COLUMNS, 44: (*COLUMNS, *_MORE)}, aliases={"Event Intensity": "Intensity"}, needed=("Event ID", "Event Date", "Event Type", "Actor Name", "Recipient Name")
)
_FEATURES = {"city": "PPL", "admin1": "ADM1", "admin2": "ADM2", "country": "PCLI", "vague": "RGN"}  # GeoNames feature codes
_KIND = 3  # letters of a feature code that tell cities (PPL, PPLC …) and countries (PCLI, PCLD …)
_OUR_MODES = {("SANCTION", "impose"): "discontinue"}  # modes that PLOVER lacks (codebook §2)


def story_of(row: Row) -> Story:
    """Read a row of POLECAT.

    Raises:
        InputError: D243 if the type is none of PLOVER's.
    """
    type_ = row.get("Event Type").upper()
    trigger = row.span("Event Type")
    if type_ not in TYPES or trigger is None:
        raise InputError("D243", f"“{type_[:40]}” in Event Type is none of PLOVER's types", row.where)
    mode = row.get("Event Mode").casefold()
    known = mode if mode in TYPES[type_].modes else None
    contexts = tuple(c for w in row.get("Contexts").replace("|", ";").split(";") if (c := w.strip().casefold().replace(" ", "_")) in CONTEXTS)
    draft = Draft(
        trigger, type_, known, to_cameo(type_, known).code, _parties(row, "Actor"), _parties(row, "Recipient"),
        when=when_of(row, "Event Date"), where=_place(row), contexts=contexts,
    )  # fmt: skip
    published = day_of(row, "Publication Date")
    facts = {name: row.get(column) for name, column in (("source", "Source"), ("title", "Headline"), ("language", "Language"))}
    return finish(row, "polecat", row.get("Event ID"), draft, published=published, **facts)


def _list(row: Row, column: str) -> list[str]:
    """Split a cell of several parties; of alternatives (``|``) the first counts."""
    cell = row.get(column)
    return [part.partition("|")[0].strip() for part in cell.split(";")] if cell else []


def _parties(row: Row, side: str) -> tuple[Party, ...]:
    raws, names = _list(row, f"{side} Name Raw"), _list(row, f"{side} Name")
    size = max(len(raws), len(names))
    if not size:
        return ()
    column = f"{side} Name Raw" if len(raws) == size else f"{side} Name"
    spans = _spans(row, column, size)
    sectors, primary = _list(row, f"{side} Sectors"), _list(row, f"Primary {side} Sector")
    more = (names, _list(row, f"{side} Country"), sectors if len(sectors) == size else primary, _list(row, f"{side} Title"))
    found = []
    for span, (name, country, sector, role) in zip(spans, zip(*((values + [""] * size)[:size] for values in more), strict=True), strict=True):
        code = country if country in INTERNATIONAL or is_country(country) else country_named(country) if country else None
        found.append(Party(span.text, span.start, span.end, name or None, None, code, sector if sector in SECTORS else None, role or None))
    return tuple(found)


def _spans(row: Row, column: str, size: int) -> list[Span]:
    cell = row.span(column)
    assert cell is not None  # the caller saw parts in it
    spans, at = [], 0
    for part in cell.text.split(";")[:size]:
        words = part.partition("|")[0].strip()
        start = cell.start + at + (part.index(words) if words else 0)
        spans.append(Span(words, start, start + len(words)))
        at += len(part) + 1
    return spans


def _place(row: Row) -> Place | None:
    lat, lon = coordinates_of(row, "Latitude", "Longitude")
    country, feature = row.get("Country"), row.get("Feature Type").upper()
    precision = next((p for p, code in _FEATURES.items() if feature.startswith(code[:_KIND] if p in {"city", "country"} else code)), None)
    code = country if is_country(country) else country_named(country) if country else None
    name = row.get("Placename") or row.get("City") or row.get("District") or row.get("Province")
    span = row.span("Raw Placename", "Placename", "City", "District", "Province", "Country")
    return place_of(span, name, geonames=row.get("GeoNames ID"), country=code, admin1=row.get("Province"), lat=lat, lon=lon, precision=precision)


def rows(story: Story, event: Event) -> Iterator[list[Any]]:
    """Write an event as a row of POLECAT, several parties joined with semicolons; none for an act that is not told as fact."""
    if event.modality not in FACTS:
        return
    cells: dict[str, Any] = {
        "Event ID": event.id.removeprefix("polecat:"), "Event Date": event.when.from_ if event.when else story.published, "Event Type": event.type,
        "Event Mode": _OUR_MODES.get((event.type, event.mode or ""), event.mode), "Intensity": event.score, "Quad Code": event.quad.upper(),
        "Contexts": ";".join(event.contexts), "Source": story.source, "Publication Date": story.published, "Language": story.language,
        "Version": f"diurna {event.coder.version} {event.coder.model}",
    }  # fmt: skip
    cells |= _side("Actor", event.actors) | _side("Recipient", event.recipients) | _where(event.where)
    yield [cells.get(c) for c in COLUMNS]


def _joined(values: Iterator[str | None]) -> str:
    parts = [" ".join((v or "").replace(";", ",").replace("|", "/").split()) for v in values]
    return ";".join(parts) if any(parts) else ""


def _side(side: str, parties: tuple[Party, ...]) -> dict[str, Any]:
    cow = load_tables().countries
    return {
        f"{side} Name": _joined(p.name for p in parties), f"{side} Country": _joined(p.country for p in parties),
        f"{side} COW": _joined(cow[p.country].cow if p.country in cow else None for p in parties),
        f"Primary {side} Sector": parties[0].sector if parties else None, f"{side} Sectors": _joined(p.sector for p in parties),
        f"{side} Title": _joined(p.role for p in parties), f"{side} Name Raw": _joined(p.text for p in parties),
    }  # fmt: skip


def _where(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    name = place.name or place.text
    level = {"city": "City", "admin2": "District"}.get(place.precision or "")
    cells: dict[str, Any] = {
        "Placename": place.name, "Province": place.admin1, "Country": place.country if country_to("name", place.country) else None, "Latitude": place.lat,
        "Longitude": place.lon, "GeoNames ID": place.geonames, "Raw Placename": place.text, "Feature Type": _FEATURES.get(place.precision or ""),
    }  # fmt: skip
    return cells | ({level: name} if level else {})
