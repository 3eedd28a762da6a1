"""A series of numbers with dates and a source, and what can honestly be said of its course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Trend = Literal["increasing", "decreasing", "stable", "insufficient data"]


@dataclass(frozen=True, slots=True)
class Point:
    """`origin` is the id of the session or measure that gave the value."""

    at: datetime
    value: int
    origin: str


@dataclass(frozen=True, slots=True)
class Series:
    """`real_change` is the least difference that counts as a change; fewer points than
    `least_points` show no trend. `highest` is the upper end of the scale."""

    name: str
    title: str
    source: str
    points: tuple[Point, ...]
    highest: int
    real_change: int
    least_points: int

    @property
    def trend(self) -> Trend:
        if len(self.points) < self.least_points:
            return "insufficient data"
        change = self.points[-1].value - self.points[0].value
        if abs(change) < self.real_change:
            return "stable"
        return "increasing" if change > 0 else "decreasing"

    @property
    def change(self) -> int | None:
        if len(self.points) < 2:
            return None
        return self.points[-1].value - self.points[0].value


def change_percentage(points: Sequence[Point]) -> int | float | None:
    """Of the first value; None if that is 0 or there is no second one."""
    if len(points) < 2 or points[0].value == 0:
        return None
    first, last = points[0].value, points[-1].value
    share = round((last - first) / first * 100, 1)
    return int(share) if share.is_integer() else share


def told(series: Series) -> dict[str, Any]:
    """As spec 1 has it. With too few points there is a value, if there is one, and no change."""
    enough = series.trend != "insufficient data"
    points = series.points
    return {
        "trend": series.trend,
        "start_value": points[0].value if points else None,
        "current_value": points[-1].value if points else None,
        "change_percentage": change_percentage(points) if enough else None,
    }
