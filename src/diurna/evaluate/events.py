"""Suite ``events``: stories with gold events in the form of the record.

An event is right when its type is, and its trigger shares a character with the gold trigger; then also its parties, then its modality, then the
codes of its parties, each on top of what came before.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from diurna.errors import InputError
from diurna.evaluate.figures import calibration, f1, score_labels, share
from diurna.evaluate.names import has_name, same_name
from diurna.ontology import TYPES
from diurna.read import story_from_text
from diurna.records import Event, Party, Story
from diurna.resolve.toponyms import kilometres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["events", "gold_stories", "resolved", "score_events", "score_stories"]

T = TypeVar("T")
_NEAR_KM = 10.0


def events(path: Path, coder: Coder) -> dict[str, Any]:
    """Score the events that the coder reads in stories.

    Args:
        path: JSONL, one story a line with ``text``, ``published`` and its gold ``events``; or a folder with ``stories.jsonl`` and ``events.jsonl``.
        coder: the coder to score.

    Returns:
        ``f1``, ``precision``, ``recall`` (type and trigger), ``parties``, ``modality`` and ``codes`` (F1, each on top of the one before), ``n``
        gold events, ``types``, shares right among matched events (``where`` of all of them, ``where_told`` of those whose gold has a place,
        ``where_country`` of those placed by the same words), ``modalities`` (precision, recall and F1 of each among matched events),
        ``resolved`` (see there), and ``calibration`` of the confidences.

    Raises:
        InputError: D222 if a line is no story with events.
    """
    return score_stories(gold_stories(path), coder)


def score_stories(stories: Iterable[Story], coder: Coder) -> dict[str, Any]:
    """Score the events that the coder reads in stories against those they carry."""
    pairs = []
    for story in stories:
        read = story_from_text(story.text, published=story.published, source=story.source)
        coded = coder.code_story(read if read.dateline else replace(read, dateline=story.dateline))  # the corpus keeps it beside the text
        pairs.append((story.events, coded.events))
    return {"suite": "events", "stories": len(pairs), **score_events(pairs)}


def gold_stories(path: Path) -> Iterable[Story]:
    """Read stories with their gold events, in either form that ``events`` takes.

    Raises:
        InputError: D222 if a line is no story with events; D210 if a file is not there.
    """
    if path.is_dir():
        by_story: dict[str, list[Event]] = {}
        for where, row in _lines(path / "events.jsonl"):
            event = _built(Event.from_dict, row, where)
            by_story.setdefault(event.story, []).append(event)
        for where, row in _lines(path / "stories.jsonl"):
            story = _built(Story.from_dict, row, where)
            yield Story(story.id, story.text, story.published, story.source, key=story.key, events=tuple(by_story.get(row.get("id", story.id), ())))
        return
    for where, row in _lines(path):
        yield _built(Story.from_dict, row, where)


def _built(make: Callable[[dict[str, Any]], T], row: dict[str, Any], where: str) -> T:
    try:
        return make(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        missing = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError("D222", f"no story or event of docs/record.md ({missing})", where) from error


def _lines(path: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    if not path.is_file():
        raise InputError("D210", "there is no such file", str(path))
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError("D222", f"not JSON ({error})", f"{path}:{number}") from error
            if not isinstance(row, dict):
                raise InputError("D222", "each line must be one JSON object", f"{path}:{number}")
            yield f"{path}:{number}", row


def score_events(pairs: Sequence[tuple[Sequence[Event], Sequence[Event]]]) -> dict[str, Any]:
    """Score coded events against gold ones.

    Args:
        pairs: for each story, its gold events and its coded events.

    Returns:
        The figures that ``events`` names.
    """
    n_gold = sum(len(g) for g, _ in pairs)
    n_coded = sum(len(c) for _, c in pairs)
    matched = [(g, c) for gold, coded in pairs for g, c in _match(gold, coded, same_type)]
    loose = [(g, c) for gold, coded in pairs for g, c in _match(gold, coded, lambda _g, _c: True)]
    right = matched
    levels: dict[str, float] = {}
    for name, test in (("parties", _same_parties), ("modality", _same_modality), ("codes", _same_codes)):
        right = [(g, c) for g, c in right if test(g, c)]
        levels[name] = f1(len(right), n_gold, n_coded)
    return {
        "n": n_gold,
        "coded": n_coded,
        "f1": f1(len(matched), n_gold, n_coded),
        "precision": share(len(matched), n_coded),
        "recall": share(len(matched), n_gold),
        **levels,
        "trigger_f1": f1(len(loose), n_gold, n_coded),
        "among_matched": {
            "modality": share(sum(_same_modality(g, c) for g, c in matched), len(matched)),
            "mode": share(sum(g.mode == c.mode for g, c in matched), len(matched)),
            "party_f1": _party_f1(matched),
            "attribution": share(sum(_same_speaker(g, c) for g, c in matched), len(matched)),
            "when": share(sum(_same_when(g, c) for g, c in matched), len(matched)),
            "where": share(sum(_same_where(g, c) for g, c in matched), len(matched)),
            "where_told": share(*_counts_where(matched, country_only=False)),
            "where_country": share(*_counts_where(matched, country_only=True)),
            "harm": share(*_counts_harm(matched)),
        },
        "modalities": score_labels([g.modality for g, _ in matched], [c.modality for _, c in matched])["labels"],
        "resolved": resolved(matched),
        "calibration": _calibration(pairs, matched, loose),
        "types": _types(pairs, matched),
    }


def _calibration(
    pairs: Sequence[tuple[Sequence[Event], Sequence[Event]]], matched: Sequence[tuple[Event, Event]], loose: Sequence[tuple[Event, Event]]
) -> dict[str, dict[str, Any]]:
    """Compare each confidence of the record with how often its field was right."""
    right = {c.id for _, c in matched}
    return {
        "event": calibration([(c.confidence.event, c.id in right) for _, coded in pairs for c in coded]),
        "type": calibration([(c.confidence.type, same_type(g, c)) for g, c in loose]),
        "parties": calibration([(sure, _same_parties(g, c)) for g, c in matched if (sure := c.confidence.parties) is not None]),
    }


def same_type(gold: Event, coded: Event) -> bool:
    """Tell whether two events have one type."""
    return gold.type == coded.type


def _match(gold: Sequence[Event], coded: Sequence[Event], test: Callable[[Event, Event], bool]) -> list[tuple[Event, Event]]:
    """Pair gold and coded events one to one: triggers that share a character, the likest in extent first."""
    options = [
        (abs(g.trigger.start - c.trigger.start) + abs(g.trigger.end - c.trigger.end), i, j)
        for i, g in enumerate(gold)
        for j, c in enumerate(coded)
        if g.trigger.overlaps(c.trigger) and test(g, c)
    ]
    taken_gold: set[int] = set()
    taken_coded: set[int] = set()
    found = []
    for _, i, j in sorted(options):
        if i not in taken_gold and j not in taken_coded:
            taken_gold.add(i)
            taken_coded.add(j)
            found.append((gold[i], coded[j]))
    return found


def _overlapping(gold: Sequence[Party], coded: Sequence[Party]) -> list[tuple[Party, Party]]:
    free = list(coded)
    found = []
    for g in gold:
        for c in free:
            if g.overlaps(c):
                found.append((g, c))
                free.remove(c)
                break
    return found


def _same_parties(gold: Event, coded: Event) -> bool:
    sides = ((gold.actors, coded.actors), (gold.recipients, coded.recipients))
    return all(len(g) == len(c) == len(_overlapping(g, c)) for g, c in sides)


def _same_modality(gold: Event, coded: Event) -> bool:
    return gold.modality == coded.modality


def _same_codes(gold: Event, coded: Event) -> bool:
    pairs = [*_overlapping(gold.actors, coded.actors), *_overlapping(gold.recipients, coded.recipients)]
    return all((g.country, g.sector) == (c.country, c.sector) for g, c in pairs)


def _same_speaker(gold: Event, coded: Event) -> bool:
    if gold.attributed_to is None or coded.attributed_to is None:
        return gold.attributed_to is coded.attributed_to
    return gold.attributed_to.overlaps(coded.attributed_to)


def _same_when(gold: Event, coded: Event) -> bool:
    if gold.when is None or coded.when is None:
        return gold.when is coded.when
    return (gold.when.from_, gold.when.to) == (coded.when.from_, coded.when.to)


def _same_where(gold: Event, coded: Event) -> bool:
    """Tell whether two events have one place: neither any, or the same words in the same country, and within 10 km where gold has a point."""
    g, c = gold.where, coded.where
    if g is None or c is None:
        return g is c
    near = g.lat is None or g.lon is None or (c.lat is not None and c.lon is not None and kilometres(g.lat, g.lon, c.lat, c.lon) <= _NEAR_KM)
    return g.overlaps(c) and g.country == c.country and near


def _counts_where(matched: Sequence[tuple[Event, Event]], *, country_only: bool) -> tuple[int, int]:
    told = [(g, c) for g, c in matched if g.where is not None]
    if not country_only:
        return sum(_same_where(g, c) for g, c in told), len(told)
    both = [(g.where, c.where) for g, c in told if c.where is not None and g.where is not None and g.where.overlaps(c.where)]
    return sum(g.country == c.country for g, c in both), len(both)


def _counts_harm(matched: Sequence[tuple[Event, Event]]) -> tuple[int, int]:
    told = [(g, c) for g, c in matched if g.harm]
    return sum({(h.kind, h.low, h.high) for h in g.harm} == {(h.kind, h.low, h.high) for h in c.harm} for g, c in told), len(told)


def _party_f1(matched: Sequence[tuple[Event, Event]]) -> float:
    right = sum(len(_overlapping(g.actors, c.actors)) + len(_overlapping(g.recipients, c.recipients)) for g, c in matched)
    return f1(right, sum(len(g.actors) + len(g.recipients) for g, _ in matched), sum(len(c.actors) + len(c.recipients) for _, c in matched))


def resolved(matched: Sequence[tuple[Event, Event]]) -> dict[str, float]:
    """Score who the parties of matched events were taken for.

    Args:
        matched: pairs of a gold and a coded event.

    Returns:
        ``parties``, the number of gold parties whose words a coded party of the same side shares; the shares of them with the right
        ``country`` and ``sector``; ``named``, how many of them gold names; and the share of those with the right ``name`` (``same_name``).
    """
    pairs = [p for g, c in matched for p in (*_overlapping(g.actors, c.actors), *_overlapping(g.recipients, c.recipients))]
    named = [(g, c) for g, c in pairs if has_name(g)]
    return {
        "parties": len(pairs),
        "country": share(sum(g.country == c.country for g, c in pairs), len(pairs)),
        "sector": share(sum((None if g.sector == "UNK" else g.sector) == c.sector for g, c in pairs), len(pairs)),
        "named": len(named),
        "name": share(sum(same_name(g, c) for g, c in named), len(named)),
    }


def _types(pairs: Sequence[tuple[Sequence[Event], Sequence[Event]]], matched: Sequence[tuple[Event, Event]]) -> dict[str, dict[str, float]]:
    gold = Counter(e.type for g, _ in pairs for e in g)
    coded = Counter(e.type for _, c in pairs for e in c)
    right = Counter(g.type for g, _ in matched)
    return {
        t: {"precision": share(right[t], coded[t]), "recall": share(right[t], gold[t]), "f1": f1(right[t], gold[t], coded[t]), "n": gold[t]}
        for t in (*TYPES, *sorted((gold | coded).keys() - TYPES.keys()))
        if gold[t] or coded[t]
    }
