"""The usage ledger in the back office."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.llm.models import UsageEntry
from smartsteps.lib import clock

URL = "/admin/llm/usageentry/"


def _entry(**changes: Any) -> UsageEntry:
    row: dict[str, Any] = {
        "purpose": "session_reply",
        "provider": "openai",
        "model": "gpt-4.1",
        "input_tokens": 1000,
        "output_tokens": 100,
        "cost_usd": Decimal("0.0028"),
        "latency_ms": 12,
        "outcome": "ok",
        "subject": "s1",
        "created_at": clock.now(),
    }
    return UsageEntry.objects.create(**{**row, **changes})


def test_it_adds_up_what_is_listed(client: Client, bob: User) -> None:
    _entry()
    _entry()
    _entry(
        outcome="provider_timeout",
        model="other",
        input_tokens=None,
        output_tokens=None,
        cost_usd=None,
    )
    client.force_login(bob)
    page = " ".join(client.get(URL).content.decode().split())
    assert (
        "3 calls, of which 1 without an answer; 2000 tokens in, 200 tokens out; 0.0056 USD" in page
    )
    assert "1 call without a known price not counted" in page
    filtered = " ".join(client.get(f"{URL}?model=other").content.decode().split())
    assert "1 call, of which 1 without an answer; no known tokens in" in filtered
    assert "cost not known" in filtered


def test_nobody_changes_it(client: Client, bob: User) -> None:
    row = _entry()
    client.force_login(bob)
    assert client.get(f"{URL}{row.pk}/change/").status_code == 200
    assert client.post(f"{URL}{row.pk}/change/", {"outcome": "x"}).status_code == 403
    assert client.post(f"{URL}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{URL}add/").status_code == 403


def test_a_clinician_does_not_see_it(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(URL).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"input_tokens": None}, {"input_tokens": None, "output_tokens": None}]
)
def test_half_known_tokens_and_a_price_for_nothing_are_impossible(changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _entry(**changes)
