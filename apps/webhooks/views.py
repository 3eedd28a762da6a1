"""`/api/v1/webhooks…` and `/api/v1/deliveries…` (spec 1, Webhook Integration)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.scopes import WEBHOOKS_READ, WEBHOOKS_WRITE
from apps.accounts.views_base import BearerViewSet
from apps.webhooks import catalog, services
from apps.webhooks.models import Subscription
from apps.webhooks.serializers import (
    STATES,
    DeliveryQuery,
    ReplayInput,
    SecretInput,
    SubscriptionInput,
    SubscriptionPatchInput,
    delivery_body,
    subscription_body,
    subscription_detail,
)
from smartsteps.wire.paging import PageQuery, pagination


def _page(rows: QuerySet[Any], query: dict[str, Any]) -> tuple[QuerySet[Any], dict[str, Any]]:
    page, limit = query["page"], query["limit"]
    start = (page - 1) * limit
    return rows[start : start + limit], pagination(rows.count(), page, limit)


class WebhookViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": WEBHOOKS_READ,
        "create": WEBHOOKS_WRITE,
        "retrieve": WEBHOOKS_READ,
        "partial_update": WEBHOOKS_WRITE,
        "destroy": WEBHOOKS_WRITE,
        "test": WEBHOOKS_WRITE,
        "rotate_secret": WEBHOOKS_WRITE,
        "replay": WEBHOOKS_WRITE,
    }

    def list(self, request: Request) -> Response:
        query = self.query(PageQuery)
        rows, shown = _page(Subscription.objects.visible_to(self.actor), query)
        return Response({"webhooks": [subscription_body(row) for row in rows], "pagination": shown})

    def create(self, request: Request) -> Response:
        """The answer holds the secret only if we made it, and only this once."""
        data = self.parsed(SubscriptionInput)
        row = services.create_subscription(**data, by=self.actor)
        made = {} if "secret" in data else {"secret": row.secret}
        return Response({**subscription_body(row), **made}, status=201)

    def retrieve(self, request: Request, webhook_id: str) -> Response:
        return Response(subscription_detail(services.get_subscription(webhook_id, by=self.actor)))

    def partial_update(self, request: Request, webhook_id: str) -> Response:
        changes = self.parsed(SubscriptionPatchInput)
        row = services.update_subscription(webhook_id, changes=changes, by=self.actor)
        return Response(subscription_detail(row))

    def destroy(self, request: Request, webhook_id: str) -> Response:
        self.no_body()
        services.delete_subscription(webhook_id, by=self.actor)
        return Response(status=204)

    def test(self, request: Request, webhook_id: str) -> Response:
        self.no_body()
        delivery = services.send_ping(webhook_id, by=self.actor)
        return Response(delivery_body(delivery), status=202)

    def rotate_secret(self, request: Request, webhook_id: str) -> Response:
        data = self.parsed(SecretInput)
        row = services.rotate_secret(webhook_id, **data, by=self.actor)
        made = {} if "secret" in data else {"secret": row.secret}
        return Response({**subscription_detail(row), **made})

    def replay(self, request: Request, webhook_id: str) -> Response:
        count = services.replay(webhook_id, **self.parsed(ReplayInput), by=self.actor)
        return Response({"webhook_id": webhook_id, "queued": count}, status=202)


class EventTypeViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {"list": WEBHOOKS_READ}

    def list(self, request: Request) -> Response:
        """What can be subscribed to, with the JSON Schema of each payload."""
        events = [
            {"event": each.name, "scope": each.scope, "schema": each.schema()}
            for each in catalog.ALL
        ]
        return Response({"events": events})


class DeliveryViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {"list": WEBHOOKS_READ, "resend": WEBHOOKS_WRITE}

    def list(self, request: Request, webhook_id: str) -> Response:
        query = self.query(DeliveryQuery)
        deliveries = services.get_subscription(webhook_id, by=self.actor).deliveries.all()
        if "status" in query:
            deliveries = deliveries.filter(state=STATES[query["status"]])
        rows, shown = _page(deliveries.prefetch_related("tries"), query)
        return Response({"deliveries": [delivery_body(row) for row in rows], "pagination": shown})

    def resend(self, request: Request, delivery_id: str) -> Response:
        self.no_body()
        delivery = services.resend_delivery(delivery_id, by=self.actor)
        return Response(delivery_body(delivery), status=202)
