"""The formats that records are exchanged in: what reads them, what writes them, and what each loses."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from diurna.errors import InputError, KnowledgeError, QueryError
from diurna.exchange import acled, gdelt, geojson, graphml, icews, own, phoenix, polecat, ucdp
from diurna.exchange.pairs import FACTS
from diurna.exchange.rows import Layout, Row, read_rows, tab_line
from diurna.ontology import TYPES
from diurna.records import Event, Reject, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["FORMATS", "Format", "Loss", "Written", "read", "write"]


@dataclass(frozen=True, slots=True)
class Loss:
    """Say what becomes of a field of the record (``event.…`` or ``story.…``, ``*`` for any) on the way through a format."""

    field: str
    what: str


@dataclass(frozen=True, slots=True)
class Format:
    """Describe a format: its name, what it is, and how it is read and written; one of the two may be None.

    ``facts_only`` tells that the format has no modality: acts that are not told as fact are left out of it.
    """

    name: str
    title: str
    read: Callable[[str | Path, str | None], Iterator[Story | Reject]] | None
    write: Callable[[Iterable[Story], Path | None], None] | None
    facts_only: bool = False

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the format loses."""
        return tuple(Loss(*pair) for pair in _losses().get(self.name, {}).items())


@cache
def _losses() -> Mapping[str, dict[str, str]]:
    table = tomllib.loads(files("diurna.exchange").joinpath("losses.toml").read_text("utf-8"))
    shared = table.pop("shared")
    return {name: {f: w for group in rows.pop("with", ()) for f, w in shared[group].items()} | rows for name, rows in table.items()}


@dataclass(slots=True)
class Written:
    """Count what an export wrote and what it left out."""

    stories: int = 0
    events: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, why: str) -> None:
        """Count an event that the format has no place for."""
        self.left_out[why] = self.left_out.get(why, 0) + 1


def _table(story_of: Callable[[Row], Story], layout: Layout) -> Callable[[str | Path, str | None], Iterator[Story | Reject]]:
    def rows(path: str | Path, encoding: str | None) -> Iterator[Story | Reject]:
        for row in read_rows(path, layout, encoding):
            if isinstance(row, Reject):
                yield row
                continue
            try:
                yield story_of(row)
            except (InputError, KnowledgeError) as error:
                yield Reject(row.where, error.code, error.message)

    return rows


def _plain(reader: Callable[[str | Path], Iterator[Story | Reject]]) -> Callable[[str | Path, str | None], Iterator[Story | Reject]]:
    return lambda path, encoding: reader(path)  # noqa: ARG005 - the encoding of these is fixed


def _lines(rows: Callable[[Story, Event], Iterator[list[Any]]], header: tuple[str, ...], encoding: str, stories: Iterable[Story], stream: IO[bytes]) -> None:
    if header:
        stream.write(tab_line(header).encode(encoding))
    for story in stories:
        for event in story.events:
            for cells in rows(story, event):
                stream.write(tab_line(cells).encode(encoding, "replace"))


