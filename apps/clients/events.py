"""The facts about clients that other systems hear of, without a word from the record."""

from __future__ import annotations

from datetime import datetime

from apps.clients.models import Client, staff_who_see
from apps.webhooks import services as webhooks
from smartsteps.lib.clock import iso


def client_created(client: Client) -> None:
    webhooks.publish(
        "client.created",
        {"client_id": client.pk, "created_at": iso(client.created_at)},
        viewers=staff_who_see(client.pk),
    )


def client_updated(client: Client) -> None:
    webhooks.publish(
        "client.updated",
        {"client_id": client.pk, "updated_at": iso(client.updated_at)},
        viewers=staff_who_see(client.pk),
    )


def client_erased(client: Client, moment: datetime) -> None:
    """While the rows still say who sees the client."""
    webhooks.publish(
        "client.erased",
        {"client_id": client.pk, "erased_at": iso(moment)},
        viewers=staff_who_see(client.pk),
    )
