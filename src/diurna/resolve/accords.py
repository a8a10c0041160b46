"""Find the accords that a story speaks of: by name, and by description once the story has named them (“the nuclear pact”)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from diurna.ontology.treaties import Accord, accord_named, accords
from diurna.records import Span

__all__ = ["AccordMention", "find_accords"]


@dataclass(frozen=True, slots=True)
class AccordMention(Span):
    """Point at words for an accord: its name, its entity in the table (None for one not in it), and whether the words are a description.

    ``body`` is True where the words name an organisation whose membership the accord gives; only joining, leaving and the like concern the accord.
    """

    name: str
    entity: str | None
    described: bool = False
    body: bool = False


_HEADS = "treaty|treaties|pact|accords?|agreements?|deal|convention|protocol|armistice|memorandum|charter|truce|compact|statute"
_CALENDAR = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\b"
)
_ANY_NAME = re.compile(
    r"\b(?:[A-Z][\w’'-]*(?:\s+(?:of|on|for|the|and|against)(?=\s+(?:\w+\s+)?[A-Z]))*\s+){1,7}(?:Treaty|Treaties|Pact|Accords?|Agreements?|Convention|Protocol|Charter|Memorandum|Compact|Covenant|Armistice|Framework)\b"
    rf"(?:\s+(?:of|on|for)\s+(?:the\s+)?(?!{_CALENDAR})(?:[A-Z][\w-]*(?:\s+(?:of|and|the)(?=\s+[A-Z]))?\s*){{1,6}}(?<!\s))?"
)
_DESCRIBED = re.compile(
    rf"\b(?:the|this|that|its|their)\s+(?P<words>(?:(?!(?:of|to|in|on|by|with|for|from|and|that|which|who|was|is)\b)(?:(?:[A-Z]\.)+|[\w’'-]+)\s+){{0,6}})(?P<head>{_HEADS})\b(?!-)"
    r"|\b(?P<bare>the\s+(?:accord|agreement|deal))\b",
    re.IGNORECASE,
)
_KIND_WORDS = {
    "arms control": r"nuclear|arms|weapons?|missiles?|disarmament|non-?proliferation|mines?|landmines?|strategic|test[- ]ban|military|overflight|surveillance flights?",
    "alliance": r"defen[cs]e|security|alliance|military|mutual|friendship|partnership|collective|strategic",
    "trade": r"trade|commerce|tariffs?|economic|grain|export|customs|free-trade|market|minerals?|energy|union",
    "peace": r"peace|cease-?fire|truce|armistice|power-sharing|interim|framework|normali[sz]ation|withdrawal|disengagement",
    "climate": r"climate|emissions?|carbon|environmental|ozone|warming|greenhouse",
    "borders": r"borders?|boundary|maritime|water|waters|river|migration|migrant|delimitation|territorial|sea|straits?|transit",
    "human rights": r"rights|refugees?|torture|genocide|migration|court|women|humanitarian|child|children",
    "environment": r"environmental|biodiversity|whaling|wildlife|waste|mercury|ocean|wetlands?|conservation",
    "law": r"sea|maritime|cybercrime|health|tobacco|corruption|space|diplomatic|pandemic|court",
}
_PLAIN = re.compile(
    r"^(?:last|remaining|landmark|historic|key|new|old|long-standing|longstanding|existing|current|bilateral|multilateral|international|global|last-remaining|controversial|"
    r"fragile|interim|control|\d{4}|\d{2,3}-year-old|decades-old|Cold|War-era|war-era|Cold-War-era|U\.?S\.?|United|Nations|U\.?N\.?|UN-brokered|two|three|six|same|signed|major|only|first|final|"
    r"comprehensive|European|regional|African|limitation|reduction|reductions|era|so-called|three-way|two-year-old|five-year|much-criticised)$"
)
_SHORT = 4  # letters: an acronym of fewer stands for an accord only with a word like “treaty” after it, or once the story has spelt it out
_KNOWN_SHORT = frozenset({"NPT", "INF", "TPP", "ABM"})
_NEAR = 700  # characters after an accord was last spoken of in which “the agreement” alone still means it


_WORD = re.compile(r"\w(?:[\w’'.+–-]*[\w+])?")
_GENERIC = frozenset({"treaty", "pact", "accord", "agreement", "deal", "convention"})


@cache
def _names() -> dict[str, list[tuple[tuple[str, ...], str, Accord, bool]]]:
    """List every name of the table by its first word: its words, the name as the table writes it, the accord, and whether it is an organisation's."""
    found: dict[str, list[tuple[tuple[str, ...], str, Accord, bool]]] = {}
    for accord in accords().values():
        for name in dict.fromkeys((accord.name, *accord.aliases, *accord.bodies)):
            words = tuple(_plain(w) for w in _WORD.findall(name))
            found.setdefault(words[0], []).append((words, name, accord, name in accord.bodies))
    for rows in found.values():
        rows.sort(key=lambda row: -len(row[0]))
    return found


