"""Celery's way into this app's job."""

from __future__ import annotations

from celery import shared_task

from apps.analysis import summarizing
from apps.jobs import drain, registry
from apps.sessions.models import Summing

SUMMARIES = drain.Kind(Summing, summarizing.sum_up, concurrency=4, delays_s=(5, 30, 120, 600, 3600))


@shared_task(name="analysis.sum_up")
def sum_up() -> None:
    drain.run(SUMMARIES)


registry.register(sum_up, Summing)
