from __future__ import annotations

from django.urls import path

from apps.clients import schema

urlpatterns = [
    path("clients", schema.ClientViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "clients/<public_id:client_id>",
        schema.ClientViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
    ),
    path(
        "clients/<public_id:client_id>/consents",
        schema.ConsentViewSet.as_view({"get": "list", "post": "create"}),
    ),
]
