"""Celery's way into this app's jobs."""

from __future__ import annotations

from celery import shared_task

from apps.jobs import drain, registry
from apps.sessions import replies, tally
from apps.sessions.models import Reply

REPLIES = drain.Kind(
    Reply,
    replies.answer,
    concurrency=20,
    delays_s=(1, 3, 10, 30, 60),
    failed=replies.note_failure,
)


@shared_task(name="sessions.answer")
def answer() -> None:
    drain.run(REPLIES)


registry.register(answer, Reply)


@shared_task(name="sessions.fold_tally")
def fold_tally() -> None:
    tally.fold()
