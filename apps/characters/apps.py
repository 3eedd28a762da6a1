"""The characters app: a conversation that makes a companion."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class CharactersConfig(AppConfig):
    name = "apps.characters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Erasing a client asks all that have registered by then."""
        import_module("apps.characters.erasing")
