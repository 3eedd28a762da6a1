from __future__ import annotations

from importlib import import_module

from celery.signals import worker_init
from django.apps import AppConfig


@worker_init.connect
def load_deliverer(**_: object) -> None:
    """Nobody else calls strangers, and an HTTP client is a seventh of what a process loads."""
    import_module("apps.webhooks.delivery")


class WebhooksConfig(AppConfig):
    name = "apps.webhooks"
