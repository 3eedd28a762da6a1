"""PATCH /api/v1/clients/{id}"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from apps.accounts.models import User
from apps.clients.models import Client
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api
from tests.threads import at_once

URL = "/api/v1/clients/{}"


def test_it_changes_what_is_named(api: Api, alice: User, jane: Client) -> None:
    response = api(alice).patch(URL.format(jane.pk), {"last_name": "Roe"}, format="json")
    assert response.status_code == 200
    body = response.json()
    assert (body["first_name"], body["last_name"]) == ("Jane", "Roe")
    assert body["updated_at"] > body["created_at"]
    assert body == api(alice).get(URL.format(jane.pk)).json()


def test_search_follows(api: Api, alice: User, jane: Client) -> None:
    api(alice).patch(URL.format(jane.pk), {"last_name": "Roe"}, format="json")
    totals = {
        name: api(alice).get("/api/v1/clients", {"search": name}).json()["pagination"]["total"]
        for name in ("roe", "doe", "jane")
    }
    assert totals == {"roe": 1, "doe": 1, "jane": 1}  # doe is still in the e-mail address


def test_stranger_changes_nothing(api: Api, charlie: User, jane: Client) -> None:
    checks.like_unknown(api(charlie), "patch", URL, jane.pk, {"last_name": "Roe"})
    assert Client.objects.get(pk=jane.pk).last_name == "Doe"


def test_needs_a_credential_and_a_scope(api: Api, alice: User, jane: Client) -> None:
    path = URL.format(jane.pk)
    checks.needs_credential(api, "patch", path, {"phone": "1"})
    checks.needs_scope(api, alice, "clients:write", "patch", path, {"phone": "1"})


def test_a_join_token_may_not(api: Api, alice: User, session: Session) -> None:
    client = api(checks.join_token(session, alice))
    response = client.patch(URL.format(session.client_id), {"phone": "1"}, format="json")
    checks.problem(response, 403, "permission_denied")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"email": "nowhere"}, "email"),
        ({"client_id": "c1"}, "client_id"),
        ({"created_by": "x"}, "created_by"),
        ({"session_count": {}}, "session_count"),
        ({"updated_at": "2020-01-01T00:00:00Z"}, "updated_at"),
        ([], "body"),
        (None, "body"),
        ("text", "body"),
    ],
)
def test_wrong_input(api: Api, alice: User, jane: Client, body: Any, field: str) -> None:
    data = "null" if body is None else body
    kind = {"content_type": "application/json"} if body is None else {"format": "json"}
    response = api(alice).patch(URL.format(jane.pk), data, **kind)
    checks.problem(response, 422, "validation_error", field)


@pytest.mark.django_db(transaction=True)
def test_two_patches_at_once_both_count(api: Api, alice: User, jane: Client) -> None:
    changes = [{"first_name": "Ann"}, {"last_name": "Roe"}, {"phone": "7"}]
    clients = [api(alice) for _ in changes]
    at_once(
        *(
            partial(client.patch, URL.format(jane.pk), change, format="json")
            for client, change in zip(clients, changes, strict=True)
        )
    )
    row = Client.objects.get(pk=jane.pk)
    assert (row.first_name, row.last_name, row.phone) == ("Ann", "Roe", "7")
