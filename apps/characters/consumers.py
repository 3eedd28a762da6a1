"""`/ws/conversational-character-creation` (spec 2): frames in, the conversation's stream out."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from apps.accounts import socket_auth
from apps.accounts.actors import Actor
from apps.accounts.scopes import CHARACTERS
from apps.characters import answering, crisis, interview, responses, serializers, services
from apps.characters.models import topic_of
from apps.characters.responses import Accepted, Stale
from apps.characters.serializers import ConversationInput, ResponseInput, StartInput
from apps.realtime.hub import Render, the_hub
from apps.realtime.models import Event
from smartsteps.lib import clock
from smartsteps.lib.errors import DomainError, crisis_failed, not_connected, unauthenticated
from smartsteps.lib.ids import new_id
from smartsteps.lib.limits import TokenBucket
from smartsteps.lib.logs import request_id
from smartsteps.lib.threads import run_sync
from smartsteps.wire.dialects import CHARACTERS as DIALECT
from smartsteps.wire.json import dumps, loads
from smartsteps.wire.problem import Problem, problem_from
from smartsteps.wire.serializers import StrictSerializer, checked
from smartsteps.wire.socket import Handler, SocketConsumer

# The service counts messages per minute, after the safety screen; this only stops a flood.
FRAMES_PER_SECOND = 20
FRAMES_AT_ONCE = 120
# An answer is read to its end also when the socket it came from has gone meanwhile.
_readings: set[asyncio.Task[None]] = set()
OUTSIDE_THE_INTERVIEW = {"crisis_support", "paused", "abandoned"}


def render(event: Event) -> str:
    return dumps(event.body).decode()


class CharacterConsumer(SocketConsumer):
    """Also a hub's Listener. A conversation goes on over any number of sockets of its player."""

    actor: Actor | None = None

    @property
    def render(self) -> Render:
        return render

    @property
    def staff(self) -> bool:
        return False

    async def opened(self) -> None:
        self.followed: set[str] = set()
        self.asked: dict[str, str] = {}  # the question this socket was shown last
        self.bucket = TokenBucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE)
        credential = socket_auth.credential_in(self.scope, self.header(b"authorization"))
        try:
            actor = await socket_auth.authenticate(credential or "", self.scope)
            actor.require(CHARACTERS)
        except DomainError as error:
            await self.close_with(error, socket_auth.UNAUTHENTICATED)
            return
        except Exception as error:
            problem_from(error)  # which logs it
            raise not_connected() from error
        self.actor = actor
        socket_auth.open_sockets.add(self)
        the_hub().start()
        self._welcome()

    def _prepare(self) -> None:
        self.prepared = (new_id("cv"), new_id("t"))

    def _welcome(self) -> None:
        """The greeting comes at once; the conversation it belongs to begins at the start frame."""
        self._prepare()
        conversation_id, self.greeting = self.prepared
        message = interview.start(conversation_id, clock.now()).messages[0]
        frame = serializers.assistant_message(
            message, conversation_id=conversation_id, message_id=self.greeting
        )
        self._send(frame)

    async def ended(self) -> None:
        socket_auth.open_sockets.discard(self)
        while self.followed:
            await the_hub().leave(topic_of(self.followed.pop()), self)

    def _send(self, frame: dict[str, Any]) -> None:
        self.outbox.push(dumps(frame).decode())

    def error_frame(self, problem: Problem, frame: dict[str, Any]) -> str:
        given = frame.get("conversation_id")
        details = {"conversation_id": given} if isinstance(given, str) else {}
        details |= problem.details
        told = Problem(problem.status, problem.code, problem.message, details)
        return dumps(DIALECT.render(told, request_id.get())).decode()

    @property
    def _by(self) -> Actor:
        if self.actor is None:
            raise unauthenticated()
        return self.actor

    def _data(self, serializer: type[StrictSerializer], frame: dict[str, Any]) -> dict[str, Any]:
        return checked(serializer, frame)

    async def start_conversation(self, frame: dict[str, Any]) -> None:
        data = self._data(StartInput, frame)
        conversation_id, welcome_id = self.prepared
        row = await run_sync(
            services.start_conversation,
            player_id=data["player_id"],
            conversation_id=conversation_id,
            welcome_id=welcome_id,
            by=self._by,
        )
        self._prepare()
        await self._follow(row.pk, after=0)

    async def user_response(self, frame: dict[str, Any]) -> None:
        data = self._data(ResponseInput, frame)
        try:
            await self._respond(data["conversation_id"], data["content"], frame)
        except DomainError:
            raise
        except Exception as error:
            card = crisis.failed(data["content"], data["conversation_id"])
            if card is None:
                raise
            self._send(card)
            problem_from(error)  # which logs it
            raise crisis_failed(card["support_message"]) from error

    async def _respond(self, conversation_id: str, content: str, frame: dict[str, Any]) -> None:
        asked = self.asked.get(conversation_id)
        await self._follow_visible(conversation_id)
        try:
            accepted = await answering.take(
                conversation_id, content=content, answering=asked, by=self._by
            )
        except Stale:
            await self._tell_where_it_is(conversation_id)
            return
        if accepted.refusal is not None:
            self._send(serializers.validation_error(conversation_id, accepted.refusal))
        elif answering.has_to_be_read(accepted):
            reading = asyncio.create_task(self._have_read(accepted, frame))
            _readings.add(reading)
            reading.add_done_callback(_readings.discard)

    async def _have_read(self, accepted: Accepted, frame: dict[str, Any]) -> None:
        """Beside the socket's frames: words of danger and a pause don't wait for a model."""
        try:
            await answering.read(accepted, by=self._by)
        except Stale:
            await self._tell_where_it_is(accepted.conversation.pk)
        except Exception as error:  # noqa: BLE001  # the socket's edge: errors are frames here
            self.outbox.push(self.error_frame(problem_from(error), frame))

    async def _tell_where_it_is(self, conversation_id: str) -> None:
        """Another device was quicker: show where the conversation is now."""
        for frame in await run_sync(responses.where_it_is, conversation_id, by=self._by):
            self.push(dumps(frame).decode())

    async def pause_conversation(self, frame: dict[str, Any]) -> None:
        await self._act(services.pause_conversation, frame)

    async def resume_conversation(self, frame: dict[str, Any]) -> None:
        await self._act(services.resume_conversation, frame)

    async def abandon_conversation(self, frame: dict[str, Any]) -> None:
        await self._act(services.abandon_conversation, frame)

    async def _act(self, service: Any, frame: dict[str, Any]) -> None:
        conversation_id = self._data(ConversationInput, frame)["conversation_id"]
        await self._follow_visible(conversation_id)
        await run_sync(service, conversation_id, by=self._by)

    async def _follow_visible(self, conversation_id: str) -> None:
        """Before anything happens in it, so that all of it is heard. Raises DomainError 404."""
        if conversation_id not in self.followed:
            row = await run_sync(services.get_conversation, conversation_id, by=self._by)
            await self._follow(row.pk)

    async def _follow(self, conversation_id: str, after: int | None = None) -> None:
        self.followed.add(conversation_id)
        await the_hub().join(topic_of(conversation_id), self, after)

    def push(self, frame: str) -> None:
        if self._is_news(loads(frame)):
            self.outbox.push(frame)

    async def push_slowly(self, frame: str) -> None:
        if self._is_news(loads(frame)):
            await self.outbox.push_slowly(frame)

    def _is_news(self, frame: dict[str, Any]) -> bool:
        """Notes which question is shown; the greeting was shown when the socket opened."""
        if frame["type"] != "assistant_message":
            return True
        if frame["prompt_id"] not in OUTSIDE_THE_INTERVIEW:
            self.asked[frame["conversation_id"]] = frame["message_id"]
        return bool(frame["message_id"] != self.greeting)

    async def push_gap(self, topic: str, first: int, last: int) -> None:
        """A new listener begins at the present or at the start, so nothing is missed here."""

    def whisper(self, frame: dict[str, Any]) -> None:
        """Nobody types here but the player."""

    handlers: ClassVar[dict[str, Handler]] = {
        "start_conversation": start_conversation,
        "user_response": user_response,
        "pause_conversation": pause_conversation,
        "resume_conversation": resume_conversation,
        "abandon_conversation": abandon_conversation,
    }
