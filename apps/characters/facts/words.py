"""Words that are never a name or, standing alone, never an answer."""

from __future__ import annotations

import re

from apps.characters.facts.text import fold, has_letters
from apps.characters.stages import WORDS

FILLER = WORDS["filler"]
NOT_NAMES = WORDS["not_names"]
ALSO_NAMES = WORDS["also_names"]
_NOT_NAME_ENDINGS = re.compile(r"(?:ing|tion|ness|ful|less|ous|ated|ened|ished)$")
_MASH = re.compile(
    r"^(?:(.)\1{3,}|[bcdfghjklmnpqrstvwxz]{5,}|(?:asdf|qwer|zxcv|hjkl|sdfg|dfgh)\w*)$"
)
_WORD = re.compile(r"[^\W_][\w'-]*")


def can_be_name(word: str, *, told: bool = True) -> bool:
    """`told`: said as a name ("my name is Will"), not after a bare "I'm" ("i'm rich")."""
    low = fold(word)
    if low in ALSO_NAMES and (told or low != word):
        return True
    return low not in NOT_NAMES and not (low == word and _NOT_NAME_ENDINGS.search(low))


def is_filler(text: str) -> bool:
    """Nothing but hesitation, noise or punctuation: there is no answer in it."""
    if not has_letters(text):
        return not any(char.isdigit() for char in text)
    words = _WORD.findall(fold(text))
    return all(word in FILLER or _MASH.match(word) for word in words) and bool(words)
