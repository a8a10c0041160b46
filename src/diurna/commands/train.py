"""The command ``diurna train``: a model of one's own, from one's own stories."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from diurna.ontology import Ontology
    from diurna.training.gold import Gold

__all__ = ["train"]


def train(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the model goes; a new folder.")],
    gold: Annotated[list[Path] | None, typer.Argument(metavar="[GOLD]…", help="Annotated stories as JSONL, or folders with stories.jsonl and events.jsonl.")] = None,
    reviews: Annotated[str | None, typer.Option(metavar="URL", help="Also learn from the reviews of the record there.")] = None,
    ontology: Annotated[Path | None, typer.Option(metavar="TOML", help="Your own ontology; that of the model to start from if not given.")] = None,
    model: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Start from this model instead of the packaged one.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="GOLD", help="Also score stories kept apart by you, which the run never sees.")] = None,
    epochs: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many rounds over the stories.")] = 30,
    patience: Annotated[int, typer.Option(min=1, metavar="N", help="Stop when so many rounds brought nothing better.")] = 5,
    rate: Annotated[float, typer.Option(min=0.0, metavar="X", help="Learning rate of the encoder.")] = 1e-4,
    held_back: Annotated[float, typer.Option(min=0.05, max=0.5, metavar="X", help="Share of stories to hold back: they tell when to stop.")] = 0.2,
    seed: Annotated[int, typer.Option(metavar="N", help="Of everything that chance decides.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run in FOLDER that was cut off.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
) -> None:
    """Train a model of your own on annotated stories, in your own ontology if you like (docs/guide/bending.md)."""
    from diurna.training import require

    require()
    from diurna.evaluate.events import gold_stories
    from diurna.ontology.own import read_ontology
    from diurna.parse.model import Model
    from diurna.training.finetune import Tuning, fine_tune

    base = Model(model)
    own = read_ontology(ontology) if ontology else base.ontology
    lessons = _gold(gold or [], reviews, own)
    tuning = Tuning(epochs=epochs, patience=patience, rate=rate, held_back=held_back, seed=seed)
    apart = list(gold_stories(test)) if test else []
    tuned = fine_tune(lessons, own, output, base, tuning, apart=apart, resume=resume, say=lambda line: typer.echo(line, err=True))
    if tuned.lost:
        typer.echo(f"{tuned.lost} events could not be learned from: their triggers overlap, or stand in no sentence that is read", err=True)
    if as_json:
        typer.echo(json.dumps({**asdict(tuned), "folder": str(output)}))
        return
    typer.echo(f"{output}: the weights after epoch {tuned.best_epoch} of {tuned.epochs}")
    typer.echo(f"{'':10}  events" + "".join(f"{title:>17}" for title in ("F1", "precision", "recall", "and parties", "and modality")))
    for name, b in tuned.before.items():
        cells = "".join(f"{f'{b[k]:.3f} → {tuned.after[name][k]:.3f}':>17}" for k in ("f1", "precision", "recall", "parties", "modality"))
        typer.echo(f"{name:10}  {b['events']:6.0f}{cells}")


def _gold(paths: list[Path], reviews: str | None, ontology: Ontology) -> list[Gold]:
    from diurna.errors import ConfigError
    from diurna.training.gold import gold_of, reviewed

    if not paths and reviews is None:
        raise ConfigError("D106", "nothing to learn from; give files of annotated stories, or --reviews URL")
    found = gold_of(paths, ontology)
    if reviews is not None:
        from diurna.store import Store

        found += reviewed(Store(reviews), ontology)
    return found
