"""Answers in the forms that the service gives: JSON, CSV, Parquet, GeoJSON."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from diurna.store.flat import flat

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from starlette.requests import Request

__all__ = ["FORMS", "GeoJson", "csv_answer", "geojson_answer", "json_answer", "next_link", "parquet_answer", "table_answer"]

FORMS: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "geojson": "application/geo+json"}


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


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """Give the header that leads to the next page, in every form (RFC 8288)."""
    if cursor is None:
        return {}
    rest = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return {"Link": f'<{request.url.path}?{urlencode([*rest, ("cursor", cursor)])}>; rel="next"'}
