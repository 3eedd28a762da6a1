from __future__ import annotations

from django.urls import path

from apps.analysis import schema

SESSION = "sessions/<public_id:session_id>"

urlpatterns = [
    path(f"{SESSION}/analyze/summary", schema.SummaryViewSet.as_view({"post": "create"})),
    path(f"{SESSION}/analyses", schema.SummaryViewSet.as_view({"get": "list"})),
    path(
        "clients/<public_id:client_id>/analyze/progress",
        schema.ProgressViewSet.as_view({"post": "create"}),
    ),
]
