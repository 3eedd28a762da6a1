"""`/api/v1/instruments` and `/api/v1/clients/{id}/measures` (not in spec 1)."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import scopes
from apps.accounts.views_base import BearerViewSet
from apps.measures import services
from apps.measures.serializers import MeasureInput, instruments_body, measure_body


class InstrumentViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {"list": scopes.SESSIONS_READ}

    def list(self, request: Request) -> Response:
        return Response(instruments_body())


class MeasureViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": scopes.CLIENTS_READ,
        "create": scopes.CLIENTS_WRITE,
    }

    def list(self, request: Request, client_id: str) -> Response:
        measures = services.list_measures(client_id, by=self.actor)
        return Response({"measures": [measure_body(measure) for measure in measures]})

    def create(self, request: Request, client_id: str) -> Response:
        data = self.parsed(MeasureInput)
        measure = services.record_measure(client_id, **data, by=self.actor)
        return Response(measure_body(measure), status=201)
