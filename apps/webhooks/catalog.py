"""The events that can be subscribed to: who may, and the JSON Schemas of their payloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.accounts import scopes

ID = {"type": "string"}
ID_OR_NULL = {"type": ["string", "null"]}
TIME = {"type": "string", "format": "date-time"}
SESSION = {"session_id": ID, "client_id": ID, "persona_id": ID}
SAFETY: dict[str, dict[str, Any]] = {
    "event_id": ID,
    "surface": {"enum": ["session", "conversation", "measure"]},
    "subject_id": ID,
    "client_id": ID_OR_NULL,
    "level": {"enum": ["moderate", "high", "critical", "unreviewed"]},
    "category": ID,
    "opened_at": TIME,
    "due_at": TIME,
}


@dataclass(frozen=True)
class EventType:
    """Whoever subscribes needs the scope `scope`; `data` has ids, times and kinds, no text."""

    name: str
    says: str
    scope: str
    data: dict[str, dict[str, Any]]

    def schema(self) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of the whole payload."""
        properties = {"event": {"const": self.name}, "timestamp": TIME, "data": _object(self.data)}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.says,
            **_object(properties),
        }


def _object(properties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


ALL = (
    EventType(
        "client.created",
        "A client was added.",
        scopes.CLIENTS_READ,
        {"client_id": ID, "created_at": TIME},
    ),
    EventType(
        "client.updated",
        "A client's record was changed.",
        scopes.CLIENTS_READ,
        {"client_id": ID, "updated_at": TIME},
    ),
    EventType(
        "client.erased",
        "A client was removed for good, with everything of theirs.",
        scopes.CLIENTS_READ,
        {"client_id": ID, "erased_at": TIME},
    ),
    EventType(
        "session.created",
        "A session was planned.",
        scopes.SESSIONS_READ,
        {**SESSION, "scheduled_at": TIME, "created_at": TIME},
    ),
    EventType(
        "session.started",
        "A session began.",
        scopes.SESSIONS_READ,
        {**SESSION, "started_at": TIME},
    ),
    EventType(
        "session.ended",
        "A session is over.",
        scopes.SESSIONS_READ,
        {**SESSION, "started_at": TIME, "ended_at": TIME},
    ),
    EventType(
        "session.cancelled",
        "A planned session will not take place.",
        scopes.SESSIONS_READ,
        {**SESSION, "scheduled_at": TIME, "cancelled_at": TIME},
    ),
    EventType(
        "session.summarized",
        "A session's summary was written, or written anew.",
        scopes.NOTES_READ,
        {**SESSION, "summarized_at": TIME},
    ),
    EventType(
        "message.created",
        "Somebody wrote in a session.",
        scopes.SESSIONS_READ,
        {
            "message_id": ID,
            "session_id": ID,
            "client_id": ID,
            "sender_type": {"enum": ["persona", "client", "facilitator"]},
            "created_at": TIME,
        },
    ),
    EventType(
        "safety.event_opened",
        "A sign of danger was heard: somebody must look.",
        scopes.SESSIONS_READ,
        SAFETY,
    ),
    EventType(
        "safety.event_overdue",
        "Nobody has looked at a sign of danger in time; told again until somebody does.",
        scopes.SESSIONS_READ,
        SAFETY,
    ),
    EventType(
        "character.created",
        "A conversation has made a character.",
        scopes.CHARACTERS,
        {
            "character_id": ID,
            "conversation_id": ID,
            "player_id": ID,
            "client_id": ID_OR_NULL,
            "created_at": TIME,
        },
    ),
    EventType(
        "webhook.disabled",
        "An endpoint was switched off: it said it is gone, or failed for five days.",
        scopes.WEBHOOKS_READ,
        {"webhook_id": ID, "reason": {"enum": ["gone", "failing"]}, "disabled_at": TIME},
    ),
)
EVENTS = {each.name: each for each in ALL}
# Sent when asked for, to one subscription, so nobody subscribes to it.
PING = EventType("webhook.ping", "A test.", scopes.WEBHOOKS_READ, {"webhook_id": ID})
KEYS = {each.name: each.data.keys() for each in (*ALL, PING)}
