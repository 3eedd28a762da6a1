"""What a screening says: level, category, where in the text, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["none", "low", "moderate", "high", "critical", "unreviewed"]
Category = Literal[
    "none", "suicidal_ideation", "self_harm", "severe_depression", "immediate_danger", "abuse"
]
Span = tuple[int, int]

LEVELS: tuple[Level, ...] = ("none", "low", "moderate", "high", "critical")
RANK: dict[Level, int] = {level: rank for rank, level in enumerate(LEVELS)}


@dataclass(frozen=True, slots=True)
class Finding:
    """`span` counts characters of the text as it was typed, before any folding.

    `third_person` says that it is about somebody else than the writer, as far as one can tell.
    """

    level: Level
    category: Category = "none"
    span: Span | None = None
    reason: str = ""
    third_person: bool = False

    @property
    def is_crisis(self) -> bool:
        return self.level in ("moderate", "high", "critical")


NOTHING = Finding(level="none", reason="no sign found")
