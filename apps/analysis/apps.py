from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "apps.analysis"

    def ready(self) -> None:
        """The end of a session rings by the kind of its row, which has to be known by then."""
        import_module("apps.analysis.tasks")
