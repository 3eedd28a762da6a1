"""Celery's way into this app's jobs."""

from __future__ import annotations

from celery import shared_task

from apps.jobs import drain, registry
from apps.webhooks import delivery, retention
from apps.webhooks.models import Delivery


@shared_task(name="webhooks.deliver")
def deliver() -> None:
    drain.run_in_loop(delivery.deliver())


registry.register(deliver, Delivery)


@shared_task(name="webhooks.purge")
def purge() -> None:
    retention.purge()
