"""Fits the small convolution over word vectors that `detector.meaning` reads with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.safety.detector.meaning import COLUMNS, FILTERS, WIDEST, Floats, convolve

Rows = NDArray[np.int64]
Weights = dict[str, Floats]
# Rows of the table of words, and whether they speak of danger.
Text = tuple[list[int], bool]
_HIDDEN = 64
_LONGEST = 48
_ROUNDS = 28
_BATCH = 64
_RATE = 0.002
_DECAY = 1e-4
# Words that are taken away, so that no single one is relied on; likewise axes and features.
_FORGOTTEN = np.float32(0.08)
_AXES_DROPPED = np.float32(0.2)
_DROPPED = np.float32(0.4)
_SEED = 11
_ALONG = 24
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of about one length, with gaps before and behind."""

    rows: Rows
    lengths: Rows
    danger: Floats


def fit_convolution(texts: Sequence[Text], table: Floats) -> Weights:
    rng = np.random.default_rng(_SEED)
    weights = _first_weights(rng, table.shape[1])
    descent = _Adam(weights, _ROUNDS * (len(texts) // _BATCH + 1))
    for _ in range(_ROUNDS):
        for batch in _batches(texts, rng):
            descent.step(weights, _gradients(weights, batch, table, rng))
    return weights


def _first_weights(rng: np.random.Generator, size: int) -> Weights:
    """The filters' columns are laid out as `convolve` reads them."""
    features = FILTERS * WIDEST + size
    shape = {
        "filters": (size, sum(COLUMNS)),
        "hidden": (features, _HIDDEN),
        "out": (_HIDDEN,),
    }
    spread = {"filters": size * 2, "hidden": features, "out": _HIDDEN * 2}
    weights = {
        name: (rng.normal(size=shape[name]) * np.sqrt(2 / spread[name])).astype(np.float32)
        for name in shape
    }
    zeros = {"bias": FILTERS * WIDEST, "hidden_bias": _HIDDEN, "out_bias": 1}
    return weights | {name: np.zeros(count, np.float32) for name, count in zeros.items()}


def _batches(texts: Sequence[Text], rng: np.random.Generator) -> Iterator[Batch]:
    """In a new order each round; texts of about one length together, for less padding."""
    order = rng.permutation(len(texts))
    batches: list[list[int]] = []
    for start in range(0, len(order), _BATCH * _ALONG):
        near = sorted(order[start : start + _BATCH * _ALONG], key=lambda at: len(texts[at][0]))
        batches += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    for place in rng.permutation(len(batches)):
        yield _padded([texts[at] for at in batches[place]])


def _padded(texts: list[Text]) -> Batch:
    lengths = np.array([min(len(rows), _LONGEST) for rows, _ in texts])
    padded = np.zeros((len(texts), WIDEST - 1 + lengths.max()), np.int64)
    for place, (rows, _) in enumerate(texts):
        padded[place, WIDEST - 1 : WIDEST - 1 + lengths[place]] = rows[:_LONGEST]
    return Batch(padded, lengths, np.array([danger for _, danger in texts], np.float32))


def _kept(rng: np.random.Generator, shape: tuple[int, ...], dropped: np.float32) -> Floats:
    """Ones and zeros, scaled so that the sum stays what it was."""
    kept = (rng.random(shape, np.float32) >= dropped).astype(np.float32)
    return kept / np.float32(1 - dropped)


def _gradients(weights: Weights, batch: Batch, table: Floats, rng: np.random.Generator) -> Weights:
    forgotten = rng.random(batch.rows.shape, np.float32) < _FORGOTTEN
    vectors = table[np.where(forgotten, 0, batch.rows)]
    vectors *= _kept(rng, (len(vectors), 1, table.shape[1]), _AXES_DROPPED)
    strongest, at = _strongest(vectors @ weights["filters"], batch.lengths)
    strongest += weights["bias"]
    mean = vectors.sum(axis=1) / batch.lengths[:, np.newaxis].astype(np.float32)
    features = np.concatenate((np.maximum(strongest, 0), mean), axis=1)
    kept = _kept(rng, features.shape, _DROPPED)
    features *= kept
    hidden = np.maximum(features @ weights["hidden"] + weights["hidden_bias"], 0)
    odds = hidden @ weights["out"] + weights["out_bias"]

    miss = (1 / (1 + np.exp(-odds)) - batch.danger) / len(odds)
    at_hidden = np.outer(miss, weights["out"]) * (hidden > 0)
    at_features = (at_hidden @ weights["hidden"].T) * kept
    at_filters = at_features[:, : strongest.shape[1]] * (strongest > 0)
    return {
        "out": hidden.T @ miss,
        "out_bias": miss.sum(keepdims=True),
        "hidden": features.T @ at_hidden + 2 * _DECAY * weights["hidden"],
        "hidden_bias": at_hidden.sum(axis=0),
        "filters": _pull(vectors, at, at_filters) + 2 * _DECAY * weights["filters"],
        "bias": at_filters.sum(axis=0),
    }


def _strongest(columns: Floats, lengths: Rows) -> tuple[Floats, Rows]:
    """What each filter finds at most in each text, and at which word."""
    found = convolve(columns)
    found[np.arange(found.shape[1]) >= lengths[:, np.newaxis]] = _NEVER
    at = found.argmax(axis=1)
    return np.take_along_axis(found, at[:, np.newaxis], axis=1)[:, 0], at


def _pull(vectors: Floats, at: Rows, at_filters: Floats) -> Floats:
    """The slope of the filters' columns: only the words where each found most count."""
    texts = np.arange(len(at))[:, np.newaxis]
    slopes = np.zeros((*vectors.shape[:2], sum(COLUMNS)), np.float32)
    start = 0
    for back, width in enumerate(COLUMNS):
        columns = np.arange(start, start + width)
        slopes[texts, at[:, -width:] + WIDEST - 1 - back, columns] = at_filters[:, -width:]
        start += width
    size = vectors.shape[2]
    pull: Floats = vectors.reshape(-1, size).T @ slopes.reshape(-1, sum(COLUMNS))
    return pull


class _Adam:
    """Steps of about one size whatever the slope's, smaller towards the end; changes weights."""

    def __init__(self, weights: Weights, steps: int) -> None:
        self._mean = {name: np.zeros_like(values) for name, values in weights.items()}
        self._square = {name: np.zeros_like(values) for name, values in weights.items()}
        self._steps = steps
        self._done = 0

    def step(self, weights: Weights, slopes: Weights) -> None:
        self._done += 1
        rate = _RATE * (1 - self._done / (self._steps + 1))
        for name, slope in slopes.items():
            mean, square = self._mean[name], self._square[name]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            even = np.sqrt(square / (1 - 0.999**self._done)) + 1e-8
            weights[name] -= rate / (1 - 0.9**self._done) * mean / even
