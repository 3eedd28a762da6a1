"""The sweep: each second it rings again for what a crash or a lost message left behind."""

from __future__ import annotations

from celery import shared_task

from apps.jobs import registry


@shared_task(name="jobs.sweep")
def sweep() -> None:
    for task, model in registry.tasks.items():
        if model.objects.claimable().exists():
            task.apply_async(retry=False, expires=3)
