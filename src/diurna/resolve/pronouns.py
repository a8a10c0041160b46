"""Choose whom a pronoun stands for: by number, person, the gender seen so far, nearness, and who led the sentence before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diurna.resolve.actors import Identity

__all__ = ["PRONOUNS", "Referent", "antecedent", "is_person_role"]

_HE = frozenset({"he", "him", "his", "himself"})
_SHE = frozenset({"she", "her", "hers", "herself"})
_IT = frozenset({"it", "its", "itself"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves", "both", "all", "each", "these", "those", "neither", "others"})
_RELATIVE = frozenset({"who", "whom", "whose", "which", "that"})
_SPEAKER = frozenset({"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"})
PRONOUNS = _HE | _SHE | _IT | _THEY | _RELATIVE | _SPEAKER | {"this", "one", "you", "your"}

_PERSON = re.compile(
    r"(er|or|ist|man|woman|person|ent|al|el|ant|ar|ain|ic|chief|king|queen|pope|judge|monk|nun|priest|rabbi|imam|aide|envoy|mp|deputy|diplomat|prince|"
    r"princess|emir|sheikh|head|justice|advocate|candidate|representative|refugee|nominee|spy|magistrate|relative|wife|husband|boy|girl|child|official|"
    r"lieutenant|monarch|patriarch|marshal|shah|sultan|son|critic|gov|hostage|secretary|delegate|chair|son|emissary|speaker of parliament|secretary of state|"
    r"minister of \w+.*|chief of \w+.*|leader of .*|director of .*|head of .*|member of .*)$"
)
_GROUP = re.compile(
    r"(parliament|government|regiment|contingent|detachment|department|tribunal|hospital|cartel|newspaper|chamber|center|order|power|border|carrier|"
    r"destroyer|tanker|helicopter|freighter|trawler|armour|armor|settlement|movement|residency|channel|clergy|public|peacekeeper mission|super power|"
    r"embassy|artillery|intelligence|assembly|general staff|regulator|prosecutor's office|council|superpower|cruiser|container|broadcaster|publisher|"
    r"charter|chapter|leader(ship)|presidential office|capital|manufacturer|water|lower house|retailer|maker|operator|lender|employer)$"
)


def is_person_role(role: str) -> bool:
    """Tell a role that one person has ("minister") from one that a body is ("ministry")."""
    return bool(_PERSON.search(role)) and not _GROUP.search(role)


@dataclass(slots=True)
class Referent:
    """Hold one party of the story: who it is, and where it was last spoken of."""

    identity: Identity
    person: bool
    plural: bool
    words: frozenset[str]
    last: str = ""
    sentence: int = 0
    start: int = 0
    end: int = 0
    order: int = 0
    gender: str = ""
    mentions: int = 0
    leads: set[int] = field(default_factory=set)


def antecedent(word: str, sentence: int, start: int, referents: Iterable[Referent]) -> Referent | None:
    """Choose whom a pronoun stands for among the parties named before it.

    Args:
        word: the pronoun, any case.
        sentence: its sentence's number.
        start: its offset in the story.
        referents: the story's parties so far.

    Returns:
        The best candidate, or None when none agrees.
    """
    word = word.lower()
    before = [r for r in referents if r.start < start]
    if word in _RELATIVE:
        near = [r for r in before if r.sentence == sentence and (r.person or r.plural or word != "who")]
        return max(near, key=lambda r: r.end) if near else None
    fitting = [r for r in before if _agrees(word, r)]
    if not fitting:
        return None
    return max(fitting, key=lambda r: _weight(word, r, sentence))


def _agrees(word: str, r: Referent) -> bool:
    if word in _HE | _SHE:
        return r.person and not r.plural and (not r.gender or (r.gender == "f") == (word in _SHE))
    if word in _IT:
        return not r.person and not (r.plural and r.identity.kind == "role")
    if word in _THEY:
        return r.plural or (not r.person and r.identity.kind != "state")
    return True


def _weight(word: str, r: Referent, sentence: int) -> float:
    """Score a candidate: a sentence back costs 1; leading a sentence is worth 0.75; later in a sentence a little."""
    distance = sentence - r.sentence
    lead = 0.75 if r.sentence in r.leads else 0.0
    number = 0.4 if word in _THEY and r.plural else 0.0
    state = -0.3 if word in _IT and r.identity.kind == "state" and distance else 0.0
    return -1.0 * distance + lead + number + state + 0.05 * min(r.mentions, 4) + 0.001 * r.order / (1 + r.order)
