"""Writing into a session's transcript, for callers and the persona alike."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.sessions import events
from apps.sessions.models import Message, Reply, Session
from smartsteps.lib import clock
from smartsteps.lib.batch import Batch

NEWEST_WORDS = """
    SELECT id, content FROM therapy_sessions_message
    WHERE session_id = %s AND sender_type = 'client' ORDER BY number DESC LIMIT %s
"""


def newest_words(session: Session, count: int) -> list[str]:
    """The client's last messages, oldest first. Runs at each message, where it took the ORM
    five times as long to write this query as it takes the database to answer it."""
    field = Message._meta.get_field("content")
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_WORDS, [session.pk, count])
        rows = cursor.fetchall()
    return [field.unseal(sealed, pk, Message) for pk, sealed in reversed(rows)]


def append(session: Session, *, wants_answer: bool = False, **fields: Any) -> Message:
    """Number, store and tell; the caller holds the session's row lock."""
    batch = Batch()
    session.message_count += 1
    batch.update(session, "message_count")
    message = Message(
        session=session, number=session.message_count, timestamp=clock.now(), **fields
    )
    batch.insert(message)
    if wants_answer:
        batch.insert(Reply(message=message, session=session))
    events.message_sent(message, batch)
    return message
