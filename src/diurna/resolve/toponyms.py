"""Find the places that a text names and give each its gazetteer entry, all of a story at once.

Recognition is by name and context: the words must be in the gazetteer, stand where a place stands, and be no part of a person's or a body's
name. Resolution weighs, for all names of the story together, inhabitants, the region or country named right beside, the regions and
countries that the story's other names speak for, and nearness to them. One name means one place throughout.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from diurna.knowledge.gazetteer import Entry, gazetteer, key_of
from diurna.knowledge.tables import CountryName, load_tables
from diurna.records import Span
from diurna.resolve.regions import REGION_WORDS, counties_of, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Reading", "Toponym", "find_toponyms", "likeliest", "read_toponyms"]


_Regions = defaultdict[tuple[str, str], float]
_Countries = defaultdict[str, float]


@dataclass(frozen=True, slots=True)
class Toponym(Span):
    """Point at words that name a place: the entry chosen, its probability among the candidates in [0, 1], why, and the next best entries."""

    entry: Entry | None
    score: float
    reason: str
    others: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold the places that a story names, in text order, and what each country has in it: a weight above 0 by alpha-3 code."""

    found: tuple[Toponym, ...]
    countries: dict[str, float]

    def within(self, start: int, end: int) -> tuple[Toponym, ...]:
        """Give the toponyms that share a character with a stretch of the text."""
        return tuple(t for t in self.found if t.start < end and start < t.end)


@dataclass(slots=True)
class _Name:
    """Hold one candidate: its place in the text, entries that bear the name, and what stands around it."""

    start: int
    end: int
    text: str
    options: tuple[Entry, ...]
    within: str | None = None  # region or country named right beside: alpha-3, or alpha-3 and region
    evidence: float = 0.0
    shares: list[float] = field(default_factory=list)


