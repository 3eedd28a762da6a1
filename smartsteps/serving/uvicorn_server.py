"""Uvicorn, the faster choice, with the same bounds as our Daphne."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import uvicorn
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from smartsteps.serving.limits import (
    HEAD_LIMIT_BYTES,
    PING_INTERVAL_S,
    PING_TIMEOUT_S,
    STALLED_AFTER_S,
    STOP_WITHIN_S,
)

Application = Callable[..., Awaitable[None]]
TRY_AGAIN_LATER = 1013


class BoundedHTTP(HttpToolsProtocol):
    """Written in C, and without a bound of its own for what comes before a body."""

    unused_bytes = 0  # come since a head, a part of a body or a message was complete

    def data_received(self, data: bytes) -> None:
        self.unused_bytes += len(data)
        super().data_received(data)
        if self.unused_bytes > HEAD_LIMIT_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_headers_complete(self) -> None:
        self.unused_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.unused_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unused_bytes = 0
        super().on_message_complete()


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
        http=BoundedHTTP,
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
