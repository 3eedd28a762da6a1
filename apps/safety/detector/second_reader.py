"""A second reader for wording no rule foresaw: weights of words, of words near each other and of
what the rules saw, learnt from the tuned corpus by `manage.py fit_safety`. Together with `meaning`
it raises to moderate, and lowers what the rules, unless they say critical, saw in harmless talk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Set
from itertools import chain
from operator import add
from pathlib import Path

from apps.safety.detector.finding import Category
from apps.safety.detector.pattern import STOP

WEIGHTS = Path(__file__).with_name("second_reader.json")
CLASSES: tuple[Category, ...] = (
    "suicidal_ideation", "self_harm", "severe_depression", "immediate_danger", "abuse",
)  # fmt: skip
# Odds are the logarithm of danger against none.
THRESHOLD = 0.4
SURE = 1.4
HARMLESS = -0.75
# Below that, what meaning says has never made up for calm wording.
CALM = -2.0
_STRETCH = 36
_ENDINGS = ("ings", "ing", "edly", "ed", "ies", "es", "ly", "s", "e")
_SHORTEST_STEM = 3
# Stands for stops and for words that no name is made of.
_WEIGHTLESS = 0
# `want to` is 'want' times this and 'to', 'want' alone that and nothing. Python adds fastest below
# 2 to the 30th, where there is room for sixteen thousand stems, and for all pairs once more.
_FIRST = 1 << 14
_NEAR = _FIRST * _FIRST
_REMEMBERED = 20_000
# Of what has a weight: a number for words and pairs, a word with a colon for clues.
Name = int | str


def stem(word: str) -> str:
    """`cutting`, `cuts` and `cut` are one word; crude, but the same for every text."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    doubled = len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "ls"
    return word[:-1] if doubled else word


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Runs of whole sentences, a few lines long; a longer sentence in overlapping parts."""
    if len(text) <= _STRETCH:
        yield 0, len(text)
        return
    start = 0
    while start < len(text):
        end = min(start + _STRETCH, len(text))
        stop = text.rfind(STOP, start + _STRETCH // 2, end) + 1
        yield start, stop if stop and end < len(text) else end
        if end == len(text):
            return
        start = stop or start + _STRETCH // 2


class Codes(dict[str, tuple[int, ...]]):
    """One number for each stem, so that a pair of words is one too; filled as words come up."""

    def __init__(self, stems: Iterable[str] = ()) -> None:
        super().__init__()
        self.stems = {stem: (place,) for place, stem in enumerate(stems, start=1)}

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) > _REMEMBERED:
            self.clear()
        # A stop takes three places: no pair reaches over them.
        code = (_WEIGHTLESS,) * (3 if word == STOP else 1)
        self[word] = code = self.stems.get(stem(word), code)
        return code

    def read(self, words: Iterable[str]) -> list[int]:
        return [*chain.from_iterable(map(self.__getitem__, words))]


class SecondReader:
    def __init__(self, path: Path = WEIGHTS) -> None:
        page = json.loads(path.read_text("utf-8"))
        self.codes = Codes(page["stems"])
        self._bias: float = page["bias"]
        self._weights: dict[Name, float] = {}
        self._kinds: dict[Name, int] = {}
        weights: dict[str, tuple[float, int]] = page["weights"]
        for name, (weight, kind) in weights.items():
            key = self._key(name)
            self._weights[key] = weight
            # A pair is of one kind, whether other words stand between or not.
            self._kinds[key] = weights.get(name.replace(" + ", " "), (weight, kind))[1]

    def _key(self, name: str) -> Name:
        """`want to`, `want + die`; names of clues have a colon and stay as they are."""
        if ":" in name:
            return name
        first, *rest = (self.codes.stems[part][0] for part in name.split(" ") if part != "+")
        return first * _FIRST + sum(rest) + (_NEAR if " + " in name else 0)

    def odds(self, codes: list[int], clues: Set[str]) -> float:
        odds = self._bias + sum(map(self._weights.__getitem__, self._known(codes, clues)))
        # Names come in any order, and the last digits of a sum of fractions depend on it.
        return round(odds, 6)

    def category(self, codes: list[int], clues: Set[str]) -> Category:
        """Each word or pair that speaks for danger votes with its weight."""
        votes = [0.0] * len(CLASSES)
        for name in self._known(codes, clues):
            votes[self._kinds[name]] += max(0.0, self._weights[name])
        votes = [round(vote, 6) for vote in votes]
        return CLASSES[votes.index(max(votes))]

    def _known(self, codes: list[int], clues: Set[str]) -> set[Name]:
        """What has a weight, each once: words, neighbours, pairs with one or two words between."""
        first = [code * _FIRST for code in codes]
        near = [code + _NEAR for code in first]
        names = chain(
            first,
            map(add, first, codes[1:]),
            map(add, near, codes[2:]),
            map(add, near, codes[3:]),
            clues,
        )
        return self._weights.keys() & names
