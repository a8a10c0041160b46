"""Find who says what in a text: source, cue and content of each attribution, in every sentence.

Closed lists and word order only: a reporting verb or *according to*, the noun phrase that stands as its subject (before it, or after it where
the words turn round a quotation), and what is told. The scheme is PolNeAR's (Newell, Margolin & Ruths, LREC 2018) in our own words.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from diurna.coding.quotes import with_quotations
from diurna.parse.sentences import split
from diurna.records import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diurna.records import Sentence

__all__ = ["Claim", "find_claims", "is_cue"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold one attribution: whose words they are (None where nobody is named), the reporting words, what is told, and whether it is quoted."""

    source: Span | None
    cue: Span
    content: tuple[Span, ...]
    quote: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain JSON types."""
        row = asdict(self)
        row["content"] = list(row["content"])
        return row


# Verbs that report words or thoughts, by their base form.
_VERBS = (
    "say tell add ask note report announce suggest argue describe find think want believe declare explain criticize criticise acknowledge endorse call show write tweet accuse "
    "continue decline claim urge defend recall agree propose respond hope conclude refuse praise support warn promise insist reply offer oppose reveal indicate question predict "
    "denounce pledge vow cite dismiss reject deny blame charge admit stress complain concede confirm contend demand estimate express fear feel joke lament maintain mention "
    "observe remark repeat request see state swear testify threaten worry allege assert assure caution comment condemn decry emphasize emphasise imply inform know plan "
    "point quip reiterate seem appear slam blast speculate tout mock boast brag muse counter attack attribute back doubt advocate advise appeal apologize apologise applaud "
    "approve assume calculate challenge commend compare confess consider determine disagree disclose discuss dispute echo expect favor favour foresee guess hint imagine "
    "intend interpret invite learn like notify object order perceive prefer proclaim protest quote rail reason recommend regard retort rule scoff scold signal sign seek sought "
    "specify stipulate suspect teach tease thank understand underscore voice vote welcome wish wonder"
).split()
_IRREGULAR = {
    "say": "said", "tell": "told", "find": "found", "think": "thought", "write": "wrote written", "feel": "felt", "see": "saw", "swear": "swore sworn", "know": "knew",
    "understand": "understood", "show": "showed shown", "teach": "taught", "foresee": "foresaw", "deny": "denied denies denying", "reply": "replied replies replying",
    "worry": "worried worries worrying", "testify": "testified testifies", "specify": "specified", "decry": "decried decries decrying", "imply": "implied implies implying",
    "admit": "admitted admitting", "plan": "planned planning", "slam": "slammed slamming", "quip": "quipped", "brag": "bragged", "seek": "sought", "signal": "signaled signalled",
    "rule": "ruled", "prefer": "preferred preferring", "notify": "notified", "sought": "sought", "back": "backed backing",
}  # fmt: skip
_HEARSAY = frozenset({"reportedly", "allegedly", "purportedly", "supposedly"})  # reported, but nobody says by whom
_JOINED = frozenset({"and", "but"})  # “condemned the raid and said …”: the second verb has the first one's subject
_BETWEEN = frozenset({"and", "but", "while", "whereas", "though", "although"})
_LONGEST_SIDE = 6  # tokens of the first of two joint sources (“London and Brussels said”)
_SKIPPED = frozenset(
    "has have had is was are were be been being will would could should may might can must do does did also later then once not never often reportedly repeatedly publicly "
    "recently previously further both even just still always now again first soon openly quickly famously long himself herself themselves only simply clearly already "
    "privately once earlier initially eventually frequently to".split()
)
_BOUNDARY = frozenset("and but or that when as because while if where after before since although though than so yet whether until unless".split())
_PREPOSITIONS = frozenset("of in on at for with from by amid without".split())
_NO_SOURCE = frozenset("to the a an of in on at by for with from it's there".split())
_TOKEN = re.compile(r"(?:Mr|Mrs|Ms|Dr|Col|Gen|Lt|Sgt|Rep|Sen|Gov|Rev|Capt|Prof|St)\.(?=\s)|[\w$%]+(?:['’.-][\w]+)*\.?(?=\s[a-z])|[\w$%]+(?:['’.-][\w]+)*|[^\w\s]")
_DETERMINERS = frozenset("the a an his her their its our my one some many several most two three four five another other few both all no any this that these those".split())
_PRONOUNS = frozenset("he she they it we i you who which that".split())


def _forms() -> frozenset[str]:
    found = set()
    for verb in _VERBS:
        stem = verb.removesuffix("e")
        third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"
        past = [] if verb in _IRREGULAR else [f"{stem}ed"]
        found |= {verb, third, f"{stem}ing", *past, *_IRREGULAR.get(verb, "").split()}
    return frozenset(found)


_FORMS = _forms()
# Forms that are as often another word; they count only where a clause (that, a quotation, a pronoun) follows.
_DOUBTFUL = frozenset(
    "show shows showed call calls called charge charges charged report reports back backs support supports note notes question questions state states order orders see sees saw "
    "find finds found plan plans appeal appeals attack attacks vote votes voted like likes claim claims sign signs signed rule rules offer offers view views point points demand "
    "demands request requests protest protests object challenge challenges estimate estimates comment comments hope hopes fear fears promise promises voice thanks thank "
    "reason reasons doubt doubts compare quote quotes learn learned consider considered considering compared back backed backing appear appears appeared "
    "seem seems seemed discuss discussed "
    "continue continues continued continuing describe expect expected seeking known planned signed ruled found ordered backed feeling meaning understanding wish want".split()
)


_NOUNS_WITH_TO = frozenset("demand demands request requests call calls appeal appeals challenge challenges back point points object protest thanks question reason".split())
_SHORT_TAIL = 8  # tokens: after an unquoted statement, “…, said the mayor.” ends its sentence
_FINITE = frozenset("is are was were has have had will would can could may might must shall should does did do".split())
# Nouns that tell what somebody holds, where *that* follows and the words say whose it is.
_CLAIM_NOUNS = frozenset(
    "claim claims statement statements allegation allegations assertion assertions accusation accusations warning warnings denial denials finding findings belief beliefs view "
    "fear fears suggestion suggestions announcement announcements admission insistence argument arguments contention pledge promise promises assurance assurances conclusion "
    "conclusions opinion prediction predictions hope hopes concern concerns suspicion suspicions charge charges complaint complaints declaration declarations report reports "
    "testimony acknowledgement acknowledgment assessment estimate estimates demand demands revelation revelations threat vow remark remarks comment comments".split()
)
_POSSESSIVES = frozenset("his her their its our my your".split())
# Where things are told (“said in a statement that”), and what begins that which is told there.
_OUTLETS = frozenset(
    "statement report letter interview speech post message note memo release communique communiqué broadcast telegram briefing address tweet video editorial affidavit filing "
    "email telephone television article dispatch declaration sermon interviews statements remarks".split()
)
_OPENS = frozenset({"that", ":", "“", '"'})
_DAYS = frozenset("on monday tuesday wednesday thursday friday saturday sunday last week month year earlier today yesterday".split())


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.casefold()


def find_claims(text: str, sentences: Sequence[Sentence] | None = None) -> list[Claim]:
    """Find every attribution of a text.

    Args:
        text: plain English text.
        sentences: its sentences; split here when None.

    Returns:
        Claims in text order of their cues.

    >>> [(c.source.text, c.cue.text, c.content[0].text) for c in find_claims("The mayor said that the bridge would close.") if c.source]
    [('The mayor', 'said', 'the bridge would close')]
    """
    found: list[Claim] = []
    for sentence in split(text, ()) if sentences is None else sentences:
        words = text[sentence.start : sentence.end]
        tokens = [_Token(m.group(), sentence.start + m.start(), sentence.start + m.end()) for m in _TOKEN.finditer(words)]
        found += _parted(text, tokens, list(_sentence_claims(text, tokens)))
    return with_quotations(text, found)


def _parted(text: str, tokens: list[_Token], claims: list[Claim]) -> list[Claim]:
    """End what one verb tells where its subject's next verb begins (“denied the raid and said …”), or another's clause (“…, but the army denied …”)."""
    for n, (one, other) in enumerate(pairwise(claims)):
        if other.source is not None and one.source != other.source and (stop := _clause(tokens, other)) is not None and stop > one.cue.start:
            claims[n] = replace(one, content=tuple(c for span in one.content if (c := _until(text, span, stop)) is not None))
            continue
        k = next((k for k, t in enumerate(tokens) if t.start == other.cue.start), 0)
        if k < 2 or tokens[k - 1].low not in _JOINED or one.source is None or one.source != other.source:  # noqa: PLR2004 - a word told and the conjunction
            continue
        end = tokens[k - 2].end
        told = tuple(Span(text[c.start : min(c.end, end)], c.start, min(c.end, end)) for c in one.content if c.start < end)
        claims[n] = replace(one, content=told)
    return claims


def _clause(tokens: list[_Token], claim: Claim) -> int | None:
    """Give the offset at which the clause of a claim begins, where a comma and a conjunction or a semicolon part it from what is before."""
    assert claim.source is not None
    k = next((k for k, t in enumerate(tokens) if t.start >= claim.source.start), 0)
    if claim.source.start > claim.cue.start or k < 2:  # noqa: PLR2004 - a comma and the conjunction
        return None
    if tokens[k - 1].text == ";":
        return tokens[k - 1].start
    return tokens[k - 2].start if tokens[k - 1].low in _BETWEEN and tokens[k - 2].text == "," else None


def _until(text: str, span: Span, stop: int) -> Span | None:
    """Cut a span at an offset; nothing is left of one that begins after it."""
    if span.end <= stop:
        return span
    words = text[span.start : stop].rstrip(" ,;\n")
    return Span(words, span.start, span.start + len(words)) if words else None


def _sentence_claims(text: str, tokens: list[_Token]) -> Iterator[Claim]:
    quoted = _quoted(tokens)
    last: Span | None = None
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.low == "according" and i + 2 < len(tokens) and tokens[i + 1].low == "to":
            source = _after(text, tokens, i + 2)
            yield Claim(source, _span(text, tokens[i], tokens[i + 1]), _around(text, tokens, i, source))
            i += 2
        elif token.low in _HEARSAY and not quoted[i]:
            yield Claim(None, _span(text, token, token), _around(text, tokens, i, None))
        elif token.low in _CLAIM_NOUNS and not quoted[i] and (noun := _noun_claim(text, tokens, i)):
            yield noun
        elif token.low in _FORMS and not quoted[i] and not _named(tokens, i) and (claim := _verb_claim(text, tokens, quoted, i, last)):
            last = claim.source or last
            yield claim
        i += 1


def _noun_claim(text: str, tokens: list[_Token], i: int) -> Claim | None:
    """Read a claim told by a noun: “the army's claim that …”, “her announcement Friday that …”, “an allegation by the union that …”."""
    that = next((k for k in range(i + 1, min(len(tokens), i + _LONGEST_SIDE + 3)) if tokens[k].low == "that"), 0)
    if not that or that + 1 >= len(tokens):
        return None
    if tokens[i + 1].low in {"by", "from"} and that > i + 2:
        source: Span | None = _span(text, tokens[i + 2], tokens[that - 1])
    else:
        source = _owner(text, tokens, i) if {t.low for t in tokens[i + 1 : that]} <= _DAYS else None
    if source is None:
        return None
    stop = next((k for k in range(that + 1, len(tokens)) if tokens[k].text in {",", ";", "—", "–"}), len(tokens))
    told = _trimmed(tokens[that + 1 : stop])
    return Claim(source, _span(text, tokens[i], tokens[i]), (_span(text, told[0], told[-1]),)) if told else None


