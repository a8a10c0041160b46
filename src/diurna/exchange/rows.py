"""Read and write delimited files a row at a time, whatever stands in them."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from diurna.errors import InputError
from diurna.records import Reject, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Layout", "Row", "lines_of", "opened", "read_rows", "tab_line"]

_LONGEST = 1_000_000  # bytes of a line; the longest real ones (GDELT with lists of addresses) have some 50,000
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_HEADER = 0.5  # share of known column names that make a first row a header


@dataclass(frozen=True, slots=True)
class Layout:
    """Describe a delimited format: its names, the columns by number of cells, and how cells are written.

    ``aliases`` gives other names of columns; ``needed`` names those without which a file with a header is another format.
    """

    name: str
    columns: Mapping[int, tuple[str, ...]]
    delimiter: str = "\t"
    quoted: bool = False
    encoding: str = "utf-8"
    aliases: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Hold a row: where it stands, its cells, and the number of each column."""

    where: str
    cells: Sequence[str]
    columns: Mapping[str, int]

    @property
    def text(self) -> str:
        """The cells joined with tabs: the evidence that an imported record points at."""
        return "\t".join(self.cells)

    def get(self, column: str) -> str:
        """Give a cell without the space around it; nothing when the file lacks the column."""
        at = self.columns.get(column)
        return self.cells[at].strip() if at is not None else ""

    def span(self, *columns: str) -> Span | None:
        """Point at the first of some cells that holds something."""
        for column in columns:
            if words := self.get(column):
                at = self.columns[column]
                start = sum(len(c) + 1 for c in self.cells[:at]) + self.cells[at].index(words)
                return Span(words, start, start + len(words))
        return None


@contextmanager
def opened(path: str | Path) -> Iterator[Iterable[IO[bytes]]]:
    """Open a file, plain, gzip or zip; a zip gives each of its files in turn.

    Raises:
        InputError: D210 or D211 if there is no such file or it cannot be opened; D212 if it is damaged.
    """
    try:
        with Path(path).open("rb") as file:
            head = file.peek(4)[:4]
            if head[:2] == _GZIP:
                yield [cast("IO[bytes]", gzip.GzipFile(fileobj=file))]
            elif head == _ZIP:
                with zipfile.ZipFile(file) as archive:
                    yield (archive.open(entry) for entry in archive.infolist() if not entry.is_dir())
            else:
                yield [file]
    except FileNotFoundError as error:
        raise InputError("D210", "there is no such file", str(path)) from error
    except (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, RuntimeError, NotImplementedError) as error:
        raise InputError("D212", f"the compressed file is damaged or locked ({error}); what stands before was read", str(path)) from error
    except OSError as error:
        raise InputError("D211", f"the file cannot be opened ({error.strerror or error})", str(path)) from error


def lines_of(stream: IO[bytes], where: str, longest: int = _LONGEST) -> Iterator[tuple[int, bytes] | Reject]:
    """Go through a stream's lines, each with its number; a line longer than ``longest`` bytes is passed over and told."""
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = stream.readline(longest)
            yield Reject(f"{where}:{number}", "D241", f"the line has more than {longest:,} bytes; it is passed over")
        else:
            yield number, line


def read_rows(path: str | Path, layout: Layout, encoding: str | None = None) -> Iterator[Row | Reject]:
    """Read a delimited file.

    Args:
        path: plain, gzip or zip.
        layout: its format.
        encoding: another than the format's own.

    Yields:
        A row each, or a reject that says which row could not be read and why.

    Raises:
        InputError: D210–D212 if the file cannot be opened; D240 if it is another format.
    """
    with opened(path) as streams:
        for stream in streams:
            columns: Mapping[str, int] | None = None
            for found in _cells(stream, str(path), layout, encoding or layout.encoding):
                if isinstance(found, Reject):
                    yield found
                    continue
                number, cells = found
                if columns is None:
                    columns, is_header = _columns(cells, layout, str(path))
                    if is_header:
                        width = len(cells)
                        continue
                    width = len(cells)
                if len(cells) != width:
                    yield Reject(f"{path}:{number}", "D242", f"the row has {len(cells)} cells and the file {width} columns; it is passed over")
                    continue
                yield Row(f"{path}:{number}", cells, columns)


def _cells(stream: IO[bytes], where: str, layout: Layout, encoding: str) -> Iterator[tuple[int, list[str]] | Reject]:
    rejects: list[Reject] = []
    lines = _texts(stream, where, encoding, rejects)
    if not layout.quoted:
        for number, line in lines:
            yield from rejects
            rejects.clear()
            if line:
                yield number, line.split(layout.delimiter)
    else:
        last = 0

        def text() -> Iterator[str]:
            nonlocal last
            for number, line in lines:
                last = number
                yield line + "\n"

        table = csv.reader(text(), delimiter=layout.delimiter)
        while True:
            try:
                cells = next(table)
            except StopIteration:
                break
            except csv.Error as error:
                yield Reject(f"{where}:{last}", "D241", f"the quotes of the row do not close ({error}); it is passed over")
                continue
            yield from rejects
            rejects.clear()
            if cells:
                yield last, cells
    yield from rejects


def _texts(stream: IO[bytes], where: str, encoding: str, rejects: list[Reject]) -> Iterator[tuple[int, str]]:
    for found in lines_of(stream, where):
        if isinstance(found, Reject):
            rejects.append(found)
            continue
        number, line = found
        try:
            text = line.decode("utf-8-sig" if number == 1 and encoding == "utf-8" else encoding)
        except (UnicodeDecodeError, LookupError) as error:
            rejects.append(Reject(f"{where}:{number}", "D241", f"the line is not {encoding} ({error}); say --encoding if the file has another"))
            continue
        yield number, text.rstrip("\r\n")


def _columns(cells: list[str], layout: Layout, where: str) -> tuple[Mapping[str, int], bool]:
    """Tell the columns from the first row: by name when it is a header, else by their number."""
    known = {c.casefold(): c for columns in layout.columns.values() for c in columns} | {a.casefold(): c for a, c in layout.aliases.items()}
    named = {known[name]: at for at, cell in enumerate(cells) if (name := cell.strip().removeprefix("#!").strip('"').casefold()) in known}
    if len(named) > _HEADER * len(cells) or (layout.needed and set(layout.needed) <= set(named)):
        missing = [c for c in layout.needed if c not in named]
        if missing:
            raise InputError("D240", f"this is no {layout.name} file: it has no column {', '.join(missing)}", where)
        return named, True
    if (columns := layout.columns.get(len(cells))) is not None:
        return {c: at for at, c in enumerate(columns)}, False
    widths = " or ".join(map(str, layout.columns))
    raise InputError("D240", f"this is no {layout.name} file: its first row has {len(cells)} cells and names no columns; {widths} are expected", where)


def tab_line(cells: Iterable[object]) -> str:
    """Write cells as a line of tab-separated text; tabs and line breaks inside a cell become spaces."""
    return "\t".join("" if c is None else " ".join(str(c).split()) for c in cells) + "\n"


def text_stream(stream: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """Write text to a stream of bytes; letters that the encoding lacks become question marks."""
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="", write_through=True)
