"""Exchange: what is written in a format reads back equal, but for what its losses table says; and whatever a file holds, the rest is read."""

from __future__ import annotations

import gc
import gzip
import json
import tracemalloc
import zipfile
from collections import defaultdict
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from exchange_cases import stories

from diurna.errors import ConfigError, InputError, KnowledgeError, QueryError
from diurna.exchange import FORMATS, read, write
from diurna.exchange.codes import country_from, country_named, country_to, sector_from, sector_to
from diurna.exchange.gdelt import MENTIONS, V1, V2
from diurna.exchange.pairs import FACTS, pairs
from diurna.ontology import SECTORS, TYPES
from diurna.ontology.crosswalk import CAMEO, from_cameo, gdelt_quad, phoenix_class, to_cameo
from diurna.records import Event, Reject, Story, story_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

DYADIC = {"gdelt", "gdelt1", "icews", "phoenix", "graphml"}
WRITTEN = [f.name for f in FORMATS.values() if f.write is not None]
NOT_A_FIELD = {"stories", "letters"}


def flat(value: object, path: str = "") -> dict[str, list[Any]]:
    """List the values of a record by field; a list also by its length."""
    found: dict[str, list[Any]] = defaultdict(list)

    def go(value: object, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                go(inner, f"{path}.{key}")
        elif isinstance(value, list | tuple):
            found[path].append(len(value))
            for inner in value:
                go(inner, path)
        else:
            found[path].append(value)

    go(value, path)
    return found


def expected(name: str) -> list[tuple[Story, Event]]:
    """Say which events a format holds, and in which order."""
    rows = []
    for story in stories():
        for event in story.events:
            if FORMATS[name].facts_only and event.modality not in FACTS:
                continue
            rows += [(story, pair) for pair in pairs(event)] if name in DYADIC else [(story, event)]
    return [(s, e) for s, e in rows if name != "graphml" or (e.actors and e.recipients)]


def events_of(found: list[Story | Reject]) -> list[tuple[Story, Event]]:
    return [(s, e) for s in found if isinstance(s, Story) for e in s.events]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_reads_back_equal_but_for_the_losses(name: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    written = write(name, stories(), path)
    found = list(read(name, [path]))
    assert not [f for f in found if isinstance(f, Reject)]
    back, sent = events_of(found), expected(name)
    assert len(back) == len(sent)
    assert written.events + sum(written.left_out.values()) == sum(len(s.events) for s in stories())
    changed = set()
    for (story, event), (story2, event2) in zip(sent, back, strict=True):
        before = flat(event.to_dict(), "event") | flat(story.to_dict(), "story")
        after = flat(event2.to_dict(), "event") | flat(story2.to_dict(), "story")
        changed |= {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    whole = {"event.actors", "event.recipients", "event.id"} if name in DYADIC else set()  # pairs, as `expected` has them
    losses = {loss.field for loss in FORMATS[name].losses} - NOT_A_FIELD
    assert not {path for path in changed if not any(fnmatchcase(path, loss) for loss in losses)}
    assert not {loss for loss in losses - whole if not any(fnmatchcase(path, loss) for path in changed)}
    if not losses:
        assert found == stories()


@pytest.mark.parametrize("name", WRITTEN)
def test_the_spans_of_what_is_read_point_at_the_words(name: str, tmp_path: Path) -> None:
    write(name, stories(), tmp_path / "out")
    for story, event in events_of(list(read(name, [tmp_path / "out"]))) if FORMATS[name].losses else ():
        if story.text:
            assert all(story.text[span.start : span.end] == span.text for span in event.spans())


CHANGING = {"gdelt": {"IsRootEvent"}, "gdelt1": {"IsRootEvent"}, "icews": {"Story ID"}, "phoenix": {"SentenceID"}, "polecat": {"Version"}}
COLUMNS = {"gdelt": V2, "gdelt1": V1}


@pytest.mark.parametrize("name", ["csv", "geojson", "jsonl", *CHANGING])
def test_what_is_read_is_written_again_as_it_was(name: str, tmp_path: Path) -> None:
    from diurna.exchange import icews, phoenix, polecat

    write(name, [s for s in stories() if "PRE" not in {p.sector for e in s.events for p in (*e.actors, *e.recipients)}], tmp_path / "a")  # written SEP, read REB
    write(name, [s for s in read(name, [tmp_path / "a"]) if isinstance(s, Story)], tmp_path / "b")
    columns = {"icews": icews.COLUMNS, "phoenix": phoenix.COLUMNS, "polecat": polecat.COLUMNS, **COLUMNS}.get(name)
    encoding = "iso-8859-1" if name == "icews" else "utf-8"
    first, second = ((tmp_path / f).read_text(encoding).split("\n") for f in "ab")
    if columns is None:
        assert first == second
        return
    for a, b in zip(first, second, strict=True):
        changed = {columns[i] for i, (x, y) in enumerate(zip(a.split("\t"), b.split("\t"), strict=True)) if x != y}
        assert changed <= CHANGING[name], (a, b)


def test_formats_without_modality_leave_out_what_did_not_take_place(tmp_path: Path) -> None:
    base = stories()[0]
    told = [replace(base.events[0], modality=m) for m in ("actual", "historical", "future", "hypothetical", "negated")]
    for name in CHANGING:
        written = write(name, [replace(base, events=tuple(told))], tmp_path / name)
        assert (written.events, sum(written.left_out.values())) == (2, 3)


def test_every_type_and_mode_goes_to_cameo_and_keeps_its_type() -> None:
    for kind in TYPES.values():
        for mode in (None, *kind.modes):
            match = to_cameo(kind.name, mode)
            back = from_cameo(match.code)
            assert back.code == match.code
            assert back.type == kind.name
            assert 0 < match.fit <= 1
    for code, row in CAMEO.items():
        assert len(code) in {2, 3, 4}
        assert (row.type is None) == code.startswith("01") == (row.fit == 0)
        if row.type:
            assert row.mode is None or row.mode in TYPES[row.type].modes
        assert abs(row.goldstein) <= 10
    assert from_cameo("0255").code == "0255"
    with pytest.raises(KnowledgeError, match="D406"):
        from_cameo("99")
    with pytest.raises(KnowledgeError, match="D402"):
        to_cameo("SANCTION", "bogus")


def test_quads_are_each_schemes_own() -> None:
    assert (gdelt_quad("141"), phoenix_class("141")) == (3, 4)
    assert (gdelt_quad("163"), phoenix_class("163")) == (4, 3)
    assert (gdelt_quad("020"), phoenix_class("020")) == (1, 0)
    assert [gdelt_quad(c) for c in ("050", "061", "120", "190")] == [phoenix_class(c) for c in ("050", "061", "120", "190")] == [1, 2, 3, 4]


def test_countries_and_sectors_come_back() -> None:
    assert country_to("cameo", "ROU") == "ROM"
    assert country_from("cameo", "TMP") == "TLS"
    assert (country_to("fips", "UKR"), country_from("fips", "UP"), country_from("fips", "GZ")) == ("UP", "UKR", "PSE")
    assert (country_from("gw", "365"), country_from("gw", "678"), country_from("gw", "345")) == ("RUS", "YEM", "YUG")
    assert country_from("numeric", "804") == "UKR"
    assert country_named("Russian Federation") == "RUS"
    assert country_from("cameo", "AFR") is None
    codes = [line.split("\t") for line in (Path(__file__).parent.parent / "src/diurna/knowledge/codes.tsv").read_text("utf-8").splitlines()[1:]]
    for code, name, cameo, fips, number, gw in codes:
        assert country_named(name) == code
        assert country_from("cameo", cameo) == code
        assert all(country_from(system, value) == code for system, value in (("fips", fips), ("numeric", number), ("gw", gw)) if value)
    for vocabulary in ("cameo", "icews"):
        own = {s for s in SECTORS if sector_from(vocabulary, [sector_to(vocabulary, s)]) == s}
        assert set(SECTORS) - own == {"PRE", "UNK"} | ({"PRM"} if vocabulary == "cameo" else set())


def gdelt_row(**cells: str) -> str:
    row = {
        "GLOBALEVENTID": "410488764", "SQLDATE": "20150218", "Actor1Code": "ROMGOV", "Actor1Name": "BUCHAREST", "Actor1CountryCode": "ROM", "Actor1Type1Code": "GOV",
        "Actor2Code": "IGOUNO", "Actor2Name": "UNITED NATIONS", "Actor2Type1Code": "IGO", "EventCode": "043", "QuadClass": "1", "GoldsteinScale": "2.8",
        "ActionGeo_Type": "4", "ActionGeo_FullName": "Bucharest, Bucuresti, Romania", "ActionGeo_CountryCode": "RO", "ActionGeo_Lat": "44.4333",
        "ActionGeo_Long": "26.1", "DATEADDED": "20150218230000", "SOURCEURL": "http://example.org/1",
    }  # fmt: skip
    return "\t".join((row | cells).get(c, "") for c in V2)


def test_gdelt_as_published(tmp_path: Path) -> None:
    lines = [gdelt_row(), gdelt_row(GLOBALEVENTID="2", EventCode="010"), gdelt_row(EventCode="99"), gdelt_row(ActionGeo_Lat="48#.5"), gdelt_row(SQLDATE="20151301"), "a\tb"]
    with zipfile.ZipFile(tmp_path / "x.CSV.zip", "w") as archive:
        archive.writestr("x.export.CSV", "\n".join(lines))
    host, statement, *bad = read("gdelt", [tmp_path / "x.CSV.zip"])
    assert isinstance(host, Story)
    event = host.events[0]
    assert (event.type, event.mode, event.cameo, event.id, host.published, host.url) == ("CONSULT", "visit", "043", "gdelt:410488764", "2015-02-18", "http://example.org/1")
    assert [(p.name, p.country, p.sector) for p in (*event.actors, *event.recipients)] == [("UNITED NATIONS", "IGO", "IGO"), ("BUCHAREST", "ROU", "GOV")]
    assert event.where is not None
    assert (event.where.name, event.where.admin1, event.where.country, event.where.precision) == ("Bucharest", "Bucuresti", "ROU", "city")
    assert isinstance(statement, Story)
    assert statement.events == ()
    assert [b.code for b in bad if isinstance(b, Reject)] == ["D406", "D243", "D243", "D242"]


def test_gdelt_mentions_are_reports_of_an_event(tmp_path: Path) -> None:
    cells = "410488764 20150218000000 20150218234500 1 example.org http://example.org/1 3 -1 40 62 1 60 2043 -3.2 _ _".split()
    rows = [cells, [*cells[:14], "srclc:fra;eng:Moses 2.1.1", ""], ["x", *cells[1:]], [cells[0], "", "soon", *cells[3:]]]
    rows[0] = [c if c != "_" else "" for c in rows[0]]
    (tmp_path / "x.mentions.CSV").write_text("".join("\t".join(r) + "\n" for r in rows))
    plain, translated, *bad = read("gdelt-mentions", [tmp_path / "x.mentions.CSV"])
    assert isinstance(plain, Story)
    assert (plain.thread, plain.published, plain.source, plain.url) == ("gdelt:410488764", "2015-02-18", "example.org", "http://example.org/1")
    assert (plain.language, plain.events) == ("en", ())
    assert isinstance(translated, Story)
    assert translated.language is None
    assert [b.code for b in bad if isinstance(b, Reject)] == ["D243", "D243"]


def test_the_losses_of_gdelt_mentions_are_what_the_record_has_no_field_for(tmp_path: Path) -> None:
    kept = {"GLOBALEVENTID": "410488764", "MentionSourceName": "example.org"}  # the thread and the source
    days = {"EventTimeDate": "20150217", "MentionTimeDate": "20150218234500"}
    cells = [kept.get(c) or days.get(c) or f"cell{n}" for n, c in enumerate(MENTIONS)]
    (tmp_path / "x").write_text("\t".join(cells) + "\n")
    (story,) = read("gdelt-mentions", [tmp_path / "x"])
    assert isinstance(story, Story)
    fields = str({k: v for k, v in story.to_dict().items() if k not in {"id", "text", "key"}})
    lost = {c for c, cell in zip(MENTIONS, cells, strict=True) if cell not in fields}
    assert lost == {c for loss in FORMATS["gdelt-mentions"].losses for c in loss.field.split(", ")}
    assert all(cell in story.text for cell in cells)


def test_gdelt_of_every_width(tmp_path: Path) -> None:
    cells = gdelt_row().split("\t")
    old = [c for name, c in zip(V2, cells, strict=True) if not name.endswith("ADM2Code")]
    for row in (old, old[:-1]):
        (tmp_path / "x").write_text("\t".join(row) + "\n")
        (story,) = read("gdelt1", [tmp_path / "x"])
        assert isinstance(story, Story)
        assert story.events[0].id == "gdelt:410488764"


ICEWS = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\t"
    "Sentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n"
)


def test_icews_as_published(tmp_path: Path) -> None:
    row = "926685\t1995-01-03\tCitizen (Côte)\tGeneral Population / Civilian / Social\tCote d'Ivoire\tx\t13y\t-4.4\tUN\t"
    row += "International Government Organization\t\t28235806\t5\tWire\t\t\tAbidjan\tCote d'Ivoire\t5.3\t-4.0\n"
    (tmp_path / "x.tab").write_bytes((ICEWS + row + row.replace("1995-01-03", "1995-01-04")).encode("iso-8859-1"))
    first, second = events_of(list(read("icews", [tmp_path / "x.tab"])))
    event = first[1]
    assert (event.type, event.cameo, event.sentence.index) == ("THREATEN", "13y", 4)
    assert [(p.text, p.country, p.sector) for p in (*event.actors, *event.recipients)] == [("Citizen (Côte)", "CIV", "CVL"), ("UN", "IGO", "IGO")]
    assert event.where is not None
    assert (event.where.name, event.where.precision) == ("Abidjan", "admin1")
    assert event.id != second[1].id
    write("icews", [first[0]], tmp_path / "y")
    assert (tmp_path / "y").read_bytes().split(b"\n")[1].split(b"\t")[:7:6] == [b"926685", b"13y"]


def test_polecat_columns_go_by_name(tmp_path: Path) -> None:
    cells = {
        "Event ID": "20230101-1-a_COOPERATE_R", "Event Date": "2023-01-01", "Event Type": "CONSULT", "Event Mode": "phone", "Event Intensity": "1.5",
        "Quad Code": "VERBAL COOPERATION", "Contexts": "diplomatic;bogus", "Actor Name": "Wang Yi;Sergey Lavrov", "Actor Name Raw": "Wang; Lavrov",
        "Actor Country": "CHN;RUS", "Actor Sectors": "GOV;GOV", "Recipient Name": "", "Headline": "Two ministers talk", "Publication Date": "2023-01-02", "Country": "",
    }  # fmt: skip
    (tmp_path / "x").write_text("\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n" + "\t".join(cells.values()).replace("CONSULT", "DEMAND") + "\n")
    story, reject = read("polecat", [tmp_path / "x"])
    assert isinstance(story, Story)
    (event,) = story.events
    assert [(p.text, p.name, p.country, p.sector) for p in event.actors] == [("Wang", "Wang Yi", "CHN", "GOV"), ("Lavrov", "Sergey Lavrov", "RUS", "GOV")]
    assert (event.mode, event.contexts, event.id) == ("phone", ("diplomatic",), "polecat:20230101-1-a_COOPERATE_R")
    assert (story.title, story.published) == ("Two ministers talk", "2023-01-02")
    assert isinstance(reject, Reject)
    assert reject.code == "D243"


def test_acled_sides_have_no_direction(tmp_path: Path) -> None:
    from diurna.exchange.acled import COLUMNS as NAMES

    row = {
        "event_id_cnty": "UKR1", "event_date": "18 May 2021", "time_precision": "2", "event_type": "Battles", "sub_event_type": "Armed clash",
        "actor1": "Military Forces of Russia (2000-)", "inter1": "State forces", "actor2": "Military Forces of Ukraine (2019-)", "inter2": "1", "iso": "804",
        "country": "Ukraine", "admin1": "Donetsk", "location": "Bakhmut", "latitude": "48.6", "longitude": "38.0", "geo_precision": "1", "source": "X",
        "notes": 'They "met",\nand fought.', "fatalities": "3",
    }  # fmt: skip
    attack = row | {"event_id_cnty": "UKR2", "sub_event_type": "Attack", "actor2": "Civilians (Ukraine)", "inter2": "Civilians", "fatalities": "0", "time_precision": "1"}
    change = row | {"event_id_cnty": "UKR3", "sub_event_type": "Change to group/activity"}
    pl.DataFrame([{c: r.get(c, "") for c in NAMES} for r in (row, attack, change)]).write_csv(tmp_path / "x.csv")
    battle, attack_story, changed = (s for s in read("acled", [tmp_path / "x.csv"]) if isinstance(s, Story))
    event = battle.events[0]
    assert [p.country for p in event.actors] == ["RUS", "UKR"]
    assert event.recipients == ()
    assert event.when is not None
    assert (event.when.from_, event.when.to) == ("2021-05-15", "2021-05-21")
    assert [(h.kind, h.low, h.high) for h in event.harm] == [("killed", 3, 3)]
    assert 'They "met",\nand fought.' in battle.text
    assert [(p.country, p.sector) for p in attack_story.events[0].recipients] == [("UKR", "CVL")]
    assert changed.events == ()
    with pytest.raises(QueryError, match="D621"):
        write("acled", [], tmp_path / "y")


def test_ucdp_with_and_without_a_header(tmp_path: Path) -> None:
    from diurna.exchange.ucdp import COLUMNS as NAMES

    row = {
        "id": "244657", "type_of_violence": "1", "side_a": "Government of Yemen (North Yemen)", "side_b": "Ansarallah", "gwnoa": "678", "country": "Yemen (North Yemen)",
        "country_id": "678", "where_prec": "4", "where_coordinates": "Taizz governorate", "adm_1": "Taizz governorate", "latitude": "13.5", "longitude": "44.0",
        "date_start": "2017-03-10 00:00:00.000", "date_end": "2017-03-12 00:00:00.000", "best": "4", "high": "9", "low": "2", "source_date": "2017-03-11;2017-03-12",
        "source_office": "Wire;Other", "source_headline": "Fighting",
    }  # fmt: skip
    one_sided = row | {"id": "2", "type_of_violence": "3", "side_a": "IS", "side_b": "Civilians", "gwnoa": "", "best": "0", "low": "0", "high": "0"}
    frame = pl.DataFrame([{c: r.get(c, "") for c in NAMES} for r in (row, one_sided)])
    for header in (True, False):
        frame.write_csv(tmp_path / "x.csv", include_header=header)
        battle, massacre = (s for s in read("ucdp", [tmp_path / "x.csv"]) if isinstance(s, Story))
        event = battle.events[0]
        assert [(p.country, p.sector) for p in event.actors] == [("YEM", "GOV"), ("YEM", "REB")]
        assert [(h.low, h.high) for h in event.harm] == [(2, 9)]
        assert event.when is not None
        assert (event.when.from_, event.when.to, battle.published, battle.source) == ("2017-03-10", "2017-03-12", "2017-03-11", "Wire")
        assert [p.sector for p in massacre.events[0].recipients] == ["CVL"]
        assert massacre.events[0].harm == ()


HOSTILE = {
    "nothing": b"",
    "binary": bytes(range(256)) * 40,
    "one long line": b"x" * 3_000_000,
    "wrong": b"a,b,c\n1,2,3\n",
    "open quote": b'"' + b"abcdefghi\n" * 20_000,
    "nul": b"\0" * 1000 + b"\n",
    "deep": b"[" * 100_000,
    "xml bomb": b'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><graphml>&b;</graphml>',
    "half a gzip": gzip.compress(b"a\tb\n" * 10_000)[:-20],
    "zip": b"PK\x03\x04 not a zip",
}


@pytest.mark.parametrize("name", list(FORMATS))
def test_hostile_files_are_told_and_passed_over(name: str, tmp_path: Path) -> None:
    for what, data in HOSTILE.items():
        (tmp_path / "x").write_bytes(data)
        found = list(read(name, [tmp_path / "x", tmp_path / "missing"]))
        assert all(isinstance(f, Reject) for f in found), what
        assert found[-1] == Reject(str(tmp_path / "missing"), "D210", "there is no such file")


WRONG = (
    ("type", 7),
    ("mode", "bogus"),
    ("modality", "maybe"),
    ("when", {"from": "2021-13-01", "to": "x"}),
    ("trigger", {"text": 1, "start": "a", "end": 2}),
    ("actors", [{"text": "x", "start": 0, "end": 1, "name": 5}]),
    ("actors", 7),
    ("when", {"from": "20210518", "to": "20210518"}),
    ("trigger", {"text": "\ud800", "start": 0, "end": 1}),
    ("where", {"text": "x", "start": 0, "end": 1, "lat": "north"}),
    ("confidence", {"event": 9}),
)


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_records_from_outside_are_checked(field: str, value: object, tmp_path: Path) -> None:
    row = stories()[0].events[0].to_dict() | {field: value}
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n" + stories()[1].events[0].to_json() + "\n")
    first, second = read("jsonl", [tmp_path / "x.jsonl"])
    assert isinstance(first, Reject)
    assert first.code == "D244"
    assert isinstance(second, Story)


def test_events_alone_bring_their_day_and_source(tmp_path: Path) -> None:
    row = stories()[0].events[0].to_dict() | {"published": "2021-05-18", "source": "wire"}
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row | {"published": "soon"}) + "\n")
    story, reject = read("jsonl", [tmp_path / "x.jsonl"])
    assert isinstance(story, Story)
    assert (story.published, story.source, story.events) == ("2021-05-18", "wire", stories()[0].events)
    assert isinstance(reject, Reject)


