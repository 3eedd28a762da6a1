from __future__ import annotations

from celery import shared_task

from apps.realtime import services


@shared_task(name="realtime.purge")
def purge() -> None:
    services.purge()
