"""Sessions, their messages and notes, and the persona's answers as work."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apps.accounts.actors import Actor
from apps.clients.models import Client, in_care_of
from apps.jobs.models import Job, JobQuerySet, State
from apps.personas.models import Persona, PersonaVersion
from smartsteps.lib.fields import EncryptedJSONField, EncryptedTextField
from smartsteps.lib.ids import new_id

# The people whose names stand in lists of sessions.
WITH_NAMES = ("client", "persona__current_version", "persona__companion")


class Status(models.TextChoices):
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


TRANSITIONS: dict[str, frozenset[str]] = {
    Status.SCHEDULED: frozenset({Status.ACTIVE, Status.CANCELLED}),
    Status.ACTIVE: frozenset({Status.COMPLETED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
}


def check_transitions(start: str, transitions: dict[str, frozenset[str]]) -> None:
    """Every status is described, and reached from the start. Raises ValueError at import."""
    reached, waiting = {start}, [start]
    while waiting:
        for target in transitions[waiting.pop()] - reached:
            reached.add(target)
            waiting.append(target)
    if reached != set(Status.values) or set(transitions) != reached:
        raise ValueError(f"the statuses {set(Status.values) ^ reached} can't be reached")


check_transitions(Status.SCHEDULED, TRANSITIONS)


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, actor: Actor) -> Self:
        """The one tenancy filter: sessions of the clients that the actor sees."""
        if actor.session_id is not None:
            return self.filter(pk=actor.session_id, client_id=actor.label)
        if actor.user is None:
            return self.none()
        if actor.is_admin:
            return self
        if actor.is_client:
            return self.filter(client__user=actor.user)
        return self.filter(client_id__in=in_care_of(actor.user))

    def with_id(self, session_id: str) -> Session | None:
        """As `first()`, without an order, which takes longer to write into SQL than the rest."""
        return next(iter(self.filter(pk=session_id).order_by()), None)

    def open(self) -> Self:
        """Running and coming ones with the names of their people, the running ones first."""
        waiting = self.filter(status__in=[Status.ACTIVE, Status.SCHEDULED])
        return waiting.select_related(*WITH_NAMES).order_by("status", "scheduled_at")


class Session(models.Model):
    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "s"))
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="sessions")
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    scheduled_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(help_text="The planned duration.")
    goals = EncryptedJSONField(category="session.content", default=list, blank=True)
    metadata = EncryptedJSONField(category="session.content", default=dict, blank=True)
    summary = EncryptedTextField(
        category="session.content", null=True, blank=True
    )  # null is "not made yet", as on the wire
    insights = EncryptedJSONField(category="session.content", default=list, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254)
    updated_at = models.DateTimeField()

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_at", "-id"]
        indexes = [
            # With the status inside, listing and counting need not look at the rows.
            models.Index(
                fields=["-scheduled_at", "-id"], include=["status"], name="session_newest"
            ),
            models.Index(
                fields=["client", "-scheduled_at", "-id"],
                include=["status"],
                name="session_of_client",
            ),
            models.Index(fields=["status", "-scheduled_at", "-id"], name="session_by_status"),
        ]
        constraints = [
            models.CheckConstraint(
                name="session_status_matches_times",
                condition=Q(
                    status__in=[Status.SCHEDULED, Status.CANCELLED],
                    started_at__isnull=True,
                    ended_at__isnull=True,
                )
                | Q(status=Status.ACTIVE, started_at__isnull=False, ended_at__isnull=True)
                | Q(status=Status.COMPLETED, started_at__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="session_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="session_duration_in_range",
                condition=Q(duration_minutes__gte=1, duration_minutes__lte=480),
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def topic(self) -> str:
        return topic_of(self.pk)


def topic_of(session_id: str) -> str:
    return f"session.{session_id}"


class TallyChange(models.Model):
    """Sessions that came to a day or left it, as the triggers note it (see `tally`)."""

    day = models.DateField()
    status = models.CharField(max_length=10)
    change = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.status} {self.change:+}"


class Tally(models.Model):
    """How many sessions of a status are scheduled in a month or on a day, in UTC."""

    span = models.CharField(max_length=5, choices=[("month", "month"), ("day", "day")])
    start = models.DateField()
    status = models.CharField(max_length=10)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["span", "start", "status"], name="tally_summed_once")
        ]

    def __str__(self) -> str:
        return f"{self.span} {self.start} {self.status}: {self.count}"


class SenderType(models.TextChoices):
    PERSONA = "persona"
    CLIENT = "client"
    FACILITATOR = "facilitator"


class Message(models.Model):
    """`number` orders a session's messages; it is given under the session's row lock."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "m"))
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    sender_type = models.CharField(max_length=11, choices=SenderType.choices)
    sender_id = models.CharField(max_length=254)
    content = EncryptedTextField(category="session.message")
    timestamp = models.DateTimeField()
    metadata = EncryptedJSONField(category="session.message", default=dict, blank=True)
    client_message_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001  # unique where given
    in_reply_to = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="answer"
    )
    persona_version = models.ForeignKey(
        PersonaVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    model = models.CharField(max_length=100, blank=True, help_text="The model that wrote it.")
    prompt_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="message_numbered"),
            models.UniqueConstraint(
                fields=["session", "client_message_id"], name="message_sent_once"
            ),
            models.CheckConstraint(
                name="message_known_sender", condition=Q(sender_type__in=SenderType.values)
            ),
        ]

    def __str__(self) -> str:
        return self.pk


class Note(models.Model):
    """A facilitator's note; clients never see it."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "n"))
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="notes")
    content = EncryptedTextField(category="session.note")
    timestamp = models.DateTimeField()
    author = models.CharField(max_length=254)

    class Meta:
        ordering = ["timestamp", "id"]

    def __str__(self) -> str:
        return self.pk


class ReplyQuerySet(JobQuerySet):
    def claimable(self) -> Any:
        """A session's messages are answered in order: an open earlier one goes first."""
        earlier = Reply.objects.filter(
            session=OuterRef("session"),
            message__number__lt=OuterRef("message__number"),
            state__in=[State.PENDING, State.RUNNING],
        )
        return self.due().exclude(Exists(earlier))


class Reply(Job):
    """The work of answering one message of the client; one row, so at most one answer."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="reply")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="replies")

    objects: ClassVar[models.Manager[Any]] = ReplyQuerySet.as_manager()

    class Meta(Job.Meta):
        indexes = [
            *Job.Meta.indexes,
            models.Index(
                fields=["session"],
                name="reply_open",
                condition=Q(state__in=[State.PENDING, State.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.message_id}"


class Summing(Job):
    """The work of summing up a session; one row, so that two at once are one (see analysis)."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="summing")

    objects: ClassVar[models.Manager[Any]] = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        pass

    def __str__(self) -> str:
        return f"summary of {self.session_id}"
