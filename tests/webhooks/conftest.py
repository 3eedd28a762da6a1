"""Alice's webhook, a receiver on loopback, and the worker's part done at once."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.jobs import drain
from apps.webhooks import catalog, delivery, services
from apps.webhooks.models import Delivery, Subscription
from tests.stubs.receiver import Receiver

EVERYTHING = list(catalog.EVENTS)
SECRET = "your_webhook_secret"
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.PRIVATE_WEBHOOK_NETWORKS = LOOPBACK
    with Receiver() as one:
        yield one


@pytest.fixture
def hook(by_alice: Actor) -> Subscription:
    """Subscribed to everything, at an address where nobody answers."""
    return subscribe(by_alice)


@pytest.fixture
def heard(receiver: Receiver, by_alice: Actor) -> Subscription:
    """Subscribed to everything, at the receiver's address."""
    return subscribe(by_alice, receiver.url)


def subscribe(by: Actor, url: str = "https://hook.invalid/", *events: str) -> Subscription:
    return services.create_subscription(
        url=url, events=list(events) or EVERYTHING, secret=SECRET, by=by
    )


def ping(hook: Subscription, by: Actor, count: int = 1) -> list[Delivery]:
    return [services.send_ping(hook.pk, by=by) for _ in range(count)]


def deliver() -> None:
    """What a worker does when it is rung for."""
    drain.run_in_loop(delivery.deliver())
