"""POST /webhooks/{webhook_id}/test"""

from __future__ import annotations

from apps.accounts.models import User
from apps.webhooks.models import Delivery, Status, Subscription
from tests import checks
from tests.conftest import Api

URL = "/api/v1/webhooks/{}/test"


def test_it_works(api: Api, alice: User, hook: Subscription) -> None:
    response = api(alice).post(URL.format(hook.pk))
    assert response.status_code == 202
    body = response.json()
    assert (body["event"], body["status"], body["log"]) == ("webhook.ping", "pending", [])
    assert Delivery.objects.get().delivery_id == body["delivery_id"]


def test_not_while_paused(api: Api, alice: User, hook: Subscription) -> None:
    Subscription.objects.update(status=Status.PAUSED)
    checks.problem(api(alice).post(URL.format(hook.pk)), 409, "conflict")
    assert not Delivery.objects.exists()


def test_wrong_input(api: Api, alice: User, hook: Subscription) -> None:
    response = api(alice).post(URL.format(hook.pk), {"x": 1}, format="json")
    checks.problem(response, 422, "validation_error", "x")
