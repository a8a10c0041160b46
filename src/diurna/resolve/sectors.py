"""Read the sector and the role out of a description: "riot police", "former foreign minister", "rebel commander"."""

from __future__ import annotations

from diurna.knowledge.tables import Head, Tables, key, load_tables, tokens_of

__all__ = ["apply_modifiers", "head_at", "sector_of"]

_CUTS = frozenset({"of", "in", "from", "for", "at", "near", "on", "with", "to", "by", "against", "under", "who", "that", "which"})


def head_at(keys: list[str], start: int, tables: Tables | None = None) -> tuple[int, Head] | None:
    """Find the longest role phrase that begins at a word.

    Args:
        keys: folded words (``diurna.knowledge.tables.key``).
        start: index of the first word.
        tables: the knowledge tables; loaded when left out.

    Returns:
        The number of words and the role's entry, or None.
    """
    for length, entries in (tables or load_tables()).at(keys, start):
        for entry in entries:
            if isinstance(entry, Head):
                return length, entry
    return None


def apply_modifiers(head: Head, before: list[str], tables: Tables | None = None) -> Head:
    """Let the words before a role change its sector, nearest first: "former", "rebel", "party".

    Args:
        head: the role as it stands.
        before: folded words before it, in order.
        tables: the knowledge tables; loaded when left out.

    Returns:
        The role with the sector that the whole description has.
    """
    known = (tables or load_tables()).modifiers
    for word in reversed(before):
        # "ex-minister" and "Russian-installed" carry the modifier in the compound; "army-backed" is no army
        for part in {word, "ex" if word.startswith("ex-") else word.rpartition("-")[2]}:
            for sectors, sector in known.get(part, ()):
                if head.sector in sectors or "*" in sectors:
                    role = f"former {head.role}" if sector == "ELI" and not head.role.startswith(("former", "ex-")) else head.role
                    head = Head(sector, role, head.plural)
                    break
    return head


def sector_of(description: str) -> Head | None:
    """Tell sector, role and number of a description without names.

    Args:
        description: "a former interior minister", "riot police", "Shi'ite militiamen".

    Returns:
        The role's entry, or None when no word of it is a known role.
    """
    tables = load_tables()
    keys = [key(t) for t in tokens_of(description)]
    found: Head | None = None
    i = 0
    while i < len(keys):
        if found and keys[i] in _CUTS:
            break
        if match := head_at(keys, i, tables):
            length, head = match
            found = apply_modifiers(head, keys[:i], tables)
            i += length
        else:
            i += 1
    return found
