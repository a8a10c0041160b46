"""What every view needs: the record as it stands, and the errors it may answer with."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request

from diurna.serve.shapes import Problem
from diurna.serve.snapshot import Snapshot

__all__ = ["PROBLEMS", "Snap", "missing", "plainly", "tabled", "with_missing"]

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": Problem, "description": "a key is asked for"},
    403: {"model": Problem, "description": "the key does not allow this"},
    421: {"model": Problem, "description": "the service does not answer to this name"},
    422: {"model": Problem, "description": "the question is wrong"},
    503: {"model": Problem, "description": "the record cannot be read"},
}


def _snapshot(request: Request) -> Snapshot:
    found: Snapshot = request.app.state.holder.snapshot
    return found


Snap = Annotated[Snapshot, Depends(_snapshot)]


def with_missing() -> dict[int | str, dict[str, Any]]:
    """Document the answer that there is no such thing."""
    return PROBLEMS | {404: {"model": Problem, "description": "the record has no such thing"}}


def plainly(problems: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """Document errors as plain JSON where the answer itself is of another kind."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": p["description"], "content": {"application/json": {"schema": schema}}} for status, p in problems.items()}


def tabled(kind: str, what: str) -> dict[int | str, dict[str, Any]]:
    """Document an answer that is no JSON."""
    schema = {"type": "string", "format": "binary"} if "parquet" in kind else {"type": "string"}
    return PROBLEMS | {200: {"description": what, "content": {kind: {"schema": schema}}}}


class missing(Exception):  # noqa: N801, N818 - read as “raise missing(…)”, answered with 404
    """Say that the record has no such thing."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what, where)
        self.what, self.where = what, where
