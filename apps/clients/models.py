"""Clients, who cares for them, and what they have consented to."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import search
from smartsteps.lib import clock
from smartsteps.lib.fields import EncryptedDateField, EncryptedJSONField, EncryptedTextField
from smartsteps.lib.ids import new_id


def in_care_of(carer: User) -> RawSQL:
    """Ids of the carer's clients; plain SQL, since every request has it compiled anew."""
    return RawSQL("SELECT client_id FROM clients_careassignment WHERE carer_id = %s", [carer.pk])


def staff_who_see(client_id: str) -> RawSQL:
    """`visible_to` the other way round, for telling those who may know; clients not included."""
    return RawSQL(
        "SELECT id FROM accounts_user WHERE is_active AND (role = 'admin' OR role <> 'client'"
        " AND id IN (SELECT carer_id FROM clients_careassignment WHERE client_id = %s))",
        [client_id],
    )


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, actor: Actor) -> Self:
        """The one tenancy filter: clients in the actor's care, all for an admin, oneself."""
        if actor.session_id is not None:
            return self.filter(pk=actor.label)
        if actor.user is None:
            return self.none()
        if actor.is_admin:
            return self
        if actor.is_client:
            return self.filter(user=actor.user)
        return self.filter(pk__in=in_care_of(actor.user))

    def matching(self, text: str) -> Self:
        """Clients all of whose searched words begin a name, or whose e-mail begins so."""
        return self.filter(search_tokens__contains=search.query_tokens(text))

    def found_by(self, text: str) -> Self:
        """As `matching`, and the client who has this very id."""
        return (self.matching(text) | self.filter(pk=text.strip())).order_by()

    def with_overview(self) -> Any:
        """What a list tells beside the name; ask it for the rows of one page only."""
        coming = Q(sessions__status="scheduled", sessions__scheduled_at__gte=clock.now())
        consents = Consent.objects.filter(client=OuterRef("pk"), kind=ConsentKind.AI)
        return self.annotate(
            session_total=Count("sessions"),
            next_session_at=Min("sessions__scheduled_at", filter=coming),
            last_session_at=Max("sessions__started_at"),
            ai_consent=Subquery(consents.order_by("-recorded_at", "-id").values("granted")[:1]),
        )


class Client(models.Model):
    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "c"))
    first_name = EncryptedTextField(category="client.identity")
    last_name = EncryptedTextField(category="client.identity")
    email = EncryptedTextField(category="client.contact", blank=True)
    phone = EncryptedTextField(category="client.contact", blank=True)
    date_of_birth = EncryptedDateField(category="client.identity", null=True, blank=True)
    metadata = EncryptedJSONField(category="client.metadata", default=dict, blank=True)
    search_tokens = ArrayField(models.BigIntegerField(), default=list, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="client",
        help_text="The login of the client, if the client has one.",
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254)
    updated_at = models.DateTimeField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            GinIndex(fields=["search_tokens"], name="clients_search", fastupdate=False),
            models.Index(fields=["-created_at", "-id"], name="clients_newest"),
        ]

    def __str__(self) -> str:
        # Not the name: this ends up in logs, in tracebacks and in the admin's own records.
        return self.pk

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def index(self) -> None:
        self.search_tokens = search.row_tokens(self.first_name, self.last_name, self.email)


class CareAssignment(models.Model):
    """Who cares for whom; the carer sees the client and all the client's sessions."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="care")
    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="care"
    )
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "care team member"
        constraints = [
            models.UniqueConstraint(fields=["carer", "client"], name="clients_care_once"),
        ]

    def __str__(self) -> str:
        return f"{self.carer} cares for {self.client_id}"


class ConsentKind(models.TextChoices):
    AI = "ai_processing", "Answers by an AI persona"


class Consent(models.Model):
    """A ledger: rows are only added, and the newest of a kind is what holds."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    granted = models.BooleanField()
    note = EncryptedTextField(category="client.metadata", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=254)
    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "co"))

    class Meta:
        ordering = ["-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["client", "kind", "-recorded_at"], name="clients_consent_latest")
        ]
        constraints = [
            models.CheckConstraint(
                name="clients_consent_known_kind", condition=Q(kind__in=ConsentKind.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {'given' if self.granted else 'withdrawn'}"


class Erasure(models.Model):
    """The receipt of a client who was erased; it stays, and has nothing personal in it."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "er"))
    client_id = models.CharField(max_length=24, unique=True)
    erased_at = models.DateTimeField()
    erased_by = models.CharField(max_length=254)
    removed = models.JSONField(help_text="How many rows went from which table.")
    usage_entries = models.PositiveIntegerField(
        help_text="Calls to a model that stay in the ledger without saying for whom."
    )

    class Meta:
        ordering = ["-erased_at", "-id"]

    def __str__(self) -> str:
        return self.pk
