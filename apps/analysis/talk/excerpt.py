"""The part of a long talk that a model is shown: its beginning, its end, the weightiest between."""

from __future__ import annotations

from collections.abc import Sequence

from apps.analysis.talk import remarks
from apps.analysis.talk.model import Line

BUDGET_CHARS = 24_000
OPENING_LINES = 10
LINE_CHARS = 2_000


def of(lines: Sequence[Line], budget: int = BUDGET_CHARS) -> list[Line]:
    """In their order, at most `budget` characters together."""
    kept: dict[int, Line] = {}
    for line in _by_weight(lines):
        text = line.text[:LINE_CHARS]
        if len(text) <= budget:
            budget -= len(text)
            kept[line.number] = Line(line.number, line.id, line.sender, text)
    return [kept[number] for number in sorted(kept)]


def _by_weight(lines: Sequence[Line]) -> list[Line]:
    """A short talk whole; of a long one first the ends, then by what the client's words weigh."""
    if sum(len(line.text) for line in lines) <= BUDGET_CHARS:
        return list(lines)
    weights: dict[int, float] = {}
    for remark in remarks.read(lines):
        number = remark.sentence.line.number
        weights[number] = max(weights.get(number, 0), remark.weight)
    ends = {line.number for line in (*lines[:OPENING_LINES], *lines[-OPENING_LINES:])}
    return sorted(lines, key=lambda line: (line.number not in ends, -weights.get(line.number, 0)))
