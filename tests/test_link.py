"""Stories that are one story are found, whatever order they come in; look-alikes are not."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from diurna.cli import app
from diurna.evaluate import duplicates
from diurna.link import Families, compare, independent
from diurna.link.words import Fact, units_of
from diurna.read.story import story_from_text

if TYPE_CHECKING:
    from diurna.records import Story

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
    path.write_text('{"txt": "no story"}\n', encoding="utf-8")
    result = CliRunner().invoke(app, ["link", "stories", str(path)])
    assert "D233" in str(result.exception)
