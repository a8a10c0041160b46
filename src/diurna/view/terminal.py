"""Show a coded story in the terminal: the text with its evidence lit up, and a table of events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from diurna.view.highlights import PARTS, day_of, stretches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from diurna.records import Event, Party, Story

__all__ = ["show", "show_event"]

_STYLES = {
    "trigger": "bold reverse",
    "actor": "bold blue",
    "recipient": "bold magenta",
    "claimant": "yellow",
    "cue": "yellow underline",
    "when": "cyan",
    "where": "green",
    "harm": "bold red",
    "treaty": "bold cyan",
}
_QUAD_STYLES = {"verbal cooperation": "cyan", "material cooperation": "green", "verbal conflict": "yellow", "material conflict": "red"}


def show(story: Story, console: Console) -> None:
    """Print a story and its events.

    Args:
        story: a coded story; its text may hold anything, and is printed as it is.
        console: where to print; it decides on width and colour.
    """
    heading = Text(story.title or story.key or story.id, style="bold")
    facts = [f for f in (story.source, story.published, story.dateline) if f]
    console.print(heading, Text(" · ".join(facts), style="dim"), sep="\n")
    console.print(Padding(_lit(story), (1, 2)), soft_wrap=False)
    legend = Text("  ".join(PARTS), style="dim")
    for part in PARTS:
        legend.highlight_words([part], _STYLES[part])
    console.print(Padding(legend, (0, 2)))
    if story.events:
        console.print(_table(story.events))
    else:
        console.print("No events.", style="dim")


def show_event(story: Story, event: Event, console: Console) -> None:
    """Print one event of a story, for whoever is to judge it: its paragraph with the evidence lit up, then its row of the table.

    Args:
        story: the story, whose text may hold anything, and is printed as it is.
        event: one of its events, or such an event corrected.
        console: where to print; it decides on width and colour.
    """
    alone = replace(story, events=(event,))
    low = story.text.rfind("\n\n", 0, event.sentence.start) + 1
    high = story.text.find("\n\n", event.sentence.end)
    lit = _lit(alone, low, high if high >= 0 else len(story.text))
    facts = [f for f in (event.id, story.source, story.published, story.title) if f]
    console.print(Text(" · ".join(facts), style="dim"), Padding(lit, (1, 2)), _table([event]), sep="\n")


def _lit(story: Story, low: int = 0, high: int | None = None) -> Text:
    """Light up a story's evidence, from one offset to another."""
    found = Text()
    for stretch in stretches(story):
        words = stretch.text[max(0, low - stretch.start) : None if high is None else max(0, high - stretch.start)]
        if not words:
            continue
        number = next((n for n, part in stretch.marks if part == "trigger" and _begins(story, n, stretch.start)), None)
        if number is not None:
            found.append(f"{number}\u2009", style="dim")
        found.append(words, style=_STYLES[stretch.part] if stretch.part else "")
    if low:
        found = Text("\n").join(line for line in found.split("\n") if line.plain.strip())
    return found


def _begins(story: Story, number: int, start: int) -> bool:
    return story.events[number - 1].trigger.start == start


def _table(events: Sequence[Event]) -> Table:
    table = Table(show_lines=False, header_style="bold", expand=True, pad_edge=False)
    for name, ratio in (("#", 1), ("act", 5), ("who → to whom", 8), ("when, where", 6), ("according to", 5), ("sure", 2)):
        table.add_column(name, ratio=ratio, overflow="fold", justify="right" if name in {"#", "sure"} else "left")
    for number, event in enumerate(events, 1):
        table.add_row(str(number), _act(event), _sides(event), _setting(event), _claimant(event), f"{event.confidence.event:.2f}")
    return table


def _act(event: Event) -> Text:
    text = Text(event.type, style=_QUAD_STYLES.get(event.quad, ""))
    if event.mode:
        text.append(f" {event.mode}")
    if event.modality != "actual":
        text.append(f"\n{event.modality}", style="italic")
    if event.treaty:
        text.append(f"\n{event.treaty.action} {event.treaty.name}", style="dim")
    for h in event.harm:
        high = "+" if h.high is None else "" if h.high == h.low else f"–{h.high}"
        text.append(f"\n{h.low}{high} {h.kind}", style="red")
    return text


def _party(party: Party) -> str:
    codes = " ".join(c for c in (party.country, party.sector) if c)
    return f"{party.name or party.text} [{codes or '?'}]"


def _sides(event: Event) -> Text:
    text = Text(", ".join(_party(p) for p in event.actors) or "–")
    if event.recipients:
        text.append(" → ").append(", ".join(_party(p) for p in event.recipients))
    return text


def _setting(event: Event) -> Text:
    place = "" if event.where is None else f"{event.where.name or event.where.text}{f', {event.where.country}' if event.where.country else ''}"
    return Text("\n".join(p for p in (day_of(event), place) if p))


def _claimant(event: Event) -> Text:
    return Text(_party(event.attributed_to) if event.attributed_to else "")
