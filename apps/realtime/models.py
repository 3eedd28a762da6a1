"""One append-only stream per topic, numbered without gaps."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from smartsteps.lib.fields import EncryptedJSONField


class Audience(models.TextChoices):
    ALL = "all"
    STAFF = "staff"


class Topic(models.Model):
    """`last_number` is raised under the row's lock, so numbers follow the order of commits."""

    name = models.CharField(primary_key=True, max_length=80)
    last_number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class EventQuerySet(models.QuerySet["Event"]):
    def after(self, topic: str, number: int) -> Self:
        return self.filter(topic_id=topic, number__gt=number).order_by("number")


class Event(models.Model):
    id = models.CharField(primary_key=True, max_length=110)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="events")
    number = models.BigIntegerField()
    type = models.CharField(max_length=40)
    audience = models.CharField(max_length=5, choices=Audience.choices)
    body = EncryptedJSONField(category="event.body")
    created_at = models.DateTimeField(db_default=Now())

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="realtime_event_numbered"),
            models.CheckConstraint(name="realtime_event_counts", condition=Q(number__gte=1)),
        ]
        indexes = [models.Index(fields=["created_at"], name="realtime_event_age")]

    def __str__(self) -> str:
        return self.id
