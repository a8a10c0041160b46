"""The command ``diurna annotate``: stories pre-coded for correction, and corrected markup back to JSONL."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from diurna.ontology import Ontology

__all__ = ["annotate"]


def annotate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="As for diurna code; with --compile, files of markup.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")] = None,
    back: Annotated[bool, typer.Option("--compile", help="Turn corrected markup into JSONL that train and evaluate read.")] = False,
    ontology: Annotated[Path | None, typer.Option(metavar="TOML", help="Your own ontology; the model's if not given.")] = None,
    model: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Another model than the packaged one.")] = None,
    published: Annotated[str | None, typer.Option(metavar="DATE", help="Publication date (2023-02-22) of stories that carry none.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Who published the stories that do not say.")] = None,
    least: Annotated[float | None, typer.Option("--min-confidence", min=0.0, max=1.0, metavar="X", help="Mark events at least this sure.")] = None,
) -> None:
    """Pre-code stories into inline markup (corpus/GUIDE.md) for correction, and compile what was corrected (docs/guide/bending.md)."""
    from diurna.ontology.own import read_ontology

    own = read_ontology(ontology) if ontology else None
    with _opened(output) as stream:
        faults = _compile(files, own, model, stream) if back else _precode(files, own, model, published, source, least, stream)
    if faults:
        raise typer.Exit(1)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    with output.open("w", encoding="utf-8") as stream:
        yield stream


def _precode(
    files: list[str], own: Ontology | None, model: Path | None, published: str | None, source: str | None, least: float | None, stream: TextIO
) -> int:
    from diurna.coder import Coder
    from diurna.commands.arguments import check_published
    from diurna.read import read
    from diurna.records import Reject
    from diurna.training.marking import annotate as marked
    from diurna.training.marking import markup_of

    check_published(published)
    coder = Coder(model, least=least)
    rejects = 0
    for number, story in enumerate(read(files, published=published, source=source, stdin=sys.stdin.buffer)):
        if isinstance(story, Reject):
            typer.echo(f"rejected: {story.where}: {story.code} {story.reason}", err=True)
            rejects += 1
            continue
        stream.write(("\n" if number else "") + markup_of(marked(coder, story, own)))
        stream.flush()
    return rejects


def _compile(files: list[str], own: Ontology | None, model: Path | None, stream: TextIO) -> int:
    from diurna.errors import InputError
    from diurna.training.markup import read_file, sound
    from diurna.training.records import record_of

    ontology = own or _ontology_of(model)
    left_out = 0
    for name in files:
        try:
            stories, problems = read_file(Path(name), ontology, house=False)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("D211", f"the file cannot be read as UTF-8 text ({error})", name) from error
        for problem in problems:
            typer.echo(str(problem), err=True)
        good, bad = sound(stories, problems)
        left_out += len(bad)
        if any(p.grave for p in problems) and not bad:
            left_out += 1
        stream.writelines(json.dumps(record_of(s, ontology), ensure_ascii=False) + "\n" for s in good)
        events = sum(len(x.events) for s in good for x in s.sentences)
        typer.echo(f"{name}: {len(good)} stories, {sum(len(s.sentences) for s in good)} sentences, {events} events; {len(bad)} stories left out", err=True)
    return left_out


def _ontology_of(model: Path | None) -> Ontology:
    from diurna.ontology import PLOVER
    from diurna.ontology.own import read_ontology

    own = model / "ontology.toml" if model else None
    return read_ontology(own) if own and own.is_file() else PLOVER
