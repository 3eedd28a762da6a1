from __future__ import annotations

from django.urls import path

from apps.personas import views

urlpatterns = [
    path("personas", views.PersonaViewSet.as_view({"get": "list"})),
    path("personas/<slug:persona_id>", views.PersonaViewSet.as_view({"get": "retrieve"})),
]
