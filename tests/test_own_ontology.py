"""A user's own ontology: what it may say, what is refused and how, and that layouts follow it."""

from __future__ import annotations

import pytest

from diurna.errors import KnowledgeError
from diurna.ontology import CONTEXTS, PLOVER, TYPES
from diurna.ontology.own import ontology_from, read_ontology
from diurna.parse.layout import COLUMNS, PLOVER_LAYOUT, WIDTH, layout_of

OWN = """
contexts = ["harvest", "drought"]
quads = { HARM = "harm", HELP = "help" }
[types.EVICT]
quad = "HARM"
score = -7
like = "COERCE/seize"
modes.night = { score = -8, like = "ASSAULT/destroy" }
modes.court = {}
[types.LEASE_2]
quad = "HELP"
"""


def test_layout_of_plover_is_the_one_that_shipped():
    assert PLOVER_LAYOUT.hash() == "b1f4eced6bf94c1c"
    assert layout_of(PLOVER).columns == COLUMNS
    assert PLOVER_LAYOUT.width == WIDTH == max(c.stop for c in COLUMNS.values())


def test_layout_follows_the_ontology():
    own = ontology_from(OWN)
    layout = layout_of(own)
    assert layout.types == ("EVICT", "LEASE_2", "NONE")
    assert layout.modes == ("-", "EVICT/night", "EVICT/court")
    assert [layout.modes[i] for i in layout.modes_of("LEASE_2")] == ["-"]
    assert layout.contexts == ("harvest", "drought")
    assert layout.hash() != PLOVER_LAYOUT.hash()
    assert own.quad_of("EVICT") == "harm"
    assert own.types["EVICT"].score_of("court") == -7


def test_codes_are_translated_to_what_is_said_to_be_like_them():
    own = ontology_from(OWN)
    assert own.nearest("COERCE", "seize") == ("EVICT", None)
    assert own.nearest("ASSAULT", "destroy") == ("EVICT", "night")
    assert own.nearest("COERCE", "arrest") is None
    assert ontology_from('[types.RAID]\nlike = "ASSAULT"').nearest("ASSAULT", "drone") == ("RAID", None)


def test_plover_can_be_extended():
    own = ontology_from('extends = "plover"\n[types.EVICT]\nquad = "MX"')
    assert list(own.types) == [*TYPES, "EVICT"]
    assert own.contexts == CONTEXTS
    assert own.nearest("SANCTION", "expel") == ("SANCTION", "expel")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("types = 3", "there are no types"),
        ("[types.evict]", "'evict' is no name of a type"),
        ("[types.NONE]", "'NONE' is no name of a type"),
        ("[types.A]\nquad = 'QQ'", "'QQ' is not among the quads (VC, MC, VX, MX)"),
        ("[types.A]\nlike = 'SANCTION/expl'", "PLOVER has no SANCTION/expl"),
        ("[types.A]\nscore = 'high'", "types.A.score is no number"),
        ("[types.A]\nmodes.X = {}", "'X' is no name of a mode"),
        ("[types.A]\nmodes.x = 'y'", "types.A.modes.x is neither a table nor a score"),
        ("[types.A]\ncolour = 1", "types.A has colour; it may have cameo, gloss, like, modes, quad, score"),
        ("contexts = ['a', 'a']\n[types.A]", "contexts is not a list of different lower-case names"),
        ("extends = 'icews'\n[types.A]", 'only "plover" can be extended'),
        ("[types.A", "not TOML"),
    ],
)
def test_what_is_wrong_is_told(text, told):
    with pytest.raises(KnowledgeError) as caught:
        ontology_from(text, "mine.toml")
    assert caught.value.code == "D403"
    assert told in caught.value.message
    assert caught.value.where == "mine.toml"


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(KnowledgeError, match="D403"):
        read_ontology(tmp_path / "none.toml")
