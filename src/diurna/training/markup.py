"""Read the corpus's inline markup (corpus/GUIDE.md) into stories with exact offsets, and say what is wrong with it.

Errors stop a file from training; warnings ask the annotator to look again.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from diurna.knowledge.tables import load_tables
from diurna.ontology import HARM_KINDS, MODALITIES, PLOVER, SECTORS, TREATY_ACTIONS, Ontology

__all__ = ["MarkedEvent", "MarkedHarm", "MarkedParty", "MarkedSentence", "MarkedSpan", "MarkedStory", "Problem", "countries", "read_file", "read_stories", "sound"]

ROOT = Path(__file__).resolve().parents[3]
SOURCES = frozenset({"wire", "broadcaster", "communique", "local", "liveblog", "agency-brief", "headline"})
# ISO 3166-3 alpha-3 of states that are gone, Kosovo's user-assigned code, and the codebook's three pseudo-countries (codebook §4, §7)
# and ISO 3166 codes of territories that the package's table of countries leaves out
EXTRA_COUNTRIES = frozenset(
    "SUN CSK YUG DDR SCG YMD VDR XKX IGO NGO MNC ALA ATA ATF BES BLM BVT CCK CXR HMD IOT MAF NFK PCN SGS SJM SPM SXM UMI".split()
)
PRONOUNS = frozenset(
    "he she it they him her them his its their we us our i me my who which whose this that these those himself herself itself themselves "
    "both all each neither".split()
)

_SPAN = re.compile(r"\[([^\[\]]*)\]([a-z]\d*)?")
_ID = re.compile(r"[pltqkc]\d+|[a-z]")
_HEAD_PARTY = re.compile(r"(p\d+)\s*=\s*(\S+)\s+(\S+)\s*(?:\|\s*([^|]*?)\s*)?(?:\|\s*([^|]*?)\s*)?$")
_EVENT = re.compile(r"\s+([a-z])\s+([A-Z][A-Z0-9_]*)(?:/([a-z][a-z0-9_-]*))?\s+([a-z]+)\s*(?:;\s*(.*))?$")
_NUMBER = re.compile(r"(\d+)(?:(\+)|-(\d+))?$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Point at a fault in a corpus file: ``grave`` ones are errors, the others warnings."""

    path: str
    line: int
    text: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'error' if self.grave else 'warning'}: {self.text}"


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Hold marked words: ``mark`` is their id in the story; offsets count from the sentence's start."""

    mark: str
    start: int
    end: int
    text: str

    @property
    def kind(self) -> str:
        """Give the mark's letter: p l t q k c, or ``x`` for a trigger."""
        return self.mark[0] if len(self.mark) > 1 else "x"


@dataclass(frozen=True, slots=True)
class MarkedParty:
    """Hold the identity of a party as the story's head gives it."""

    country: str | None
    sector: str
    name: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class MarkedHarm:
    """Hold a toll: the count's mark, its kind, bounds in persons, and who."""

    mark: str
    kind: str
    low: int | None
    high: int | None
    who: str | None


@dataclass(slots=True)
class MarkedEvent:
    """Hold one event line. References are ``(mark, nth span or 0)``."""

    letter: str
    type: str
    mode: str | None
    modality: str
    line: int
    actors: list[tuple[str, int]] = field(default_factory=list)
    recipients: list[tuple[str, int]] = field(default_factory=list)
    when_mark: str | None = None
    when: tuple[str, str] | None = None
    where_mark: str | None = None
    where: str | None = None
    by: str | None = None
    cue: str | None = None
    harm: list[MarkedHarm] = field(default_factory=list)
    treaty: tuple[str, str] | None = None


@dataclass(slots=True)
class MarkedSentence:
    """Hold a sentence without its brackets, its spans and its events."""

    text: str
    line: int
    title: bool
    paragraph: int
    spans: list[MarkedSpan] = field(default_factory=list)
    events: list[MarkedEvent] = field(default_factory=list)

    def span_of(self, mark: str, nth: int = 0) -> MarkedSpan | None:
        """Find the span that a reference means: the nth, or the first that is not a pronoun, or the first."""
        found = [s for s in self.spans if s.mark == mark]
        if not found:
            return None
        if nth:
            return found[nth - 1] if nth <= len(found) else None
        named = [s for s in found if s.text.casefold() not in PRONOUNS]
        return (named or found)[0]


