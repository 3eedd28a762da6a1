"""Teaches the transformer's upper half our corpus, in some ten minutes."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.safety.evaluation import Example
from apps.safety.transformer import FROZEN, LAYERS, Floats, Transformer, Weights
from apps.safety.transformer.learning import Slopes, upper_half

EPOCHS = 2
BATCH = 32
RATE = 2e-4
_WARM_UP = 0.06  # of all steps
_LAST_RATE = 0.02  # of the highest
_DECAY = 0.01
_DROPPED = 0.1
_LONGEST_STEP = 1.0
# Whether it is high or critical is learnt beside, since it says more of a line than yes or no.
_SECOND = 0.3
# The conclusion starts at nothing and is learnt faster than what comes before.
_HEAD_SCALE = 10.0
_LENGTHS = (12, 16, 20, 24, 32, 48, 96)
_SEED = 0
_NAMES = {
    "attention.self.query": "ask",
    "attention.self.key": "know",
    "attention.self.value": "say",
    "attention.output.dense": "told",
    "intermediate.dense": "wide",
    "output.dense": "narrow",
}
_NORMS = {"attention.output.LayerNorm": "told.norm", "output.LayerNorm": "narrow.norm"}


def read_safetensors(path: Path) -> Weights:
    """The arrays of a file in Hugging Face's format: a length, a JSON table, then the numbers."""
    page = path.read_bytes()
    (size,) = struct.unpack("<Q", page[:8])
    table: dict[str, Any] = json.loads(page[8 : 8 + size])
    found = {}
    for name, entry in table.items():
        if entry.get("dtype") == "F32":
            start, end = (8 + size + at for at in entry["data_offsets"])
            found[name] = np.frombuffer(page[start:end], np.float32).reshape(entry["shape"])
    return found


def pretrained(source: Weights) -> tuple[Weights, Weights]:
    """Embeddings with the lower layers, and the upper ones, by the names that they have here."""
    lower = {
        "words": source["embeddings.word_embeddings.weight"],
        "places": source["embeddings.position_embeddings.weight"]
        + source["embeddings.token_type_embeddings.weight"][0],
        "first.norm": source["embeddings.LayerNorm.weight"],
        "first.norm.shift": source["embeddings.LayerNorm.bias"],
    }
    for number in range(FROZEN):
        lower |= _one_layer(source, number)
    upper: Weights = {}
    for number in range(FROZEN, LAYERS):
        upper |= _one_layer(source, number)
    return lower, upper


def _one_layer(source: Weights, number: int) -> Weights:
    found: Weights = {}
    for theirs, ours in (_NAMES | _NORMS).items():
        found[f"{number}.{ours}"] = source[f"encoder.layer.{number}.{theirs}.weight"]
        found[f"{number}.{ours}.shift"] = source[f"encoder.layer.{number}.{theirs}.bias"]
    return found


def fine_tuned(examples: Sequence[Example], upper: Weights) -> Weights:
    """The upper layers and the conclusion, once all lines were read a few times."""
    lower_half = Transformer()
    lines = [e for e in examples if e.label != "low"]
    rows = [lower_half.after(line.text, FROZEN) for line in lines]
    grave = [(line.is_crisis, line.label in ("high", "critical")) for line in lines]
    weights = _Fit(upper).run(rows, np.array(grave, np.float32))
    head, shift = weights.pop("head") * _HEAD_SCALE, weights.pop("head.shift")
    return weights | {"danger": head[0], "danger.shift": shift[:1]}


def _batches(
    lengths: NDArray[np.int64], rng: np.random.RandomState
) -> list[tuple[int, NDArray[np.int64]]]:
    """Lines of like length together, in any order."""
    found = []
    for shorter, longest in zip((0, *_LENGTHS), _LENGTHS, strict=False):
        of_length = np.flatnonzero((lengths > shorter) & (lengths <= longest))
        rng.shuffle(of_length)
        found += [
            (longest, np.resize(of_length[start : start + BATCH], BATCH))
            for start in range(0, len(of_length), BATCH)
        ]
    return [found[number] for number in rng.permutation(len(found))]


