"""Make the sample record that ``diurna serve --demo`` shows: ``python examples/sample.py``.

``examples/sample.txt`` holds invented news of half a year. Five invented houses tell each of them: a wire, a house that copies it, and three that
tell it in their own order and words, so that the record has copies, independent sources and claimants who disagree. The program codes them.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from diurna.coder import Coder
from diurna.link import Families
from diurna.serve.sample import RULES, SAMPLE, SIGNALS, sample_record
from diurna.signals import load_rules, replay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from diurna.records import Story

_TEXT = Path(__file__).with_name("sample.txt")
_DAYS = 366  # of the replay; the sample has fewer


@dataclass
class _Line:
    """Hold a line of news: its place, its background, and each day's headline with three sentences."""

    place: str
    background: list[str] = field(default_factory=list)
    days: list[tuple[date, str, list[str]]] = field(default_factory=list)


def _lines(text: str) -> Iterator[_Line]:
    now: _Line | None = None
    for row in text.splitlines():
        if not row or row.startswith("#"):
            continue
        if row.startswith("= "):
            if now is not None:
                yield now
            now = _Line(row[2:])
            continue
        assert now is not None, row
        if row.startswith("~ "):
            now.background.append(row[2:])
        elif row[:4].isdigit():
            day, _, title = row.partition(" ")
            now.days.append((date.fromisoformat(day), title, []))
        else:
            now.days[-1][2].append(row.replace("{day}", f"{now.days[-1][0]:%A}"))
    if now is not None:
        yield now


def _told(line: _Line) -> Iterator[tuple[date, str, str, str]]:
    """Tell each day's news as each house does: day, house, headline, text."""
    for number, (day, title, (first, second, said)) in enumerate(line.days):
        one, other = line.background[number % 3], line.background[(number + 1) % 3]
        after = day + timedelta(days=1)
        yield day, "Meridian Wire", title, f"{line.place} (Meridian Wire) — {first} {said}\n\n{one}"
        yield day, "Kestrel News", title, f"{line.place} (Meridian Wire) — {first} {said}"
        yield day, "Harbour Times", second.partition(" on ")[0].rstrip(".,"), f"{second} {other}\n\n{said}"
        yield after, "Northern Post", said.rstrip("."), f"{said}\n\n{second} {one}"
        yield after, "Delta Courier", f"{title}: what is known", f"{other} {first}"


def _coded() -> list[Story]:
    coder, found = Coder(threads=1), []
    for line in _lines(_TEXT.read_text("utf-8")):
        for day, house, title, text in _told(line):
            found.append(coder.code(text, published=day.isoformat(), source=house, title=title))
    return found


def main() -> None:
    """Write the sample."""
    stories = _coded()
    copies = {v.story: v.previous for f in Families(stories) for v in f.versions if v.kind in {"exact", "copy"} and v.previous}
    whole = [replace(s, duplicate_of=copies.get(s.id)) for s in stories]
    lines = [json.dumps(s.to_dict() | {"events": [e.to_dict() for e in s.events]}, ensure_ascii=False) for s in sorted(whole, key=lambda s: (s.published or "", s.id))]
    _packed(SAMPLE, lines)
    rules = Path(__file__).with_name("signals.toml")
    Path(str(RULES)).write_bytes(rules.read_bytes())
    _packed(SIGNALS, [])
    with TemporaryDirectory() as folder:
        _packed(SIGNALS, [s.to_json() for s in replay(load_rules(rules), sample_record(Path(folder)), _DAYS).signals])


def _packed(where: Traversable, lines: list[str]) -> None:
    Path(str(where)).write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
