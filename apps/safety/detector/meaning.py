"""Weighs what words mean, those too that stand in no line of ours: a small convolution over word
vectors from outside (`manage.py tabulate_words`), learnt by `manage.py fit_safety`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
VECTORS = Path(__file__).with_name("word_vectors.npz")
WEIGHTS = Path(__file__).with_name("meaning.npz")
WIDEST = 3
FILTERS = 64
# Filters over one, two and three words: all look at a word, two thirds at the one before, …
COLUMNS = tuple(FILTERS * width for width in range(WIDEST, 0, -1))
_UNKNOWN = 0


class WordVectors:
    """`table[row]` is a word's vector; row 0, all zero, stands for unknown words and for gaps."""

    def __init__(self, path: Path = VECTORS) -> None:
        with np.load(path) as page:
            words = page["words"].tobytes().decode().split("\n")
            self.table: Floats = page["vectors"].astype(np.float32) * page["step"]
        self._rows = {word: row for row, word in enumerate(words)}

    def rows(self, words: Iterable[str]) -> list[int]:
        return [self._rows.get(word, _UNKNOWN) for word in words]


def convolve(columns: Floats) -> Floats:
    """Adds up what filters make of each word and of those before it; the first words, which have
    too few before them, are cut off."""
    after = columns.shape[-2]
    found = columns[..., WIDEST - 1 :, : COLUMNS[0]].copy()
    start = COLUMNS[0]
    for back, width in enumerate(COLUMNS[1:], start=1):
        before = columns[..., WIDEST - 1 - back : after - back, start : start + width]
        found[..., -width:] += before
        start += width
    return found


class Meaning:
    def __init__(self, vectors: Path = VECTORS, weights: Path = WEIGHTS) -> None:
        words = WordVectors(vectors)
        self.rows = words.rows
        with np.load(weights) as packed:
            page = {name: packed[name].astype(np.float32) for name in packed.files}
        self._bias = page["bias"]
        self._hidden = page["hidden"]
        self._hidden_bias = page["hidden_bias"]
        self._out = page["out"]
        self._out_bias = float(page["out_bias"][0])
        # What the filters make of each word, and its vector, worked out beforehand.
        self._known = np.concatenate((words.table @ page["filters"], words.table), axis=1)

    def odds(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> list[float]:
        """One figure for each part, `(first, after)`, of the text."""
        rows = self.rows(words)
        laid: list[int] = []
        bounds: list[int] = []
        for first, after in parts:
            laid += [_UNKNOWN] * (WIDEST - 1)
            bounds += (len(laid), len(laid) + after - first)
            laid += rows[first:after]
        laid += [_UNKNOWN]
        return self._weigh(self._known[laid], np.array(bounds))

    def _weigh(self, known: Floats, bounds: NDArray[np.int64]) -> list[float]:
        filters = sum(COLUMNS)
        found = convolve(known[:, :filters])
        strongest = np.maximum.reduceat(found, bounds - WIDEST + 1)[::2] + self._bias
        lengths = (bounds[1::2] - bounds[::2])[:, np.newaxis]
        mean = np.add.reduceat(known[:, filters:], bounds)[::2] / lengths
        features = np.concatenate((np.maximum(strongest, 0), mean), axis=1)
        hidden = np.maximum(features @ self._hidden + self._hidden_bias, 0)
        odds: list[float] = (hidden @ self._out + self._out_bias).tolist()
        return odds
