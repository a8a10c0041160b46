"""Make a story of a page; tell walls from reports."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from diurna.errors import InputError
from diurna.read.documents import read_html
from diurna.read.encodings import decode
from diurna.read.feeds.listing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.read.feeds.fetch import Page

__all__ = ["Wall", "canonical_of", "find_wall", "read_article"]

_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
_LD: Final = re.compile(r"""<script[^>]{0,200}type=["']application/ld\+json["'][^>]{0,200}>""", re.IGNORECASE)
_TIER: Final = re.compile(r"""<meta[^>]{0,200}content_tier["'][^>]{0,100}content=["'](locked|metered|free)["']""", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_LINK: Final = re.compile(r"""<link\b[^>]{0,600}\brel=["']?canonical\b[^>]{0,600}>""", re.IGNORECASE)
_HREF: Final = re.compile(r"""\bhref=["']([^"'>\s]{1,2000})["']""", re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset=[\"']?([\w-]{2,30})", re.IGNORECASE)

_SHORT: Final = 1_200  # characters: a wall shows less of a report than this
_BLOCKS: Final = 50  # of JSON-LD
_BARE: Final = 20_000  # characters of a page without main text that are searched for a wall
_HEAD: Final = 400_000  # characters of a page that are searched
def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b", re.IGNORECASE)


_PAY: Final = _any_of(
    r"(?:subscribe|sign in|log in|register)(?: now| today)? (?:to|and) (?:continue|keep|finish) reading",
    r"(?:to|want to) (?:continue|keep) reading,? (?:this (?:article|story),? )?(?:please )?(?:subscribe|log in|sign in|register)",
    r"this (?:article|story|content) is (?:only )?(?:for|available to) (?:our )?(?:paying |premium |registered )?(?:subscribers|members)",
    r"you(?:'|’)?(?:ve| have) (?:reached|used|read) (?:your|all (?:of )?your|the) (?:monthly |last )?(?:limit|free|number)",
    r"subscribers? only",
    r"unlock (?:this|the full) (?:article|story)",
    r"remaining free articles?",
)
_CONSENT: Final = _any_of(
    r"before you continue",
    r"(?:we|our partners|partners)\b[^.]{0,120}\b(?:use|store) (?:cookies|and/or access information)",
    r"(?:accept|reject|agree to) (?:all )?cookies",
    r"manage (?:your )?(?:cookie|privacy|consent) (?:choices|settings|preferences|options)",
    r"your privacy (?:choices|is important)",
    r"consent to (?:the use|our use|cookies)",
)
_ROBOT: Final = _any_of(
    r"verify(?:ing)? (?:that )?you(?:'|’)?(?: are|re) (?:a )?(?:human|not a (?:ro)?bot)",
    r"enable javascript and cookies",
    r"checking your browser",
    r"unusual traffic",
    r"access (?:to this page has been )?denied",
    r"complete the (?:security check|captcha)",
    r"attention required",
    r"just a moment",
)
_CONSENT_PLACE: Final = re.compile(r"(?:^|\.)(?:consent|guce|cmp|privacy|gdpr)\.|/(?:consent|gdpr|cookie-?wall|privacy-?gate|collectconsent)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wall:
    """Name what stands between the reader and the report: ``D258`` for payment, ``D259`` for consent or a test for robots; and how it was told."""

    code: str
    why: str


def find_wall(page: str, text: str, url: str, asked: str | None = None) -> Wall | None:
    """Tell a page that asks for money, consent or proof of being human from a report.

    Args:
        page: the page's HTML.
        text: its main text.
        url: where it was in the end.
        asked: the address first asked for.

    >>> find_wall("<title>Storm</title>", "Subscribe to continue reading.", "https://example.org/a").code
    'D258'
    """
    if _not_free(page):
        return Wall("D258", "the page says of itself that it is not free to read")
    place = urlsplit(url)
    if asked and host(asked) != host(url) and _CONSENT_PLACE.search(f"{place.hostname}{place.path}"):
        return Wall("D259", "the address led to a page that asks for consent")
    if len(text) >= _SHORT:
        return None
    title = _TITLE.search(page[:_HEAD])
    words = f"{title.group(1) if title else ''}\n{text}"
    for code, pattern, name in (("D258", _PAY, "a subscription"), ("D259", _ROBOT, "proof of being human"), ("D259", _CONSENT, "consent")):
        if found := pattern.search(words):
            return Wall(code, f"the page asks for {name} (“{' '.join(found.group().split())[:80]}”)")
    return None


def host(url: str) -> str | None:
    """Give the host's name, None where there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _not_free(page: str) -> bool:
    if (tier := _TIER.search(page[:_HEAD])) and tier.group(1).lower() == "locked":
        return True
    return any(_says_not_free(block) for block in _linked_data(page[:_HEAD]))


def _linked_data(page: str) -> Iterator[str]:
    """Give the first blocks of JSON-LD; a block that never ends is none, nor is any after it, so that the page is gone through once."""
    for found in islice(_LD.finditer(page), _BLOCKS):
        end = page.find("</script", found.end())
        if end < 0:
            return
        yield page[found.end() : end]


def _says_not_free(block: str) -> bool:
    """Look for schema.org's ``isAccessibleForFree: false`` on the article itself, not on a part of it."""
    try:
        found = json.loads(block)
    except (ValueError, RecursionError):
        return False
    rows = found if isinstance(found, list) else found.get("@graph", [found]) if isinstance(found, dict) else []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and str(row.get("isAccessibleForFree")).lower() in {"false", "http://schema.org/false", "https://schema.org/false"}:
            return True
    return False


def canonical_of(page: str, url: str) -> str:
    """Give the address that a page names as its own, if it lies within the same site; else the one it was had from.

    >>> canonical_of('<link rel="canonical" href="/news/1">', "https://www.example.org/amp/1?x=2")
    'https://www.example.org/news/1'
    """
    link = _LINK.search(page[:_HEAD])
    href = link and _HREF.search(link.group())
    if href is not None:
        try:
            named = urljoin(url, href.group(1))
        except ValueError:
            return canonical(url)
        if named.startswith(("http://", "https://")) and _site(named) == _site(url) and urlsplit(named).path not in {"", "/"}:
            return canonical(named)
    return canonical(url)


def _site(url: str) -> str | None:
    """Give the registered domain, or the host where there is none."""
    from tld import get_fld

    return get_fld(url, fail_silently=True) or host(url)


def read_article(page: Page, asked: str) -> tuple[dict[str, Any], str]:
    """Take the report out of a fetched page.

    Args:
        page: as fetched.
        asked: the address that was asked for.

    Returns:
        Fields of a story, and the page's canonical address.

    Raises:
        InputError: D203, D206 or D207 if there is no text; D255 if the page is of a wrong type; D258, D259 if a wall stands before it.
    """
    if page.kind not in _TYPES:
        raise InputError("D255", f"the address gives {page.kind[:60]}, not a page of text", asked)
    told = _CHARSET.search(page.headers.get("content-type", ""))
    text = _decoded(page.body, told.group(1) if told else None)
    if page.kind == "text/plain":
        return {"text": text}, canonical(page.url)
    try:
        fields = read_html(text)
    except InputError:
        fields = {"text": ""}
    wall = find_wall(text, fields["text"], page.url, asked)
    if wall is None and not fields["text"]:
        wall = find_wall(text, re.sub(r"(?s)<script.*?</script>|<style.*?</style>|<[^>]{0,2000}>", " ", text[:_BARE])[:_SHORT], page.url, asked)
    if wall is not None:
        raise InputError(wall.code, wall.why, asked)
    if not fields["text"]:
        raise InputError("D207", "the page holds no main text that could be a report", asked)
    return fields, canonical_of(text, page.url)


def _decoded(data: bytes, told: str | None) -> str:
    """Decode by the server's word where it fits; else as a file's bytes are."""
    if told:
        try:
            return data.decode(told)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return decode(data, html=True)
