"""Make stories of imported rows, and check what they say.

An imported row becomes a story whose text is the row itself, with at most one event; every span of the event points at a cell of the row, so
that an imported value too shows where it comes from, and nothing that the row says is lost.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from diurna.errors import InputError
from diurna.ontology import HARM_KINDS, MODALITIES, QUADS, SECTORS, TYPES
from diurna.records import CoderVersion, Confidence, Event, Harm, Party, Place, Sentence, Span, Story, When, event_id, story_id

if TYPE_CHECKING:
    from diurna.exchange.rows import Row

__all__ = ["Draft", "checked", "coder_of", "coordinates_of", "count_of", "day_of", "finish", "is_day", "number_of", "own_id", "place_of", "when_of"]

_OWN_ID = re.compile(r"[0-9a-f]{20}(-\d+)?|(gdelt|icews|phoenix|polecat|acled|ucdp):\S+")
_PEOPLE = 10_000_000_000
_PLAIN_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(\d{6})?")


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold what a row says of its event."""

    trigger: Span
    type: str
    mode: str | None
    cameo: str
    actors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    when: When | None = None
    where: Place | None = None
    harm: tuple[Harm, ...] = ()
    contexts: tuple[str, ...] = ()
    sentence: int = 0


@cache
def coder_of(name: str) -> CoderVersion:
    """Name what made an imported record: this program's version, and the format that it was read from."""
    return CoderVersion(version("diurna"), f"import:{name}")


def own_id(name: str, given: str) -> str:
    """Make an event's id of the publisher's: one of ours stays as it is, another gets the format's name before it."""
    return given if _OWN_ID.fullmatch(given) else f"{name}:{given}"


def finish(
    row: Row,
    name: str,
    key: str,
    draft: Draft | None,
    *,
    published: str | None,
    source: str | None = None,
    url: str | None = None,
    title: str | None = None,
    language: str | None = None,
) -> Story:
    """Make the story of a row.

    Args:
        row: the row.
        name: the format's name.
        key: the publisher's id of the row.
        draft: what the row says of its event; None when it tells of none.
        published: day of publication, ISO 8601.
        source: who published it.
        url: where.
        title: headline.
        language: ISO 639-1.

    Returns:
        The story, with the event.
    """
    text = row.text
    story = story_id(text, published)
    events = () if draft is None else (_event(draft, story, len(text), name, key),)
    return Story(story, text, published, source or None, url or None, title or None, language=language or None, key=key or None, events=events)


def _event(draft: Draft, story: str, length: int, name: str, key: str) -> Event:
    kind = TYPES[draft.type]
    own = own_id(name, key) if key else event_id(story, draft.trigger.start, draft.trigger.end, draft.type)
    return Event(
        id=own, story=story, sentence=Sentence(draft.sentence, 0, length), type=draft.type, mode=draft.mode, cameo=draft.cameo, quad=QUADS[kind.quad],
        score=kind.score_of(draft.mode), contexts=draft.contexts, modality="actual", trigger=draft.trigger, actors=draft.actors, recipients=draft.recipients,
        when=draft.when, where=draft.where, attributed_to=None, harm=draft.harm, treaty=None, confidence=Confidence(1.0, 1.0), coder=coder_of(name),
    )  # fmt: skip


def day_of(row: Row, column: str) -> str | None:
    """Read a day: 2014-06-20, 20140620, 20140620153000 or 20 June 2014; None when the cell is empty.

    Raises:
        InputError: D243 if the cell holds something else.
    """
    if not (words := row.get(column)):
        return None
    try:
        if plain := _PLAIN_DAY.fullmatch(words):
            return date(int(plain[1]), int(plain[2]), int(plain[3])).isoformat()
        if words[:2].isdigit() and not words[:4].isdigit():
            return _worded_day(words)
        return date.fromisoformat(words[:10]).isoformat()
    except ValueError as error:
        raise InputError("D243", f"“{words[:40]}” in {column} is no day", row.where) from error


def _worded_day(words: str) -> str:
    from calendar import month_name

    day, month, year = words.split()
    return date(int(year), list(month_name).index(month.capitalize()), int(day)).isoformat()