def _padded(rows: list[Floats], chosen: NDArray[np.int64], longest: int) -> tuple[Floats, Floats]:
    page = np.zeros((len(chosen), longest, rows[0].shape[1]), np.float32)
    mask = np.zeros((len(chosen), longest), np.float32)
    for at, number in enumerate(chosen):
        page[at, : len(rows[number])] = rows[number]
        mask[at, : len(rows[number])] = 1
    return page, mask


class _Fit:
    """AdamW (Loshchilov and Hutter, 2019) with a warm-up and a cosine's descent."""

    def __init__(self, upper: Weights) -> None:
        width = len(upper[f"{FROZEN}.ask"])
        head = {"head": np.zeros((2, width), np.float32), "head.shift": np.zeros(2, np.float32)}
        self._weights = {name: array.astype(np.float32) for name, array in (upper | head).items()}
        self._slopes = {name: np.zeros_like(array) for name, array in self._weights.items()}
        self._squares = {name: np.zeros_like(array) for name, array in self._weights.items()}
        self._rng = np.random.RandomState(_SEED)

    def run(self, rows: list[Floats], grave: Floats) -> Weights:
        lengths = np.array([len(row) for row in rows])
        plan = [batch for _ in range(EPOCHS) for batch in _batches(lengths, self._rng)]
        for number, (longest, chosen) in enumerate(plan):
            slopes = self._slopes_of(*_padded(rows, chosen, longest), grave[chosen])
            self._step(slopes, number + 1, _rate(number, len(plan)))
        return self._weights

    def _slopes_of(self, page: Floats, mask: Floats, grave: Floats) -> Slopes:
        """Of the mean cross entropy over the lines."""
        slopes: Slopes = {}
        rows, back = upper_half(page, mask, self._weights)
        share = (mask / mask.sum(axis=1, keepdims=True))[:, :, None]
        kept = (self._rng.random_sample((len(rows), rows.shape[-1])) >= _DROPPED) / (1 - _DROPPED)
        mean = ((rows * share).sum(axis=1) * kept).astype(np.float32)
        odds = mean @ self._weights["head"].T * _HEAD_SCALE + self._weights["head.shift"]
        miss = (1 / (1 + np.exp(-odds)) - grave) * np.array([1, _SECOND]) / len(rows)
        miss = miss.astype(np.float32)
        slopes["head"], slopes["head.shift"] = miss.T @ mean * _HEAD_SCALE, miss.sum(axis=0)
        by_mean = (miss @ self._weights["head"] * _HEAD_SCALE * kept).astype(np.float32)
        back(by_mean[:, None, :] * share, slopes)
        return slopes

    def _step(self, slopes: Slopes, number: int, rate: float) -> None:
        norm = np.sqrt(sum(float((slope * slope).sum()) for slope in slopes.values()))
        short = np.float32(min(1.0, _LONGEST_STEP / norm))
        for name, weight in self._weights.items():
            first, second = self._slopes[name], self._squares[name]
            slope = slopes[name] * short
            first += np.float32(0.1) * (slope - first)
            second += np.float32(0.001) * (slope * slope - second)
            size = np.sqrt(second / np.float32(1 - 0.999**number)) + np.float32(1e-8)
            push = first / np.float32(1 - 0.9**number) / size + np.float32(_DECAY) * weight
            weight -= np.float32(rate) * push


def _rate(number: int, steps: int) -> float:
    warm = max(1, int(_WARM_UP * steps))
    if number < warm:
        return RATE * number / warm
    descent = (1 + np.cos(np.pi * (number - warm) / (steps - warm))) / 2
    return float(RATE * (_LAST_RATE + (1 - _LAST_RATE) * descent))
