"""POST /webhooks/{webhook_id}/rotate-secret"""

from __future__ import annotations

from datetime import timedelta

import time_machine

from apps.accounts.models import User
from apps.webhooks.models import Subscription
from smartsteps.lib import clock
from tests import checks
from tests.conftest import Api
from tests.webhooks.conftest import SECRET

URL = "/api/v1/webhooks/{}/rotate-secret"


def test_it_works(api: Api, alice: User, hook: Subscription) -> None:
    body = {"secret": "another_webhook_secret"}
    response = api(alice).post(URL.format(hook.pk), body, format="json")
    assert response.status_code == 200
    assert "secret" not in response.json()
    assert response.json()["old_secret_until"]
    hook.refresh_from_db()
    assert hook.live_secrets() == ["another_webhook_secret", SECRET]


def test_the_old_one_ends_after_a_day(api: Api, alice: User, hook: Subscription) -> None:
    made = api(alice).post(URL.format(hook.pk)).json()["secret"]
    hook.refresh_from_db()
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert hook.live_secrets() == [made]


def test_wrong_input(api: Api, alice: User, hook: Subscription) -> None:
    response = api(alice).post(URL.format(hook.pk), {"secret": "short"}, format="json")
    checks.problem(response, 422, "validation_error", "secret")
