"""Rows that tests need beside what services make."""

from __future__ import annotations

from apps.accounts import actors
from apps.personas import services as personas
from apps.personas.models import Persona
from apps.personas.professional.content import read_file


def companion_voice() -> None:
    personas.load_catalogue([personas.COMPANION_VOICE], by=actors.system("tests"))


def persona(persona_id: str) -> Persona:
    """The catalogue's persona, or one that is Dr. Hayes in all but the id."""
    path = personas.CATALOGUE / f"{persona_id}.yaml"
    if path.exists():
        personas.load_catalogue([path], by=actors.system("tests"))
    else:
        hayes = read_file(personas.CATALOGUE / "dr_morgan_hayes.yaml")
        content = hayes.model_copy(update={"persona_id": persona_id})
        personas.publish_version(content, by=actors.system("tests"))
    return Persona.objects.get(pk=persona_id)
