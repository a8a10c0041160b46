"""The service: routes, guards, errors, metrics, and the page."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from diurna.errors import ConfigError, DiurnaError, InputError, QueryError
from diurna.serve.answers import json_answer
from diurna.serve.foreseeing import Foreseeing
from diurna.serve.guard import Buckets, Flow, Guard, Kept, Keys, is_loopback
from diurna.serve.routes import code, dyads, events, forecasts, ledgers, places, reviews, signals, today, wide
from diurna.serve.routes.common import PROBLEMS, Snap, missing
from diurna.serve.shapes import Health, Index
from diurna.serve.snapshot import Holder
from diurna.serve.warm import Warmer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from diurna.serve.snapshot import Snapshot
    from diurna.store import Store

__all__ = ["Settings", "make_app"]

_PAGE: Final = Path(__file__).parent / "page"
_V1: Final = "/api/v1"
_AT_ONCE: Final = 4  # questions worked out together; each has all cores to itself for most of its time


@dataclass(frozen=True, slots=True)
class Settings:
    """Say how the service is run.

    Args:
        host: address it listens at; another than loopback asks for keys.
        hosts: further values of the header ``Host`` that it answers to.
        keys: file of keys, as ``diurna key`` prints them.
        refresh: seconds between looks for changes of the record; 0 never looks.
        a_minute: ``POST`` requests an address may send a minute; a third of them at once.
        largest: bytes of a request's body.
        demo: whether the record is the sample that the program ships.
        signals: state of signals; ``signals.sqlite`` in the record's folder if not given.
    """

    host: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    keys: Path | None = None
    refresh: float = 10.0
    a_minute: float = 60.0
    largest: int = 256_000
    demo: bool = False
    signals: Path | None = None


def make_app(store: Store, settings: Settings | None = None) -> FastAPI:
    """Make the service over a record.

    Args:
        store: the record.
        settings: how it is run.

    Returns:
        An ASGI application.

    Raises:
        ConfigError: D121 if it would listen beyond this machine without keys; D122 if the keys cannot be read.
    """
    chosen = settings or Settings()
    keys = Keys.read(chosen.keys)
    closed = not is_loopback(chosen.host)
    if closed and not keys.by_hash:
        raise ConfigError("D121", f"to listen at {chosen.host}, beyond this machine, the service needs keys: make one with `diurna key NAME` and pass --keys FILE")
    holder, flow = Holder(store), Flow()
    warmer = Warmer(holder, lambda: flow.now, f"{_V1}/")

    @asynccontextmanager
    async def life(service: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _AT_ONCE
        if chosen.refresh:
            holder.watch(chosen.refresh)
        warming = asyncio.create_task(warmer.run(_warm, service))
        yield
        warming.cancel()
        holder.close()

    app = FastAPI(
        title="Diurna", version=_number(), lifespan=life, docs_url=None, redoc_url=None, summary="The public record of who did what to whom, when, where, according to whom.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    app.state.holder, app.state.settings, app.state.reading, app.state.warmer = holder, chosen, code.Reading(), warmer
    app.state.foreseeing = Foreseeing()
    for part in (today, events, dyads, forecasts, wide, places, ledgers, code, reviews, signals):
        app.include_router(part.router, prefix=_V1)
    _facts(app)
    _errors(app)
    numbers = _Numbers(holder)
    app.add_api_route("/metrics", numbers.page, include_in_schema=False)
    app.mount("/", _Page(directory=_PAGE, html=True))
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    without = (f"{_V1}/reviews", f"{_V1}/signals")
    app.add_middleware(Kept, version=lambda: holder.snapshot.version, prefix=f"{_V1}/", without=without, warmer=warmer, flow=flow)
    hosts = () if closed and not chosen.hosts else ("127.0.0.1", "localhost", "::1", *chosen.hosts)
    app.add_middleware(Guard, keys=keys, closed=closed, hosts=hosts, largest=chosen.largest, buckets=Buckets(chosen.a_minute, max(1, int(chosen.a_minute / 3))))
    app.add_middleware(_Measured, numbers=numbers)
    return app


def _warm(snapshot: Snapshot) -> None:
    """Load what first questions would otherwise wait for."""
    import networkx as nx
    import ruptures  # noqa: F401
    import scipy.special  # noqa: F401

    nx.community.louvain_communities(nx.Graph([(0, 1)]))
    snapshot.warm()


def _number() -> str:
    try:
        return version("diurna")
    except PackageNotFoundError:
        return "0"


def _facts(app: FastAPI) -> None:
    """Add the views of the service itself."""

    @app.get("/health", response_model=Health, tags=["service"])
    def health(request: Request) -> Response:
        """Tell whether the service and its record are well."""
        holder: Holder = request.app.state.holder
        now = holder.snapshot
        counts = {"events": len(now.acts.events), "stories": len(now.acts.stories), "ready": request.app.state.warmer.share}
        return json_answer({"status": "stale" if holder.trouble else "ok", "as_of": now.stamp, "version": now.version, **counts, "trouble": holder.trouble})

    @app.get(f"{_V1}/", response_model=Index, tags=["service"], responses=PROBLEMS)
    def index(request: Request, snapshot: Snap) -> Response:
        """Tell what the record holds, and what may be asked of it."""
        first, last = snapshot.acts.span or (None, None)
        paths = {p: str(next(iter(m.values())).get("summary", "")) for p, m in request.app.openapi()["paths"].items() if p.startswith(_V1)}
        return json_answer(
            {
                "name": "diurna", "program": _number(), "as_of": snapshot.stamp, "version": snapshot.version, "events": len(snapshot.acts.events),
                "stories": len(snapshot.acts.stories), "first": first and first.isoformat(), "last": last and last.isoformat(), "demo": request.app.state.settings.demo,
                "views": paths,
            }
        )  # fmt: skip


def _problem(status: int, code: str, message: str, where: str | None = None) -> Response:
    answer = json_answer({"code": code, "message": message, "where": where})
    answer.status_code = status
    return answer


def _errors(app: FastAPI) -> None:
    """Map errors to answers; the only place that sets a status."""

    @app.exception_handler(DiurnaError)
    async def ours(_: Request, error: DiurnaError) -> Response:
        status = 422 if isinstance(error, QueryError | InputError) else 503
        return _problem(status, error.code, error.message, error.where)

    @app.exception_handler(missing)
    async def gone(_: Request, error: missing) -> Response:
        return _problem(404, "D640", error.what, error.where)

    @app.exception_handler(RequestValidationError)
    async def wrong(_: Request, error: RequestValidationError) -> Response:
        first: dict[str, Any] = next(iter(error.errors()), {})
        where = ".".join(str(p) for p in first.get("loc", ()))
        return _problem(422, "D641", f"{first.get('msg', 'the request cannot be read')}; see /openapi.json", where)

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> Response:
        answer = _problem(error.status_code, "D642", f"{error.detail}; see /openapi.json for what may be asked")
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer


class _Page(StaticFiles):
    """Serve the page; addresses within it (``/dyad/RUS-UKR``) give the page too, so that each view has a link of its own."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        allowed = sorted(method.upper() for method in scope["app"].openapi()["paths"].get(f"/{path}", ()))
        if allowed:  # an address of the API, asked by a method that it has not
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            inner = error.status_code == 404 and not path.startswith(("api/", "health", "metrics")) and "." not in path.rpartition("/")[2]  # noqa: PLR2004 - not found
            if inner and scope["method"] in {"GET", "HEAD"}:
                return await super().get_response("index.html", scope)
            raise


