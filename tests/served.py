"""Fixtures: the application behind uvicorn on a port of its own, and real sockets to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.realtime.hub import the_hub
from smartsteps.asgi import application
from smartsteps.lib.threads import run_sync

PATIENCE_S = 5.0


class Talk:
    """One socket: says frames, and hears what comes until it is what was waited for."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.count = 0

    async def say(self, type: str, **data: Any) -> str:
        self.count += 1
        frame_id = f"msg{self.count}"
        await self.raw(json.dumps({"type": type, "id": frame_id, "data": data}))
        return frame_id

    async def raw(self, frame: str | bytes) -> None:
        await self.socket.send(frame)

    async def hear(self, *types: str, within: float = PATIENCE_S) -> dict[str, Any]:
        """The next frame, or the next of these types."""
        async with asyncio.timeout(within):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                assert set(frame) == {"type", "id", "data"}
                if not types or frame["type"] in types:
                    return frame

    async def quiet(self, seconds: float = 0.4) -> None:
        with pytest.raises(TimeoutError):
            await self.hear(within=seconds)

    async def closed(self, within: float = PATIENCE_S) -> int:
        """The code that the server closed with."""
        await asyncio.wait_for(self.socket.wait_closed(), within)
        assert self.socket.close_code is not None
        return self.socket.close_code

    async def join(self, session_id: str, **data: Any) -> dict[str, Any]:
        await self.say("join_session", session_id=session_id, **data)
        return await self.hear("session_update", "error")


def _credential(who: User | str | None) -> str | None:
    return accounts.open_login(user=who).token if isinstance(who, User) else who


Dial = Callable[..., AbstractAsyncContextManager[Talk]]


def _config() -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=settings.FRAME_LIMIT_BYTES,
        log_config=None,
        log_level="warning",  # at "info" it logs each socket's path with the token in it
        access_log=False,
        timeout_graceful_shutdown=1,
    )


@pytest.fixture
async def port(transactional_db: None) -> AsyncIterator[int]:
    server = uvicorn.Server(_config())
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving
    await the_hub().stop()


@pytest.fixture
def dial(port: int) -> Dial:
    """Open a socket as a user, with a token or key, or (None) without a credential."""

    @asynccontextmanager
    async def open_socket(
        who: User | str | None = None, query: str = "", **options: Any
    ) -> AsyncIterator[Talk]:
        token = (
            (await run_sync(accounts.open_login, user=who)).token if isinstance(who, User) else who
        )
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        url = f"ws://127.0.0.1:{port}/ws{query}"
        async with connect(url, additional_headers=headers, **options) as socket:
            yield Talk(socket)

    return open_socket
