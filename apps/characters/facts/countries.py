"""Reads the country somebody names; it is asked for so that the right crisis lines are shown."""

from __future__ import annotations

import re

from apps.characters.facts.text import fold
from apps.characters.stages import COUNTRIES

_NAMES = {name: code for code, names in COUNTRIES.items() for name in names}
_NAMED = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))})(?!\w)"
)
# Too short to be read in lower case inside a sentence: "tell us".
_SHORT = re.compile(r"(?<!\w)(?:US|UK)(?!\w)")
_NOT_THERE = re.compile(r"\b(?:not|never|isn't|aren't)(?: \w+){0,2} $")


def country_in(text: str) -> str | None:
    """A code such as GB; None when none or several are named."""
    folded = fold(text)
    found = {
        _NAMES[match[0]]
        for match in _NAMED.finditer(folded)
        if not _NOT_THERE.search(folded[: match.start()])
    }
    found |= {{"US": "US", "UK": "GB"}[match[0]] for match in _SHORT.finditer(text)}
    return found.pop() if len(found) == 1 else None
