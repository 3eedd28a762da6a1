"""The facts that this app tells itself."""

from __future__ import annotations

from django.db.models.expressions import RawSQL

from apps.webhooks import outbox
from apps.webhooks.models import Subscription
from smartsteps.lib import clock
from smartsteps.lib.batch import Batch


def webhook_disabled(subscription: Subscription, reason: str) -> None:
    """To other endpoints of the owner and to those of admins. The drain at work sends it."""
    batch = Batch()
    data = {
        "webhook_id": subscription.pk,
        "reason": reason,
        "disabled_at": clock.iso(clock.now()),
    }
    viewers = RawSQL(
        "SELECT id FROM accounts_user WHERE is_active AND (id = %s OR role = 'admin')",
        [subscription.owner_id],
    )
    outbox.add(batch, "webhook.disabled", data, viewers)
    batch.write()
