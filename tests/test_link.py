"""Stories that are one story are found, whatever order they come in; look-alikes are not."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from diurna import Coder
from diurna.cli import app
from diurna.evaluate import duplicates, threads
from diurna.link import Change, Families, Linker, affairs_of, compare, independent
from diurna.link.clusters import average_linkage
from diurna.link.words import Fact, units_of
from diurna.read.story import story_from_text
from diurna.records import CoderVersion, Story
from diurna.store import Store

CASES = Path(__file__).parent / "cases"
LEAD = "Rebels attacked an army post near Gao on Tuesday, killing at least 12 soldiers, the defence ministry said."
BODY = (
    "The attackers came on motorcycles before dawn and fled when helicopters arrived. The ministry blamed a group that has hit convoys in the region since spring. "
    "A nurse in Gao said that 20 wounded men had been brought in. The president called off a trip to Algiers."
)


def story(text: str, published: str = "2019-04-02", source: str | None = "Wire") -> Story:
    return story_from_text(text, published=published, source=source)


def test_spelling_units_and_days_read_alike() -> None:
    one = units_of(story("The organisation said the depot, 12 km (7.5 miles) off, was hit on Tuesday by twenty-one per cent of the shells."))[0]
    other = units_of(story("The organization said the depot, 7.5 miles off, was hit on April 2 by 21% of the shells."))[0]
    assert one.words == other.words
    assert all(f.agrees(g) for f, g in zip(sorted(one.facts), sorted(other.facts), strict=True))
    assert not Fact("n", 12).agrees(Fact("n", 13))
    assert not Fact("length", 12_000).agrees(Fact("length", 14_000))


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (f"{LEAD} {BODY}", "exact"),
        (f"Mali army post attacked\n\nBy Ada Nilsen\n\nGAO, Mali (AP) — {LEAD} {BODY}\n\n(Reporting by Ada Nilsen; Editing by Bo Ek)", "copy"),
        (f"{LEAD} {BODY.split('. A nurse', maxsplit=1)[0]}.", "copy"),
        (f"{LEAD} {BODY}".replace("12", "17").replace("20 wounded", "26 wounded"), "update"),
        (f"A nurse in Gao told of wounded men. {BODY} No group has claimed the attack, and the ministry gave no names. Mali asked for more helicopters.", "update"),
    ],
)
def test_one_story_told_again(other: str, kind: str) -> None:
    pair = compare(story(f"{LEAD} {BODY}"), story(other))
    assert pair.kind == kind
    assert pair == compare(story(other), story(f"{LEAD} {BODY}"))


@pytest.mark.parametrize(
    ("other", "published"),
    [
        (f"{LEAD} {BODY}".replace("12", "9").replace("20", "31"), "2019-04-30"),  # as it might run four weeks later, word for word, of another Tuesday
        (
            "Envoys of Chad and Niger met in Niamey to speak of grazing rights and of wells that both countries dug in the nineties. They will meet again in June, in Zinder. "
            + BODY.split(" A nurse", maxsplit=1)[0]
            + " Herders who had walked for two days came to listen and were given tea by the governor's wife.",
            "2019-04-02",
        ),
        ("Twelve Malian soldiers died when gunmen on motorbikes stormed their camp outside Gao, officials in Bamako announced.", "2019-04-02"),
    ],
)
def test_look_alikes_are_no_duplicates(other: str, published: str) -> None:
    text = f"{LEAD} {BODY} Ministers met at noon. The opposition asked for an inquiry into the camp's defences, which it called a scandal for the general staff."
    assert compare(story(text), story(other, published)).kind == "other"


def test_families_do_not_depend_on_the_order() -> None:
    rows = [group for line in (CASES / "duplicates.jsonl").read_text("utf-8").splitlines() if (group := json.loads(line))["pairs"][0][3]][:6]
    stories = [story_from_text(r["text"], published=r["published"], source=r["source"]) for group in rows for r in group["stories"]]
    first = [f.to_dict() for f in Families(stories)]
    random.Random(3).shuffle(stories)
    assert [f.to_dict() for f in Families([*stories, *stories])] == first
    assert len(first) == 6


def test_versions_form_a_chain_that_tells_what_each_said() -> None:
    one = story(f"{LEAD} {BODY}")
    two = story(f"{LEAD} {BODY}".replace("12", "15"), "2019-04-03")
    three = story(f"{LEAD} {BODY} Three villages near the post were burned down.".replace("12", "18"), "2019-04-04")
    copy = story(f"{LEAD} {BODY}".replace("12", "15"), "2019-04-03", "Harbour Times")
    families = Families([three, copy, one, two])
    (family,) = families
    assert [v.kind for v in family.versions] == ["first", "update", "update"]  # the copy's text and day are those of the second: one story
    assert [v.previous for v in family.versions] == [None, one.id, two.id]
    assert family.versions[1].changes == ("12 → 15",)
    statements = families.statements(family)
    assert statements[0].changes == ("12 → 15", "15 → 18")
    assert [s.stories for s in statements if "burned" in s.text] == [(three.id,)]


def test_copies_and_one_agencys_reports_are_one_source() -> None:
    wire = story(f"GAO, Mali (AP) — {LEAD} {BODY}", source="Harbour Times")
    cut = story(f"{LEAD} {BODY.split('. A nurse', maxsplit=1)[0]}.", source="Kestrel News")
    other = story("Gunmen on motorbikes stormed a camp outside Gao and killed a dozen men, an officer told the paper by telephone.", source="L'Aube")
    later = story("BAMAKO, Mali (AP) — Mali's president went to Gao on Wednesday to mourn the dead of an attack that shook the army.", "2019-04-03", "Daily Compass")
    families = Families([wire, cut, other, later])
    assert len(list(families)) == 3
    assert independent([wire, cut, other, later], families.by_story()) == 2


def test_the_suite_and_its_floor() -> None:
    scores = duplicates(CASES / "duplicates.jsonl")
    assert scores["n"] + scores["tune_n"] >= 300
    assert scores["f1"] >= 0.95
    assert scores["tune_f1"] >= 0.95


def test_the_command_reads_lines_and_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "stories.jsonl"
    rows = [{"text": f"{LEAD} {BODY}", "published": "2019-04-02"}, {"text": f"{LEAD} {BODY}".replace("12", "15"), "published": "2019-04-03"}]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    result = CliRunner().invoke(app, ["link", "stories", str(path), "--json", "--versions"])
    (family,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert family["stories"] == 2
    assert family["statements"][0]["changes"] == ["12 → 15"]
    for bad, code in (
        ('{"txt": "no story"}', "D233"),
        ('{"text": "Envoys met.", "source": 5}', "D233"),
        ('{"text": "Envoys met.", "published": "soon"}', "D205"),
        ('{"text": "Envoys met.", "events": [{"type": "CONSULT", "when": {"from": "x", "to": "y"}}]}', "D233"),
        ("[1]", "D233"),
        ("{", "D233"),
    ):
        path.write_text(bad + "\n", encoding="utf-8")
        result = CliRunner().invoke(app, ["link", "stories", str(path)])
        assert code in str(result.exception), bad


def coded(text: str, published: str, trigger: str, type_: str, actors: dict[str, str], recipients: dict[str, str], source: str = "Wire", modality: str = "actual") -> Story:
    """Build a story with one event in its first sentence; parties are words and country codes."""
    made = story(text, published, source)

    def span(words: str) -> dict[str, object]:
        at = text.index(words)
        return {"text": words, "start": at, "end": at + len(words)}

    def parties(named: dict[str, str]) -> list[dict[str, object]]:
        return [span(words) | {"name": words, "country": country, "sector": "GOV"} for words, country in named.items()]

    row = {
        "id": f"{made.id}-{trigger}", "story": made.id, "type": type_, "modality": modality, "sentence": {"index": 0, "start": 0, "end": text.index(".") + 1},
        "trigger": span(trigger), "actors": parties(actors), "recipients": parties(recipients), "when": {"from": published, "to": published},
    }  # fmt: skip
    return Story.from_dict(made.to_dict() | {"events": [row]})


def expulsions() -> list[Story]:
    return [
        coded("Norway expelled two Russian diplomats on Monday for spying.", "2013-09-09", "expelled", "SANCTION", {"Norway": "NOR"}, {"Russian diplomats": "RUS"}, "Wire"),
        coded("Two Russian envoys were expelled by Norway.", "2013-09-09", "expelled", "SANCTION", {"Norway": "NOR"}, {"Russian envoys": "RUS"}, "Times"),
        coded("Oslo-based papers say Norway threw out Russian diplomats.", "2013-09-10", "threw out", "SANCTION", {"Norway": "NOR"}, {"Russian diplomats": "RUS"}, "Ledger"),
        coded("Russia expelled two Norwegian diplomats.", "2013-09-11", "expelled", "SANCTION", {"Russia": "RUS"}, {"Norwegian diplomats": "NOR"}, "Wire"),
        coded("Denmark expelled a Russian diplomat.", "2013-09-10", "expelled", "SANCTION", {"Denmark": "DNK"}, {"Russian diplomat": "RUS"}, "Wire"),
        coded("Chad expelled a Sudanese envoy.", "2013-09-09", "expelled", "SANCTION", {"Chad": "TCD"}, {"Sudanese envoy": "SDN"}, "Wire"),
    ]


def test_reports_of_one_event_make_a_thread_with_its_sources_and_reasons() -> None:
    linker = Linker(expulsions())
    threads = {t.countries: t for t in linker.threads()}
    assert len(linker.threads()) == 4
    norway = next(t for t in linker.threads() if len(t.members) == 3)
    assert norway.sources == 3
    assert norway.from_ == "2013-09-09"
    assert "both SANCTION" in norway.members[0].because
    assert threads["DNK", "RUS"].sources == 1


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)))
def test_threads_and_affairs_do_not_depend_on_the_order(order: list[int]) -> None:
    stories = expulsions()
    linker, other, many = Linker(stories), Linker(stories[i] for i in order), Linker(stories[:1])
    many.extend(stories[i] for i in order)
    assert [t.to_dict() for t in other.threads()] == [t.to_dict() for t in linker.threads()] == [t.to_dict() for t in many.threads()]
    assert [a.to_dict() for a in affairs_of(other.threads())] == [a.to_dict() for a in affairs_of(linker.threads())]


def test_a_new_story_joins_a_thread_and_leaves_the_others() -> None:
    stories = expulsions()
    linker = Linker(stories[:1] + stories[3:])
    change = linker.add(stories[1])
    assert change.kind == "joins"
    assert linker.add(stories[1]).kind == "none"
    assert sorted(map(len, (set(change.before[0]), set(change.after[0])))) == [1, 2]
    assert Linker([*stories[:1], *stories[3:], stories[1]]).by_event() == linker.by_event()
    assert Change((("a", "b"),), (("a",), ("b", "c"))).kind == "splits"
    assert Change((("a",), ("b",)), (("a", "b", "c"),)).kind == "merges"
    assert Change((), (("a",),)).kind == "new"


def test_links_are_read_from_a_record(tmp_path: Path) -> None:
    record = tmp_path / "record"
    Store.create(record).write(expulsions(), CoderVersion("0", "test"))
    result = CliRunner().invoke(app, ["link", "events", str(record), "--json"])
    assert [len(json.loads(line)["members"]) for line in result.stdout.splitlines()] == [3]
    assert "D232" in str(CliRunner().invoke(app, ["link", "events", str(tmp_path)]).exception)


def test_average_linkage_can_split_what_it_joined() -> None:
    near = {"a": {"b": 0.5}, "b": {"a": 0.5, "c": 0.9}, "c": {"b": 0.9}}
    assert average_linkage("ab", near, 0.4) == [["a", "b"]]
    assert average_linkage("abc", near, 0.4) == [["a"], ["b", "c"]]


@pytest.mark.model
def test_the_threads_suite_and_its_floor() -> None:
    scores = threads(CASES / "threads.jsonl", Coder(threads=1))
    assert scores["clusters"] + scores["tune_clusters"] >= 60
    assert scores["f1"] >= 0.85


def test_event_and_affair_commands(tmp_path: Path) -> None:
    path = tmp_path / "coded.jsonl"
    lines = [json.dumps(s.to_dict() | {"events": [e.to_dict() for e in s.events]}) for s in expulsions()]
    path.write_text("\n".join(lines[1:]), encoding="utf-8")
    late = tmp_path / "late.jsonl"
    late.write_text(lines[0], encoding="utf-8")

    def run(*arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in CliRunner().invoke(app, ["link", *arguments]).stdout.splitlines()]

    assert [len(t["members"]) for t in run("events", str(path), str(late), "--json")] == [3]
    assert [c["does"] for c in run("events", str(path), "--new", str(late))] == ["joins"]
    assert len(run("events", str(path), "--all", "--json")) == 4
    (affair,) = run("affairs", str(path), str(late), "--json")
    assert {t["from"] for t in affair["threads"]} >= {"2013-09-09", "2013-09-11"}
    assert "sources" in CliRunner().invoke(app, ["link", "events", str(path), "--why"], env={"COLUMNS": "200"}).stdout
