"""The convolution over word vectors; what it finds is measured in test_corpus.py."""

from __future__ import annotations

import numpy as np
import pytest

from apps.safety.convolution import fit_convolution
from apps.safety.detector.meaning import COLUMNS, FILTERS, Meaning, WordVectors, convolve


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning()


def test_a_part_is_read_without_its_neighbours(meaning: Meaning) -> None:
    words = ["i", "feel", "nothing", ".", "the", "soup", "was", "good", ".", "please", "call"]
    apart = [meaning.odds(words[a:b], [(0, b - a)])[0] for a, b in ((0, 4), (4, 9), (9, 11))]
    assert meaning.odds(words, [(0, 4), (4, 9), (9, 11)]) == pytest.approx(apart, abs=1e-4)


def test_unknown_words_have_no_meaning() -> None:
    vectors = WordVectors()
    rows = vectors.rows(["qzxqzx", "death"])
    assert not vectors.table[rows[0]].any()
    assert vectors.table[rows[1]].any()


def test_words_of_one_kind_lie_close() -> None:
    vectors = WordVectors()

    def near(one: str, other: str) -> float:
        a, b = vectors.table[vectors.rows([one, other])]
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert near("soup", "bread") > near("soup", "noose")
    assert near("triste", "sad") > near("triste", "bus")


def test_filters_look_at_a_word_and_at_those_before() -> None:
    columns = np.zeros((5, sum(COLUMNS)), np.float32)
    columns[2, 0] = 1  # at the word itself, over one word
    columns[1, COLUMNS[0]] = 2  # one before, over two words
    columns[0, COLUMNS[0] + COLUMNS[1]] = 4  # two before, over three words
    found = convolve(columns)
    assert found.shape == (3, COLUMNS[0])
    assert (found[0, 0], found[0, FILTERS], found[0, 2 * FILTERS]) == (1, 2, 4)
    assert found[1:].sum() == 0


def test_a_fit_is_the_same_every_time_and_learns() -> None:
    vectors = WordVectors()
    grave, calm = (vectors.rows(text.split()) for text in ("the noose waits", "the soup waits"))
    texts = [(grave, True), (calm, False)] * 150
    first, second = (fit_convolution(texts, vectors.table) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)
    at_grave, at_calm = (_odds(first, rows, vectors) for rows in (grave, calm))
    assert at_grave > 0 > at_calm


def _odds(weights: dict[str, np.ndarray], rows: list[int], vectors: WordVectors) -> float:
    laid = vectors.table[[0, 0, *rows]]
    strongest = convolve(laid @ weights["filters"]).max(axis=0) + weights["bias"]
    features = np.concatenate((np.maximum(strongest, 0), laid.sum(axis=0) / len(rows)))
    hidden = np.maximum(features @ weights["hidden"] + weights["hidden_bias"], 0)
    return float(hidden @ weights["out"] + weights["out_bias"][0])
