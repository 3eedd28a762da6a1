from __future__ import annotations

from celery import shared_task

from apps.realtime import retention


@shared_task(name="realtime.purge")
def purge() -> None:
    retention.purge()
