"""Bodies of `/personas` (spec 1, Persona Endpoints)."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.personas.models import PersonaVersion


def persona_row(version: PersonaVersion) -> dict[str, Any]:
    return {
        "persona_id": version.persona_id,
        "name": version.name,
        "type": version.type,
        "specialization": version.specialization,
        "description": version.description,
    }


def persona_body(version: PersonaVersion) -> dict[str, Any]:
    return {
        **persona_row(version),
        "background": version.background,
        "approach": version.approach,
        "techniques": version.techniques,
        "suitable_for": version.suitable_for,
        "avatar_url": _absolute(version.avatar_url),
        "voice_settings": version.voice_settings,
        "communication_style": version.communication_style,
    }


def _absolute(url: str) -> str:
    """Clients other than browsers know no page that a path could be relative to."""
    return settings.PUBLIC_URL + url if url.startswith("/") else url