@dataclass(slots=True)
class MarkedStory:
    """Hold a story of the corpus."""

    id: str
    path: str
    line: int
    published: str | None = None
    source: str | None = None
    dateline: str | None = None
    contexts: list[str] = field(default_factory=list)
    parties: dict[str, MarkedParty] = field(default_factory=dict)
    sentences: list[MarkedSentence] = field(default_factory=list)

    def text_and_starts(self) -> tuple[str, list[int]]:
        """Join the sentences into the story's text; give each sentence's start in it."""
        text, starts = "", []
        for i, s in enumerate(self.sentences):
            if i:
                before = self.sentences[i - 1]
                text += "\n\n" if before.title or before.paragraph != s.paragraph else " "
            starts.append(len(text))
            text += s.text
        return text, starts


@cache
def countries() -> frozenset[str]:
    """List the country codes that the corpus may use."""
    return frozenset(load_tables().countries) | EXTRA_COUNTRIES


def read_stories(folder: Path | None = None) -> tuple[list[MarkedStory], list[Problem]]:
    """Read every story file of the corpus, in name order."""
    stories: list[MarkedStory] = []
    problems: list[Problem] = []
    for path in sorted((folder or ROOT / "corpus/stories").glob("*.txt")):
        more, wrong = read_file(path)
        stories += more
        problems += wrong
    seen: set[str] = set()
    for story in stories:
        if story.id in seen:
            problems.append(Problem(story.path, story.line, f"story id {story.id} is used twice"))
        seen.add(story.id)
    return stories, problems


def read_file(path: Path, ontology: Ontology = PLOVER, *, house: bool = True) -> tuple[list[MarkedStory], list[Problem]]:
    """Read one markup file.

    Args:
        path: the file, UTF-8.
        ontology: whose types, modes and contexts it may use.
        house: hold it to the rules of our own corpus: known kinds of source, a publication date, PLOVER's rule for two events at one trigger.

    Returns:
        The stories (those without grave problems are fit to train on) and the problems, in line order.
    """
    reader = _Reader(path.name, ontology, house=house)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        reader.take(number, line)
    reader.close()
    return reader.stories, sorted(reader.problems, key=lambda p: p.line)


def sound(stories: list[MarkedStory], problems: list[Problem]) -> tuple[list[MarkedStory], list[MarkedStory]]:
    """Part the stories fit to train on from those with an error."""
    bad = set()
    for p in problems:
        if p.grave and (owner := max((s for s in stories if s.path == p.path and s.line <= p.line), key=lambda s: s.line, default=None)):
            bad.add(id(owner))
    return [s for s in stories if id(s) not in bad], [s for s in stories if id(s) in bad]


