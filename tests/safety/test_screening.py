"""The closer look: it raises what the detector passed, and fails loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.safety import screening
from apps.safety.detector import screen_safely
from apps.safety.evaluation import Example
from apps.safety.languages import language_in
from apps.safety.screening import look_closer, screen_closely
from apps.safety.sentence_reader import SentenceReader
from apps.safety.training import fit_sentences

# No word here is grave by itself.
OBLIQUE = "I keep the drawer locked so that I can't get at them, but I know where the key is."


def test_it_raises_to_moderate_what_no_word_gives_away() -> None:
    assert not screen_safely(OBLIQUE).is_crisis
    found = screen_closely(OBLIQUE)
    assert found.level == "moderate"
    assert found.category in ("suicidal_ideation", "self_harm")
    assert found.span is not None
    assert OBLIQUE[slice(*found.span)] in OBLIQUE


def test_it_shows_where_in_a_long_text() -> None:
    calm = "We had soup and watched the rain, and later my aunt told us about her garden. " * 4
    found = screen_closely(calm + OBLIQUE)
    assert found.span is not None
    assert "drawer" in (calm + OBLIQUE)[slice(*found.span)]
    assert found.span[0] > 0


@pytest.mark.parametrize("text", ["I want to kill myself", "Me quiero morir", "I cut myself again"])
def test_what_the_detector_found_stands(text: str) -> None:
    assert screen_closely(text) == screen_safely(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm burned out, to be honest, and I can't sleep",
        "",
        " ",
        "\0",
        "🙂🙂🙂",
        "…",
        "28",
        "Alice",
        "مرحبا",
        "a" * 20_000,
        "soup and rain " * 1500,
    ],
)
def test_nothing_to_find(text: str) -> None:
    assert look_closer(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Nadie me echaría de menos si no volviera del mar.", "es"),
        ("Personne ne remarquerait si je ne revenais pas de la mer.", "fr"),
        ("Keiner würde merken, wenn ich vom Meer nicht zurückkäme.", "de"),
        ("Ninguém notaria se eu não voltasse do mar.", "pt"),
        ("Nobody would notice if I didn't come back from the sea.", "en"),
        ("no", "en"),
        ("", "en"),
        ("مرحبا", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_in(text) == language


def test_a_broken_reader_is_told_of_and_never_safe(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    missing = SentenceReader(tmp_path / "missing.npz")
    monkeypatch.setattr(screening, "_reader", lambda: missing)
    assert screen_closely("We had soup.").level == "unreviewed"
    assert screen_closely("I want to die").level == "moderate"
    assert "FileNotFoundError" in caplog.text
    assert "soup" not in caplog.text


def test_a_fit_tells_danger_from_none(tmp_path: Path) -> None:
    lines = [
        Example("the river calls me", "high"),
        Example("the soup is good", "none"),
        Example("la sopa está buena", "none"),
        Example("somewhat tired", "low"),
    ]
    path = tmp_path / "lines.npz"
    assert fit_sentences(lines, path) == 3
    grave, calm = SentenceReader(path).gravity(["the river is calling", "qué buena sopa"])
    assert grave > 0.3 > -0.3 > calm
