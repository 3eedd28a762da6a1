"""Daphne with bounds: request bodies, frames, queues and the time that a stop may take.

Stock Daphne reads whole bodies into memory, buffers without end for a client that does not
read, and logs paths with their query strings, tokens included.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from daphne import server as daphne_server  # first: it installs the asyncio reactor
from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import defer

from smartsteps.serving.limits import (
    BACKLOG_LIMIT_BYTES,
    CLOSE_HANDSHAKE_S,
    PING_INTERVAL_S,
    PING_TIMEOUT_S,
    REQUEST_WITHIN_S,
    STALLED_AFTER_S,
    STOP_WITHIN_S,
    UNREAD_FRAMES,
)

Application = Callable[..., Awaitable[None]]
RESTARTING = 1012
TRY_AGAIN_LATER = 1013


class BoundedRequest(WebRequest):
    """A request whose body ends one byte past the limit, which is enough to refuse it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.began_at = time.monotonic()

    def handleContentChunk(self, data: bytes) -> None:
        room = settings.BODY_LIMIT_BYTES + 1 - self.content.tell()
        super().handleContentChunk(data[:room])

    def check_timeouts(self) -> None:
        """Drop a client that drips its request; Twisted's own timer restarts with each byte."""
        waiting = not hasattr(self, "request_start")
        if waiting and time.monotonic() - self.began_at > REQUEST_WITHIN_S:
            self.channel.forceAbortClient()
        super().check_timeouts()

    async def drained(self) -> None:
        """Wait until the client has read what was sent; give up on one that stopped reading."""
        deadline = time.monotonic() + STALLED_AFTER_S
        while self.channel and self.channel._waitingForTransport:
            if time.monotonic() > deadline:
                self.channel.forceAbortClient()
                return
            await asyncio.sleep(0.05)


class BoundedSocket(WebSocketProtocol):
    """A WebSocket that is closed when its client doesn't read, and read when its consumer does."""

    backlog = 0
    choked = False

    def onOpen(self) -> None:
        super().onOpen()
        self.transport.unregisterProducer()  # the HTTP channel that this connection was
        self.transport.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self.choked = True

    def resumeProducing(self) -> None:
        self.choked = False
        self.backlog = 0
        if self.transport.disconnecting:  # Twisted closes only once no producer is left
            self.transport.unregisterProducer()

    def stopProducing(self) -> None:
        """Nothing to stop: frames come from the consumer, which onClose tells."""

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        super().sendData(data, sync, chopsize)
        if self.choked:
            self.backlog += len(data)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        if self.state in (self.STATE_OPEN, self.STATE_CONNECTING):  # else it is being closed
            super().serverSend(content, binary)
        if self.backlog > BACKLOG_LIMIT_BYTES:
            self.serverClose(TRY_AGAIN_LATER)

    def serverClose(self, code: int | None = None) -> None:
        """Autobahn's own method refuses 1008 to 1013; an unread close ends in an abort."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code or 1000)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        super().onMessage(payload, isBinary)
        if self.application_queue.qsize() >= UNREAD_FRAMES:
            self.transport.pauseProducing()
            self._resume_reading()

    def _resume_reading(self) -> None:
        if self.application_queue.qsize() < UNREAD_FRAMES:
            self.transport.resumeProducing()
        elif self.state != self.STATE_CLOSED:
            asyncio.get_running_loop().call_later(0.05, self._resume_reading)


class BoundedHTTPFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class BoundedSocketFactory(WebSocketFactory):
    protocol = BoundedSocket

    def setProtocolOptions(self, **options: Any) -> None:
        """Answer a breach with a close code (1002, 1007, 1009) instead of a cut connection."""
        super().setProtocolOptions(
            **options, failByDrop=False, closeHandshakeTimeout=CLOSE_HANDSHAKE_S
        )


# Daphne looks these two up in its own module, and has no argument to name others.
daphne_server.HTTPFactory = BoundedHTTPFactory
daphne_server.WebSocketFactory = BoundedSocketFactory


class BoundedServer(daphne_server.Server):
    """Holds back what clients don't read, and finishes what it began before it stops."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ports: list[Any] = []
        self.refusal = ""

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)

    def listen_error(self, failure: Any) -> None:
        self.refusal = str(failure.getErrorMessage())
        super().listen_error(failure)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if message["type"] == "http.response.body" and message.get("more_body"):
            await protocol.drained()

    def kill_all_applications(self) -> defer.Deferred[None]:
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._finish()))

    async def _finish(self) -> None:
        for port in self.ports:
            port.stopListening()
        for protocol in list(self.connections):
            _say_goodbye(protocol)
        if running := self._running():
            await asyncio.wait(running, timeout=STOP_WITHIN_S)
        if left := self._running():
            for application in left:
                application.cancel()
            await asyncio.wait(left, timeout=1)

    def _running(self) -> list[asyncio.Future[None]]:
        applications = [each.get("application_instance") for each in self.connections.values()]
        return [each for each in applications if each is not None and not each.done()]


def _say_goodbye(protocol: WebRequest | WebSocketProtocol) -> None:
    """Close sockets and end streams, which would go on for ever; requests may finish."""
    if isinstance(protocol, WebSocketProtocol):
        protocol.serverClose(RESTARTING)
    elif protocol.application_queue is not None and protocol._response_started:
        protocol.send_disconnect()


def run(application: Application, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.getLogger("daphne").setLevel(logging.WARNING)
    server = BoundedServer(
        application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        websocket_max_message_size=settings.FRAME_LIMIT_BYTES,
        websocket_max_frame_size=settings.FRAME_LIMIT_BYTES,
        server_name="",
        verbosity=0,
    )
    server.run()
    if server.refusal:
        sys.exit(server.refusal)
