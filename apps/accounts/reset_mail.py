"""The worker's part of a password reset: send the link."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from apps.accounts import tokens
from apps.accounts.models import PasswordReset
from apps.jobs.drain import JobError
from smartsteps.lib.threads import run_sync


async def send(job: PasswordReset) -> None:
    await run_sync(_send, job)


def _send(job: PasswordReset) -> None:
    """Finishing first and sending inside the transaction: a failed mail is tried again."""
    with transaction.atomic():
        job.finish()
        try:
            send_mail("Your Smart Steps password", _text(job), None, [job.user.email])
        except (smtplib.SMTPException, OSError) as error:
            raise JobError("mail_failed", retryable=True) from error


def _text(job: PasswordReset) -> str:
    link = f"{settings.PUBLIC_URL}/reset-password#{tokens.reset_token(job.user)}"
    return render_to_string("accounts/reset_mail.txt", {"user": job.user, "link": link})
