"""Which kinds of jobs there are and which Celery task works each off."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from celery import Task

from apps.jobs.models import Job
from smartsteps.lib.commit import after_commit_once
from smartsteps.lib.threads import in_a_moment

tasks: dict[Task[Any, Any], type[Job]] = {}


def register(task: Task[Any, Any], model: type[Job]) -> None:
    tasks[task] = model


def ring_for(model: type[Job]) -> None:
    """Wake whoever works off jobs of this kind: the row is all that the two sides share."""
    for task, known in tasks.items():
        if known is model:
            ring(task)


def ring(task: Task[Any, Any]) -> None:
    """Wake a worker after commit. A broker that is away costs nothing: the sweep rings again."""
    after_commit_once(_bell(task))


@cache
def _bell(task: Task[Any, Any]) -> Callable[[], None]:
    def sound() -> None:
        in_a_moment(partial(task.apply_async, retry=False))

    return sound
