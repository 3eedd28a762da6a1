from __future__ import annotations

from django.urls import path

from apps.clients import views

urlpatterns = [
    path("clients", views.ClientViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "clients/<public_id:client_id>",
        views.ClientViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path(
        "clients/<public_id:client_id>/consents",
        views.ConsentViewSet.as_view({"get": "list", "post": "create"}),
    ),
]
