"""The command ``diurna claims``: who said what."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

__all__ = ["claims"]


def claims(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="As for diurna code.")],
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Only claims whose source has these words.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a claim, with offsets.")] = False,
) -> None:
    """List who said what in stories: source, reporting words, what is told, and whether it is quoted."""
    from diurna.coding.attributions import find_claims
    from diurna.read import read
    from diurna.records import Reject

    rejects = 0
    for story in read(files, stdin=sys.stdin.buffer):
        if isinstance(story, Reject):
            typer.echo(f"rejected: {story.where}: {story.code} {story.reason}", err=True)
            rejects += 1
            continue
        for claim in find_claims(story.text):
            if source and source.casefold() not in (claim.source.text if claim.source else "").casefold():
                continue
            if as_json:
                typer.echo(json.dumps({"story": story.id, **claim.to_dict()}, ensure_ascii=False))
                continue
            told = " … ".join(" ".join(c.text.split()) for c in claim.content)
            typer.echo(f"{' '.join(claim.source.text.split()) if claim.source else '–'} · {claim.cue.text}{' (quoted)' if claim.quote else ''} · {told}")
    if rejects:
        raise typer.Exit(1)
