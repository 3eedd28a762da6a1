"""The base of the WebSocket consumers: frames in, frames out, errors as frames.

A subclass names its handlers in a table, so a client's `type` never selects a method, and says
how its dialect writes frames. Whatever a client sends, the socket answers and stays open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.request import validate_host

from smartsteps.lib.errors import malformed, rate_limited
from smartsteps.lib.ids import new_id
from smartsteps.lib.limits import TokenBucket
from smartsteps.lib.logs import request_id
from smartsteps.wire.json import loads
from smartsteps.wire.outbox import Outbox
from smartsteps.wire.problem import Problem, problem_from
from smartsteps.wire.serializers import UNSTORABLE

TRY_AGAIN_LATER = 1013
POLICY_VIOLATION = 1008
INTERNAL_ERROR = 1011
REFUSALS_PER_SECOND = 10  # forgiven, after a first thousand; beyond them the socket is closed
REFUSALS_AT_FIRST = 1000
AUTHENTICATE_WITHIN_S = 10.0
LAST_WORDS_WITHIN_S = 1.0

# What a server raises at a send to a client that has left; its disconnect is on the way.
GONE = (OSError, RuntimeError)

Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


class SocketConsumer(AsyncWebsocketConsumer):
    """Subclasses set `handlers` and implement `opened`, `error_frame` and `ended`."""

    handlers: ClassVar[dict[str, Handler]]
    outbox: Outbox
    closing = False

    async def opened(self) -> None:
        """The socket is accepted."""

    async def ended(self) -> None:
        """The socket is gone, for whatever reason."""

    def error_frame(self, problem: Problem, frame: dict[str, Any]) -> str:
        raise NotImplementedError

    async def handle(self, frame: dict[str, Any]) -> None:
        """One well-formed frame. Raises DomainError."""
        handler = self.handlers.get(frame["type"])
        if handler is None:
            raise malformed(f"Unknown type; use one of {', '.join(sorted(self.handlers))}")
        await handler(self, frame)

    async def connect(self) -> None:
        self.id = new_id("ws")
        if not self._origin_allowed():
            await self.close()
            return
        await self.accept()
        self.outbox = Outbox(self._write, self._too_slow, settings.SLOW_READER_FRAMES)
        self.bucket = TokenBucket(settings.FRAMES_PER_SECOND, settings.FRAMES_PER_SECOND * 2)
        self.patience = TokenBucket(REFUSALS_PER_SECOND, REFUSALS_AT_FIRST)
        try:
            await self.opened()
        except Exception as error:  # noqa: BLE001  # the socket's edge: said, then closed
            await self.close_with(error, INTERNAL_ERROR)

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            await self.ended()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Never raises: one bad frame must not end the socket."""
        if self.closing:
            return
        request_id.set(self.id)
        frame: dict[str, Any] = {}
        try:
            frame = self._read(text_data)
            await self._limit()
            await self.handle(frame)
        except Exception as error:  # noqa: BLE001  # the socket's edge: errors are frames here
            self.outbox.push(self.error_frame(problem_from(error), frame))

    def _read(self, text: str | None) -> dict[str, Any]:
        if text is None:
            raise malformed("Binary frames are not understood")
        if len(text) > settings.FRAME_LIMIT_BYTES:
            raise malformed(f"A frame has at most {settings.FRAME_LIMIT_BYTES} bytes")
        frame = loads(text)
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            raise malformed('A frame is a JSON object with a "type"')
        if isinstance(frame.get("id"), str) and UNSTORABLE.search(frame["id"]):
            raise malformed("The frame's id must not hold NUL characters or lone surrogates")
        return frame

    async def _limit(self) -> None:
        if self.bucket.take():
            return
        if not self.patience.take():
            await self.close_with(rate_limited(1), POLICY_VIOLATION)
        raise rate_limited(1)

    async def close_with(
        self, error: BaseException, code: int, frame: dict[str, Any] | None = None
    ) -> None:
        """Say why, then close; a reader who does not take the last words is not waited for."""
        if self.closing:
            return
        self.outbox.push(self.error_frame(problem_from(error), frame or {}))
        self.closing = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self.outbox.flush(), LAST_WORDS_WITHIN_S)
        await self._shut(code)

    async def _shut(self, code: int) -> None:
        self.closing = True
        self.outbox.close()
        await self.ended()
        with suppress(*GONE):
            await self.close(code)

    async def _write(self, frame: str) -> None:
        with suppress(*GONE):
            await self.base_send({"type": "websocket.send", "text": frame, "bytes": None})

    def _too_slow(self) -> None:
        self._dropping = asyncio.create_task(self._shut(TRY_AGAIN_LATER))

    def _origin_allowed(self) -> bool:
        """A page of another site is refused; clients without an origin bring a credential."""
        origin = self.header(b"origin")
        if not origin:
            return True
        host = origin.partition("://")[2]
        hostname = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return bool(validate_host(hostname, settings.ALLOWED_HOSTS))

    def header(self, name: bytes) -> str:
        values = [value for key, value in self.scope["headers"] if key == name]
        return values[0].decode("latin1") if values else ""


def unknown_path(router: Any) -> Any:
    """Refuse a socket at an unknown path in the handshake, without a trace in the log."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await router(scope, receive, send)
        except ValueError as error:
            if not str(error).startswith("No route found"):
                raise
            await send({"type": "websocket.close", "code": 4404})

    return application
