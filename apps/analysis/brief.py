"""One page before the next session: what was, what is open, what changed, what to watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from apps.accounts.actors import Actor
from apps.analysis import history, report
from apps.analysis.history import History
from apps.analysis.models import Analysis
from apps.analysis.trends import Series
from apps.clients.models import Consent, ConsentKind
from apps.measures.instruments import INSTRUMENTS
from apps.safety.models import SafetyEvent
from apps.sessions import services as sessions
from apps.sessions.models import Session, Status
from smartsteps.lib import clock

SAFETY_SINCE = timedelta(days=90)


@dataclass(frozen=True)
class Delta:
    """The newest value against the one before it; `better` is None where it did not move."""

    series: Series
    last: int
    change: int | None
    better: bool | None
    band: str | None

    @property
    def signed(self) -> str:
        return f"{self.change:+d}".replace("-", "−") if self.change else ""


@dataclass(frozen=True)
class Brief:
    session: Session
    previous: Session | None
    analysis: Analysis | None
    open_goals: list[str]
    deltas: list[Delta]
    events: list[SafetyEvent]
    consent: Consent | None
    wanted: list[str]


def of(session_id: str, *, by: Actor) -> Brief:
    """Raises DomainError 404 for a session that the actor does not see."""
    session = sessions.get_session(session_id, by=by)
    known = history.of(session.client)
    previous = _previous(session)
    analysis = next((each for each in known.analyses if each.session_id == _pk(previous)), None)
    return Brief(
        session=session,
        previous=previous,
        analysis=analysis,
        open_goals=_open_goals(previous, analysis),
        deltas=_deltas(known),
        events=_events(session, by),
        consent=session.client.consents.filter(kind=ConsentKind.AI).first(),
        wanted=list(report.missing(known, known.series)),
    )


def _pk(session: Session | None) -> str:
    return session.pk if session else ""


def _previous(session: Session) -> Session | None:
    """The last one that was held, this one included once it is over."""
    held = session.client.sessions.filter(status=Status.COMPLETED)
    if session.status != Status.COMPLETED:
        return held.order_by("-started_at").first()
    return held.filter(started_at__lte=session.started_at).order_by("-started_at").first()


def _open_goals(previous: Session | None, analysis: Analysis | None) -> list[str]:
    """Goals of the last session on which no words were found; all of them without an analysis."""
    if previous is None:
        return []
    if analysis is None:
        return list(previous.goals)
    met = " ".join(each["text"] for each in analysis.content["insights"] if each["type"] == "goal")
    return [goal for goal in previous.goals if goal not in met]


def _deltas(known: History) -> list[Delta]:
    return [_delta(series) for series in known.series.values() if series.points]


def _delta(series: Series) -> Delta:
    last = series.points[-1].value
    change = last - series.points[-2].value if len(series.points) > 1 else None
    rising_is_good = series.name in history.RISING_IS_GOOD
    better = (change > 0) is rising_is_good if change else None
    form = INSTRUMENTS.get(series.name)
    return Delta(series, last, change, better, form.band(last) if form else None)


def _events(session: Session, by: Actor) -> list[SafetyEvent]:
    """Open ones, and those of the last three months."""
    own = SafetyEvent.objects.visible_to(by).filter(client=session.client)
    recent = own.filter(opened_at__gte=clock.now() - SAFETY_SINCE)
    return list((own.open() | recent).order_by("-opened_at"))