def _owner(text: str, tokens: list[_Token], i: int) -> Span | None:
    """Take whose claim a noun names: the possessive before it, with at most two adjectives between, without its *'s*."""
    for k in range(i - 1, max(-1, i - 4), -1):
        if tokens[k].low in _POSSESSIVES:
            return _span(text, tokens[k], tokens[k])
        mark = re.search(r"(?:['’]s|(?<=s)['’])$", tokens[k].text)
        if mark or (tokens[k].text in {"'", "’"} and k and tokens[k - 1].text.endswith("s")):
            last = tokens[k] if mark else tokens[k - 1]
            at = k if mark else k - 1
            first = at
            while first and re.match(r"\w", tokens[first - 1].text) and tokens[first - 1].low not in _BOUNDARY | _FORMS | _FINITE | _PREPOSITIONS | {"to"}:
                first -= 1
            end = last.start + (mark.start() if mark else len(last.text))
            return Span(text[tokens[first].start : end], tokens[first].start, end)
        if not tokens[k].text.isalpha():
            return None
    return None


def is_cue(words: str) -> bool:
    """Tell whether words have a verb that reports: “warn”, “called for”."""
    return any(word.casefold() in _FORMS for word in words.split())


def _named(tokens: list[_Token], i: int) -> bool:
    """Tell whether a form is part of a name: “Port Said”, “the United States”."""
    return i > 0 and tokens[i].text[:1].isupper() and tokens[i - 1].text[:1].isupper() and any(t.text[:1].islower() for t in tokens)


