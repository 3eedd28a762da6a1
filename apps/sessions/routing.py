from __future__ import annotations

from typing import Any

from django.urls import path

from apps.sessions.consumers import SessionConsumer

# Channels' router takes ASGI applications where Django's types know views only.
consumer: Any = SessionConsumer.as_asgi()
websocket_urlpatterns: list[Any] = [path("ws", consumer)]