_WORD = re.compile(r"(?:(?:St|Ste|Ft|Mt|Pt)\.\s)?[^\W\d_][\w'’]*")
_RUN = re.compile(
    r"(?:(?:St|Ste|Ft|Mt|Pt)\.\s)?\b[A-ZÀ-Þ][\w'’]*"
    r"(?:(?:\s(?:of|de|del|la|las|los|el|al|du|des|upon|on|and|the|in)\s(?:the\s)?|\s|-)(?:(?:St|Ste|Ft|Mt|Pt)\.\s)?[A-ZÀ-Þ][\w'’]*)*"
)
_SHORT_NAME = re.compile(
    r"\b(?:U\.S\.A?\.?|U\.K\.|U\.A\.E\.|[NS]\.[CDHJMY]\.|R\.I\.|D\.C\.)(?=\W|$)"
    r"|(?:(?<=,\s)|(?<=[DR]-))(?:[A-Z]\.\s?[A-Z]\.|[A-Z][a-z]{1,4}\.|W\.\s?Va\.|[A-Z]{2}(?=\s\d{5}))"
)
_BEFORE = re.compile(
    r"\b(in|at|from|near|to|of|outside|around|through|throughout|across|toward|towards|into|between|via|visit(?:ed|ing)?|north|south|east|west|downtown|within|over|leaving)"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_DIRECTION_BEFORE = re.compile(r"\b(?:(?:North|South|East|West)(?:ern)?|Central|Downtown|Greater|The|In|At|From|Near)\s$")
_SPOKEN_BEFORE = re.compile(r"\b(?:said|says|say|added|adds|states|stated|told|asked|according\s+to|by|coach|and\s+his\s+wife|named)\s+$")
_TITLE_BEFORE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sgt|Lt|Col|Gen|Capt|Rep|Sen|Gov|Rev|Prof|Judge|Justice|Officer|Deputy|Sheriff|Chief|Coach|President|Minister|"
    r"Mayor|Councilman|Councilwoman|Commissioner|Detective|Trooper|Pastor|Father|"
    r"Sir|Lord|Lady|Miss|Cpl|Pvt|Maj|Adm|attorney|spokesman|spokeswoman|director|manager|owner)\.?\s+$"
)
_SPEAKS = re.compile(r"^(?:,?\s+(?:said|says|told|added|noted|explained|who|whose)\b|,\s+\d\d?,|['’]s\s+(?:wife|husband|mother|father|son|daughter|lawyer|attorney))")
_BODY = re.compile(
    r"^(?:\s+|-)(?:[A-Z][\w'’.-]*\s+)?(?:Street|St\b|Avenue|Ave\b|Road|Rd\b|Drive|Dr\b|Lane|Boulevard|Blvd|Highway(?! Patrol)|Hwy|"
    r"Court|Ct\b|Way|Place|Circle|Trail|Pike|Parkway|Bridge|Building|Tower|Inc|Corp|Co\b|LLC|Ltd|Bank|"
    r"Group|Times|Post|Tribune|Herald|News|Press|Journal|Gazette|Daily|Star|Sun|Award|Prize|Cup|Bowl|Act|Agreement|Accord|Treaty|Protocol|Convention|Fund|Foundation|Society|Band|Orchestra|Theatre|Theater|Stadium|Arena)\b"
)
_COUNTY_AFTER = re.compile(r"^(?:['’]s)?\s+(?:County|Parish|Counties|counties|Township|Twp)\b")
_ABBREVIATED = re.compile(r"^,?\s*(?:\(\s*)?(?P<name>(?:N\.|S\.|W\.|R\.|D\.)\s?(?:[A-Z]\.|[A-Z][a-z]+\.?)|[A-Z][a-z]+\.|[A-Z]{2}\b)")
_FOLLOWS = re.compile(r"^,\s+(?P<name>[A-Z][\w'’.-]*(?:\s[A-Z][\w'’-]*){0,2})")
_TOWNSFOLK = re.compile(
    r"^(?:['’]s)?[\s-]+(?:based|area|man|men|woman|women|girl|boy|teen|teenager|couple|family|police|residents?|officials?|officers?|firefighters?|council|mayor|native|students?|schools?|"
    r"voters|lawmakers|businessman|zoning|court|hospital|city|town|village|suburb|airport|neighborhood|home|house|native|location|office|campus|market|plant|mill|port|harbou?r|downtown)\b"
)
# Words that begin a sentence or a name far more often than they name a town of the same letters.
_COMMON = frozenset(
    "the a an and but for of in on at to by he she it we they you i his her their our this that these those there here as if when while after before since until although "
    "because so yet not no yes all most many some few one two three four five six seven eight nine ten first second third last next new old other another both each "
    "police army navy air force court council board house senate congress parliament government president minister governor mayor chief general captain officer sheriff "
    "school university college church hospital center centre park hall street road avenue highway union party bank company group team club league "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december "
    "north south east west northern southern eastern western central upper lower god christmas easter war peace faith hope grace justice freedom independence "
    "best reading mobile nice bath split as si sale born university police most same man men union same enterprise republic imperial eagle commerce industry "
    "lot part tour villas region mary paul peter george john james robert william david michael thomas charles officials residents authorities officers students teachers "
    "american british internet tv radio nation state county city town village district".split()
)
# Words after a town's name that make a body of that town, which so names the town.
_LOCAL_BODIES = frozenset(
    "police fire sheriffs school schools high elementary middle city town village council department community hospital medical regional public municipal district chamber "
    "housing water transit mayor mayors court courts house senate board state health job citizens residents native area downtown international airport police station "
    "historical arts performing performing recreation parks supreme circuit superior crown magistrates university college general legislature assembly national".split()
)
# Weights on the scale of log10 of inhabitants, set by hand on one half of a development set.
_BESIDE = 8.0
_REGION = 2.6
_COUNTRY = 5.0
_NEAR = 1.2
_NEAR_KM = 300.0
_BYNAME = 1.0  # an other or former name is seldomer meant than the same name borne as the main one
_SEAT = 1.5  # where acts of states are told, a capital is meant rather than its namesakes; set by hand
_FAMOUS = 100_000  # inhabitants from which a name still stands for its town when it is a part of a longer one (“Cairo Tower”)
_FLOOR = 0.8  # least evidence that a name stands for a place at all
_OTHER_NAME = 10  # by how much an other name of a place speaks less for it
_OFTEN = 2  # times that a name is told from which less evidence is enough
_LARGE = 100_000  # inhabitants from which a name is rather a place's, whatever stands around it


