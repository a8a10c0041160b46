"""Take the report out of a web page or a Markdown file. Nothing is ever fetched."""

from __future__ import annotations

import re
from typing import Any

from diurna.errors import InputError

__all__ = ["read_html", "read_markdown"]

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FIELD = re.compile(r"^(title|date|published|author|source|url):\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE)


def read_html(page: str) -> dict[str, Any]:
    """Take main text, title, author, site and date out of a page, by trafilatura and htmldate.

    A date counts only where the page states it as its own (metadata, address, time element), never one of the running text.

    Args:
        page: the page as text.

    Returns:
        Fields of a story: ``text``, and ``title``, ``author``, ``source``, ``url``, ``published`` where the page tells them.

    Raises:
        InputError: D207 if the page holds no main text.
    """
    import trafilatura
    from htmldate import find_date

    found = trafilatura.bare_extraction(page, include_comments=False, include_tables=False, with_metadata=True)
    fields: dict[str, Any] = found if isinstance(found, dict) else found.as_dict() if found is not None else {}
    text = str(fields.get("text") or "")
    if not text.strip():
        raise InputError("D207", "the page holds no main text that could be a report")
    # The page's text is one paragraph a line; a blank line between keeps headings out of sentences.
    return {
        "text": re.sub(r"\n+", "\n\n", text),
        "title": fields.get("title"),
        "author": fields.get("author"),
        "source": fields.get("sitename"),
        "url": fields.get("url"),
        "published": find_date(page, original_date=True, extensive_search=False),
    }


def read_markdown(text: str) -> dict[str, Any]:
    """Take the words out of Markdown, a paragraph each block; front matter and a first heading tell date and title.

    Args:
        text: the file's text.

    Returns:
        Fields of a story: ``text``, and ``title``, ``author``, ``source``, ``url``, ``published`` where the front matter tells them.
    """
    from markdown_it import MarkdownIt

    fields: dict[str, Any] = {}
    front = _FRONT.match(text)
    if front:
        fields = {k.lower(): v for k, v in _FIELD.findall(front.group(1)) if v}
        fields["published"] = fields.pop("date", None) or fields.get("published")
        text = text[front.end() :]
    blocks: list[str] = []
    tokens = MarkdownIt().parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        words = "".join(_words(child) for child in token.children or ())
        if before is not None and before.type == "heading_open" and before.tag == "h1" and not fields.get("title"):
            fields["title"] = words
            continue
        blocks.append(words)
    return {**fields, "text": "\n\n".join(b for b in blocks if b.strip())}


def _words(token: Any) -> str:  # noqa: ANN401 - markdown-it's token class is not exported for typing
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "code_inline"} else ""
