"""A fourth reader: a small language model that was taught what our corpus says.

It is MiniLM (Wang et al., 2020; six layers of 384 dimensions) as all-MiniLM-L6-v2 was trained to
place sentences (Reimers and Gurevych, 2019). Its lower half is as it came, its upper half and
what it concludes are learnt from the tuned corpus (`manage.py fine_tune`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.safety.transformer.wordpiece import WordPiece

Floats = NDArray[np.float32]
Weights = dict[str, Floats]

FOLDER = Path(__file__).parent
PRETRAINED = FOLDER / "pretrained.npz"
FINE_TUNED = FOLDER / "fine_tuned.npz"
VOCABULARY = FOLDER / "vocabulary.txt"
LAYERS = 6
# The layers that stay as they came.
FROZEN = 3
HEADS = 12
_STEPS = 127


def packed(weights: Weights) -> dict[str, NDArray[np.int8] | Floats]:
    """Each row of a matrix in whole numbers, with the size of a step in it."""
    page: dict[str, NDArray[np.int8] | Floats] = {}
    for name, full in weights.items():
        if full.ndim == 1:
            page[name] = full
            continue
        step = np.abs(full).max(axis=1, keepdims=True) / _STEPS
        page[name] = np.rint(full / step).astype(np.int8)
        page[f"{name}.step"] = step
    return page


def unpacked(page: dict[str, NDArray[np.int8] | Floats]) -> Weights:
    """Matrices as they are used: from the left, with a row for each thing that comes in."""
    weights: Weights = {}
    for name, found in page.items():
        if f"{name}.step" in page:
            weights[name] = np.ascontiguousarray((found * page[f"{name}.step"]).T, np.float32)
        elif not name.endswith(".step"):
            weights[name] = found.astype(np.float32)
    return weights


def _read(path: Path) -> dict[str, NDArray[np.int8] | Floats]:
    with np.load(path, allow_pickle=False) as page:
        return dict(page)


class Transformer:
    """Holds no state of any text, so threads may share it."""

    def __init__(self, fine_tuned: Path = FINE_TUNED) -> None:
        self._path = fine_tuned

    def load(self) -> None:
        self.odds(["Hello."])

    def odds(self, texts: Sequence[str]) -> list[float]:
        """Of each text, the log odds that there is danger in it."""
        return [self._concluded(self.after(text, LAYERS)) for text in texts]

    def after(self, text: str, layers: int) -> Floats:
        """What the first layers make of a text: a row of 384 for each token."""
        weights = self._lower if layers <= FROZEN else self._lower | self._upper
        rows = self._embedded(self._tokens(text))
        for number in range(layers):
            rows = _layer(rows, weights, f"{number}.")
        return rows

    @cached_property
    def _tokens(self) -> WordPiece:
        return WordPiece(VOCABULARY.read_text("utf-8").split("\n"))

    @cached_property
    def _words(self) -> tuple[NDArray[np.int8], Floats, Floats]:
        """The table of words stays packed, since a text needs a few rows of it."""
        page = _read(PRETRAINED)
        places = (page["places"] * page["places.step"]).astype(np.float32)
        return page["words"].astype(np.int8), page["words.step"].astype(np.float32), places

    @cached_property
    def _lower(self) -> Weights:
        page = _read(PRETRAINED)
        return unpacked({name: page[name] for name in page if name[0].isdigit() or "first" in name})

    @cached_property
    def _upper(self) -> Weights:
        return unpacked(_read(self._path))

    def _embedded(self, tokens: list[int]) -> Floats:
        words, steps, places = self._words
        rows: Floats = words[tokens] * steps[tokens] + places[: len(tokens)]
        return _normal(rows, self._lower, "first")

    def _concluded(self, rows: Floats) -> float:
        return float(rows.mean(axis=0) @ self._upper["danger"] + self._upper["danger.shift"][0])


def _layer(rows: Floats, weights: Weights, at: str) -> Floats:
    """Post-norm, as in BERT (Devlin et al., 2019)."""
    told = _linear(_attended(rows, weights, at), weights, f"{at}told")
    rows = _normal(rows + told, weights, f"{at}told")
    wide = _gelu(_linear(rows, weights, f"{at}wide"))
    return _normal(rows + _linear(wide, weights, f"{at}narrow"), weights, f"{at}narrow")


def _attended(rows: Floats, weights: Weights, at: str) -> Floats:
    asked, known, said = (_heads(_linear(rows, weights, at + n)) for n in ("ask", "know", "say"))
    heed = asked @ known.transpose(0, 2, 1) / np.sqrt(np.float32(asked.shape[-1]))
    heed = np.exp(heed - heed.max(axis=-1, keepdims=True))
    heed /= heed.sum(axis=-1, keepdims=True)
    merged: Floats = (heed @ said).transpose(1, 0, 2).reshape(rows.shape)
    return merged


def _heads(rows: Floats) -> Floats:
    return rows.reshape(len(rows), HEADS, -1).transpose(1, 0, 2)


def _linear(rows: Floats, weights: Weights, name: str) -> Floats:
    return rows @ weights[name] + weights[f"{name}.shift"]


def _normal(rows: Floats, weights: Weights, name: str) -> Floats:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    rows /= np.sqrt((rows * rows).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    normal: Floats = rows * weights[f"{name}.norm"] + weights[f"{name}.norm.shift"]
    return normal


def _gelu(x: Floats) -> Floats:
    """By the tangent that Hendrycks and Gimpel (2016) give for it."""
    bend = np.float32(np.sqrt(2 / np.pi))
    curve: Floats = 0.5 * x * (1 + np.tanh(bend * (x + np.float32(0.044715) * x * x * x)))
    return curve
