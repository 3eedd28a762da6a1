from __future__ import annotations

from typing import Any

from django.urls import path

from apps.characters.consumers import CharacterConsumer

# Channels' router takes ASGI applications where Django's types know views only.
consumer: Any = CharacterConsumer.as_asgi()
websocket_urlpatterns: list[Any] = [path("ws/conversational-character-creation", consumer)]
