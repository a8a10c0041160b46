"""The suites count as they say."""

from __future__ import annotations

from typing import Any

from diurna import Event
from diurna.evaluate import score_events, score_labels


def event(start: int, type_: str = "ACCUSE", modality: str = "actual", actors: tuple[tuple[int, str], ...] = ()) -> Event:
    row: dict[str, Any] = {
        "type": type_,
        "modality": modality,
        "trigger": {"text": "xxxx", "start": start, "end": start + 4},
        "actors": [{"text": "yy", "start": s, "end": s + 2, "country": c, "sector": "GOV"} for s, c in actors],
    }
    return Event.from_dict(row)


def test_perfect_is_one_and_nothing_is_zero() -> None:
    gold = [event(0, actors=((10, "KEN"),)), event(20, "REJECT")]
    scores = score_events([(gold, gold)])
    assert scores["f1"] == scores["parties"] == scores["modality"] == scores["codes"] == 1.0
    assert score_events([(gold, [])])["f1"] == 0.0


def test_each_level_asks_for_more() -> None:
    gold = [event(0, actors=((10, "KEN"),)), event(20, "REJECT"), event(40), event(60)]
    coded = [event(2, actors=((11, "UGA"),)), event(20, "REJECT", "future"), event(40, actors=((50, "KEN"),)), event(60, "AID")]
    scores = score_events([(gold, coded)])
    assert scores["f1"] == 0.75
    assert scores["parties"] == 0.5
    assert scores["modality"] == 0.25
    assert scores["codes"] == 0.0
    assert scores["trigger_f1"] == 1.0


def test_each_modality_is_scored_among_matched_events() -> None:
    gold = [event(0), event(20, modality="future"), event(40, modality="future"), event(60, "REJECT", "negated")]
    coded = [event(0, modality="future"), event(20, modality="future"), event(40, modality="future"), event(60, "AID")]
    found = score_events([(gold, coded)])["modalities"]
    assert found == {"actual": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 1}, "future": {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "n": 2}}


def test_one_coded_event_answers_one_gold_event() -> None:
    scores = score_events([([event(0), event(2)], [event(1)])])
    assert scores["recall"] == 0.5


def test_macro_f1_is_over_gold_labels() -> None:
    scores = score_labels(["A", "A", "B"], ["A", "C", "B"])
    assert scores["labels"]["A"]["recall"] == 0.5
    assert scores["labels"]["A"]["f1"] == 0.6667
    assert 0.833 < scores["f1"] < 0.834
