"""Tell whether two names are of one party."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from diurna.knowledge.tables import key, tokens_of, word_set
from diurna.resolve.actors import Identity, Resolver
from diurna.resolve.phrases import cut

if TYPE_CHECKING:
    from diurna.records import Party

__all__ = ["has_name", "same_name"]

_EMPTY = frozenset({"the", "a", "an", "of", "'s", "mr", "mrs", "ms"})
_STATE_WORDS = word_set("state_words")


def has_name(party: Party) -> bool:
    """Tell whether a party as annotated is named: a state, a body or a person by name, not just described (*angry students*).

    Args:
        party: the party as annotated.

    Returns:
        Whether its name has more than nationality and role words.
    """
    name = party.name or party.text
    resolver = _resolver()
    kinds = [p.kind for p in cut(name, None, resolver.tables)]
    return bool({"person", "body", "name"} & set(kinds)) or _known(name).kind == "state" or _is_state(name)


def same_name(gold: Party, coded: Party) -> bool:
    """Tell whether a coded party has the gold party's name.

    A coded party without a name is judged by its own words. Names are one when they have the same words, articles apart; when the tables
    know both as one entity; or when one is the other's short form (*Wang* and *Wang Yi*): same last word, the rest contained. Where gold names a
    state, its government and whoever is coded as of it (GOV) stand for the state, as the codebook has it (*Peru*, *the Peruvian embassy*); the
    other way round they do not.

    Args:
        gold: the party as annotated.
        coded: the party as coded.

    Returns:
        Whether they are one.
    """
    wanted, found = gold.name or gold.text, coded.name or coded.text
    mine, other = _words(wanted), _words(found)
    if set(mine) == set(other):
        return True
    first, second = _known(wanted), _known(found)
    if first.entity and first.entity in {coded.entity, second.entity}:
        return True
    if mine and other and mine[-1] == other[-1] and (set(mine) <= set(other) or set(other) <= set(mine)):
        return True
    return gold.country == coded.country and coded.sector == "GOV" and (first.kind == "state" or _is_state(wanted))


def _is_state(name: str) -> bool:
    """Tell whether a name is a state's name or adjective with a word for its government: *Peruvian authorities*."""
    tables = _resolver().tables
    words = [w for w in tokens_of(name) if key(w) not in _EMPTY]
    return bool(words) and key(words[-1]) in _STATE_WORDS and all(p.kind in {"country", "link"} for p in cut(" ".join(words[:-1]), None, tables))


def _words(name: str) -> list[str]:
    """Fold a name's words; nationality adjectives count as their country, so that *Kenya's police* is *Kenyan police*."""
    tables = _resolver().tables
    return [tables.country_named(w) or key(w) for w in tokens_of(name) if key(w) not in _EMPTY]


@cache
def _resolver() -> Resolver:
    return Resolver()


@cache
def _known(name: str) -> Identity:
    return _resolver().party(name)
