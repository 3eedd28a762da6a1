"""Celery beat's application: it rings by name, so it loads no Django apps and no tasks."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")

app = Celery("smartsteps", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
