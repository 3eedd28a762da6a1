"""The worker's part of alerting staff: one mail, and the state that really came of it."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from apps.jobs.drain import JobError
from apps.safety.models import Delivery, StaffAlert
from smartsteps.lib.threads import run_sync


async def send(job: StaffAlert) -> None:
    await run_sync(_send, job)


def _send(job: StaffAlert) -> None:
    """Finishing and sending share a transaction, so a mail that failed is tried again."""
    reachable = settings.EMAIL_CONFIGURED
    with transaction.atomic():
        job.finish()
        _set_delivery(job, Delivery.DELIVERED if reachable else Delivery.NOT_CONFIGURED)
        if reachable:
            _mail(job)


def _mail(job: StaffAlert) -> None:
    context = {"event": job.event, "desk": f"{settings.PUBLIC_URL}/admin/safety/safetyevent/"}
    text = render_to_string("safety/alert_mail.txt", context)
    subject = f"Safety alert ({job.event.level}): please look now"
    try:
        send_mail(subject, text, None, [job.address])
    except (smtplib.SMTPException, OSError) as error:
        raise JobError("mail_failed", retryable=True) from error


def note_failure(job: StaffAlert, error: JobError, final: bool) -> None:
    if final:
        _set_delivery(job, Delivery.FAILED)


def _set_delivery(job: StaffAlert, delivery: Delivery) -> None:
    job.delivery = delivery
    job.save(update_fields=["delivery"])
