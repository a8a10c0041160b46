"""Code what is done to a named accord: signed, ratified, suspended, left and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diurna.records import TreatyAct

if TYPE_CHECKING:
    from diurna.parse.frames import Frame

__all__ = ["treaty_act_of"]

# Word families that name an action outright, looked for in the trigger's words in this order; docs/record.md lists the actions.
_FAMILIES = (
    ("suspends", r"suspen|freez|froze|halt|paus"),
    ("ratifies", r"ratif|approv"),
    ("signs", r"sign|initial|conclud|sealed"),
    ("extends", r"exten|renew|prolong"),
    ("terminates", r"terminat|scrap|annul|abrogat|denounc|renounc|tore up|torn up"),
    ("leaves", r"withdr|leav|left|quit|pull|exit"),
    ("breaches", r"breach|violat|broke|break|flout"),
    ("joins", r"join|acced|accession"),
    ("inspects", r"inspect|verif"),
    ("proposes", r"propos|offer|draft|submit"),
)
# What the type and mode say where the trigger's own word does not.
_BY_CODE = {
    ("SANCTION", "discontinue"): "suspends",
    ("SANCTION", "withdraw"): "leaves",
    ("SUPPORT", None): "signs",
    ("AGREE", None): "signs",
    ("CONSULT", None): "consults",
    ("RETREAT", "access"): "inspects",
    ("ACCUSE", "allege"): "breaches",
    ("ACCUSE", "disapprove"): "breaches",
    ("REQUEST", None): "proposes",
}


def treaty_act_of(frame: Frame) -> TreatyAct | None:
    """Code the act on the frame's accord; None when nothing tells what is done to it."""
    accord = frame.accord
    if accord is None or not any(c.isupper() for c in accord.text):
        return None  # the record names accords; “a peace pact” has no name
    words = frame.trigger.text.casefold()
    action = next((name for name, family in _FAMILIES if re.search(rf"\b(?:{family})", words)), None)
    action = action or _BY_CODE.get((frame.type, frame.mode)) or _BY_CODE.get((frame.type, None))
    if action is None:
        return None
    name = re.sub(r"^(?:the|a|an)\s+", "", accord.text, flags=re.IGNORECASE)
    return TreatyAct(accord.text, accord.start, accord.end, name, None, action)
