"""Metamorphic: no disguise and no company of harmless words lowers a level."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.safety.detector import RANK, screen

PLAIN = [
    "I want to kill myself",
    "I am going to end my life tonight",
    "I just took all my pills",
    "I can't stop cutting myself",
    "I wish I was dead",
    "my boyfriend hits me every night",
    "my brother says he wants to kill himself",
    "I feel completely hopeless and nothing matters",
    "I don't want to live anymore",
    "everyone would be better off without me",
]
_CYRILLIC = str.maketrans("aeocpxiy", "аеосрхіу")
_LEET = str.maketrans({"i": "1", "e": "3", "o": "0"})


def _fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _leet(text: str) -> str:
    return " ".join(w.translate(_LEET) if len(w) > 3 else w for w in text.split(" "))


DISGUISES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "title case": str.title,
    "more spaces": lambda text: text.replace(" ", "   "),
    "tabs and newlines around": lambda text: f"\n\t{text}\n\n",
    "zero width": lambda text: "\u200b".join(text),
    "soft hyphens": lambda text: text.replace("l", "l\u00ad"),
    "combining marks": lambda text: text.replace("i", "i\u0301").replace("e", "e\u0301"),
    "look-alikes": lambda text: text.translate(_CYRILLIC),
    "fullwidth": _fullwidth,
    "mathematical bold": lambda text: "".join(
        chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text
    ),
    "leet": _leet,
    "curly quotes": lambda text: text.replace("'", "\u2019"),
    "emoji around": lambda text: f"😭 {text} 💔",
    "benign before": lambda text: f"The weather was lovely and we had soup. {text}",
    "benign after": lambda text: f"{text}. Also, can we move Thursday's session to three?",
    "buried": lambda text: f"Work is fine. The bus was late. {text}. The garden needs rain. Bye!",
    "stretched": lambda text: text.replace("l", "lllll") if "ll" in text else text + "!!!!",
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("text", PLAIN)
def test_disguise(text: str, disguise: str) -> None:
    plain = screen(text)
    assert plain.is_crisis
    assert RANK[screen(DISGUISES[disguise](text)).level] >= RANK[plain.level]


@pytest.mark.parametrize(
    "text",
    [
        "k i l l i n g m y s e l f tonight",
        "k.i.l.l.i.n.g m.y.s.e.l.f tonight",
        "i wanna k!ll mys3lf",
        "im gona kil myslef tonite",
        "thinking about sucide",
        "su1c1dal",
    ],
)
def test_hidden_words(text: str) -> None:
    assert screen(f"i am {text}" if text == "su1c1dal" else text).is_crisis


@pytest.mark.parametrize("text", ["k1ll3d the b0ss", "room 101, 3pm, gate B4", "l33t h4x0r gg"])
def test_harmless_leet(text: str) -> None:
    assert screen(text).level == "none"
