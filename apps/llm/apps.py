"""The app's registration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

from apps.llm.offline import OFFLINE


class LlmConfig(AppConfig):
    name = "apps.llm"
    verbose_name = "Language model"

    def ready(self) -> None:
        """What the first answer would otherwise wait for, in each process of a worker's pool."""
        if settings.LLM_PROVIDER != OFFLINE:
            import_module("apps.llm.providers")
            import_module("apps.llm.pricing")
