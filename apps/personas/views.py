"""`/api/v1/personas…` (spec 1, Persona Endpoints)."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import scopes
from apps.accounts.views_base import BearerViewSet
from apps.personas import services
from apps.personas.serializers import persona_body, persona_row


class PersonaViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": scopes.PERSONAS_READ,
        "retrieve": scopes.PERSONAS_READ,
    }

    def list(self, request: Request) -> Response:
        found = services.list_personas(by=self.actor)
        return Response({"personas": [persona_row(version) for version in found]})

    def retrieve(self, request: Request, persona_id: str) -> Response:
        return Response(persona_body(services.get_persona(persona_id, by=self.actor)))
