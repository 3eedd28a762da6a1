"""The second reader's view of a text; what it finds is measured in test_corpus.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apps.safety.detector import Detector, screen
from apps.safety.detector.second_reader import SecondReader, stem, stretches
from apps.safety.evaluation import Example
from apps.safety.training import fit


@pytest.mark.parametrize("text", ["", "abc", "a" * 37, "a" * 300, ("a" * 9 + ".") * 30])
def test_stretches_leave_no_word_out(text: str) -> None:
    covered = {place for first, last in stretches(text) for place in range(first, last)}
    assert covered == set(range(len(text)))


@pytest.mark.parametrize(
    "words", ["cut cuts cutting", "hurt hurts hurting", "walk walks walking walked"]
)
def test_one_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("text", ["we cut down the old tree", "we cut. Down the tree, we cut"])
def test_words_and_pairs_count_once_and_not_over_a_stop(text: str, tmp_path: Path) -> None:
    weights = {
        "cut": 1,
        "we cut": 2,
        "cut down": 4,
        "cut + old": 8,
        "cut + tree": 16,
        "we + old": 32,
    }
    page = {
        "bias": 100,
        "stems": ["we", "cut", "down", "old", "tree"],
        "weights": {name: [weight, 0] for name, weight in weights.items()},
    }
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(page))
    reader = SecondReader(path)
    odds = reader.odds(reader.codes.read(Detector().read(text).words), set())
    assert odds == (103 if "." in text else 115)


def test_a_fit_is_the_same_every_time_and_tells_danger_from_none() -> None:
    grave = [Example(f"the river calls me {n}", "high", category="suicidal_ideation") for n in "xy"]
    calm = [Example(f"the soup is good {n}", "none") for n in "xy"] * 2
    detector = Detector()
    first, second = (fit([*grave, *calm], detector) for _ in range(2))
    assert first == second
    assert first["weights"]["river"][0] > 0 > first["weights"]["soup"][0]


def test_a_hit_in_harmless_wording_is_a_note() -> None:
    found = screen("My boyfriend threw me in the pool, we laughed so hard.")
    assert found.level == "low"
    assert found.reason == "violence, in harmless wording"
    assert screen("My boyfriend threw me down the stairs.").is_crisis


def test_what_is_taken_for_a_note_hides_nothing_beside_it() -> None:
    calm, grave = (
        "He hit on me at the bar, awkward.",
        "I sit on the ledge and nobody would miss me.",
    )
    assert screen(calm).level == "low"
    assert screen(grave).is_crisis
    assert screen(f"{calm} {grave}").is_crisis


@pytest.mark.parametrize("text", ["Mostly work, and being alone", "mostly stress and the nights"])
def test_terse_answers_are_no_danger(text: str) -> None:
    assert not screen(text).is_crisis
