"""Rows that tests need beside what services make."""

from __future__ import annotations

from apps.accounts import actors
from apps.accounts.models import User
from apps.jobs.models import State
from apps.personas import services as personas
from apps.personas.models import Persona
from apps.personas.professional.content import read_file
from apps.webhooks import services as webhooks
from apps.webhooks.models import Attempt, Delivery
from smartsteps.lib import clock


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
