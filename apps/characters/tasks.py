from __future__ import annotations

from celery import shared_task

from apps.characters import retention


@shared_task(name="characters.purge")
def purge() -> None:
    retention.purge()
