"""The record's own forms: JSON lines, CSV and Parquet."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from diurna.errors import InputError
from diurna.exchange.drafts import checked, is_day
from diurna.exchange.rows import Layout, lines_of, opened, read_rows, text_stream
from diurna.records import Event, Reject, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import polars as pl

__all__ = ["COLUMNS", "checked_story", "event_of", "event_row", "read_csv", "read_jsonl", "read_parquet", "story_of", "write_csv", "write_jsonl", "write_parquet"]

_LONGEST = 64_000_000  # bytes of a line: a story, its events and their escapes
_BATCH = 2_000  # rows held at once
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")

COLUMNS: Final = (
    "id", "story", "published", "source", "url", "title", "language", "type", "mode", "modality", "cameo", "quad", "score", "trigger", "actors", "actor_countries",
    "actor_sectors", "recipients", "recipient_countries", "recipient_sectors", "from", "to", "place", "place_country", "lat", "lon", "claimant", "confidence",
)  # fmt: skip
"""Flat columns of CSV and Parquet, beside ``record``, the whole event as JSON."""
_NUMBERS: Final = frozenset({"score", "lat", "lon", "confidence"})


def event_row(story: Story, event: Event) -> dict[str, Any]:
    """Flatten an event; several parties are joined with semicolons."""
    where, who = event.where, event.attributed_to
    cells: dict[str, Any] = {
        "id": event.id, "story": event.story, "published": story.published, "source": story.source, "url": story.url, "title": story.title,
        "language": story.language, "type": event.type, "mode": event.mode, "modality": event.modality, "cameo": event.cameo, "quad": event.quad,
        "score": event.score, "trigger": event.trigger.text, "from": event.when and event.when.from_, "to": event.when and event.when.to,
        "place": where and (where.name or where.text), "place_country": where and where.country, "lat": where and where.lat, "lon": where and where.lon,
        "claimant": who and (who.name or who.text), "confidence": event.confidence.event,
    }  # fmt: skip
    for side, parties in (("actor", event.actors), ("recipient", event.recipients)):
        cells[f"{side}s"] = "; ".join(p.name or p.text for p in parties)
        cells[f"{side}_countries"] = "; ".join(p.country or "" for p in parties)
        cells[f"{side}_sectors"] = "; ".join(p.sector or "" for p in parties)
    return cells


def story_of(row: Any, where: str) -> Story:  # noqa: ANN401 - whatever JSON holds
    """Make a story of its JSON form, or of an event's that stands alone.

    Raises:
        InputError: D244 if it is neither.
    """
    try:
        if "text" not in row and "trigger" in row:
            event = event_of(row, where)
            return checked_story(Story(event.story, "", row.get("published"), row.get("source"), language=None, events=(event,)), where)
        story = Story.from_dict(row)
        story = replace(story, id=row.get("id") or story.id, key=row.get("key"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("D244", f"this is neither a story nor an event of the record ({error}); see docs/record.md", where) from error
    _check_words(row, where)
    return replace(checked_story(story, where), events=tuple(checked(e, where) for e in story.events))


def checked_story(story: Story, where: str) -> Story:
    """Check that a story from outside holds what its fields allow.

    Raises:
        InputError: D244 if it does not.
    """
    facts = story.published, story.source, story.url, story.title, story.language
    if not isinstance(story.id, str) or not isinstance(story.text, str) or not all(v is None or isinstance(v, str) for v in facts):
        raise InputError("D244", "a field of the story is no text; see docs/record.md", where)
    if story.published is not None and not is_day(story.published):
        raise InputError("D244", f"“{story.published[:40]}” in published is no day like 2023-02-22", where)
    return story


def _check_words(row: Any, where: str) -> None:  # noqa: ANN401 - whatever JSON holds
    """Refuse halves of letters (lone surrogates), which JSON can escape and no file can hold."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError("D244", f"the text holds half a letter ({error.reason})", where) from error


def event_of(row: Any, where: str) -> Event:  # noqa: ANN401 - whatever JSON holds
    """Make an event of its JSON form.

    Raises:
        InputError: D244 if it is none.
    """
    _check_words(row, where)
    try:
        return checked(Event.from_dict(row), where)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("D244", f"this is no event of the record ({error!r}); see docs/record.md", where) from error


def read_jsonl(path: str | Path) -> Iterator[Story | Reject]:
    """Read stories with their events, or events alone, one JSON object a line."""
    with opened(path) as streams:
        for stream in streams:
            for found in lines_of(stream, str(path), _LONGEST):
                if isinstance(found, Reject):
                    yield found
                    continue
                number, line = found
                if line.strip():
                    yield _parsed(line, f"{path}:{number}")


def _parsed(line: bytes, where: str) -> Story | Reject:
    try:
        return story_of(json.loads(line.decode("utf-8-sig")), where)
    except InputError as error:
        return Reject(where, error.code, error.message)
    except (ValueError, RecursionError) as error:
        return Reject(where, "D213", f"the line is not JSON in UTF-8 ({error})")


