"""The spec's user, persona and client, on a clock that is set to the examples' times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from apps.accounts import services as accounts
from apps.accounts.models import User
from tests import factories
from tests.conftest import PASSWORD, Api

V1 = "/api/v1"
CREATE_CLIENT = {
    "first_name": "Jane",
    "last_name": "Doe",
    "email": "jane.doe@example.com",
    "phone": "+1-234-567-8901",
    "date_of_birth": "1990-05-15",
    "metadata": {"referral_source": "Dr. Smith", "primary_concern": "Anxiety"},
}


@pytest.fixture
def now() -> Iterator[Any]:
    def to(moment: str) -> None:
        traveller.move_to(datetime.fromisoformat(moment), tick=False)

    with time_machine.travel(datetime(2025, 5, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield to


@pytest.fixture
def user(now: Any, db: None) -> User:
    return accounts.create_user(
        username="user", email="user@example.com", role="clinician", password=PASSWORD
    )


@pytest.fixture
def client(api: Api, user: User, now: Any) -> APIClient:
    for persona in ("dr_morgan_hayes", "dr_alex_rivera"):
        factories.persona(persona)
    return api(user)


@pytest.fixture
def client_id(client: APIClient) -> str:
    made: str = client.post(f"{V1}/clients", CREATE_CLIENT, format="json").json()["client_id"]
    return made
