"""PATCH /api/v1/sessions/{id}"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.realtime.models import Event
from apps.sessions import services
from apps.sessions.models import Session
from tests import checks, factories
from tests.conftest import Api

URL = "/api/v1/sessions/{}"


def test_it_changes_what_is_named(api: Api, alice: User, session: Session) -> None:
    factories.persona("dr_alex_rivera")
    changes = {
        "persona_id": "dr_alex_rivera",
        "goals": ["Sleep"],
        "duration_minutes": 30,
        "scheduled_at": "2026-05-15T14:00:00Z",
        "metadata": {"location": "virtual"},
    }
    response = api(alice).patch(URL.format(session.pk), changes, format="json")
    assert response.status_code == 200
    body = response.json()
    assert {key: body[key] for key in changes} == changes
    assert Event.objects.get(topic_id=session.topic).type == "session_update"


def test_stranger_changes_nothing(api: Api, charlie: User, session: Session) -> None:
    checks.like_unknown(api(charlie), "patch", URL, session.pk, {"duration_minutes": 30})
    assert Session.objects.get(pk=session.pk).duration_minutes == 45


def test_needs_a_credential_and_a_scope(api: Api, alice: User, session: Session) -> None:
    path, body = URL.format(session.pk), {"duration_minutes": 30}
    checks.needs_credential(api, "patch", path, body)
    checks.needs_scope(api, alice, "sessions:write", "patch", path, body)


def test_the_client_may_not(api: Api, alice: User, jane_user: User, session: Session) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        response = api(who).patch(URL.format(session.pk), {"goals": ["x"]}, format="json")
        checks.problem(response, 403, "permission_denied")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": "c12345"}, "client_id"),
        ({"status": "active"}, "status"),
        ({"started_at": "2020-01-01T00:00:00Z"}, "started_at"),
        ({"summary": "x"}, "summary"),
        ({"persona_id": "dr_nobody"}, "persona_id"),
        ({"duration_minutes": 9999}, "duration_minutes"),
        ({"scheduled_at": None}, "scheduled_at"),
        ([], "body"),
    ],
)
def test_wrong_input(api: Api, alice: User, session: Session, body: Any, field: str) -> None:
    response = api(alice).patch(URL.format(session.pk), body, format="json")
    checks.problem(response, 422, "validation_error", field)


@pytest.mark.parametrize(
    "change", [{"persona_id": "dr_morgan_hayes"}, {"scheduled_at": "2026-05-15T14:00:00Z"}]
)
def test_a_running_session_keeps_persona_and_time(
    api: Api, alice: User, active: Session, change: dict[str, str]
) -> None:
    response = api(alice).patch(URL.format(active.pk), change, format="json")
    checks.problem(response, 409, "conflict")
    response = api(alice).patch(URL.format(active.pk), {"goals": ["Sleep"]}, format="json")
    assert response.status_code == 200


def test_not_after_the_end(api: Api, alice: User, active: Session, by_alice: Actor) -> None:
    services.end_session(active.pk, by=by_alice)
    response = api(alice).patch(URL.format(active.pk), {"goals": ["Sleep"]}, format="json")
    checks.problem(response, 409, "conflict")
