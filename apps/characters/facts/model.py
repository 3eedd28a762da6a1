"""A fact taken from a person's words, with the words it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | list[str]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Extracted:
    """`text[span[0]:span[1]] == quote`; confidence stays None unless something computed it."""

    field: str
    value: Value
    quote: str
    span: Span
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may know: the field just asked for, what is known already, today's date."""

    asked: str | None
    today: date
    known: Mapping[str, Value] = field(default_factory=dict)


Extractor = Callable[[str, Context], list[Extracted]]


def fact(name: str, value: Value, text: str, span: Span) -> Extracted:
    return Extracted(name, value, text[span[0] : span[1]], span)
