from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "apps.sessions"
    # Django's own app is called "sessions"; this label is in table names and never changes.
    label = "therapy_sessions"
    verbose_name = "Therapy sessions"

    def ready(self) -> None:
        """Erasing a client asks all that have registered by then."""
        import_module("apps.sessions.erasing")
