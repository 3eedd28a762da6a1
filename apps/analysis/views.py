"""`/api/v1/sessions/{id}/analyze/summary`, `/analyses` and `/clients/{id}/analyze/progress`."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import scopes
from apps.accounts.views_base import BearerViewSet
from apps.analysis import services
from apps.analysis.serializers import (
    EvidenceQuery,
    ProgressInput,
    analysis_body,
    evidence_body,
    summary_body,
)


class SummaryViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "create": scopes.SESSIONS_WRITE,
        "list": scopes.NOTES_READ,
    }

    def create(self, request: Request, session_id: str) -> Response:
        wanted = self.query(EvidenceQuery)
        self.no_body()
        analysis = services.analyze_session(session_id, by=self.actor)
        body = summary_body(analysis)
        return Response({**body, "evidence": evidence_body(analysis)} if wanted else body)

    def list(self, request: Request, session_id: str) -> Response:
        analyses = services.list_analyses(session_id, by=self.actor)
        return Response({"analyses": [analysis_body(analysis) for analysis in analyses]})


class ProgressViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {"create": scopes.CLIENTS_READ}

    def create(self, request: Request, client_id: str) -> Response:
        wanted = self.query(EvidenceQuery)
        report = services.analyze_progress(client_id, **self.parsed(ProgressInput), by=self.actor)
        evidence = report.pop("evidence")
        return Response({**report, "evidence": evidence} if wanted else report)
