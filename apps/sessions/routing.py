from __future__ import annotations

from django.urls import path

from apps.sessions.consumers import SessionConsumer

websocket_urlpatterns = [path("ws", SessionConsumer.as_asgi())]
