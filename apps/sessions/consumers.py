"""`/ws`: a session in real time (spec 1, WebSocket API)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from apps.accounts import socket_auth
from apps.accounts.actors import Actor
from apps.accounts.scopes import MESSAGES_WRITE, NOTES_READ, SESSIONS_READ
from apps.realtime import services as realtime
from apps.realtime.hub import Render, the_hub
from apps.realtime.models import Event
from apps.safety.desk import DeskWatch
from apps.safety.resources import Resource
from apps.sessions import danger, services
from apps.sessions.models import SenderType, Session, topic_of
from apps.sessions.serializers import (
    SocketDeskInput,
    SocketJoinInput,
    SocketMessageInput,
    SocketSessionInput,
    SocketTokenInput,
    SocketTypingInput,
    client_message_id,
    crisis_lines,
    message_body,
    session_state,
    typing_body,
)
from smartsteps.lib.clock import iso_or_none
from smartsteps.lib.errors import DomainError, invalid, malformed, not_found, unauthenticated
from smartsteps.lib.ids import new_id
from smartsteps.lib.threads import run_sync
from smartsteps.wire.json import dumps
from smartsteps.wire.problem import Problem
from smartsteps.wire.serializers import StrictSerializer, checked
from smartsteps.wire.socket import AUTHENTICATE_WITHIN_S, Handler, SocketConsumer

# Spec 1, WebSocket API, Error Handling: there are no other codes.
CODES = {
    401: "authentication_error",
    403: "permission_denied",
    404: "session_not_found",
    429: "rate_limited",
}


def code_of(problem: Problem) -> str:
    if problem.status in CODES:
        return CODES[problem.status]
    return "invalid_request" if problem.status < 500 else "internal_error"


def write_frame(type: str, data: dict[str, Any], id: str = "") -> str:
    return dumps({"type": type, "id": id or new_id("srv"), "data": data}).decode()


def render(event: Event) -> str:
    """The frame's id is the place in the stream, for `resume_from`."""
    return write_frame(event.type, event.body, event.pk)


