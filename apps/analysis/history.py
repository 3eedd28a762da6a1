"""A client's analyses and measures of a period, as series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.analysis.models import Analysis
from apps.analysis.talk.scores import ANXIETY, COPING_USE, METRICS, MOOD
from apps.analysis.trends import Point, Series
from apps.clients.models import Client
from apps.measures.instruments import INSTRUMENTS
from apps.measures.models import Measure
from apps.sessions.models import Session, Status

TITLES = {
    ANXIETY: "Anxiety in the client's words",
    COPING_USE: "Coping strategies used",
    MOOD: "Mood in the client's words",
}
WORDS = "the client's words in sessions"
# What a caller may ask for, and the series that speak of it.
FOCUS = {
    "anxiety": (ANXIETY, "gad7"),
    "coping_strategies": (COPING_USE,),
    "mood": (MOOD, "phq9"),
}
RISING_IS_GOOD = frozenset({COPING_USE, MOOD})
HIGHEST_SCORE = 10
# Scores from words are coarse: three sessions, and two points apart, before it is a trend.
WORDS_CHANGE, WORDS_POINTS = 2, 3
MEASURE_POINTS = 2


@dataclass(frozen=True)
class Period:
    """Both days belong to it, as days are where the client lives."""

    start: date
    end: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.start, time.min, self.zone)

    @property
    def ends(self) -> datetime:
        """The midnight after the last day; half-open, so that days of 23 hours come out right."""
        return datetime.combine(self.end + timedelta(days=1), time.min, self.zone)


@dataclass(frozen=True)
class History:
    """`session_count` counts completed sessions of the period, analysed or not; newest last."""

    period: Period | None
    session_count: int
    analyses: list[Analysis]
    measures: list[Measure]

    @property
    def series(self) -> dict[str, Series]:
        words = {name: self._of_words(name) for name in METRICS}
        return words | {name: self._of_measure(name) for name in INSTRUMENTS}

    def of_focus(self, areas: list[str]) -> dict[str, Series]:
        """A session's scores always; a questionnaire where there is one of it."""
        names = [name for area in areas for name in FOCUS[area]]
        known = self.series
        return {name: known[name] for name in names if name in METRICS or known[name].points}

    def _of_words(self, name: str) -> Series:
        points = [
            Point(_started(each), score, each.session_id)
            for each in self.analyses
            if (score := each.score(name)) is not None
        ]
        return Series(
            name, TITLES[name], WORDS, tuple(points), HIGHEST_SCORE, WORDS_CHANGE, WORDS_POINTS
        )

    def _of_measure(self, name: str) -> Series:
        form = INSTRUMENTS[name]
        points = [
            Point(each.taken_at, each.total, each.pk)
            for each in self.measures
            if each.instrument == name and each.total is not None
        ]
        return Series(
            name,
            form.name,
            f"{form.name} questionnaires",
            tuple(points),
            form.highest,
            form.real_change,
            MEASURE_POINTS,
        )


def of(client: Client, period: Period | None = None) -> History:
    """Three queries, however many sessions; without a period all there is."""
    sessions = Session.objects.filter(client=client, status=Status.COMPLETED)
    measures = Measure.objects.filter(client=client)
    if period is not None:
        span = (period.begins, period.ends)
        sessions = sessions.filter(started_at__gte=span[0], started_at__lt=span[1])
        measures = measures.filter(taken_at__gte=span[0], taken_at__lt=span[1])
    analyses = Analysis.objects.newest().filter(session__in=sessions).select_related("session")
    return History(
        period,
        sessions.count(),
        sorted(analyses.order_by(), key=_by(_started)),
        list(measures.order_by("taken_at", "pk")),
    )


def _started(analysis: Analysis) -> datetime:
    return analysis.session.started_at or analysis.made_at


def _by(moment: Callable[[Analysis], datetime]) -> Callable[[Analysis], tuple[datetime, str]]:
    return lambda analysis: (moment(analysis), analysis.pk)
