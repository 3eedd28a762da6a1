"""Smart Steps: the Django project."""

from __future__ import annotations

from smartsteps.celery import app as celery_app

__all__ = ["celery_app"]
