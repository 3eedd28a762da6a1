"""Rows that tests need beside what services make."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from apps.accounts import actors
from apps.accounts.models import User
from apps.jobs.models import State
from apps.personas import services as personas
from apps.personas.models import CONTENT_FIELDS, Kind, Origin, Persona, PersonaVersion
from apps.personas.professional.content import read_file
from apps.webhooks import services as webhooks
from apps.webhooks.models import Attempt, Delivery
from smartsteps.lib import clock


def companion_voice() -> None:
    personas.load_catalogue([personas.COMPANION_VOICE], by=actors.system("tests"))


@cache
def _version(persona_id: str) -> dict[str, Any]:
    """Read once, since two tests in three have a persona."""
    path = personas.CATALOGUE / f"{persona_id}.yaml"
    content = read_file(path if path.exists() else personas.CATALOGUE / "dr_morgan_hayes.yaml")
    content = content.model_copy(update={"persona_id": persona_id})
    plain = content.model_dump(mode="json")
    origin = Origin.CATALOGUE if path.exists() else Origin.BACK_OFFICE
    fields = {field: plain[field] for field in CONTENT_FIELDS}
    return {"origin": origin, "source_hash": content.source_hash(), **fields}


def persona(persona_id: str) -> Persona:
    """The catalogue's persona, or one that is Dr. Hayes in all but the id."""
    if found := Persona.objects.filter(pk=persona_id).first():
        return found
    persona = Persona.objects.create(pk=persona_id, kind=Kind.PROFESSIONAL)
    persona.current_version = PersonaVersion.objects.create(
        persona=persona,
        version=1,
        created_at=clock.now(),
        created_by_label=actors.system("tests").label,
        **deepcopy(_version(persona_id)),
    )
    persona.save(update_fields=["current_version"])
    return persona


def sent_webhook(owner: User) -> dict[str, str]:
    """A webhook that has had one event delivered; the ids that routes ask for."""
    by = actors.for_user(owner)
    hook = webhooks.create_subscription(
        url="https://hook.invalid/", events=["message.created"], by=by
    )
    delivery = webhooks.send_ping(hook.pk, by=by)
    Attempt.objects.create(
        subscription=hook, delivery=delivery, at=clock.now(), status=200, latency_ms=12
    )
    Delivery.objects.update(state=State.DONE, attempts=1, finished_at=clock.now())
    return {"webhook_id": hook.pk, "delivery_id": delivery.delivery_id}
