"""Language models: the provider protocol, its providers, AI tasks and the usage ledger."""

from __future__ import annotations
