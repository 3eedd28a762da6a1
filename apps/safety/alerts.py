"""Alerting staff: who is told and when again; one mail each, and what really came of it."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from apps.accounts.models import Role, User
from apps.clients.models import CareAssignment
from apps.jobs import registry
from apps.jobs.drain import JobError
from apps.safety import events
from apps.safety.models import ANSWER_WITHIN, Delivery, Level, SafetyEvent, StaffAlert, State
from smartsteps.lib import clock
from smartsteps.lib.threads import run_sync


def on_call(event: SafetyEvent) -> set[str]:
    """The client's carers and the on-call addresses of the installation; else all admins."""
    carers = CareAssignment.objects.filter(client=event.client, carer__is_active=True)
    found = {*settings.ON_CALL_EMAILS, *carers.values_list("carer__email", flat=True)}
    return found or _admins()


def _admins() -> set[str]:
    admins = User.objects.filter(role=Role.ADMIN, is_active=True)
    return set(admins.values_list("email", flat=True))


def order(event: SafetyEvent, addresses: Iterable[str]) -> None:
    for address in sorted(addresses):
        StaffAlert.objects.create(event=event, address=address)
    registry.ring_for(StaffAlert)


@transaction.atomic
def remind_of_overdue() -> int:
    """Tell staff again, and now all admins too, of what nobody has looked at in time.

    Then again after twice as long each time, until somebody does.
    """
    rows = SafetyEvent.objects.to_remind_of().select_for_update(of=("self",), skip_locked=True)
    for event in (overdue := list(rows)):
        moment = clock.now()
        event.remind_at = moment + (moment - event.due_at + ANSWER_WITHIN[Level(event.level)])
        event.save(update_fields=["remind_at"])
        events.safety_event_overdue(event)
        order(event, on_call(event) | _admins())
    return len(overdue)


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
    subject = f"Safety alert ({job.event.level}): {_wanted(job.event)}"
    try:
        send_mail(subject, text, None, [job.address])
    except (smtplib.SMTPException, OSError) as error:
        raise JobError("mail_failed", retryable=True) from error


def _wanted(event: SafetyEvent) -> str:
    """By its state at the time of sending, which may come long after the order."""
    if event.state != State.OPENED:
        return f"{event.state} by now"
    return "overdue, nobody has looked yet" if event.is_overdue else "please look now"


def note_failure(job: StaffAlert, error: JobError, final: bool) -> None:
    if final:
        _set_delivery(job, Delivery.FAILED)


def _set_delivery(job: StaffAlert, delivery: Delivery) -> None:
    job.delivery = delivery
    job.save(update_fields=["delivery"])
