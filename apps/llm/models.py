"""The ledger of every call to a provider."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum


class UsageQuerySet(models.QuerySet["UsageEntry"]):
    def totals(self) -> dict[str, Any]:
        """Calls, failures, tokens and dollars; `unpriced` calls are in no sum of dollars."""
        return self.aggregate(
            calls=Count("pk"),
            failures=Count("pk", filter=~Q(outcome="ok")),
            unpriced=Count("pk", filter=Q(cost_usd=None)),
            input_tokens=Sum("input_tokens"),
            output_tokens=Sum("output_tokens"),
            cost_usd=Sum("cost_usd"),
        )


class UsageEntry(models.Model):
    """One call, successful or not. Tokens and price are null when nobody told them."""

    purpose = models.CharField(max_length=64)
    provider = models.CharField(max_length=32)
    model = models.CharField(max_length=128)
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    cost_usd: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        max_digits=14, decimal_places=8, null=True
    )
    latency_ms = models.PositiveIntegerField()
    outcome = models.CharField(max_length=32, help_text="ok, cancelled, or the error's code")
    subject = models.CharField(max_length=64, blank=True, help_text="What the call was for")
    by_label = models.CharField(max_length=254, blank=True, verbose_name="on behalf of")
    created_at = models.DateTimeField(db_index=True)

    objects = UsageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "usage entry"
        verbose_name_plural = "usage"
        indexes = [models.Index(fields=["subject", "created_at"], name="llm_usage_subject")]
        constraints = [
            models.CheckConstraint(
                name="llm_usage_tokens_told_together",
                condition=Q(input_tokens=None, output_tokens=None)
                | Q(input_tokens__isnull=False, output_tokens__isnull=False),
            ),
            models.CheckConstraint(
                name="llm_usage_no_price_without_tokens",
                condition=Q(cost_usd=None) | Q(input_tokens__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model}: {self.outcome}"