def when_of(row: Row, column: str, until: str | None = None) -> When | None:
    """Read when the act took place: one day, or from one column's day to another's."""
    first = day_of(row, column)
    if first is None or (span := row.span(column)) is None:
        return None
    return When(first, (day_of(row, until) if until else None) or first, span.text, span.start, span.end)


def number_of(row: Row, column: str) -> float | None:
    """Read a number; None when the cell is empty.

    Raises:
        InputError: D243 if the cell holds no finite number.
    """
    if not (words := row.get(column)):
        return None
    try:
        number = float(words)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError("D243", f"“{words[:40]}” in {column} is no number", row.where)
    return number


def count_of(row: Row, column: str) -> int | None:
    """Read a number of people; None when the cell is empty.

    Raises:
        InputError: D243 if the cell holds no number that people can have.
    """
    number = number_of(row, column)
    if number is None:
        return None
    if not 0 <= number <= _PEOPLE:
        raise InputError("D243", f"“{row.get(column)[:40]}” in {column} is no number of people", row.where)
    return int(number)


def coordinates_of(row: Row, lat: str, lon: str) -> tuple[float | None, float | None]:
    """Read degrees of latitude and longitude; both or neither.

    Raises:
        InputError: D243 if they are no place on Earth.
    """
    north, east = number_of(row, lat), number_of(row, lon)
    if north is None or east is None:
        return None, None
    if abs(north) > 90 or abs(east) > 180:  # noqa: PLR2004 - degrees
        raise InputError("D243", f"{north}, {east} in {lat}, {lon} are no degrees of latitude and longitude", row.where)
    return north, east


def place_of(span: Span | None, name: str | None, **facts: Any) -> Place | None:  # noqa: ANN401 - fields of a place
    """Make the place of an act; None when the row names none."""
    return None if span is None else Place(span.text, span.start, span.end, name=name or None, **{k: v if v != "" else None for k, v in facts.items()})


def is_day(value: object) -> bool:
    """Tell whether a value is a day as the record writes it: 2023-02-22."""
    try:
        return isinstance(value, str) and len(value) == len("2023-02-22") and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def checked(event: Event, where: str) -> Event:
    """Check that a record from outside holds what its fields allow; its type may be of an ontology of the user's own.

    Raises:
        InputError: D244 if it does not.
    """
    kind = TYPES.get(event.type) if isinstance(event.type, str) else None
    parties = [*event.actors, *event.recipients, *((event.attributed_to,) if event.attributed_to else ())]
    words = [w for p in parties for w in (p.name, p.entity, p.country, p.role) if w is not None]
    numbers = [n for n in (event.where.lat, event.where.lon) if n is not None] if event.where else []
    wrong = (
        "type" if not (isinstance(event.type, str) and event.type and isinstance(event.quad, str) and isinstance(event.cameo, str))
        else "mode" if not (event.mode is None or isinstance(event.mode, str)) or (kind is not None and event.mode is not None and event.mode not in kind.modes)
        else "modality" if event.modality not in MODALITIES
        else "contexts" if not all(isinstance(c, str) for c in event.contexts)
        else "sector" if not {p.sector for p in parties} <= {None, *SECTORS}
        else "harm" if not {h.kind for h in event.harm} <= set(HARM_KINDS)
        else "party" if not all(isinstance(w, str) for w in words)
        else "offsets" if not all(isinstance(s.text, str) and isinstance(s.start, int) and isinstance(s.end, int) and 0 <= s.start <= s.end for s in event.spans())
        else "where" if not all(isinstance(n, (int, float)) and math.isfinite(n) for n in numbers)
        else "confidence" if not 0 <= event.confidence.event <= 1
        else None
    )  # fmt: skip
    if wrong is None and event.when is not None and not (is_day(event.when.from_) and is_day(event.when.to) and event.when.from_ <= event.when.to):
        wrong = "when"
    if wrong:
        raise InputError("D244", f"the event's “{wrong}” is none of the record's (docs/record.md)", where)
    return event
