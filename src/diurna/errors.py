"""Every error that Diurna raises on purpose.

::

    DiurnaError
    ├── ConfigError      D1xx  a setting, flag or configuration file
    ├── InputError       D2xx  a story that cannot be read
    ├── ModelError       D3xx  the shipped or a user's model
    ├── KnowledgeError   D4xx  ontology, gazetteer and knowledge tables
    ├── StoreError       D5xx  the record on disk
    └── QueryError       D6xx  a question put to the record

Each carries a stable ``code``, a ``message`` that says what is wrong and what to do, and ``where`` (a file, a line, a field). "Unresolved" is
a value with a reason, never an error.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "DiurnaError",
    "InputError",
    "KnowledgeError",
    "ModelError",
    "QueryError",
    "StoreError",
]


class DiurnaError(Exception):
    """Say what went wrong, where, and what to do about it.

    Args:
        code: stable identifier such as ``"D203"``; listed in ``docs/reference/errors.md``.
        message: one sentence or two for the person who must act.
        where: the file, line or field concerned, if any.
    """

    def __init__(self, code: str, message: str, where: str | None = None) -> None:
        super().__init__(code, message, where)
        self.code = code
        self.message = message
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.code} {place}{self.message}"

    def __reduce__(self) -> tuple[type[DiurnaError], tuple[str, str, str | None]]:
        return type(self), (self.code, self.message, self.where)


class ConfigError(DiurnaError):
    """Report a setting that cannot be used (D1xx)."""


class InputError(DiurnaError):
    """Report a story or file that cannot be read (D2xx)."""


class ModelError(DiurnaError):
    """Report a model that is missing, damaged or of another version (D3xx)."""


class KnowledgeError(DiurnaError):
    """Report an unknown code or a damaged ontology, gazetteer or table (D4xx)."""


class StoreError(DiurnaError):
    """Report a record on disk that cannot be read or written (D5xx)."""


class QueryError(DiurnaError):
    """Report a question that the record cannot answer (D6xx)."""
