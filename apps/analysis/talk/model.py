"""What a reading of a talk is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sender = Literal["client", "persona", "facilitator"]


@dataclass(frozen=True, slots=True)
class Line:
    """One message; `number` is its place in the session, `id` what the API calls it."""

    number: int
    id: str
    sender: Sender
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand in the message `number`, letter by letter."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a message; `start` is where it stands in the message's text."""

    line: Line
    text: str
    start: int

    @property
    def quote(self) -> Quote:
        return Quote(self.line.number, self.text)
