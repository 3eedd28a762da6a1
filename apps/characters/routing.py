from __future__ import annotations

from django.urls import path

from apps.characters.consumers import CharacterConsumer

websocket_urlpatterns = [
    path("ws/conversational-character-creation", CharacterConsumer.as_asgi()),
]
