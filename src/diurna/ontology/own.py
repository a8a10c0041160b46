"""Read a user's own ontology from TOML: types with their modes, and if wanted contexts and quads (docs/guide/bending.md)."""

from __future__ import annotations

import re
import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from diurna.errors import KnowledgeError
from diurna.ontology import PLOVER, EventType, Ontology, event_type

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ontology_from", "read_ontology"]

_TYPE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_MODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_KEYS = {"extends", "quads", "contexts", "types"}
_TYPE_KEYS = {"quad", "score", "cameo", "gloss", "modes", "like"}
_MODE_KEYS = {"score", "cameo", "gloss", "like"}
_LARGEST = 200  # types; each needs examples, and a table larger than this is a mistake


def read_ontology(path: Path) -> Ontology:
    """Read an ontology's file.

    Raises:
        KnowledgeError: D403 if the file cannot be read or is no ontology.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError("D403", f"the ontology cannot be read ({error})", str(path)) from error
    return ontology_from(text, str(path))


def ontology_from(text: str, where: str | None = None) -> Ontology:
    r"""Read an ontology from TOML.

    Args:
        text: the TOML.
        where: its file, for the error.

    Raises:
        KnowledgeError: D403, with the entry that is wrong and what it should be.

    >>> own = ontology_from('[types.EVICT]\nlike = "COERCE/seize"\nmodes.night = {}')
    >>> list(own.types), list(own.types["EVICT"].modes), own.nearest("COERCE", "seize")
    (['EVICT'], ['night'], ('EVICT', None))
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(f"not TOML ({error})", where) from error
    _known("the top level", table, _KEYS, where)
    if table.get("extends", "plover") != "plover":
        raise _wrong(f"extends = {table['extends']!r}: only \"plover\" can be extended", where)
    base = PLOVER.types if "extends" in table else {}
    quads = table.get("quads", dict(PLOVER.quads))
    contexts = table.get("contexts", list(PLOVER.contexts))
    if not isinstance(quads, dict) or not all(isinstance(v, str) for v in quads.values()):
        raise _wrong('quads is not a table like { HARM = "harm to people" }', where)
    if not isinstance(contexts, list) or not all(isinstance(c, str) and _MODE.fullmatch(c) for c in contexts) or len(set(contexts)) < len(contexts):
        raise _wrong("contexts is not a list of different lower-case names", where)
    rows = table.get("types", {})
    if not isinstance(rows, dict) or not 0 < len(rows) <= _LARGEST:
        raise _wrong(f"there are no types, or more than {_LARGEST}; write each as a table such as [types.EVICT]", where)
    types = dict(base) | {name: _checked(name, row, quads, where) for name, row in rows.items()}
    return Ontology(text, MappingProxyType(quads), tuple(contexts), MappingProxyType(types))


def _checked(name: str, row: Any, quads: dict[str, str], where: str | None) -> EventType:  # noqa: ANN401 - what a TOML file holds is anything
    if not _TYPE.fullmatch(name) or name == "NONE":
        raise _wrong(f"{name!r} is no name of a type: capitals, digits and _, and not NONE", where)
    if not isinstance(row, dict):
        raise _wrong(f"types.{name} is no table", where)
    _known(f"types.{name}", row, _TYPE_KEYS, where)
    _typed(f"types.{name}", row, where)
    if row.get("quad", "") and row["quad"] not in quads:
        raise _wrong(f"types.{name}: {row['quad']!r} is not among the quads ({', '.join(quads)})", where)
    modes = row.get("modes", {})
    if not isinstance(modes, dict):
        raise _wrong(f"types.{name}.modes is no table", where)
    for mode, entry in modes.items():
        if not _MODE.fullmatch(mode):
            raise _wrong(f"types.{name}: {mode!r} is no name of a mode: lower-case letters, digits, - and _", where)
        if isinstance(entry, dict):
            _known(f"types.{name}.modes.{mode}", entry, _MODE_KEYS, where)
            _typed(f"types.{name}.modes.{mode}", entry, where)
        elif not isinstance(entry, int | float):
            raise _wrong(f"types.{name}.modes.{mode} is neither a table nor a score", where)
    return event_type(name, row)


def _known(where_in: str, table: dict[str, Any], keys: set[str], where: str | None) -> None:
    if unknown := sorted(table.keys() - keys):
        raise _wrong(f"{where_in} has {', '.join(unknown)}; it may have {', '.join(sorted(keys))}", where)


def _typed(where_in: str, row: dict[str, Any], where: str | None) -> None:
    """Check the kinds of an entry's values, and that what it is like is a code of PLOVER."""
    for key in ("quad", "cameo", "gloss", "like"):
        if not isinstance(row.get(key, ""), str):
            raise _wrong(f"{where_in}.{key} is no text", where)
    if not isinstance(row.get("score", 0), int | float):
        raise _wrong(f"{where_in}.score is no number", where)
    type_, _, mode = row.get("like", "").partition("/")
    if type_ and not PLOVER.has(type_, mode or None):
        raise _wrong(f"{where_in}.like: PLOVER has no {row['like']}; `diurna ontology` lists its types, `diurna ontology TYPE` the modes", where)


def _wrong(message: str, where: str | None) -> KnowledgeError:
    return KnowledgeError("D403", message, where)
