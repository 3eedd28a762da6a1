"""`/api/v1/clients…` (spec 1, Client Endpoints)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import scopes
from apps.accounts.views_base import BearerViewSet
from apps.clients import listing, services
from apps.clients.models import Client
from apps.clients.serializers import (
    ClientInput,
    ClientQuery,
    ConsentInput,
    client_body,
    client_detail,
    client_row,
    consent_body,
    erasure_body,
)
from smartsteps.wire.paging import pagination


class ClientViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": scopes.CLIENTS_READ,
        "create": scopes.CLIENTS_WRITE,
        "retrieve": scopes.CLIENTS_READ,
        "partial_update": scopes.CLIENTS_WRITE,
        "destroy": scopes.CLIENTS_WRITE,
    }

    def page_of(self, text: str, page: int, limit: int) -> tuple[Sequence[Client], int]:
        return listing.page(by=self.actor, text=text, page=page, limit=limit)

    def list(self, request: Request) -> Response:
        query = self.query(ClientQuery)
        page, limit = query["page"], query["limit"]
        clients, total = self.page_of(query.get("search", ""), page, limit)
        rows = [client_row(client) for client in clients]
        return Response({"clients": rows, "pagination": pagination(total, page, limit)})

    def create(self, request: Request) -> Response:
        client = services.create_client(**self.parsed(ClientInput), by=self.actor)
        return Response(client_body(client), status=201)

    def retrieve(self, request: Request, client_id: str) -> Response:
        client = services.get_client(client_id, by=self.actor)
        return Response(client_detail(client, services.count_sessions(client)))

    def partial_update(self, request: Request, client_id: str) -> Response:
        changes = self.parsed(ClientInput, partial=True)
        client = services.update_client(client_id, changes=changes, by=self.actor)
        return Response(client_detail(client, services.count_sessions(client)))

    def destroy(self, request: Request, client_id: str) -> Response:
        self.no_body()
        return Response(erasure_body(services.erase_client(client_id, by=self.actor)))


class ConsentViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": scopes.CLIENTS_READ,
        "create": scopes.CLIENTS_WRITE,
    }

    def list(self, request: Request, client_id: str) -> Response:
        consents = services.list_consents(client_id, by=self.actor)
        return Response({"consents": [consent_body(consent) for consent in consents]})

    def create(self, request: Request, client_id: str) -> Response:
        data = self.parsed(ConsentInput)
        consent = services.record_consent(client_id, **data, by=self.actor)
        return Response(consent_body(consent), status=201)
