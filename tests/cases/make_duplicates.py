"""Make tests/cases/duplicates.jsonl from the corpus' stories and the look-alikes of lookalikes.toml: ``python tests/cases/make_duplicates.py``.

Each line is a group: its stories (texts of ours) and its pairs, each with what was done (``cut``, ``updated`` …) and whether the two are one
story. Groups are dealt out into a part to tune on and a part to report on by their number, two by two.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "src"))

from diurna.training.markup import read_stories  # noqa: E402 - the package may be installed from elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diurna.training.markup import MarkedStory

OUT = Path(__file__).with_name("duplicates.jsonl")
HAND = tomllib.loads(Path(__file__).with_name("lookalikes.toml").read_text("utf-8"))
SOURCES = ("Northern Wire", "Harbour Times", "The Evening Ledger", "Radio Meridian", "Daily Compass", "Gazette of the Isles", "Kestrel News", "The Standard Bearer")
TO_BRITISH = {
    "defense": "defence", "center": "centre", "labor": "labour", "harbor": "harbour", "neighbor": "neighbour", "neighbors": "neighbours", "organization": "organisation",
    "organized": "organised", "recognized": "recognised", "recognize": "recognise", "program": "programme", "honor": "honour", "traveled": "travelled", "canceled": "cancelled",
    "percent": "per cent", "apologized": "apologised", "criticized": "criticised", "theater": "theatre", "meters": "metres", "kilometers": "kilometres", "tons": "tons",
}  # fmt: skip
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
SYNONYMS: dict[str, str] = HAND["synonyms"]


class Report:
    """Hold a story while it is worked on: title and sentences."""

    def __init__(self, title: str, sentences: list[str], published: str, place: str) -> None:
        self.title, self.sentences, self.published, self.place = title, sentences, published, place

    def copy(self) -> Report:
        return Report(self.title, list(self.sentences), self.published, self.place)

    def text(self, rng: random.Random, *, agency: str | None = None, foot: str = "", byline: str = "") -> str:
        body, paragraph = "", 0
        for i, sentence in enumerate(self.sentences):
            paragraph += 1
            gap = "" if i == 0 else "\n\n" if paragraph > rng.choice((1, 2, 2, 3)) else " "
            paragraph = 1 if "\n" in gap else paragraph
            body += gap + sentence
        dateline = f"{self.place.upper()} ({agency}) — " if agency and self.place else ""
        return "\n\n".join(part for part in (self.title, byline, dateline + body, foot) if part)


def cut(r: Report, rng: random.Random) -> Report:
    """Keep the first part, as an editor short of space does."""
    new = r.copy()
    new.sentences = new.sentences[: max(2, round(len(new.sentences) * rng.uniform(0.3, 0.8)))]
    return new


def updated(r: Report, rng: random.Random) -> Report:
    """Raise a toll, add what came in since, drop a line."""
    new = r.copy()
    new.sentences = [raised(s, rng) if rng.random() < 0.4 else s for s in new.sentences]
    for sentence in rng.sample(HAND["updates"], rng.choice((1, 2, 3))):
        new.sentences.insert(rng.randint(0, len(new.sentences)), sentence)
    if len(new.sentences) > 6:
        new.sentences.pop(rng.randrange(2, len(new.sentences)))
    if rng.random() < 0.5:
        new.published = (date.fromisoformat(r.published) + timedelta(days=1)).isoformat()
    if rng.random() < 0.5:
        new.title = rng.choice(("UPDATE 1-", "UPDATE 2-", "WRAPUP 1-", "2nd LD: ")) + new.title
    return new


def counted_on(r: Report, rng: random.Random) -> Report:
    """Tell the lead again as a brief of the same day, with every count raised."""
    new = r.copy()
    numbered = [i for i, s in enumerate(r.sentences) if s != raised(spelt_in_digits(s), rng)]
    keep = sorted({0, *numbered[:3]})
    new.sentences = [raised(spelt_in_digits(r.sentences[i]), rng) for i in keep]
    return new


def spelt_in_digits(sentence: str) -> str:
    return re.sub(r"(?<=[a-z] )(?:" + "|".join(NUMBERS[2:13]) + r")\b(?= [a-z]{4})", lambda m: str(NUMBERS.index(m.group())), sentence)


def raised(sentence: str, rng: random.Random) -> str:
    """Raise small counts, but not days, years or ages."""

    def more(m: re.Match[str]) -> str:
        return str(int(m.group()) + rng.randint(1, 9))

    return re.sub(r"(?<![\d.,-])(?<!, )\b[2-9]\d?\b(?![\d.,]|-| ?(?:percent|per cent|January|March|May|June|July))", more, sentence)


def reheadlined(r: Report, rng: random.Random) -> Report:
    """Put another headline, and another house's notices."""
    new = r.copy()
    words = re.sub(r"[“”\"]", "", r.sentences[rng.choice((0, 1))]).rstrip(".").split()
    new.title = " ".join(words[: rng.randint(6, 10)]) if rng.random() < 0.6 else rng.choice(HAND["headlines"])
    return new


