"""`/ws/conversational-character-creation` (spec 2): frames in, the conversation's stream out."""

from __future__ import annotations

from typing import Any, ClassVar

from apps.accounts import socket_auth
from apps.accounts.actors import Actor
from apps.accounts.scopes import CHARACTERS
from apps.characters import answering, interview, serializers, services
from apps.characters.models import Conversation, topic_of
from apps.characters.serializers import ConversationInput, ResponseInput, StartInput
from apps.realtime.hub import the_hub
from apps.realtime.models import Event
from smartsteps.lib import clock
from smartsteps.lib.errors import DomainError, unauthenticated
from smartsteps.lib.ids import new_id
from smartsteps.lib.logs import request_id
from smartsteps.lib.threads import run_sync
from smartsteps.wire.dialects import CHARACTERS as DIALECT
from smartsteps.wire.json import dumps, loads
from smartsteps.wire.problem import Problem
from smartsteps.wire.serializers import StrictSerializer
from smartsteps.wire.socket import Handler, SocketConsumer


def render(event: Event) -> str:
    return dumps(event.body).decode()


class CharacterConsumer(SocketConsumer):
    """Also a hub's Listener. A conversation goes on over any number of sockets of its player."""

    render = staticmethod(render)
    staff = False
    actor: Actor | None = None

    async def opened(self) -> None:
        self.followed: set[str] = set()
        self.answering: dict[str, str] = {}
        credential = socket_auth.credential_in(self.scope, self.header(b"authorization"))
        try:
            self.actor = await socket_auth.authenticate(credential or "")
            self.actor.require(CHARACTERS)
        except DomainError as error:
            self.actor = None
            await self.close_with(error, socket_auth.UNAUTHENTICATED)
            return
        socket_auth.open_sockets.add(self)
        the_hub().start()
        self._welcome()

    def _welcome(self) -> None:
        """The greeting comes at once; the conversation it belongs to begins at the start frame."""
        self.prepared = (new_id("cv"), new_id("t"))
        conversation_id, message_id = self.prepared
        message = interview.start(conversation_id, clock.now()).messages[0]
        frame = serializers.assistant_message(
            message, conversation_id=conversation_id, message_id=message_id
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
        details = {**({"conversation_id": given} if isinstance(given, str) else {})}
        told = Problem(problem.status, problem.code, problem.message, {**details, **problem.details})
        return dumps(DIALECT.render(told, request_id.get())).decode()

    @property
    def _by(self) -> Actor:
        if self.actor is None:
            raise unauthenticated()
        return self.actor

    def _data(self, serializer: type[StrictSerializer], frame: dict[str, Any]) -> dict[str, Any]:
        checked = serializer(data=frame)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    async def start_conversation(self, frame: dict[str, Any]) -> None:
        data = self._data(StartInput, frame)
        conversation_id, message_id = self.prepared
        row = await run_sync(
            services.start_conversation,
            player_id=data["player_id"],
            conversation_id=conversation_id,
            welcome_id=message_id,
            by=self._by,
        )
        self.prepared = (new_id("cv"), new_id("t"))
        await self._follow(row, after=0)

    async def user_response(self, frame: dict[str, Any]) -> None:
        data = self._data(ResponseInput, frame)
        conversation_id = data["conversation_id"]
        try:
            row, refusal = await answering.answer(
                conversation_id,
                content=data["content"],
                answering=self.answering.get(conversation_id),
                by=self._by,
            )
        except services.Stale:
            await self._tell_state(conversation_id)
            return
        self.answering[conversation_id] = row.prompt_message_id
        await self._follow(row)
        if refusal is not None:
            self._send(serializers.validation_error(conversation_id, refusal))

    async def _tell_state(self, conversation_id: str) -> None:
        """Another device was quicker: show where the conversation is now."""
        row = await run_sync(services.get_conversation, conversation_id, by=self._by)
        await self._follow(row)
        self._send(await run_sync(services.present_progress, row))
        self._send(await run_sync(services.present_question, row))

    async def pause_conversation(self, frame: dict[str, Any]) -> None:
        data = self._data(ConversationInput, frame)
        await run_sync(services.pause_conversation, data["conversation_id"], by=self._by)

    async def resume_conversation(self, frame: dict[str, Any]) -> None:
        data = self._data(ConversationInput, frame)
        row = await run_sync(services.get_conversation, data["conversation_id"], by=self._by)
        await self._follow(row)
        row = await run_sync(services.resume_conversation, row.pk, by=self._by)
        self.answering[row.pk] = row.prompt_message_id

    async def abandon_conversation(self, frame: dict[str, Any]) -> None:
        data = self._data(ConversationInput, frame)
        await run_sync(services.abandon_conversation, data["conversation_id"], by=self._by)

    async def _follow(self, row: Conversation, after: int | None = None) -> None:
        if row.pk not in self.followed:
            self.followed.add(row.pk)
            await the_hub().join(row.topic, self, after)

    def push(self, frame: str) -> None:
        self._note_question(frame)
        self.outbox.push(frame)

    async def push_slowly(self, frame: str) -> None:
        self._note_question(frame)
        await self.outbox.push_slowly(frame)

    def _note_question(self, text: str) -> None:
        """Remember which question this socket has been shown last."""
        frame = loads(text)
        if frame["type"] == "assistant_message" and frame["prompt_id"] != "crisis_support":
            self.answering[frame["conversation_id"]] = frame["message_id"]

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
