"""Which feelings a client names, where, and how strongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps.analysis.talk import words
from apps.analysis.talk.lexicon import FEELINGS, Feeling
from apps.analysis.talk.model import Sentence


@dataclass(frozen=True, slots=True)
class Named:
    """A feeling in a sentence; a denied one ("I'm not afraid any more") is kept as such."""

    feeling: Feeling
    sentence: Sentence
    strength: float
    denied: bool


def named_in(sentences: Iterable[Sentence]) -> list[Named]:
    """Of the client's own feelings now: not another's, and not those of years ago."""
    return [found for sentence in sentences for found in _in(sentence)]


def _in(sentence: Sentence) -> Iterable[Named]:
    text = words.straight(sentence.text)
    if words.is_past(text) or text.endswith("?"):
        return
    for feeling in FEELINGS:
        match = feeling.pattern.search(text)
        if match and not words.is_anothers(text, match.start()):
            yield Named(
                feeling,
                sentence,
                words.strength(text, match.start()),
                words.is_denied(text, match.start()),
            )
