"""BERT's tokens for English without case or accents (Devlin et al., 2019, after Wu et al., 2016).

The package that is used for it elsewhere brings a client of a model hub along, which calls out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

MOST_TOKENS = 96
_LONGEST_WORD = 100
_CACHED = 20_000
# Chinese characters stand alone (the blocks that BERT counts as such).
_CHARACTER = re.compile(
    "([\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0002ceaf\U0002f800-\U0002fa1f])"
)


class WordPiece:
    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._begin, self._end, self._unknown = (
            self._numbers[name] for name in ("[CLS]", "[SEP]", "[UNK]")
        )
        self._pieces = lru_cache(_CACHED)(self._cut)

    def __call__(self, text: str) -> list[int]:
        numbers = [number for word in words(text) for number in self._pieces(word)]
        return [self._begin, *numbers[: MOST_TOKENS - 2], self._end]

    def _cut(self, word: str) -> tuple[int, ...]:
        """The longest piece that is known, and so on; nothing of a word that has none."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        numbers, start = [], 0
        while start < len(word):
            end = next((e for e in range(len(word), start, -1) if self._known(word, start, e)), 0)
            if not end:
                return (self._unknown,)
            numbers.append(self._numbers[_piece(word, start, end)])
            start = end
        return tuple(numbers)

    def _known(self, word: str, start: int, end: int) -> bool:
        return _piece(word, start, end) in self._numbers


def _piece(word: str, start: int, end: int) -> str:
    return word[start:end] if start == 0 else f"##{word[start:end]}"


def words(text: str) -> Iterator[str]:
    clean = "".join(map(_cleaned, text))
    for word in _CHARACTER.sub(r" \1 ", clean).split():
        bare = unicodedata.normalize("NFD", word.lower())
        yield from "".join(map(_apart, bare)).split()


def _cleaned(char: str) -> str:
    if char in "\t\n\r":
        return " "
    if char in "\0\ufffd" or unicodedata.category(char)[0] == "C":
        return ""
    return " " if unicodedata.category(char) == "Zs" else char


def _apart(char: str) -> str:
    """Marks go, punctuation stands alone; BERT counts all of ASCII's signs as punctuation."""
    kind = unicodedata.category(char)
    if kind == "Mn":
        return ""
    sign = kind[0] == "P" or (char.isascii() and not char.isalnum())
    return f" {char} " if sign else char
