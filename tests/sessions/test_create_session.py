"""POST /api/v1/sessions"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.clients.models import Client
from apps.personas.models import Persona
from apps.sessions.models import Session
from tests import checks, factories
from tests.conftest import Api

URL = "/api/v1/sessions"


@pytest.fixture
def body(jane: Client) -> dict[str, Any]:
    factories.persona("dr_morgan_hayes")
    return {"client_id": jane.pk, "persona_id": "dr_morgan_hayes"}


def test_the_least_is_enough(api: Api, alice: User, body: dict[str, Any]) -> None:
    response = api(alice).post(URL, body, format="json")
    assert response.status_code == 201
    made = response.json()
    assert made["status"] == "scheduled"
    assert made["duration_minutes"] == 45
    assert made["scheduled_at"] == made["created_at"]
    assert (made["goals"], made["metadata"]) == ([], {})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2026-03-29T01:30:00+01:00", "2026-03-29T00:30:00Z"),
        ("2026-05-15T14:00:00.1234567Z", "2026-05-15T14:00:00.123Z"),
        ("2026-05-15 14:00:00-0530", "2026-05-15T19:30:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_times_are_kept_in_utc(
    api: Api, alice: User, body: dict[str, Any], given: str, told: str
) -> None:
    made = api(alice).post(URL, {**body, "scheduled_at": given}, format="json").json()
    assert made["scheduled_at"] == told
    read = api(alice).get(f"{URL}/{made['session_id']}").json()
    assert read["scheduled_at"] == told


def test_strangers_client_is_like_an_unknown_one(
    api: Api, charlie: User, body: dict[str, Any]
) -> None:
    client = api(charlie)
    for client_id in (body["client_id"], "c" + "0" * 16, "s" + "0" * 16, "../c1", "%00"):
        response = client.post(URL, {**body, "client_id": client_id}, format="json")
        checks.problem(response, 404, "resource_not_found")
    assert not Session.objects.exists()


def test_needs_a_credential_and_a_scope(api: Api, alice: User, body: dict[str, Any]) -> None:
    checks.needs_credential(api, "post", URL, body)
    checks.needs_scope(api, alice, "sessions:write", "post", URL, body)


def test_the_client_may_not(
    api: Api, alice: User, jane_user: User, session: Session, body: dict[str, Any]
) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(who).post(URL, body, format="json"), 403, "permission_denied")


def test_a_retired_persona_is_not_to_be_had(api: Api, alice: User, body: dict[str, Any]) -> None:
    Persona.objects.update(is_active=False)
    response = api(alice).post(URL, body, format="json")
    checks.problem(response, 422, "validation_error", "persona_id")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"client_id": None}, "client_id"),
        ({"client_id": 12345}, "client_id"),
        ({"client_id": "c" * 65}, "client_id"),
        ({"client_id": ""}, "client_id"),
        ({"persona_id": "dr_nobody"}, "persona_id"),
        ({"persona_id": ["dr_morgan_hayes"]}, "persona_id"),
        ({"goals": "Explore"}, "goals"),
        ({"goals": [1]}, "goals.0"),
        ({"goals": [""]}, "goals.0"),
        ({"goals": ["x" * 501]}, "goals.0"),
        ({"goals": ["x"] * 21}, "goals"),
        ({"goals": ["fine", "a\x00"]}, "goals.1"),
        ({"goals": {"0": "x"}}, "goals"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": -45}, "duration_minutes"),
        ({"duration_minutes": 481}, "duration_minutes"),
        ({"duration_minutes": 45.5}, "duration_minutes"),
        ({"duration_minutes": "45"}, "duration_minutes"),
        ({"duration_minutes": True}, "duration_minutes"),
        ({"duration_minutes": None}, "duration_minutes"),
        ({"scheduled_at": "2025-05-15T14:00:00"}, "scheduled_at"),
        ({"scheduled_at": "2025-02-30T14:00:00Z"}, "scheduled_at"),
        ({"scheduled_at": "2025-05-15"}, "scheduled_at"),
        ({"scheduled_at": "tomorrow"}, "scheduled_at"),
        ({"scheduled_at": 1747317600}, "scheduled_at"),
        ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, "scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59:59-12:00"}, "scheduled_at"),
        ({"scheduled_at": "10000-01-01T00:00:00Z"}, "scheduled_at"),
        ({"metadata": ["x"]}, "metadata"),
        ({"metadata": {"a": {"b": ["\x00"]}}}, "metadata.a.b.0"),
        ({"session_id": "s67890"}, "session_id"),
        ({"status": "active"}, "status"),
        ({"created_by": "bob@example.com"}, "created_by"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "created_at"),
        ({"started_at": "2020-01-01T00:00:00Z"}, "started_at"),
        ({"summary": "x"}, "summary"),
        ({"insights": []}, "insights"),
        ({"messages": []}, "messages"),
    ],
)
def test_wrong_input(
    api: Api, alice: User, body: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    response = api(alice).post(URL, {**body, **change}, format="json")
    checks.problem(response, 422, "validation_error", field)
    assert not Session.objects.exists()
