"""What a reviewer may say of an event's fields, in words that are easy to type, made into values that fit the record."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from diurna.errors import StoreError
from diurna.ontology import MODALITIES, SECTORS
from diurna.records import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diurna.ontology import Ontology
    from diurna.records import Story

__all__ = ["FIELDS", "corrected", "values_of"]

FIELDS: Final = ("type", "mode", "modality", "trigger", "actors", "recipients", "when", "where", "attributed_to", "harm", "treaty", "contexts")
"""Fields that a reviewer may correct; CAMEO code, quad and score follow from type and mode."""
_SIDES = ("actors", "recipients")
_COUNTRY = re.compile(r"[A-Z]{3}")


def values_of(event: Event, story: Story, said: Mapping[str, Any], ontology: Ontology) -> dict[str, Any]:
    """Make the values of corrected fields from what a reviewer said.

    Args:
        event: the event as it is held to be now.
        story: its story.
        said: by field, its right value in the form of docs/record.md; or by a path into it (``actors.0.country``); or, for what stands in the text, its
            words; for ``when`` a day, or two with a slash between.
        ontology: whose types and modes there are.

    Returns:
        By field, its whole right value.

    Raises:
        StoreError: D533 if a field cannot be corrected or a value does not fit.
    """
    record = event.to_dict()
    record.setdefault("treaty", None)
    for path, value in said.items():
        name, *rest = path.split(".")
        if name not in FIELDS:
            raise StoreError("D533", f"“{name}” cannot be corrected; choose one of {', '.join(FIELDS)}", event.id)
        if rest:
            _put(record, [name, *rest], value, event.id)
        else:
            record[name] = _value(name, value, event, story)
    if "type" in said and "mode" not in said and not ontology.has(record["type"], record["mode"]):
        record["mode"] = None  # another type's
        said = {**said, "mode": None}
    try:
        _check(Event.from_dict(record), story, ontology)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError("D533", f"the corrected event is none ({type(error).__name__}: {error}); docs/record.md shows the form of each field", event.id) from error
    return {name: record[name] for name in dict.fromkeys(path.split(".")[0] for path in said)}


def _put(record: dict[str, Any], path: list[str], value: Any, where: str) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Set a value inside a field, such as ``actors.0.country``; what lies on the way is copied by ``to_dict`` already."""
    inner: Any = record
    try:
        for key in path[:-1]:
            inner = inner[int(key)] if isinstance(inner, list) else inner[key]
        if isinstance(inner, list):
            inner[int(path[-1])] = value
        else:
            inner[path[-1]] = value
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise StoreError("D533", f"the event has no “{'.'.join(path)}” to correct ({error})", where) from error


def _value(name: str, value: Any, event: Event, story: Story) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if name in _SIDES:
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return [_party(v, event, story) if isinstance(v, str) else v for v in listed]
    if name in {"trigger", "where"} and isinstance(value, str):
        return _span(value, event, story)
    if name == "attributed_to" and isinstance(value, str):
        return {"cue": None, "quote": False} | _party(value, event, story)
    if name == "when" and isinstance(value, str):
        first, _, last = value.partition("/")
        return {"text": None, "start": None, "end": None, "from": first, "to": last or first}
    return value


def _party(words: str, event: Event, story: Story) -> dict[str, Any]:
    """Find a party by its words; one that the event names already, on either side, keeps what is known of it."""
    known = [*event.actors, *event.recipients]
    if event.attributed_to is not None:
        known.append(event.attributed_to)
    for party in known:
        if words in {party.text, party.name}:
            return {k: getattr(party, k) for k in ("text", "start", "end", "name", "entity", "country", "sector", "role")}
    return _span(words, event, story)


def _span(words: str, event: Event, story: Story) -> dict[str, Any]:
    """Find words in the event's sentence, or else in the story, where they must stand once."""
    for low, high, place in ((event.sentence.start, event.sentence.end, "the sentence"), (0, len(story.text), "the story")):
        found = [m.start() for m in re.finditer(re.escape(words), story.text[low:high])] if words else []
        if len(found) > 1:
            raise StoreError("D533", f"“{words}” stands {len(found)} times in {place}; give {{“text”, “start”, “end”}} instead", event.id)
        if found:
            return {"text": words, "start": low + found[0], "end": low + found[0] + len(words)}
    raise StoreError("D533", f"“{words}” does not stand in the story; give words as they are written there", event.id)


def _check(event: Event, story: Story, ontology: Ontology) -> None:
    """Refuse values that no record of ours could hold."""
    if not ontology.has(event.type, event.mode):
        kind = ontology.types.get(event.type)
        choice = f"modes of {event.type} are {', '.join(kind.modes) or 'none'}" if kind else f"types are {', '.join(ontology.types)}"
        raise StoreError("D533", f"there is no {event.type}{f'/{event.mode}' if event.mode else ''}; {choice}", event.id)
    if event.modality not in MODALITIES:
        raise StoreError("D533", f"there is no modality “{event.modality}”; choose one of {', '.join(MODALITIES)}", event.id)
    for span in event.spans():
        if not 0 <= span.start < span.end or story.text[span.start : span.end] != span.text:
            raise StoreError("D533", f"“{span.text}” does not stand at {span.start} to {span.end} of the story", event.id)
    for party in (*event.actors, *event.recipients, *((event.attributed_to,) if event.attributed_to else ())):
        if party.country is not None and not _COUNTRY.fullmatch(party.country):
            raise StoreError("D533", f"“{party.country}” is no country; give alpha-3, IGO, NGO, MNC or null", event.id)
        if party.sector is not None and party.sector not in SECTORS:
            raise StoreError("D533", f"there is no sector “{party.sector}”; choose one of {', '.join(SECTORS)}", event.id)
    if event.when is not None and date.fromisoformat(event.when.from_) > date.fromisoformat(event.when.to):
        raise StoreError("D533", "the act ends before it begins", event.id)


def corrected(event: Event, values: Mapping[str, Any], ontology: Ontology) -> Event:
    """Put corrected values in an event's place; CAMEO code, quad and score follow where the ontology has the type.

    Args:
        event: as the machine coded it.
        values: by field, as ``values_of`` gives them.
        ontology: whose types and modes there are.
    """
    record = event.to_dict() | dict(values)
    if ontology.has(record["type"], record["mode"]) and not values.keys().isdisjoint({"type", "mode"}):
        kind = ontology.types[record["type"]]
        record |= {"cameo": kind.cameo_of(record["mode"]), "quad": ontology.quad_of(kind.name), "score": kind.score_of(record["mode"])}
    return Event.from_dict(record)
