"""Answers in the forms that the service gives: JSON, CSV, Parquet, GeoJSON."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response, StreamingResponse

from diurna.store.flat import flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl
    from starlette.requests import Request

__all__ = ["FORMS", "GeoJson", "csv_answer", "geojson_answer", "json_answer", "next_link", "parquet_answer", "stream_csv", "stream_geojson", "stream_parquet", "table_answer"]

FORMS: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "geojson": "application/geo+json"}

_PIECE: Final = 256 * 1024  # bytes sent at once


class GeoJson(JSONResponse):
    """An answer of GeoJSON, for OpenAPI to name its kind."""

    media_type = FORMS["geojson"]


def json_answer(facts: Any, links: dict[str, str] | None = None, kind: str = "application/json") -> Response:  # noqa: ANN401 - whatever JSON can hold
    """Answer with JSON."""
    return Response(json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace"), media_type=kind, headers=links)


def csv_answer(frame: pl.DataFrame, links: dict[str, str] | None = None) -> Response:
    """Answer with a table of text, lists joined by semicolons."""
    return Response(flat(frame).write_csv().encode("utf-8", "replace"), media_type=FORMS["csv"], headers=links)


def parquet_answer(frame: pl.DataFrame, links: dict[str, str] | None = None) -> Response:
    """Answer with a Parquet file, column types as in the record."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return Response(out.getvalue(), media_type=FORMS["parquet"], headers=links)


def table_answer(frame: pl.DataFrame, form: str, links: dict[str, str] | None = None) -> Response:
    """Answer with a table in one of the forms ``csv`` and ``parquet``."""
    return (csv_answer if form == "csv" else parquet_answer)(frame, links)


def geojson_answer(items: Sequence[dict[str, Any]], links: dict[str, str] | None = None) -> Response:
    """Answer with the events that have coordinates, as points (RFC 7946: longitude first)."""
    features = [
        {"type": "Feature", "id": e["id"], "geometry": {"type": "Point", "coordinates": [e["place"]["lon"], e["place"]["lat"]]}, "properties": e}
        for e in items
        if e["place"] and e["place"]["lat"] is not None and e["place"]["lon"] is not None
    ]
    return json_answer({"type": "FeatureCollection", "features": features}, links, FORMS["geojson"])


def stream_csv(frames: Iterable[pl.DataFrame]) -> Response:
    """Stream a table of text, some thousand rows at a time."""

    def lines() -> Iterator[bytes]:
        for number, frame in enumerate(frames):
            yield flat(frame).write_csv(include_header=number == 0).encode("utf-8", "replace")

    return StreamingResponse(lines(), media_type=FORMS["csv"])


def stream_geojson(pages: Iterable[Sequence[dict[str, Any]]]) -> Response:
    """Stream the events that have coordinates as one collection of points."""

    def parts() -> Iterator[bytes]:
        yield b'{"type":"FeatureCollection","features":['
        between = b""
        for page in pages:
            points = json.loads(bytes(geojson_answer(page).body))["features"]
            text = ",".join(json.dumps(p, ensure_ascii=False, separators=(",", ":")) for p in points)
            if text:
                yield between + text.encode("utf-8", "replace")
                between = b","
        yield b"]}"

    return StreamingResponse(parts(), media_type=FORMS["geojson"])


def stream_parquet(frame: pl.LazyFrame) -> Response:
    """Write a Parquet file beside the service, row group by row group, and stream it; it is swept when it is sent or the asker leaves."""

    def pieces() -> Iterator[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "events.parquet"
            frame.sink_parquet(path, row_group_size=50_000)
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece

    return StreamingResponse(pieces(), media_type=FORMS["parquet"])


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """Give the header that leads to the next page, in every form (RFC 8288)."""
    if cursor is None:
        return {}
    rest = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return {"Link": f'<{request.url.path}?{urlencode([*rest, ("cursor", cursor)])}>; rel="next"'}
