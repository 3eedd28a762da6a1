"""What comes of attempts: the schedule, the endpoint's health, leases that were lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.actors import Actor
from apps.jobs.models import State
from apps.webhooks import health, lanes, outcomes
from apps.webhooks.models import Delivery, Status, Subscription
from apps.webhooks.outcomes import Outcome, Untried
from smartsteps.lib import clock
from tests.webhooks.conftest import ping, subscribe

HOURS = 3600.0


def claimed(hook: Subscription) -> lanes.Lane:
    (lane,) = lanes.claim(10, 10)
    assert lane.endpoint == hook.pk
    return lane


def outcome(lane: lanes.Lane, index: int = 0, **facts: Any) -> Outcome:
    return Outcome(lane, lane.items[index], clock.now(), 5, **facts)


def fail(hook: Subscription, **facts: Any) -> Delivery:
    outcomes.settle([outcome(claimed(hook), **{"status": 500, **facts})])
    return hook.deliveries.earliest("pk")


def test_the_whole_schedule(hook: Subscription, by_alice: Actor) -> None:
    """Eight attempts over about 28 hours, then it has failed."""
    ping(hook, by_alice)
    waits = []
    for _ in range(8):
        row = fail(hook)
        waits.append((row.next_attempt_at - clock.now()).total_seconds())
        Delivery.objects.update(next_attempt_at=clock.now())
    assert (row.state, row.attempts, row.error_code) == (State.FAILED, 8, "http_500")
    for wait, planned in zip(waits, outcomes.DELAYS_S, strict=False):
        assert 0.89 * planned - 1 < wait < 1.11 * planned + 1
    assert 25 * HOURS < sum(waits[:7]) < 31 * HOURS
    assert row.tries.count() == 8


def test_attempts_are_spread(hook: Subscription, by_alice: Actor) -> None:
    ping(hook, by_alice)
    lane = claimed(hook)
    assert len({outcome(lane, status=500).wait_s() for _ in range(50)}) > 40


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("120", 120, 120),
        ("1", 4, 6),
        ("99999999999999999999", 36000, 36000),
        ("-5", 4, 6),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 4, 6),
        ("٣٠", 4, 6),
    ],
)
def test_retry_after(
    hook: Subscription, by_alice: Actor, asked: str, least: int, most: int
) -> None:
    ping(hook, by_alice)
    wait = outcome(claimed(hook), status=429, retry_after=asked).wait_s()
    assert wait is not None
    assert least <= wait <= most


def test_an_endpoint_s_health(hook: Subscription, by_alice: Actor) -> None:
    ping(hook, by_alice)
    fail(hook)
    hook.refresh_from_db()
    began = hook.failing_since
    assert began is not None
    Delivery.objects.update(next_attempt_at=clock.now())
    fail(hook)
    hook.refresh_from_db()
    assert hook.failing_since == began
    Delivery.objects.update(next_attempt_at=clock.now())
    outcomes.settle([outcome(claimed(hook), status=204)])
    hook.refresh_from_db()
    assert hook.failing_since is None


@pytest.mark.parametrize(("days", "status"), [(4.9, "active"), (5.1, "disabled")])
def test_five_days_of_failing(
    hook: Subscription, by_alice: Actor, days: float, status: str
) -> None:
    ping(hook, by_alice)
    fail(hook)
    Delivery.objects.update(next_attempt_at=clock.now())
    with time_machine.travel(datetime.now().astimezone() + timedelta(days=days)):
        fail(hook, status=None, error="timeout")
    hook.refresh_from_db()
    assert hook.status == status
    assert hook.disabled_reason == ("failing" if status == "disabled" else "")


def test_a_lost_lease_settles_nothing_but_is_logged(hook: Subscription, by_alice: Actor) -> None:
    """Another worker has taken over; that this one has called is true all the same."""
    ping(hook, by_alice)
    lane = claimed(hook)
    Delivery.objects.update(lease_until=clock.now())
    again = claimed(hook)
    outcomes.settle([outcome(lane, status=500)])
    assert Delivery.objects.get().state == State.RUNNING
    outcomes.settle([outcome(again, status=200)])
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.tries.count()) == (State.DONE, 1, 2)


def test_given_back_untried(hook: Subscription, by_alice: Actor) -> None:
    ping(hook, by_alice, 2)
    lane = claimed(hook)
    outcomes.settle([outcome(lane, status=200), Untried(lane, lane.items[1])])
    row = Delivery.objects.latest("pk")
    assert (row.state, row.attempts) == (State.PENDING, 0)
    assert [item.pk for item in claimed(hook).items] == [row.pk]


def test_lanes(by_alice: Actor, hook: Subscription) -> None:
    """In order, of limited length, never twice, not of a paused endpoint."""
    made = ping(hook, by_alice, 5)
    (lane,) = lanes.claim(10, 3)
    assert [item.delivery_id for item in lane.items] == [each.delivery_id for each in made[:3]]
    assert lanes.claim(10, 3) == []
    ping(subscribe(by_alice, "https://other.example/hook"), by_alice)
    assert lanes.claim(10, 3, alone=True) == []
    assert len(lanes.claim(10, 3)) == 1
    Delivery.objects.update(lease_until=clock.now())
    Subscription.objects.update(status=Status.PAUSED)
    assert lanes.claim(10, 3) == []


def test_healthy_endpoints_first(by_alice: Actor, hook: Subscription) -> None:
    ping(hook, by_alice)
    health.note(healthy=set(), failing={hook.pk}, gone=set())
    other = subscribe(by_alice)
    ping(other, by_alice)
    assert [lane.endpoint for lane in lanes.claim(1, 1)] == [other.pk]


def test_a_lease_is_prolonged(by_alice: Actor, hook: Subscription) -> None:
    ping(hook, by_alice)
    lane = claimed(hook)
    Delivery.objects.update(lease_until=clock.now() + timedelta(seconds=1))
    lanes.prolong([lane])
    left = Delivery.objects.get().lease_until - clock.now()
    assert left > timedelta(seconds=5)
