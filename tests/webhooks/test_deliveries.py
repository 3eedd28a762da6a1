"""GET /webhooks/{webhook_id}/deliveries, POST …/replay, POST /deliveries/{delivery_id}/resend"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.jobs.models import State
from apps.webhooks import health, retention
from apps.webhooks.models import Attempt, Delivery, Status, Subscription
from smartsteps.lib import clock
from smartsteps.lib.clock import iso
from tests import checks
from tests.conftest import Api
from tests.webhooks.conftest import ping

LOG = "/api/v1/webhooks/{}/deliveries"
REPLAY = "/api/v1/webhooks/{}/replay"
RESEND = "/api/v1/deliveries/{}/resend"


def settle(delivery: Delivery, state: State) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, attempts=8, finished_at=clock.now(), error_code="http_500"
    )


def window(**changes: Any) -> dict[str, Any]:
    now = clock.now()
    hour = timedelta(hours=1)
    return {"since": iso(now - hour), "until": iso(now + hour), **changes}


def test_the_log(api: Api, alice: User, hook: Subscription, by_alice: Actor) -> None:
    first, second = ping(hook, by_alice, 2)
    settle(first, State.FAILED)
    for status in (500, 503):
        Attempt.objects.create(
            subscription=hook,
            delivery=first,
            at=clock.now(),
            latency_ms=12,
            status=status,
            head="no",
        )
    body = api(alice).get(LOG.format(hook.pk)).json()
    assert [row["delivery_id"] for row in body["deliveries"]] == [
        second.delivery_id,
        first.delivery_id,
    ]
    assert [row["status"] for row in body["deliveries"]] == ["pending", "failed"]
    log = body["deliveries"][1]["log"]
    assert [(each["status"], each["error"], each["body"]) for each in log] == [
        (503, None, "no"),
        (500, None, "no"),
    ]
    failed = api(alice).get(LOG.format(hook.pk), {"status": "failed"}).json()
    assert failed["pagination"]["total"] == 1
    wrong = api(alice).get(LOG.format(hook.pk), {"status": "nonsense"})
    checks.problem(wrong, 422, "validation_error", "status")


def test_resend(api: Api, alice: User, hook: Subscription, by_alice: Actor) -> None:
    """The same id goes out, so that the receiver sees a double."""
    (delivery,) = ping(hook, by_alice)
    checks.problem(api(alice).post(RESEND.format(delivery.delivery_id)), 409, "conflict")
    settle(delivery, State.DONE)
    response = api(alice).post(RESEND.format(delivery.delivery_id))
    assert response.status_code == 202
    assert response.json()["delivery_id"] == delivery.delivery_id
    assert Delivery.objects.get().state == State.PENDING
    settle(delivery, State.FAILED)
    Subscription.objects.update(status=Status.PAUSED)
    checks.problem(api(alice).post(RESEND.format(delivery.delivery_id)), 409, "conflict")


def test_replay_what_failed(api: Api, alice: User, hook: Subscription, by_alice: Actor) -> None:
    failed, done, _ = ping(hook, by_alice, 3)
    settle(failed, State.FAILED)
    settle(done, State.DONE)
    answer = api(alice).post(REPLAY.format(hook.pk), window(), format="json")
    assert answer.status_code == 202
    assert answer.json() == {"webhook_id": hook.pk, "queued": 1}
    answer = api(alice).post(REPLAY.format(hook.pk), window(only_failed=False), format="json")
    assert answer.json()["queued"] == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.PENDING}


def test_replay_only_the_window(api: Api, alice: User, hook: Subscription, by_alice: Actor) -> None:
    settle(*ping(hook, by_alice), State.FAILED)
    past = {"since": "2025-01-01T00:00:00Z", "until": "2025-02-01T00:00:00Z"}
    answer = api(alice).post(REPLAY.format(hook.pk), past, format="json")
    assert answer.json()["queued"] == 0


def test_replay_after_an_outage_takes_back_into_service(
    api: Api, alice: User, hook: Subscription, by_alice: Actor
) -> None:
    settle(*ping(hook, by_alice), State.FAILED)
    health.note(healthy=set(), failing={hook.pk}, gone={hook.pk})
    answer = api(alice).post(REPLAY.format(hook.pk), window(), format="json")
    assert answer.json()["queued"] == 1
    hook.refresh_from_db()
    assert hook.status == Status.ACTIVE


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"since": "2025-01-01"}, "since"),
        ({"since": None}, "since"),
        ({"only_failed": "yes"}, "only_failed"),
    ],
)
def test_wrong_window(
    api: Api, alice: User, hook: Subscription, body: dict[str, Any], field: str
) -> None:
    response = api(alice).post(REPLAY.format(hook.pk), window(**body), format="json")
    checks.problem(response, 422, "validation_error", field)


def test_what_is_old_goes(hook: Subscription, by_alice: Actor) -> None:
    old, new = ping(hook, by_alice, 2)
    Attempt.objects.create(subscription=hook, delivery=old, at=clock.now(), latency_ms=1)
    Delivery.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=31))
    retention.purge()
    assert Delivery.objects.get() == new
