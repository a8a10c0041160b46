"""Places of acts, and whom disputed areas count for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diurna.analyse.acts import Acts, Selection
from diurna.analyse.places import in_land, spots_of
from diurna.knowledge.disputed import AUTHORITIES, HELD, UN, area_at, disputed_areas, viewpoints, whose
from diurna.serve.names import country_names
from tests.made_record import made_record, made_story

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.records import Story


def placed(number: int, name: str, country: str, lat: float | None, lon: float | None) -> Story:
    story = made_story(number, f"2024-03-{1 + number:02}", ("CONSULT", "RUS", "UKR"))
    where = replace(story.events[0].where, name=name, country=country, lat=lat, lon=lon, geonames=None)
    return replace(story, events=tuple(replace(e, where=where) for e in story.events))


@pytest.fixture
def acts(tmp_path: Path) -> Acts:
    stories = [
        placed(1, "Simferopol", "UKR", 44.95, 34.1), placed(2, "Kyiv", "UKR", 50.45, 30.52), placed(3, "Srinagar", "IND", 34.09, 74.8), placed(4, "Laayoune", "ESH", 27.15, -13.2),
        placed(5, "Western Sahara", "ESH", None, None), placed(6, "Rabat", "MAR", 34.02, -6.83),
    ]  # fmt: skip
    return Acts.of(made_record(tmp_path, stories))


def test_the_table_of_areas_is_sound() -> None:
    known = set(country_names()) | set(AUTHORITIES)
    for area in disputed_areas():
        assert area.held in area.claims
        assert area.un is None or area.un in area.claims
        assert {*area.claims, *area.by.values()} <= known
        assert set(area.by).isdisjoint(area.claims)
        assert len(area.outline) >= 4
        middle = [sum(axis) / len(area.outline) for axis in zip(*area.outline, strict=True)]
        assert all(abs(lon - middle[0]) < 8 and abs(lat - middle[1]) < 8 for lon, lat in area.outline)
        for view in viewpoints():
            assert area.under(view) in {None, *area.claims}


@pytest.mark.parametrize(
    ("lon", "lat", "country", "view", "code"),
    [
        (34.1, 44.95, "UKR", HELD, "RUS"), (34.1, 44.95, "RUS", UN, "UKR"), (34.1, 44.95, "UKR", "RUS", "RUS"), (34.1, 44.95, "RUS", "UKR", "UKR"),
        (30.5, 50.45, "UKR", "RUS", "UKR"),
        (74.8, 34.09, "IND", "PAK", "PAK"), (74.8, 34.09, "IND", UN, None), (74.8, 34.09, "IND", HELD, "IND"), (73.47, 34.37, "PAK", "IND", "IND"),
        (-13.2, 27.15, "ESH", HELD, "MAR"), (None, None, "ESH", UN, "ESH"), (21.17, 42.66, "XKX", "SRB", "SRB"), (21.17, 42.66, "XKX", "USA", "XKX"),
        (121.5, 25.03, "TWN", "CHN", "CHN"), (121.5, 25.03, "TWN", "TWN", "TWN"), (35.8, 33.13, "SYR", HELD, "ISR"), (35.8, 33.13, "ISR", UN, "SYR"),
        (36.29, 33.51, "SYR", HELD, "SYR"),
        (36.65, 22.22, "EGY", "SDN", "SDN"), (35.59, 23.13, "EGY", HELD, "EGY"), (37.0, 21.0, "SDN", HELD, "SDN"), (35.5, 21.9, "SDN", HELD, "SDN"),
        (73.75, 33.15, "PAK", "IND", "IND"), (94.9, 27.48, "IND", "CHN", "IND"), (95.33, 28.07, "IND", "CHN", "CHN"), (145.58, 43.33, "JPN", HELD, "JPN"),
        (145.86, 44.03, "JPN", HELD, "RUS"),
        (35.825, 33.125, "SYR", HELD, "SYR"), (35.69, 32.99, "SYR", HELD, "ISR"), (91.87, 27.59, "IND", UN, None), (91.87, 27.59, "IND", HELD, "IND"),
        (41.0, 43.0, "GEO", "NRU", "XAB"),
        (41.0, 43.0, "GEO", "RUS", "XAB"), (41.0, 43.0, "GEO", "GEO", "GEO"), (None, None, None, UN, None),
    ],
)  # fmt: skip
def test_a_place_counts_for_whom_the_view_says(lon: float | None, lat: float | None, country: str | None, view: str, code: str | None) -> None:
    assert whose(lon, lat, country, view) == code


def test_a_point_of_a_state_without_a_claim_is_in_no_area() -> None:
    assert area_at(34.1, 44.95, "TUR") is None


def test_acts_are_counted_by_place_and_by_the_country_of_the_view(acts: Acts) -> None:
    for view, wanted in {
        HELD: {"RUS": 1, "UKR": 1, "IND": 1, "MAR": 3}, UN: {"UKR": 2, None: 1, "ESH": 2, "MAR": 1}, "PAK": {"UKR": 2, "PAK": 1, "ESH": 2, "MAR": 1},
    }.items():  # fmt: skip
        spots, lands = spots_of(acts, Selection().holds(), borders=view)
        assert {s.code: s.count for s in lands} == wanted
        assert sum(s.count for s in spots) == 5  # the sixth is known to the country only
        assert {s.code: s.alone for s in lands if s.alone} == ({"MAR": 1} if view == HELD else {"ESH": 1})
        for code, count in wanted.items():
            assert int(in_land(acts, code or "open", view).sum()) == count
