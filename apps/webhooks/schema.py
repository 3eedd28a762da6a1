"""What the API's document says about `/webhooks`, with the examples of spec 1."""

from __future__ import annotations

from apps.webhooks import catalog, views
from apps.webhooks.serializers import (
    DeliveryQuery,
    ReplayInput,
    SecretInput,
    SubscriptionInput,
    SubscriptionPatchInput,
)
from smartsteps.wire.openapi import documented, loose, operation
from smartsteps.wire.paging import PageQuery

TAG = "Webhooks"
EVENTS = ["session.started", "session.ended", "client.created"]
SENT = {
    "url": "https://your-system.example.com/webhook",
    "events": EVENTS,
    "secret": "your_webhook_secret",
}
CREATED = {
    "webhook_id": "wh12345",
    "url": "https://your-system.example.com/webhook",
    "events": EVENTS,
    "created_at": "2025-05-11T12:00:00Z",
    "status": "active",
}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="  # noqa: S105  # an example
DETAIL = {
    **CREATED,
    "failing_since": "2025-05-11T12:00:00Z",
    "disabled_reason": "failing",
    "old_secret_until": "2025-05-12T12:00:00Z",
}
BUT = loose(
    nullable="failing_since disabled_reason old_secret_until", optional="secret", free="schema"
)
ATTEMPT = {
    "at": "2025-05-11T13:45:01Z",
    "status": 200,
    "error": "timeout",
    "latency_ms": 84,
    "body": "ok",
}
DELIVERY = {
    "delivery_id": "wd3b1f0c8e5a6d4f2f9c7e1a0b8d6c4e2f",
    "webhook_id": "wh12345",
    "event": "session.ended",
    "status": "delivered",
    "created_at": "2025-05-11T13:45:00Z",
    "next_attempt_at": "2025-05-11T13:45:06Z",
    "finished_at": "2025-05-11T13:45:01Z",
    "log": [ATTEMPT],
}
DELIVERY_BUT = loose(nullable="status error next_attempt_at finished_at")
PAGING = {"total": 1, "page": 1, "page_size": 10, "pages": 1}
WINDOW = {"since": "2025-05-11T00:00:00Z", "until": "2025-05-12T00:00:00Z", "only_failed": True}
HOW = (
    "Payloads are thin: ids and times. They are signed by the Standard Webhooks scheme "
    "(`webhook-id`, `webhook-timestamp`, `webhook-signature`), anew at each attempt; a secret "
    "that does not begin with `whsec_` is used as its own bytes. Answer with any 2xx within ten "
    "seconds. What fails is sent again for about 28 hours, so doubles can come: `webhook-id` "
    "tells them."
)

WebhookViewSet = documented(
    views.WebhookViewSet,
    list=operation(
        "List webhooks",
        tag=TAG,
        query=PageQuery,
        returns={"webhooks": [CREATED], "pagination": PAGING},
    ),
    create=operation(
        "Register a webhook",
        tag=TAG,
        takes=SubscriptionInput,
        sends=SENT,
        returns={**CREATED, "secret": SECRET},
        status=201,
        but=BUT,
        errors=(409,),
        description=f"{HOW} Without a `secret` we make one, and the answer shows it this once.",
    ),
    retrieve=operation("Get a webhook", tag=TAG, returns=DETAIL, but=BUT, errors=(404,)),
    partial_update=operation(
        "Change a webhook",
        tag=TAG,
        takes=SubscriptionPatchInput,
        sends={"events": EVENTS, "status": "paused"},
        returns=DETAIL,
        but=BUT,
        errors=(404,),
        description="What happens while it is paused is sent when it is active again; `active` "
        "also takes back into service what was switched off.",
    ),
    destroy=operation(
        "Delete a webhook", tag=TAG, returns=None, status=204, errors=(400, 404, 422)
    ),
    test=operation(
        "Test a webhook",
        tag=TAG,
        returns=DELIVERY,
        status=202,
        but=DELIVERY_BUT,
        errors=(400, 404, 409, 422),
        description="Sends a `webhook.ping`.",
    ),
    rotate_secret=operation(
        "Rotate a webhook's secret",
        tag=TAG,
        takes=SecretInput,
        sends={"secret": "another_webhook_secret"},
        returns={**DETAIL, "secret": SECRET},
        but=BUT,
        errors=(404,),
        description="For 24 hours both secrets sign. Without a `secret` we make one.",
    ),
    replay=operation(
        "Replay a webhook's events",
        tag=TAG,
        takes=ReplayInput,
        sends=WINDOW,
        returns={"webhook_id": "wh12345", "queued": 12},
        status=202,
        errors=(404,),
        description="Sends again, in order, what failed from `since` to before `until` (with "
        "`only_failed: false` all of it), and takes the endpoint back into service if it was "
        "switched off. Deliveries are kept for 30 days.",
    ),
)

EventTypeViewSet = documented(
    views.EventTypeViewSet,
    list=operation(
        "List webhook events",
        tag=TAG,
        returns={
            "events": [
                {
                    "event": "session.ended",
                    "scope": "sessions:read",
                    "schema": catalog.EVENTS["session.ended"].schema(),
                }
            ]
        },
        but=BUT,
        description="With the JSON Schema of each payload, and the scope that a key needs.",
    ),
)

DeliveryViewSet = documented(
    views.DeliveryViewSet,
    list=operation(
        "List a webhook's deliveries",
        tag=TAG,
        query=DeliveryQuery,
        returns={"deliveries": [DELIVERY], "pagination": PAGING},
        but=DELIVERY_BUT,
        errors=(404,),
        description="Newest first, each with all its attempts.",
    ),
    resend=operation(
        "Resend a delivery",
        tag=TAG,
        returns=DELIVERY,
        status=202,
        but=DELIVERY_BUT,
        errors=(400, 404, 409, 422),
        description="With the same `webhook-id` and a new signature.",
    ),
)
