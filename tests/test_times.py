"""Dates found in running text: their words, their values, the days they cover."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diurna import Coder, InputError
from diurna.evaluate.dates import dates, read_timeml
from diurna.resolve.times import days_of, find_times

CASES = json.loads((Path(__file__).parent / "cases/times.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_case(case: dict[str, Any]) -> None:
    found = find_times(case["text"], date.fromisoformat(case["published"]) if case["published"] else None)
    assert [[t.text, t.value, t.from_, t.to] for t in found] == case["dates"]


@given(st.text(alphabet="Mayonthe 0123456789/-.,quartersFebTuesdaylastnextyear\n", max_size=80), st.dates())
def test_spans_are_exact_and_apart_whatever_the_text(text: str, published: date) -> None:
    before = 0
    for t in find_times(text, published):
        assert text[t.start : t.end] == t.text
        assert t.start >= before
        before = t.end
        assert t.from_ is None or (t.to is not None and t.from_ <= t.to)


@given(st.dates(min_value=date(1500, 1, 1), max_value=date(2099, 12, 31)), st.dates(min_value=date(1500, 1, 1), max_value=date(2099, 12, 31)))
def test_a_full_date_means_itself_whenever_it_is_read(day: date, published: date) -> None:
    written = f"{day:%B} {day.day}, {day.year}"
    assert [(t.value, t.from_, t.to) for t in find_times(f"They met on {written}, he said.", published)] == [(day.isoformat(),) * 3]


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2023-W08", ("2023-02-20", "2023-02-26")),
        ("2023-W07-WE", ("2023-02-18", "2023-02-19")),
        ("2022-WI", ("2022-12-01", "2023-02-28")),
        ("199", ("1990-01-01", "1999-12-31")),
        ("18", ("1800-01-01", "1899-12-31")),
        ("PAST_REF", None),
        ("2023-13", None),
    ],
)
def test_values_cover_days(value: str, days: tuple[str, str] | None) -> None:
    assert days_of(value) == days


def test_suite_counts_right_values_only(tmp_path: Path) -> None:
    document = """<?xml version="1.0"?><TimeML><DCT><TIMEX3 tid="t0" type="DATE" value="2023-02-22">x</TIMEX3></DCT><TEXT>
They met on <TIMEX3 tid="t1" type="DATE" value="2023-02-21">Tuesday</TIMEX3> and <TIMEX3 tid="t2" type="DATE" value="2022-02">last month</TIMEX3>
for <TIMEX3 tid="t3" type="DURATION" value="PT3H">three hours</TIMEX3>.</TEXT></TimeML>"""
    (tmp_path / "a.tml").write_text(document)
    assert read_timeml(tmp_path / "a.tml")[1] == date(2023, 2, 22)
    scores = dates(tmp_path)
    assert (scores["n"], scores["f1"], scores["span_f1"]) == (2, 0.5, 1.0)


def test_suite_refuses_what_is_no_timeml_and_expands_no_entity(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="D223"):
        dates(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("last Tuesday")
    (tmp_path / "b.tml").write_text(f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]><TimeML><TEXT>Seen &s;</TEXT></TimeML>')
    assert "Tuesday" not in read_timeml(tmp_path / "b.tml")[0]
    (tmp_path / "c.tml").write_text("<TimeML>")
    with pytest.raises(InputError, match="D223"):
        dates(tmp_path / "c.tml")


@pytest.mark.model
def test_coder_gives_dates() -> None:
    assert [t.value for t in Coder().dates("They met last month.", published="2023-02-22")] == ["2023-01"]