def _quoted(tokens: list[_Token]) -> list[bool]:
    """Tell which tokens stand within quotation marks."""
    inside, found = False, []
    for t in tokens:
        if t.text in {"“", "”"}:
            inside = t.text == "“"
        elif t.text == '"':
            inside = not inside
        found.append(inside)
    return found


def _verb_claim(text: str, tokens: list[_Token], quoted: list[bool], i: int, last: Span | None) -> Claim | None:
    token = tokens[i]
    before = tokens[i - 1].low if i else ""
    after = tokens[i + 1].low if i + 1 < len(tokens) else ""
    told = after in {"that", "“", '"', ":", ","} or after in _PRONOUNS or after in _DETERMINERS or any(quoted[i + 1 : i + 12])
    clause = after in {"that", "for", "on", "“", '"', ":"} or after in _PRONOUNS or (after == "to" and token.low not in _NOUNS_WITH_TO)
    if token.low in _DOUBTFUL and not (clause or (before in _PRONOUNS and told)):
        return None
    if before in _DETERMINERS - {"that", "all", "both"} or before in {"of", "'s", "’s"}:
        return None  # a noun: “the report”, “his claims”
    if before in _PREPOSITIONS and not token.low.endswith("ing"):
        return None  # a noun: “watched for signs that”
    if token.low.endswith("ing") and token.low != "bring":
        source = last or _subject(text, tokens, i)
        return Claim(source, _span(text, token, token), _told(text, tokens, i + 1), any(quoted[i + 1 :])) if before in {",", "by", "“", "”", '"', "in"} else None
    turned = _turned(tokens, i)
    if turned:
        source = _after(text, tokens, i + 1)
        return Claim(source, _span(text, token, token), _around(text, tokens, i, source), any(quoted)) if source else None
    first = i
    while first and (tokens[first - 1].low in _SKIPPED | _DAYS or _adverb(tokens[first - 1].text)):
        first -= 1
    if first != i and any(t.low in {"to", "be", "been"} for t in tokens[first:i]) and not any(t.low == "said" for t in tokens[first:i]):
        return None
    passive = any(t.low in {"is", "was", "are", "were"} for t in tokens[first:i])
    if passive and token.low not in {"expected", "said", "asked", "told", "reported", "accused", "believed", "thought", "quoted"}:
        return None
    source = _before(text, tokens, first)
    if source is None and first and tokens[first - 1].low in _JOINED:
        source = last or _subject(text, tokens, first)
    if source is None:
        return None
    source = _whole(text, tokens, first, source)
    start = tokens[first].start if first != i else token.start
    cue = Span(text[start : token.end], start, token.end)
    tail = tokens[i + 1] if i + 1 < len(tokens) else None
    late = source.start > tokens[0].start
    rest = {t.low for t in tokens[i + 1 :]} - {"."}
    closing = tail is None or tail.text in {".", "”", '"'} or (late and (tail.text == "," or rest <= _DAYS or _ends_in_outlet(tokens[i + 1 :])))
    content = _around(text, tokens, i, source)[:1] if _addressed(tokens, i, source) else _around(text, tokens, i, source) if closing else _told(text, tokens, i + 1)
    return Claim(source, cue, content, any(quoted)) if content else None


