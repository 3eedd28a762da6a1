"""What has to be known before a message is written, in one round trip to PostgreSQL.

A message comes often and somebody waits for it; the ORM takes longer to write these queries than
the database to answer them.
"""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from apps.accounts.actors import Actor
from apps.clients import services as clients
from apps.realtime import services as realtime
from apps.safety.detector import WINDOW, Finding, screen_safely, signs
from apps.sessions.models import Message, Session, topic_of
from smartsteps.lib.batch import Query, fetch
from smartsteps.lib.errors import not_found

FIELDS = ("id", "client_id", "persona_id", "status", "message_count")
CLIENT = "SELECT client_id FROM therapy_sessions_session WHERE id = %s"
NEWEST_WORDS = """
    SELECT id, content FROM therapy_sessions_message
    WHERE session_id = %s AND sender_type = 'client' ORDER BY number DESC LIMIT %s
"""


class Preface:
    """The session, locked, and what is asked of other tables."""

    def __init__(self, session_id: str, *, by: Actor) -> None:
        """Raises DomainError 404, the same for an unknown session and another's."""
        locked, self._consents, self._words, self.topic = fetch(
            _lock(session_id, by),
            clients.newest_consent(Query(CLIENT, [session_id])),
            Query(NEWEST_WORDS, [session_id, WINDOW]),
            realtime.lock(topic_of(session_id)),
        )
        if not locked:
            raise not_found()
        self.session = Session.from_db(connection.alias, FIELDS, locked[0])

    def require_consent(self) -> None:
        """Raises DomainError 409."""
        clients.require_consent_in(self._consents)

    def screen(self, content: str) -> Finding:
        """The client's words, in the light of their last ones; never raises."""
        last, earlier = self._words[:1], self._words[1:]
        signs = {row: _signs(*row) for row in earlier}
        told = [*last, *(row for row, known in signs.items() if known is None)]
        before = [_unseal(pk, sealed) for pk, sealed in reversed(told)]
        known = frozenset[str]().union(*filter(None, signs.values()))
        return screen_safely(content, before=before, known=known)


def _unseal(message_id: str, sealed: bytes) -> str:
    text: str = Message._meta.get_field("content").unseal(sealed, message_id, Message)
    return text


@lru_cache(4096)
def _signs(message_id: str, sealed: bytes) -> frozenset[str] | None:
    """Kept by ciphertext, so that nobody's words stay in memory; each is asked for five times."""
    return signs(_unseal(message_id, sealed))


@lru_cache(1024)
def _lock(session_id: str, actor: Actor) -> Query:
    """As the ORM writes it, once for a talk; whom the actor sees is looked up when it runs."""
    rows = Session.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    query = rows.filter(pk=session_id).only(*FIELDS).order_by().query
    return Query(*query.get_compiler(connection=connection, elide_empty=False).as_sql())
