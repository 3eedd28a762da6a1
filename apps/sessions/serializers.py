"""Bodies of `/sessions` and of a session's stream (spec 1, Session Endpoints, WebSocket API)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from apps.accounts.actors import Actor
from apps.accounts.scopes import NOTES_READ
from apps.safety.resources import Resource
from apps.sessions.models import Message, Note, SenderType, Session, Status
from smartsteps.lib.clock import iso, iso_or_none
from smartsteps.lib.errors import invalid
from smartsteps.wire.paging import PageQuery
from smartsteps.wire.serializers import (
    AwareDateTimeField,
    ObjectField,
    QuerySerializer,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictSerializer,
)

MESSAGE_CHARS = 10_000
NOTE_CHARS = 20_000
MAX_GOALS = 20
GOAL_CHARS = 500
DEFAULT_DURATION_MINUTES = 45


class SessionPatchInput(StrictSerializer):
    persona_id = StrictCharField(max_length=64)
    goals = serializers.ListField(
        child=StrictCharField(max_length=GOAL_CHARS), max_length=MAX_GOALS, required=False
    )
    duration_minutes = StrictIntegerField(min_value=1, max_value=480, required=False)
    scheduled_at = AwareDateTimeField(required=False)
    metadata = ObjectField(required=False)


class SessionInput(SessionPatchInput):
    client_id = StrictCharField(max_length=64)


class StatusesField(serializers.CharField):
    """`status=active,completed`."""

    def to_internal_value(self, data: Any) -> Any:
        wanted = [part.strip() for part in super().to_internal_value(data).split(",")]
        if unknown := sorted(set(wanted) - set(Status.values)):
            raise serializers.ValidationError(
                f"Unknown status {', '.join(unknown)}; use {', '.join(Status.values)}"
            )
        return wanted


class SessionQuery(PageQuery):
    client_id = serializers.CharField(max_length=64, required=False)
    status = StatusesField(required=False)


class MessageInput(StrictSerializer):
    content = StrictCharField(max_length=MESSAGE_CHARS, trim_whitespace=False)
    sender_type = serializers.ChoiceField(choices=SenderType.choices)
    metadata = ObjectField(required=False)

    def validate_content(self, value: str) -> str:
        if not value.strip():
            raise serializers.ValidationError("This field may not be blank.")
        return value


def client_message_id(metadata: dict[str, Any]) -> str | None:
    """The sender's own id of the message, by which a repeated send is the same message."""
    given = metadata.get("client_message_id")
    if given is not None and not (isinstance(given, str) and 0 < len(given) <= 100):
        raise invalid("metadata.client_message_id", "Must be a text of 1 to 100 characters")
    return given


class SocketMessageInput(MessageInput):
    session_id = StrictCharField(max_length=64)


class MessageQuery(QuerySerializer):
    after = serializers.CharField(max_length=64, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=100)


class NoteInput(StrictSerializer):
    content = StrictCharField(max_length=NOTE_CHARS)


class SocketSessionInput(StrictSerializer):
    session_id = StrictCharField(max_length=64)


class SocketJoinInput(SocketSessionInput):
    resume_from = serializers.JSONField(required=False)


class SocketTypingInput(SocketSessionInput):
    sender_type = serializers.ChoiceField(choices=SenderType.choices)
    is_typing = StrictBooleanField()


class SocketDeskInput(StrictSerializer):
    """Nothing is asked for: what one may see is told."""


class SocketTokenInput(StrictSerializer):
    token = StrictCharField(max_length=4096)


def crisis_lines(
    session_id: str, lines: Sequence[Resource], message_id: str | None
) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "message_id": message_id,
        "resources": [
            {
                "name": line.name,
                "contact": line.contact,
                "hours": line.hours,
                "channels": line.channels,
            }
            for line in lines
        ],
    }


def session_created(session: Session) -> dict[str, Any]:
    return {
        "session_id": session.pk,
        "client_id": session.client_id,
        "persona_id": session.persona_id,
        "status": session.status,
        "scheduled_at": iso(session.scheduled_at),
        "duration_minutes": session.duration_minutes,
        "created_at": iso(session.created_at),
        "created_by": session.created_by,
        "goals": session.goals,
        "metadata": session.metadata,
    }


def session_detail(session: Session, *, to: Actor) -> dict[str, Any]:
    """The whole record; notes, summary and insights are written for staff only."""
    staff = to.can(NOTES_READ)
    messages = session.messages.order_by("number")
    return {
        "session_id": session.pk,
        "client_id": session.client_id,
        "persona_id": session.persona_id,
        "status": session.status,
        "scheduled_at": iso(session.scheduled_at),
        "started_at": iso_or_none(session.started_at),
        "ended_at": iso_or_none(session.ended_at),
        "duration_minutes": session.duration_minutes,
        "goals": session.goals,
        "summary": session.summary if staff else None,
        "insights": session.insights if staff else [],
        "messages": [message_in_session(message) for message in messages],
        "facilitator_notes": [note_body(note) for note in session.notes.all()] if staff else [],
        "metadata": session.metadata,
    }


def session_state(session: Session) -> dict[str, Any]:
    """What moves in a session: the answer to start and end, and the stream's session_update."""
    body: dict[str, Any] = {"session_id": session.pk, "status": session.status}
    if session.started_at:
        body["started_at"] = iso(session.started_at)
    if session.ended_at:
        body["ended_at"] = iso(session.ended_at)
        body["duration_minutes"] = session.duration_minutes
    return body


def message_in_session(message: Message) -> dict[str, Any]:
    body = {
        "id": message.pk,
        "sender_type": message.sender_type,
        "sender_id": message.sender_id,
        "content": message.content,
        "timestamp": iso(message.timestamp),
    }
    return {**body, "metadata": message.metadata} if message.metadata else body


def message_body(message: Message) -> dict[str, Any]:
    body = message_in_session(message)
    return {"id": body.pop("id"), "session_id": message.session_id, **body}


def note_body(note: Note) -> dict[str, Any]:
    return {
        "id": note.pk,
        "content": note.content,
        "timestamp": iso(note.timestamp),
        "author": note.author,
    }


def typing_body(
    session_id: str, sender_type: str, sender_id: str, is_typing: bool
) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "sender_type": sender_type,
        "sender_id": sender_id,
        "is_typing": is_typing,
    }
