"""The safety app: what a message says about danger, and whom to call."""

from __future__ import annotations

from importlib import import_module

from celery.signals import worker_init
from django.apps import AppConfig
from django.conf import settings

from apps.safety import detector, screening


@worker_init.connect
def load_readers(**_: object) -> None:
    """Before a worker's pool forks, so that its processes share what was read."""
    detector.load()
    if settings.LOAD_EARLY:
        screening.load()


class SafetyConfig(AppConfig):
    name = "apps.safety"
    label = "safety"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Erasing a client asks all that have registered by then."""
        import_module("apps.safety.erasing")
