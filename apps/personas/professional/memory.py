"""What a persona has said so far, so that it doesn't say it again too soon."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

QUESTION_GAP = 10  # replies before the same question may come again
STATEMENT_GAP = 4
NEVER = 10_000
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_SPACE = re.compile(r"\s+")


class Memory:
    """Chooses lines that were not used lately; the order is the seed's, so it is repeatable."""

    def __init__(self, said: Sequence[str], seed: str) -> None:
        self.said = [_plain(text) for text in reversed(said)]
        self.seed = seed

    def age(self, line: str) -> int:
        """Replies since `line` was last used: 1 is the last reply, NEVER is not at all."""
        stem = max((_plain(part) for part in _PLACEHOLDER.split(line)), key=len)
        return next((n for n, text in enumerate(self.said, 1) if stem in text), NEVER)

    def pick(self, lines: Sequence[str]) -> str | None:
        """The line that rested longest, or None when all were used too lately."""
        rested = [line for line in lines if self.age(line) > _gap(line)]
        return self._best(rested) if rested else None

    def pick_some(self, lines: Sequence[str]) -> str:
        """Always a line, and of several never the one just used."""
        return self.pick(lines) or self._best(lines)

    def used_last(self, lines: Sequence[str]) -> bool:
        return any(self.age(line) == 1 for line in lines)

    def _best(self, lines: Sequence[str]) -> str:
        return max(lines, key=lambda line: (self.age(line), self._order(line)))

    def _order(self, line: str) -> bytes:
        return hashlib.sha256(f"{self.seed}\n{line}".encode()).digest()


def _gap(line: str) -> int:
    return QUESTION_GAP if "?" in line else STATEMENT_GAP


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()
