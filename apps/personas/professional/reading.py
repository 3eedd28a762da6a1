"""What the offline rule understands of a client's message: its kind, theme and openings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from apps.personas.professional import lexicon
from apps.personas.professional.reflection import Reflection, feeling_in, reflect, tidy

Kind = Literal[
    "greeting",
    "exploring",
    "short",
    "silence",
    "wordless",
    "not_english",
    "are_you_ai",
    "medical",
    "steering",
    "insult",
    "apology",
    "thanks",
    "goodbye",
    "personal_question",
    "advice_question",
]
GENERAL = "general"
SHORT_WORDS = 3
FEW_WORDS = 4
LAST_LATIN_LETTER = "\u024f"


@dataclass(frozen=True, slots=True)
class Reading:
    kind: Kind
    theme: str | None
    cues: tuple[str, ...]
    reflection: Reflection | None
    feeling: str | None


# The first that matches decides; what a person asks us directly comes before what they tell.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("steering", lexicon.INJECTION),
    ("are_you_ai", lexicon.ASKS_AI),
    ("insult", lexicon.INSULT),
    ("medical", lexicon.ASKS_MEDICAL),
    ("greeting", lexicon.GREETING),
    ("advice_question", lexicon.ASKS_ADVICE),
    ("personal_question", lexicon.ASKS_PERSONA),
)


def read(message: str) -> Reading:
    text = tidy(message)
    kind = _kind(text)
    theme, feeling = theme_of(text), feeling_in(text)
    cues = _cues(text)
    if kind in ("short", "not_english") and (theme or feeling or cues):
        kind = "exploring"
    quoted = reflect(text) if kind == "exploring" else None
    return Reading(kind, theme, cues, quoted, feeling)


def _cues(text: str) -> tuple[str, ...]:
    found = [cue for cue, pattern in lexicon.CUES.items() if pattern.search(text)]
    if "early_family" in found and "absolutes" in found:
        found.remove("absolutes")  # "my father always said" is a memory, not a distortion
    return tuple(found)


def theme_of(text: str) -> str | None:
    """The theme with the most hits; of equals the more specific, which stands earlier.

    An attack on the persona has no theme: "you're useless" is not about self-esteem.
    """
    if lexicon.INSULT.search(text) or lexicon.INJECTION.search(text):
        return None
    hits = {name: len(pattern.findall(text)) for name, pattern in lexicon.THEMES.items()}
    best = max(hits, key=lambda name: hits[name])
    return best if hits[best] else None


def _kind(text: str) -> Kind:
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    if not words:
        return "wordless" if re.search(r"[^\s.…,!?-]", text) else "silence"
    for kind, pattern in _KINDS:
        if pattern.search(text) and (kind != "medical" or lexicon.MEDICAL_WISH.search(text)):
            return kind
    if parting := _parting(text, len(words)):
        return parting
    return _length_kind(words)


def _parting(text: str, count: int) -> Kind | None:
    if count > 20:  # a thank-you inside a long account is not its point
        return None
    if lexicon.GOODBYE.search(text):
        return "goodbye"
    if count <= 8 and lexicon.APOLOGY.search(text):
        return "apology"
    return "thanks" if count <= 12 and lexicon.THANKS.search(text) else None


def _length_kind(words: list[str]) -> Kind:
    if _is_foreign([word.lower() for word in words]):
        return "not_english"
    return "short" if len(words) <= SHORT_WORDS else "exploring"


def _is_foreign(words: list[str]) -> bool:
    """Only on evidence of another language: words we don't know are mostly English ones."""
    letters = "".join(words)
    if sum(char > LAST_LATIN_LETTER for char in letters) > len(letters) / 2:
        return True
    foreign = sum(word in lexicon.FOREIGN for word in words)
    english = sum(word in lexicon.ENGLISH_ONLY for word in words)
    return foreign > english and (foreign > 1 or len(words) <= FEW_WORDS)
