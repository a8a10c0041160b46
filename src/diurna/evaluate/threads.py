"""Suite ``threads``: short reports, each with the event that its first sentence tells (tests/cases/threads.jsonl).

The reports are coded and linked, all of a part together; two reports are said to tell of one event when events of their first sentences share
a thread, and of one affair when these share an affair. So a report in which the coder finds no event counts against the links too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from diurna.evaluate.duplicates import read_groups
from diurna.evaluate.figures import f1, share
from diurna.link.affairs import affairs_of
from diurna.link.mentions import Mention, mentions_of
from diurna.link.threads import Linker
from diurna.read.story import story_from_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from diurna.coder import Coder
    from diurna.records import Story

__all__ = ["Report", "coded_reports", "score_threads", "threads"]


@dataclass(frozen=True, slots=True)
class Report:
    """Hold a report of the benchmark, coded: its part, its event and affair, and the mentions of its first sentence."""

    part: str
    event: str
    affair: str
    story: Story
    lead: tuple[Mention, ...]


def threads(path: Path, coder: Coder) -> dict[str, Any]:
    """Score which reports are said to tell of one event.

    Args:
        path: JSONL of reports: ``part``, ``event``, ``affair``, ``published``, ``source``, ``text``.
        coder: what codes them.

    Returns:
        ``f1``, ``precision``, ``recall`` over pairs of reports of part ``report``; ``affair_f1`` likewise for affairs; ``clusters``; ``uncoded``, reports without an
        event in their first sentence; ``tune_f1`` and ``tune_affair_f1``.

    Raises:
        InputError: D231 if a line is no such report.
    """
    return score_threads(coded_reports(path, coder))


def coded_reports(path: Path, coder: Coder) -> list[Report]:
    """Read and code the reports of a benchmark."""
    reports = []
    for row in read_groups(path, "event"):
        story = coder.code_story(story_from_text(row["text"], published=row.get("published"), source=row.get("source"), key=row.get("id")))
        first = {e.id for e in story.events if e.sentence.index == 0}
        lead = tuple(m for m in mentions_of(story) if m.id in first)
        reports.append(Report(row.get("part", "report"), row["event"], row.get("affair") or row["event"], story, lead))
    return reports


def score_threads(reports: Sequence[Report]) -> dict[str, Any]:
    """Score coded reports; see ``threads``."""
    scores: dict[str, Any] = {"suite": "threads"}
    for part, prefix in (("report", ""), ("tune", "tune_")):
        chosen = [r for r in reports if r.part == part]
        linker = Linker(r.story for r in chosen)
        found = linker.by_event()
        affairs = {e: affair.id for affair in affairs_of(linker.threads()) for thread in affair.threads for e in thread.events}
        events = _pairs(chosen, found, {id(r): r.event for r in chosen})
        longer = _pairs(chosen, affairs, {id(r): r.affair for r in chosen})
        scores |= {
            f"{prefix}n": len(chosen), f"{prefix}clusters": len({r.event for r in chosen}), f"{prefix}f1": f1(*events), f"{prefix}precision": share(events[0], events[2]),
            f"{prefix}recall": share(events[0], events[1]), f"{prefix}affair_f1": f1(*longer), f"{prefix}uncoded": sum(not r.lead for r in chosen),
        }  # fmt: skip
    return scores


def _pairs(reports: Sequence[Report], found: Mapping[str, str], gold: Mapping[int, str]) -> tuple[int, int, int]:
    right = n_gold = n_found = 0
    for a, b in combinations(reports, 2):
        same = gold[id(a)] == gold[id(b)]
        says = bool({found.get(m.id) for m in a.lead} & {found.get(m.id) for m in b.lead} - {None})
        right, n_gold, n_found = right + (same and says), n_gold + same, n_found + says
    return right, n_gold, n_found
