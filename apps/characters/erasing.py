"""What an erased client's characters leave behind beyond the reach of foreign keys."""

from __future__ import annotations

from apps.characters.models import Conversation, topic_of
from apps.clients import registry
from apps.clients.registry import Gone
from apps.personas import services as personas
from apps.personas.models import Companion
from apps.realtime.models import Topic


def erase(gone: Gone) -> None:
    topics = [topic_of(conversation_id) for conversation_id in gone.of(Conversation)]
    gone.count(Topic.objects.filter(pk__in=topics).delete())
    for persona_id in gone.of(Companion):
        gone.count(personas.remove_companion(persona_id))


registry.register(erase)
