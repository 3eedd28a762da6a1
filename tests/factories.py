"""Rows that tests need beside what services make."""

from __future__ import annotations

from apps.personas.models import Persona, PersonaVersion


def persona(persona_id: str) -> Persona:
    row, _ = Persona.objects.get_or_create(pk=persona_id)
    if row.current_version is None:
        row.current_version = PersonaVersion.objects.create(persona=row, version=1)
        row.save()
    return row
