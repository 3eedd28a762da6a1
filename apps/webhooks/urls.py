"""`/api/v1/webhooks…` and `/api/v1/deliveries…`."""

from __future__ import annotations

from django.urls import path

from apps.webhooks.schema import DeliveryViewSet, EventTypeViewSet, WebhookViewSet

ONE = "webhooks/<public_id:webhook_id>"

urlpatterns = [
    path("webhooks", WebhookViewSet.as_view({"get": "list", "post": "create"})),
    path("webhooks/events", EventTypeViewSet.as_view({"get": "list"})),
    path(
        ONE,
        WebhookViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path(f"{ONE}/test", WebhookViewSet.as_view({"post": "test"})),
    path(f"{ONE}/rotate-secret", WebhookViewSet.as_view({"post": "rotate_secret"})),
    path(f"{ONE}/replay", WebhookViewSet.as_view({"post": "replay"})),
    path(f"{ONE}/deliveries", DeliveryViewSet.as_view({"get": "list"})),
    path("deliveries/<public_id:delivery_id>/resend", DeliveryViewSet.as_view({"post": "resend"})),
]
