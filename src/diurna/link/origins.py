"""Tell where a report comes from, and count independent sources: copies, and reports taken from one agency, count once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diurna.read import find_dateline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diurna.records import Story

__all__ = ["Groups", "independent", "origin_of"]

_AGENCIES: Final = {
    "AP": "Associated Press|AP", "Reuters": "Reuters", "AFP": "Agence France-Presse|AFP", "Xinhua": "Xinhua", "TASS": "ITAR-TASS|TASS", "dpa": "DPA|dpa", "Kyodo": "Kyodo",
    "Anadolu": "Anadolu(?: Agency)?", "Interfax": "Interfax",
    "UPI": "UPI|United Press International", "EFE": "EFE", "ANSA": "ANSA", "Yonhap": "Yonhap", "PTI": "Press Trust of India|PTI",
    "IRNA": "IRNA", "SANA": "SANA", "WAFA": "WAFA", "MENA": "MENA", "KCNA": "KCNA|Korean Central News Agency", "RIA": "RIA(?: Novosti)?", "Tanjug": "Tanjug", "Antara": "Antara",
}  # fmt: skip
_NAMED: Final = re.compile("|".join(f"(?P<a{i}>\\b(?:{pattern})\\b)" for i, pattern in enumerate(_AGENCIES.values())))
_CREDIT: Final = re.compile(
    r"(?:according to|citing|quoted by|reported by|told|monitored by|carried by)\s+(?:the\s+)?(?:[\w'’-]+\s+){0,3}?$|"
    r"^(?:\s+news agency)?\s+(?:reported|reports|said|says|quoted|cited)\b"
)
_HEAD: Final = 700  # characters: who is credited for a report is told in its first sentences
_BESIDE: Final = 60


def origin_of(story: Story) -> str:
    """Name whom a story comes from: the agency of its dateline, an agency credited in its first sentences, else its publisher, else itself.

    >>> from diurna.records import Story
    >>> origin_of(Story("1", "OSLO (AP) — Envoys met on Tuesday in the town hall.", source="Harbour Times"))
    'AP'
    >>> origin_of(Story("2", "Envoys met in Oslo, the Interfax news agency reported.", source="Harbour Times"))
    'Interfax'
    """
    dateline = find_dateline(story.text)
    if dateline is not None and dateline.agency:
        return _agency(dateline.agency) or dateline.agency
    head = story.text[:_HEAD]
    for match in _NAMED.finditer(head):
        before, after = head[max(0, match.start() - _BESIDE) : match.start()], head[match.end() : match.end() + _BESIDE]
        if _CREDIT.search(before) or _CREDIT.match(after):
            return list(_AGENCIES)[int((match.lastgroup or "a0")[1:])]
    return (story.source or "").strip() or f"story:{story.id}"


def _agency(words: str) -> str | None:
    found = _NAMED.fullmatch(words.strip())
    return list(_AGENCIES)[int((found.lastgroup or "a0")[1:])] if found else None


class Groups:
    """Join things that belong together (union-find; Tarjan 1975); a group goes by its smallest member, so the order of joining does not matter."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, item: str) -> str:
        """Give the name of an item's group."""
        root = item
        while (above := self._above.get(root, root)) != root:
            root = above
        while item != root:
            self._above[item], item = root, self._above.get(item, root)
        return root

    def join(self, a: str, b: str) -> None:
        """Make two groups one."""
        low, high = sorted((self.find(a), self.find(b)))
        self._above[high] = low


def independent(stories: Iterable[Story], families: Mapping[str, str]) -> int:
    """Count independent sources among stories: stories of one family, or of one origin, count once.

    Args:
        stories: the reports.
        families: of a story's id, the id of its family of near-duplicates; a story that is not there is its own.

    Returns:
        The number of groups that share neither text nor origin.
    """
    groups = Groups()
    keys = set()
    for story in stories:
        family = f"family:{families.get(story.id, story.id)}"
        groups.join(family, f"origin:{origin_of(story).casefold()}")
        keys.add(family)
    return len({groups.find(key) for key in keys})
