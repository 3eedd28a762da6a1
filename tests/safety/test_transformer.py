"""The transformer: its tokens are BERT's, its way back is the slope of its way there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from apps.safety.evaluation import Example
from apps.safety.transformer import (
    FINE_TUNED,
    FROZEN,
    LAYERS,
    VOCABULARY,
    Transformer,
    Weights,
    fine_tuning,
    packed,
    unpacked,
)
from apps.safety.transformer.learning import upper_half
from apps.safety.transformer.wordpiece import MOST_TOKENS, WordPiece

WIDTH = 384
rng = np.random.RandomState(7)


@pytest.fixture(scope="module")
def tokens() -> WordPiece:
    return WordPiece(VOCABULARY.read_text("utf-8").split("\n"))


@pytest.fixture(scope="module")
def transformer() -> Transformer:
    return Transformer()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Hello, my dog is cute", [7592, 1010, 2026, 3899, 2003, 10140]),
        ("hello,MY   dog\tis\ncute", [7592, 1010, 2026, 3899, 2003, 10140]),
        ("Héllo", [7592]),
        ("embeddings", [7861, 8270, 4667, 2015]),
        ("☂" * 3, [100]),
        ("x" * 101, [100]),
        ("\0\u200b", []),
        ("", []),
    ],
)
def test_the_tokens_are_berts(tokens: WordPiece, text: str, numbers: list[int]) -> None:
    assert tokens(text) == [101, *numbers, 102]


def test_a_long_text_is_cut(tokens: WordPiece) -> None:
    assert len(tokens("soup " * 1000)) == MOST_TOKENS


def test_one_thing_makes_the_difference(transformer: Transformer) -> None:
    """Twins that are not in the corpus."""
    pairs = [
        ("I have counted the pills twice and tonight is the night",
         "I have counted the chairs twice and tonight is the party"),
        ("he put his hands round my neck again", "he put his scarf round my neck again"),
        ("nobody would have to worry about me any more if I were gone",
         "nobody would have to worry about the parking if we took the bus"),
    ]  # fmt: skip
    for grave, calm in pairs:
        odds = transformer.odds([grave, calm])
        assert odds[0] > max(0, odds[1] + 1)


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", "🙂🙂🙂", "…", "a" * 20_000, "soup " * 999]
)
def test_odd_texts_are_calm(transformer: Transformer, text: str) -> None:
    assert transformer.odds([text])[0] < 0


def test_packing_loses_little() -> None:
    matrix = rng.randn(6, 40).astype(np.float32)
    found = unpacked(packed({"a": matrix, "a.shift": matrix[0]}))
    assert np.abs(found["a"].T - matrix).max() < np.abs(matrix).max() / 200
    assert (found["a.shift"] == matrix[0]).all()


def _upper() -> Weights:
    with np.load(FINE_TUNED) as page:
        full = unpacked(dict(page))
    return {
        name: np.ascontiguousarray(w.T, np.float64)  # type: ignore[misc]  # as exact as slopes need
        for name, w in full.items()
        if name[0].isdigit()
    }


def test_the_way_back_is_the_slope_of_the_way_there() -> None:
    weights, rows = _upper(), rng.randn(2, 4, WIDTH)
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]])
    wanted = rng.randn(2, 4, WIDTH) * mask[:, :, None]

    def loss() -> float:
        return float((upper_half(rows, mask, weights)[0] * wanted).sum())  # type: ignore[arg-type]

    slopes: Weights = {}
    upper_half(rows, mask, weights)[1](wanted, slopes)  # type: ignore[arg-type]
    assert slopes.keys() == weights.keys()
    for name, weight in weights.items():
        place = tuple(rng.randint(size) for size in weight.shape)
        ends = []
        for step in (1e-5, -2e-5):
            weight[place] += step
            ends.append(loss())
        weight[place] += 1e-5
        assert slopes[name][place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-3, abs=1e-3)


def test_a_fit_tells_danger_from_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fine_tuning, "EPOCHS", 6)
    lines = [
        Example("the river calls me", "high"),
        Example("the soup is good", "none"),
        Example("somewhat tired", "low"),
    ]
    upper = {name: weight.astype(np.float32) for name, weight in _upper().items()}
    path = tmp_path / "fine_tuned.npz"
    np.savez_compressed(path, **packed(fine_tuning.fine_tuned(lines, upper)))  # type: ignore[arg-type]  # names
    grave, calm = Transformer(path).odds(["the river is calling", "what a good soup"])
    assert grave > calm
    assert max(int(name[0]) for name in upper) == LAYERS - 1
    assert min(int(name[0]) for name in upper) == FROZEN
