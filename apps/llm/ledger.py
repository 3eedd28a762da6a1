"""Writes one usage entry for each call to a provider, however the call ends."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from importlib import import_module

from apps.llm.client import Completion, ProviderError, Usage
from apps.llm.models import UsageEntry
from apps.llm.offline import OFFLINE
from smartsteps.lib.clock import now
from smartsteps.lib.threads import run_sync


def price_usd(provider: str, model: str, usage: Usage | None) -> Decimal | None:
    """The list price, or None when tokens or the model's price are unknown."""
    if usage is None:
        return None
    if provider == OFFLINE:
        return Decimal(0)
    price: Decimal | None = import_module("apps.llm.pricing").list_price(model, usage)
    return price


class Call:
    """`async with Call(…) as call`, then `call.answered(…)`; the entry comes by itself."""

    def __init__(
        self, *, purpose: str, provider: str, model: str, subject: str, by_label: str
    ) -> None:
        self.purpose = purpose
        self.provider = provider
        self.model = model
        self.subject = subject
        self.by_label = by_label
        self.usage: Usage | None = None

    def answered(self, completion: Completion) -> None:
        self.model = completion.model
        self.usage = completion.usage

    async def __aenter__(self) -> Call:
        self.began = time.monotonic()
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        # Shielded: a caller who leaves must not make the call free of record.
        await asyncio.shield(run_sync(self._write, self._outcome(error)))

    def _outcome(self, error: BaseException | None) -> str:
        if error is None:
            return "ok"
        if isinstance(error, ProviderError):
            self.usage = self.usage or error.usage
            return error.code
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            return "cancelled"
        return "internal_error"

    def _write(self, outcome: str) -> None:
        UsageEntry.objects.create(
            purpose=self.purpose,
            provider=self.provider,
            model=self.model,
            input_tokens=self.usage.input_tokens if self.usage else None,
            output_tokens=self.usage.output_tokens if self.usage else None,
            cost_usd=price_usd(self.provider, self.model, self.usage),
            latency_ms=round((time.monotonic() - self.began) * 1000),
            outcome=outcome,
            subject=self.subject,
            by_label=self.by_label,
            created_at=now(),
        )
