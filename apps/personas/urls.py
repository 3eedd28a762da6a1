from __future__ import annotations

from django.urls import path

from apps.personas import schema

urlpatterns = [
    path("personas", schema.PersonaViewSet.as_view({"get": "list"})),
    path("personas/<slug:persona_id>", schema.PersonaViewSet.as_view({"get": "retrieve"})),
]