class _Numbers:
    """Count requests and time them, by route, for Prometheus."""

    def __init__(self, holder: Holder) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("diurna_requests", "Requests answered", ["route", "status"], registry=self.registry)
        self.seconds = Histogram("diurna_request_seconds", "Time to answer", ["route"], registry=self.registry)
        for name, words, value in (
            ("diurna_events", "Events in the record as served", lambda: len(holder.snapshot.acts.events)),
            ("diurna_stories", "Stories in the record as served", lambda: len(holder.snapshot.acts.stories)),
            ("diurna_record_read_timestamp_seconds", "When the record was last read", lambda: round(holder.snapshot.as_of.timestamp(), 3)),
        ):
            Gauge(name, words, registry=self.registry).set_function(value)

    def page(self) -> Response:
        """Give the numbers in Prometheus's text form."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


class _Measured:
    """Time every request (an ASGI middleware)."""

    def __init__(self, app: ASGIApp, *, numbers: _Numbers) -> None:
        self.app, self.numbers = app, numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "other") or "page"
            if scope["path"].startswith(_V1) and route.startswith("/") and not route.startswith(_V1):
                route = _V1 + route
            self.numbers.requests.labels(route, status).inc()
            self.numbers.seconds.labels(route).observe(time.perf_counter() - began)