class SessionConsumer(SocketConsumer):
    """Also a hub's Listener: it is pushed what happens in the sessions it has joined."""

    actor: Actor | None = None

    @property
    def render(self) -> Render:
        return render

    @property
    def staff(self) -> bool:
        return self.actor is not None and self.actor.can(NOTES_READ)

    async def opened(self) -> None:
        self.joined: set[str] = set()
        self.desk: DeskWatch | None = None
        self._deadline: asyncio.Task[None] | None = None
        credential = socket_auth.credential_in(self.scope, self.header(b"authorization"))
        if credential is not None:
            await self._authenticate_or_close(credential)
        else:
            self._deadline = asyncio.create_task(self._too_late())

    async def _too_late(self) -> None:
        await asyncio.sleep(AUTHENTICATE_WITHIN_S)
        self._deadline = None  # or `ended` would cancel this very task
        await self._refuse(unauthenticated("No token came"))

    async def _authenticate_or_close(self, credential: str) -> None:
        try:
            actor = await socket_auth.authenticate(credential, self.scope)
        except DomainError as error:
            await self._refuse(error)
        else:
            self._let_in(actor)

    def _let_in(self, actor: Actor) -> None:
        self._in_time()
        self.actor = actor
        socket_auth.open_sockets.add(self)
        the_hub().start()

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    async def _refuse(self, error: DomainError) -> None:
        await self.close_with(error, socket_auth.UNAUTHENTICATED)

    async def ended(self) -> None:
        socket_auth.open_sockets.discard(self)
        self._in_time()
        if self.desk is not None:
            await self.desk.end()
        while self.joined:
            await the_hub().leave(topic_of(self.joined.pop()), self)

    def error_frame(self, problem: Problem, frame: dict[str, Any]) -> str:
        frame_id = frame.get("id")
        missing = problem.status == 404
        data = {
            "code": code_of(problem),
            "message": "The specified session was not found" if missing else problem.message,
            "request_id": frame_id if isinstance(frame_id, str) else None,
        }
        return write_frame("error", data)

    async def handle(self, frame: dict[str, Any]) -> None:
        if self.actor is None and frame["type"] != "authenticate":
            error = unauthenticated("Authenticate first")
            await self.close_with(error, socket_auth.UNAUTHENTICATED, frame)
            return
        if frame["type"] != "authenticate" and not isinstance(frame.get("id"), str):
            raise malformed('A frame needs an "id"')
        await super().handle(frame)

    def _data(self, serializer: type[StrictSerializer], frame: dict[str, Any]) -> dict[str, Any]:
        return checked(serializer, frame.get("data", {}))

    @property
    def _by(self) -> Actor:
        if self.actor is None:
            raise unauthenticated()
        return self.actor

    async def authenticate(self, frame: dict[str, Any]) -> None:
        """Also on an open socket, to go on with a fresh token of the same person."""
        token = self._data(SocketTokenInput, frame)["token"]
        try:
            actor = await socket_auth.authenticate(token, self.scope)
        except DomainError as error:
            await self.close_with(error, socket_auth.UNAUTHENTICATED, frame)
            return
        if self.actor is not None and (self.actor.label, self.actor.session_id) != (
            actor.label,
            actor.session_id,
        ):
            raise invalid("token", "It is of somebody else; open another socket")
        self._let_in(actor)
        data = {"expires_at": iso_or_none(actor.expires_at)}
        self.outbox.push(write_frame("authenticated", data))

    async def join_session(self, frame: dict[str, Any]) -> None:
        self._by.require(SESSIONS_READ)
        data = self._data(SocketJoinInput, frame)
        session = await self._session(data["session_id"])
        after = _position(session.pk, data.get("resume_from"))
        self.joined.add(session.pk)
        await the_hub().join(session.topic, self, after, partial(self._welcome, session.pk))
        if self.closing:  # its token ended while it joined
            await the_hub().leave(session.topic, self)

    async def _welcome(self, session_id: str, position: int) -> None:
        # Read again: the state must not be older than the position that is told with it.
        session = await self._session(session_id)
        frame_id = f"{session.topic}.{position}"
        self.outbox.push(write_frame("session_update", session_state(session), frame_id))
        if self._by.is_client:
            self._show_help(session_id, await run_sync(danger.lines_in_danger, session))

    def _show_help(self, session_id: str, lines: Sequence[Resource] | None) -> None:
        """Not in spec 1, and no event: for whoever opens the page again, or could not be heard."""
        if lines is not None:
            self.outbox.push(write_frame("crisis_lines", crisis_lines(session_id, lines, None)))

    async def leave_session(self, frame: dict[str, Any]) -> None:
        session_id = self._data(SocketSessionInput, frame)["session_id"]
        self._must_have_joined(session_id)
        self.joined.discard(session_id)
        await the_hub().leave(topic_of(session_id), self)

    async def watch_desk(self, frame: dict[str, Any]) -> None:
        """Not in spec 1, for staff: the safety desk as they may see it, now and at each change."""
        self._by.require(NOTES_READ)
        self._data(SocketDeskInput, frame)
        if self.desk is None:
            self.desk = DeskWatch(self)
            await self.desk.begin()
        else:
            await self.desk.tell()

    def show_desk(self, view: dict[str, Any]) -> None:
        self.outbox.push(write_frame("safety_desk", view))

    async def send_message(self, frame: dict[str, Any]) -> None:
        data = self._data(SocketMessageInput, frame)
        try:
            await self._send(data.copy())
        except DomainError:
            raise
        except Exception:  # told as ever; but danger is not left alone with a broken server
            if data["sender_type"] == SenderType.CLIENT:
                self._show_help(data["session_id"], danger.lines_if_danger(data["content"]))
            raise

    async def _send(self, data: dict[str, Any]) -> None:
        metadata = data.pop("metadata", {})
        message, new = await run_sync(
            services.send_message,
            data.pop("session_id"),
            **data,
            metadata=metadata,
            client_message_id=client_message_id(metadata),
            by=self._by,
        )
        if not new or message.session_id not in self.joined:
            self.outbox.push(write_frame("new_message", {"message": message_body(message)}))

    async def typing_indicator(self, frame: dict[str, Any]) -> None:
        self._by.require(MESSAGES_WRITE)
        data = self._data(SocketTypingInput, frame)
        session = await self._session(data["session_id"])
        sender = services.sender_id(session, data["sender_type"], by=self._by)
        body = typing_body(session.pk, data["sender_type"], sender, data["is_typing"])
        await realtime.whisper(session.topic, body, origin=self.id)

    def _must_have_joined(self, session_id: str) -> None:
        if session_id not in self.joined:
            raise not_found("The specified session was not found")

    async def _session(self, session_id: str) -> Session:
        return await run_sync(services.get_session, session_id, by=self._by)

    def push(self, frame: str) -> None:
        self.outbox.push(frame)

    async def push_slowly(self, frame: str) -> None:
        await self.outbox.push_slowly(frame)

    async def push_gap(self, topic: str, first: int, last: int) -> None:
        data = {"session_id": topic.partition(".")[2], "missed": [first, last]}
        self.outbox.push(write_frame("replay_gap", data, f"{topic}.{last}"))

    def whisper(self, frame: dict[str, Any]) -> None:
        self.outbox.push(write_frame("typing_indicator", frame))

    handlers: ClassVar[dict[str, Handler]] = {
        "authenticate": authenticate,
        "join_session": join_session,
        "leave_session": leave_session,
        "send_message": send_message,
        "typing_indicator": typing_indicator,
        "watch_desk": watch_desk,
    }


def _position(session_id: str, given: Any) -> int | None:
    """`resume_from` is the id of the last frame seen, or its number alone."""
    if given is None:
        return None
    text = str(given).removeprefix(f"{topic_of(session_id)}.")
    if isinstance(given, bool) or not text.isascii() or not text.isdigit() or len(text) > 15:
        raise invalid("resume_from", "Use the id of the last frame of this session that you saw")
    return int(text)


async def close_invisible() -> None:
    """Take sockets out of sessions that their people no longer see (care was handed over)."""
    sockets = [socket for socket in socket_auth.open_sockets if isinstance(socket, SessionConsumer)]
    asked = [(socket, socket._by, pk) for socket in sockets for pk in socket.joined]
    if not asked:
        return
    seen = await run_sync(services.visible_pairs, {(actor, pk) for _, actor, pk in asked})
    for socket, actor, session_id in asked:
        if (actor, session_id) not in seen:
            socket.joined.discard(session_id)
            await the_hub().leave(topic_of(session_id), socket)
            problem = Problem(403, "permission_denied", "You no longer see this session")
            socket.push(socket.error_frame(problem, {}))


the_hub().checks.extend([socket_auth.close_ended, close_invisible])
