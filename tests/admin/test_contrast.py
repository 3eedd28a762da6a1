"""The tokens' colours can be read: WCAG 2.2 AA, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static/css/tokens.css"
RULES = re.findall(r"(:root[^{]*)\{([^}]*)\}", TOKENS.read_text())
SURFACES = ("canvas", "surface", "sunken")
TEXTS = ("ink", "ink-soft", "link", "info", "good", "warn", "bad", "accent")
PILLS = ("info", "good", "warn", "bad", "quiet")
BUBBLES = ("client", "persona", "facilitator")


def colours(body: str) -> dict[str, str]:
    return dict(re.findall(r"--ss-([a-z-]+): (#[0-9a-f]{6});", body))


LIGHT, DARK, CHOSEN_DARK = (colours(body) for _, body in RULES)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    text = [(text, surface, 4.5) for text in TEXTS for surface in SURFACES]
    pills = [(name, f"{name}-soft", 4.5) for name in PILLS]
    bubbles = [(text, bubble, 4.5) for text in ("ink", "ink-soft") for bubble in BUBBLES]
    buttons = [("on-accent", "accent", 4.5), ("on-accent", "accent-strong", 4.5)]
    borders = [(edge, on, 3.0) for edge in ("line-strong", "focus") for on in SURFACES]
    return [*text, *pills, *bubbles, *buttons, ("on-bad", "bad", 4.5), *borders]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_that_is_used(theme: dict[str, str]) -> None:
    measured = [(*pair[:2], contrast(theme[pair[0]], theme[pair[1]]), pair[2]) for pair in pairs()]
    assert [pair for pair in measured if pair[2] < pair[3]] == []


def test_both_ways_into_dark_are_the_same() -> None:
    assert DARK == CHOSEN_DARK
    assert set(DARK) == set(LIGHT)
