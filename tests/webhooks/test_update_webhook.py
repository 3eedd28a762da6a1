"""PATCH and DELETE /webhooks/{webhook_id}"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.webhooks import health
from apps.webhooks.models import Attempt, Delivery, Subscription
from smartsteps.lib import clock
from tests import checks
from tests.conftest import Api
from tests.webhooks.conftest import ping

URL = "/api/v1/webhooks/{}"


def test_it_works(api: Api, alice: User, hook: Subscription) -> None:
    changes = {"url": "https://new.invalid/", "events": ["message.created"], "status": "paused"}
    response = api(alice).patch(URL.format(hook.pk), changes, format="json")
    assert response.status_code == 200
    assert {name: response.json()[name] for name in changes} == changes
    hook.refresh_from_db()
    assert (hook.url, hook.events, hook.status) == tuple(changes.values())


def test_active_takes_back_into_service(api: Api, alice: User, hook: Subscription) -> None:
    health.note(healthy=set(), failing={hook.pk}, gone={hook.pk})
    path = URL.format(hook.pk)
    assert api(alice).get(path).json()["disabled_reason"] == "gone"
    body = api(alice).patch(path, {"status": "active"}, format="json").json()
    assert (body["status"], body["disabled_reason"], body["failing_since"]) == (
        "active",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "disabled"}, "status"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"events": ["nonsense"]}, "events"),
        ({"secret": "your_webhook_secret"}, "secret"),
    ],
)
def test_wrong_input(
    api: Api, alice: User, hook: Subscription, body: dict[str, Any], field: str
) -> None:
    response = api(alice).patch(URL.format(hook.pk), body, format="json")
    checks.problem(response, 422, "validation_error", field)


def test_a_key_can_t_lead_away_what_it_may_not_read(
    api: Api, alice: User, hook: Subscription
) -> None:
    key = checks.api_key(alice, "webhooks:write", "webhooks:read")
    body = {"url": "https://elsewhere.invalid/"}
    response = api(key).patch(URL.format(hook.pk), body, format="json")
    checks.problem(response, 403, "permission_denied")


def test_delete(api: Api, alice: User, hook: Subscription, by_alice: Actor) -> None:
    """With all that hangs on it."""
    (delivery,) = ping(hook, by_alice)
    Attempt.objects.create(subscription=hook, delivery=delivery, at=clock.now(), latency_ms=1)
    assert api(alice).delete(URL.format(hook.pk)).status_code == 204
    assert not Delivery.objects.exists()
    assert api(alice).delete(URL.format(hook.pk)).status_code == 404
