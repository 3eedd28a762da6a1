"""The deliverer against real receivers, good and bad."""

from __future__ import annotations

import ipaddress
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from apps.accounts.actors import Actor
from apps.clients import services as clients
from apps.jobs.models import State
from apps.webhooks import delivery as deliverer
from apps.webhooks import services
from apps.webhooks.models import Attempt, Delivery, Status, Subscription
from smartsteps import env
from smartsteps.lib import clock, outbound
from tests.stubs import receiver as stub
from tests.stubs.receiver import Hit, Receiver
from tests.webhooks.conftest import SECRET, deliver, ping, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def verify(hit: Hit, secret: str) -> Any:
    """By the standard's own package, which wants every secret in base64."""
    key = secret if secret.startswith("whsec_") else secret.encode()
    return Webhook(key).verify(hit.body, hit.headers)


def states(hook: Subscription) -> list[str]:
    return list(hook.deliveries.order_by("pk").values_list("state", flat=True))


def due_now(**more: Any) -> None:
    Delivery.objects.filter(state=State.PENDING).update(next_attempt_at=clock.now(), **more)


def test_it_works(heard: Subscription, receiver: Receiver, by_alice: Actor) -> None:
    client = clients.create_client(first_name="Jane", last_name="Doe", by=by_alice)
    deliver()
    (hit,) = receiver.hits
    assert hit.headers["content-type"] == "application/json"
    payload = verify(hit, SECRET)
    assert (payload["event"], payload["data"]["client_id"]) == ("client.created", client.pk)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.delivery_id) == ("done", 1, hit.id)
    attempt = delivery.tries.get()
    assert (attempt.status, attempt.error, attempt.head) == (200, "", "ok")
    assert attempt.subscription == heard


