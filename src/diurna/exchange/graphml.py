"""GraphML: parties as nodes, an edge for every pair of an event, for Gephi, igraph, NetworkX and the like."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from diurna.errors import InputError
from diurna.exchange.drafts import checked
from diurna.exchange.own import checked_story
from diurna.exchange.pairs import pairs
from diurna.exchange.rows import opened
from diurna.records import CoderVersion, Confidence, Event, Party, Place, Reject, Sentence, Span, Story, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["read_graphml", "write_graphml"]

_NODE: Final = ("name", "entity", "country", "sector")
_EDGE: Final = (
    "event", "story", "published", "source", "url", "type", "mode", "cameo", "quad", "score", "modality", "trigger", "from", "to", "place", "place_country", "lat", "lon",
    "confidence", "coder", "model",
)  # fmt: skip
_NUMBERS: Final = frozenset({"score", "lat", "lon", "confidence"})
_SPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_TAGS: Final = (f"{{{_SPACE}}}node", f"{{{_SPACE}}}edge")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_graphml(stories: Iterable[Story], stream: IO[bytes]) -> None:
    """Write a directed graph with parallel edges. A node comes before its first edge, so that the file is written as it goes; only the nodes' ids are held."""
    stream.write(_head().encode())
    seen: set[bytes] = set()
    for story in stories:
        for event in story.events:
            for number, pair in enumerate(pairs(event), 1):
                if not (pair.actors and pair.recipients):
                    continue
                ends = pair.actors[0], pair.recipients[0]
                for party in ends:
                    if (key := _key(party)) not in seen:
                        seen.add(key)
                        stream.write(_element("node", f"id={quoteattr('n' + key.hex())}", _node(party)))
                between = f"source={quoteattr('n' + _key(ends[0]).hex())} target={quoteattr('n' + _key(ends[1]).hex())}"
                stream.write(_element("edge", f"id={quoteattr(f'{_clean(event.id)}.{number}')} {between}", _edge(story, pair)))
    stream.write(b"</graph>\n</graphml>\n")


def _head() -> str:
    keys = [("node", n) for n in _NODE] + [("edge", e) for e in _EDGE]
    lines = [f'<key id="{kind[0]}_{n}" for="{kind}" attr.name="{n}" attr.type="{"double" if n in _NUMBERS else "string"}"/>' for kind, n in keys]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{_SPACE}">\n' + "\n".join(lines) + '\n<graph edgedefault="directed" parse.order="free">\n'


def _key(party: Party) -> bytes:
    return blake2b("\x1f".join(v or "" for v in _node(party).values()).encode("utf-8", "replace"), digest_size=8).digest()


def _node(party: Party) -> dict[str, Any]:
    return {"name": party.name or party.text, "entity": party.entity, "country": party.country, "sector": party.sector}


def _edge(story: Story, event: Event) -> dict[str, Any]:
    where, when = event.where, event.when
    return {
        "event": event.id, "story": event.story, "published": story.published, "source": story.source, "url": story.url, "type": event.type, "mode": event.mode,
        "cameo": event.cameo, "quad": event.quad, "score": event.score, "modality": event.modality, "trigger": event.trigger.text,
        "from": when and when.from_, "to": when and when.to, "place": where and (where.name or where.text), "place_country": where and where.country,
        "lat": where and where.lat, "lon": where and where.lon, "confidence": event.confidence.event, "coder": event.coder.version, "model": event.coder.model,
    }  # fmt: skip


def _clean(value: object) -> str:
    return _ILLEGAL.sub("\ufffd", str(value))


def _element(tag: str, attributes: str, data: dict[str, Any]) -> bytes:
    inner = "".join(f'<data key="{tag[0]}_{k}">{escape(_clean(v))}</data>' for k, v in data.items() if v not in {None, ""})
    return f"<{tag} {attributes}>{inner}</{tag}>\n".encode()


def read_graphml(path: str | Path) -> Iterator[Story | Reject]:
    """Read what ``write_graphml`` wrote: an event an edge, its evidence a line of the edge's own words. Entities and outside references of XML are not followed."""
    nodes: dict[str, Party] = {}
    with opened(path) as streams:
        for stream in streams:
            try:
                for _, element in etree.iterparse(stream, events=("end",), tag=_TAGS, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False):
                    data = {str(d.get("key"))[2:]: d.text or "" for d in element}
                    if element.tag.endswith("node"):
                        nodes[str(element.get("id"))] = Party("", 0, 0, *(data.get(k) or None for k in _NODE))
                    else:
                        yield _story(data, nodes, str(element.get("source")), str(element.get("target")), f"{path}:{element.sourceline}")
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
            except etree.XMLSyntaxError as error:
                raise InputError("D240", f"this is no GraphML, or it is damaged ({error}); what stands before was read", str(path)) from error


def _story(data: dict[str, str], nodes: dict[str, Party], source: str, target: str, where: str) -> Story | Reject:
    try:
        event = checked(_event(data, nodes[source], nodes[target]), where)
        published, by, url = (data.get(k) or None for k in ("published", "source", "url"))
        return checked_story(Story(event.story, "\t".join(_words(data, nodes[source], nodes[target])), published, by, url, language=None, events=(event,)), where)
    except (KeyError, ValueError) as error:
        return Reject(where, "D244", f"the edge is no event of the record ({error!r})")
    except InputError as error:
        return Reject(where, error.code, error.message)


def _words(data: dict[str, str], actor: Party, recipient: Party) -> tuple[str, ...]:
    return actor.name or "", data["trigger"], recipient.name or "", data.get("place", "")


def _event(data: dict[str, str], actor: Party, recipient: Party) -> Event:
    spans, at = [], 0
    for words in _words(data, actor, recipient):
        spans.append((words, at, at + len(words)))
        at += len(words) + 1
    first, trigger, second, place = spans
    degrees = [float(data[k]) if data.get(k) else None for k in ("lat", "lon")]
    where = Place(*place, name=data["place"], country=data.get("place_country") or None, lat=degrees[0], lon=degrees[1]) if data.get("place") else None
    sure = float(data["confidence"])
    return Event(
        id=data["event"], story=data["story"], sentence=Sentence(0, 0, at - 1), type=data["type"], mode=data.get("mode") or None, cameo=data.get("cameo", ""),
        quad=data.get("quad", ""),
        score=float(data["score"]), contexts=(), modality=data["modality"], trigger=Span(*trigger),
        actors=(Party(*first, actor.name, actor.entity, actor.country, actor.sector),),
        recipients=(Party(*second, recipient.name, recipient.entity, recipient.country, recipient.sector),),
        when=When(data["from"], data["to"]) if data.get("from") else None, where=where, attributed_to=None, harm=(), treaty=None,
        confidence=Confidence(sure, sure), coder=CoderVersion(data.get("coder", ""), data.get("model", "")),
    )  # fmt: skip
