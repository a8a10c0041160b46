"""Records made by hand for tests of measures and of the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diurna.ontology import QUADS, TYPES
from diurna.records import Attribution, CoderVersion, Confidence, Event, Party, Place, Sentence, Span, Story, When, event_id, story_id
from diurna.signals import check, load_rules, outbox_path
from diurna.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

CODER = CoderVersion("0.1.0", "test")
Act = tuple[str, str, str]  # type, actors, recipients, as “ASSAULT”, “RUS”, “UKR GEO”


def made_story(
    number: int, published: str | None, *acts: Act, modality: str = "actual", claimant: str | None = None, duplicate_of: str | None = None, title: str = "A headline"
) -> Story:
    """Make a story whose text is one sentence for each act, so that every offset is true."""
    text, events, spots = f"Note {number}.", [], []
    for kind, a, b in acts:
        start = len(text) + 1
        text += f" {a} {kind} {b} in Oslo, {claimant or 'nobody'} said."
        spots.append((kind, a, b, start))
    key = story_id(text, published)
    for index, (kind, a, b, start) in enumerate(spots, 1):
        def span(words: str, start: int = start) -> tuple[str, int, int]:
            at = text.index(words, start)
            return words, at, at + len(words)

        t, trigger = TYPES[kind], Span(*span(kind))
        events.append(
            Event(
                id=event_id(key, trigger.start, trigger.end, kind), story=key, sentence=Sentence(index, start, text.index("said.", start) + 5), type=kind, mode=None, cameo=t.cameo,
                quad=QUADS[t.quad], score=t.score, contexts=(), modality=modality, trigger=trigger,
                actors=tuple(Party(*span(c), c, None, c, "GOV") for c in a.split()), recipients=tuple(Party(*span(c, trigger.end), c, None, c, "GOV") for c in b.split()),
                when=When(published, published) if published else None, where=Place(*span("Oslo"), "Oslo", "3143244", "NOR", "Oslo", 59.91, 10.75, "city"),
                attributed_to=Attribution(*span(claimant, trigger.end), claimant, None, a.split()[0], "GOV", None, Span(*span("said"))) if claimant else None,
                harm=(), treaty=None, confidence=Confidence(0.9, 0.95), coder=CODER,
            )
        )  # fmt: skip
    return Story(key, text, published, "wire", title=title, events=tuple(events), duplicate_of=duplicate_of)


def made_record(folder: Path, stories: Iterable[Story]) -> Store:
    """Write stories to a new record."""
    store = Store.create(folder / "record")
    store.write(stories, CODER)
    return store


def made_signals(store: Store) -> None:
    """Look at a record with two rules, over all its days, and keep what they see beside it."""
    folder = Path(store.url).parent
    (folder / "rules.toml").write_text(
        '[[channel]]\nname = "log"\nkind = "file"\npath = "signals.jsonl"\n'
        '[[rule]]\nname = "raids"\nkind = "match"\nabout = "Violence <b>done</b>"\ntypes = ["ASSAULT"]\ndays = 400\n'
        '[[rule]]\nname = "pressure"\nkind = "threshold"\nper = "dyad"\ntypes = ["SANCTION"]\nabove = 0\ndays = 400\n'
    )
    check(load_rules(folder / "rules.toml"), store, outbox_path(store.url), lambda _: None)
