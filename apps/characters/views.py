"""`/api/conversations/…` (spec 2, REST API Endpoints)."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.scopes import CHARACTERS as SCOPE
from apps.accounts.views_base import BearerViewSet
from apps.characters import services
from apps.characters.serializers import conversation_state
from smartsteps.wire.dialects import CHARACTERS


def _done(what: str) -> Response:
    return Response({"success": True, "message": f"Conversation {what} successfully"})


class CharacterViewSet(BearerViewSet):
    dialect = CHARACTERS
    scopes: ClassVar[dict[str, str]] = dict.fromkeys(("retrieve", "destroy"), SCOPE)

    def retrieve(self, request: Request, character_id: str) -> Response:
        return Response(services.get_character(character_id, by=self.actor).preview)

    def destroy(self, request: Request, character_id: str) -> Response:
        services.delete_character(character_id, by=self.actor)
        return Response(status=204)


class ConversationViewSet(BearerViewSet):
    dialect = CHARACTERS
    scopes: ClassVar[dict[str, str]] = dict.fromkeys(
        ("state", "pause", "resume", "abandon", "export", "destroy"), SCOPE
    )

    def state(self, request: Request, conversation_id: str) -> Response:
        row = services.get_conversation(conversation_id, by=self.actor)
        return Response(conversation_state(row))

    def pause(self, request: Request, conversation_id: str) -> Response:
        self.no_body()
        services.pause_conversation(conversation_id, by=self.actor)
        return _done("paused")

    def resume(self, request: Request, conversation_id: str) -> Response:
        self.no_body()
        services.resume_paused(conversation_id, by=self.actor)
        return _done("resumed")

    def abandon(self, request: Request, conversation_id: str) -> Response:
        self.no_body()
        services.abandon_conversation(conversation_id, by=self.actor)
        return _done("abandoned")

    def export(self, request: Request, conversation_id: str) -> Response:
        return Response(services.export_conversation(conversation_id, by=self.actor))

    def destroy(self, request: Request, conversation_id: str) -> Response:
        services.delete_conversation(conversation_id, by=self.actor)
        return Response(status=204)
