"""Code what is done to a named accord: signed, ratified, suspended, left and the like; by whom, when, and how far it went.

A closed grammar: an accord that the story names (or describes once it has), a word of one of eleven families that governs it, and what stands
before that word (“announced that it would”, “refused to”, “endorsed”). docs/why/033 weighs it against the model alone.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

from diurna.knowledge.tables import load_tables
from diurna.ontology import INTERNATIONAL
from diurna.parse.frames import Hint
from diurna.records import Span, TreatyAct, When
from diurna.resolve.accords import AccordMention, find_accords
from diurna.resolve.phrases import cut
from diurna.resolve.times import find_times, read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diurna.parse.frames import ParsedStory
    from diurna.records import Event, Party, Sentence, Story

__all__ = ["AccordAct", "accord_hints", "find_accord_acts", "with_treaties"]


@dataclass(frozen=True, slots=True)
class AccordAct(Span):
    """Point at the word that names an act on an accord, and hold the accord, the action, its step, and who takes it where the words tell."""

    accord: AccordMention
    action: str
    step: str
    step_at: int
    states: tuple[str, ...] = ()
    when: When | None = None


_LISTS: dict[str, dict[str, list[str]]] = tomllib.loads((files("diurna.knowledge") / "accord_words.toml").read_text("utf-8"))


def _compiled(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compile a table of word families: actions, or the steps that say how far an action went."""
    return tuple((head, re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)) for head, words in _LISTS[name].items())


_ACTION_WORDS = _compiled("actions")
_OVER_NOUNS = frozenset({"ratifies", "terminates", "signs", "suspends"})
_OF_BODIES = frozenset({"joins", "leaves", "suspends", "terminates"})
# What may not stand between the word and the accord: another clause, or an object of its own.
_BROKEN = re.compile(
    r"(?<![A-Z])\.|[;:—“”\"]|,(?!\s+(?:an?|the)\s)|\b(?:that|which|who|whom|when|while|because|but|after|before|until|if|than|although|though|said|says|saying|was|were|is|are|has|have|had|"
    r"would|will|could|may|might|and (?:was|is|has|had))\b",
    re.IGNORECASE,
)
_FAR = 90  # characters between an action's word and its accord
_PASSIVE = re.compile(
    r"(?:\s+(?:with|between|on|of|for)\s+(?:[\w.’'-]+\s+){0,5}?[\w.’'-]+(?=\s+(?:was|were|is|has|have|had|been)\b))?(?:,?\s*(?:which|that))?(?:\s*,[^,.;]{1,60},)?(?:\s+(?:was|were|is|are|be|been|being|has|have|had|will|would|could|should|due|to|already|formally|jointly|finally|not|yet|never|"
    r"first|later|since|officially|unilaterally|effectively|also|itself)){1,5}\s+$|\s*(?:,\s*)?$",
    re.IGNORECASE,
)
_STEP_WORDS = _compiled("steps")
_FINITE = re.compile(
    r"suspended|froze|halted|paused|ratified|extended|renewed|scrapped|terminated|joined|acceded|withdrew|left|quit|pulled out|exited|signed|breached|violated|broke", re.IGNORECASE
)
_BEFORE_STEP = 75  # characters before an action's word in which a governing word is looked for
_TYPES = {
    "suspends": ("SANCTION",), "terminates": ("SANCTION",), "leaves": ("SANCTION",), "ratifies": ("SUPPORT",), "signs": ("SUPPORT", "AGREE"), "joins": ("SUPPORT", "AGREE"),
    "extends": ("AGREE", "SUPPORT"), "breaches": ("ACCUSE", "ASSAULT", "SANCTION", "REJECT"), "inspects": ("RETREAT", "COOPERATE"), "consults": ("CONSULT",),
    "proposes": ("AGREE", "REQUEST"),
}  # fmt: skip
_BY_STEP = {
    "refused": ("REJECT",), "urged": ("REQUEST",), "threatened": ("THREATEN",), "endorsed": ("SUPPORT",), "alleged": ("ACCUSE",), "announced": ("AGREE", "CONCEDE", "THREATEN"),
    "proposed": ("AGREE", "REQUEST"),
}  # fmt: skip


