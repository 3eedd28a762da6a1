"""Interim: replaced by the personas work."""

from __future__ import annotations

from typing import Any

from django.db import models


class Persona(models.Model):
    id = models.SlugField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=20, default="professional")
    current_version = models.ForeignKey(
        "PersonaVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.pk


class PersonaVersion(models.Model):
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.persona_id} {self.version}"

    def as_dict(self) -> dict[str, Any]:
        return {}
