from __future__ import annotations

from django.urls import path

from apps.measures import schema

urlpatterns = [
    path("instruments", schema.InstrumentViewSet.as_view({"get": "list"})),
    path(
        "clients/<public_id:client_id>/measures",
        schema.MeasureViewSet.as_view({"get": "list", "post": "create"}),
    ),
]
