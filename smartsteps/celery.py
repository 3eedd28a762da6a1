"""The Celery application: a doorbell for jobs that live in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")

app = Celery("smartsteps")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
