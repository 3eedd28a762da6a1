"""POST /api/v1/clients"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.clients.models import CareAssignment, Client
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/clients"
BODY = {"first_name": "Jane", "last_name": "Doe"}


def test_it_works_and_the_creator_cares(api: Api, alice: User) -> None:
    response = api(alice).post(URL, BODY, format="json")
    assert response.status_code == 201
    client = Client.objects.get(pk=response.json()["client_id"])
    assert (client.first_name, client.created_by) == ("Jane", alice.email)
    assert CareAssignment.objects.get().carer == alice
    assert response.json()["email"] == response.json()["phone"] == ""
    assert response.json()["date_of_birth"] is None
    assert response.json()["metadata"] == {}


def test_nothing_readable_reaches_the_table(api: Api, alice: User) -> None:
    body = {**BODY, "email": "jane.doe@example.com", "metadata": {"concern": "Anxiety"}}
    api(alice).post(URL, body, format="json")
    row = str(
        {
            key: bytes(value) if isinstance(value, memoryview) else value
            for key, value in Client.objects.values().get().items()
        }
    )
    for canary in ("Jane", "Doe", "jane.doe", "Anxiety"):
        assert canary not in row


def test_needs_a_credential_and_a_scope(api: Api, alice: User) -> None:
    checks.needs_credential(api, "post", URL, BODY)
    checks.needs_scope(api, alice, "clients:write", "post", URL, BODY)


def test_a_client_and_a_join_token_may_not(
    api: Api, alice: User, jane_user: User, session: Session
) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(who).post(URL, BODY, format="json"), 403, "permission_denied")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"first_name": "   "}, "first_name"),
        ({"first_name": None}, "first_name"),
        ({"first_name": 5}, "first_name"),
        ({"first_name": ["Jane"]}, "first_name"),
        ({"first_name": "J" * 101}, "first_name"),
        ({"first_name": "Ja\x00ne"}, "first_name"),
        ({"last_name": {"a": 1}}, "last_name"),
        ({"email": "jane"}, "email"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"phone": 123}, "phone"),
        ({"phone": "1" * 41}, "phone"),
        ({"date_of_birth": "15/05/1990"}, "date_of_birth"),
        ({"date_of_birth": "1990-02-30"}, "date_of_birth"),
        ({"date_of_birth": "1990-05-15T10:00:00Z"}, "date_of_birth"),
        ({"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({"date_of_birth": "0001-01-01"}, "date_of_birth"),
        ({"date_of_birth": 19900515}, "date_of_birth"),
        ({"metadata": []}, "metadata"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": None}, "metadata"),
        ({"metadata": {"a": "b\x00"}}, "metadata.a"),
        ({"metadata": {"a\x00": "b"}}, "metadata"),
        ({"metadata": {"a": "x" * 17_000}}, "metadata"),
        ({"client_id": "c12345"}, "client_id"),
        ({"created_by": "bob@example.com"}, "created_by"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "created_at"),
        ({"user": "u1"}, "user"),
    ],
)
def test_wrong_input(api: Api, alice: User, change: dict[str, Any], field: str) -> None:
    response = api(alice).post(URL, {**BODY, **change}, format="json")
    checks.problem(response, 422, "validation_error", field)
    assert not Client.objects.exists()
