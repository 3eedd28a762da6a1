"""Writing into a session's transcript, for callers and the persona alike."""

from __future__ import annotations

from typing import Any

from apps.sessions import events
from apps.sessions.models import Message, Reply, Session
from smartsteps.lib import clock
from smartsteps.lib.batch import Batch, Rows


def append(
    session: Session, *, wants_answer: bool = False, topic: Rows | None = None, **fields: Any
) -> Message:
    """Number, store and tell; the caller holds the session's row lock, and perhaps the topic's."""
    batch = Batch()
    session.message_count += 1
    batch.update(session, "message_count")
    message = Message(
        session=session, number=session.message_count, timestamp=clock.now(), **fields
    )
    batch.insert(message)
    if wants_answer:
        batch.insert(Reply(message=message, session=session))
    events.message_sent(message, batch, topic)
    return message
