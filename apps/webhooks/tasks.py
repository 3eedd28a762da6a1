"""Celery's way into this app's jobs."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task

from apps.jobs import drain, registry
from apps.webhooks import retention
from apps.webhooks.models import Delivery


@shared_task(name="webhooks.deliver")
def deliver() -> None:
    drain.run_in_loop(import_module("apps.webhooks.delivery").deliver())


registry.register(deliver, Delivery)


@shared_task(name="webhooks.purge")
def purge() -> None:
    retention.purge()