def write_jsonl(stories: Iterable[Story], stream: IO[bytes]) -> None:
    """Write stories with their events, one JSON object a line."""
    for story in stories:
        row = story.to_dict() | {"events": [e.to_dict() for e in story.events]}
        stream.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


_CSV: Final = Layout("Diurna CSV", {len(COLUMNS) + 1: (*COLUMNS, "record")}, delimiter=",", quoted=True, needed=("record",))


def write_csv(stories: Iterable[Story], stream: IO[bytes]) -> None:
    """Write a row an event: flat columns, and the whole event as JSON in ``record``. Words that a spreadsheet would run as a formula get ``'`` before them."""
    text = text_stream(stream, "utf-8")
    table = csv.writer(text)
    table.writerow((*COLUMNS, "record"))
    for story in stories:
        for event in story.events:
            cells = event_row(story, event)
            table.writerow([*(_guarded(cells[c]) for c in COLUMNS), event.to_json()])
    text.detach()


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def read_csv(path: str | Path) -> Iterator[Story | Reject]:
    """Read what ``write_csv`` wrote: each event, with the facts of its story."""
    for row in read_rows(path, _CSV):
        if isinstance(row, Reject):
            yield row
            continue
        try:
            event = event_of(json.loads(row.get("record")), row.where)
        except InputError as error:
            yield Reject(row.where, error.code, error.message)
            continue
        except (ValueError, RecursionError) as error:
            yield Reject(row.where, "D213", f"the cell “record” is not JSON ({error})")
            continue
        published, source, url, title, language = (_bare(row.get(c)) for c in ("published", "source", "url", "title", "language"))
        yield _or_reject(Story(event.story, "", published, source, url, title, language=language, events=(event,)), row.where)


def _or_reject(story: Story, where: str) -> Story | Reject:
    try:
        return checked_story(story, where)
    except InputError as error:
        return Reject(where, error.code, error.message)


def _bare(cell: str) -> str | None:
    return cell.removeprefix("'") or None


def _schema() -> dict[str, Any]:
    import polars as pl

    return {c: pl.Float64 if c in _NUMBERS else pl.String for c in COLUMNS} | {"record": pl.String, "story_record": pl.String}


def write_parquet(stories: Iterable[Story], path: Path) -> None:
    """Write a row an event, and one for a story without events: flat columns, and the whole event and story as JSON. Some thousand rows are held at a time."""
    import polars as pl
    from polars.io.plugins import register_io_source

    schema = _schema()

    def rows() -> Iterator[dict[str, Any]]:
        for story in stories:
            whole = story.to_json()
            for event in story.events:
                yield event_row(story, event) | {"record": event.to_json(), "story_record": whole}
            if not story.events:
                yield {"story": story.id, "published": story.published, "source": story.source, "story_record": whole}

    def source(with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None) -> Iterator[pl.DataFrame]:  # noqa: ARG001
        left = rows()
        while batch := list(islice(left, _BATCH)):
            frame = pl.DataFrame(batch, schema=schema, orient="row")
            yield frame.select(with_columns) if with_columns is not None else frame

    register_io_source(source, schema=schema).sink_parquet(path, compression="zstd", row_group_size=_BATCH)


def read_parquet(path: str | Path) -> Iterator[Story | Reject]:
    """Read what ``write_parquet`` wrote, some thousand rows at a time; the events of a story follow one another."""
    import polars as pl

    try:
        frame = pl.scan_parquet(path)
        missing = {"record", "story_record"} - set(frame.collect_schema())
    except FileNotFoundError as error:
        raise InputError("D210", "there is no such file", str(path)) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError("D240", f"this is no Parquet file ({error})", str(path)) from error
    if missing:
        raise InputError("D240", f"this is no Parquet of the record: it has no column {', '.join(sorted(missing))}", str(path))
    waiting: Story | None = None
    for number, (record, whole) in enumerate(_pairs(frame)):
        where = f"{path}:{number + 1}"
        try:
            story = replace(story_of(json.loads(whole), where), events=())
            events = (event_of(json.loads(record), where),) if record else ()
        except InputError as error:
            yield Reject(where, error.code, error.message)
            continue
        except (ValueError, RecursionError, TypeError) as error:
            yield Reject(where, "D213", f"the row holds no JSON ({error})")
            continue
        if waiting is not None and waiting.id == story.id:
            waiting = replace(waiting, events=waiting.events + events)
            continue
        if waiting is not None:
            yield waiting
        waiting = replace(story, events=events)
    if waiting is not None:
        yield waiting


def _pairs(frame: pl.LazyFrame) -> Iterator[tuple[str | None, str]]:
    at = 0
    while True:
        rows = frame.select("record", "story_record").slice(at, _BATCH).collect()
        yield from rows.iter_rows()
        at += len(rows)
        if len(rows) < _BATCH:
            return