def find_accord_acts(text: str, sentences: Sequence[Sentence], mentions: Sequence[AccordMention] | None = None) -> list[AccordAct]:
    """Find the acts on accords in a story, without their parties and days.

    Args:
        text: the story's text.
        sentences: its sentences.
        mentions: its accords, when they were found before.

    Returns:
        Acts in text order; at most one an accord's mention, two for one that is inspected or consulted on as well.
    """
    found: list[AccordAct] = []
    named = find_accords(text) if mentions is None else mentions
    for sentence in sentences:
        here = [m for m in named if sentence.start <= m.start < sentence.end]
        for i, mention in enumerate(here):
            others = [(m.start, m.end) for j, m in enumerate(here) if j != i]
            found += _acts(text, sentence, mention, others)
    best: dict[tuple[int, str | None, str], AccordAct] = {}
    for act in found:
        best.setdefault((act.start, act.accord.name, act.action), act)
    return sorted(best.values(), key=lambda a: (a.start, a.end))


def _acts(text: str, sentence: Sentence, mention: AccordMention, others: Sequence[tuple[int, int]]) -> Iterable[AccordAct]:
    options = []
    for action, pattern in _ACTION_WORDS:
        if mention.body and action not in _OF_BODIES:
            continue
        for m in pattern.finditer(text, sentence.start, sentence.end):
            if any(a < m.end() and m.start() < b for a, b in (*others, (mention.start, mention.end))):
                continue
            gap = abs(m.start() - mention.end) if action == "inspects" and not mention.body else _governs(text, m, mention)
            if gap is not None:
                options.append((gap, action, m))
    options.sort(key=lambda o: (o[0], o[2].start()))
    if not options:
        return
    chosen = [_outer(text, options)]
    chosen += [o for o in options[1:] if o[1] in {"inspects", "consults"} and chosen[0][1] in {"inspects", "consults"} and o[1] != chosen[0][1]]
    if chosen[0][1] == "signs" and (more := next((o for o in options[1:] if o[1] == "ratifies"), None)):
        chosen.append(more)
    for _, action, m in chosen:
        step, at = _step(text, sentence, m, action)
        yield AccordAct(m.group(), m.start(), m.end(), mention, action, step, at)


def _outer(text: str, options: Sequence[tuple[int, str, re.Match[str]]]) -> tuple[int, str, re.Match[str]]:
    """Take the nearest word, or the one that governs it as a noun (“ratified the extension of the pact”, “revoked its ratification”)."""
    first = options[0]
    for other in options[1:]:
        gap = text[other[2].end() : first[2].start()]
        if other[1] in _OVER_NOUNS and first[2].group().endswith("ion") and re.fullmatch(r"\s+(?:(?:the|a|an|its|their|his|her)\s+)?(?:[\w-]+\s+)?", gap):
            return other
    return first


def _governs(text: str, word: re.Match[str], mention: AccordMention) -> int | None:
    """Tell how far a word stands from the accord that it governs; None when it does not."""
    if word.end() <= mention.start:
        gap = text[word.end() : mention.start]
        if len(gap) > _FAR or _BROKEN.search(gap):
            return None
        return len(gap)
    gap = text[mention.end : word.start()]
    if len(gap) <= _FAR and _PASSIVE.fullmatch(gap) and gap.strip(" ,"):
        return len(gap)
    return None


def _step(text: str, sentence: Sentence, word: re.Match[str], action: str) -> tuple[str, int]:
    """Tell how far the action went, by the nearest governing word before it."""
    low = max(sentence.start, word.start() - _BEFORE_STEP)
    before = text[low : word.start()]
    cut_at = max((before.rfind(c) for c in ";—"), default=-1) + 1
    options = [(m.end(), step, m) for step, pattern in _STEP_WORDS for m in pattern.finditer(before, cut_at)]
    options = [o for o in options if _leads(before[o[0] :], word.group(), o[1])]
    if action == "ratifies" and word.group().casefold().startswith("approv") and not options:
        return "endorsed", word.start()
    if not options:
        return ("alleged", word.start()) if action == "breaches" and re.search(r"\b(?:alleged|apparent|suspected)\s+$", before) else ("done", word.start())
    strong = [o for o in options if o[1] in {"denied", "refused"}] or [o for o in options if o[1] not in {"announced", "allowed"}]
    _, step, m = max(strong or options, key=lambda o: o[0])
    return step, low + m.start()


