"""A second reader for wording no rule foresaw: weights of words and word pairs, learnt from the
tuned half of the corpus by `manage.py fit_safety`. It can only raise, and only to moderate."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from operator import add
from pathlib import Path
from typing import NamedTuple

from apps.safety.detector.finding import Category
from apps.safety.detector.lexicon import Lexicon

WEIGHTS = Path(__file__).with_name("second_reader.json")
CLASSES: tuple[Category, ...] = (
    "none", "suicidal_ideation", "self_harm", "severe_depression", "immediate_danger", "abuse",
)  # fmt: skip
# At these odds cross-validation on the tuned lines found a fifth of the grave ones without any
# rule, and took 2 in 100 of the calm ones for grave.
THRESHOLD = 0.6
REACH = (1, 2, 3)
_WINDOW = 30

Vector = tuple[float, ...]


class Opinion(NamedTuple):
    """`odds` is the logarithm of danger against none."""

    odds: float
    category: Category


NO_OPINION = Opinion(-math.inf, "none")


def pairs(text: str, reach: int) -> set[str]:
    """Pairs of words that stand `reach` places apart."""
    return set(map(add, text, text[reach:]))


def windows(start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or for want of full stops overlapping stretches of it."""
    if end - start <= _WINDOW:
        yield start, end
        return
    for first in range(start, end - _WINDOW // 2, _WINDOW // 2):
        yield first, min(first + _WINDOW, end)


class SecondReader:
    def __init__(self, lexicon: Lexicon, path: Path = WEIGHTS) -> None:
        chars = lexicon.vocabulary.char
        page = json.loads(path.read_text("utf-8"))
        self._bias: Vector = tuple(page["bias"])
        self._words = {chars[w]: tuple(v) for w, v in page["words"].items() if w in chars}
        self._pairs: dict[int, dict[str, Vector]] = {reach: {} for reach in REACH}
        for key, vector in page["pairs"].items():
            reach, a, b = key.split(" ")
            if a in chars and b in chars:
                self._pairs[int(reach)][chars[a] + chars[b]] = tuple(vector)

    def opinion(self, text: str) -> Opinion:
        found = [self._words[char] for char in self._words.keys() & text]
        if not found:
            return NO_OPINION
        for reach, weights in self._pairs.items():
            found += [weights[pair] for pair in weights.keys() & pairs(text, reach)]
        scores = [sum(column) for column in zip(self._bias, *found, strict=True)]
        top = max(range(1, len(CLASSES)), key=scores.__getitem__)
        danger = math.log(sum(math.exp(score - scores[top]) for score in scores[1:]))
        return Opinion(danger + scores[top] - scores[0], CLASSES[top])
