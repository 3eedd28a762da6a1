"""Fits the readers: logistic regression over wording in plain Python, a convolution over what words
mean, and the sentences that are known by heart."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from apps.safety import sentence_reader
from apps.safety.convolution import Weights, fit_convolution
from apps.safety.detector import Detector, Level
from apps.safety.detector.meaning import WordVectors
from apps.safety.detector.pattern import STOP
from apps.safety.detector.second_reader import CLASSES, stem
from apps.safety.evaluation import Example, read_examples

TUNED = Path(__file__).parent / "corpus" / "tuned.jsonl"
_ROUNDS = 14
_RATE = 0.1
# Every name is drawn to nothing with this force per round, however often it comes up in one.
_SHRINK = 2.0
_SEEN_AT_LEAST = 2
_SMALLEST = 0.03
_SEED = 11
_UNKNOWN = "?"
_FIRST_CHAR = 0xE000
# Lines put after one another: long talk must not look dangerous because it is long.
_CALM_TALKS = 3000
_GRAVE_TALKS = 1500
# What is said in sessions at length is rare among our lines, and common in life.
_SESSIONS = {"everyday", "therapist"}


class Row(NamedTuple):
    names: Sequence[str]
    danger: bool


def read_tuned() -> list[Example]:
    with TUNED.open(encoding="utf-8") as stream:
        return [*read_examples(stream)]


def fit_sentences(examples: Iterable[Example], path: Path) -> int:
    """The number of lines that were learnt."""
    lines = [e for e in examples if e.label != "low"]
    sentence_reader.fit([e.text for e in lines], [e.is_crisis for e in lines], path)
    return len(lines)


def fit(examples: Iterable[Example], detector: Detector) -> dict[str, Any]:
    lines = [e for e in examples if e.label != "low"]
    # One character for each stem, so that a text is a string.
    codes = {found: chr(_FIRST_CHAR + at) for at, found in enumerate(_stems(lines, detector))}
    single = [Row(_names(e.text, detector, codes), e.is_crisis) for e in lines]
    seen = Counter(chain.from_iterable(row.names for row in single))
    talks = [Row(_names(e.text, detector, codes), e.is_crisis) for e in _talks(lines)]
    rows = [
        Row([n for n in r.names if seen[n] >= _SEEN_AT_LEAST], r.danger) for r in single + talks
    ]
    scale = _telling(rows)
    weights = _descend(rows, scale)
    weights = {name: weight * scale.get(name, 1.0) for name, weight in weights.items()}
    kinds = _kinds(zip(lines, single, strict=True))
    return _page(weights, kinds, codes)


def fit_meaning(examples: Iterable[Example], detector: Detector, words: WordVectors) -> Weights:
    lines = [e for e in examples if e.label != "low"]
    lines += _talks(lines) + [line for line in lines if _SESSIONS & {*line.tags}]
    texts = [words.rows(detector.read(line.text).words) for line in lines]
    told = [(text, line.is_crisis) for text, line in zip(texts, lines, strict=True) if text]
    return fit_convolution(told, words.table)


def _stems(lines: list[Example], detector: Detector) -> list[str]:
    """Stems of at least two lines, the commonest first."""
    seen = Counter(
        found
        for line in lines
        for found in {stem(word) for word in detector.read(line.text).words if word != STOP}
    )
    return [found for found, count in seen.most_common() if count >= _SEEN_AT_LEAST]


def _names(text: str, detector: Detector, codes: dict[str, str]) -> list[str]:
    """What `SecondReader` looks for, and what it forgets, with stops and unknown words in it."""
    analysis = detector.analyse_text(text)
    coded = "".join(_code(word, codes) for word in analysis.reading.words)
    pairs = map(add, coded, coded[1:])
    near = chain(map(_near, coded, coded[2:]), map(_near, coded, coded[3:]))
    return sorted({*analysis.clues(), *coded, *pairs, *near})


def _code(word: str, codes: dict[str, str]) -> str:
    """Three marks for a stop: no pair reaches over them."""
    return STOP * 3 if word == STOP else codes.get(stem(word), _UNKNOWN)


def _near(first: str, second: str) -> str:
    return f"{first}+{second}"


def _talks(lines: list[Example]) -> list[Example]:
    """Calm lines on end, and grave ones with a calm line before or after."""
    rng = random.Random(_SEED)  # noqa: S311 not a secret
    calm = [line for line in lines if not line.is_crisis]
    grave = [line for line in lines if line.is_crisis]
    talks = [_joined(rng.sample(calm, rng.choice((2, 2, 3)))) for _ in range(_CALM_TALKS)]
    for _ in range(_GRAVE_TALKS):
        pair = [rng.choice(grave), rng.choice(calm)]
        rng.shuffle(pair)
        talks.append(_joined(pair))
    return talks


def _joined(parts: list[Example]) -> Example:
    label: Level = "moderate" if any(part.is_crisis for part in parts) else "none"
    return Example("\n".join(part.text for part in parts), label)


def _telling(rows: list[Row]) -> dict[str, float]:
    """How unevenly a name is spread over grave and calm rows (naive Bayes, add one)."""
    grave = Counter(chain.from_iterable(row.names for row in rows if row.danger))
    calm = Counter(chain.from_iterable(row.names for row in rows if not row.danger))
    names = grave.keys() | calm.keys()
    shift = math.log((calm.total() + len(names)) / (grave.total() + len(names)))
    return {n: abs(math.log((grave[n] + 1) / (calm[n] + 1)) + shift) for n in sorted(names)}


def _descend(rows: list[Row], scale: dict[str, float]) -> dict[str, float]:
    """AdaGrad over shuffled rows, each name weighed by how telling it is."""
    weights: dict[str, float] = dict.fromkeys(["", *scale], 0.0)
    slopes = dict.fromkeys(weights, 1e-3)
    counts = Counter(chain.from_iterable(row.names for row in rows))
    pulls = {name: _SHRINK / counts[name] for name in scale} | {"": 0.0}
    work = [([("", 1.0), *((n, scale[n]) for n in row.names)], row.danger) for row in rows]
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 not a secret
    for _ in range(_ROUNDS):
        shuffle(work)
        for parts, danger in work:
            odds = sum(weights[name] * value for name, value in parts)
            miss = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))) - danger
            for name, value in parts:
                gradient = miss * value + pulls[name] * weights[name]
                slopes[name] += gradient * gradient
                weights[name] -= _RATE * gradient / math.sqrt(slopes[name])
    return weights


def _kinds(lines: Iterable[tuple[Example, Row]]) -> dict[str, int]:
    """The category that a name stands in most often."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for example, row in lines:
        if row.danger and example.category in CLASSES:
            for name in row.names:
                counts[name][CLASSES.index(example.category)] += 1
    return {name: min(found, key=lambda k: (-found[k], k)) for name, found in counts.items()}


def _page(
    weights: dict[str, float], kinds: dict[str, int], codes: dict[str, str]
) -> dict[str, Any]:
    stems = {code: found for found, code in codes.items()}
    bias = weights.pop("")
    kept = {
        _readable(name, stems): [round(weight, 2), kinds.get(name, 0)]
        for name, weight in sorted(weights.items())
        if abs(weight) >= _SMALLEST and "?" not in name and STOP not in name
    }
    return {"bias": round(bias, 2), "stems": [*stems.values()], "weights": kept}


def _readable(name: str, stems: dict[str, str]) -> str:
    return name if ":" in name else " ".join(stems.get(char, char) for char in name)
