"""A session's transcript and a client's report as data; PDF and JSON show the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.scopes import NOTES_READ
from apps.analysis import history, report, services
from apps.analysis.history import Period
from apps.analysis.serializers import analysis_body
from apps.analysis.talk.scores import METRICS
from apps.clients import services as clients
from apps.clients.models import Client
from apps.measures.serializers import measure_body
from apps.personas.models import PersonaVersion
from apps.sessions import services as sessions
from apps.sessions.models import Session
from apps.sessions.serializers import message_in_session, note_body
from smartsteps.lib import clock
from smartsteps.lib.clock import iso, iso_or_none
from smartsteps.lib.errors import not_found

Data = dict[str, Any]


def transcript(session_id: str, *, by: Actor) -> Data:
    """Everything of one session. Raises DomainError 404 as for any session one doesn't see."""
    by.require(NOTES_READ)
    session = sessions.get_session(session_id, by=by)
    analysis = services.newest_analysis(session.pk, by=by)
    return {
        "kind": "transcript",
        "exported_at": iso(clock.now()),
        "exported_by": by.label,
        "client": _person(session.client),
        "session": _session(session),
        "messages": [message_in_session(each) for each in session.messages.order_by("number")],
        "facilitator_notes": [note_body(note) for note in session.notes.all()],
        "analysis": analysis_body(analysis) if analysis else None,
    }


def progress_report(client_id: str, *, by: Actor) -> Data:
    """All there is of a client's course, from the first completed session to today."""
    by.require(NOTES_READ)
    client = clients.get_client(client_id, by=by)
    if by.is_client:
        raise not_found()
    everything = history.of(client)
    period = _whole(client, everything)
    body = report.progress(client, history.of(client, period), list(history.FOCUS))
    return {
        "kind": "progress report",
        "exported_at": iso(clock.now()),
        "exported_by": by.label,
        "client": _person(client),
        **body,
        "sessions": [_summed_up(each) for each in everything.analyses],
        "measures": [measure_body(each) for each in everything.measures],
    }


def _whole(client: Client, known: history.History) -> Period:
    zone = clients.zone_of(client)
    moments = [each.session.started_at or each.made_at for each in known.analyses]
    moments += [each.taken_at for each in known.measures]
    return Period(_day(min(moments, default=clock.now()), zone), _day(clock.now(), zone), zone)


def _day(moment: datetime, zone: Any) -> date:
    return timezone.localtime(moment, zone).date()


def _person(client: Client) -> Data:
    return {"client_id": client.pk, "name": client.full_name}


def _session(session: Session) -> Data:
    version: PersonaVersion | None = session.persona.current_version
    return {
        "session_id": session.pk,
        "persona": version.name if version else session.persona_id,
        "status": session.status,
        "scheduled_at": iso(session.scheduled_at),
        "started_at": iso_or_none(session.started_at),
        "ended_at": iso_or_none(session.ended_at),
        "goals": session.goals,
    }


def _summed_up(analysis: Any) -> Data:
    return {
        "session_id": analysis.session_id,
        "started_at": iso_or_none(analysis.session.started_at),
        "summary": analysis.content["summary"],
        "metrics": {name: analysis.score(name) for name in METRICS},
    }