def _to_stream(writer: Callable[[Iterable[Story], IO[bytes]], None]) -> Callable[[Iterable[Story], Path | None], None]:
    def write(stories: Iterable[Story], path: Path | None) -> None:
        if path is None:
            writer(stories, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        with path.open("wb") as stream:
            writer(stories, stream)

    return write


def _tabs(rows: Callable[[Story, Event], Iterator[list[Any]]], header: tuple[str, ...] = (), encoding: str = "utf-8") -> Callable[[Iterable[Story], Path | None], None]:
    return _to_stream(partial(_lines, rows, header, encoding))


def _parquet(stories: Iterable[Story], path: Path | None) -> None:
    if path is None:
        raise QueryError("D622", "Parquet cannot be printed; name a file with -o")
    own.write_parquet(stories, path)


_GDELT = _table(gdelt.story_of, gdelt.LAYOUT)
FORMATS: Final[Mapping[str, Format]] = {
    f.name: f
    for f in (
        Format("jsonl", "stories with their events, one JSON object a line", _plain(own.read_jsonl), _to_stream(own.write_jsonl)),
        Format("parquet", "a row an event: flat columns, and the whole record", _plain(own.read_parquet), _parquet),
        Format("csv", "a row an event: flat columns, and the whole event", _plain(own.read_csv), _to_stream(own.write_csv)),
        Format("geojson", "a feature an event, at the place of the act", _plain(geojson.read_geojson), _to_stream(geojson.write_geojson)),
        Format("graphml", "parties as nodes, an edge for every pair of an event", _plain(graphml.read_graphml), _to_stream(graphml.write_graphml)),
        Format("polecat", "POLECAT, 40 columns", _table(polecat.story_of, polecat.LAYOUT), _tabs(polecat.rows, polecat.COLUMNS), facts_only=True),
        Format("icews", "ICEWS, 20 columns", _table(icews.story_of, icews.LAYOUT), _tabs(icews.rows, icews.COLUMNS, "iso-8859-1"), facts_only=True),
        Format("gdelt", "GDELT 2.0 events, 61 columns; reads 1.0 too", _GDELT, _tabs(gdelt.rows_v2), facts_only=True),
        Format("gdelt1", "GDELT 1.0 events, 58 columns", _GDELT, _tabs(gdelt.rows_v1), facts_only=True),
        Format("gdelt-mentions", "GDELT mentions, 16 columns: who reported an event, and when", _table(gdelt.mention_of, gdelt.MENTIONS_LAYOUT), None),
        Format("phoenix", "Phoenix, 26 columns", _table(phoenix.story_of, phoenix.LAYOUT), _tabs(phoenix.rows), facts_only=True),
        Format("acled", "ACLED, 31 columns, your own file", _table(acled.story_of, acled.LAYOUT), None),
        Format("ucdp", "UCDP GED and Candidate, 49 columns", _table(ucdp.story_of, ucdp.LAYOUT), None),
    )
}
"""Formats by name."""


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise QueryError("D620", f"there is no format “{name}”; choose one of {', '.join(FORMATS)}")
    return FORMATS[name]


def read(name: str, paths: Iterable[str | Path], encoding: str | None = None) -> Iterator[Story | Reject]:
    """Read files of a format.

    Args:
        name: a format of ``FORMATS``.
        paths: files, plain, gzip or zip.
        encoding: another than the format's own; formats that fix it take no notice.

    Yields:
        A story a row (or several events of one story, where the format keeps them together), or a reject; what a row says is in ``text``.

    Raises:
        QueryError: D620 if there is no such format.
    """
    form = _format(name)
    assert form.read is not None  # every format is read
    return _read(form.read, paths, encoding)


def _read(reader: Callable[[str | Path, str | None], Iterator[Story | Reject]], paths: Iterable[str | Path], encoding: str | None) -> Iterator[Story | Reject]:
    for path in paths:
        try:
            yield from reader(path, encoding)
        except InputError as error:
            yield Reject(error.where or str(path), error.code, error.message)


def write(name: str, stories: Iterable[Story], path: str | Path | None = None) -> Written:
    """Write stories in a format, as they come.

    Args:
        name: a format of ``FORMATS`` that can be written.
        stories: stories with their events.
        path: the file; standard output when None.

    Returns:
        How much was written, and how many events were left out for which reason.

    Raises:
        QueryError: D620 if there is no such format; D621 if it is read only; D622 if it cannot be printed.
    """
    form = _format(name)
    if form.write is None:
        able = ", ".join(f.name for f in FORMATS.values() if f.write is not None)
        raise QueryError("D621", f"“{name}” is read, not written; choose one of {able}")
    written = Written()
    form.write(_counted(stories, form, written), None if path is None else Path(path))
    return written


def _counted(stories: Iterable[Story], form: Format, written: Written) -> Iterator[Story]:
    for story in stories:
        kept = []
        for event in story.events:
            if form.facts_only and event.type not in TYPES:
                written.leave_out(f"{event.type}: the format has PLOVER's types or CAMEO's only")
            elif form.facts_only and event.modality not in FACTS:
                written.leave_out(f"{event.modality}: the format cannot say that an act did not take place")
            elif form.name == "graphml" and len(event.actors) + len(event.recipients) < 2:  # noqa: PLR2004 - the ends of an edge
                written.leave_out("one party or none: an edge needs two")
            elif form.name == "graphml" and not event.actors:
                written.leave_out("no actor: an edge needs one")
            else:
                kept.append(event)
        written.stories += 1
        written.events += len(kept)
        yield replace(story, events=tuple(kept)) if len(kept) < len(story.events) else story
