"""Questionnaires that were filled in, by whom and when."""

from __future__ import annotations

from functools import partial
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.actors import Actor
from apps.clients.models import Client
from apps.measures.instruments import INSTRUMENTS, Instrument
from smartsteps.lib.fields import EncryptedJSONField
from smartsteps.lib.ids import new_id


class Source(models.TextChoices):
    CLIENT = "client", "filled in by the client"
    STAFF = "staff", "entered by staff"


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, actor: Actor) -> Self:
        """The one tenancy filter: those of the clients that the actor sees."""
        return self.filter(client__in=Client.objects.visible_to(actor))


class Measure(models.Model):
    """`answers` has one entry for each item, null where it was left open."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "me"))
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="measures")
    instrument = models.CharField(
        max_length=20, choices=[(each.id, each.name) for each in INSTRUMENTS.values()]
    )
    answers = EncryptedJSONField(category="client.measures", default=list)
    taken_at = models.DateTimeField(help_text="When the client answered.")
    source = models.CharField(max_length=6, choices=Source.choices)
    entered_by = models.CharField(max_length=254)
    entered_at = models.DateTimeField()
    session_id = models.CharField(
        max_length=24, blank=True, help_text="The session in whose room it was filled in."
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_at", "-id"]
        indexes = [models.Index(fields=["client", "-taken_at"], name="measures_of_client")]
        constraints = [
            models.CheckConstraint(
                name="measures_known_source", condition=Q(source__in=Source.values)
            ),
            models.CheckConstraint(
                name="measures_entered_after_taken",
                condition=Q(entered_at__gte=models.F("taken_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def form(self) -> Instrument:
        return INSTRUMENTS[self.instrument]

    @property
    def total(self) -> int | None:
        return self.form.total(self.answers)

    @property
    def band(self) -> str | None:
        return self.form.band(self.total)
