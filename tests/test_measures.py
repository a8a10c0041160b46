"""Measures of the record: counts that can be checked by hand, intervals that hold, changes that are there and none that are not."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from diurna.analyse.accounts import account_of, claims_table, countries_of
from diurna.analyse.acts import Acts, Selection, dyad_of, period_end
from diurna.analyse.changes import change_points, unusual_weeks
from diurna.analyse.dyads import dyad_series, dyads_of
from diurna.analyse.network import Tie, balance_of, bloc_cohesion, communities_of, network_of, ties_of
from diurna.analyse.tension import tension
from diurna.errors import QueryError
from tests.made_record import made_record, made_story

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.records import Story


def acts_of(folder: Path, stories: list[Story]) -> Acts:
    return Acts.of(made_record(folder, stories))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("measures")


@pytest.fixture(scope="module")
def acts(folder: Path) -> Acts:
    return acts_of(
        folder,
        [
            made_story(1, "2024-01-30", ("ASSAULT", "RUS", "UKR"), ("AID", "USA", "UKR")),
            made_story(2, "2024-01-31", ("ASSAULT", "RUS", "UKR GEO"), ("CONSULT", "RUS UKR", "")),
            made_story(3, "2024-03-02", ("THREATEN", "RUS", "UKR"), claimant="Kyiv"),
            made_story(4, "2024-03-02", ("ASSAULT", "RUS", "UKR"), modality="hypothetical"),
            made_story(5, "2024-03-03", ("ASSAULT", "RUS", "UKR"), modality="negated"),
            made_story(6, "2024-03-03", ("ASSAULT", "UKR", "RUS"), duplicate_of="another"),
            made_story(7, None, ("ASSAULT", "RUS", "UKR")),
            made_story(8, "2024-03-04", ("PROTEST", "RUS", "RUS")),
        ],
    )


def test_a_series_counts_each_act_once_and_leaves_no_month_out(acts: Acts) -> None:
    points = dyad_series(acts, "RUS", "UKR").points
    assert [(p.start.isoformat(), p.end.isoformat(), p.stories, p.count) for p in points] == [
        ("2024-01-01", "2024-01-31", 2, 3), ("2024-02-01", "2024-02-29", 0, 0), ("2024-03-01", "2024-03-31", 4, 1),
    ]  # fmt: skip
    assert points[0].quads == {"VC": 1, "MC": 0, "VX": 0, "MX": 2}
    assert points[0].score == -9 * 2 + 2.5
    assert points[0].mean == pytest.approx(-15.5 / 3, abs=1e-4)
    assert sum(points[0].shares.values()) == pytest.approx(1, abs=1e-3)
    assert points[1].mean is None
    assert points[1].shares == {}


def test_what_is_open_and_what_is_only_claimed_is_told_beside_and_counted_when_asked(acts: Acts) -> None:
    march = dyad_series(acts, "RUS", "UKR").points[-1]
    assert (march.count, march.hypothetical, march.unconfirmed) == (1, 1, 1)
    assert dyad_series(acts, "RUS", "UKR", selection=Selection(hypothetical=True)).points[-1].count == 2
    assert dyad_series(acts, "RUS", "UKR", selection=Selection(unconfirmed=False)).points[-1].count == 0


def test_denials_copies_and_undated_acts_never_count(acts: Acts) -> None:
    everything = Selection(hypothetical=True)
    assert sum(p.count for p in dyad_series(acts, "UKR", "RUS", selection=everything).points) == 1  # that they met
    assert sum(p.count for p in dyad_series(acts, "RUS", "UKR", selection=everything).points) == 5
    assert sum(p.count for p in dyad_series(acts, "RUS", "UKR", both=True, selection=everything).points) == 5


def test_ids_are_those_of_the_events(acts: Acts) -> None:
    by_id = {row["id"]: row for row in acts.events.to_dicts()}
    for point in dyad_series(acts, "RUS", "UKR", by="week").points:
        assert len(point.ids) == point.count
        for key in point.ids:
            assert "RUS" in by_id[key]["actor_countries"]
            assert point.start <= by_id[key]["published"] <= point.end


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_periods_sum_to_the_same_whatever_their_length(acts: Acts, by: str) -> None:
    points = dyad_series(acts, "RUS", "UKR", by=by).points  # type: ignore[arg-type]
    assert sum(p.count for p in points) == 4
    for p, q in pairwise(points):
        assert q.start - p.end == timedelta(days=1)
        assert p.end == period_end(p.start, by)  # type: ignore[arg-type]


def test_dyads_are_listed_without_acts_at_home(acts: Acts) -> None:
    rows = {(d.a, d.b): d.count for d in dyads_of(acts)}
    assert rows == {("RUS", "UKR"): 4, ("RUS", "GEO"): 1, ("UKR", "RUS"): 1, ("USA", "UKR"): 1}
    assert ("RUS", "RUS") in {(d.a, d.b) for d in dyads_of(acts, inward=True)}
    assert {(d.a, d.b) for d in dyads_of(acts, country="USA")} == {("USA", "UKR")}


def test_a_record_without_stories_gives_no_periods(tmp_path: Path) -> None:
    empty = acts_of(tmp_path, [])
    assert dyad_series(empty, "RUS", "UKR").points == ()
    assert dyads_of(empty) == []


@pytest.mark.parametrize("words", ["RUS", "RUS-UKR-GEO", "", "R1S-UKR", "ру́с-укр"])
def test_a_dyad_is_two_codes(words: str) -> None:
    with pytest.raises(QueryError, match="D605"):
        dyad_of(words)


def test_a_period_of_another_name_is_refused(acts: Acts) -> None:
    with pytest.raises(QueryError, match="D629"):
        dyad_series(acts, "RUS", "UKR", by="year")  # type: ignore[arg-type]


def test_tension_is_hostility_per_thousand_stories(acts: Acts) -> None:
    january, february, march = tension(acts, "RUS", "UKR")
    assert january.value == pytest.approx(1000 * 15.5 / 2)
    assert january.value == pytest.approx(january.hostile - january.friendly)  # type: ignore[operator]
    assert (february.value, february.low) == (None, None)
    assert march.value == pytest.approx(1000 * 3.5 / 4)
    assert march.low == 0
    assert march.high is not None
    assert march.high > march.value


def test_twice_the_news_with_twice_the_acts_is_no_more_tension(tmp_path: Path) -> None:
    few = [made_story(i, "2024-01-05", *([("ASSAULT", "RUS", "UKR")] if i % 2 else [])) for i in range(20)]
    many = [made_story(100 + i, "2024-02-05", *([("ASSAULT", "RUS", "UKR")] if i % 2 else [])) for i in range(40)]
    january, february = tension(acts_of(tmp_path, few + many), "RUS", "UKR")
    assert january.value == february.value
    assert january.low is not None
    assert january.low < february.low < february.value < february.high < january.high  # type: ignore[operator]


def test_the_interval_holds_the_true_rate_as_often_as_it_says() -> None:
    from diurna.analyse.tension import intervals

    random, truth, held = np.random.default_rng(1), 1000 * 0.1 * 9.0, 0
    for _ in range(300):
        bearing = int(random.binomial(300, 0.1))
        (pair,) = intervals([np.full(bearing, 9.0)], [300])
        held += pair is not None and pair[0] <= truth <= pair[1]
    assert 0.91 <= held / 300 <= 0.98


def test_the_interval_is_the_one_that_drawing_samples_tends_to() -> None:
    from diurna.analyse.tension import intervals

    random = np.random.default_rng(3)
    for values, stories in (([9.0, -3.0, 4.5, 4.5, 20.1], 60), ([5.5], 12), ([-2.5, 40.0, 1.0], 3), ([7.0] * 20, 900)):
        every = np.concatenate([values, np.zeros(stories - len(values))])
        drawn = random.choice(every, (20_000, stories)).sum(axis=1) * 1000 / stories
        (pair,) = intervals([np.asarray(values)], [stories])
        assert pair == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.12 * float(drawn.std()) + 1e-6)


def test_the_same_record_gives_the_same_interval(acts: Acts) -> None:
    assert tension(acts, "RUS", "UKR") == tension(acts, "RUS", "UKR")


def test_a_step_is_found_and_noise_is_not() -> None:
    random = np.random.default_rng(2)
    noise = list(random.normal(0, 1, 60))
    assert change_points(noise) == []
    found = change_points(noise[:30] + [v + 6 for v in noise[30:]])
    assert [c.at for c in found] == [30]
    assert found[0].after - found[0].before == pytest.approx(6, abs=0.6)
    assert change_points([1.0] * 20) == []
    assert change_points([]) == []
    assert change_points([None, 1.0, 2.0]) == []


def test_an_unusual_week_stands_out_of_its_own_history_and_busy_news_does_not(tmp_path: Path) -> None:
    stories, number = [], 0
    for week in range(40):
        day = (date(2024, 1, 1) + timedelta(weeks=week)).isoformat()
        loud = {30: 8}.get(week, 1)
        for i in range(80 if week == 35 else 10):
            hits = i < (8 if week == 35 else loud)
            number += 1
            stories.append(made_story(number, day, *([("ASSAULT", "RUS", "UKR")] if hits else [])))
    weeks = unusual_weeks(acts_of(tmp_path, stories), "RUS", "UKR")
    assert [w.start.isoformat() for w in weeks] == ["2024-07-29"]
    assert weeks[0].count == 8
    assert len(weeks[0].ids) == 8
    assert weeks[0].chance < 0.001


def test_the_command_prints_what_the_measures_say(folder: Path, acts: Acts) -> None:
    def run(*arguments: str) -> str:
        done = subprocess.run([sys.executable, "-m", "diurna.cli", "dyads", "--store", str(folder / "record"), *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    facts = json.loads(run("RUS-UKR", "--json"))
    assert [p["count"] for p in facts["points"]] == [p.count for p in dyad_series(acts, "RUS", "UKR").points]
    assert facts["points"][0]["tension"] == tension(acts, "RUS", "UKR", both=False)[0].value
    assert run("--csv").splitlines()[1].startswith("RUS-UKR,4,1,0,1,2")


def tie(a: str, b: str, score: float) -> Tie:
    return Tie(a, b, 4, score * 4, score, 0 if abs(score) < 0.5 else 1 if score > 0 else -1, ())


def test_ties_join_both_directions_and_leave_bodies_out(tmp_path: Path) -> None:
    made = [made_story(i, "2024-01-05", ("AID", "USA", "UKR"), ("SUPPORT", "UKR", "USA"), ("ACCUSE", "IGO", "RUS"), ("CONSULT", "USA UKR", "")) for i in range(2)]
    acts = acts_of(tmp_path, made)
    (one,) = ties_of(acts)
    assert (one.a, one.b, one.count, one.score, one.sign) == ("UKR", "USA", 6, 2 * (10 + 5 + 2.5), 1)
    assert len(set(one.ids)) == 6
    assert ties_of(acts, least=7) == []


def test_communities_put_friends_together_and_foes_apart() -> None:
    ties = [tie("A", "B", 5), tie("B", "C", 5), tie("D", "E", 5), tie("A", "D", -6), tie("C", "E", -4), tie("F", "A", -3)]
    of = communities_of(ties)
    assert of["A"] == of["B"] == of["C"]
    assert of["D"] == of["E"] != of["A"]
    assert of["F"] != of["A"]
    assert of == communities_of(list(reversed(ties)))


def test_a_state_leaves_friends_for_whom_it_would_be_among_foes() -> None:
    ties = [tie("A", "B", 5), tie("A", "X", 1), tie("B", "X", -6)]
    of = communities_of(ties)
    assert of["A"] == of["B"] != of["X"]


def test_balance_counts_triangles_by_hostile_ties() -> None:
    found = balance_of([tie("A", "B", 5), tie("A", "C", -5), tie("B", "C", -5), tie("C", "D", 5), tie("B", "D", 5), tie("D", "E", 0.1)])
    assert (found.triangles, found.by_hostile) == (2, (0, 1, 1, 0))
    assert found.balanced == 0.5
    assert found.expected == pytest.approx(0.6**3 + 3 * 0.6 * 0.4**2)
    assert balance_of([]).balanced is None


def test_a_bloc_holds_together_or_not(acts: Acts) -> None:
    found = bloc_cohesion(acts, ["usa", "UKR"])
    assert (found.within, found.count_within, found.pairs_tied) == (10.0, 1, 1.0)
    assert found.across == pytest.approx((-9 - 9 + 2.5 - 3.5) / 4, abs=1e-3)
    assert bloc_cohesion(acts, ["USA"]).pairs_tied is None


def test_the_network_is_made_of_its_ties(acts: Acts) -> None:
    network = network_of(acts, least=1)
    assert {(t.a, t.b): t.sign for t in network.ties} == {("RUS", "UKR"): -1, ("UKR", "USA"): 1, ("GEO", "RUS"): -1}
    assert network.frustration == 0
    assert network.communities["UKR"] == network.communities["USA"] != network.communities["RUS"]


def test_an_account_has_two_sides(acts: Acts) -> None:
    account = account_of(acts, "UKR")
    lines = {e.type: (e.done, e.suffered) for e in account.entries}
    assert lines == {"ASSAULT": (0, 2), "AID": (0, 1), "CONSULT": (1, 0), "THREATEN": (0, 1)}
    assert all(len(e.ids_done) == e.done and len(e.ids_suffered) == e.suffered for e in account.entries)
    assert [(p.code, p.outward, p.inward) for p in account.partners] == [("RUS", 1, 4), ("USA", 0, 1)]
    assert {r.code: (r.done, r.suffered) for r in countries_of(acts)} == {"UKR": (1, 4), "RUS": (5, 1), "USA": (1, 0), "GEO": (0, 1)}


def test_claims_tell_who_says_it_of_whom(tmp_path: Path) -> None:
    acts = acts_of(
        tmp_path,
        [
            made_story(1, "2024-01-01", ("ASSAULT", "RUS", "UKR"), claimant="Moscow"),
            made_story(2, "2024-01-02", ("ASSAULT", "RUS", "UKR"), claimant="Moscow", modality="negated"),
            made_story(3, "2024-01-03", ("ASSAULT", "RUS", "UKR"), claimant="Moscow", modality="future"),
            made_story(4, "2024-01-03", ("ASSAULT", "RUS", "UKR")),
        ],
    )
    (row,) = claims_table(acts)
    assert (row.claimant, row.actor, row.quad, row.told, row.denied, row.open_, row.against, len(row.ids)) == ("Moscow", "RUS", "MX", 1, 1, 1, False, 3)
    assert claims_table(acts, actor="UKR") == []
