"""The words of the trade around a report: bylines, credits, notes to readers, separators. They are kept in the text and never coded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["boilerplate_spans"]


class _Rule(NamedTuple):
    """Say which words are boilerplate, and how much beside them: nothing, their sentence, or their line."""

    pattern: re.Pattern[str]
    reach: str


def _line(pattern: str, flags: int = 0) -> _Rule:
    return _Rule(re.compile(rf"[ \t]*(?:{pattern})[ \t]*", flags), "line")


def _words(pattern: str, flags: int = 0) -> _Rule:
    return _Rule(re.compile(pattern, flags), "words")


def _sentence(pattern: str, flags: int = 0) -> _Rule:
    return _Rule(re.compile(pattern, flags), "sentence")


_I: Final = re.IGNORECASE
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_PERSON = rf"{_CAPITAL}[\w.'’-]*(?:[ \t]+(?:{_CAPITAL}[\w.'’-]*|de|del|della|di|da|der|van|von|bin|ibn|al|el|la|le)){{0,4}}"
_PERSONS = rf"{_PERSON}(?:(?:,[ \t]*(?:and[ \t]+)?|[ \t]+and[ \t]+|[ \t]+&[ \t]+){_PERSON}){{0,5}}"
_AGENCY = r"(?:The )?(?:Associated Press|AP|Reuters|Agence France-Presse|AFP|Xinhua|Bloomberg|Kyodo|UPI|TASS|DPA|dpa|Anadolu Agency)"
_OFFICE = r"(?:,?[ \t]+(?:in|of|for)[ \t]+[^\n.]{2,60}|,?[ \t]+(?:staff|senior|chief|foreign)?[ \t]*(?:writers?|correspondents?|reporters?|editors?))"
_NOTICE = r"e-?mail|newsletters?|inbox|alerts?|updates|briefings?|digest|podcasts?|memberships?|app\b|here\b|channel|free trial"
_STAMP = r"(?:\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"

_RULES: Final[tuple[_Rule, ...]] = (
    # separators and end marks
    _line(r"_{2,}|(?:\*[ \t]?){2,}|-{3,}|={3,}|#{2,}|(?:#[ \t]){2,}#|[-–]30[-–]|\(?(?:ENDS?|MORE)\)?|•[ \t]*•[ \t]*•"),
    # bylines and the lines under them
    _line(rf"(?:By|BY)[ \t]+{_PERSONS}{_OFFICE}?(?:,?[ \t|/–—-]+{_AGENCY})?", 0),
    _line(rf"{_AGENCY}(?:[ \t]+(?:[A-Z][\w-]+[ \t]+){{0,3}}(?:[Ww]riters?|[Cc]orrespondents?|[Rr]eporters?|[Ee]ditors?|[Ss]taff))?"),
    _line(r"(?:staff|senior|special|foreign|chief)[ \t]+(?:writer|reporter|correspondent)s?|from[ \t]+staff[ \t]+reports?", _I),
    _line(rf"(?:Last[ \t]+)?(?:Updated|Published|Posted|Modified)(?:[ \t]+(?:on|at))?[ \t]*:?[ \t]+{_STAMP}[^\n]{{0,60}}(?<![a-z]{{3}}\.)", _I),
    # who reported and edited
    _words(r"\((?:Additional )?(?:Reporting|Writing|Editing|Compiled|Translated|Translation|Produced|Graphics?) by\b[^()]{1,600}\)?", _I),
    _line(rf"(?:Additional )?(?:[Rr]eporting|Writing|Editing|Compiled|Translated) by {_CAPITAL}[^\n]{{0,300}}"),
    _sentence(r"\bcontributed (?:reporting|(?:reporting )?(?:to|from) this (?:report|story|article|dispatch))\b[^.\n]{0,60}(?:\.|$)", _I | re.MULTILINE),
    _sentence(r"\bcontributed reporting from [^.\n]{1,80}(?:\.|$)", _I | re.MULTILINE),
    # where else to read
    _line(r"Follow\b(?!-)[^\n]{0,200}\b(?:coverage|on (?:Twitter|X|Facebook|Instagram|Threads|Telegram|Bluesky|Mastodon|WhatsApp))\b[^\n]{0,160}"),
    _line(r"Follow\b(?!-)[^\n]{0,80}(?:(?<!\w)@\w+|https?://)[^\n]{0,200}"),
    _line(r"(?:Find |See |Get )?(?:more|full|all|complete|further)\b[^\n]{0,60}\bcoverage\b[^\n]{0,60}(?::[^\n]{0,200}|https?://\S+|\bat)", _I),
    _line(rf"{_AGENCY}['’]s? [^\n]{{0,80}}\bcoverage\b[^\n]{{0,60}}(?:https?://\S+|\bat|:)[^\n]{{0,200}}"),
    _line(r"(?:Read|See|Also read|Read also|Watch|Listen|Explore) ?(?:more|also|next|now)?[ \t]*[:»>|][^\n]{0,250}", _I),
    _line(r"Read more(?:[ \t]+(?:about|on|at|here|from|stories|coverage)\b[^\n]{0,200})?[.…]?", _I),
    _line(r"(?:Related(?: (?:stories|coverage|articles?|content|links?|topics?))?|More (?:on this|stories|from)\b[^:\n]{0,60})[ \t]*:?(?:(?<=:)[^\n]{0,250})?", _I),
    _line(rf"(?:Sign up|Subscribe|Register|Download|Get the latest|Join us|Join our)\b[^\n]{{0,200}}\b(?:{_NOTICE})[^\n]{{0,160}}", _I),
    _line(r"(?:Please )?(?:click|tap) (?:here|on the link|below)\b[^\n]{0,250}", _I),
    _sentence(r"\b(?:click|tap) here (?:to|for)\b[^.\n]{0,200}\.?", _I),
    _line(r"(?:Advertisement|Story continues(?: below)?[^\n]{0,60}|Support our journalism[^\n]{0,160}|Share (?:this|on)\b[^\n]{0,80}|Most read|Loading\W*)", _I),
    # rights
    _line(r"(?:Copyright|©|\(c\))[ \t]*(?=©|\(c\)|\d{4}|by\b|The\b|[^\n]{0,80}\d{4}|[^\n]{0,200}rights reserved)[^\n]{0,400}", _I),
    _sentence(r"\ball rights reserved\b\.?", _I),
    _sentence(r"\bmay not be (?:published|reproduced|copied|broadcast)[^.\n]{0,80}\b(?:redistributed|rewritten|distributed|permission)\b[^.\n]{0,80}\.?", _I),
    _line(r"Our Standards:[^\n]{0,160}|\(?Disclaimer:[^\n]{0,600}"),
    # pictures
    _words(r"\((?:AP|AFP|Reuters|Getty|EPA|File|Handout|Pool|Xinhua|Courtesy)? ?(?:Photos?|Images?|Video|Picture|Pix)(?:/| by |: ?| via | courtesy)[^()\n]{1,120}\)", _I),
    _words(r"\((?:Photo|Image|Picture|Video) credit[^()\n]{1,120}\)", _I),
    _line(r"FILE(?: PHOTO)?[ \t]*(?:[-–—:]+)[ \t]*[^\n]{1,800}"),
    _line(r"(?:Photo|Image|Picture|Video)s?(?: credit| by| courtesy of)?[ \t]*:[^\n]{1,160}|(?:Photo|Image|Picture)s? by [A-Z][^\n.]{1,80}", _I),
    _line(r"[A-Z][^\n.]{0,60}/(?:Getty Images|AFP|Reuters|AP|EPA|Xinhua|Pool|Handout)(?: via [^\n.]{1,40})?|REUTERS/[^\n.]{1,60}"),
    # notes of the editors
    _words(
        r"\(?\bThis (?:[\w’'-]+ ){0,2}(?:story|article|report|dispatch|headline|item|version)(?: of (?:the|this) (?:story|article|report))?"
        r" (?:(?:has been|was|is being) (?:corrected|refiled|clarified|reposted|syndicated|auto-generated|(?:updated|amended|edited|revised)"
        r"(?=\.| (?:to|on|at|after|with|for)\b)|(?:first|originally|previously) published|(?:published|republished|produced|translated|supplied) "
        r"(?:with|in partnership|by (?:AP|AFP|Reuters)|under|from)|developing)|corrects|refiles|clarifies|will be updated)\b[^\n()]{0,400}\)?"
    ),
    _sentence(r"\bThis is a (?:developing|breaking)(?: news)? (?:story|news|item)\b[^\n]{0,160}", _I),
    _line(r"(?:Corrections?|Clarification|Editors?['’]?s? note|Note to (?:editors|readers))[ \t]*(?::|[—–-]+[ \t]*(?-i:[A-Z]))[^\n]{1,800}", _I),
    # social media and addresses
    _words(r"(?<![\w./@])@[A-Za-z_]\w{1,29}\b(?!\.\w)"),
    _words(r"https?://[^\s<>()\"”]+|\bwww\.[^\s<>()\"”]+|\bpic\.twitter\.com/\w+"),
    _words(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b"),
    _line(rf"[—–-]{{1,2}}[ \t]*[^\n]{{1,60}}\(@\w+\)[^\n]{{0,40}}|{_PERSONS} (?:is|are) on (?:Twitter|X|Facebook|Mastodon|Bluesky)\b[^\n]{{0,120}}"),
    _sentence(r"\bcan be (?:reached|followed|contacted) (?:at|on|via)\b[^\n]{0,120}(?=@)[^\n]{0,80}", _I),
)
_SIGN_OFF: Final = re.compile(rf"[ \t]*{_PERSONS} reported from {_CAPITAL}[^\n]{{1,160}}\.[ \t]*")
_SIGN_OFF_LINES: Final = 6
_LONGEST_LINE: Final = 1000
_BREAK: Final = re.compile(r"[.!?][\"'”’)]*[ \t]+(?=[\"'“‘(]?[^\W\d_a-z])")
_ABBREVIATED: Final = re.compile(r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Gen|Gov|Sen|Rep|Lt|Col|Sgt|Capt|St|Jr|Sr))$")


def boilerplate_spans(text: str) -> list[tuple[int, int]]:
    r"""Find the words that are no part of the report: bylines, credits, notices, separators, handles and addresses.

    The whole of a notice is one span. A handle or an address inside a sentence of the report is a span of its own, so a sentence is
    boilerplate when a span covers it, and not when one merely touches it.

    Args:
        text: a story's text.

    Returns:
        Half-open ranges, sorted, that do not overlap or touch.

    Examples:
        >>> text = "Envoys met.\\n\\n(Reporting by Ada Nilsen; Editing by Bo Ek)"
        >>> [text[start:end] for start, end in boilerplate_spans(text)]
        ['(Reporting by Ada Nilsen; Editing by Bo Ek)']
    """
    return _merged(sorted([*_found(text), *_sign_offs(text)]))


def _found(text: str) -> Iterator[tuple[int, int]]:
    lines = [span for span in _lines(text) if span[1] - span[0] <= _LONGEST_LINE]
    for pattern, reach in _RULES:
        if reach == "line":
            yield from (span for span in lines if pattern.fullmatch(text, *span))
            continue
        for match in pattern.finditer(text):
            start = _sentence_start(text, match.start()) if reach == "sentence" else match.start()
            if match.end() > start:
                yield start, match.end()


def _lines(text: str) -> list[tuple[int, int]]:
    """List the lines that hold more than white space, white space at both ends left off."""
    return [match.span() for match in re.finditer(r"[^\s](?:[^\n]*[^\s])?", text)]


def _sign_offs(text: str) -> Iterator[tuple[int, int]]:
    """Find "Nilsen reported from Oslo." among the last lines; earlier, such words may be the news."""
    lines = _lines(text)
    yield from (span for span in lines[max(1, len(lines) - _SIGN_OFF_LINES) :] if _SIGN_OFF.fullmatch(text, *span))


def _sentence_start(text: str, position: int) -> int:
    """Go back to where the sentence around ``position`` begins, within its line."""
    start = text.rfind("\n", 0, position) + 1
    start = max(start, position - _LONGEST_LINE)
    for match in _BREAK.finditer(text, start, position):
        if not _ABBREVIATED.search(text, max(0, match.start() - 8), match.start()):
            start = match.end()
    return start


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
