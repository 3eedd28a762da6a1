"""Personas and their versions, which nobody changes once they are published."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.accounts.actors import Actor
from apps.personas.companion.dressing import name_in
from smartsteps.lib.fields import EncryptedJSONField


class Kind(models.TextChoices):
    PROFESSIONAL = "professional"
    COMPANION = "companion"


class Type(models.TextChoices):
    THERAPIST = "therapist"
    ANALYST = "analyst"
    COUNSELOR = "counselor"
    COMPANION = "companion"


class Origin(models.TextChoices):
    CATALOGUE = "catalogue", "catalogue file"
    BACK_OFFICE = "back_office", "back office"


class PersonaVersionQuerySet(models.QuerySet["PersonaVersion"]):
    def on_offer(self) -> PersonaVersionQuerySet:
        """The current versions of the professional personas that can be chosen."""
        return self.filter(
            persona__kind=Kind.PROFESSIONAL,
            persona__is_active=True,
            persona__current_version=F("pk"),
        ).order_by("persona")


class Persona(models.Model):
    id = models.SlugField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.PROFESSIONAL)
    current_version = models.ForeignKey(
        "PersonaVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(
        "on offer",
        default=True,
        help_text="Without this tick nobody can plan a new session with the persona.",
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.pk

    @property
    def shown_name(self) -> str:
        if self.kind == Kind.COMPANION:
            made: Companion | None = getattr(self, "companion", None)
            name = name_in(made.profile) if made else None
            return name or "A companion"
        return self.current_version.name if self.current_version else self.pk


class CompanionQuerySet(models.QuerySet["Companion"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, those of the people in one's care, and all for an admin."""
        if actor.session_id is not None:
            return self.filter(owner__client=actor.label)
        if actor.user is None:
            return self.none()
        if actor.is_admin:
            return self
        return self.filter(Q(owner=actor.user) | Q(owner__client__care__carer=actor.user))


class Companion(models.Model):
    """What a client told when they made this persona; its voice is that of all companions."""

    persona = models.OneToOneField(
        Persona, primary_key=True, on_delete=models.CASCADE, related_name="companion"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="companions"
    )
    profile = EncryptedJSONField(category="persona.companion")
    created_at = models.DateTimeField()

    objects = CompanionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.persona_id)


class PersonaVersion(models.Model):
    """What a persona was at one time; sessions' messages point here. A trigger refuses changes."""

    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20, choices=Type.choices)
    specialization = models.CharField(max_length=64)
    description = models.CharField(max_length=200)
    background = models.TextField()
    approach = models.TextField()
    techniques = models.JSONField()
    suitable_for = models.JSONField()
    boundaries = models.JSONField(help_text="What the persona would never do")
    avatar_url = models.CharField(max_length=300)
    voice_settings = models.JSONField()
    communication_style = models.JSONField()
    lines = models.JSONField(help_text="The sentences from which the offline rule speaks")
    origin = models.CharField(max_length=20, choices=Origin.choices)
    source_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by_label = models.CharField(max_length=254)

    objects = PersonaVersionQuerySet.as_manager()

    class Meta:
        ordering = ["persona", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["persona", "version"], name="personas_version_once_per_persona"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="personas_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.persona_id} {self.version}"

    def as_dict(self) -> dict[str, Any]:
        """The content as a persona's file has it, `persona_id` first."""
        content = {field: getattr(self, field) for field in CONTENT_FIELDS}
        return {"persona_id": self.persona_id, **content}


CONTENT_FIELDS = (
    "name",
    "type",
    "specialization",
    "description",
    "background",
    "approach",
    "techniques",
    "suitable_for",
    "boundaries",
    "avatar_url",
    "voice_settings",
    "communication_style",
    "lines",
)
