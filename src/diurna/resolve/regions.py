"""The states and counties of the United States as news writes them (U.S. Census Bureau; abbreviations of the Associated Press and of the post)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from diurna.knowledge.gazetteer import Entry, key_of

__all__ = ["REGION_WORDS", "counties_of", "state_of"]

REGION_WORDS = frozenset(
    "county parish province region state oblast district governorate island islands city town village valley beach river lake bay area metro township borough airport".split()
)
_STATES = {
    "Alabama": "Ala. AL", "Alaska": "AK", "Arizona": "Ariz. AZ", "Arkansas": "Ark. AR", "California": "Calif. CA", "Colorado": "Colo. CO", "Connecticut": "Conn. CT",
    "Delaware": "Del. DE", "Florida": "Fla. FL", "Georgia": "Ga. GA", "Hawaii": "HI", "Idaho": "ID", "Illinois": "Ill. IL", "Indiana": "Ind. IN", "Iowa": "IA",
    "Kansas": "Kan. KS", "Kentucky": "Ky. KY", "Louisiana": "La. LA", "Maine": "ME", "Maryland": "Md. MD", "Massachusetts": "Mass. MA", "Michigan": "Mich. MI",
    "Minnesota": "Minn. MN", "Mississippi": "Miss. MS", "Missouri": "Mo. MO", "Montana": "Mont. MT", "Nebraska": "Neb. NE", "Nevada": "Nev. NV", "New Hampshire": "N.H. NH",
    "New Jersey": "N.J. NJ", "New Mexico": "N.M. NM", "New York": "N.Y. NY", "North Carolina": "N.C. NC", "North Dakota": "N.D. ND", "Ohio": "OH", "Oklahoma": "Okla. OK",
    "Oregon": "Ore. OR", "Pennsylvania": "Pa. PA", "Rhode Island": "R.I. RI", "South Carolina": "S.C. SC", "South Dakota": "S.D. SD", "Tennessee": "Tenn. TN", "Texas": "TX",
    "Utah": "UT", "Vermont": "Vt. VT", "Virginia": "Va. VA", "Washington": "Wash. WA", "West Virginia": "W.Va. WV", "Wisconsin": "Wis. WI", "Wyoming": "Wyo. WY",
}  # fmt: skip
_SHORT = {short: state for state, shorts in _STATES.items() for short in shorts.split()}
_INHABITANTS = 26_000  # of the middle county (2020 census); they are told apart by the story, not by size


def state_of(words: str) -> str | None:
    """Name the state that an abbreviation or a name stands for.

    >>> state_of("N.C."), state_of("La."), state_of("Ohio"), state_of("Lagos")
    ('North Carolina', 'Louisiana', 'Ohio', None)
    """
    plain = words.replace(" ", "") if "." in words else words
    return _SHORT.get(plain) or _SHORT.get(plain + ".") or (words if words in _STATES and words not in {"Georgia", "Washington", "New York"} else None)


def counties_of(name: str) -> tuple[Entry, ...]:
    """Find the counties of a name, such as ``Rapides Parish`` or ``BUTLER COUNTY``; GeoNames ids are not known for them."""
    return _counties().get(key_of(name), ())


@cache
def _counties() -> dict[str, tuple[Entry, ...]]:
    lines = (files("diurna.knowledge") / "counties.tsv").read_text("utf-8").splitlines()
    found: dict[str, tuple[Entry, ...]] = {}
    for county, state, lat, lon in (line.split("\t") for line in lines if not line.startswith("#")):
        entry = Entry(None, county, "USA", state, float(lat), float(lon), _INHABITANTS, "admin2")
        found[key_of(county)] = (*found.get(key_of(county), ()), entry)
    return found
