"""Where the lines, dots and bands of a chart lie; a template draws them, no script is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.dateformat import format as format_date

from apps.analysis.trends import Point, Series
from apps.measures.instruments import INSTRUMENTS

WIDTH, HEIGHT = 420, 160
LEFT, RIGHT, TOP, BOTTOM = 26, 10, 18, 26
NAMES = 118  # on the right, where the bands' names stand
LEAST_GAP = 48  # between two dates below the line
DAY = "j M"


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    value: int
    at: datetime
    origin: str
    is_dated: bool


@dataclass(frozen=True, slots=True)
class Band:
    """`rank` counts from the lowest, for the colour."""

    name: str
    y: float
    height: float
    rank: int


@dataclass(frozen=True, slots=True)
class Chart:
    series: Series
    told: str
    dots: tuple[Dot, ...]
    line: str
    bands: tuple[Band, ...]
    ticks: tuple[tuple[float, int], ...]
    right: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM

    @property
    def span(self) -> int:
        return self.right - self.left


def of(series: Series, told: str) -> Chart:
    """`told` says the same in words, for those who don't see it."""
    right = WIDTH - (NAMES if series.name in INSTRUMENTS else RIGHT)
    to_y = _vertical(series.highest)
    dots = _dots(series.points, _horizontal(series.points, right), to_y)
    return Chart(
        series=series,
        told=told,
        dots=tuple(dots),
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        bands=_bands(series, to_y),
        ticks=tuple((to_y(value), value) for value in _ticks(series)),
        right=right,
    )


def described(series: Series, trend: str) -> str:
    values = "; ".join(
        f"{format_date(timezone.localtime(point.at), 'j F Y')}: {point.value}"
        for point in series.points
    )
    return f"{trend} Scale 0 to {series.highest}. {values}."


def _vertical(highest: int) -> Callable[[float], float]:
    span = HEIGHT - TOP - BOTTOM
    return lambda value: round(TOP + span * (1 - value / highest), 1)


def _horizontal(points: tuple[Point, ...], right: int) -> Callable[[datetime], float]:
    """By time, not by order: a long pause shows. A single point stands in the middle."""
    span = right - LEFT
    begin, end = points[0].at, points[-1].at
    if begin == end:
        return lambda moment: LEFT + span / 2
    inner = span - 40
    return lambda moment: round(LEFT + 20 + inner * ((moment - begin) / (end - begin)), 1)


def _dots(
    points: tuple[Point, ...], to_x: Callable[[datetime], float], to_y: Callable[[float], float]
) -> list[Dot]:
    """A date is left out where it would run into the one before."""
    dots: list[Dot] = []
    dated = -LEAST_GAP * 1.0
    for point in points:
        x = to_x(point.at)
        room = x - dated >= LEAST_GAP
        dated = x if room else dated
        dots.append(Dot(x, to_y(point.value), point.value, point.at, point.origin, room))
    return dots


def _bands(series: Series, to_y: Callable[[float], float]) -> tuple[Band, ...]:
    form = INSTRUMENTS.get(series.name)
    if form is None:
        return ()
    edges = [*(band.least for band in form.bands), series.highest]
    return tuple(
        Band(band.name, to_y(upper), round(to_y(lower) - to_y(upper), 1), rank)
        for rank, (band, (lower, upper)) in enumerate(zip(form.bands, pairwise(edges), strict=True))
    )


def _ticks(series: Series) -> tuple[int, ...]:
    form = INSTRUMENTS.get(series.name)
    if form:
        return (*(band.least for band in form.bands), series.highest)
    return (0, series.highest // 2, series.highest)
