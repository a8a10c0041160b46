"""Suite ``places``: LGL-style XML (Lieberman et al., ICDE 2010); raw text in, toponyms with GeoNames entries out.

A toponym is right when its words touch a gold toponym's and its entry is the gold one, or lies within 10 km of it. Gold toponyms without an
entry are left out, as is a found one that touches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from diurna.errors import InputError
from diurna.evaluate.figures import f1, share
from diurna.knowledge.gazetteer import gazetteer
from diurna.resolve.toponyms import Toponym, find_toponyms, kilometres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diurna.coder import Coder

__all__ = ["places"]

_NEAR_KM = 10.0  # as the published figures on this set count


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """Hold a gold toponym; ``geonames`` is None where the annotators gave no entry."""

    start: int
    end: int
    geonames: str | None
    lat: float
    lon: float
    country: str | None


def places(path: Path, coder: Coder | None = None) -> dict[str, Any]:  # noqa: ARG001 - every suite takes the coder; places need none
    """Score the toponyms found in raw text.

    Args:
        path: an XML file of articles, or a folder of them.
        coder: not used.

    Returns:
        ``f1``, ``precision``, ``recall`` of span with the right entry; ``span_f1`` of spans alone; ``resolved``, the share of matched spans
        with the right entry; ``country``, the share of matched spans in the right country; ``n`` gold toponyms with an entry.

    Raises:
        InputError: D224 if there is no such XML, or one that is not well-formed.
    """
    files = sorted(path.rglob("*.xml")) if path.is_dir() else [path]
    if not files:
        raise InputError("D224", "there is no XML of articles here", str(path))
    n_gold = n_found = spans = right = country = 0
    for file in files:
        for text, gold in articles(file):
            found = [t for t in find_toponyms(text) if t.entry is not None]
            pairs = [(g, t) for g, t in _paired(gold, found) if g.geonames is not None]
            skipped = sum(any(t.start < g.end and g.start < t.end for g in gold if g.geonames is None) for t in found)
            n_gold += sum(g.geonames is not None for g in gold)
            n_found += len(found) - skipped
            spans += len(pairs)
            right += sum(same_place(g, t) for g, t in pairs)
            country += sum(_country_of(g) == (t.entry and t.entry.country) for g, t in pairs)
    return {
        "suite": "places",
        "n": n_gold,
        "f1": f1(right, n_gold, n_found),
        "precision": share(right, n_found),
        "recall": share(right, n_gold),
        "span_f1": f1(spans, n_gold, n_found),
        "resolved": share(right, spans),
        "country": share(country, spans),
    }


def _paired(gold: list[GoldPlace], found: list[Toponym]) -> Iterator[tuple[GoldPlace, Toponym]]:
    free = list(found)
    for g in gold:
        touching = [t for t in free if t.start < g.end and g.start < t.end]
        if touching:
            best = max(touching, key=lambda t: min(t.end, g.end) - max(t.start, g.start))
            free.remove(best)
            yield g, best


def same_place(gold: GoldPlace, found: Toponym) -> bool:
    """Tell whether a toponym's entry is the gold one, or within 10 km of it."""
    entry = found.entry
    if entry is None:
        return False
    return entry.geonames == gold.geonames or kilometres(entry.lat, entry.lon, gold.lat, gold.lon) <= _NEAR_KM


def _country_of(gold: GoldPlace) -> str | None:
    found = [e for e in gazetteer().find(gold.country or "") if e.precision == "country"]
    return found[0].country if found else None


def articles(path: Path) -> Iterator[tuple[str, list[GoldPlace]]]:
    """Read the articles of a file: the text, and its gold toponyms.

    Raises:
        InputError: D224 if the file is no well-formed XML with articles.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.parse(str(path), parser).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        raise InputError("D224", f"not an XML file of articles ({error})", str(path)) from error
    for article in root.iter("article"):
        yield article.findtext("text") or "", [_gold(t) for t in article.iter("toponym")]


def _gold(node: etree._Element) -> GoldPlace:
    tag = node.find("gaztag")
    start, end = int(node.findtext("start") or 0), int(node.findtext("end") or 0)
    if tag is None:
        return GoldPlace(start, end, None, 0.0, 0.0, None)
    return GoldPlace(start, end, tag.get("geonameid"), float(tag.findtext("lat") or 0), float(tag.findtext("lon") or 0), tag.findtext("country"))
