"""Weighs what the rules found against the wording around it, and finds what no rule foresaw: a
linear model over words, word pairs, families of words and the rules' own clues, learnt from the
tuned half of the corpus by `manage.py fit_safety`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import NamedTuple

from apps.safety.detector import families
from apps.safety.detector.finding import Category, Level
from apps.safety.detector.pattern import STOP

WEIGHTS = Path(__file__).with_name("second_reader.json")
CATEGORIES: tuple[Category, ...] = (
    "suicidal_ideation", "self_harm", "severe_depression", "immediate_danger", "abuse",
)  # fmt: skip
ORDERS = ("high", "critical")
# Where danger outweighs calm, chosen on lines the weights were not learnt from.
THRESHOLD = -0.03
# A word or two weigh little, however telling: the least length they are measured by, squared.
FLOOR = 300.0
SENTENCES = 3
# How far pairs reach among words, narrow and wide families, and how their names are written.
REACHES = (2, 1, 2)
PAIRED = (" ", " . ")
_LONGEST = 40
_STEP = 15
_FAMILY = re.compile(r"[=~]\d")
_NONE: dict[str, complex] = {}
Clues = Callable[[int, int], Sequence[str]]


class Opinion(NamedTuple):
    level: Level
    category: Category
    telling: tuple[str, ...]


class Stretch(NamedTuple):
    """Words `first` up to, not including, `after`, and how much they speak of danger."""

    score: float
    first: int
    after: int


class Features:
    """Names what a model may weigh at each word of a text; the same in training and in use."""

    def __init__(self) -> None:
        self.families = families.load()
        self._narrow = {word: names[0] for word, names in self.families.items()}
        self._wide = {word: names[1] for word, names in self.families.items()}

    def single(self, word: str) -> tuple[str, ...]:
        return (word, *self.families.get(word, ()))

    def rows(self, words: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
        """The text as words, as narrow and as wide families; a word of none stands for itself."""
        narrow = [*map(self._narrow.get, words, words)]
        wide = [*map(self._wide.get, words, words)]
        return [*words], narrow, wide

    def at(self, words: Sequence[str]) -> list[list[str]]:
        """The names of all features, word by word: it alone, with the next and the next but one.
        A stop counts as a word, so that ends count too."""
        found = [[*self.single(word)] for word in words]
        for row, reach in zip(self.rows(words), REACHES, strict=True):
            for names, a, *after in zip(found, row, *_shifted(row), strict=True):
                names += [f"{a}{PAIRED[d]}{after[d]}" for d in range(reach)]
        return found


def _shifted(row: list[str]) -> tuple[list[str], list[str]]:
    return [*row, STOP][1:], [*row, STOP, STOP][2:]


def sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where sentences start and end; a very long one is taken in overlapping stretches."""
    first = 0
    for at in [*(i for i, word in enumerate(words) if word == STOP), len(words)]:
        if at > first:
            yield from _stretches(first, at)
        first = at + 1


def _stretches(first: int, after: int) -> Iterator[tuple[int, int]]:
    while after - first > _LONGEST:
        yield first, first + 2 * _STEP
        first += _STEP
    yield first, after


def in_a_row(count: int) -> Iterator[tuple[int, int]]:
    """One to three of `count` sentences in a row: the first and the last of them."""
    for first in range(count):
        for last in range(first, min(first + SENTENCES, count)):
            yield first, last


class SecondReader:
    """Score and size of a stretch travel together as one complex number, for the sake of speed:
    the real part is the weight, the imaginary one the squared length it is measured by."""

    def __init__(self, path: Path = WEIGHTS) -> None:
        page = json.loads(path.read_text("utf-8"))
        self._features = Features()
        self._bias: float = page["bias"]
        self._of = {name: complex(*pair) for name, pair in page["danger"].items()}
        self._orders: dict[str, list[float]] = page["orders"]
        words = self._features.families.keys() | {name for name in self._of if " " not in name}
        self._single = {word: self._whole(word) for word in words}
        self._pairs = [_nested(self._of, link) for link in PAIRED]

    def _whole(self, word: str) -> complex:
        return sum((self._of.get(name, 0j) for name in self._features.single(word)), 0j)

    def summed(self, words: Sequence[str]) -> list[complex]:
        """The weight of all words before each place."""
        rows = [[self._single.get(word, 0j) for word in words]]
        for row, reach in zip(self._features.rows(words), REACHES, strict=True):
            for pairs, after in zip(self._pairs[:reach], _shifted(row), strict=False):
                rows.append(
                    [pairs.get(a, _NONE).get(b, 0j) for a, b in zip(row, after, strict=True)]
                )
        return [0j, *accumulate(map(sum, zip(*rows, strict=True)))]

    def gravest(
        self, words: Sequence[str], clues: Clues, upto: Sequence[complex]
    ) -> Stretch | None:
        """The stretch of one to three sentences that speaks most of danger."""
        bounds = [*sentences(words)]
        extra = [sum(map(self._of.get, clues(*bound), repeat(0j))) for bound in bounds]
        added = [0j, *accumulate(extra)]
        found = []
        for a, b in in_a_row(len(bounds)):
            first, after = bounds[a][0], bounds[b][1]
            total = upto[after] - upto[first] + added[b + 1] - added[a]
            found.append(Stretch(self.score(total), first, after))
        return max(found, default=None)

    def score(self, weight: complex) -> float:
        return self._bias + weight.real / math.sqrt(max(weight.imag, 0.0) + FLOOR)

    def opinion(self, words: Sequence[str], clues: Sequence[str]) -> Opinion:
        """How grave, of what kind, and which features told most."""
        names = [*chain(*self._features.at(words)), *clues]
        columns = zip(*(self._orders[n] for n in names if n in self._orders), strict=True)
        high, critical, *kinds = [sum(column) for column in columns] or [0.0] * 7
        category = CATEGORIES[max(range(len(kinds)), key=kinds.__getitem__)]
        return Opinion(_level(high, critical), category, self._telling({*names}))

    def _telling(self, names: set[str]) -> tuple[str, ...]:
        """The words that weigh most; families have only numbers."""
        spoken = [n for n in names if n in self._of and not _FAMILY.search(n)]
        return tuple(sorted(spoken, key=lambda n: -self._of[n].real)[:3])


def _nested(of: dict[str, complex], link: str) -> dict[str, dict[str, complex]]:
    """first -> second -> weight, so that no pair's name has to be put together to look it up."""
    found: dict[str, dict[str, complex]] = {}
    for name, weight in of.items():
        first, met, second = name.partition(link)
        if met and not second.startswith(". "):
            found.setdefault(first, {})[second] = weight
    return found


def _level(high: float, critical: float) -> Level:
    if high <= 0:
        return "moderate"
    return "critical" if critical > 0 else "high"
