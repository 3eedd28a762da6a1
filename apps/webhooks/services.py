"""What a caller may do with webhooks, and how the other apps tell their events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from apps.accounts.actors import Actor
from apps.accounts.scopes import WEBHOOKS_READ, WEBHOOKS_WRITE
from apps.jobs import registry
from apps.jobs.models import State
from apps.webhooks import catalog, outbox, signing, tasks
from apps.webhooks.models import SECRET_OVERLAP, Delivery, Status, Subscription
from smartsteps.lib import addresses, clock
from smartsteps.lib.batch import Batch
from smartsteps.lib.errors import conflict, denied, invalid, not_found

MIN_SECRET_BYTES = 16
MAX_SUBSCRIPTIONS = 100
SETTLED = (State.DONE, State.FAILED)


def publish(
    event: str, data: dict[str, Any], *, viewers: RawSQL, batch: Batch | None = None
) -> None:
    """Tell `event` to every subscription to it whose owner is among `viewers`.

    In the transaction that makes it true; with a `batch` it is written together with that.
    `data` is what the catalogue says: ids and times. `viewers` selects ids of users.
    """
    mine = batch or Batch()
    outbox.add(mine, event, data, viewers, then=_ring_for)
    if batch is None:
        mine.write()


def _ring_for(rows: int) -> None:
    """Nobody listening costs no ring."""
    if rows:
        registry.ring(tasks.deliver)


def get_subscription(webhook_id: str, *, by: Actor) -> Subscription:
    """Raises DomainError 404."""
    by.require(WEBHOOKS_READ)
    row = Subscription.objects.visible_to(by).filter(pk=webhook_id).first()
    if row is None:
        raise not_found()
    return row


def _locked(webhook_id: str, *, by: Actor) -> Subscription:
    by.require(WEBHOOKS_WRITE)
    rows = Subscription.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=webhook_id).first()
    if row is None:
        raise not_found()
    return row


def _check_url(url: str) -> None:
    """Before the transaction: it may wait for a name server."""
    try:
        addresses.check_url(url, settings.PRIVATE_WEBHOOK_NETWORKS)
    except addresses.Refused as error:
        raise invalid("url", str(error)) from error


def _checked_events(events: list[str], *, by: Actor) -> list[str]:
    """Raises DomainError 422, or 403 for events of which the actor may not read more."""
    unknown = sorted(set(events) - set(catalog.EVENTS))
    if unknown:
        known = ", ".join(catalog.EVENTS)
        raise invalid("events", f"Unknown: {', '.join(unknown)}. Known: {known}")
    for event in events:
        by.require(catalog.EVENTS[event].scope)
    return list(dict.fromkeys(events))


def _checked_secret(secret: str | None) -> str:
    if secret is None:
        return signing.new_secret()
    try:
        long_enough = len(signing.key_of(secret)) >= MIN_SECRET_BYTES
    except ValueError as error:
        raise invalid("secret", "After whsec_ it must go on in base64") from error
    if not long_enough:
        raise invalid("secret", f"Must have at least {MIN_SECRET_BYTES} bytes")
    return secret


def create_subscription(
    *, url: str, events: list[str], secret: str | None = None, by: Actor
) -> Subscription:
    """Without a `secret` we make one."""
    by.require(WEBHOOKS_WRITE)
    if by.user is None:
        raise denied("A webhook belongs to a user")
    checked = {"events": _checked_events(events, by=by), "secret": _checked_secret(secret)}
    _check_url(url)
    if Subscription.objects.filter(owner=by.user).count() >= MAX_SUBSCRIPTIONS:
        raise conflict(f"There may be {MAX_SUBSCRIPTIONS} webhooks per user")
    row = Subscription(
        owner=by.user, url=url, **checked, created_at=clock.now(), created_by=by.label
    )
    row.save(force_insert=True)
    return row


def update_subscription(webhook_id: str, *, changes: dict[str, Any], by: Actor) -> Subscription:
    """`changes` holds any of url, events and status (active or paused).

    Active also takes a switched-off endpoint back into service.
    """
    get_subscription(webhook_id, by=by)
    if "url" in changes:
        _check_url(changes["url"])
    if "events" in changes:
        changes = {**changes, "events": _checked_events(changes["events"], by=by)}
    if "status" in changes:
        changes = {**changes, "disabled_reason": "", "failing_since": None}
    return _update(webhook_id, changes, by=by)


@transaction.atomic
def _update(webhook_id: str, changes: dict[str, Any], *, by: Actor) -> Subscription:
    row = _locked(webhook_id, by=by)
    if "url" in changes:  # a key can't lead away what it may not read itself
        _checked_events(row.events, by=by)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    registry.ring(tasks.deliver)
    return row


@transaction.atomic
def delete_subscription(webhook_id: str, *, by: Actor) -> None:
    """With its deliveries; what is on its way may still arrive."""
    row = _locked(webhook_id, by=by)
    Subscription.objects.select_for_update().get(pk=row.pk).delete()


@transaction.atomic
def rotate_secret(webhook_id: str, *, secret: str | None = None, by: Actor) -> Subscription:
    """For a day both secrets sign, so that a receiver can change over without losing events."""
    row = _locked(webhook_id, by=by)
    row.old_secret, row.old_secret_until = row.secret, clock.now() + SECRET_OVERLAP
    row.secret = _checked_secret(secret)
    row.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return row


@transaction.atomic
def send_ping(webhook_id: str, *, by: Actor) -> Delivery:
    """Raises DomainError 409 unless the endpoint is active."""
    row = _locked(webhook_id, by=by)
    _must_be_active(row)
    name = catalog.PING.name
    payload = outbox.payload(name, {"webhook_id": row.pk})
    delivery = Delivery.objects.create(subscription=row, event=name, payload=payload)
    delivery.refresh_from_db()
    registry.ring(tasks.deliver)
    return delivery


def _must_be_active(row: Subscription) -> None:
    if row.status != Status.ACTIVE:
        raise conflict(f"The webhook is {row.status}", status=row.status)


@transaction.atomic
def resend_delivery(delivery_id: str, *, by: Actor) -> Delivery:
    """Again, under its own id, so that a receiver can see that it is a double.

    Raises DomainError 404, or 409 while it is still on its way or its endpoint is not active.
    """
    by.require(WEBHOOKS_WRITE)
    visible: Any = Delivery.objects.visible_to(by)
    rows = visible.select_for_update(of=("self",), no_key=True)
    row: Delivery | None = (
        rows.select_related("subscription").filter(delivery_id=delivery_id).first()
    )
    if row is None:
        raise not_found()
    if row.state not in SETTLED:
        raise conflict("The delivery is still on its way", status=row.state)
    _must_be_active(row.subscription)
    _send_again(Delivery.objects.filter(pk=row.pk))
    row.refresh_from_db()
    return row


@transaction.atomic
def replay(
    webhook_id: str, *, since: datetime, until: datetime, only_failed: bool = True, by: Actor
) -> int:
    """Send again what was made from `since` to before `until`, in order; how many there are.

    An endpoint that was switched off is taken back into service: one call after an outage
    brings everything.
    """
    if not since < until:
        raise invalid("until", "Must be after since")
    row = _locked(webhook_id, by=by)
    if row.status == Status.DISABLED:
        row.status, row.disabled_reason, row.failing_since = Status.ACTIVE, "", None
        row.save(update_fields=["status", "disabled_reason", "failing_since"])
    states = [State.FAILED] if only_failed else SETTLED
    made = row.deliveries.filter(created_at__gte=since, created_at__lt=until)
    # Those that wait for another attempt come at once too, or the order would suffer.
    made.filter(state=State.PENDING).update(next_attempt_at=Now(), attempts=0)
    return _send_again(made.filter(state__in=states))


def _send_again(rows: QuerySet[Any]) -> int:
    count = rows.update(
        state=State.PENDING, attempts=0, next_attempt_at=Now(), finished_at=None, error_code=""
    )
    registry.ring(tasks.deliver)
    return count
