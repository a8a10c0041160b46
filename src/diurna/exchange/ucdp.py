"""UCDP's Georeferenced Event Dataset and its Candidate events (CC BY 4.0), for reading; with a header or without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diurna.errors import InputError
from diurna.exchange.codes import country_from, country_named
from diurna.exchange.drafts import Draft, coordinates_of, count_of, day_of, finish, place_of, when_of
from diurna.exchange.rows import Layout
from diurna.ontology.crosswalk import to_cameo
from diurna.records import Harm, Party, Story

if TYPE_CHECKING:
    from diurna.exchange.rows import Row

__all__ = ["COLUMNS", "LAYOUT", "story_of"]

COLUMNS: Final = tuple(
    "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id "
    "side_a_new_id side_a side_b_dset_id side_b_new_id side_b number_of_sources source_article source_office source_date source_headline source_original where_prec "
    "where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id region event_clarity date_prec date_start date_end "
    "deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob".split()
)
LAYOUT: Final = Layout("UCDP", {49: COLUMNS}, delimiter=",", quoted=True, needed=("id", "type_of_violence", "side_a", "side_b", "date_start", "best"))
_STATE, _NON_STATE, _ONE_SIDED = "1", "2", "3"  # values of type_of_violence
_PRECISIONS = {"1": "city", "2": "vague", "3": "admin2", "4": "admin1", "5": "vague", "6": "country", "7": "vague"}
_GOVERNMENT = "Government of "


def story_of(row: Row) -> Story:
    """Read a row of UCDP: fighting between two sides, or violence of one side against civilians.

    Raises:
        InputError: D243 if the kind of violence is none of UCDP's, or a count is none.
    """
    kind, trigger = row.get("type_of_violence"), row.span("type_of_violence")
    if kind not in {_STATE, _NON_STATE, _ONE_SIDED} or trigger is None:
        raise InputError("D243", f"“{kind[:40]}” in type_of_violence is none of 1, 2, 3", row.where)
    sides = [p for side in ("a", "b") if (p := _party(row, side, kind)) is not None]
    lat, lon = coordinates_of(row, "latitude", "longitude")
    where = place_of(
        row.span("where_coordinates", "adm_2", "adm_1", "country"), row.get("where_coordinates") or row.get("adm_2") or row.get("adm_1"), country=_country(row),
        admin1=row.get("adm_1"), lat=lat, lon=lon, precision=_PRECISIONS.get(row.get("where_prec")),
    )  # fmt: skip
    one_sided = kind == _ONE_SIDED
    draft = Draft(
        trigger, "ASSAULT", None, to_cameo("ASSAULT").code, tuple(sides[:1] if one_sided else sides), tuple(sides[1:] if one_sided else ()),
        when=when_of(row, "date_start", "date_end"), where=where, harm=_harm(row),
    )  # fmt: skip
    dates = row.get("source_date").partition(";")[0].strip()
    published = dates[:10] if _is_day(dates) else day_of(row, "date_start")
    return finish(row, "ucdp", row.get("id"), draft, published=published, source=row.get("source_office").partition(";")[0], title=row.get("source_headline").partition(";")[0])


def _is_day(words: str) -> bool:
    from datetime import date

    try:
        date.fromisoformat(words[:10])
    except ValueError:
        return False
    return True


def _country(row: Row) -> str | None:
    return country_from("gw", row.get("country_id")) or country_named(row.get("country"))


def _party(row: Row, side: str, kind: str) -> Party | None:
    if (span := row.span(f"side_{side}")) is None:
        return None
    words = span.text
    state = country_from("gw", row.get(f"gwno{side}").partition(",")[0]) if row.get(f"gwno{side}") else None
    if words.startswith(_GOVERNMENT):
        sector, country = "GOV", state or country_named(words.removeprefix(_GOVERNMENT).partition(" (")[0])
    elif words == "Civilians":
        sector, country = "CVL", _country(row)
    else:  # an armed group takes the country of the act (codebook §7)
        sector, country = "REB" if kind == _STATE else "UAF", _country(row)
    return Party(span.text, span.start, span.end, name=words, country=country, sector=sector)


def _harm(row: Row) -> tuple[Harm, ...]:
    low, high, span = count_of(row, "low"), count_of(row, "high"), row.span("best")
    if low is None or high is None or span is None or low > high or high == 0:
        return ()
    return (Harm(span.text, span.start, span.end, kind="killed", low=low, high=high),)
