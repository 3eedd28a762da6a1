"""Players who talk over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from apps.accounts import services as accounts
from apps.accounts.models import User
from smartsteps.lib.threads import run_sync
from tests.online import online, stub  # noqa: F401  # fixtures

PATIENCE_S = 5.0
PATH = "/ws/conversational-character-creation"
ERRORS = ("error", "validation_error")


class Player:
    """One socket of a player; `id` is the conversation's once it has begun."""

    def __init__(self, socket: ClientConnection, user: User | None) -> None:
        self.socket = socket
        self.user = user
        self.id = ""
        self.frames: list[dict[str, Any]] = []

    async def raw(self, text: str | bytes) -> None:
        await self.socket.send(text)

    async def send(self, type: str, **fields: Any) -> None:
        await self.raw(json.dumps({"type": type, **fields}))

    async def hear(self, *types: str, within: float = PATIENCE_S) -> dict[str, Any]:
        """The next frame, or the next of these types."""
        async with asyncio.timeout(within):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                self.frames.append(frame)
                if not types or frame["type"] in types:
                    return frame

    async def start(self, player_id: str | None = None) -> dict[str, Any]:
        assert self.user is not None
        await self.send("start_conversation", player_id=player_id or self.user.pk)
        frame = await self.hear("conversation_started", "error")
        self.id = frame.get("conversation_id", "")
        return frame

    async def act(self, verb: str) -> dict[str, Any]:
        await self.send(f"{verb}_conversation", conversation_id=self.id)
        return await self.hear("assistant_message", *ERRORS)

    async def tell(self, content: str) -> None:
        await self.send("user_response", conversation_id=self.id, content=content)

    async def say(self, *contents: str) -> dict[str, Any]:
        """Each answer, and what was said to it; the last of that is given back."""
        for content in contents:
            await self.tell(content)
            frame = await self.hear("assistant_message", *ERRORS)
        return frame

    async def closed(self) -> int:
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE_S)
        assert self.socket.close_code is not None
        return self.socket.close_code


Meet = Callable[..., AbstractAsyncContextManager[Player]]


@pytest.fixture
def meet(port: int) -> Meet:
    """A socket of a user, or with a token; the greeting is heard unless `greeted` is false."""

    @asynccontextmanager
    async def open_socket(
        who: User | str | None, *, greeted: bool = True, started: bool = False
    ) -> AsyncIterator[Player]:
        user = who if isinstance(who, User) else None
        token = (await run_sync(accounts.open_login, user=user)).token if user else who
        query = f"?token={token}" if token else ""
        async with connect(f"ws://127.0.0.1:{port}{PATH}{query}") as socket:
            player = Player(socket, user)
            if greeted:
                await player.hear("assistant_message")
            if started:
                await player.start()
                await player.hear("progress_update")
            yield player

    return open_socket


@pytest.fixture
async def dana(transactional_db: None) -> User:
    """Somebody in nobody's care, who makes a character."""
    return await run_sync(
        accounts.create_user,
        username="dana",
        email="dana@example.com",
        role="client",
        password="correct-horse-battery-9",
    )


@pytest.fixture
def dana_db(db: None) -> User:
    """Dana, for tests without sockets."""
    return accounts.create_user(
        username="dana", email="dana@example.com", role="client", password="correct-horse-9"
    )
