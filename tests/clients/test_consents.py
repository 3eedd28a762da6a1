"""GET and POST /api/v1/clients/{id}/consents"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.clients.models import Client, Consent
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/clients/{}/consents"
BODY = {"kind": "ai_processing", "granted": False, "note": "By phone"}


def test_a_ledger_newest_first(api: Api, alice: User, jane: Client) -> None:
    client = api(alice)
    for granted in (True, False):
        response = client.post(URL.format(jane.pk), {**BODY, "granted": granted}, format="json")
        assert response.status_code == 201
    rows = client.get(URL.format(jane.pk)).json()["consents"]
    assert [row["granted"] for row in rows] == [False, True]
    assert set(rows[0]) == {
        "id", "client_id", "kind", "granted", "note", "recorded_at", "recorded_by",
    }  # fmt: skip
    assert rows[0]["recorded_by"] == alice.email


def test_withdrawal_stops_the_persona(api: Api, alice: User, active: Session) -> None:
    client = api(alice)
    client.post(URL.format(active.client_id), BODY, format="json")
    message = {"content": "Hello", "sender_type": "client"}
    path = f"/api/v1/sessions/{active.pk}/messages"
    checks.problem(client.post(path, message, format="json"), 409, "consent_withdrawn")
    client.post(URL.format(active.client_id), {**BODY, "granted": True}, format="json")
    assert client.post(path, message, format="json").status_code == 201


def test_stranger_sees_and_adds_nothing(api: Api, charlie: User, jane: Client) -> None:
    checks.like_unknown(api(charlie), "get", URL, jane.pk)
    checks.like_unknown(api(charlie), "post", URL, jane.pk, BODY)
    assert not Consent.objects.exists()


def test_needs_a_credential_and_a_scope(api: Api, alice: User, jane: Client) -> None:
    path = URL.format(jane.pk)
    for method, scope, body in (("get", "clients:read", None), ("post", "clients:write", BODY)):
        checks.needs_credential(api, method, path, body)
        checks.needs_scope(api, alice, scope, method, path, body)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "everything"}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": ["ai_processing"]}, "kind"),
        ({"granted": "yes"}, "granted"),
        ({"granted": 1}, "granted"),
        ({"granted": None}, "granted"),
        ({"note": 5}, "note"),
        ({"note": "x" * 2001}, "note"),
        ({"recorded_by": "bob"}, "recorded_by"),
        ({"recorded_at": "2020-01-01T00:00:00Z"}, "recorded_at"),
    ],
)
def test_wrong_input(
    api: Api, alice: User, jane: Client, change: dict[str, Any], field: str
) -> None:
    response = api(alice).post(URL.format(jane.pk), {**BODY, **change}, format="json")
    checks.problem(response, 422, "validation_error", field)
    assert not Consent.objects.exists()
