"""Uvicorn, the faster choice, with the same bounds as our Daphne."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import uvicorn
from django.conf import settings
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from smartsteps.serving.limits import (
    PING_INTERVAL_S,
    PING_TIMEOUT_S,
    STALLED_AFTER_S,
    STOP_WITHIN_S,
)

Application = Callable[..., Awaitable[None]]
TRY_AGAIN_LATER = 1013


class BoundedSocket(WebSocketsSansIOProtocol):
    """Uvicorn makes a consumer wait for a client that doesn't read; we end that wait."""

    stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled = self.loop.call_later(STALLED_AFTER_S, self._drop)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_stall()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_stall()
        super().connection_lost(exc)

    def _forget_stall(self) -> None:
        if self.stalled:
            self.stalled.cancel()

    def _drop(self) -> None:
        self.conn.fail(TRY_AGAIN_LATER)
        self.transport.abort()


def run(application: Application, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    uvicorn.run(
        application,
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",  # at "info" it logs each socket's path with the token in it
        ws=BoundedSocket,
        ws_max_size=settings.FRAME_LIMIT_BYTES,
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_TIMEOUT_S,
        ws_per_message_deflate=False,
        proxy_headers=False,  # whom to believe is decided in one place, by our middleware
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
