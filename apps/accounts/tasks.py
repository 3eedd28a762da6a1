"""Celery's way into this app's jobs."""

from __future__ import annotations

from celery import shared_task

from apps.accounts import reset_mail
from apps.accounts.models import PasswordReset
from apps.jobs import drain, registry

RESETS = drain.Kind(PasswordReset, reset_mail.send, concurrency=4, delays_s=(5, 60, 600, 3600))


@shared_task(name="accounts.mail_resets")
def mail_resets() -> None:
    drain.run(RESETS)


registry.register(mail_resets, PasswordReset)