def _plain(word: str) -> str:
    return re.sub(r"['’]s$", "", word.casefold().replace("–", "-").replace("’", "'"))


def find_accords(text: str) -> list[AccordMention]:
    """Find every mention of an accord in a story.

    Args:
        text: the story's text.

    Returns:
        Mentions in text order, none within another. A description (“the nuclear pact”) is kept only if the story names one accord that it fits:
        the one spoken of last, or, before any is named, the only one that is named later.

    >>> [(m.text, m.entity) for m in find_accords("Russia left the Open Skies Treaty. The arms control pact let states fly over each other.")]
    [('Open Skies Treaty', 'accord:open-skies'), ('The arms control pact', 'accord:open-skies')]
    """
    named = _named(text)
    for found in _ANY_NAME.finditer(text):
        words = re.sub(r"^(?:The|A|An)\s+", "", found.group())
        start = found.end() - len(words)
        if not any(m.start < found.end() and start < m.end for m in named) and len(words.split()) > 1:
            known = accord_named(words)
            named.append(AccordMention(words, start, found.end(), known.name if known else " ".join(words.split()), known.entity if known else None))
    named.sort(key=lambda m: m.start)
    return sorted([*named, *_described(text, named)], key=lambda m: m.start)


def _named(text: str) -> list[AccordMention]:
    tokens = list(_WORD.finditer(text))
    plain = [_plain(t.group()) for t in tokens]
    names = _names()
    found: list[AccordMention] = []
    i = 0
    while i < len(tokens):
        step = 1
        for words, name, accord, body in names.get(plain[i], ()):
            if tuple(plain[i : i + len(words)]) == words and _as_written(text[tokens[i].start() : tokens[i + len(words) - 1].end()], name):
                step = len(words)
                if not body and i + step < len(tokens) and plain[i + step] in _GENERIC and text[tokens[i + step - 1].end() : tokens[i + step].start()].isspace():
                    step += 1
                start, last = tokens[i].start(), tokens[i + step - 1]
                end = last.start() + len(re.sub(r"['’]s$", "", last.group()))
                found.append(AccordMention(text[start:end], start, end, accord.name, accord.entity, body=body))
                break
        i += step
    spelt = {m.entity for m in found if len(m.text) > _SHORT and not m.body}
    return [m for m in found if m.body or len(m.text) >= _SHORT or m.text in _KNOWN_SHORT or m.entity in spelt]


def _as_written(words: str, name: str) -> bool:
    """Tell whether words are written as a name: an acronym in capitals, a name with a capital; names that the table writes small may be."""
    return words.startswith(name) if name.isupper() else not name[0].isupper() or words[0].isupper()


def _described(text: str, named: list[AccordMention]) -> list[AccordMention]:
    accords_named = [m for m in named if not m.body]
    found: list[AccordMention] = []
    for m in _DESCRIBED.finditer(text):
        if any(n.start < m.end() and m.start() < n.end for n in named):
            continue
        words = (m["words"] or "").split()
        kinds = {kind for kind, pattern in _KIND_WORDS.items() if any(re.fullmatch(pattern, w, re.IGNORECASE) for w in words)}
        if not all(_PLAIN.match(w) or any(re.fullmatch(p, w, re.IGNORECASE) for p in _KIND_WORDS.values()) or w[0].isupper() for w in words):
            continue
        fits = [n for n in accords_named if not kinds or (n.entity is None) or accords()[n.entity].kind in kinds]
        before = [n for n in fits if n.end <= m.start()]
        after = {n.name for n in fits if n.start >= m.end()}
        told = [*before, *(f for f in found if f.end <= m.start() and f.name in {n.name for n in fits})]
        last = max(told, key=lambda n: n.start, default=None)
        if last is None and len(after) == 1 and kinds:
            last = next(n for n in fits if n.start >= m.end())
        if last is not None and (kinds or abs(m.start() - last.end) <= _NEAR):
            found.append(AccordMention(m.group(), m.start(), m.end(), last.name, last.entity, described=True))
    return found