def _adverb(word: str) -> bool:
    return word.endswith("ly") and word.islower() and word not in {"family", "assembly", "ally", "daily", "weekly"}


def _addressed(tokens: list[_Token], i: int, source: Span) -> bool:
    """Tell whether what follows *told* is only who heard it: “…,” the general told reporters."""
    k = next((k for k, t in enumerate(tokens) if t.start >= source.start), 0)
    rest = tokens[i + 1 :]
    heard = len(rest) <= _SHORT_TAIL and not any(t.low in _FINITE | {"that", "to", "how", "“", '"', ","} for t in rest)
    return tokens[i].low in {"told", "tells"} and k > 1 and tokens[k - 1].text in {",", "”", '"'} and heard


def _turned(tokens: list[_Token], i: int) -> bool:
    """Tell whether the subject stands after the verb: “…,” said the mayor."""
    if i == 0 or i + 1 >= len(tokens) or tokens[i].low not in {"said", "says", "added", "wrote", "asked", "tweeted", "explained", "recalled", "noted", "replied", "argued"}:
        return False
    after = tokens[i + 1]
    if tokens[i - 1].text == "," and not any(t.text in {"“", "”", '"'} for t in tokens[:i]) and (len(tokens) - i > _SHORT_TAIL or any(t.low in _FINITE for t in tokens[i + 1 :])):
        return False  # “Ada Obi, a judge, said the law …”: the comma closes an apposition
    return tokens[i - 1].text in {",", "”", '"', "?", "!"} and (after.text[:1].isupper() or after.low in _DETERMINERS | _PRONOUNS) and after.low != "that"


