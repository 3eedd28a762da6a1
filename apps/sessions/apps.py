from __future__ import annotations

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "apps.sessions"
    # Django's own app is called "sessions"; this label is in table names and never changes.
    label = "therapy_sessions"
    verbose_name = "Therapy sessions"