class _Reader:
    """Read a file line by line, keeping the story that is open."""

    def __init__(self, name: str, ontology: Ontology, *, house: bool) -> None:
        self.name = name
        self.ontology = ontology
        self.house = house
        self.stories: list[MarkedStory] = []
        self.problems: list[Problem] = []
        self.in_head = False
        self.paragraph = 0
        self.story: MarkedStory | None = None

    def wrong(self, line: int, text: str, *, grave: bool = True) -> None:
        self.problems.append(Problem(self.name, line, text, grave))

    def take(self, number: int, line: str) -> None:
        if line.startswith("=== "):
            self.close()
            self.story = MarkedStory(line[4:].strip(), self.name, number)
            self.in_head, self.paragraph = True, 0
        elif self.story is None:
            if line.strip() and not line.startswith("#"):
                self.wrong(number, "text before the first ===")
        elif self.in_head:
            self.take_head(number, line.rstrip())
        elif not line.strip():
            self.paragraph += 1
        elif line.startswith((" ", "\t")):
            self.take_event(number, line.rstrip())
        else:
            self.take_sentence(number, line.rstrip())

    def take_head(self, number: int, line: str) -> None:
        story = self.story
        assert story is not None
        if line == "---":
            self.in_head = False
            return
        if party := _HEAD_PARTY.match(line):
            mark, country, sector, name, role = party.groups()
            if country != "-" and country not in countries():
                self.wrong(number, f"{country} is no country code (alpha-3, IGO, NGO, MNC or -)")
            if sector not in SECTORS:
                self.wrong(number, f"{sector} is no sector")
            if mark in story.parties:
                self.wrong(number, f"{mark} is declared twice")
            story.parties[mark] = MarkedParty(None if country == "-" else country, sector, name or None, role or None)
            return
        key, colon, value = line.partition(":")
        value = value.strip()
        if not colon or key not in {"published", "source", "dateline", "contexts"}:
            if line.strip():
                self.wrong(number, f"not a head line: {line!r}")
            return
        if key == "contexts":
            story.contexts = [c.strip() for c in value.split(",") if c.strip()]
            for c in story.contexts:
                if c not in self.ontology.contexts:
                    self.wrong(number, f"{c} is no context")
        else:
            setattr(story, key, value)
        if key == "source" and self.house and value not in SOURCES:
            self.wrong(number, f"{value} is no source kind ({', '.join(sorted(SOURCES))})")
        if key == "published" and not _is_date(value):
            self.wrong(number, f"{value} is no date")

    def take_sentence(self, number: int, line: str) -> None:
        story = self.story
        assert story is not None
        title = line.startswith("T: ")
        raw = line[3:] if title else line
        text, spans, at = "", [], 0
        for found in _SPAN.finditer(raw):
            text += raw[at : found.start()]
            words, mark = found.group(1), found.group(2)
            at = found.end()
            if mark is None or not _ID.fullmatch(mark):
                self.wrong(number, f"[{words}] has no good id")
            elif not words or words != words.strip():
                self.wrong(number, f"[{words}]{mark} is empty or has a space at its edge")
            else:
                spans.append(MarkedSpan(mark, len(text), len(text) + len(words), words))
            text += words
            if mark and raw[at : at + 1].isalnum():
                self.wrong(number, f"[{words}]{mark} runs into the next word")
            if mark and re.match(r"\.\d", raw[at:]):
                self.wrong(number, f"[{words}]{mark}{raw[at : at + 2]}: the number of a span belongs into event lines only")
        text += raw[at:]
        if "[" in text or "]" in text:
            self.wrong(number, "a bracket is left over (nested or unclosed)")
        if "  " in text:
            self.wrong(number, "two spaces in a row", grave=False)
        sentence = MarkedSentence(text, number, title, self.paragraph, spans)
        for s in spans:
            if s.kind == "p" and s.mark not in story.parties:
                self.wrong(number, f"[{s.text}]{s.mark}: {s.mark} is not declared in the head")
        story.sentences.append(sentence)

    def take_event(self, number: int, line: str) -> None:
        story = self.story
        assert story is not None
        found = _EVENT.match(line)
        if not found or not story.sentences:
            self.wrong(number, f"not an event line: {line.strip()!r}")
            return
        letter, type_, mode, modality, rest = found.groups()
        if not self.ontology.has(type_):
            self.wrong(number, f"{type_} is no type ({', '.join(self.ontology.types)})")
        elif not self.ontology.has(type_, mode):
            self.wrong(number, f"{type_} has no mode {mode}")
        if modality not in MODALITIES:
            self.wrong(number, f"{modality} is no modality")
        event = MarkedEvent(letter, type_, mode, modality, number)
        if story.sentences[-1].span_of(letter) is None:
            self.wrong(number, f"the sentence has no trigger [..]{letter}")
        for part in (rest or "").split(";"):
            if part.strip():
                self.take_part(number, event, part.split())
        story.sentences[-1].events.append(event)

    def take_part(self, number: int, event: MarkedEvent, words: list[str]) -> None:
        key, values = words[0], words[1:]
        if not values:
            self.wrong(number, f"{key} says nothing")
        elif key in {"actors", "recipients"}:
            refs = [self.party(number, v) for v in values]
            setattr(event, key, [r for r in refs if r is not None])
        elif key == "when":
            self.take_when(number, event, values)
        elif key == "where":
            self.take_where(number, event, values)
        elif key == "by":
            for v in values:
                if v.startswith("c"):
                    event.cue = v
                    self.here(number, v)
                elif ref := self.party(number, v):
                    event.by = ref[0]
        elif key == "harm":
            self.take_harm(number, event, values)
        elif key == "treaty":
            self.take_treaty(number, event, values)
        else:
            self.wrong(number, f"{key} is no part of an event")

    def take_when(self, number: int, event: MarkedEvent, values: list[str]) -> None:
        mark, _, span = values[0].rpartition("=")
        first, _, last = span.partition("..")
        low, high = _days(first)[0], _days(last or first)[1]
        if len(values) != 1 or not (low and high) or low > high:
            self.wrong(number, f"when {' '.join(values)}: not t1=DATE, DATE or FROM..TO (dates 2014-10-05, 2014-10 or 2014)")
            return
        event.when = (low, high)
        if mark:
            event.when_mark = mark
            self.there(number, mark)

    def take_where(self, number: int, event: MarkedEvent, values: list[str]) -> None:
        if len(values) == 1 and values[0] in countries():
            event.where = values[0]
            return
        mark, equals, country = values[0].partition("=")
        if len(values) != 1 or not re.fullmatch(r"[lp]\d+", mark):
            self.wrong(number, f"where {' '.join(values)}: not l1=COUNTRY or COUNTRY")
            return
        if equals and country != "-" and country not in countries():
            self.wrong(number, f"{country} is no country code")
        event.where_mark, event.where = mark, country if equals and country != "-" else None
        self.there(number, mark)

    def take_harm(self, number: int, event: MarkedEvent, values: list[str]) -> None:
        if len(values) < 3:
            self.wrong(number, "harm wants q1 KIND NUMBER WHO")
            return
        mark, kind, amount, *who = values
        self.here(number, mark)
        if kind not in HARM_KINDS:
            self.wrong(number, f"{kind} is no kind of harm")
        count = _NUMBER.match(amount)
        if not count:
            self.wrong(number, f"{amount} is no number (7, 7+, 20-30)")
            return
        low = int(count.group(1))
        high = None if count.group(2) else int(count.group(3) or low)
        name = " ".join(who).strip("-") or None
        event.harm.append(MarkedHarm(mark, kind, low, high, name))

    def take_treaty(self, number: int, event: MarkedEvent, values: list[str]) -> None:
        if len(values) != 2 or values[1] not in TREATY_ACTIONS:
            self.wrong(number, f"treaty wants k1 ACTION ({' '.join(TREATY_ACTIONS)})")
            return
        event.treaty = (values[0], values[1])
        self.there(number, values[0])

    def party(self, number: int, ref: str) -> tuple[str, int] | None:
        """Check a reference to a party: declared, and its nth span there."""
        story = self.story
        assert story is not None
        mark, _, nth = ref.partition(".")
        if not re.fullmatch(r"p\d+", mark) or (nth and not nth.isdigit()):
            self.wrong(number, f"{ref} is no party")
            return None
        if mark not in story.parties:
            self.wrong(number, f"{mark} is not declared in the head")
            return None
        if nth and story.sentences[-1].span_of(mark, int(nth)) is None:
            self.wrong(number, f"{ref}: the sentence has fewer spans of {mark}")
        return mark, int(nth or 0)

    def here(self, number: int, mark: str) -> None:
        story = self.story
        assert story is not None
        if story.sentences[-1].span_of(mark) is None:
            self.wrong(number, f"{mark} is not marked in this sentence")

    def there(self, number: int, mark: str) -> None:
        story = self.story
        assert story is not None
        if all(s.span_of(mark) is None for s in story.sentences):
            self.wrong(number, f"{mark} is marked nowhere in the story so far")

    def close(self) -> None:
        """Check what only shows when the story is whole, and keep it."""
        story = self.story
        if story is None:
            return
        if self.in_head:
            self.wrong(story.line, f"{story.id}: no --- after the head")
        if not story.sentences:
            self.wrong(story.line, f"{story.id} has no sentence")
        if not story.published and self.house:
            self.wrong(story.line, f"{story.id}: no published date")
        used = {s.mark for sentence in story.sentences for s in sentence.spans}
        used |= {ref[0] for sentence in story.sentences for e in sentence.events for ref in (*e.actors, *e.recipients)}
        for mark in story.parties.keys() - used:
            self.wrong(story.line, f"{story.id}: {mark} is never used", grave=False)
        for sentence in story.sentences:
            self.check_sentence(sentence)
        self.stories.append(story)
        self.story = None

    def check_sentence(self, sentence: MarkedSentence) -> None:
        letters = {e.letter for e in sentence.events}
        for s in sentence.spans:
            if s.kind == "x" and s.mark not in letters:
                self.wrong(sentence.line, f"trigger [{s.text}]{s.mark} has no event line")
            if s.kind == "x" and sum(o.mark == s.mark for o in sentence.spans) > 1:
                self.wrong(sentence.line, f"trigger letter {s.mark} is used twice")
        for letter in letters:
            types = [e.type for e in sentence.events if e.letter == letter]
            if len(types) > len(set(types)) or (self.house and len(types) > 1 and set(types) != {"SANCTION", "COERCE"}):
                self.wrong(sentence.line, f"trigger {letter} has two events (allowed for {'convicted and jailed' if self.house else 'two types'} only)")
        for e in sentence.events:
            if self.house and not e.actors and e.type not in {"ASSAULT", "PROTEST", "COERCE", "SANCTION"} and e.modality == "actual":
                self.wrong(e.line, f"{e.type} without an actor: is that meant?", grave=False)
        if sentence.spans and not sentence.events:
            self.wrong(sentence.line, "spans in a sentence without any event (mark nothing there)", grave=False)


def _days(value: str) -> tuple[str, str]:
    """Give the first and last day of a day, month or year; empty when it is none of these."""
    if re.fullmatch(r"\d{4}", value):
        return f"{value}-01-01", f"{value}-12-31"
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        year, month = map(int, value.split("-"))
        return f"{value}-01", f"{value}-{calendar.monthrange(year, month)[1]:02}"
    return (value, value) if _is_date(value) else ("", "")


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10
