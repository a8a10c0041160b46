"""GeoJSON (RFC 7946): a feature an event, at the place of the act."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.exchange.own import checked_story, event_of
from diurna.exchange.rows import opened
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["read_geojson", "write_geojson"]

_CHUNK = 1 << 16
_LONGEST = 16_000_000  # characters of one feature
_FACTS = ("published", "source", "url", "title", "language")


def write_geojson(stories: Iterable[Story], stream: IO[bytes]) -> None:
    """Write a FeatureCollection: the event's record in each feature's properties, no geometry where the place has no coordinates."""
    stream.write(b'{"type": "FeatureCollection", "features": [')
    comma = "\n"
    for story in stories:
        for event in story.events:
            where = event.where
            point = None if where is None or where.lat is None or where.lon is None else {"type": "Point", "coordinates": [where.lon, where.lat]}
            facts = {k: v for k in _FACTS if (v := getattr(story, k)) is not None}
            feature = {"type": "Feature", "id": event.id, "geometry": point, "properties": event.to_dict() | {"report": facts}}
            stream.write((comma + json.dumps(feature, ensure_ascii=False)).encode())
            comma = ",\n"
    stream.write(b"\n]}\n")


def read_geojson(path: str | Path) -> Iterator[Story | Reject]:
    """Read what ``write_geojson`` wrote, a feature at a time, however the file is laid out."""
    with opened(path) as streams:
        for stream in streams:
            for number, feature in enumerate(_features(stream, str(path)), 1):
                where = f"{path}[{number}]"
                try:
                    properties = feature["properties"]
                    facts = {k: str(v) for k, v in (properties.get("report") or {}).items() if k in _FACTS}
                    event = event_of(properties, where)
                    story = checked_story(Story(event.story, "", events=(event,), **({"language": None} | facts)), where)  # type: ignore[arg-type]
                except InputError as error:
                    yield Reject(where, error.code, error.message)
                    continue
                except (KeyError, TypeError, AttributeError) as error:
                    yield Reject(where, "D244", f"this is no feature of the record ({error!r})")
                    continue
                yield story


def _features(stream: IO[bytes], where: str) -> Iterator[Any]:
    """Parse the objects of the array ``features`` one after another, holding one at a time."""
    decoder = json.JSONDecoder()
    text = _Text(stream, where)
    text.skip_to('"features"')
    text.skip_to("[")
    while (sign := text.next_sign()) not in {"]", ""}:
        if sign == ",":
            text.buffer = text.buffer[1:]
            continue
        yield text.value(decoder)


class _Text:
    """Hold the part of a stream's text that is being read."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        import codecs

        self.stream = stream
        self.where = where
        self.buffer = ""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def more(self) -> bool:
        """Read on; tell whether there was anything."""
        block = self.stream.read(max(_CHUNK, len(self.buffer)))  # doubling, so that a long object is not parsed over and over
        try:
            self.buffer += self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise InputError("D241", f"the file is not UTF-8 ({error})", self.where) from error
        return bool(block)

    def skip_to(self, words: str) -> None:
        """Drop everything up to and with some words."""
        while (at := self.buffer.find(words)) < 0:
            self.buffer = self.buffer[-len(words) :]
            if not self.more():
                raise InputError("D240", "this is no GeoJSON FeatureCollection", self.where)
        self.buffer = self.buffer[at + len(words) :]

    def next_sign(self) -> str:
        """Look at the next character that is no space."""
        while not (rest := self.buffer.lstrip()) and self.more():
            pass
        self.buffer = self.buffer.lstrip() or rest
        return self.buffer[:1]

    def value(self, decoder: json.JSONDecoder) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Parse the next value."""
        while True:
            try:
                value, end = decoder.raw_decode(self.buffer)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self.buffer) > _LONGEST or isinstance(error, RecursionError) or not self.more():
                    raise InputError("D213", f"the file is not JSON or a feature is too long ({error}); what stands before was read", self.where) from error
                continue
            self.buffer = self.buffer[end:]
            return value
