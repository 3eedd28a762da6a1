"""What a conversation's stream tells; the bodies are whole frames of spec 2."""

from __future__ import annotations

from typing import Any

from django.db.models.expressions import RawSQL

from apps.characters.models import Character, Conversation, topic_of
from apps.clients.models import staff_who_see
from apps.realtime import services as realtime
from apps.webhooks import services as webhooks
from smartsteps.lib.clock import iso


def tell(conversation: Conversation, frame: dict[str, Any]) -> None:
    realtime.publish(topic=topic_of(conversation.pk), type=frame["type"], body=frame)


def character_created(character: Character) -> None:
    client = getattr(character.player, "client", None)
    webhooks.publish(
        "character.created",
        {
            "character_id": character.pk,
            "conversation_id": character.conversation_id,
            "player_id": character.player_id,
            "client_id": client.pk if client else None,
            "created_at": iso(character.created_at),
        },
        viewers=staff_who_see(client.pk) if client else _player_and_admins(character.player_id),
    )


def _player_and_admins(player_id: str) -> RawSQL:
    """As `Character.visible_to` has it for a player who is nobody's client."""
    return RawSQL(
        "SELECT id FROM accounts_user WHERE is_active AND role <> 'client'"
        " AND (role = 'admin' OR id = %s)",
        [player_id],
    )
