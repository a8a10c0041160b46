"""Stories made by hand that use every field of the record, for the tests of exchange."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from diurna.ontology import QUADS, TYPES
from diurna.ontology.crosswalk import to_cameo
from diurna.records import Attribution, CoderVersion, Confidence, Event, Harm, Party, Period, Place, Sentence, Span, Story, TreatyAct, When, event_id, story_id

TEXT = (
    "LAMBERTON — Norway's foreign minister Ingrid Solheim and the Eastern Fisheries Council expelled three Freedonian envoys and rebels near Łódź on Monday, "
    "police said; two people were hurt under the Accord of 1975, in =SUM(1) and “Kyiv & <co>”.\n'Second line' with\ttab."
)
CODER = CoderVersion("0.1.0", "test")
PARTIES = {
    "Norway's foreign minister Ingrid Solheim": ("Ingrid Solheim", "Q1", "NOR", "GOV", "foreign minister"),
    "the Eastern Fisheries Council": ("Eastern; Fisheries | Council", "org:efc", "IGO", "IGO", None),
    "three Freedonian envoys": (None, None, None, "GOV", None),
    "rebels": ("rebels", None, "ROU", "REB", None),
    "people": ("=people", None, "UKR", "PRM", None),
    "police": ("police", None, "XKX", "COP", None),
    "co": ("Łukasz Ко & <co>", None, "SUN", "JRN", "editor"),
    "envoys": ("Aid Now", None, "NGO", None, None),
    "Council": ("Oil Corp", None, "MNC", "BUS", None),
    "Accord": ("Someone", None, "PSE", "UNK", None),
    "three": ("Breakaway", None, "GEO", "PRE", None),
}  # fmt: skip
PLACES = (
    Place("Łódź", 0, 0, "Łódź", "3093133", "POL", "Łódź Voivodeship", 51.75, 19.46667, "city"),
    Place("Łódź", 0, 0, "Łódź Voivodeship", "3337493", "POL", "Łódź Voivodeship", 51.5, 19.5, "admin1"),
    Place("Łódź", 0, 0, "Poland", "798544", "POL", None, 52.0, 20.0, "country"),
    Place("Łódź", 0, 0, "Łódź East County", None, "POL", "Łódź Voivodeship", 51.75, 19.7, "admin2"),
    Place("Łódź", 0, 0, "Port X", None, "USA", "Texas", 29.5, -95.0, "city"),
    Place("Łódź", 0, 0, "the plain", None, None, None, None, None, "vague"),
    Place("Łódź", 0, 0, None, None, "UKR", None, 1e-7, -0.0001, "point"),
    None,
)  # fmt: skip


def span(words: str) -> tuple[str, int, int]:
    at = TEXT.index(words)
    return words, at, at + len(words)


def party(words: str) -> Party:
    return Party(*span(words), *PARTIES[words])


def place(number: int) -> Place | None:
    found = PLACES[number % len(PLACES)]
    words, start, end = span("Łódź")
    return None if found is None else replace(found, text=words, start=start, end=end)


def event(number: int, published: str | None, type_: str, mode: str | None, actors: tuple[str, ...], recipients: tuple[str, ...], **more: object) -> Event:
    story = story_id(TEXT + str(number), published)
    kind = TYPES[type_]
    made = Event(
        id=event_id(story, 83, 91, type_), story=story, sentence=Sentence(2, 12, 150), type=type_, mode=mode, cameo=to_cameo(type_, mode).code, quad=QUADS[kind.quad],
        score=kind.score_of(mode), contexts=("diplomatic", "territory"), modality="actual", trigger=Span(*span("expelled")),
        actors=tuple(party(a) for a in actors), recipients=tuple(party(r) for r in recipients),
        when=When("2021-05-17", "2021-05-18", *span("Monday")), where=place(number),
        attributed_to=Attribution(*span("police"), "police", None, "NOR", "COP", None, Span(*span("said"))),
        harm=(
            Harm(*span("two people"), "injured", 2, None, "people"),
            Harm(*span("two people"), "missing", None, 7, None, "NOR", included=True, total=False, period=Period(*span("Monday"), "2021-05-01", None), where=PLACES[0],
                 claimant=Attribution(*span("police"), "police", None, "NOR", "COP")),
        ),
        treaty=TreatyAct(*span("Accord of 1975"), "Accord of 1975", "Q9", "breaches", "announced", ("NOR", "ROU"), When("2021-06-01", "2021-06-02")),
        confidence=Confidence(0.8125, 0.9, 0.7, None, 0.6, 0.5), coder=CODER,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def story(number: int, published: str | None, *events: Event) -> Story:
    text = TEXT + str(number)
    return Story(
        story_id(text, published), text, published, "=Wire; & Co", "https://example.org/a?b=1&c=2", "'Envoys\texpelled", "A. Author", "LAMBERTON", "2021-05-19T06:00:00",
        "en", ("diplomatic",), duplicate_of="0" * 20, thread="t1", key=f"doc {number}", events=events,
    )  # fmt: skip


@cache
def stories() -> list[Story]:
    """Stories that between them have every type and mode, every kind of place and party, mutual acts, no parties, no date, every modality."""
    made = []
    names = list(PARTIES)
    modes = [(t.name, m) for t in TYPES.values() for m in (None, *t.modes)]
    for number, (type_, mode) in enumerate(modes):
        published = None if number % 9 == 4 else "2021-05-18"
        actors = tuple(names[(number + i) % len(names)] for i in range((number % 4) if number % 7 else 1))
        recipients = tuple(names[(number + 5 + i) % len(names)] for i in range(number % 3))
        more: dict[str, object] = {}
        if number % 8 == 3:
            more = {"when": None}
        if number % 10 == 6:
            more |= {"modality": ("historical", "future", "hypothetical", "negated")[number // 10 % 4], "harm": (), "treaty": None, "attributed_to": None, "contexts": ()}
        if number % 5 == 1:
            more |= {"when": When("2021-05-18", "2021-05-18")}
        made.append(story(number, published, event(number, published, type_, mode, actors, recipients, **more)))
    made.append(story(1000, "2021-05-18", event(1000, "2021-05-18", "ASSAULT", "drone", ("rebels",), ("police",)), event(1000, "2021-05-18", "COERCE", "arrest", ("police",), ())))
    made.append(story(1001, "2021-05-18"))
    return made
