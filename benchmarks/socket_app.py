"""The project, and beside it in the same process the baselines that use Channels' groups."""

from __future__ import annotations

from typing import Any

from smartsteps.asgi import application as project  # isort: skip  # sets Django up

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

sockets = project.application_mapping["websocket"]


class GroupConsumer(AsyncWebsocketConsumer):
    """What comes in goes to the whole group, through the same channel layer."""

    groups = ["bench"]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send("bench", {"type": "bench.frame", "text": text_data})

    async def bench_frame(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


baseline = URLRouter([path("bench", GroupConsumer.as_asgi())])


async def websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    app = baseline if scope["path"] == "/bench" else sockets
    await app(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": project.application_mapping["http"], "websocket": websocket}
)
