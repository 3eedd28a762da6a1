"""The word lists beside this module, read and compiled once; an unknown key fails at import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "lexicon"
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Feeling:
    """`anxiety`: how much of it the word tells, 0 that it speaks against it, None nothing."""

    name: str
    valence: int
    anxiety: int | None
    pattern: Pattern


def _read(name: str) -> dict[str, Any]:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content


def _words(words: str) -> Pattern:
    """Of words in one text, with a comma and a space between."""
    return re.compile(rf"(?<![\w'])(?:{'|'.join(words.split(', '))})(?!\w)", re.IGNORECASE)


def _any(patterns: list[str]) -> Pattern:
    return re.compile("|".join(patterns), re.IGNORECASE)


FEELINGS = tuple(
    Feeling(name, entry["valence"], entry.get("anxiety"), _words(entry["words"]))
    for name, entry in _read("feelings").items()
)
VALENCE = {feeling.name: feeling.valence for feeling in FEELINGS}
TOPICS = {name: _words(words) for name, words in _read("topics").items()}
COPING = {name: _words(words) for name, words in _read("coping").items()}
TECHNIQUES = {name: _any(patterns) for name, patterns in _read("techniques").items()}

STOP_WORDS = frozenset(_read("stop_words")["words"].split())

_CUES = _read("cues")
NEGATORS = re.compile(
    rf"(?:^|(?<=\W)|(?=n't))(?:{'|'.join(_CUES.pop('negators').split(', '))})(?!\w)", re.IGNORECASE
)
STRONG, WEAK = _words(_CUES.pop("strong")), _words(_CUES.pop("weak"))
CUES = {name: _any(patterns) for name, patterns in _CUES.items()}