def test_geojson_is_read_however_it_is_laid_out(tmp_path: Path) -> None:
    write("geojson", stories(), tmp_path / "a.json")
    whole = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert whole["features"][0]["geometry"] == {"type": "Point", "coordinates": [19.46667, 51.75]}
    (tmp_path / "b.json").write_text(json.dumps(whole, indent=4), "utf-8")
    assert list(read("geojson", [tmp_path / "b.json"])) == list(read("geojson", [tmp_path / "a.json"]))


def test_graphml_is_what_networkx_reads(tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    write("graphml", stories(), tmp_path / "x.graphml")
    graph = networkx.read_graphml(tmp_path / "x.graphml")
    assert graph.number_of_edges() == len(expected("graphml"))
    assert {d["name"] for _, d in graph.nodes(data=True)} >= {"Ingrid Solheim", "Łukasz Ко & <co>"}


@pytest.mark.parametrize("name", ["jsonl", "gdelt", "graphml"])
def test_memory_does_not_grow_with_the_file(name: str, tmp_path: Path) -> None:
    cases = stories()[:8]

    def many(times: int) -> Iterator[Story]:
        for _ in range(times):
            gc.collect()  # so that only what is held counts
            yield from cases

    def peak(times: int) -> int:
        gc.collect()
        gc.freeze()  # what stands already need not be looked at again
        tracemalloc.start()
        write(name, many(times), tmp_path / "x")
        for number, _ in enumerate(read(name, [tmp_path / "x"])):
            if number % 20 == 0:
                gc.collect()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        gc.unfreeze()
        return top

    peak(1)
    assert peak(15) < peak(5) * 1.5


def test_csv_runs_no_formula(tmp_path: Path) -> None:
    write("csv", stories(), tmp_path / "x.csv")
    frame = pl.read_csv(tmp_path / "x.csv", infer_schema=False)
    assert not any(cell.startswith(("=", "+", "-", "@")) for column in ("source", "title", "actors", "trigger") for cell in frame[column].drop_nulls())


def test_the_page_of_losses_is_up_to_date() -> None:
    from docs.losses import PATH, page

    assert PATH.read_text("utf-8") == page()


def test_unknown_formats_are_told(tmp_path: Path) -> None:
    for call in (lambda: list(read("idea", [tmp_path])), lambda: write("idea", [])):
        with pytest.raises(QueryError, match="D620"):
            call()
    with pytest.raises(QueryError, match="D622"):
        write("parquet", [], None)


def run(*arguments: str) -> Result:
    from typer.testing import CliRunner

    from diurna.cli import app

    return CliRunner().invoke(app, arguments)


def test_acts_of_an_ontology_of_ones_own_go_where_there_is_a_place_for_them(tmp_path: Path) -> None:
    base = stories()[0]
    own = replace(base, events=(replace(base.events[0], type="FISH", mode="net"),))
    assert write("gdelt", [own], tmp_path / "g").left_out == {"FISH: the format has PLOVER's types or CAMEO's only": 1}
    for name in ("jsonl", "parquet"):
        write(name, [own], tmp_path / name)
        assert list(read(name, [tmp_path / name])) == [own]


def dated(number: int, actor: str, recipient: str, type_: str, day: str) -> Story:
    from diurna.records import When

    event = stories()[0].events[0]
    sides = [replace(event.actors[0] if event.actors else stories()[1].events[0].actors[0], country=c) for c in (actor, recipient)]
    made = replace(event, id=f"{number:020x}", type=type_, mode=None, actors=(sides[0],), recipients=(sides[1],), when=When(day, day))
    return replace(stories()[0], events=(made,))


def test_two_sources_are_compared_on_the_days_that_both_cover() -> None:
    from diurna.exchange.compare import compare, tally

    a = [dated(1, "USA", "CHN", "ACCUSE", "2021-01-01"), dated(2, "USA", "CHN", "ASSAULT", "2021-01-02"), dated(3, "RUS", "UKR", "ASSAULT", "2021-01-03"),
         dated(4, "RUS", "UKR", "ASSAULT", "2020-01-03")]  # fmt: skip
    b = [dated(1, "USA", "CHN", "REJECT", "2021-01-01"), dated(2, "USA", "CHN", "ASSAULT", "2021-01-02"), dated(3, "CHN", "USA", "AID", "2021-01-03"),
         dated(3, "CHN", "USA", "AID", "2021-01-03")]  # fmt: skip
    found = compare(tally(a), tally([*b, Reject("x", "D242", "short")]))
    assert found["window"] == {"from": "2021-01-01", "to": "2021-01-03"}
    assert found["cells"] == {"both": 2, "a only": 1, "b only": 1}
    assert (found["a"]["has"], found["b"]["has"]) == (0.6667, 0.6667)
    assert found["agreement"] == {"quad": 1.0, "quad kappa": 1.0, "type": 0.5, "overlap": 0.3333}
    assert found["a lacks"] == [{"dyad": "CHN-USA", "acts": 2}]
    assert found["b lacks"] == [{"dyad": "RUS-UKR", "acts": 1}]
    assert found["types"]["ASSAULT"] == {"a": 2, "b": 1, "both": 1}
    assert found["b"]["skipped"] == {"not read": 1}
    assert compare(tally(a), tally(b, "day"))["dyads"]["correlation"] is not None
    assert compare(tally(a[3:]), tally(b))["window"] is None
    assert compare(tally(a, "year"), tally(b, "year"))["cells"] == {"both": 1, "a only": 1, "b only": 1}
    assert compare(tally(a), tally(a))["agreement"] == {"quad": 1.0, "quad kappa": 1.0, "type": 1.0, "overlap": 1.0}


def test_a_record_is_exported_month_by_month(tmp_path: Path) -> None:
    from exchange_cases import CODER

    from diurna.exchange.sources import Only, from_store
    from diurna.store import Store

    store = Store.create(tmp_path / "record")
    old = dated(1, "USA", "CHN", "ACCUSE", "2020-01-01")
    key = story_id("Of another month.", "2020-01-01")
    old = replace(old, id=key, text="Of another month.", published="2020-01-01", events=(replace(old.events[0], story=key),))
    store.write([*stories(), old], CODER)
    assert sorted(s.id for s in from_store(store)) == sorted(s.id for s in store.stories())
    whole = {s.id: s for s in from_store(store)}
    assert all(whole[s.id] == s for s in stories())
    kept = list(Only(country="XKX", types=("COERCE", "ASSAULT"), since="2021-05-01", until="2021-05-31").narrow(from_store(store)))
    assert kept
    assert all(e.type in {"COERCE", "ASSAULT"} and "XKX" in {p.country for p in (*e.actors, *e.recipients)} for s in kept for e in s.events)
    with pytest.raises(QueryError, match="D605"):
        Only(dyad=("USA",))
    with pytest.raises(QueryError, match="D623"):
        Only(since="yesterday")


def test_the_commands(tmp_path: Path) -> None:
    write("jsonl", stories(), tmp_path / "a.jsonl")
    record, table = str(tmp_path / "record"), str(tmp_path / "t.CSV")
    out = run("export", "gdelt", str(tmp_path / "a.jsonl"), "-o", table)
    assert (out.exit_code, "left out: 2 negated" in out.stderr) == (0, True)
    with Path(table).open("a") as file:
        file.write("bad row\n")
    into = run("import", "gdelt", table, "--store", record)
    assert into.exit_code == 1
    assert "1 rejected" in into.stderr
    assert "D242" in into.stderr
    assert run("export", "polecat", "--store", record, "--type", "ASSAULT").stdout.count("ASSAULT") > 3
    compared = json.loads(run("compare", record, f"gdelt:{table}", "--json").stdout)
    assert (compared["cells"]["a only"], compared["cells"]["b only"]) == (0, 0)
    assert compared["agreement"]["overlap"] == 1
    assert "kappa" in run("compare", record, f"gdelt:{table}", "--by", "month").stdout
    assert "event.mode" in run("export", "gdelt", "--losses").stdout
    for arguments, error in (
        (("export", "gdelt"), ConfigError), (("export", "idea", record), QueryError), (("export", "idea", "--losses"), QueryError),
        (("compare", record, table), InputError), (("compare", record, record, "--by", "week"), ConfigError),
        (("import", "gdelt", table, "--encoding", "klingon"), ConfigError), (("export", "parquet", "--store", record), QueryError),
    ):  # fmt: skip
        assert isinstance(run(*arguments).exception, error), arguments


def test_questions_to_the_record(tmp_path: Path) -> None:
    from exchange_cases import CODER

    from diurna.store import Store

    record = str(tmp_path / "record")
    Store.create(record).write(stories(), CODER)

    def ids(*arguments: str) -> set[str]:
        result = run("query", "--store", record, "--json", *arguments)
        assert result.exception is None, result.exception
        return {json.loads(line)["id"] for line in result.stdout.splitlines()}

    events = [e for s in stories() for e in s.events]
    assert ids() == {e.id for e in events}
    assert ids("--from", "2021-05-18", "--to", "2021-05-18") == {e.id for e in events if e.when}
    assert ids("--to", "2021-05-17") == {e.id for e in events if e.when and e.when.from_ == "2021-05-17"}
    assert ids("--text", "SOLHEIM") == {e.id for e in events if any("Solheim" in p.text for p in (*e.actors, *e.recipients))}
    assert ids("--text", "trigger") == set()  # a field's name, no word of the record
    assert ids("--text", 'a"b(') == set()
    drones = {e.id for e in events if e.mode == "drone" and "XKX" in {p.country for p in (*e.actors, *e.recipients)}}
    assert ids("--mode", "drone", "--modality", "actual", "--country", "xkx") == drones
    out = tmp_path / "x.jsonl"
    run("query", "--store", record, "--type", "protest", "-o", str(out))
    assert {s.events[0].id for s in read("jsonl", [out]) if isinstance(s, Story)} == {e.id for e in events if e.type == "PROTEST"}
    for arguments in (("--modality", "maybe"), ("--from", "monday"), ("--sql", "SELECT nothing FROM events"), ("--sql", "SELECT CAST(type AS INT) FROM events")):
        assert isinstance(run("query", "--store", record, *arguments).exception, QueryError), arguments