def find_toponyms(text: str, dateline: str | None = None) -> list[Toponym]:
    """Find every place that a text names.

    Args:
        text: a story's text.
        dateline: its dateline, if known apart from the text.

    Returns:
        Toponyms in text order; ``entry`` is None where the name has no likely place.

    >>> [(t.text, t.entry.country) for t in find_toponyms("Trains between Lyon and Turin were stopped in Chambéry.") if t.entry]
    [('Lyon', 'FRA'), ('Turin', 'ITA'), ('Chambéry', 'FRA')]
    """
    return list(read_toponyms(text, dateline).found)


def read_toponyms(text: str, dateline: str | None = None, sure: Sequence[tuple[int, int]] = ()) -> Reading:
    """Find every place that a text names, and weigh the countries that the text is about.

    Args:
        text: a story's text.
        dateline: its dateline, if known apart from the text.
        sure: stretches that are known to name places, such as the model's; a name there needs no evidence of its own.

    Returns:
        The toponyms and the countries' weights.
    """
    names = _names(text, sure)
    if not sure:  # a seat of power is a party, unless an act was there
        for name in names:
            name.options = tuple(e for e in name.options if e.geonames or e.precision != "point")
        names = [n for n in names if n.options]
    regions, countries = _votes(text, names, dateline, acts=bool(sure))
    for _ in range(3):
        _share_out(names, regions, countries, acts=bool(sure))
        regions, countries = _votes(text, names, dateline, acts=bool(sure))
    by_key: dict[str, defaultdict[Entry, float]] = defaultdict(lambda: defaultdict(float))
    for name in names:
        for entry, share in zip(name.options, name.shares, strict=True):
            by_key[key_of(name.text)][entry] += share
    found = []
    for name in names:
        whole = by_key[key_of(name.text)]
        ranked = sorted(whole, key=lambda e: -whole[e])
        if name.within:
            ranked = [e for e, _ in sorted(zip(name.options, name.shares, strict=True), key=lambda pair: -pair[1])]
        best = ranked[0]
        score = name.shares[name.options.index(best)]
        found.append(Toponym(name.text, name.start, name.end, best, round(score, 4), _reason(name, best, regions, countries), tuple(ranked[1:4])))
    return Reading(tuple(found), dict(countries))


def _reason(name: _Name, best: Entry, regions: _Regions, countries: _Countries) -> str:
    if len(name.options) == 1:
        return "the only place of this name in the gazetteer"
    if name.within:
        return f"“{name.within}” is named beside it"
    region = (best.country or "", best.admin1 or "")
    if regions and regions[region] == max(regions.values()):
        return f"the story is about {best.admin1 or best.country}"
    if countries and best.country and countries[best.country] == max(countries.values()):
        return f"the story is about {best.country}"
    return "the likeliest of its name by inhabitants and by the places named around it"


_IN_COUNTRY = 3.0  # a place in the story's main country beats a namesake up to 1,000 times as large elsewhere; set by hand


def likeliest(words: str, countries: Mapping[str, float], *, whole: bool = False) -> Entry | None:
    """Choose an entry for words alone, by inhabitants and by the story's countries; None when no name in them is known.

    Args:
        words: such as ``Aleppo`` or ``Springfield, Illinois``.
        countries: weight of each country in the story, by alpha-3 code.
        whole: whether the words must be one name from end to end.
    """
    most = max(countries.values(), default=0.0) or 1.0
    for run in _RUN.finditer(words):
        for start, end in _pieces(run):
            if (whole and end - start < len(words.strip())) or not _own(words[start:end], words[end:]):
                continue
            within = _beside(words, end)

            def weight(e: Entry, name: str = words[start:end], within: str | None = within) -> float:
                own = 0.0 if key_of(e.name) == key_of(name) else _BYNAME
                country = 1.5 if e.precision == "country" else 0.0
                return math.log10(e.population + 10) + _IN_COUNTRY * countries.get(e.country or "", 0.0) / most + _BESIDE * _holds(e, within) - own + country

            return max(_options(words[start:end]), key=weight)
    return None


# Recognition ---------------------------------------------------------------------------------------------------------------------


