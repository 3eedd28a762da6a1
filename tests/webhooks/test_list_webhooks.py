"""GET /webhooks, GET /webhooks/{webhook_id}"""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.webhooks.models import Subscription
from tests import checks
from tests.conftest import Api
from tests.webhooks.conftest import subscribe

URL = "/api/v1/webhooks"


def test_it_works(api: Api, alice: User, by_alice: Actor) -> None:
    rows = [subscribe(by_alice) for _ in range(3)]
    body = api(alice).get(URL, {"limit": 2, "page": 2}).json()
    assert [row["webhook_id"] for row in body["webhooks"]] == [rows[0].pk]
    assert body["pagination"] == {"total": 3, "page": 2, "page_size": 2, "pages": 2}
    assert list(body["webhooks"][0]) == ["webhook_id", "url", "events", "created_at", "status"]


def test_strangers_see_nothing_and_admins_all(
    api: Api, hook: Subscription, charlie: User, bob: User
) -> None:
    assert api(charlie).get(URL).json()["webhooks"] == []
    assert api(bob).get(URL).json()["pagination"]["total"] == 1


def test_one(api: Api, alice: User, hook: Subscription) -> None:
    body = api(alice).get(f"{URL}/{hook.pk}").json()
    assert body["status"] == "active"
    assert body["failing_since"] is body["disabled_reason"] is body["old_secret_until"] is None


def test_wrong_input(api: Api, alice: User) -> None:
    checks.problem(api(alice).get(URL, {"limit": 0}), 422, "validation_error", "limit")