def test_all_of_them_in_order(
    monkeypatch: pytest.MonkeyPatch, heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    monkeypatch.setattr(deliverer, "LANE", 4)
    made = ping(heard, by_alice, 10)
    deliver()
    assert [hit.id for hit in receiver.hits] == [each.delivery_id for each in made]
    assert set(states(heard)) == {State.DONE}


def test_an_endpoint_keeps_its_connection_between_two_drains(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    for _ in range(2):
        ping(heard, by_alice)
        deliver()
    assert (len(receiver.hits), receiver.connections) == (2, 1)


def test_a_connection_that_was_closed_between_two_drains_costs_no_attempt(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    receiver.steps.append(stub.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
    for _ in range(2):
        ping(heard, by_alice)
        deliver()
        time.sleep(0.1)  # the end of the connection arrives while nobody looks
    assert (len(receiver.hits), receiver.connections) == (2, 2)
    assert set(heard.deliveries.values_list("state", "attempts")) == {(State.DONE, 1)}


def test_signed_anew_at_each_attempt(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    ping(heard, by_alice)
    receiver.steps.append(stub.answer(500))
    deliver()
    time.sleep(1.1 - time.time() % 1)  # the next second, since that is what is signed
    due_now()
    deliver()
    first, second = receiver.hits
    assert first.id == second.id
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    verify(second, SECRET)
    second.headers["webhook-timestamp"] = first.headers["webhook-timestamp"]
    with pytest.raises(WebhookVerificationError):
        verify(second, SECRET)


def test_both_secrets_sign_after_a_rotation(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    row = services.rotate_secret(heard.pk, by=by_alice)
    ping(heard, by_alice)
    deliver()
    for secret in (SECRET, row.secret):
        verify(receiver.hits[0], secret)
    Subscription.objects.update(old_secret_until=clock.now() - timedelta(seconds=1))
    ping(heard, by_alice)
    deliver()
    verify(receiver.hits[1], row.secret)
    with pytest.raises(WebhookVerificationError):
        verify(receiver.hits[1], SECRET)


def test_a_first_failure_holds_up_the_rest_until_its_second(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    made = ping(heard, by_alice, 3)
    receiver.steps.append(stub.answer(503))
    deliver()
    assert len(receiver.hits) == 1
    assert states(heard) == [State.PENDING] * 3
    due_now()
    deliver()
    assert [hit.id for hit in receiver.hits[1:]] == [each.delivery_id for each in made]


def test_one_that_is_never_taken_does_not_hold_up_the_rest(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    ping(heard, by_alice, 3)
    receiver.steps.extend([stub.answer(500)] * 2)
    deliver()
    due_now()
    deliver()
    assert states(heard) == [State.PENDING, State.DONE, State.DONE]
    row = heard.deliveries.earliest("pk")
    assert (row.attempts, row.error_code) == (2, "http_500")


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (stub.answer(301, Location="http://169.254.169.254/"), "http_301"),
        (stub.answer(404), "http_404"),
        (stub.raw(b"HTTP/1.1 200 OK\r\nContent-"), "connection_closed"),
        (stub.hang, "timeout"),
    ],
    ids=["redirect", "404", "mid-header", "hangs"],
)
def test_what_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
    heard: Subscription,
    receiver: Receiver,
    by_alice: Actor,
    step: stub.Step,
    error: str,
) -> None:
    monkeypatch.setattr(outbound, "TOTAL_S", 0.3)
    receiver.steps.append(step)
    ping(heard, by_alice)
    deliver()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.error_code) == (State.PENDING, 1, error)
    assert 3 < (row.next_attempt_at - clock.now()).total_seconds() < 6
    assert len(receiver.hits) == 1


def test_ten_gigabytes(heard: Subscription, receiver: Receiver, by_alice: Actor) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"
    receiver.default = stub.flood(head, b"x\0" * 32768)
    ping(heard, by_alice)
    deliver()
    attempt = Attempt.objects.get()
    assert (attempt.status, len(attempt.head)) == (200, deliverer.HEAD_CHARS)
    assert states(heard) == [State.DONE]


def test_gone_is_the_end(receiver: Receiver, by_alice: Actor) -> None:
    heard = subscribe(by_alice, receiver.url, "client.created")
    ping(heard, by_alice, 2)
    receiver.default = stub.answer(410)
    deliver()
    assert states(heard) == [State.FAILED, State.PENDING]
    heard.refresh_from_db()
    assert (heard.status, heard.disabled_reason) == (Status.DISABLED, "gone")
    deliver()
    assert len(receiver.hits) == 1
    receiver.default = stub.answer(200)
    services.replay(
        heard.pk, since=heard.created_at, until=clock.now() + timedelta(days=1), by=by_alice
    )
    deliver()
    assert states(heard) == [State.DONE, State.DONE]


def test_an_address_that_became_private(
    monkeypatch: pytest.MonkeyPatch, settings: Any, receiver: Receiver, by_alice: Actor
) -> None:
    """Nothing is sent, and it is not tried again."""
    settings.PRIVATE_WEBHOOK_NETWORKS = []
    hook = subscribe(by_alice)
    Subscription.objects.update(url=receiver.url)
    ping(hook, by_alice)
    deliver()
    row = Delivery.objects.get()
    assert (row.state, row.error_code, receiver.hits) == (State.FAILED, "blocked_address", [])


def test_many_endpoints_side_by_side(receiver: Receiver, by_alice: Actor) -> None:
    """Each waits 0.2 s for its answer, all together hardly more."""

    def slowly(connection: stub.Connection) -> bool:
        time.sleep(0.2)
        return stub.answer()(connection)

    receiver.default = slowly
    for _ in range(20):
        ping(subscribe(by_alice, receiver.url), by_alice)
    began = time.monotonic()
    deliver()
    assert len(receiver.hits) == 20
    assert time.monotonic() - began < 2


def test_only_one_worker_waits_for_strangers(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    """What another has in its hands it will follow up; a lease that ended is taken over."""
    ping(heard, by_alice, 2)
    Delivery.objects.filter(pk=heard.deliveries.earliest("pk").pk).update(
        state=State.RUNNING,
        claim_token="0b1f0c8e-5a6d-4f2f-9c7e-1a0b8d6c4e2f",
        lease_until=clock.now() + timedelta(seconds=8),
    )
    deliver()
    assert receiver.hits == []
    Delivery.objects.filter(state=State.RUNNING).update(lease_until=clock.now())
    deliver()
    assert len(receiver.hits) == 2


def test_a_webhook_deleted_in_mid_call(
    heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    other = subscribe(by_alice, receiver.url)

    def deleting(connection: stub.Connection) -> bool:
        services.delete_subscription(heard.pk, by=by_alice)
        connections.close_all()
        return stub.answer()(connection)

    receiver.steps.append(deleting)
    ping(heard, by_alice)
    ping(other, by_alice)
    deliver()
    assert states(other) == [State.DONE]
    assert not Attempt.objects.exclude(subscription=other).exists()


def test_a_delivery_that_breaks_us_is_a_failed_one(
    monkeypatch: pytest.MonkeyPatch, heard: Subscription, receiver: Receiver, by_alice: Actor
) -> None:
    """Such as a URL that no check has foreseen."""
    other = subscribe(by_alice, receiver.url)
    ping(heard, by_alice)
    ping(other, by_alice)
    Subscription.objects.filter(pk=heard.pk).update(url="http://[127.0.0.1")
    deliver()
    assert Delivery.objects.get(subscription=heard).attempts == 1
    assert states(other) == [State.DONE]


def test_nothing_to_do(db: None) -> None:
    deliver()


def test_networks_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTSTEPS_ALLOW_PRIVATE_WEBHOOKS", "127.0.0.0/8, fd00::/8")
    assert env.load().private_webhooks == [
        ipaddress.ip_network("127.0.0.0/8"),
        ipaddress.ip_network("fd00::/8"),
    ]
    monkeypatch.setenv("SMARTSTEPS_ALLOW_PRIVATE_WEBHOOKS", "127.0.0.1/8")
    with pytest.raises(env.ConfigError, match=r"127\.0\.0\.1/8"):
        env.load()