def _names(text: str, sure: Sequence[tuple[int, int]]) -> list[_Name]:
    persons = _persons(text)
    lower = set(re.findall(r"\b[a-z]{3,}\b", text))
    found = []
    for run in _RUN.finditer(text):
        for start, end in _pieces(run):
            name = _name(text, start, end, run, persons, lower)
            if (span := next(((low, high) for low, high in sure if low <= start and end <= high), None)) and _own(text[start:end], text[end:]):
                inner = _RUN.search(text, span[0], span[1]) if not (run.start() >= span[0] and run.end() <= span[1]) else run
                inner = inner if inner and inner.start() <= start and end <= inner.end() else run
                if not _whole(inner, start, end) and max(e.population for e in _options(text[start:end])) < _FAMOUS:
                    continue
                name = name or _Name(start, end, text[start:end], _options(text[start:end]), _beside(text, end))
                name.evidence = max(name.evidence, _FLOOR)
            found += [] if name is None else [name]
    found += _abbreviations(text, found)
    found.sort(key=lambda n: n.start)
    together = Counter(key_of(n.text) for n in found)
    strong = {key_of(n.text) for n in found if n.evidence >= _FLOOR}
    return [n for n in found if n.evidence >= _FLOOR or (key_of(n.text) in strong and n.evidence > -1) or (together[key_of(n.text)] > _OFTEN and n.evidence >= _FLOOR / 2)]


@cache
def _seats() -> frozenset[tuple[str, str]]:
    """Give the capitals of today as the tables name them, with their countries."""
    phrases = load_tables().phrases.items()
    return frozenset((e.code, key_of(phrase)) for phrase, entries in phrases for e in entries if isinstance(e, CountryName) and e.kind == "capital" and not e.to)


_FREE = frozenset("north south east west northern southern eastern western central the al new old greater upper lower of and de".split())


def _whole(run: re.Match[str], start: int, end: int) -> bool:
    """Tell whether a name is all of its capitalised words, but for compass points and words for what it is (“Luhansk Oblast”)."""
    rest = f"{run.string[run.start() : start]} {run.string[end : run.end()]}"
    return all(key_of(w) in REGION_WORDS or key_of(w) in _FREE for w in re.findall(r"[^\W\d_][\w]*", re.sub(r"['’]s?\b", "", rest)))


def _own(words: str, after: str) -> bool:
    """Tell whether words in a stretch that names a place are its name, not a demonym or a common word in front of it (“the Georgian town of Gori”)."""
    folded = key_of(words)
    demonym = any(isinstance(e, CountryName) and e.kind in {"adjective", "people"} for e in load_tables().phrases.get(folded, ()))
    return not demonym and not (folded in _COMMON and re.match(r"\s+[A-Za-z]", after) is not None) and folded not in {"airport", "street", "chamber", "the village"}


def _abbreviations(text: str, found: Sequence[_Name]) -> list[_Name]:
    """Find regions that stand abbreviated beside a town or a lawmaker's party: “Fort Knox, Ky.”, “D-Pa.”."""
    return [
        _Name(m.start(), m.end(), m.group(), options, evidence=2.0)
        for m in _SHORT_NAME.finditer(text)
        if (m.group() in _ALIASES or state_of(m.group()))
        and (options := _options(m.group()))
        and not any(n.start < m.end() and m.start() < n.end for n in found)
    ]


def _pieces(run: re.Match[str]) -> list[tuple[int, int]]:
    """Cut a run of capitalised words into the longest names that the gazetteer holds."""
    words = [(m.start() + run.start(), m.end() + run.start()) for m in _WORD.finditer(run.group())]
    found = []
    i = 0
    while i < len(words):
        for j in range(min(len(words), i + 5), i, -1):
            start, end = words[i][0], words[j - 1][1]
            piece = run.string[start:end]
            plain = re.sub(r"['’]s?$", "", piece)
            if plain.startswith("The ") and not gazetteer().find(plain):
                break
            if plain[:1].isupper() and plain[-1:].isalpha() and _options(plain):
                stop = run.string.startswith(".", start + len(plain)) and len(plain) < len("Penns") and state_of(f"{plain}.") is not None
                found.append((start, start + len(plain) + stop))
                i = j - 1
                break
        i += 1
    return found