def re_led(r: Report, rng: random.Random) -> Report:
    """Bring up another sentence for a lead, shorten the old one, and swap words."""
    new = r.copy()
    at = rng.randrange(1, max(2, len(new.sentences) * 2 // 3))
    lead = new.sentences.pop(at)
    old = new.sentences.pop(0)
    parts = old.rstrip(".").split(", ")
    short = ", ".join(parts[: max(1, len(parts) - 1)]) + "."
    new.sentences = [flipped(lead), reworded(short, rng, 0.5), *(reworded(s, rng, 0.25) for s in new.sentences)]
    return reheadlined(new, rng)


def rewritten(r: Report, rng: random.Random) -> Report:
    """Turn attributions round, swap words everywhere, drop sentences and change their order."""
    new = r.copy()
    kept = [s for i, s in enumerate(new.sentences) if i == 0 or rng.random() < 0.8]
    if len(kept) > 4 and rng.random() < 0.5:
        i = rng.randrange(1, len(kept) - 1)
        kept[i], kept[i + 1] = kept[i + 1], kept[i]
    new.sentences = [reworded(flipped(s) if rng.random() < 0.5 else s, rng, 0.6) for s in kept]
    return reheadlined(new, rng)


def flipped(sentence: str) -> str:
    """Put an attribution that closes a sentence first: “X did Y, Z said” becomes “Z said that X did Y”."""
    found = re.fullmatch(r"([A-Z][^“”\"]{30,}), ([^,“”\"]{4,60}) (said|announced|reported)( on \w+day)?\.", sentence)
    if not found:
        return sentence
    what, who, verb, day = found.groups()
    return f"{who[0].upper()}{who[1:]} {verb}{day or ''} that {what}."


def reworded(sentence: str, rng: random.Random, share: float) -> str:
    def other(m: re.Match[str]) -> str:
        return SYNONYMS.get(m.group(), m.group()) if rng.random() < share else m.group()

    return re.sub(r"\b[a-z]+\b", other, sentence)


def translated(r: Report, rng: random.Random) -> Report:
    """Write spelling, numbers, days and measures as another desk does."""
    new = r.copy()
    english = dict(TO_BRITISH) if rng.random() < 0.5 else {b: a for a, b in TO_BRITISH.items()}
    day = date.fromisoformat(r.published)

    def spell(m: re.Match[str]) -> str:
        return english.get(m.group(), m.group())

    def digits(m: re.Match[str]) -> str:
        return str(NUMBERS.index(m.group())) if m.group() in NUMBERS else NUMBERS[int(m.group())]

    def dated(m: re.Match[str]) -> str:
        back = (day.weekday() - WEEKDAYS.index(m.group(1))) % 7
        return f"on {day - timedelta(days=back):%B} {(day - timedelta(days=back)).day}"

    for i, s in enumerate(new.sentences):
        out = re.sub(r"\b(?:" + "|".join(english) + r")\b", spell, s)
        out = re.sub(r"(?<=[a-z] )(?:" + "|".join(NUMBERS[2:13]) + r")\b(?! (?:of|or|hundred|thousand|million))", digits, out)
        if not re.search(r"\b(?:will|next|until|before|would)\b", out):
            out = re.sub(r"\bon (" + "|".join(WEEKDAYS) + r")\b", dated, out)
        new.sentences[i] = measured(out)
    return new


def measured(sentence: str) -> str:
    """Convert miles and kilometres, feet and metres, rounding as desks do."""

    def other(m: re.Match[str]) -> str:
        value, unit = float(m.group(1).replace(",", "")), m.group(2)
        factor, name = {"kilometres": (0.6214, "miles"), "kilometers": (0.6214, "miles"), "km": (0.6214, "miles"), "miles": (1.6093, "kilometres"),
                        "metres": (3.2808, "feet"), "meters": (3.2808, "feet"), "feet": (0.3048, "metres")}[unit]  # fmt: skip
        new = value * factor
        return f"{new:.0f} {name}" if new >= 20 else f"{new:.1f} {name}"

    return re.sub(r"\b(\d[\d,.]*) (kilomet(?:re|er)s|km|miles|met(?:re|er)s|feet)\b", other, sentence)


def cut_and_translated(r: Report, rng: random.Random) -> Report:
    return cut(translated(r, rng), rng)


def updated_and_re_led(r: Report, rng: random.Random) -> Report:
    return updated(re_led(r, rng), rng)


OPERATIONS: dict[str, Callable[[Report, random.Random], Report]] = {
    "cut": cut, "updated": updated, "re-headlined": reheadlined, "re-led": re_led, "translated units": translated, "rewritten": rewritten,
    "cut, translated units": cut_and_translated, "re-led, updated": updated_and_re_led,
    "brief with raised counts": counted_on,
}  # fmt: skip


def report_of(story: MarkedStory, rng: random.Random) -> Report:
    title = next((s.text for s in story.sentences if s.title), "")
    sentences = [s.text for s in story.sentences if not s.title]
    for at, sentence in ((rng.randint(1, len(sentences)), s) for s in rng.sample(HAND["measures"], 1)):
        sentences.insert(at, sentence)
    return Report(title, sentences, story.published or "2001-01-01", (story.dateline or "").split(",")[0])


def row(key: str, r: Report, rng: random.Random, source: str) -> dict[str, Any]:
    agency = rng.choice((None, "NW", "Meridian"))
    foot = rng.choice(("", "", f"(Reporting by {rng.choice(HAND['reporters'])}; Editing by {rng.choice(HAND['reporters'])})", "Sign up for our daily newsletter."))
    byline = rng.choice(("", "", f"By {rng.choice(HAND['reporters'])}"))
    return {"id": key, "published": r.published, "source": source, "text": r.text(rng, agency=agency, foot=foot, byline=byline)}


def variants(stories: list[MarkedStory]) -> Iterator[dict[str, Any]]:
    """Give positive groups: a story, and three things done to it."""
    names = list(OPERATIONS)
    for number, story in enumerate(stories):
        rng = random.Random(f"variant {story.id}")
        base = report_of(story, rng)
        rows = [row(f"{story.id}/0", base, rng, rng.choice(SOURCES))]
        pairs = []
        for k in range(3):
            name = names[(3 * number + k) % len(names)]
            made = OPERATIONS[name](base, rng)
            rows.append(row(f"{story.id}/{k + 1}", made, rng, rows[0]["source"] if "updated" in name or "raised" in name else rng.choice(SOURCES)))
            pairs.append([rows[0]["id"], rows[-1]["id"], name, True])
        yield {"group": story.id, "stories": rows, "pairs": pairs}


def backgrounds(stories: list[MarkedStory]) -> Iterator[dict[str, Any]]:
    """Give negative groups: two stories of one region that close with the same paragraph of background."""
    for number in range(0, len(stories) - 1, 2):
        rng = random.Random(f"background {number}")
        paragraph = HAND["backgrounds"][number // 2 % len(HAND["backgrounds"])]
        rows = []
        for story in stories[number : number + 2]:
            r = report_of(story, rng)
            r.published = (date.fromisoformat(stories[number].published or "2001-01-01") + timedelta(days=rng.randint(0, 3))).isoformat()
            r.sentences += paragraph
            rows.append(row(f"bg/{story.id}", r, rng, rows[0]["source"] if rows and rng.random() < 0.5 else rng.choice(SOURCES)))
        yield {"group": f"background {number}", "stories": rows, "pairs": [[rows[0]["id"], rows[1]["id"], "same background", False]]}


def series() -> Iterator[dict[str, Any]]:
    """Give negative groups: the instances of a routine report, by hand."""
    for entry in HAND["series"]:
        rng = random.Random(f"series {entry['name']}")
        rows = []
        for k, values in enumerate(entry["values"]):
            text = re.sub(r"\{(\d+)\}", lambda m, v=values: str(v[int(m.group(1)) + 1]), entry["text"])
            rows.append({"id": f"{entry['name']}/{k}", "published": values[0], "source": entry.get("source", rng.choice(SOURCES)), "text": text.strip()})
        pairs = [[a["id"], b["id"], "routine report", False] for i, a in enumerate(rows) for b in rows[i + 1 :]]
        yield {"group": entry["name"], "stories": rows, "pairs": pairs}


def independents() -> Iterator[dict[str, Any]]:
    """Give negative groups: reports of one event that were written apart, some with the same quotation."""
    for entry in HAND["independent"]:
        first = len(entry["name"]) % 4
        rows = [
            {"id": f"{entry['name']}/{k}", "published": entry["published"], "source": SOURCES[first + k], "text": text.strip()} for k, text in enumerate(entry["texts"])
        ]
        pairs = [[a["id"], b["id"], "written apart", False] for i, a in enumerate(rows) for b in rows[i + 1 :]]
        yield {"group": entry["name"], "stories": rows, "pairs": pairs}


def main() -> None:
    """Write the file."""
    stories, _ = read_stories()
    long = sorted((s for s in stories if 5 <= sum(not x.title for x in s.sentences) <= 9 and s.published), key=lambda s: s.id)
    rng = random.Random(6)
    chosen = rng.sample(long, 124)
    groups = [*variants(sorted(chosen[:76], key=lambda s: s.id)), *backgrounds(sorted(chosen[76:], key=lambda s: s.id)), *series(), *independents()]
    kinds: dict[str, int] = {}
    with OUT.open("w", encoding="utf-8") as file:
        for group in groups:
            kind = group["pairs"][0][2] if not group["pairs"][0][3] else "variant"
            kinds[kind] = kinds.get(kind, 0) + 1
            part = "tune" if kinds[kind] // 2 % 2 else "report"  # by twos, so that each part sees every operation
            file.write(json.dumps({"part": part, **group}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
