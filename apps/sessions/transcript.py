"""Writing into a session's transcript, for callers and the persona alike."""

from __future__ import annotations

from typing import Any

from apps.sessions import events
from apps.sessions.models import Message, Session
from smartsteps.lib import clock


def append(session: Session, **fields: Any) -> Message:
    """Number, store and tell; the caller holds the session's row lock."""
    session.message_count += 1
    session.save(update_fields=["message_count"])
    message = Message(
        session=session, number=session.message_count, timestamp=clock.now(), **fields
    )
    message.save(force_insert=True)
    events.message_sent(message)
    return message
