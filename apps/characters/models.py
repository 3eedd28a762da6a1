"""Conversations that make a character, their turns, and the characters."""

from __future__ import annotations

from functools import partial
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.actors import Actor
from apps.clients.models import Client
from apps.safety.models import Level, SafetyEvent, Surface
from smartsteps.lib import clock
from smartsteps.lib.fields import EncryptedJSONField, EncryptedTextField
from smartsteps.lib.ids import new_id


class Status(models.TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


TRANSITIONS: dict[str, frozenset[str]] = {
    Status.ACTIVE: frozenset({Status.PAUSED, Status.COMPLETED, Status.ABANDONED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.ABANDONED}),
    Status.COMPLETED: frozenset(),
    Status.ABANDONED: frozenset(),
}
OPEN = (Status.ACTIVE, Status.PAUSED)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; staff see those of the people in their care, an admin all."""
        if actor.user is None:
            return self.none()
        if actor.is_admin:
            return self
        if actor.is_client:
            return self.filter(player=actor.user)
        cared_for = Client.objects.visible_to(actor).values("user")
        return self.filter(Q(player=actor.user) | Q(player__in=cared_for))

    def open(self) -> Self:
        return self.filter(status__in=OPEN)


class Conversation(models.Model):
    """`state` is the interview's; `prompt_message_id` is the question that waits for an answer."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "cv"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    player_label = models.CharField(max_length=254, help_text="The player_id as it was given.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    state = EncryptedJSONField(category="conversation.data")
    stage = models.CharField(max_length=30)
    prompt_message_id = models.CharField(max_length=24, blank=True)
    turn_count = models.PositiveIntegerField(default=0)
    reading_until = models.DateTimeField(
        null=True, blank=True, help_text="While an answer waits for a model to have read it."
    )
    country = models.CharField(
        max_length=2, blank=True, help_text="Told when asked for it, to show the right lines."
    )
    said_safe_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person said they are safe and want to go on."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [
            models.Index(fields=["player", "status"], name="characters_of_player"),
            models.Index(fields=["status", "updated_at"], name="characters_to_purge"),
        ]
        constraints = [
            models.CheckConstraint(
                name="characters_ended_has_time",
                condition=Q(status__in=OPEN, ended_at__isnull=True)
                | (~Q(status__in=OPEN) & Q(ended_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def topic(self) -> str:
        return topic_of(self.pk)

    @property
    def is_being_read(self) -> bool:
        return self.reading_until is not None and self.reading_until > clock.now()

    @property
    def open_safety_event(self) -> SafetyEvent | None:
        """While staff have not closed it."""
        return (
            SafetyEvent.objects.open()
            .filter(surface=Surface.CONVERSATION, subject_id=self.pk)
            .first()
        )

    @property
    def crisis_detected(self) -> bool:
        """Until staff close the event, or the person, after the last sign, says they are safe."""
        event = self.open_safety_event
        if event is None:
            return False
        newest = event.signals.exclude(level=Level.UNREVIEWED).last()
        if newest is None:
            return False
        return self.said_safe_at is None or newest.at >= self.said_safe_at


def topic_of(conversation_id: str) -> str:
    return f"conversation.{conversation_id}"


class Role(models.TextChoices):
    PLAYER = "player"
    ASSISTANT = "assistant"


class Turn(models.Model):
    """What was said. `about` keeps an assistant's prompt, or what a player's words told."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "t"))
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=9, choices=Role.choices)
    content = EncryptedTextField(category="conversation.turn")
    about = EncryptedJSONField(category="conversation.turn", default=dict, blank=True)
    safety_level = models.CharField(max_length=10, default="none")
    is_read = models.BooleanField(
        default=True, help_text="Not while a player's answer waits for the interview to move on."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["conversation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="characters_numbered")
        ]

    def __str__(self) -> str:
        return self.pk


class CharacterQuerySet(models.QuerySet["Character"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.user is None:
            return self.none()
        if actor.is_admin:
            return self
        if actor.is_client:
            return self.filter(player=actor.user)
        cared_for = Client.objects.visible_to(actor).values("user")
        return self.filter(Q(player=actor.user) | Q(player__in=cared_for))


class Character(models.Model):
    """What a completed conversation made; it outlives the conversation's purge."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "ch"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="characters"
    )
    conversation = models.OneToOneField(
        Conversation, null=True, blank=True, on_delete=models.SET_NULL, related_name="character"
    )
    preview = EncryptedJSONField(category="conversation.data")
    data = EncryptedJSONField(category="conversation.data")
    created_at = models.DateTimeField()

    objects = CharacterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.pk
