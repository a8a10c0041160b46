"""Forecasts: skill where there is something to know, none where there is not, and no look ahead."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from diurna.analyse.acts import Acts, Selection, period_end
from diurna.analyse.forecast import Backtest, Forecast, backtest, forecasts
from diurna.analyse.forecast_models import BASELINES, FORECASTERS, LEARNED, Outlooks
from diurna.analyse.forecast_panel import next_month, panels_of
from diurna.analyse.forecast_scores import at_least_one, brier, count_interval, crps, fit_size, log_loss, skill
from tests.made_panel import made_panel, made_panels, noise, spells
from tests.made_record import made_record, made_story

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.records import Story


@pytest.mark.parametrize(("mean", "size", "count"), [(0.3, 0.5, 0), (2.5, 1.3, 4), (40.0, 3.0, 12), (0.001, 200.0, 2), (3.0, 200.0, 0)])
def test_crps_is_the_area_between_the_forecast_and_what_came(mean: float, size: float, count: int) -> None:
    from scipy.stats import nbinom

    steps = np.arange(5000)
    area = ((nbinom.cdf(steps, size, size / (size + mean)) - (steps >= count)) ** 2).sum()
    assert crps(np.array([mean]), size, np.array([float(count)]))[0] == pytest.approx(area, abs=1e-6)


def test_proper_scores_are_least_for_the_true_chance_and_the_true_mean() -> None:
    random = np.random.default_rng(3)
    happened, counts = random.random(20_000) < 0.3, random.negative_binomial(2, 0.4, 20_000).astype(float)
    said = (0.15, 0.25, 0.3, 0.35, 0.6)
    for score in (brier, log_loss):
        assert said[int(np.argmin([score(np.full(20_000, s), happened).mean() for s in said]))] == 0.3
    means = (1.5, 2.5, 3.0, 3.5, 6.0)
    assert means[int(np.argmin([crps(np.full(20_000, m), 2.0, counts).mean() for m in means]))] == 3.0
    assert fit_size(np.full(20_000, 3.0), counts) == pytest.approx(2, rel=0.25)
    assert at_least_one(np.array([3.0]), 2.0)[0] == pytest.approx((counts > 0).mean(), abs=0.02)
    low, high = count_interval(3.0, 2.0)
    assert 0.9 <= ((counts >= low) & (counts <= high)).mean() < 0.97


def test_skill_of_a_reference_over_itself_is_none_and_its_interval_holds_zero() -> None:
    random = np.random.default_rng(4)
    score = random.random((30, 24))
    assert skill(score, score) == (0.0, 0.0, 0.0)
    value, low, high = skill(score, random.random((30, 24))) or (1.0, 1.0, 1.0)
    assert low < 0 < high
    assert low < value < high
    assert skill(np.full((3, 4), np.nan), np.ones((3, 4))) is None
    better = skill(np.where(random.random((30, 24)) < 0.2, np.nan, 0.5 * score), score)
    assert better is not None
    assert better[0] == pytest.approx(0.5)


@pytest.fixture(scope="module")
def spelled() -> Backtest:
    return backtest({"dyad": made_panel("dyad", spells(np.random.default_rng(1), 60, 60))})


def test_spells_of_conflict_are_foreseen_better_than_by_climatology(spelled: Backtest) -> None:
    rows = {(r.group, r.forecaster): r for r in spelled.rows}
    for group in ("all", "restless"):
        smooth, learned = rows[group, "exponential smoothing"], rows[group, LEARNED]
        assert smooth.chance_low is not None
        assert smooth.chance_low > 0.2
        assert learned.brier < rows[group, "climatology"].brier
        assert learned.crps < rows[group, "climatology"].crps
    for target in ("chance", "count"):
        assert spelled.verdict("dyad", "restless", target).shown is not None  # type: ignore[arg-type]
    assert rows["all", LEARNED].chance_reference == "exponential smoothing"
    assert (rows["all", LEARNED].months, rows["all", LEARNED].n) == (36, 36 * 60)


def test_noise_shows_no_skill() -> None:
    tested = backtest({"dyad": made_panel("dyad", noise(np.random.default_rng(1), 60, 60))})
    assert [v.shown for v in tested.verdicts] == [None] * 6
    assert {v.reason for v in tested.verdicts} == {"no forecast: nothing beats climatology for certain"}
    assert {v.baseline for v in tested.verdicts} == {"climatology"}
    for row in tested.rows:
        assert row.chance_low is None or row.chance_low <= 0


def test_too_short_a_record_shows_no_forecast_and_says_why() -> None:
    panels = made_panels(spells(np.random.default_rng(1), 40, 8))
    tested = backtest(panels)
    assert {v.reason for v in tested.verdicts} == {"no forecast: 5 months to test on, fewer than 12"}
    made = forecasts(panels, tested)
    assert len(made) == 80
    assert all(f.chance is None and f.mean is None and 0 < f.baseline_chance < 1 and f.baseline_mean > 0 for f in made)


def test_the_future_leaves_earlier_forecasts_untouched() -> None:
    random = np.random.default_rng(5)
    conflict = spells(random, 30, 24)
    panel, known = made_panel("dyad", conflict), 15
    wild = conflict.copy()
    wild[:, known:] = random.poisson(40, wild[:, known:].shape)
    counts = panel.counts.copy()
    counts[:, :, known:] = random.poisson(9, counts[:, :, known:].shape)
    changed = replace(made_panel("dyad", wild, np.append(panel.stories[:known], np.full(24 - known, 9.0))), near=np.where(np.arange(24) < known, panel.near, 77.0))
    changed.counts[:3, :, known:] = counts[:3, :, known:]
    before, after, cut = Outlooks(panel), Outlooks(changed), Outlooks(panel.first(known))
    for name in FORECASTERS:
        for month in (3, 9, known - 1):
            one = before.at(name, month)
            for other in (after.at(name, month), cut.at(name, month)):
                np.testing.assert_allclose(other.chance, one.chance, rtol=1e-9)
                np.testing.assert_allclose(other.mean, one.mean, rtol=1e-9)
                assert other.size == one.size
        assert not np.allclose(before.at(name, known).chance, after.at(name, known).chance)


def stories(months: int, *, wild_from: int = 99) -> list[Story]:
    made, start = [], date(2020, 1, 1)
    for month in range(months):
        for number in range(6):
            day = (period_end(start, "month") if number == 5 else start.replace(day=1 + number)).isoformat()
            kind = "ASSAULT" if (month // 4 % 2 and number < 3) or month >= wild_from else "CONSULT"
            made.append(made_story(month * 10 + number, day, (kind, *(("RUS", "UKR") if number % 2 else ("UKR", "RUS"))), ("AID", "NOR", "UKR")))
        start = next_month(start)
    return made


def test_a_record_added_to_later_gives_the_same_forecast_as_of_then(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    short = Acts.of(made_record(tmp_path / "a", stories(14)))
    long = Acts.of(made_record(tmp_path / "b", [*stories(14), *[s for s in stories(20, wild_from=14) if (s.published or "") > "2021-02-28"]]))

    def made(acts: Acts, selection: Selection | None = None) -> list[Forecast]:
        panels = panels_of(acts, selection)
        return forecasts(panels, backtest(panels))

    then, now = made(short), made(long, Selection(until=date(2021, 2, 28)))
    assert then == now
    assert then[0].month == date(2021, 3, 1)
    assert made(long) != then


def test_a_panel_counts_what_it_says_and_keeps_the_ids(tmp_path: Path) -> None:
    acts = Acts.of(
        made_record(
            tmp_path,
            [
                made_story(1, "2024-01-30", ("ASSAULT", "RUS", "UKR"), ("ASSAULT", "UKR", "RUS")),
                made_story(2, "2024-02-27", ("COERCE", "RUS", "RUS"), ("CONSULT", "RUS NOR", "")),
                made_story(3, "2024-02-28", ("ASSAULT", "IGO", "UKR"), ("ASSAULT", "RUS", "UKR"), modality="hypothetical"),
                made_story(4, "2024-04-29", ("ASSAULT", "NOR", "UKR"), claimant="Oslo"),
                made_story(5, "2024-05-10", ("ASSAULT", "NOR", "UKR")),
            ],
        )
    )
    dyad, country = panels_of(acts).values()
    assert dyad.months == (date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1))  # March had no news, May is not over
    assert dyad.stories.tolist() == [1, 2, 1]
    assert dict(zip(dyad.units, dyad.conflict.tolist(), strict=True)) == {"NOR-RUS": [0, 0, 0], "NOR-UKR": [0, 0, 1], "RUS-UKR": [2, 0, 0]}
    assert dict(zip(country.units, country.conflict.tolist(), strict=True)) == {"NOR": [0, 0, 1], "RUS": [2, 1, 0], "UKR": [2, 0, 1]}
    assert dict(zip(dyad.units, dyad.near.tolist(), strict=True)) == {"NOR-RUS": [2, 0, 1], "NOR-UKR": [2, 0, 0], "RUS-UKR": [0, 0, 1]}
    assert dict(zip(country.units, country.near.tolist(), strict=True)) == {"NOR": [0, 1, 1], "RUS": [2, 0, 2], "UKR": [2, 1, 1]}
    known = {e["id"]: e for e in acts.events.to_dicts()}
    assert [known[i]["published"] for i in country.ids["RUS"]] == [date(2024, 2, 27), date(2024, 1, 30), date(2024, 1, 30)]
    assert dyad.ids["NOR-UKR"] == country.ids["NOR"]
    confirmed = panels_of(acts, Selection(unconfirmed=False, hypothetical=True))["country"]
    assert confirmed.conflict.tolist() == [[0, 0, 0], [2, 2, 0], [2, 2, 0]]
    assert panels_of(acts, Selection(until=date(2024, 2, 20)))["dyad"].months == (date(2024, 1, 1),)


def test_more_news_with_more_acts_is_no_more_conflict() -> None:
    acts = np.tile([[2.0], [0.0]], (10, 20))
    acts[:, 10:] *= 3
    stories_ = np.append(np.full(10, 100.0), np.full(10, 300.0))
    for name in BASELINES:
        made = Outlooks(made_panel("dyad", acts, stories_)).at(name, 19)
        assert made.mean[0] == pytest.approx(6, rel=0.1)


def test_a_record_without_a_whole_month_gives_no_forecast(tmp_path: Path) -> None:
    for number, made in enumerate(([], [made_story(1, "2024-01-05", ("ASSAULT", "RUS", "UKR"))])):
        (tmp_path / str(number)).mkdir()
        panels = panels_of(Acts.of(made_record(tmp_path / str(number), made)))
        assert forecasts(panels, backtest(panels)) == []


def test_the_command_prints_forecasts_and_the_backtest(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from diurna.cli import app

    made_record(tmp_path, stories(18))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["forecast", "--store", str(tmp_path / "record"), *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    (line,) = run("ukr-rus", "--jsonl").splitlines()
    facts = json.loads(line)
    assert (facts["unit"], facts["kind"], facts["month"]) == ("RUS-UKR", "dyad", "2021-07-01")
    assert [o["count"] for o in facts["observed"]] == [0, 0, 0, 0, 0, 0] or sum(o["count"] for o in facts["observed"]) == len(facts["ids"])
    lines = [json.loads(r) for r in run("dyads", "--backtest", "--jsonl").splitlines()]
    assert {r["forecaster"] for r in lines} == set(FORECASTERS)
    assert "no forecast" in run()
    assert run("--backtest").startswith("months forecast, each from those before it: 2020-04-01 – 2021-06-01")
    assert run("countries", "--csv").splitlines()[0].startswith("kind,unit,month,group,chance")
    assert "tells of no act of it" in run("PER")
    refused = CliRunner().invoke(app, ["forecast", "--store", str(tmp_path / "record"), "Russia"])
    assert refused.exit_code != 0


def test_the_service_makes_forecasts_once_until_a_month_that_is_over_changes(tmp_path: Path) -> None:
    import anyio

    from diurna.serve.foreseeing import Foreseeing

    acts = []
    for name, more in (("a", []), ("b", [made_story(900, "2021-02-02", ("ASSAULT", "RUS", "UKR"))]), ("c", [made_story(901, "2020-02-02", ("ASSAULT", "RUS", "UKR"))])):
        (tmp_path / name).mkdir()
        acts.append(Acts.of(made_record(tmp_path / name, [*stories(13), *more])))

    async def ask() -> list[object]:
        foreseeing, got = Foreseeing(), []

        async def one(number: int, version: str) -> None:
            got.append((version, await foreseeing.ask(acts[number], version, Selection())))

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one, 0, "1")
        await one(1, "2")  # news of February, which is not over
        await one(2, "3")  # a late report of a month gone by
        return [made for _, made in got]

    with ThreadPoolExecutor(1) as thread:  # a browser's test leaves a loop running in this one
        got = thread.submit(anyio.run, ask).result()
    assert all(made is got[0] for made in got[:9])
    assert got[9] != got[0]
