"""The shapes of the interview's script."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Lines = tuple[str, ...]


class FieldType(StrEnum):
    TEXT = "text"
    LIST = "list"
    CHOICE = "choice"
    NUMBER = "number"
    SCALE = "scale"


class Completes(StrEnum):
    """What lets a stage count as completed."""

    ANY_REPLY = "any_reply"
    ANSWERED = "answered"
    CONFIRMATION = "confirmation"
    ARRIVAL = "arrival"


class Move(StrEnum):
    NEXT = "next"
    AGAIN_THEN_NEXT = "again_then_next"
    STAY = "stay"
    PREVIOUS = "previous"
    PAUSE = "pause"
    LEAVE_OUT = "leave_out"
    END = "end"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    synonyms: Lines
    others: bool = False  # counts also when someone else is the subject of the sentence
    passing: bool = False  # counts also when mentioned in answer to another question


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    stage: str
    type: FieldType
    label: str
    spoken: Lines
    choices: tuple[Choice, ...] = ()
    acknowledgments: Lines = ()
    required: bool = False  # a character is not ready to be made without it
    volunteered: bool = False  # kept when given, never asked for
    open: bool = False  # words outside the choices are kept as they were said
    low: int = 0
    high: int = 0

    @property
    def values(self) -> Lines:
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Wording:
    content: Lines
    again: Lines
    simpler: Lines
    context_text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    id: str
    stage: str
    asks: str | None
    adult: Wording
    minor: Wording
    follow_up_prompts: Lines
    known: Lines = ()  # said instead when something was already mentioned

    def wording(self, *, minor: bool) -> Wording:
        return self.minor if minor else self.adult


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    title: str
    why: Lines
    completes: Completes
    moves: dict[str, Move]
    prompts: tuple[Prompt, ...]
    fields: tuple[Field, ...] = ()
    leaves_out: Lines = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of question to us, and how it is answered."""

    id: str
    patterns: Lines
    answers: Lines
    simpler: bool = False
