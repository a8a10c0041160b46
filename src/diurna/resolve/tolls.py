"""Read tolls: how many were killed, injured, captured, displaced or missing, who they were, and whether the figure is a running total.

A closed grammar over one sentence: an amount, the noun that it counts, and the word for what befell them, beside it or shared by a list of
counts (“two soldiers and a civilian were killed”). Whatever it does not know is no toll.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise
from typing import Any

from diurna.records import Span
from diurna.resolve.counts import AMOUNT, PLAIN_NUMBER, PREFIX, bounds_of, value_of

__all__ = ["Toll", "find_tolls", "names_persons"]


@dataclass(frozen=True, slots=True)
class Toll(Span):
    """Hold one toll: bounds in persons, None where open; ``included`` when it is a part of another toll of its sentence.

    ``total`` is True for a running total (“the toll rose to 41”), False for a new count (“another 12”), None where words do not tell.
    """

    kind: str
    low: int | None
    high: int | None
    who: str | None = None
    included: bool = False
    total: bool | None = None


def _words() -> dict[str, Any]:
    return tomllib.loads((files("diurna.knowledge") / "tolls.toml").read_text("utf-8"))


_LISTS = _words()
_BETWEEN, _PERSONS = "|".join(_LISTS["between"]), "|".join(_LISTS["persons"])
_AFTER: tuple[tuple[str, str], ...] = tuple((kind, "|".join(words)) for kind, words in _LISTS["after"].items())  # what befell persons, after the words that count them …
_BEFORE: tuple[tuple[str, str], ...] = tuple((kind, "|".join(words)) for kind, words in _LISTS["before"].items())  # … and before them
_ASIDE = r"(?:,\s+(?:most|many|some|all|half|mostly|mainly|none)\b[^,.;]{1,60},)?"
_AFTER_WORDS = tuple((kind, re.compile(rf"{_ASIDE}(?P<adverbs>(?:[\s,]+(?:{_BETWEEN}))*)\s+(?:{words})\b", re.IGNORECASE)) for kind, words in _AFTER)
_TAKEN = re.compile(r"(?:\s+[\w'’-]+){0,2}\s+(?P<what>hostage|prisoner|captive|into custody|from their homes|homeless|out of their homes|to flee|to leave)\b", re.IGNORECASE)
_TAKERS = re.compile(
    r"\b(?:t(?:ook|ake|akes|aken|aking)|h(?:old|olds|eld|olding)|forc(?:e|ed|es|ing)|driv(?:e|es|en|ing)|drove|mak(?:e|es|ing)|made|le(?:ft|aving|aves)|sen(?:t|ding))\s*$",
    re.IGNORECASE,
)
_TOOK = re.compile(r"\bt(?:ook|ake|akes|aken|aking)\s*$", re.IGNORECASE)
_LINK = r"(?:\s+(?:the|out))*\s*"
_BEFORE_WORDS = tuple((kind, re.compile(rf"\b(?:{words}){_LINK}$", re.IGNORECASE)) for kind, words in _BEFORE)
_BEFORE_LIST = tuple((kind, re.compile(rf"\b(?:{words})\s+(?:[\w-]+\s+){{1,4}}and\s+$", re.IGNORECASE)) for kind, words in _BEFORE if kind != "casualties")
_HEADS = (
    re.compile(r"\b(?:(?:(?:death|casualty|official|overall)\s+)*toll|number of|body count|death count|casualty figures?)\b", re.IGNORECASE),
    re.compile(r"\b(?:dead|injured|wounded|missing|displaced)\b", re.IGNORECASE),
)
_TOTAL = re.compile(
    r"(?:(?:(?:death|casualty|official|overall)\s+)*toll|number of [^.;:]{2,60}?|(?P<count>body count|death count)|casualty figures?|dead|injured|wounded|missing|displaced)"
    r"(?:[^.;:]{0,70}?)\b(?:to|at|of|past|above|reach(?:ed|es|ing)|exceed(?:ed|s|ing)|pass(?:ed|es|ing)|topp?(?:ed|s|ing)|hit(?:s|ting)?|is|was|are|were|surpass(?:ed|es|ing)|stands|stood|near(?:ed|ing|s))\s+$",
    re.IGNORECASE,
)
_KINDS = tuple(
    (kind, re.compile(rf"\b(?:{family})", re.IGNORECASE))
    for kind, family in (
        ("killed", r"kill|bodies|corpses|dead\b|deaths?\b|died\b|slain|execut|massacr|fatalit"), ("injured", r"injur|wound|hurt\b"), ("missing", r"missing|disappear"),
        ("captured", r"captur|abduct|kidnap|hostage|prisoner|detain|detention|arrest|captive"), ("displaced", r"displac|fled\b|flee|homeless|uproot|evacuat|refugee"),
        ("casualties", r"casualt"),
    )
)  # fmt: skip
_FOLLOWED = r"(?=\s+(?:were|was|are|have|had|has|dead|killed|wounded|injured|missing|hurt|died|fled|in|on|at|and|who|when|from|during)\b|[.,;]|$)"
_DEMONYM = rf"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)(?!\w\b)[A-Z][\w-]*(?:s|ese|men|women|{_FOLLOWED})"
_BEFALLEN = r"(?=\s+(?:were|have\s+been|had\s+been)\s+(?:\w+ly\s+)?(?:killed|injured|wounded|abducted|kidnapped|arrested|detained|executed)\b)"
_NOUN = rf"(?:(?i:{_PERSONS})|{_DEMONYM}|(?i:[a-z]+(?:ers|ors|ists|ians|ees|ants))|(?i:[a-z-]+(?:men|women))|(?i:[a-z]{{3,}}s){_BEFALLEN})"
_NO_ADJECTIVE = rf"(?!(?i:{'|'.join(_LISTS['no_adjective'])})\b)"
_NP = (
    rf"(?:\s+or\s+(?:more|so)\b)?(?P<of>\s+of\s+(?P<parts>them|whom)\b|\s+of\s+(?:(?i:the|its|their|his|her|those|these|our)\s+)?(?:\d[\d,]*\s+)?)?(?:\s*(?P<more>(?i:more|others?|additional|further))\b)?"
    rf"(?P<noun>\s*(?:{_NO_ADJECTIVE}(?:(?:[A-Z]\.)+|[\w’'-]+)\s+){{0,4}}?{_NO_ADJECTIVE}(?P<who>{_NOUN}(?:\s+(?:and|or)\s+{_NOUN}(?=\s|[.,;]|$))?)(?![\w-])(?!\s+(?!(?:hostage|prisoner|captive)\b)(?i:{_PERSONS})\b))?"
)
_COUNT = re.compile(rf"(?P<before>(?i:{PREFIX}))(?i:{AMOUNT}){_NP}")
_ONE = re.compile(
    rf"\b(?P<article>(?i:an?|one|his|her|their|its))\s+(?:{_NO_ADJECTIVE}[\w’'-]+\s+){{0,4}}?(?P<who>(?i:{'|'.join(_LISTS['person'])}))\b(?!['’-])"
)
_SEVERAL_JOINED = re.compile(r"\s*(?:,|,?\s+and|,?\s+or|,?\s+as well as|,?\s+plus|,?\s+along with|,?\s+together with|,?\s+but also)\s+", re.IGNORECASE)
_ON_ANOTHER_DAY = re.compile(r"\s+(?:on|in|at)\s+[A-Z]\w+,?\s+and\s+")
_INCLUDED = re.compile(r"[\s,—–(-]*(?:\b(?:including|among them|among whom(?: were)?|included|most of them|some of them)\b[\s,:]*(?:were\s+)?(?:at least\s+)?)$", re.IGNORECASE)
_NOT_HARM = re.compile(
    r"\b(?:releas|free[ds]?\b|freeing|freed|swap|exchang|rescu|sav(?:ed|ing)|repatriat|hand(?:ed|ing) over|return(?:ed|ing)|pardon|acquit|without)\w*\s+(?:of\s+)?"
    r"(?:the\s+)?(?:last|first|remaining|other)?\s*$",
    re.IGNORECASE,
)
_NOUN_KIND = {"hostages": "captured", "hostage": "captured", "prisoners of war": "captured", "captives": "captured"}
_ADJECTIVES = {"civilian": "civilians", "military": "soldiers", "child": "children", "police": "police"}
_ZERO = re.compile(
    r"\b(?P<no>no|without(?: any)?|zero)\s+(?P<who>(?:(?:immediate|serious|further|other|human|major|reported|known|combat|civilian|military|police|child|new)\s+){0,2})"
    r"(?P<what>casualties|deaths|fatalities|injuries|loss of life|arrests)\b",
    re.IGNORECASE,
)
_ZERO_KINDS = {"casualties": ("killed", "injured"), "injuries": ("injured",), "arrests": ("captured",)}
_KIND_NOUN = re.compile(
    r"(?:\s+of(?:\s+(?:the|those|its|their))?)?(?:\s+|(?<=\s))(?P<who>(?:(?:civilian|military|child|police|confirmed|combat|new|further|additional|more|reported|other)\s+){0,2})"
    r"(?P<what>deaths|dead|bodies|corpses|fatalities|casualties|injuries|injured|wounded|arrests|detentions|abductions|kidnappings|disappearances|missing|killed|displaced)\b",
    re.IGNORECASE,
)
_LIVES = re.compile(r"\s*(?:\bof\s+)?\b(?P<who>(?:innocent|more|civilian|human|further|young|additional)\s+)*lives\b", re.IGNORECASE)
_COST = re.compile(r"\b(?:claim(?:s|ed|ing)?|cost(?:s|ing)?|t(?:ook|ake|akes|aken|aking))\s+$", re.IGNORECASE)
_DOES = re.compile(
    r"\s+(?:killed|wounded|injured|captured|abducted|kidnapped|arrested|detained|seized|displaced|executed|murdered|massacred)\s+"
    r"(?!an?\s+(?:day|week|month|year|few)\b|the\s+(?:day|week|month|year|night|previous|past|last|same)\b)"
    rf"(?:{PREFIX}{AMOUNT}\s+(?:\w+\s+){{0,3}}?(?:{_PERSONS})\b|(?:an?|the|his|her|their|its)\s)".replace("?P<", "?P<_"),
    re.IGNORECASE,
)
_PHRASE = re.compile(  # a phrase between persons and the verb: “three peacekeepers from Ghana died”
    r"\s+(?:from|of|in|on|at|with|aboard|inside|near|under|belonging to|serving (?:in|with))\s+"
    r"(?:(?!(?:who|that|which|and|or|but|when|where|after|before|as|by|said|have|has|had|was|were)\b)[\w’'-]+\s+){0,5}?"
    r"(?:(?!(?:who|that|which|and|or|but|when|where|after|before|as|by|said)\b)[\w’'-]+)(?=\s+(?:was|were|have|has|had|died|perished|fled|drowned|disappeared|vanished|suffered|sustained)\b)"
)
_SOUGHT = re.compile(
    r"\b(?:suspects?|gunm[ae]n|attackers?|assailants?|militants?|rebels?|insurgents?|bombers?|terrorists?|bandits?|kidnappers?"
    r"|fugitives?|men|man|fighters?|jihadis?ts?|killers?|robbers?|thieves|inmates?|prisoners?|witnesses)$",
    re.IGNORECASE,
)
_AMONG = re.compile(r"\s+(?:was|were|is|are)\s+(?:also\s+)?(?:among|one of|part of)\s+(?:the|those|its|their)\s+(?P<what>[^.,;]{0,40})", re.IGNORECASE)
_NOT_ONE = re.compile(r"\b(?:not|without)\s+$", re.IGNORECASE)
_SEARCH = re.compile(r"\bsearch\w*\s[^.;]{0,30}$", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\s+(?:into|across|over|out of|from|over to)\s", re.IGNORECASE)
_DRIVEN = re.compile(r"\b(?:driven|forced|forcing|pushed)\s+$", re.IGNORECASE)
_NTH = re.compile(
    r"\ban?(?:other)?\s+(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?=\s+(?:was|is|were|has|had|remain\w*|died|lost|later)\b)|\banother(?=\s+(?:was|is|remain\w*|died)\b)",
    re.IGNORECASE,
)
_WORSE = re.compile(r"\s+(?:seriously|critically|gravely|badly|severely|in (?:a )?(?:critical|serious|grave) condition)\b", re.IGNORECASE)
_ONE_OF = re.compile(r"(?:(?<=\bwas )|(?<=\bis ))one\s+of\s+(?=(?:the\s+)?(?:\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a dozen))", re.IGNORECASE)
_PART_OF = re.compile(
    rf"(?P<part>(?i:{PLAIN_NUMBER}))\s+of\s+(?:the|those|its)\s+(?P<whole>(?i:{PLAIN_NUMBER}))\s+(?P<what>(?:people\s+)?(?:dead|killed|wounded|injured|missing|detained|arrested|displaced))"
    rf"\s+(?:were|are|was)\s+(?P<who>{_NOUN})(?![\w-])"
)
_DENIED = re.compile(
    rf"\bden(?:y|ies|ied|ying)\s+(?:that\s+)?(?P<none>any\s+(?:of\s+)?(?:(?:its|their|the|his)\s+)?(?:[\w-]+\s+){{0,2}}?(?P<who>{_NOUN}))\s+(?:(?:had|have|has|was|were|been|is|are)\s+)+"
    r"(?P<what>killed|wounded|injured|hurt|captured|detained|arrested|abducted|displaced)\b"
)
_NEW = re.compile(r"\b(?:another|a further|an additional|more(?! than)|others?|additional|further)\b", re.IGNORECASE)
_RUNNING = re.compile(r"\b(?:so far|in total|in all|altogether|overall|a total of|to date|bringing|brought)\b", re.IGNORECASE)
_RISES = re.compile(r"\b(?:ris\w*|rose|climb\w*|jump\w*|increas\w*|went up|gone up|grew|grown|revis\w*|rais\w*|up)\b[^.;]{0,50}$", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|from)\s+$", re.IGNORECASE)
_PASSES = re.compile(r"\b(?:exceed\w*|pass(?:ed|es|ing)|past|topp(?:ed|ing)|tops|surpass\w*|climbed above|above)\s+$", re.IGNORECASE)
_FREED = re.compile(
    r"(?:[\s,]+(?:who|that|were|was|have|had|has|been|all|later|also|being|held|be|will|would))*\s+(?:freed|released|rescued|exchanged|swapped|saved|pardoned)\b", re.IGNORECASE
)
_STOPS = re.compile(
    r"\s*(?:$|[.,;:—–)”\"’'-]|(?:and|or|in|on|at|during|by|when|after|as|since|over|near|including|with|before|while|but|so|from|for|inside|outside|across|within|overnight|late|early|"
    r"last|yesterday|today|this|that|among|according|more|others?|until|under|around|there|between|through|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)"
)
_FORCES = re.compile(r"\b(?:soldiers?|troops|men|servicemen|fighters?|militants?|marines?|officers?|commandos?|paratroopers?|sailors?|airmen|police\w*|pilots?)$", re.IGNORECASE)
_LOST = re.compile(r"\b(?:lost|losing)\s+(?:of\s+)?$", re.IGNORECASE)


_WINDOW = 150  # characters before a count in which the word for what befell them may stand


@dataclass(slots=True)
class _Count:
    """Hold an amount with the noun it counts, before it is told what befell them."""

    start: int
    end: int
    low: int | None
    high: int | None
    who: str | None
    kind: str | None = None
    included: bool = False
    total: bool | None = None


def find_tolls(text: str, start: int = 0, end: int | None = None) -> list[Toll]:
    """Find the tolls of a sentence.

    Args:
        text: the story's text.
        start: where the sentence begins.
        end: where it ends; the text's end when None.

    Returns:
        Tolls in text order, with offsets in ``text``. A zero that covers killed and injured alike (“no casualties”) gives one toll of each.

    >>> [(t.kind, t.low, t.high, t.who) for t in find_tolls("The blast killed at least seven civilians and wounded 30 others.")]
    [('killed', 7, None, 'civilians'), ('injured', 30, 30, None)]
    """
    words = text[start:end].replace("\n", " ")
    zeros = [*_zeros(words), *_parts(words)]
    counts = [c for c in _counts(words) if not any(c.start < z.end and z.start < c.end for z in zeros)]
    for count in counts:
        count.kind = _kind(words, count)
    _share(words, counts)
    found = zeros + [
        Toll(words[c.start : c.end], c.start, c.end, c.kind, c.low, c.high, c.who, c.included, _total(words, c)) for c in counts if c.kind and not _no_harm(words, c)
    ]
    found.sort(key=lambda t: (t.start, t.kind))
    return [replace(t, text=text[start + t.start : start + t.end], start=start + t.start, end=start + t.end) for t in found]


def _zeros(words: str) -> list[Toll]:
    found = []
    for m in _ZERO.finditer(words):
        who = next((_ADJECTIVES[w] for w in m["who"].casefold().split() if w in _ADJECTIVES), None)
        found += [Toll(m.group(), m.start(), m.end(), kind, 0, 0, who) for kind in _ZERO_KINDS.get(m["what"].casefold(), ("killed",))]
    for m in _DENIED.finditer(words):
        found.append(Toll(m["none"], m.start("none"), m.end("none"), _first_kind(m["what"]) or "killed", 0, 0, m["who"]))
    return found


def _parts(words: str) -> list[Toll]:
    """Read a toll and a part of it told in one (“seven of the 19 wounded were children”)."""
    found = []
    for m in _PART_OF.finditer(words):
        kind, part, whole = _first_kind(m["what"]), value_of(m["part"]), value_of(m["whole"])
        if kind:
            found.append(Toll(m["whole"], m.start("whole"), m.end("what"), kind, whole, whole))
            found.append(Toll(m["part"], m.start("part"), m.end("part"), kind, part, part, m["who"], included=True))
    return found


def _counts(words: str) -> list[_Count]:
    """Find amounts with their nouns, and single persons (“a policeman”), in order."""
    found: list[_Count] = []
    plain = _ONE_OF.sub(lambda m: " " * len(m.group()), words)
    for m in _COUNT.finditer(plain):
        low, high = bounds_of(m, words)
        first = m.start("before") + len(m["before"]) - len(m["before"].lstrip())
        if not m["before"].strip() and _PASSES.search(_before(words, m.start("before"))):
            high = None
        if low == high == 1 and _NOT_ONE.search(_before(words, m.start("before"))):
            low = high = 0
        if m["low"] and _RISES.search(_before(words, m.start("low"))):  # “rose from 30 to 41” is no range
            low = high = bounds_of(_alone(m["high"]), m["high"])[0]
            first = m.start("high")
        if m["low2"] and _BY.search(_before(words, m.start("low2"))):  # “climbed by four to 29”
            low = high = bounds_of(_alone(m["high2"]), m["high2"])[0]
            first = m.start("high2")
        end, who = m.end(), m["who"]
        noun = _KIND_NOUN.match(words, end if who is None else m.start("noun"))
        if noun and (who is None or m.end("who") < noun.end()):
            end = noun.start()
            who = next((_ADJECTIVES[w] for w in noun["who"].casefold().split() if w in _ADJECTIVES), None)
        elif lives := _LIVES.match(words, end if who is None else m.start("noun")):
            end = m.start("noun") if who else end
            who = next((_ADJECTIVES[w] for w in (lives["who"] or "").casefold().split() if w in _ADJECTIVES), None)
        found.append(_Count(first, end, low, high, who, included=bool(m["parts"])))
    taken = [(c.start, c.end) for c in found]
    for m in (*_ONE.finditer(words), *_NTH.finditer(words)):
        at = bisect(taken, (m.start(), m.start()))
        if all(m.end() <= start or m.start() >= end for start, end in taken[max(0, at - 1) : at + 1]):
            number = 0 if _NOT_ONE.search(_before(words, m.start())) else 1  # “not a single civilian was hurt”
            found.append(_Count(m.start(), m.end(), number, number, m.groupdict().get("who")))
    found.sort(key=lambda c: c.start)
    return found


def _before(words: str, at: int) -> str:
    return words[max(0, at - _WINDOW) : at]


def _alone(number: str) -> re.Match[str]:
    found = _COUNT.match(number)
    assert found is not None
    return found


def _kind(words: str, count: _Count) -> str | None:
    """Tell what befell the persons counted by the words right after the count, inside it, or right before it."""
    if not _DOES.match(words, count.end) and (noun := _KIND_NOUN.match(words, count.end)) is not None:
        return _first_kind(noun["what"])
    if _LIVES.match(words, count.end):
        return "killed" if _COST.search(_before(words, count.start)) else None
    if (kind := _kind_after(words, count)) is not None:
        return kind
    bare = count.who is None and not count.included
    before = None if bare and not _STOPS.match(words, count.end) else _kind_before(_before(words, count.start), count)
    inside = _first_kind(words[count.start : count.end].removesuffix(count.who or ""))
    return before if before == "killed" else inside or before  # “killed 40 displaced people”: what they were before


def _kind_after(words: str, count: _Count) -> str | None:
    if _DOES.match(words, count.end):
        return None  # “two gunmen killed five people”
    after = [(len(m.group()), kind) for kind, pattern in _AFTER_WORDS if (m := pattern.match(words, count.end))]
    if after:
        return "casualties" if any(kind == "casualties" for _, kind in after) else min(after, key=lambda a: a[0])[1]
    if count.who and (among := _AMONG.match(words, count.end)) is not None:
        return _first_kind(among["what"])
    if (taken := _TAKEN.match(words, count.end)) and _TAKERS.search(_before(words, count.start)):
        return "captured" if taken["what"].casefold() in {"hostage", "prisoner", "captive", "into custody"} else "displaced"
    if count.who and (phrase := _PHRASE.match(words, count.end)) is not None:
        after = [(len(m.group()), kind) for kind, pattern in _AFTER_WORDS if (m := pattern.match(words, phrase.end()))]
        if after:
            return min(after, key=lambda a: a[0])[1]
    return "displaced" if _ELSEWHERE.match(words, count.end) and _DRIVEN.search(_before(words, count.start)) else None


def _kind_before(before: str, count: _Count) -> str | None:
    if count.who and _SOUGHT.search(count.who) and _SEARCH.search(before):
        return None  # those that are searched for are wanted, not missing
    listed = _BEFORE_LIST if count.who else ()
    if (kind := next((kind for kind, pattern in (*_BEFORE_WORDS, *listed) if pattern.search(before)), None)) is not None:
        return kind
    if count.who and _FORCES.search(count.who) and _LOST.search(before):
        return "killed"
    if count.who and count.who.casefold() in {"prisoners", "hostages", "captives"} and _TOOK.search(before):
        count.who = None  # what they became, not who they were
        return "captured"
    if count.who and (kind := _NOUN_KIND.get(count.who.casefold())):
        return kind
    if (m := _running(before)) is not None:
        count.total = True
        return "killed" if "toll" in m.group().casefold() or m["count"] else _first_kind(m.group())
    return None


def _running(before: str) -> re.Match[str] | None:
    """Find the words for a figure that a count gives (“the number of injured at”): the last that name one."""
    for heads in _HEADS:
        for head in reversed(list(heads.finditer(before))):
            if (found := _TOTAL.match(before, head.start())) is not None:
                return found
    return None


def _told_before(words: str, count: _Count) -> str | None:
    """Tell what the word right before a count says befell them (“arrested eight of them”)."""
    return next((kind for kind, pattern in _BEFORE_WORDS if pattern.search(_before(words, count.start))), None)


def _first_kind(words: str) -> str | None:
    options = [(m.start(), kind) for kind, pattern in _KINDS if (m := pattern.search(words))]
    return min(options)[1] if options else None


def _share(words: str, counts: list[_Count]) -> None:
    """Give the counts of a list one kind (“two soldiers and a civilian were killed”), and mark those that are part of another."""
    for i, count in enumerate(counts):
        if i and count.included and (own := _kind_after(words, count) or _told_before(words, count)) not in {None, counts[i - 1].kind}:
            count.kind, count.included = own, False  # “four of whom died”
        elif i and (count.included or _INCLUDED.search(words[counts[i - 1].end : count.start])):
            count.included = True
            count.kind = counts[i - 1].kind or count.kind
    for first, second in pairwise(counts):
        gap = words[first.end : second.start]
        again = second.who is None and _ON_ANOTHER_DAY.fullmatch(gap) and _STOPS.match(words, second.end)
        if first.kind and not second.kind and (again or (second.who and _SEVERAL_JOINED.fullmatch(gap))):
            second.kind, second.total = first.kind, first.total
    for first, second in reversed(list(pairwise(counts))):
        gap = words[first.end : second.start]
        if second.kind and not first.kind and (first.who or second.included) and (_SEVERAL_JOINED.fullmatch(gap) or (second.included and _INCLUDED.fullmatch(gap))):
            first.kind = second.kind
    for i, count in enumerate(counts):
        if i and count.who is None and not count.kind and counts[i - 1].kind == "injured" and _WORSE.match(words, count.end):
            count.included = True
        if i and count.included and not count.kind:
            count.kind = counts[i - 1].kind


def _total(words: str, count: _Count) -> bool | None:
    if count.total or _RUNNING.search(words[max(0, count.start - 40) : count.end + 25]):
        return True
    return False if _NEW.search(words[count.start : count.end]) else None


def _no_harm(words: str, count: _Count) -> bool:
    """Tell whether they were freed or saved rather than taken."""
    return bool(_NOT_HARM.search(_before(words, count.start)) or _FREED.match(words, count.end))


def names_persons(noun: str) -> bool:
    """Tell whether a noun names persons.

    >>> names_persons("villagers"), names_persons("villages")
    (True, False)
    """
    return re.fullmatch(_NOUN, noun) is not None
