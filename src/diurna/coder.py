"""Code reports: the programmatic front of Diurna."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from diurna.coding import Resolved, code_events
from diurna.coding.attributions import find_claims
from diurna.coding.explain import Explanation, explain_story
from diurna.coding.harm import toll_hints
from diurna.coding.statements import unite, with_sources
from diurna.coding.treaty import accord_hints, find_accord_acts
from diurna.errors import QueryError
from diurna.parse.model import Model
from diurna.parse.reader import read_frames
from diurna.parse.relations import relate
from diurna.read import boilerplate_spans, find_dateline, story_from_text
from diurna.read.story import published_day
from diurna.records import CoderVersion, Reject, Story
from diurna.resolve import resolve
from diurna.resolve.accords import find_accords
from diurna.resolve.times import TimeExpression, find_times
from diurna.resolve.toponyms import Toponym, find_toponyms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from diurna.ontology import Ontology
    from diurna.parse.frames import Hint, ParsedStory
    from diurna.records import Sentence, Statement

__all__ = ["Coder", "Relation"]

Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Relation:
    """Say what an actor does to a recipient: the likeliest type and its mode, and the probability of each type in [0, 1]."""

    type: str
    mode: str | None
    scores: dict[str, float]


class Coder:
    """Read reports into events with the packaged model (or another).

    Args:
        model: folder of a model, as ``diurna train`` writes it, or one that is loaded; the packaged one when None.
        threads: cores to use; all when 0.
        least: least confidence of an event to be kept, in [0, 1]; the model's own threshold when None.

    Raises:
        ModelError: if the model is missing, damaged or made for another version.

    >>> coder = Coder()
    >>> story = coder.code("France expelled two Belarusian diplomats on Monday.", published="2021-05-18")
    >>> [(e.type, e.mode, e.trigger.text, e.actors[0].country) for e in story.events]
    [('SANCTION', 'expel', 'expelled', 'FRA')]
    """

    def __init__(self, model: Path | str | Model | None = None, threads: int = 0, least: float | None = None) -> None:
        self._model = model if isinstance(model, Model) else Model(model, threads)
        self._least = least

    @cached_property
    def version(self) -> CoderVersion:
        """Name the program and the model, as every record does."""
        try:
            number = version("diurna")
        except PackageNotFoundError:
            number = "0"
        return CoderVersion(number, self._model.name)

    @property
    def ontology(self) -> Ontology:
        """Give the ontology that the model codes in: PLOVER, or the one it was trained on."""
        return self._model.ontology

    def code(
        self,
        text: str,
        *,
        published: str | None = None,
        source: str | None = None,
        url: str | None = None,
        title: str | None = None,
        key: str | None = None,
    ) -> Story:
        """Code one report.

        Args:
            text: the report, in English.
            published: ISO 8601 date of publication; weekdays and the like are worked out from it.
            source: who published it.
            url: where.
            title: its headline, kept beside the text and not coded.
            key: your own identifier, kept beside Diurna's.

        Returns:
            The story as stored, with its events.

        Raises:
            InputError: if the text is empty, too long, binary or not English.
        """
        return self.code_story(story_from_text(text, published=published, source=source, url=url, title=title, key=key))

    def code_story(self, story: Story) -> Story:
        """Code a story that was read before."""
        return self.look(story)[0]

    def code_many(self, stories: Iterable[Story | Reject]) -> Iterator[Story | Reject]:
        """Code stories as they come; rejects pass through in place."""
        for story in stories:
            yield story if isinstance(story, Reject) else self.code_story(story)

    def relate(self, sentence: str, actor: Offsets, recipient: Offsets | None = None) -> dict[str, float]:
        """Tell what an actor does to a recipient.

        Args:
            sentence: plain text.
            actor: its half-open character offsets.
            recipient: likewise, or None.

        Returns:
            The probability of each type, highest first.

        Raises:
            QueryError: D601 if an offset lies outside the sentence or covers no word.

        >>> scores = Coder().relate("Police arrested a dozen protesters.", (0, 6), (16, 34))
        >>> next(iter(scores))
        'COERCE'
        """
        return self.relate_many([(sentence, actor, recipient)])[0].scores

    def relate_many(self, rows: Sequence[tuple[str, Offsets | None, Offsets | None]]) -> list[Relation]:
        """Tell many relations at once, which is faster; see ``relate``."""
        for number, (sentence, *spans) in enumerate(rows, 1):
            for start, end in (s for s in spans if s is not None):
                if not 0 <= start < end <= len(sentence) or not sentence[start:end].strip():
                    raise QueryError("D601", f"[{start}, {end}] covers no words of the sentence ({len(sentence)} characters)", f"row {number}")
        try:
            found = relate(self._model, [r[0] for r in rows], [(r[1], r[2]) for r in rows])
        except ValueError as error:
            raise QueryError("D602", f"the sentence is too long to read as far as the span: {error}") from error
        return [Relation(next(iter(scores)), mode, scores) for scores, mode in found]

    def claims(self, text: str, *, published: str | None = None) -> tuple[Statement, ...]:
        """Find who says what in a text: the claimant, the reporting words, what is told, and the events in it.

        Args:
            text: plain English text.
            published: ISO 8601 date of publication.

        Returns:
            Claims in text order of their cues, those of every sentence, with or without an event.

        Raises:
            InputError: as ``code`` does.

        >>> [(c.source.text, c.cue.text) for c in Coder().claims("“We will not move,” said the mayor of Tromso.")]
        [('the mayor of Tromso', 'said')]
        """
        return self.code(text, published=published).claims

    def places(self, text: str, *, dateline: str | None = None) -> list[Toponym]:
        """Find every place that a text names, each with its gazetteer entry and why.

        Args:
            text: plain English text.
            dateline: the place it was written at, if known apart from the text.

        Returns:
            Toponyms in text order; ``entry`` is None where no place of the name is likely.

        >>> [(t.text, t.entry.admin1, t.reason) for t in Coder().places("Floods reached Springfield, Ill., on Friday.") if t.entry][:1]
        [('Springfield', 'Illinois', '“Illinois” is named beside it')]
        """
        return find_toponyms(text, dateline)

    def dates(self, text: str, *, published: str | None = None) -> list[TimeExpression]:
        """Find every date that a text names.

        Args:
            text: plain English text.
            published: ISO 8601 date of publication; without it only dates that tell themselves are found.

        Returns:
            Time expressions in text order, with their TIMEX3 values and the days they cover.

        Raises:
            InputError: D205 if ``published`` is no date.

        >>> [(t.text, t.value) for t in Coder().dates("They met last month.", published="2023-02-22")]
        [('last month', '2023-01')]
        """
        day = published_day(published)
        return find_times(text, date.fromisoformat(day) if day else None)

    def explain(self, story: Story) -> tuple[Story, list[Explanation]]:
        """Code a story and say, for each sentence, what was read and why, or why nothing was."""
        coded, parsed, resolved = self.look(story)
        return coded, explain_story(coded, parsed, coded.events, resolved)

    def look(self, story: Story) -> tuple[Story, ParsedStory, Resolved]:
        """Code a story, and give what was read in it and resolved on the way."""
        parsed = self.parse(story)
        claims = find_claims(story.text, parsed.sentences)
        parsed = with_sources(parsed, claims)
        evidence, places, times, sites = resolve(story, parsed)
        resolved = Resolved({at: e.party for at, e in evidence.items()}, places, times, sites)
        events, harm = code_events(story, parsed, resolved, self.version, self._model.ontology)
        events, said = unite(story, parsed, events, claims, resolved.parties)
        contexts = tuple(dict.fromkeys((*story.contexts, *(c for e in events for c in e.contexts))))
        return replace(story, events=events, harm=harm, contexts=contexts, claims=said, evidence=tuple(evidence.values())), parsed, resolved

    def parse(self, story: Story, least: float | None = None) -> ParsedStory:
        """Read a story's sentences, mentions and frames, nobody resolved yet.

        Args:
            story: the story.
            least: least probability of an event, in [0, 1]; the coder's own when None. Candidates below it are passed over with a reason.
        """
        without = list(boilerplate_spans(story.text))
        if (dateline := find_dateline(story.text)) is not None:
            without.append((dateline.place_span[0], dateline.end))
        accords = find_accords(story.text)

        def hints(text: str, sentence: Sentence) -> list[Hint]:
            return [*accord_hints(find_accord_acts(text, [sentence], accords), sentence), *toll_hints(text, sentence)]

        return read_frames(self._model, story.text, without, self._least if least is None else least, hints)

    def __getstate__(self) -> dict[str, Any]:
        return {"_model": self._model, "_least": self._least}
