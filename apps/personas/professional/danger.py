"""A small check for danger, for places where no safety screening has been done before.

Sessions screen each message themselves and pass what they found; this is the net under that.
"""

from __future__ import annotations

import re
from typing import Literal

Danger = Literal["self", "others"]

_SELF = re.compile(
    r"\b(?:kill(?:ing)? myself|suicid\w*|end(?:ing)? (?:my life|it all)|tak(?:e|"
    r"ing) my (?:own )?life"
    r"|want(?:ed)? to die|wish(?:ed)? i (?:was|were) dead|better off (?:dead|without me)"
    r"|(?:hurt|harm|cut|cutting|hurting|harming|burn|burning) myself|self[- ]?harm\w*"
    r"|(?:don't|do not|no longer) want to (?:live|be alive|be here|exist|wake up)"
    r"|no (?:reason|point) (?:to|in) (?:live|living|go on|going on)|overdos\w+|"
    r"hang(?:ing)? myself)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:(?:kill|murder|shoot|stab|hurt|strangle) (?:him|her|them|someone|somebody|my \w+|"
    r"everyone)"
    r"|(?:he|she|they|partner|husband|wife|boyfriend|girlfriend|dad|mum|mom|father|mother) "
    r"(?:hits?|beats?|chokes?|chok(?:ed|ing)|strangles?|rap(?:es|ed)|threatens to kill|"
    r"hurts) (?:me|my \w+)"
    r"|(?:being|been) (?:abused|beaten|raped|assaulted))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|don't|do not|no|wouldn't|isn't|haven't|won't|without)\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)


def danger_in(text: str) -> Danger | None:
    plain = text.replace("’", "'")
    if _stands(_SELF, plain):
        return "self"
    return "others" if _stands(_OTHERS, plain) else None


def _stands(pattern: re.Pattern[str], text: str) -> bool:
    return any(
        not _DENIED.search(text[max(0, hit.start() - 40) : hit.start()])
        for hit in pattern.finditer(text)
    )
