"""Tell who a party is from the words as written: name, country, sector, role, and the reason for each.

A bare country, capital or seat of power is the state's government. What the words do not tell stays None; the story's memory
(``diurna.resolve.memory``) fills in what the story tells.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from diurna.knowledge.tables import Head, Organisation, Person, Tables, key, load_tables, word_set
from diurna.ontology import INTERNATIONAL
from diurna.records import Candidate
from diurna.resolve.candidates import SURE, weigh
from diurna.resolve.phrases import Piece, cut
from diurna.resolve.sectors import apply_modifiers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["RULES", "Context", "Identity", "Resolver"]

# Roles that say nothing of the sector by themselves: the body or the group beside them does
_WEAK = word_set("weak")
_CROWDS = word_set("crowds")
_QUANTITIES = word_set("quantities")
_ABROAD = word_set("abroad")
_OFFICES = word_set("offices")
_MEMBERS = word_set("body_members")
_BESIDE_OFFICE = word_set("beside_office")
_PLACE_LINKS = word_set("place_links")
# How a party is told, in the words of ``diurna explain``
RULES = {
    "person": "a name in the table of persons",
    "surname": "a surname of one who held office on that day",
    "office": "the holder of an office on that day",
    "body": "a name in the table of organisations",
    "member": "a role in a body of the table of organisations",
    "state": "a country, its capital or seat of power",
    "people": "a people",
    "role": "role words",
    "name": "a name that no table knows, with what the words around it tell",
    "memory": "an earlier party of the story",
    "pronoun": "the antecedent of a pronoun",
    "setting": "the country that the story is set in",
    "unresolved": "nothing told it",
}
_INDEFINITE = frozenset({"a", "an", "any", "another", "each", "every", "no", "some", "one"})
_FIRST = frozenset({"president", "prime minister", "secretary of state", "leader", "supreme leader", "chancellor"})  # known abroad by surname alone
_LONGEST_NAME = 4  # words; a longer unknown name is rather a body's
_GRACE = timedelta(days=3)  # a report of the overthrow still calls him president


@dataclass(frozen=True, slots=True)
class Context:
    """Say what is known around the words: countries of the story, likeliest first, and how to ask for a place's country."""

    countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    country_of_place: Callable[[str], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Say who a party is, by which rule, and why.

    ``kind`` is person, state, body, role or unknown; ``options`` are other countries that it may belong to by the story; ``rule`` is one of
    ``RULES``; ``candidates`` are those whom the words may mean where they may mean several.
    """

    name: str | None = None
    entity: str | None = None
    country: str | None = None
    sector: str | None = None
    role: str | None = None
    reason: str = "not known"
    kind: str = "unknown"
    plural: bool = False
    options: tuple[str, ...] = ()
    rule: str = "unresolved"
    candidates: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class _Reading:
    """Gather what the pieces of one party say."""

    pieces: list[Piece]
    main: list[Piece]
    tail: list[Piece]
    definite: bool = False
    indefinite: bool = False
    reasons: list[str] = field(default_factory=list)
    candidates: tuple[Candidate, ...] = ()

    def last(self, kind: str, among: list[Piece] | None = None) -> Piece | None:
        return next((p for p in reversed(self.main if among is None else among) if p.kind == kind), None)

    def first(self, kind: str, among: list[Piece] | None = None) -> Piece | None:
        return next((p for p in (self.main if among is None else among) if p.kind == kind), None)


class Resolver:
    """Resolve single parties by the knowledge tables."""

    def __init__(self, tables: Tables | None = None) -> None:
        """Load the tables.

        Args:
            tables: other tables than the package's.
        """
        self.tables = tables or load_tables()

    def party(self, text: str, *, published: date | str | None = None, context: Context | None = None) -> Identity:
        """Tell who a party is.

        Args:
            text: the party as written, with its role.
            published: the day that the words are from.
            context: what the story around tells.

        Returns:
            The identity; fields that the words do not tell are None.
        """
        day = date.fromisoformat(published) if isinstance(published, str) else published
        around = context or Context()
        if ", " in text and (named := self._apposed(text, day, around)):
            return named
        pieces = cut(text, day, self.tables)
        reading = _split(pieces)
        reading.definite = text[:4].lower() == "the " and text.count(" ") == 1
        reading.indefinite = text.partition(" ")[0].lower() in _INDEFINITE
        if not reading.main:
            return Identity(reason="no words of it are known")
        found = self._read(reading, day, around)
        candidates = found.candidates or reading.candidates
        return replace(found, reason="; ".join(reading.reasons) or found.reason, candidates=candidates)

    def _apposed(self, text: str, day: date | None, around: Context) -> Identity | None:
        """Read a name with its role behind a comma: "Ana Ruiz, Peru's health minister"."""
        left, _, right = text.partition(", ")
        name = self.party(left, published=day, context=around)
        if name.kind != "person" or name.entity or not name.name:
            return None
        role = self.party(right.rstrip(" ,"), published=day, context=around)
        described = role.kind in {"role", "body"} or role.rule == "office"
        if not described or not role.sector or not role.role:
            return None
        reason = f"{name.name}, by the words behind the name: {role.reason}"
        return replace(role, name=name.name, entity=None, country=role.country or name.country, kind="person", plural=False, rule="name", reason=reason)

    def holder(self, found: Identity, day: date | None) -> Identity:
        """Name who held an office on a day: "the president" of a country that is known by now.

        Args:
            found: an unnamed role with its country.
            day: the day that the words are from.

        Returns:
            The office holder, or the role as it was, with candidates where several held the office and a reason where the tables know none.
        """
        if day is None or found.country is None or found.role not in _OFFICES or found.sector != "GOV" or found.plural:
            return found
        held = self.tables.holders(found.country, found.role, day)
        if not held:
            return replace(found, reason=f"{found.reason}; the tables know no {found.role} of {found.country} on {day}")
        if len(held) > 1:
            share = round(1 / len(held), 2)
            candidates = tuple(Candidate(p.name, p.entity, p.country, p.role, share) for p in held)
            return replace(found, reason=f"{found.reason}; {len(held)} were {found.role} of {found.country} on {day}", candidates=candidates)
        why = f"{found.role} of {found.country} on {day} was {held[0].name} ({held[0].from_} to {held[0].to or 'now'}, {held[0].source})"
        return replace(found, name=held[0].name, entity=held[0].entity, reason=f"{found.reason}; {why}", kind="person", rule="office")

    def _read(self, r: _Reading, day: date | None, around: Context) -> Identity:
        person = r.last("person")
        if person:
            return self._person(r, person, day, around)
        head, body = r.last("head"), r.last("body")
        names = _trailing_names(r)
        if names and (known := self._by_surname(r, names, day, around)):
            return known
        if body and (not head or head.end <= body.start) and not names:
            return self._body(r, body, head, around, day)
        if body:
            return self._body_role(r, body, head, names, around)
        if head:
            return self._role(r, head, names, day, around)
        if country := r.first("country"):
            return self._state(r, country, names)
        return self._unknown(r, names, around)

    # -- persons

    def _person(self, r: _Reading, piece: Piece, day: date | None, around: Context) -> Identity:
        known = self._in_office(piece.people, day, self._country(r, around))
        role = self._head_of(r)
        term = f" {known.from_} to {known.to or 'now'}" if known.from_ and not known.role.startswith("former") else ""
        r.reasons.append(f"{piece.text} is in the table of persons" + (f" as {known.role}{term} ({known.source})" if known.role else ""))
        country = known.country or None
        stated = self._country(r, around, strict=True)
        if stated and country and stated != country and role:
            country = stated
        sector, office = known.sector, known.role or None
        if role:
            sector = role.sector if role.role not in _WEAK or not sector else sector
            office = role.role
            if known.sector == "ELI" and role.sector != "ELI":
                sector = role.sector
            if role.sector == "GOV" and known.country in INTERNATIONAL:
                sector = known.sector
        return Identity(known.name, known.entity, country, sector, office, kind="person", rule="person")

    def _in_office(self, people: tuple[Person, ...], day: date | None, country: str | None) -> Person:
        """Choose the office that a person held on the day; one who had left it is of the elite."""
        mine = [p for p in people if p.country == country] or list(people)
        if day is None:
            return mine[0]
        iso = day.isoformat()
        held = [p for p in self.tables.on(mine, day) if isinstance(p, Person)]
        held = held or [p for p in self.tables.on(mine, day - _GRACE) if isinstance(p, Person)]
        if held:
            return next((p for p in held if p.role), held[0])
        left = [p for p in mine if p.to and p.to < iso]
        last = max(left, key=lambda p: p.to) if left else min(mine, key=lambda p: p.from_)
        if left and not last.to.endswith("?") and last.sector in {"GOV", "LEG", "MIL", "SPY"}:
            return last._replace(sector="ELI", role=f"former {last.role}" if last.role else "")
        return last

    def _by_surname(self, r: _Reading, names: list[Piece], day: date | None, around: Context) -> Identity | None:
        """Find an office holder by surname: alone, or with a title that fits; only one who held office then, in a country that fits."""
        words = " ".join(p.text for p in names)
        found = self.tables.surnames.get(" ".join(key(p.text) for p in names), [])
        if not found or day is None:
            return None
        stated = self._country(r, around)
        head = self._head_of(r)
        held = [p for p in self.tables.on(found, day) if isinstance(p, Person)]
        if not held and not head:
            return self._left_office(r, words, found, day, around)
        if stated:
            held = [p for p in held if p.country == stated]
        elif near := [p for p in held if p.country in around.countries or p.country in INTERNATIONAL]:
            held = near
        elif around.countries and not (head and head.sector == "GOV"):
            held = [p for p in held if p.role in _FIRST]
        if head and head.role not in _WEAK:
            held = [p for p in held if not p.role or p.role == head.role or head.role in p.role] or [p for p in held if not p.role]
        if not held:
            return None
        shares = weigh(held, around.countries, INTERNATIONAL, head.role if head else None)
        candidates = tuple(Candidate(p.name, p.entity, p.country or None, p.role or None, round(share, 2)) for p, share in shares) if len(shares) > 1 else ()
        chosen, share = shares[0]
        if len({p.country for p in held}) > 1 and share < SURE:
            r.candidates = candidates
            r.reasons.append(f"{words} may be any of {len(candidates)} who held office on that day")
            return None
        mine = [p for p in held if p.entity == chosen.entity] if len(shares) > 1 else held
        best = next((p for p in mine if " " in p.name and p.role), mine[0])
        r.reasons.append(f"{words} was {best.role or 'leader'} of {best.country} on that day ({best.from_} to {best.to or 'now'}, {best.source})")
        role = head.role if head else best.role or None
        return Identity(best.name, best.entity, best.country or None, best.sector, role, kind="person", rule="surname", candidates=candidates)

    def _left_office(self, r: _Reading, words: str, found: list[Person], day: date, around: Context) -> Identity | None:
        """Find a former leader by surname alone, where the story is of the country and nobody else of the name ever led one."""
        led = [p for p in found if p.role in _FIRST and p.to and not p.to.endswith("?") and p.to < day.isoformat()]
        if not led or len({p.entity for p in led}) > 1 or led[0].country not in around.countries:
            return None
        last = max(led, key=lambda p: p.to)
        r.reasons.append(f"{words} was {last.role} of {last.country} until {last.to} ({last.source})")
        return Identity(last.name, last.entity, last.country, "ELI", f"former {last.role}", kind="person", rule="surname")

    # -- bodies

    def _body(self, r: _Reading, piece: Piece, head: Piece | None, around: Context, day: date | None) -> Identity:
        body = piece.body
        assert body is not None
        stated = self._country(r, around, strict=True)
        near = next((b for b in piece.others if set(b.countries) & {stated, *around.countries}), None)
        if near and not set(body.countries) & {stated, *around.countries}:
            body = near
        elsewhere = stated or (around.countries[0] if around.countries and not set(around.countries) & set(body.countries) else None)
        if piece.head and elsewhere and body.countries and elsewhere not in body.countries and body.countries[0] not in INTERNATIONAL:
            r.reasons.append(f"{piece.text} is a common word for a body, of {elsewhere} by the {'words' if stated else 'story'}")
            found = self._role(r, replace(piece, kind="head"), [], day, around)
            return replace(found, country=found.country or elsewhere)
        r.reasons.append(f"{piece.text} is in the table of organisations")
        sector, role = body.sector, None
        if head and head.head and r.tail and head.end <= piece.start:
            sector = _combine(body, head.head)
            role = head.head.role
        return Identity(body.name, body.entity, self._body_country(body, around, stated), sector, role, kind="body", options=body.countries, rule="body")

    def _body_country(self, body: Organisation, around: Context, stated: str | None = None) -> str | None:
        for country in (stated, *around.places):
            if country and country in body.countries:
                return country
        if not body.countries:
            return stated or (next(iter(around.countries), None) if body.sector == "REB" else None)
        if body.countries[0] in around.countries:
            return body.countries[0]
        return next((c for c in around.countries if c in body.countries), body.countries[0])

    def _body_role(self, r: _Reading, piece: Piece, head: Piece | None, names: list[Piece], around: Context) -> Identity:
        body = piece.body
        assert body is not None
        role = self._head_of(r)
        sector = _combine(body, role) if role else body.sector
        country = self._body_country(body, around, None)
        stated = self._country(r, around, strict=True)
        if not body.countries:
            country = self._country(r, around)
        elif stated and stated not in body.countries and body.countries[0] not in INTERNATIONAL:
            country = stated
        elif role and role.sector == "REF":
            country = body.countries[0]
        r.reasons.append(f"{piece.text} is in the table of organisations" + (f"; {role.role} makes it {sector}" if role else ""))
        if head and sector == body.sector and key(head.text) in _MEMBERS and not names and not body.entity.startswith("group:"):
            r.reasons.append(f"its {head.text} stand for it")
            return Identity(body.name, body.entity, country, sector, role.role if role else None, kind="body", plural=True, options=body.countries, rule="member")
        name = " ".join(p.text for p in names) or None
        if name is None:
            whole = piece.text if body.entity.startswith("group:") else body.name
            name = f"{whole} {head.text}" if head else body.name
        kind = "person" if names else "role"
        return Identity(name, None, country, sector, role.role if role else None, kind=kind, plural=bool(role and role.plural), options=body.countries, rule="member")

    # -- roles

    def _head_of(self, r: _Reading) -> Head | None:
        piece = r.last("head")
        if piece is None or piece.head is None:
            return None
        before = [key(p.text) for p in r.main if p.end <= piece.start]
        return apply_modifiers(piece.head, before, self.tables)

    def _role(self, r: _Reading, piece: Piece, names: list[Piece], day: date | None, around: Context) -> Identity:
        assert piece.head is not None
        before = [key(p.text) for p in r.main if p.end <= piece.start]
        head = apply_modifiers(piece.head, before, self.tables)
        country = self._country(r, around, head=head)
        if head.role in _WEAK:
            head, country = self._strengthen(r, piece, head, country, day, around)
        if r.tail and r.tail[0].text == "by" and r.main[-1].text == "led" and (led := r.first("country", r.tail)) and led.country:
            r.reasons.append(f"{piece.text} led by {led.text}")
            return Identity(f"{led.text}-led {piece.text}", None, led.country.code, "MIL", head.role, kind="role", rule="role")
        r.reasons.append(f"{piece.text} is {head.sector}" + (f", {country} by the words" if country else ""))
        name = " ".join(p.text for p in names) or None
        if name:
            return Identity(name, None, country, head.sector, head.role, kind="person", rule="name")
        label = _label(r) if country or any(p.kind == "name" for p in r.main) else None
        found = Identity(label, None, country, head.sector, head.role, kind="role", plural=head.plural, rule="role")
        of = next((p.body for p in r.tail[1:3] if p.body), None) if r.tail and r.tail[0].text == "of" and key(piece.text) in _MEMBERS else None
        if of and of.sector == head.sector:
            r.reasons.append(f"the {piece.text} of {of.name} stand for it")
            return replace(found, name=of.name, entity=of.entity, kind="body", plural=True, rule="member")
        return self._holder_by_words(r, piece, found, day)

    def _holder_by_words(self, r: _Reading, piece: Piece, found: Identity, day: date | None) -> Identity:
        """Name the holder of an office that the words give with its country: "the Russian president", not "a club president"."""
        if r.indefinite or found.country is None or piece.text.lower().endswith(("-elect", "-designate")) or not names_office(r):
            return found
        named = self.holder(replace(found, reason=""), day)
        if named.reason:
            r.reasons.append(named.reason.removeprefix("; "))
        return named

    def _strengthen(self, r: _Reading, piece: Piece, head: Head, country: str | None, day: date | None, around: Context) -> tuple[Head, str | None]:
        """Let what follows a weak role decide: "leader of the rebels", "members of Hamas", "spokesman for the army"."""
        earlier = [p for p in r.main if p.head and p.end <= piece.start]
        if earlier and earlier[-1].head and head.sector == "GOV" and earlier[-1].head.sector != "GOV":
            return Head(earlier[-1].head.sector, head.role, head.plural), country
        linked = r.tail[0].text if r.tail and r.tail[0].kind == "link" else ""
        if linked not in {"of", "for", "from", "with", "to"}:
            return head, country
        inner = self._read(_split(r.tail[1:]), day, around) if len(r.tail) > 1 else None
        if inner is None or inner.sector is None or inner.kind == "state":
            return head, country or (inner.country if inner else None)
        if head.role in _CROWDS:
            return head, country or inner.country
        if head.sector == "GOV" or piece.text.lower() in _QUANTITIES:
            return Head(inner.sector, head.role, head.plural), country or inner.country
        return head, country or inner.country

    # -- states and the rest

    def _state(self, r: _Reading, piece: Piece, names: list[Piece]) -> Identity:
        name = piece.country
        assert name is not None
        state = self.tables.countries.get(name.code)
        label = state.name if state else piece.text
        if names and names[-1].start > piece.start:
            r.reasons.append(f"{piece.text} names {name.code}; the rest is a name")
            return Identity(" ".join(p.text for p in names), None, name.code, None, None, kind="person", rule="name")
        if any(p.kind == "word" and p.start >= piece.end for p in r.main):
            r.reasons.append(f"{piece.text} names {name.code}; what it describes is not known")
            return Identity(_label(r), None, name.code, None, None, kind="role", rule="role")
        if name.kind == "people" and not r.definite:
            r.reasons.append(f"{piece.text} is a people of {name.code}")
            return Identity(piece.text, None, name.code, "CVL", None, kind="role", plural=True, rule="people")
        r.reasons.append(f"{piece.text} as a {name.kind} stands for the government of {name.code}")
        return Identity(label, state.entity if state else None, name.code, "GOV", None, kind="state", rule="state")

    def _unknown(self, r: _Reading, names: list[Piece], around: Context) -> Identity:
        words = " ".join(p.text for p in names)
        if not words:
            return Identity(country=self._country(r, around), reason="no words of it are known")
        r.reasons.append(f"{words} is a name not known to the tables")
        return Identity(words, None, None, None, None, kind="person" if len(names) <= _LONGEST_NAME else "unknown", rule="unresolved")

    # -- countries

    def _country(self, r: _Reading, around: Context, *, strict: bool = False, head: Head | None = None) -> str | None:
        """Find the country: named before the head, then after "of" or "in", then by a place, then as a backer ("Saudi-led")."""
        own = [p.country for p in r.main if p.country and p.kind == "country"]
        if own:
            return own[0].code
        role = head or (piece.head if (piece := r.last("head")) else None)
        abroad = bool(role and role.role in _ABROAD)
        link = ""
        for p in r.tail:
            link = p.text if p.kind == "link" else link
            if p.kind == "country" and p.country and link in _PLACE_LINKS and not (abroad and link not in {"of", "from"}):
                return p.country.code
            if p.kind == "body" and p.body and p.body.countries and link in _PLACE_LINKS and not strict:
                return self._body_country(p.body, around)
        for p in r.main:
            if p.kind == "body" and p.body and p.body.countries and not strict:
                return self._body_country(p.body, around)
        if strict:
            return None
        if place := self._by_place(r, around, abroad=abroad):
            return place
        if role and role.sector == "MIL":
            led = [p for p in r.main if p.kind == "backer" and p.country and p.text.endswith("-led")]
            if led and led[0].country:
                return led[0].country.code
        return None

    def _by_place(self, r: _Reading, around: Context, *, abroad: bool) -> str | None:
        ask = around.country_of_place
        if ask is None:
            return None
        head = r.last("head")
        groups = [[p for p in r.main if p.kind == "name" and (head is None or p.end <= head.start)]]
        link = ""
        group: list[Piece] = []
        for p in [] if abroad else r.tail:
            if p.kind == "link":
                link, group = p.text, []
                groups.append(group)
            elif p.kind == "name" and link in _PLACE_LINKS:
                group.append(p)
        for places in groups:
            for i in range(len(places)):
                if country := ask(" ".join(p.text for p in places[i:])):
                    return country
        return None


def _split(pieces: list[Piece]) -> _Reading:
    """Part the pieces at the first link after something known; a mere quantity before "of" gives way to what follows."""
    for i, piece in enumerate(pieces):
        if piece.kind != "link" or piece.text == "'s":
            continue
        before = pieces[:i]
        if not any(p.kind in {"head", "body", "country", "person", "name"} for p in before):
            if piece.text == "of":
                return _split(pieces[i + 1 :])
            continue
        if piece.text == "of" and before[-1].text.lower() in _QUANTITIES and not any(p.kind in {"country", "body", "name"} for p in before):
            inner = _split(pieces[i + 1 :])
            if any(p.kind in {"head", "body", "person"} for p in inner.main) or before[-1].kind != "head":
                return inner
        if piece.text in {"and", "or"} and not any(p.kind in {"head", "body", "person"} for p in before) and any(p.kind == "head" for p in pieces[i:]):
            continue
        return _Reading(pieces, before, pieces[i:])
    return _Reading(pieces, pieces, [])


def _trailing_names(r: _Reading) -> list[Piece]:
    """Collect the names at the end of the main part: a person's, or a body's that is not known."""
    names: list[Piece] = []
    for p in reversed(r.main):
        if p.kind != "name":
            break
        names.insert(0, p)
    return names


def _combine(body: Organisation, role: Head) -> str:
    """Give the sector of a role within a body: UN peacekeepers MIL, NATO foreign ministers IGO, Hamas supporters CVL."""
    if body.entity.startswith("group:"):
        return role.sector
    if body.countries[:1] == ("IGO",):
        return role.sector if role.sector in {"MIL", "JUD", "COP"} else body.sector
    if role.role in _CROWDS and body.sector not in {"PTY", "OPP"}:
        return "CVL"
    if body.sector == "PTY" and role.sector == "LEG":
        return "LEG"
    if body.sector in {"GOV", "PRE"} and role.sector in {"MIL", "COP", "LEG", "JUD", "SPY", "MED", "ELI", "CVL", "JRN"} and not (body.sector == "PRE" and role.sector == "MIL"):
        return role.sector
    if role.sector in {"JRN", "MED", "ELI"} and body.sector not in {"JRN", "COP"}:
        return role.sector
    return body.sector


def names_office(r: _Reading) -> bool:
    """Tell whether the words name one state's office and nothing else: no other role, body or unknown word beside it."""
    if sum(p.kind == "head" for p in r.main) != 1 or any(p.kind in {"body", "name", "backer", "stance"} for p in r.main):
        return False
    if any(p.kind == "word" and key(p.text) not in _BESIDE_OFFICE for p in r.main):
        return False
    return all(p.kind in {"link", "country"} for p in r.tail)


def _label(r: _Reading) -> str:
    """Make a display name of an unnamed role: its words without article, number and what follows."""
    return " ".join(p.text for p in r.main if p.kind != "link")


def countries_in(pieces: Sequence[Piece]) -> list[str]:
    """List the codes of the countries that pieces name, in order."""
    return [p.country.code for p in pieces if p.kind == "country" and p.country]
