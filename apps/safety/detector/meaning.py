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
    """Adds up, in place, what filters make of each word and of those before it; the first words,
    which have too few before them, are cut off."""
    after = columns.shape[-2]
    found = columns[..., WIDEST - 1 :, : COLUMNS[0]]
    start = COLUMNS[0]
    for back, width in enumerate(COLUMNS[1:], start=1):
        before = columns[..., WIDEST - 1 - back : after - back, start : start + width]
        found[..., -width:] += before
        start += width
    return found


class Meaning:
    """What can be worked out for each word beforehand is: a text only adds it up and compares."""

    def __init__(self, vectors: Path = VECTORS, weights: Path = WEIGHTS) -> None:
        words = WordVectors(vectors)
        self.rows = words.rows
        with np.load(weights) as packed:
            page = {name: packed[name].astype(np.float32) for name in packed.files}
        found = FILTERS * WIDEST
        self._hidden = page["hidden"][:found]
        self._out = page["out"]
        self._out_bias = float(page["out_bias"][0])
        filtered = words.table @ page["filters"]
        filtered[:, :found] += page["bias"]
        # What the mean of a text's vectors brings is the mean of what they bring.
        brought = words.table @ page["hidden"][found:] + page["hidden_bias"]
        self._known = np.concatenate((filtered, brought), axis=1)

    def odds(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> list[float]:
        """One figure for each part, `(first, after)`, of the text."""
        laid: list[int] = []
        bounds: list[slice] = []
        for first, after in parts:
            laid += [_UNKNOWN] * (WIDEST - 1)
            bounds.append(slice(len(laid), len(laid) + after - first))
            laid += self.rows(words[first:after])
        return self._weigh(self._known.take(laid, axis=0), bounds)

    def _weigh(self, known: Floats, bounds: Sequence[slice]) -> list[float]:
        convolve(known)
        found, brought = known[:, : COLUMNS[0]], known[:, sum(COLUMNS) :]
        strongest = np.array([found[part].max(axis=0, initial=0) for part in bounds])
        mean = np.array([brought[part].sum(axis=0) / (part.stop - part.start) for part in bounds])
        hidden = np.maximum(strongest @ self._hidden + mean, 0)
        odds: list[float] = (hidden @ self._out + self._out_bias).tolist()
        return odds