_CITY_FIRST = frozenset({"Washington", "New York", "Quebec", "Mexico"})  # the town is meant more often than the region of its name
_ALIASES = dict.fromkeys(("U.S.", "U.S.A.", "U.S.A", "US"), "United States") | {"U.K.": "United Kingdom", "UK": "United Kingdom", "U.A.E.": "United Arab Emirates"}


@cache
def _country_entries() -> dict[str, Entry]:
    return {e.country: e for e in gazetteer().countries() if e.country}


def _options(name: str) -> tuple[Entry, ...]:
    plain = _ALIASES.get(name) or re.sub(r"^(?:the|The)\s+", "", name)
    if (code := _country(plain)) is not None and code in _country_entries():
        more = tuple(e for e in gazetteer().find(plain) if e.precision == "admin1" and plain == "Georgia")
        return (_country_entries()[code], *more)
    if (state := state_of(name)) is not None:
        return tuple(e for e in gazetteer().find(state) if e.precision == "admin1" and e.country == "USA")
    if re.search(r"\b(?:County|Parish|Borough)$", plain, re.IGNORECASE) and (counties := counties_of(plain)):
        return counties
    found = gazetteer().find(plain)
    if not found and re.match(r"(?:Ft|Mt|St|Ste)\.?\s", plain):
        long = re.sub(r"^(Ft|Mt|St|Ste)\.?(?=\s)", lambda m: {"Ft": "Fort", "Mt": "Mount", "St": "Saint", "Ste": "Sainte"}[m[1]], plain)
        found = gazetteer().find(long)
    return found[:40]


def _country(words: str) -> str | None:
    """Tell which country a name (not a demonym, nor a capital) means."""
    found = [e for e in load_tables().phrases.get(" ".join(key_of(w) for w in words.split()), ()) if isinstance(e, CountryName) and e.kind == "name"]
    found += [e for e in load_tables().phrases.get(words.casefold(), ()) if isinstance(e, CountryName) and e.kind == "name"] if not found else []
    return found[0].code if found else None


def _persons(text: str) -> set[str]:
    """Collect the last words of what looks like persons' names, so that the name alone is theirs later on."""
    found = set()
    for m in re.finditer(r"\b([A-Z][a-z]+)\s+(?:[A-Z]\.\s+)?([A-Z][a-z'’-]+)\b(?=,\s\d\d?,|,?\s(?:said|says|told|who|was|is|has|had)\b)", text):
        if key_of(m[1]) not in _COMMON and not gazetteer().find(m.group()):
            found.add(m[2])
    found |= {m[1] for m in re.finditer(r"(?:Mr|Mrs|Ms|Dr|Sgt|Lt|Col|Gen|Rep|Sen|Gov|Rev|Judge)\.?\s+(?:[A-Z][a-z]+\s+)?([A-Z][\w'’-]+)", text)}
    return found


