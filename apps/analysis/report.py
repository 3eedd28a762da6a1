"""The progress report: put together from series and counts; no model writes a number or a word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from apps.analysis import patterns, trends
from apps.analysis.history import History, Period
from apps.analysis.trends import Series
from apps.clients.models import Client
from apps.measures.instruments import INSTRUMENTS
from smartsteps.lib import clock
from smartsteps.lib.clock import iso

MEASURE_AFTER = timedelta(days=14)  # both questionnaires ask about the last two weeks
MOST_RECOMMENDED = 6
WENT = {
    "increasing": "went up from",
    "decreasing": "went down from",
    "stable": "stayed about the same:",
}


def progress(client: Client, history: History, areas: list[str]) -> dict[str, Any]:
    """The body of spec 1, and under `evidence` what each part of it rests on."""
    chosen = history.of_focus(areas)
    found = patterns.of(history.analyses)
    period = history.period
    return {
        "client_id": client.pk,
        "report_period": _told(period),
        "sessions_analyzed": len(history.analyses),
        "progress_summary": " ".join(_summary(client, history, chosen.values())),
        "metrics": {name: trends.told(series) for name, series in chosen.items()},
        "patterns": [
            {"description": each["description"], "confidence": each["confidence"]} for each in found
        ],
        "recommendations": _recommendations(history, chosen),
        "evidence": {
            "time_zone": str(period.zone) if period else None,
            "sessions_in_period": history.session_count,
            "metrics": {name: _rests_on(series) for name, series in chosen.items()},
            "patterns": [each["sessions"] for each in found],
        },
    }


def _told(period: Period | None) -> dict[str, str] | None:
    if period is None:
        return None
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _rests_on(series: Series) -> dict[str, Any]:
    points = series.points
    return {
        "source": series.source,
        "n": len(points),
        "first_at": iso(points[0].at) if points else None,
        "last_at": iso(points[-1].at) if points else None,
        "scale": [0, series.highest],
        "counts_as_change": series.real_change,
        "points": [{"at": iso(p.at), "value": p.value, "from": p.origin} for p in points],
    }


def _summary(client: Client, history: History, chosen: Iterable[Series]) -> Iterable[str]:
    analysed, held = len(history.analyses), history.session_count
    yield f"{client.first_name} had {_sessions(held)} in this period{_of_them(analysed, held)}."
    for series in chosen:
        yield sentence(series)


def _sessions(count: int) -> str:
    return f"{count} session{'' if count == 1 else 's'}" if count else "no completed session"


def _of_them(analysed: int, held: int) -> str:
    if not held:
        return ""
    return ", all analysed" if analysed == held else f", {analysed} of them analysed"


def sentence(series: Series) -> str:
    """`GAD-7 went down from 14 (moderate) to 6 (mild), n = 4.`"""
    n = len(series.points)
    if series.trend == "insufficient data":
        return f"{series.title}: insufficient data (n = {n})."
    first, last = (_value(series, point.value) for point in (series.points[0], series.points[-1]))
    return f"{series.title} {WENT[series.trend]} {first} to {last}, n = {n}."


def _value(series: Series, value: int) -> str:
    form = INSTRUMENTS.get(series.name)
    return f"{value} ({form.band(value)})" if form else f"{value} of {series.highest}"


def _recommendations(history: History, chosen: dict[str, Series]) -> list[str]:
    """What the last session left open, then which data would make the next report better."""
    last = history.analyses[-1].content["focus_areas"] if history.analyses else []
    wanted = [each["text"] for each in last] + [*missing(history, chosen)]
    return list(dict.fromkeys(wanted))[:MOST_RECOMMENDED]


def missing(history: History, chosen: dict[str, Series]) -> Iterable[str]:
    for name, form in INSTRUMENTS.items():
        points = history.series[name].points
        if not points:
            yield f"There is no {form.name} yet: take one to measure {form.about}"
        elif clock.now() - points[-1].at > MEASURE_AFTER and name in chosen:
            yield f"The last {form.name} is of {points[-1].at:%-d %B %Y}: take it again"
