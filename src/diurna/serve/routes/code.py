"""Code a report that is sent; nothing of it is kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from diurna.errors import InputError
from diurna.serve.answers import json_answer
from diurna.serve.routes.common import PROBLEMS
from diurna.serve.routes.events import story_facts
from diurna.serve.shapes import Coded, CodeRequest, Problem

if TYPE_CHECKING:
    from diurna.coder import Coder

__all__ = ["Reading", "router"]

router = APIRouter(tags=["code"])


class Reading:
    """Hold the coder: loaded when first asked for, and one report at a time, so that reading leaves room for other calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._coder: Coder | None = None

    def code(self, wanted: CodeRequest) -> dict[str, object]:
        """Code a report, or say why it cannot be read."""
        from diurna.coder import Coder

        with self._lock:
            self._coder = self._coder or Coder(threads=1)
            try:
                story = self._coder.code(wanted.text, published=wanted.published.isoformat() if wanted.published else None, source=wanted.source, title=wanted.title)
            except InputError as error:
                return {"coded": None, "reject": {"code": error.code, "message": error.message, "where": error.where}}
        return {"coded": story_facts(story), "reject": None}


@router.post(
    "/code",
    response_model=Coded,
    responses=PROBLEMS | {413: {"model": Problem, "description": "the request is too large"}, 429: {"model": Problem, "description": "too many requests"}},
)
def code(request: Request, wanted: CodeRequest) -> Response:
    """Code a report: who did what to whom, with the words lit up that say so. Nothing is kept."""
    reading: Reading = request.app.state.reading
    return json_answer(reading.code(wanted))
