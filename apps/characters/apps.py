"""The characters app: a conversation that makes a companion."""

from __future__ import annotations

from django.apps import AppConfig


class CharactersConfig(AppConfig):
    name = "apps.characters"
    default_auto_field = "django.db.models.BigAutoField"
