"""Fits the second reader's weights by multinomial logistic regression in plain Python."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from apps.safety.detector import Detector
from apps.safety.detector.second_reader import CLASSES, REACH, pairs
from apps.safety.evaluation import Example

_ROUNDS = 8
_RATE = 0.06
_SHRINK = 0.02
_SEEN_AT_LEAST = 2
_SEED = 11

Features = list[str]


def features(detector: Detector, text: str, names: dict[str, str]) -> Features:
    """Names of the known words and word pairs that are left when idioms are blotted out."""
    known = detector.without_idioms(text)
    words = [names[char] for char in set(known) if char in names]
    linked = [
        f"{reach} {names[pair[0]]} {names[pair[1]]}"
        for reach in REACH
        for pair in pairs(known, reach)
        if pair[0] in names and pair[1] in names
    ]
    return sorted([*words, *linked])


def fit(examples: Iterable[Example], detector: Detector) -> dict[str, Any]:
    names = {char: word for word, char in detector.vocabulary.items() if word.isalnum()}
    rows = [
        (features(detector, e.text, names), CLASSES.index(e.category) if e.is_crisis else 0)
        for e in examples
        if not e.is_crisis or e.category in CLASSES[1:]
    ]
    seen = Counter(name for found, _ in rows for name in found)
    kept = {name for name, count in seen.items() if count >= _SEEN_AT_LEAST}
    weights = _descend([([n for n in found if n in kept], label) for found, label in rows])
    return _page(weights)


def _descend(rows: list[tuple[Features, int]]) -> dict[str, list[float]]:
    """AdaGrad over shuffled rows; the seed makes the outcome the same every time."""
    width = len(CLASSES)
    weights = {name: [0.0] * width for found, _ in rows for name in found} | {"": [0.0] * width}
    slopes = {name: [1e-3] * width for name in weights}
    order = list(rows)
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 not a secret
    for _ in range(_ROUNDS):
        shuffle(order)
        for found, label in order:
            active = ["", *found]
            misses = _softmax([sum(weights[n][k] for n in active) for k in range(width)])
            misses[label] -= 1.0
            for name in active:
                _step(weights[name], slopes[name], misses)
    return weights


def _softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    raised = [math.exp(score - top) for score in scores]
    total = sum(raised)
    return [value / total for value in raised]


def _step(weight: list[float], slope: list[float], misses: list[float]) -> None:
    for k, miss in enumerate(misses):
        gradient = miss + _SHRINK * weight[k]
        slope[k] += gradient * gradient
        weight[k] -= _RATE * gradient / math.sqrt(slope[k])


def _page(weights: dict[str, list[float]]) -> dict[str, Any]:
    rounded = {name: [round(w, 2) for w in weights[name]] for name in sorted(weights)}
    return {
        "classes": CLASSES,
        "bias": rounded.pop(""),
        "words": {name: w for name, w in rounded.items() if " " not in name and any(w)},
        "pairs": {name: w for name, w in rounded.items() if " " in name and any(w)},
    }
