"""Undoes deliberate and accidental misspelling of single words: leet, stretching, typing slips."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import groupby, islice, product

_LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "6": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "*": "iuoae", "2": "z",
}  # fmt: skip
_MAX_READINGS = 64
_SHORTEST_GUESSED = 5
_LONGEST = 32


def leet_readings(token: str) -> Iterable[str]:
    """Plain readings of a word-like token, the likeliest first; none for bare numbers."""
    options = [_LEET.get(char, char) for char in token]
    return ("".join(letters) for letters in islice(product(*options), _MAX_READINGS))


def unstretched(word: str) -> Iterable[str]:
    """Readings of `diiieee`: runs cut to two letters, then to one."""
    runs = [(char, sum(1 for _ in run)) for char, run in groupby(word)]
    for keep in (2, 1):
        yield "".join(char * min(length, keep) for char, length in runs)


def _deletes(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _one_slip_apart(a: str, b: str) -> bool:
    """One letter missing, added, changed, or two neighbours swapped."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return swapped or rest_a[1:] == rest_b or rest_a == rest_b[1:] or rest_a[1:] == rest_b[1:]


class Speller:
    """Finds the known word behind an unknown one; `protected` words are left as they are."""

    def __init__(
        self, known: Collection[str], core: Iterable[str], protected: Collection[str]
    ) -> None:
        self._known = known
        self._protected = protected
        self._by_delete: dict[str, list[str]] = {}
        for word in core:
            for form in _deletes(word) | {word}:
                self._by_delete.setdefault(form, []).append(word)
        self.read = lru_cache(maxsize=8192)(self._read)

    def _read(self, token: str) -> str:
        if len(token) > _LONGEST or token in self._protected:
            return token
        if not token.isalpha():
            return self._unleet(token)
        return self._plain(token)

    def _plain(self, word: str) -> str:
        if any(a == b == c for a, b, c in zip(word, word[1:], word[2:], strict=False)):
            word = next((w for w in unstretched(word) if w in self._known), word)
        if word in self._known or len(word) < _SHORTEST_GUESSED:
            return word
        return self._nearest(word)

    def _unleet(self, token: str) -> str:
        if not any(char.isalpha() for char in token):
            return token
        readings = [*leet_readings(token)]
        for reading in readings:
            if reading in self._known:
                return reading
        for reading in readings[:4]:
            if reading.isalpha() and (found := self._plain(reading)) in self._known:
                return found
        return token

    def _nearest(self, word: str) -> str:
        for form in (word, *sorted(_deletes(word))):
            for core in self._by_delete.get(form, ()):
                if core[0] == word[0] and _one_slip_apart(word, core):
                    return core
        return word