def _name(text: str, start: int, end: int, run: re.Match[str], persons: set[str], lower: set[str]) -> _Name | None:
    """Weigh what stands around a name; None where it cannot be a place."""
    words, before, after = text[start:end], text[max(0, start - 40) : start], text[end : end + 60]
    options = _options(words)
    folded = key_of(words)
    if words.isupper() and len(words) < 5 and "." not in words and not any(e.precision == "country" for e in options):  # noqa: PLR2004 - SEC, PTA: bodies
        return None
    if _TITLE_BEFORE.search(before) or _BODY.match(after) or folded in _COMMON or (len(words) < 3 and not words.isupper()):  # noqa: PLR2004 - two letters name no town
        return None
    if _COUNTY_AFTER.match(after) and not any(e.precision in {"country", "admin2"} for e in options):
        return None  # a county is not the town it shares its name with
    name = _Name(start, end, words, options)
    name.within = _beside(text, end)
    largest = max(e.population if key_of(e.name) == folded else e.population // _OTHER_NAME for e in options)
    country = any(e.precision == "country" for e in options)
    region = any(e.precision in {"admin1", "admin2", "vague"} for e in options)
    name.evidence = min(1.5, max(0.0, math.log10(largest + 1) - 3.5) * 0.6) + (1.5 if country else 0.9 if region else 0.0)
    spoken = _SPOKEN_BEFORE.search(before)
    name.evidence += -1.5 if spoken and not country and not region else 1.0 if _BEFORE.search(before) and not spoken else 0.0
    if folded.startswith(("st ", "saint ")) and re.match(r"['’]s\b", after):
        name.evidence -= 2.0  # the saint's day, church or hospital
    name.evidence += 3.0 if name.within else 0.0
    name.evidence += 1.2 if _TOWNSFOLK.match(after) else 0.0
    if " " in words.strip() or "-" in words:
        name.evidence += 0.5
    left, right = text[run.start() : start], text[end : run.end()]
    name.evidence -= _inside(left, right)
    if words in persons and not name.within:
        name.evidence -= 3.0
    if _SPEAKS.match(after) and not country:
        name.evidence -= 1.5
    if folded in lower:
        name.evidence -= 1.5
    if not left and re.search(r"(?:^|[.!?:”\"]\s*|\n)$", before) and not country and largest < _LARGE:
        name.evidence -= 0.4  # any word may begin a sentence
    return name


def _inside(left: str, right: str) -> float:
    """Weigh the capitalised words that a name stands among: “John Austin”, “Austin Smith”, “Bank of China” name no place."""
    loss = 0.0
    if re.search(r"[A-Z][\w'’.-]*\s$", left) and not _DIRECTION_BEFORE.search(left):
        loss += 2.2
    if re.search(r"\b(?:Bank|University|College|Church|Republic|Kingdom|Bishop|Duke|Institute|Museum|Diocese|Battle|Treaty|Agreement|Accord|Siege)\s(?:of|de)\s(?:the\s)?$", left):
        loss += 4.0
    if found := re.match(r"(?:['’]s)?\s+([A-Z][\w'’-]*)", right):
        loss += 0.0 if right.startswith(("'s", "’s")) or key_of(found[1]) in REGION_WORDS or key_of(found[1]) in _LOCAL_BODIES else 2.0
    return loss


def _beside(text: str, end: int) -> str | None:
    """Read the region or country that stands right after a name: “Springfield, Ill.”, “Kreminna, Luhansk region”, “Paris, France”."""
    after = text[end : end + 50]
    if (m := _ABBREVIATED.match(after)) and (after[:1] == "," or m.group().lstrip().startswith("(")) and (state := state_of(m["name"])):
        return state
    if m := _FOLLOWS.match(after):
        words = m["name"].rstrip(".").split()
        for size in range(len(words), 0, -1):
            part = " ".join(words[:size])
            if state_of(part) or _country(part) or any(e.precision == "admin1" for e in gazetteer().find(part)):
                return state_of(part) or part
    return None


# Words of public life that mostly one country's local news uses.
_CIVIC = (
    (re.compile(r"\b(?:[Ss]heriff|[Cc]ounty|[Tt]rooper|Interstate|I-\d\d|GOP|Democrats?|Republicans?|NFL|NCAA|freshman|sophomore|high school|Medicaid|FBI)\b"), "USA"),
    (re.compile(r"\b(?:RCMP|OPP|Ontario|Canadian|Canada|NDP|Tory|CBC|NHL|hydro|Quebec|loonie|MPP)\b"), "CAN"),
    (re.compile(r"(?:£|\b(?:pence|constabulary|MP|NHS|BBC|Tories|Labour|councillors?|pensioners?|borough|Britain|British)\b)"), "GBR"),
    (re.compile(r"\b(?:lakh|crore|panchayat|BJP|rupees|Lok Sabha)\b"), "IND"),
    (re.compile(r"\b(?:NSW|Australian|Aborigin\w+|Queensland|footy)\b"), "AUS"),
)
_CIVIC_VOTE = 1.0


# Resolution ----------------------------------------------------------------------------------------------------------------------


def _votes(text: str, names: Sequence[_Name], dateline: str | None, *, acts: bool) -> tuple[_Regions, _Countries]:
    """Count what each name of the story says about the regions and countries that it is about."""
    regions: _Regions = defaultdict(float)
    countries: _Countries = defaultdict(float)
    for words, civic in _CIVIC:
        countries[civic] += min(3, len(words.findall(text))) * _CIVIC_VOTE
    if dateline and (code := _country(dateline.split(",")[-1].strip())):
        countries[code] += 2
    for name in names:
        shares = name.shares or [1 / len(name.options)] * len(name.options)
        best: dict[str, float] = {}  # namesakes in one country do not add up
        for entry, share in zip(name.options, shares, strict=True):
            if entry.country:
                best[entry.country] = max(best.get(entry.country, 0.0), share)
        for code, share in best.items():
            countries[code] += share
        for region, share in _by_region(name.options, shares, acts=acts).items():
            regions[region] += share
    return regions, countries


def _by_region(options: Sequence[Entry], shares: Sequence[float], *, acts: bool) -> dict[tuple[str, str], float]:
    """Give what one name says for each region.

    For the places of acts a town and the region called after it (Santiago) speak as one; local news, on which the weights were set, rather
    means its own region, and there they add up.
    """
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for entry, share in zip(options, shares, strict=True):
        if entry.country and entry.admin1:
            key, vote = (entry.country, entry.admin1), share * (1.5 if entry.precision in {"admin1", "admin2"} else 1.0)
            found[key] = max(found[key], vote) if acts else found[key] + vote
    return found


def _share_out(names: Sequence[_Name], regions: _Regions, countries: _Countries, *, acts: bool) -> None:
    """Give each candidate entry of each name its probability, from the votes of the others."""
    sure = [(n, n.options[max(range(len(n.shares)), key=n.shares.__getitem__)]) for n in names if n.shares and max(n.shares) > 0.6]  # noqa: PLR2004 - rather than not
    towns = sorted((there.lat, there.lon, key_of(n.text)) for n, there in sure if there.precision == "city")
    all_regions, all_countries = max(1.0, sum(regions.values())), max(1.0, sum(countries.values()))
    for name in names:
        own = name.shares or [1 / len(name.options)] * len(name.options)
        weights = []
        voted = _by_region(name.options, own, acts=True) if acts else {}
        for entry, share in zip(name.options, own, strict=True):
            key = entry.country or "", entry.admin1 or ""
            region = max(0.0, regions[key] - voted.get(key, share)) / all_regions
            country = max(0.0, countries[entry.country or ""] - share) / all_countries
            weight = math.log10(entry.population + 10) + _REGION * min(1.0, 3 * region) + _COUNTRY * country
            weight += _BESIDE * _holds(entry, name.within) + _NEAR * _nearness(entry, key_of(name.text), towns)
            weight -= 0.0 if key_of(entry.name) == key_of(name.text) else _BYNAME
            weight += 1.5 if entry.precision == "country" else 0.7 if entry.precision == "admin1" and name.text not in _CITY_FIRST else -1.0 if entry.precision == "admin1" else 0.0
            weight += _SEAT if acts and (entry.country, key_of(name.text)) in _seats() else 0.0
            weights.append(weight)
        top = max(weights)
        raw = [math.exp(2.0 * (w - top)) for w in weights]
        total = sum(raw)
        name.shares = [w / total for w in raw]


def _holds(entry: Entry, within: str | None) -> float:
    if within is None:
        return 0.0
    if entry.admin1 and key_of(entry.admin1) == key_of(within) and entry.precision != "admin1":
        return 1.0
    return 1.0 if (code := _country(within)) is not None and entry.country == code and entry.precision != "country" else 0.0


def _nearness(entry: Entry, key: str, towns: Sequence[tuple[float, float, str]]) -> float:
    """Tell whether another town of the story lies near, in [0, 1]; ``towns`` are latitude, longitude and key of the sure ones, from south to north."""
    best = 0.0
    for lat, lon, other in towns[bisect_left(towns, (entry.lat - 2,)) : bisect_left(towns, (entry.lat + 2,))]:  # degrees, some 220 km
        if other != key:
            best = max(best, math.exp(-kilometres(entry.lat, entry.lon, lat, lon) / _NEAR_KM))
    return best


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Give the distance between two points on a sphere of the earth's mean radius (haversine formula).

    >>> round(kilometres(48.86, 2.35, 51.51, -0.13))
    343
    """
    a, b = math.radians(lat), math.radians(other_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))
