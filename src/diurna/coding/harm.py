"""Code harm: how many were killed, injured, captured or displaced, in the words of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diurna.records import Harm
from diurna.resolve.counts import count_of, kind_of, who_of

if TYPE_CHECKING:
    from diurna.parse.frames import Frame, Mention
    from diurna.records import Sentence

__all__ = ["harm_of"]

_REACH = 60  # characters on each side of a count in which the word for what befell them is looked for


def harm_of(text: str, mention: Mention, frame: Frame, sentence: Sentence) -> Harm | None:
    """Code one toll.

    Args:
        text: the story's text.
        mention: the words that count persons.
        frame: the event that the count belongs to.
        sentence: the sentence that both stand in.

    Returns:
        The harm, or None when the words give no number or nothing tells what befell them.
    """
    count = count_of(mention.text)
    if count is None:
        return None
    before = text[max(sentence.start, mention.start - _REACH) : mention.start]
    after = text[mention.end : min(sentence.end, mention.end + _REACH)]
    kind = kind_of(before, mention.text, after) or _kind_of_trigger(frame)
    if kind is None:
        return None
    return Harm(mention.text, mention.start, mention.end, kind, count[0], count[1], who_of(mention.text))


def _kind_of_trigger(frame: Frame) -> str | None:
    if frame.mode == "abduct" or frame.type == "COERCE":
        return "captured"
    return "killed" if frame.mode == "targeted" else None
