"""Safety events: what was heard, who took care of it, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import Now

from apps.accounts.actors import Actor
from apps.clients.models import Client
from apps.jobs.models import Job, JobQuerySet
from smartsteps.lib import clock
from smartsteps.lib.fields import EncryptedTextField
from smartsteps.lib.ids import new_id


class Level(models.TextChoices):
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"
    UNREVIEWED = "unreviewed", "unreviewed (the detector failed)"


RANK = {Level.MODERATE: 1, Level.UNREVIEWED: 2, Level.HIGH: 3, Level.CRITICAL: 4}
ANSWER_WITHIN = {
    Level.CRITICAL: timedelta(minutes=5),
    Level.HIGH: timedelta(minutes=15),
    Level.UNREVIEWED: timedelta(hours=1),
    Level.MODERATE: timedelta(hours=4),
}


class State(models.TextChoices):
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    CLOSED = "closed"


TRANSITIONS: dict[str, frozenset[str]] = {
    State.OPENED: frozenset({State.ACKNOWLEDGED, State.ESCALATED, State.CLOSED}),
    State.ACKNOWLEDGED: frozenset({State.ESCALATED, State.CLOSED}),
    State.ESCALATED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}


class Outcome(models.TextChoices):
    SAFE = "safe", "Spoken with, safe for now"
    PLAN = "safety_plan", "A safety plan was made"
    REFERRED = "referred", "Referred to other help"
    EMERGENCY = "emergency_services", "Emergency services were called"
    NOT_REACHED = "not_reached", "The person could not be reached"
    FALSE_ALARM = "false_alarm", "False alarm"


class Surface(models.TextChoices):
    SESSION = "session", "Therapy session"
    CONVERSATION = "conversation", "Character creation"
    MEASURE = "measure", "Questionnaire"


# What waits for somebody to look, then what is being taken care of, then what is closed.
URGENCY = (
    Case(When(state=State.OPENED, then=0), When(state=State.CLOSED, then=2), default=1),
    F("closed_at").desc(nulls_first=True),
    "due_at",
)


class SafetyEventQuerySet(models.QuerySet["SafetyEvent"]):
    def visible_to(self, actor: Actor) -> Self:
        """Events of the clients in one's care; those of people in nobody's care are everyone's."""
        if actor.is_client or actor.user is None:
            return self.none()
        if actor.is_admin:
            return self
        return self.filter(Q(client=None) | Q(client__in=Client.objects.visible_to(actor)))

    def open(self) -> Self:
        return self.exclude(state=State.CLOSED)

    def overdue(self) -> Self:
        return self.filter(_overdue())

    def to_remind_of(self) -> Self:
        return self.overdue().filter(remind_at__lte=clock.now())

    def most_urgent_first(self) -> Self:
        return self.order_by(*URGENCY)

    def tally(self) -> dict[str, int]:
        return self.open().aggregate(open=Count("pk"), overdue=Count("pk", filter=_overdue()))


def _overdue() -> Q:
    """By our clock, not the database's, so that counts and each event's own mark agree."""
    return Q(state=State.OPENED, due_at__lt=clock.now())


class SafetyEvent(models.Model):
    """One at a time per conversation or session: later signs raise its level and add a signal."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "se"))
    surface = models.CharField(max_length=12, choices=Surface.choices)
    subject_id = models.CharField(max_length=24, help_text="The session or conversation.")
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.CASCADE, related_name="safety_events"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="safety_events",
    )
    level = models.CharField(max_length=10, choices=Level.choices)
    category = models.CharField(max_length=20)
    is_minor = models.BooleanField(default=False)
    about_other = models.BooleanField(
        default=False, help_text="Everything heard is about somebody else than the writer."
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPENED)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Somebody must have looked by then.")
    remind_at = models.DateTimeField(
        db_default=Now(), help_text="When staff are told again if nobody has looked."
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=254, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_by = models.CharField(max_length=254, blank=True)
    escalated_to = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=254, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    outcome_note = EncryptedTextField(category="safety.note", blank=True)

    objects = SafetyEventQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="safety_queue"),
            models.Index(fields=["client", "-opened_at"], name="safety_of_client"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["surface", "subject_id"],
                condition=~Q(state=State.CLOSED),
                name="safety_one_open_event",
            ),
            models.CheckConstraint(
                name="safety_closed_has_outcome",
                condition=(Q(state=State.CLOSED, closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state=State.CLOSED) & Q(closed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def kind(self) -> str:
        return self.category.replace("_", " ")

    @property
    def is_overdue(self) -> bool:
        return self.state == State.OPENED and self.due_at < clock.now()


class Signal(models.Model):
    """One message in which something was heard; the words stay in the message, not here."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "sg"))
    event = models.ForeignKey(SafetyEvent, on_delete=models.CASCADE, related_name="signals")
    message_id = models.CharField(max_length=24)
    level = models.CharField(max_length=10, choices=Level.choices)
    category = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, help_text="Which rule heard it.")
    quote = EncryptedTextField(category="safety.note", blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.level} in {self.message_id}"

    @property
    def kind(self) -> str:
        return self.category.replace("_", " ")


class Delivery(models.TextChoices):
    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"


class StaffAlert(Job):
    """One e-mail to one person on call; `delivery` is what really happened."""

    event = models.ForeignKey(SafetyEvent, on_delete=models.CASCADE, related_name="alerts")
    address = models.EmailField()
    delivery = models.CharField(max_length=14, choices=Delivery.choices, default=Delivery.QUEUED)

    objects: ClassVar[models.Manager[Any]] = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.address}: {self.delivery}"