def _leads(between: str, word: str, step: str) -> bool:
    """Tell whether a governing word reaches the action's word: by *to*, *that*, a noun, *of* …, without another finished clause between."""
    if re.search(r"(?<![A-Z])\.|;|\b(?:after|before|since|when|while|because|and then|as)\b", between):
        return False
    if _FINITE.fullmatch(word) and step not in {"alleged", "denied"} and not re.search(r"\b(?:be|been|not|never|would|will|have|has|that|was)\b|\bto\s+$", between):
        return step == "refused" and not between.strip()
    return True


def accord_hints(acts: Sequence[AccordAct], sentence: Sentence) -> list[Hint]:
    """Point at a sentence's acts on accords as words that name an act, with the types that they can have."""
    return [
        Hint(a.text, a.start, a.end, (*_BY_STEP.get(a.step, ()), *_TYPES[a.action]), least=0.0) for a in acts if sentence.start <= a.start < sentence.end
    ]


def with_treaties(story: Story, parsed: ParsedStory, events: Sequence[Event], parties: Mapping[tuple[int, int], Party]) -> list[Event]:
    """Give each event the act on an accord that its trigger, or words that its trigger governs, name.

    Args:
        story: the story.
        parsed: what the model read in it.
        events: the story's events.
        parties: resolved parties by the offsets of their words.

    Returns:
        The events in the same order.
    """
    published = date.fromisoformat(story.published[:10]) if story.published else None
    acts = find_accord_acts(story.text, parsed.sentences)
    taken: dict[str, AccordAct] = {}
    for act in acts:
        sentence = next(s for s in parsed.sentences if s.start <= act.start < s.end)
        here = [e for e in events if e.sentence.index == sentence.index]
        owner = _owner(act, here)
        if owner is not None and (owner.id not in taken or _ranks(act) < _ranks(taken[owner.id])):
            taken[owner.id] = replace(act, states=_states(story.text, sentence, act, parties, published), when=_when(story.text, sentence, act, published))
    return [replace(e, treaty=_record(taken[e.id])) if e.id in taken else e for e in events]


def _ranks(act: AccordAct) -> tuple[int, int]:
    return act.accord.described, act.start


def _owner(act: AccordAct, events: Sequence[Event]) -> Event | None:
    """Choose the event at the action's word, else the one whose trigger governs it (*endorsed … to suspend the treaty*)."""
    exact = [e for e in events if e.trigger.start < act.end and act.start < e.trigger.end]
    if exact:
        return exact[0]
    led = [e for e in events if act.step_at <= e.trigger.start < act.start]
    return min(led, key=lambda e: act.start - e.trigger.end, default=None)


def _record(act: AccordAct) -> TreatyAct:
    accord = act.accord
    return TreatyAct(accord.text, accord.start, accord.end, accord.name, accord.entity, act.action, act.step, act.states, act.when)


def _states(text: str, sentence: Sentence, act: AccordAct, parties: Mapping[tuple[int, int], Party], day: date | None) -> tuple[str, ...]:
    """Tell whose action it is: the states named before the word that governs it, after it where one state is urged or accused, or after *by*."""
    lands = _lands(text, sentence, parties, day, act.accord)
    if act.step in {"alleged", "urged"}:
        between = [code for start, end, code in lands if act.step_at <= start and end <= act.start]
        if between:
            return (between[-1],) if act.step == "alleged" else tuple(dict.fromkeys(between))
    own = next((code for _, end, code in reversed(lands) if end <= act.start and _BID.match(text[end : act.start])), None)
    if own is not None:
        return (own,)
    after = text[act.end : sentence.end]
    if act.accord.end <= act.start and (by := re.match(r"\s+(?:\w+\s+){0,3}?by\s+", after)):
        found = _run(text, [land for land in lands if land[0] >= act.end + by.end() - 1])
        if found:
            return found
    stop = min(act.start, act.step_at)
    before = [land for land in lands if land[1] <= max(stop, act.start)]
    before = [land for land in before if land[1] <= stop] or before
    subject = _last_run(text, before)
    mutual = act.action in {"signs", "extends", "consults", "joins"}
    if mutual and (with_ := re.search(r"\b(?:with|between|by)\s+(?:the\s+)?$|\b(?:with|between|by)\b", after)):
        found = _run(text, [land for land in lands if land[0] >= act.end + with_.start()])
        return tuple(dict.fromkeys((*subject, *found)))
    return subject or _run(text, [land for land in lands if land[0] >= act.accord.end])


