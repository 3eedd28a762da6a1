"""Subscriptions, what they are to be told, and each attempt to tell it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat, Now, Replace

from apps.accounts.actors import Actor
from apps.jobs.models import Job, JobQuerySet, State
from smartsteps.lib import clock
from smartsteps.lib.fields import EncryptedTextField
from smartsteps.lib.ids import new_id

SECRET_OVERLAP = timedelta(hours=24)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.is_client:
            return self.none()
        if actor.is_admin:
            return self
        return self.filter(owner=actor.user)

    def ready(self) -> Self:
        """Those with something to send now, that nobody sends to.

        A delivery that has failed once holds up the later ones until its second attempt: a
        receiver that was only restarted still gets everything in order.
        """
        theirs = Delivery.objects.filter(subscription=OuterRef("pk"))
        return self.filter(
            Exists(theirs.due()),
            ~Exists(theirs.under_way()),
            ~Exists(theirs.filter(state=State.PENDING, attempts=1, next_attempt_at__gt=Now())),
            status=Status.ACTIVE,
            owner__is_active=True,
        )


class Status(models.TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Subscription(models.Model):
    """What happens while it is paused or disabled is kept, and sent once it is active again."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "wh"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.URLField("URL", max_length=2048)
    events = ArrayField(models.CharField(max_length=40))
    secret = EncryptedTextField(category="webhook.secret")
    old_secret = EncryptedTextField(category="webhook.secret", null=True, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "webhook"
        indexes = [GinIndex(fields=["events"], name="webhooks_by_event", fastupdate=False)]
        constraints = [
            models.CheckConstraint(
                name="webhooks_known_status", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="webhooks_disabled_says_why",
                condition=Q(status=Status.DISABLED) ^ Q(disabled_reason=""),
            ),
            models.CheckConstraint(
                name="webhooks_old_secret_ends",
                condition=Q(old_secret__isnull=True) ^ Q(old_secret_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    def live_secrets(self) -> list[str]:
        """Newest first; after a rotation the old one still signs for a day."""
        until = self.old_secret_until
        overlap = until is not None and until > clock.now()
        return [self.secret, self.old_secret] if overlap else [self.secret]


class DeliveryQuerySet(JobQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(subscription__in=Subscription.objects.visible_to(actor))

    def claimable(self) -> Self:
        return self.due().filter(subscription__in=Subscription.objects.ready())

    def under_way(self) -> Self:
        """With a worker that lives, as far as one can tell."""
        return self.filter(state=State.RUNNING, lease_until__gte=Now())


# Made by the database, since one statement makes the deliveries of an event to all.
DELIVERY_ID = Concat(
    Value("wd"),
    Replace(Cast(RandomUUID(), CharField()), Value("-"), Value("")),
    output_field=CharField(),
)


class Delivery(Job):
    """One event for one subscription. `id` is their order.

    `delivery_id` goes along as `webhook-id`. It is the same at every attempt, resent ones
    included, so that a receiver can drop doubles.
    """

    id = models.BigAutoField(primary_key=True)
    delivery_id = models.CharField(max_length=40, db_default=DELIVERY_ID)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.CharField(max_length=40)
    payload = models.TextField(help_text="The JSON text, byte for byte as it is sent.")

    objects: ClassVar[Any] = DeliveryQuerySet.as_manager()

    class Meta(Job.Meta):
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        # Not Job's: beside these it leads the planner to read all that is due for each endpoint.
        indexes = [
            models.Index(fields=["subscription", "created_at"], name="webhooks_delivery_log"),
            models.Index(
                fields=["subscription"],
                name="webhooks_delivery_running",
                condition=Q(state=State.RUNNING),
            ),
            models.Index(
                fields=["subscription", "next_attempt_at"],
                name="webhooks_delivery_open",
                condition=Q(state__in=[State.PENDING, State.RUNNING]),
            ),
        ]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(fields=["delivery_id"], name="webhooks_delivery_id_once"),
        ]

    def __str__(self) -> str:
        return self.delivery_id


class Attempt(models.Model):
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="tries", db_index=False
    )
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Null when no answer came.")
    error = models.CharField(max_length=64, blank=True)
    latency_ms = models.PositiveIntegerField()
    head = models.CharField(max_length=500, blank=True, help_text="The answer's first words.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subscription", "at"], name="webhooks_attempt_log")]

    def __str__(self) -> str:
        return str(self.status or self.error)

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
