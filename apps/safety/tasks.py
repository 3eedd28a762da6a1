"""Celery's way into this app's jobs."""

from __future__ import annotations

from celery import shared_task

from apps.jobs import drain, registry
from apps.safety import alerts
from apps.safety.models import StaffAlert

ALERTS = drain.Kind(
    StaffAlert,
    alerts.send,
    concurrency=8,
    delays_s=(2, 5, 15, 30, 60, 300, 900),
    failed=alerts.note_failure,
)


@shared_task(name="safety.alert_staff")
def alert_staff() -> None:
    drain.run(ALERTS)


@shared_task(name="safety.remind")
def remind() -> None:
    alerts.remind_of_overdue()


registry.register(alert_staff, StaffAlert)