def _before(text: str, tokens: list[_Token], stop: int) -> Span | None:
    """Take the noun phrase that ends before a verb, with the words in commas that explain it."""
    if not stop:
        return None
    end = stop - 1
    if tokens[end].low in _PRONOUNS:
        return _span(text, tokens[end], tokens[end])
    if tokens[end].text == ",":  # “Ada Obi, a judge in Enugu, said”
        back = end - 1
        while back > 0 and tokens[back].text not in {",", "“", "”", '"', ";", ":"}:
            back -= 1
        if back == 0 or tokens[back].text != ",":
            return None
        end = back - 1
        last = tokens[stop - 2]
    else:
        last = tokens[end]
    first = end
    while first >= 0 and _of_source(tokens, first, end):
        first -= 1
    first = _both(tokens, first)
    first += 1
    while first < end and tokens[first].low in {"in", "on", "at", "for", "with", "meanwhile", "still", "however", "monday", "tuesday", "wednesday", "thursday", "friday"}:
        first += 1
    if first > end or (tokens[first].low in _NO_SOURCE and first == end):
        return None
    return _span(text, tokens[first], last)


def _of_source(tokens: list[_Token], k: int, end: int) -> bool:
    """Tell whether a word can stand in a source; a word like “report” can only be its last."""
    word = tokens[k]
    if word.low in _BOUNDARY or not re.match(r"[\w$]", word.text):
        return False
    return word.low not in _FORMS or (k == end and word.low in _DOUBTFUL)


def _whole(text: str, tokens: list[_Token], stop: int, source: Span) -> Span:
    """Take the phrase before a relative clause that ends at the verb: “an aide who asked not to be named said”."""
    w = next((k for k in range(stop - 1, 0, -1) if tokens[k].low == "who"), 0)
    inside = tokens[w + 1 : stop]
    if not w or len(inside) < 2 or source.start <= tokens[w].start or any(t.text == "," for t in inside) or not any(t.low in _FORMS for t in inside):  # noqa: PLR2004
        return source
    head = _before(text, tokens, w)
    return Span(text[head.start : source.end], head.start, source.end) if head is not None else source


def _both(tokens: list[_Token], before: int) -> int:
    """Go back over the first of two joint sources: “London and Brussels said”; give the index before it, or the one that was given."""
    if before < 1 or tokens[before].low != "and":
        return before
    first = before - 1
    while first >= 0 and tokens[first].low not in _BOUNDARY | _FORMS | _FINITE and re.match(r"\w", tokens[first].text):
        first -= 1
    clean = first < 0 or tokens[first].text in {",", ";"} or tokens[first].low in _BOUNDARY
    side = tokens[first + 1 : before]
    named = all(t.text[:1].isupper() or t.low in _DETERMINERS for t in side) and tokens[before + 1].text[:1].isupper()
    return first if clean and named and 0 < len(side) <= _LONGEST_SIDE else before


