"""What an erased client's sessions leave behind beyond the reach of foreign keys."""

from __future__ import annotations

from apps.clients import registry
from apps.clients.registry import Gone
from apps.realtime.models import Topic
from apps.sessions.models import Session, topic_of


def erase(gone: Gone) -> None:
    topics = [topic_of(session_id) for session_id in gone.of(Session)]
    gone.count(Topic.objects.filter(pk__in=topics).delete())


registry.register(erase)
