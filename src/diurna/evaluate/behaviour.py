"""Suite ``behaviour``: pairs of sentences that differ in one respect, and what the codebook wants to differ in their records.

Behaviours: swap (names, or the two sides), number, tense, negate, quote (the act moves into what somebody says), passive, clause (one more), country.
After Ribeiro et al., “Beyond accuracy: behavioral testing of NLP models with CheckList” (ACL 2020): a pair tests the change, so that a coder which reads the
first sentence wrongly in some field may still treat both alike.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.evaluate.figures import share
from diurna.evaluate.packaged import at_words, code_sentence, find_words, read_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from diurna.coder import Coder
    from diurna.records import Event, Harm, Party

__all__ = ["FIELDS", "behaviour", "differences"]

FIELDS = ("type", "mode", "modality", "actors", "recipients", "by", "more", "harm", "when", "where")
"""What two records are compared in: ``by`` is the claimant, ``more`` the types of the sentence's other events."""

_CASE = {"id": str, "behaviour": str, "before": str, "after": str, "act": dict, "change": dict, "free": list}
_LISTS = {"actors", "recipients", "by", "more", "harm"}

Values = dict[str, Any]


def behaviour(path: Path, coder: Coder) -> dict[str, Any]:
    """Score the pairs.

    Args:
        path: JSONL, a pair a line: ``id``, ``behaviour``, ``before``, ``after``, ``act`` (the words ``at`` of the act in ``before``, and the values of its fields),
            ``change`` (the values that differ in ``after``), ``free`` (fields that may do as they like). Parties are written ``KEN GOV``, or ``KEN`` where any sector will do.
        coder: the coder to score.

    Returns:
        ``n`` pairs; ``pass``, the share in which the act is coded with its type in both, each field to be changed has its new value, and every other field
        that is not free is as it was; ``right``, the share in which both records are moreover as the case says; ``found``, the share with the act coded in
        ``before``; ``behaviours``, the same for each; ``broken``, how often each field failed a pair; ``failed``, each pair that did, field by field.

    Raises:
        InputError: D234 if a line is no such pair.
    """
    counts: dict[str, Counter[str]] = {}
    broken: Counter[str] = Counter()
    failed = []
    for number, case in enumerate(read_cases(path, _CASE), 1):
        _check(case, f"{path}, case {number}")
        act, wanted = case["act"], case["act"] | case["change"]
        before = _values(code_sentence(coder, case["before"]), case["before"], act)
        after = _values(code_sentence(coder, case["after"]), case["after"], wanted)
        wrong = differences(case, before, after)
        right = not wrong and all(_as_told(values, told, case["free"]) for values, told in ((before, act), (after, wanted)))
        told = {"n": 1, "pass": not wrong, "right": right, "found": before is not None and before["type"] == act["type"]}
        counts.setdefault(case["behaviour"], Counter()).update({k: int(v) for k, v in told.items()})
        if wrong:
            broken.update({field: 1 for field, _, _ in wrong})
            failed.append({"id": case["id"], "wrong": "; ".join(f"{f}: wanted {_plain(w)}, coded {_plain(c)}" for f, w, c in wrong), "after": case["after"]})
    total = sum(counts.values(), Counter[str]())
    rows = {name: _row(row) for name, row in counts.items()}
    return {"suite": "behaviour", **_row(total), "behaviours": rows, "broken": dict(broken.most_common()), "failed": failed}


def differences(case: Mapping[str, Any], before: Values | None, after: Values | None) -> list[tuple[str, Any, Any]]:
    """List where the second record is not what the first and the change make it.

    Args:
        case: the pair.
        before: the fields of the act as coded in the first sentence; None when it was not coded.
        after: likewise in the second.

    Returns:
        The field, the value wanted and the value coded, for each field that is wrong.
    """
    act, change = case["act"], case["change"]
    if before is None or before["type"] != act["type"]:
        return [("before", act["type"], before and before["type"])]
    if after is None:
        return [("after", change.get("type", act["type"]), None)]
    wrong = [(f, change[f], after[f]) for f in FIELDS if f in change and not _same(f, change[f], after[f])]
    stays = [f for f in FIELDS if f not in change and f not in case["free"]]
    return wrong + [(f, before[f], after[f]) for f in stays if before[f] != after[f]]


def _as_told(values: Values | None, told: Mapping[str, Any], free: Iterable[str]) -> bool:
    """Tell whether a coded act has every value that the case gives."""
    return values is not None and all(_same(f, told[f], values[f]) for f in FIELDS if f in told and f not in free)


def _same(field: str, told: str | list[str] | None, coded: str | list[str] | None) -> bool:
    """Compare a case's value with a coded one; a party told without a sector may have any."""
    if not isinstance(told, list) or not isinstance(coded, list):
        return told == coded
    left = list(coded)
    for item in sorted(told, key=len, reverse=True):
        hit = next((c for c in left if c == item or (field not in {"more", "harm"} and " " not in item and c.split()[0] == item)), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def _values(events: tuple[Event, ...], text: str, told: Mapping[str, Any]) -> Values | None:
    """Give the fields of the act at the case's words, in the form that cases are written in."""
    event = at_words(events, text, told["at"], told["type"])
    if event is None:
        return None
    return {
        "type": event.type,
        "mode": event.mode,
        "modality": event.modality,
        "actors": _codes(event.actors),
        "recipients": _codes(event.recipients),
        "by": _codes([event.attributed_to] if event.attributed_to else []),
        "more": sorted(e.type for e in events if e is not event),
        "harm": sorted(_toll(h) for h in event.harm),
        "when": event.when and f"{event.when.from_}..{event.when.to}",
        "where": event.where and f"{event.where.name or event.where.text}, {event.where.country}",
    }


def _codes(parties: Iterable[Party]) -> list[str]:
    return sorted(f"{p.country or '-'} {p.sector or '-'}" for p in parties)


def _toll(harm: Harm) -> str:
    return f"{harm.kind} {'' if harm.low is None else harm.low}-{'' if harm.high is None else harm.high}"


def _check(case: Mapping[str, Any], where: str) -> None:
    """Refuse a pair whose words, fields or values are none.

    Raises:
        InputError: D234.
    """
    act, wanted = case["act"], case["act"] | case["change"]
    odd = sorted({*wanted, *case["free"]} - {"at", *FIELDS})
    if odd:
        raise InputError("D234", f"{odd[0]} is no field of a record here; choose among at, {', '.join(FIELDS)}", where)
    missing = [name for name in ("at", "type", "modality") if not isinstance(act.get(name), str)]
    if missing:
        raise InputError("D234", f"“act” lacks {missing[0]}", where)
    listless = [f for f in sorted(_LISTS) if not isinstance(wanted.get(f, []), list)]
    if listless:
        raise InputError("D234", f"“{listless[0]}” must be a list", where)
    for text, at in ((case["before"], act["at"]), (case["after"], wanted["at"])):
        if not isinstance(at, str) or find_words(text, at) is None:
            raise InputError("D234", f"the words “{at}” are not in “{text}”", where)


def _plain(value: str | list[str] | None) -> str:
    return (" + ".join(value) if isinstance(value, list) else value) or "nothing"


def _row(counts: Counter[str]) -> dict[str, Any]:
    n = counts["n"]
    return {"n": n} | {name: share(counts[name], n) for name in ("pass", "right", "found")}