def _after(text: str, tokens: list[_Token], start: int) -> Span | None:
    """Take the noun phrase that begins after a verb or *according to*."""
    end = start
    while end < len(tokens) and tokens[end].text not in {",", ".", ";", ":", "“", "”", '"', "—", "–", "("} and not (end > start and tokens[end].low in _BOUNDARY):
        end += 1
    return _span(text, tokens[start], tokens[end - 1]) if end > start else None


def _subject(text: str, tokens: list[_Token], i: int) -> Span | None:
    """Take the first noun phrase of a sentence, for a participle (“…, adding that”)."""
    for k, t in enumerate(tokens[:i]):
        if t.low in _FORMS or t.low in _SKIPPED or t.text == ",":
            return _span(text, tokens[0], tokens[k - 1]) if k else None
    return None


def _told(text: str, tokens: list[_Token], start: int) -> tuple[Span, ...]:
    """Take what is told after a verb, to the sentence's end; where it was told (“in a statement on Monday that”) is no part of it."""
    start = _past_outlet(tokens, start)
    while start < len(tokens) and tokens[start].low in {"that", ",", ":"}:
        start += 1
    end = len(tokens) - 1
    while end > start and tokens[end].text in {".", "!", "?"}:
        end -= 1
    return (_span(text, tokens[start], tokens[end]),) if start <= end < len(tokens) else ()


def _past_outlet(tokens: list[_Token], start: int) -> int:
    """Pass over words for where something is told, up to what is told: after “that”, a colon or a quotation mark."""
    if not _outlet(tokens[start : start + _LONGEST_SIDE]):
        return start
    return next((k for k in range(start, min(len(tokens), start + 2 * _LONGEST_SIDE)) if tokens[k].text in _OPENS), start)


def _outlet(piece: list[_Token]) -> bool:
    """Tell whether words begin with a place where things are told: “in a statement”, “in his weekly address”."""
    return len(piece) > 2 and piece[0].low in {"in", "on", "through", "via"} and piece[1].low in _DETERMINERS and any(t.low in _OUTLETS for t in piece[2:4])  # noqa: PLR2004 - preposition, article, noun


def _ends_in_outlet(piece: list[_Token]) -> bool:
    """Tell whether words to a sentence's end say only where something was told: “in a statement on Monday”."""
    return _outlet(piece) and len(piece) <= _LONGEST_SIDE + 2 and not any(t.text in _OPENS for t in piece)


def _around(text: str, tokens: list[_Token], i: int, source: Span | None) -> tuple[Span, ...]:
    """Take what is told before a cue with its source, and what goes on after them."""
    low = min(tokens[i].start, source.start if source else tokens[i].start)
    high = max(tokens[i].end, source.end if source else tokens[i].end)
    pieces = [_trimmed([t for t in tokens if t.end <= low]), _trimmed([t for t in tokens if t.start >= high])]
    marks = [{t.text for t in piece} & {"“", "”", '"'} for piece in pieces]
    if marks[0] and not marks[1] and source is not None and source.start > tokens[i].start and pieces[0][-1].text in {"”", '"'}:
        pieces.pop()  # “…,” said Ada Obi, 61, who sells cod: about the speaker, not told by her
    return tuple(_span(text, piece[0], piece[-1]) for piece in pieces if len(piece) > 1 and not {t.low for t in piece} <= _DAYS and not _ends_in_outlet(piece))


def _trimmed(piece: list[_Token]) -> list[_Token]:
    """Drop the stops and commas at the ends."""
    marks = {",", ".", ";"}
    while piece and piece[0].text in marks:
        piece = piece[1:]
    while piece and piece[-1].text in marks:
        piece = piece[:-1]
    return piece


def _span(text: str, first: _Token, last: _Token) -> Span:
    return Span(text[first.start : last.end], first.start, last.end)
