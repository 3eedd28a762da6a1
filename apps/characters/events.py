"""What a conversation's stream tells; the bodies are whole frames of spec 2."""

from __future__ import annotations

from typing import Any

from apps.characters.models import Conversation, topic_of
from apps.realtime import services as realtime


def tell(conversation: Conversation, frame: dict[str, Any]) -> None:
    realtime.publish(topic=topic_of(conversation.pk), type=frame["type"], body=frame)
