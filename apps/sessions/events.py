"""The facts that a session's stream and its webhooks tell, one function each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.clients.models import staff_who_see
from apps.realtime import services as realtime
from apps.realtime.models import Audience
from apps.safety.models import SafetyEvent
from apps.safety.resources import Resource
from apps.sessions.models import Message, Note, Session, topic_of
from apps.sessions.serializers import crisis_lines, message_body, note_body, session_state
from apps.webhooks import services as webhooks
from smartsteps.lib.batch import Batch, Rows
from smartsteps.lib.clock import iso


def session_changed(session: Session, batch: Batch | None = None) -> None:
    body = session_state(session)
    realtime.publish(topic=session.topic, type="session_update", body=body, batch=batch)


def _tell(event: str, session: Session, batch: Batch | None, **times: Any) -> None:
    """To other systems: ids and times, without a word that was said."""
    ids = {
        "session_id": session.pk,
        "client_id": session.client_id,
        "persona_id": session.persona_id,
    }
    told = {name: iso(moment) for name, moment in times.items()}
    viewers = staff_who_see(session.client_id)
    webhooks.publish(event, {**ids, **told}, viewers=viewers, batch=batch)


def _moved(event: str, session: Session, **times: Any) -> None:
    batch = Batch()
    _tell(event, session, batch, **times)
    session_changed(session, batch)


def session_created(session: Session) -> None:
    times = {"scheduled_at": session.scheduled_at, "created_at": session.created_at}
    _tell("session.created", session, None, **times)


def session_started(session: Session) -> None:
    _moved("session.started", session, started_at=session.started_at)


def session_ended(session: Session) -> None:
    times = {"started_at": session.started_at, "ended_at": session.ended_at}
    _moved("session.ended", session, **times)


def session_cancelled(session: Session) -> None:
    times = {"scheduled_at": session.scheduled_at, "cancelled_at": session.updated_at}
    _moved("session.cancelled", session, **times)


def session_summarized(session: Session, at: datetime) -> None:
    """Needs a transaction, as all of these do."""
    _tell("session.summarized", session, None, summarized_at=at)


def message_sent(message: Message, batch: Batch, locked: Rows | None = None) -> None:
    """Writes what is in `batch`, the message above all."""
    webhooks.publish(
        "message.created",
        {
            "message_id": message.pk,
            "session_id": message.session_id,
            "client_id": message.session.client_id,
            "sender_type": message.sender_type,
            "created_at": iso(message.timestamp),
        },
        viewers=staff_who_see(message.session.client_id),
        batch=batch,
    )
    realtime.publish(
        topic=topic_of(message.session_id),
        type="new_message",
        body={"message": message_body(message)},
        batch=batch,
        locked=locked,
    )


def danger_noticed(message: Message, event: SafetyEvent, level: str) -> None:
    """Not in spec 1, for staff only: what was heard in the client's words, and how grave it is."""
    realtime.publish(
        topic=topic_of(message.session_id),
        type="safety_alert",
        body={
            "session_id": message.session_id,
            "message_id": message.pk,
            "event_id": event.pk,
            "level": level,
            "category": event.category,
            "state": event.state,
        },
        audience=Audience.STAFF,
    )


def help_shown(session: Session, message: Message, lines: Sequence[Resource]) -> None:
    """Not in spec 1: the lines to call, for the client's page; not why, nor how grave it is."""
    realtime.publish(
        topic=session.topic,
        type="crisis_lines",
        body=crisis_lines(session.pk, lines, message.pk),
    )


def note_added(note: Note) -> None:
    """Not in spec 1, for staff only: a second facilitator sees the note at once."""
    realtime.publish(
        topic=topic_of(note.session_id),
        type="new_note",
        body={"session_id": note.session_id, "note": note_body(note)},
        audience=Audience.STAFF,
    )


def reply_failed(message: Message, *, final: bool) -> None:
    """The persona could not answer: said openly, never covered by an invented answer."""
    later = "No answer will come by itself." if final else "It will be tried again."
    realtime.publish(
        topic=topic_of(message.session_id),
        type="error",
        body={
            "code": "internal_error",
            "message": f"The persona could not answer. {later}",
            "request_id": message.client_message_id or message.pk,
        },
    )