def _lands(text: str, sentence: Sentence, parties: Mapping[tuple[int, int], Party], day: date | None, accord: AccordMention) -> list[tuple[int, int, str]]:
    """List the states that a sentence names, with offsets: by its parties, and by names of countries, seats of power and persons."""
    pieces: list[tuple[int, int, str, bool]] = []
    words = text[sentence.start : sentence.end]
    at = 0
    for piece in cut(words, day, load_tables()):
        here = words.find(piece.text, at)
        if here < 0:
            continue
        at = here + len(piece.text)
        code = piece.country.code if piece.country else next(iter(piece.body.countries), None) if piece.body else piece.people[0].country if piece.people else None
        if code and code not in INTERNATIONAL and piece.kind in {"country", "body", "person"}:
            pieces.append((sentence.start + here, sentence.start + at, code, piece.kind == "country"))
    found = [(s, e, c) for s, e, c, country in pieces if country]
    here_told = [p for p in parties.values() if sentence.start <= p.start < sentence.end and not p.text.endswith((" of", " from", " for"))]
    told = [(p.start, p.end, p.country) for p in here_told if p.country and p.country not in INTERNATIONAL]
    for group in (told, [(s, e, c) for s, e, c, country in pieces if not country and not any(a < e and s < b for a, b, _ in told)]):
        found += [(s, e, c) for s, e, c in group if all(b <= s or e <= a for a, b, _ in found)]
    return sorted((s, e, c) for s, e, c in found if e <= accord.start or s >= accord.end)


_BID = re.compile(r"['’]s?\s+(?:\w+\s+)?(?:bid|application|request|plans?|decision|move|efforts?|intention|threat|promise|pledge|right)\s+to\s+$")
_JOINED = re.compile(r"(?:['’]s)?\s*(?:,|,?\s*and|,?\s*or|&)\s+(?:the\s+)?(?:[a-z][\w’'-]*\s+){0,3}")
_OBJECT = re.compile(r"\b(?:of|with|against|over|from|in|to|on)\s+(?:the\s+)?(?:[\w-]+\s+)?$")


def _run(text: str, lands: Sequence[tuple[int, int, str]]) -> tuple[str, ...]:
    """Take the first states of a list that are joined by commas and *and*."""
    chosen = list(lands[:1])
    for land in lands[1:]:
        if not _JOINED.fullmatch(text[chosen[-1][1] : land[0]]):
            break
        chosen.append(land)
    return tuple(dict.fromkeys(code for _, _, code in chosen))


def _last_run(text: str, lands: Sequence[tuple[int, int, str]]) -> tuple[str, ...]:
    """Take the last group of joined states before an action; a state that only belongs to an object (“of”, “with”, “against”) is passed over."""
    groups: list[list[tuple[int, int, str]]] = []
    for land in lands:
        if groups and _JOINED.fullmatch(text[groups[-1][-1][1] : land[0]]):
            groups[-1].append(land)
        else:
            groups.append([land])
    free = [g for g in groups if not _OBJECT.search(text[max(0, g[0][0] - 30) : g[0][0]])] or groups
    return tuple(dict.fromkeys(code for _, _, code in free[-1])) if free else ()


def _when(text: str, sentence: Sentence, act: AccordAct, published: date | None) -> When | None:
    """Date the step by the time words nearest to the word that governs it."""
    if published is None:
        return None
    times = [(t.start + sentence.start, t.end + sentence.start, t) for t in find_times(text[sentence.start : sentence.end], published) if t.from_ and t.to]
    times = [t for t in times if t[1] <= act.accord.start or t[0] >= act.accord.end]
    if not times:
        return None
    at = act.step_at if act.step != "done" else act.start
    start, end, time = min(times, key=lambda t: min(abs(t[0] - at), abs(t[1] - at)))
    words = text[start:end]
    time = read_time(words, published) or time
    return When(str(time.from_), str(time.to), words, start, end)
