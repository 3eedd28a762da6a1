"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class PersonasConfig(AppConfig):
    name = "apps.personas"
