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
from apps.safety.detector.reading import Word

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
_UNKNOWN = "?"
_FIRST_CHAR = 0xE000
_REMEMBERED = 20_000


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


class Codes(dict[str, str]):
    """One character for each stem, so that a text is a string; filled as words come up."""

    def __init__(self, stems: Iterable[str] = ()) -> None:
        super().__init__()
        self.stems = {stem: chr(_FIRST_CHAR + place) for place, stem in enumerate(stems)}

    def __missing__(self, word: str) -> str:
        if len(self) > _REMEMBERED:
            self.clear()
        # Three marks for a stop: no pair reaches over them.
        code = STOP * 3 if word == STOP else self.stems.get(stem(word), _UNKNOWN)
        self[word] = code
        return code

    def text(self, words: Iterable[Word]) -> str:
        return "".join([self[word[0]] for word in words])


def words_and_neighbours(text: str) -> Iterable[str]:
    """Some more than once, as in `near_pairs`."""
    return chain(text, map(add, text, text[1:]))


def near_pairs(text: str) -> Iterable[str]:
    """Pairs with one or two words between them."""
    return chain(map(add, text, text[2:]), map(add, text, text[3:]))


class SecondReader:
    def __init__(self, path: Path = WEIGHTS) -> None:
        page = json.loads(path.read_text("utf-8"))
        self.codes = Codes(page["stems"])
        self._bias: float = page["bias"]
        self._weights: dict[str, float] = {}
        self._near: dict[str, float] = {}
        self._kinds: dict[str, int] = {}
        for name, (weight, kind) in page["weights"].items():
            key = self._key(name)
            (self._near if " + " in name else self._weights)[key] = weight
            self._kinds[key] = kind

    def _key(self, name: str) -> str:
        """`want to`, `want + die`; names of clues have a colon and stay as they are."""
        if ":" in name:
            return name
        return "".join(self.codes.stems[part] for part in name.split(" ") if part != "+")

    def odds(self, text: str, clues: Set[str]) -> float:
        odds = self._bias
        for table, names in self._known(text, clues):
            odds += sum(map(table.__getitem__, names))
        # Names come in any order, and the last digits of a sum of fractions depend on it.
        return round(odds, 6)

    def category(self, text: str, clues: Set[str]) -> Category:
        """Each word or pair that speaks for danger votes with its weight."""
        votes = [0.0] * len(CLASSES)
        for table, names in self._known(text, clues):
            for name in sorted(names):
                votes[self._kinds[name]] += max(0.0, table[name])
        return CLASSES[votes.index(max(votes))]

    def _known(self, text: str, clues: Set[str]) -> Iterator[tuple[dict[str, float], set[str]]]:
        """What has a weight, each once."""
        yield self._weights, self._weights.keys() & chain(words_and_neighbours(text), clues)
        yield self._near, self._near.keys() & near_pairs(text)
