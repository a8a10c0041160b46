"""What is new is weighed as docs/guide/page.md says."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import pytest

from diurna.analyse.acts import Acts
from diurna.analyse.news import before_of, news_of
from tests.made_record import made_record, made_story

if TYPE_CHECKING:
    from pathlib import Path

SINCE = date(2024, 5, 1)


def acts_of(folder: Path, *stories):
    return Acts.of(made_record(folder, stories))


def test_weight_is_the_product_of_its_parts(tmp_path: Path) -> None:
    past = [made_story(i, f"2024-04-{1 + i:02}", ("SANCTION", "NOR", "RUS")) for i in range(3)]
    old = made_story(20, "2023-04-01", ("ASSAULT", "USA", "MEX"))
    new = [made_story(30, "2024-05-01", ("SANCTION", "NOR", "RUS")), made_story(31, "2024-05-02", ("ASSAULT", "USA", "MEX"))]
    acts = acts_of(tmp_path, *past, old, *new)
    first, second = news_of(acts, new, SINCE)
    assert (first.thread.type, first.before, first.novelty, first.quad) == ("ASSAULT", 0, 1.0, "material conflict")  # the one of a year ago is forgotten
    assert (second.thread.type, second.before, second.novelty) == ("SANCTION", 3, 0.625)
    assert second.force == pytest.approx(7 / 11)
    assert first.spread == pytest.approx(math.log2(2))
    for item in (first, second):
        assert item.weight == pytest.approx(item.force * item.spread * item.novelty * item.told)


def test_history_is_no_news_and_the_possible_weighs_less(tmp_path: Path) -> None:
    new = [
        made_story(1, "2024-05-01", ("AID", "USA", "UKR"), modality="historical"), made_story(2, "2024-05-01", ("AID", "JPN", "IND"), modality="hypothetical"),
        made_story(3, "2024-05-01", ("AID", "PER", "CHL")),
    ]  # fmt: skip
    items = news_of(acts_of(tmp_path, *new), new, SINCE)
    assert [(i.thread.modality, i.told) for i in items] == [("actual", 1.0), ("hypothetical", 0.4)]


def test_copies_and_the_days_themselves_are_not_before(tmp_path: Path) -> None:
    first, copy = made_story(1, "2024-04-30", ("AID", "USA", "UKR")), made_story(2, "2024-04-30", ("AID", "USA", "UKR"), duplicate_of="x")
    stories = [first, copy, made_story(3, "2024-05-01", ("AID", "USA", "UKR"))]
    assert before_of(acts_of(tmp_path, *stories), SINCE) == {("AID", "USA", "UKR"): 1, ("AID", "USA", None): 1}


def test_an_act_of_several_is_met_before_whichever_way_round(tmp_path: Path) -> None:
    past, new = made_story(1, "2024-04-30", ("CONSULT", "NOR ISL", "")), made_story(2, "2024-05-01", ("CONSULT", "ISL NOR", ""))
    (item,) = news_of(acts_of(tmp_path, past, new), [new], SINCE)
    assert item.before == 1
