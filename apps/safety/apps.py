"""The safety app: what a message says about danger, and whom to call."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "apps.safety"
    label = "safety"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Erasing a client asks all that have registered by then."""
        import_module("apps.safety.erasing")
