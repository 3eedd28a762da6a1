"""Fits the second reader's weights in plain Python, the same every time."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import add
from typing import Any, NamedTuple

from apps.safety.detector import Detector
from apps.safety.detector.folding import fold
from apps.safety.detector.second_reader import (
    CATEGORIES,
    FLOOR,
    SENTENCES,
    Features,
    in_a_row,
    sentences,
)
from apps.safety.evaluation import Example

_SEEN_AT_LEAST = 2
_ROUNDS = 25
_SEED = 11
# Cost of a miss in the margin; a missed grave line costs more than a missed moderate one.
_COST = 1.0
_GRAVE_COSTS = 1.5
_PLAIN_COSTS = 3.0  # ordinary talk must never raise an alarm
_LEANS_FROM = 3


class Row(NamedTuple):
    """Counts of features by name, and the line they come from."""

    counts: Counter[str]
    example: Example


class Vector(NamedTuple):
    names: list[int]
    values: list[float]
    square: float
    sign: int
    cost: float


def fit(examples: Iterable[Example], detector: Detector) -> dict[str, Any]:
    features = Features()
    rows = [r for e in examples if e.label != "low" for r in _rows(e, detector, features)]
    seen = Counter(name for row in rows for name in row.counts)
    idf = {
        name: math.log((1 + len(rows)) / (1 + count)) + 1
        for name, count in sorted(seen.items())
        if count >= _SEEN_AT_LEAST
    }
    number = {name: place for place, name in enumerate(idf, start=1)}  # 0 is the bias
    weights = _separate(_vectors(rows, idf, number), len(number) + 1)
    return {
        "bias": round(weights[0], 4),
        "danger": {
            name: [round(weights[place] * idf[name], 3), round(idf[name] ** 2, 2)]
            for name, place in number.items()
        },
        "orders": _orders([row for row in rows if row.example.is_crisis], idf),
    }


def _rows(example: Example, detector: Detector, features: Features) -> list[Row]:
    """A line is learnt as a whole; a calm one in all its parts too, for each of them is calm."""
    analysis = detector.analyse(fold(example.text).text)
    at = features.at(analysis.words)
    parts = [
        [*chain(*at[first:after]), *analysis.clues(first, after)]
        for first, after in sentences(analysis.words)
    ]
    if example.is_crisis:
        return [_row(parts, example)] if len(parts) <= SENTENCES else []
    return [_row(parts[a : b + 1], example) for a, b in in_a_row(len(parts))]


def _row(parts: Sequence[list[str]], example: Example) -> Row:
    return Row(Counter(name for part in parts for name in part), example)


def _vectors(rows: list[Row], idf: dict[str, float], number: dict[str, int]) -> list[Vector]:
    crisis = sum(row.example.is_crisis for row in rows)
    balance = {True: len(rows) / 2 / crisis, False: len(rows) / 2 / (len(rows) - crisis)}
    vectors = []
    for row in rows:
        known = {name: count for name, count in row.counts.items() if name in idf}
        length = math.sqrt(sum(count * idf[n] ** 2 for n, count in known.items()) + FLOOR)
        values = [1.0, *(count * idf[n] / length for n, count in known.items())]
        vectors.append(
            Vector(
                names=[0, *(number[n] for n in known)],
                values=values,
                square=sum(value * value for value in values),
                sign=1 if row.example.is_crisis else -1,
                cost=_cost(row.example) * balance[row.example.is_crisis],
            )
        )
    return vectors


def _cost(example: Example) -> float:
    if example.label in ("high", "critical"):
        return _COST * _GRAVE_COSTS
    return _COST * _PLAIN_COSTS if "plain_control" in example.tags else _COST


def _separate(vectors: list[Vector], width: int) -> list[float]:
    """A support vector machine with squared hinge loss, by descent in its dual coordinates."""
    weights = [0.0] * width
    alphas = [0.0] * len(vectors)
    order = [*range(len(vectors))]
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 not a secret
    for _ in range(_ROUNDS):
        shuffle(order)
        for place in order:
            row = vectors[place]
            slack = 1 / (2 * row.cost)
            margin = row.sign * sum(map(_times(weights), row.names, row.values))
            new = max(
                0.0, alphas[place] - (margin - 1 + slack * alphas[place]) / (row.square + slack)
            )
            step = (new - alphas[place]) * row.sign
            alphas[place] = new
            if step:
                for name, value in zip(row.names, row.values, strict=True):
                    weights[name] += step * value
    return weights


def _times(weights: list[float]) -> Callable[[int, float], float]:
    return lambda name, value: weights[name] * value


def _orders(rows: list[Row], idf: dict[str, float]) -> dict[str, list[float]]:
    """How single features lean: to high, to critical, and to each category."""
    shares = [sum(column) / len(rows) for column in zip(*map(_targets, rows), strict=True)]
    found: dict[str, list[float]] = {}
    for row in rows:
        met = [1.0, *_targets(row)]
        for name in row.counts.keys() & idf.keys():
            counts = found.setdefault(name, [0.0] * len(met))
            found[name] = [*map(add, counts, met)]
    return {
        name: [_lean(hits, of, share) for hits, share in zip(counts, shares, strict=True)]
        for name, (of, *counts) in sorted(found.items())
        if of >= _LEANS_FROM
    }


def _targets(row: Row) -> list[float]:
    label, category = row.example.label, row.example.category
    orders = [label in ("high", "critical"), label == "critical"]
    return [float(met) for met in (*orders, *(category == kind for kind in CATEGORIES))]


def _lean(hits: float, of: float, share: float) -> float:
    """By how much the odds rise above those of any line, smoothed by two such lines."""
    odds = (hits + 2 * share) / (of - hits + 2 * (1 - share))
    return round(math.log(odds * (1 - share) / share), 2)
