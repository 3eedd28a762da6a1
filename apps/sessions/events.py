"""The facts that a session's stream tells, one function each."""

from __future__ import annotations

from apps.realtime import services as realtime
from apps.realtime.models import Audience
from apps.safety.models import SafetyEvent
from apps.sessions.models import Message, Note, Session, topic_of
from apps.sessions.serializers import message_body, note_body, session_state
from smartsteps.lib.batch import Batch


def session_changed(session: Session) -> None:
    realtime.publish(topic=session.topic, type="session_update", body=session_state(session))


def message_sent(message: Message, batch: Batch) -> None:
    """Writes what is in `batch`, the message above all."""
    realtime.publish(
        topic=topic_of(message.session_id),
        type="new_message",
        body={"message": message_body(message)},
        batch=batch,
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
        },
        audience=Audience.STAFF,
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
