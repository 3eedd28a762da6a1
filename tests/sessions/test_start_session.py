"""POST /api/v1/sessions/{id}/start"""

from __future__ import annotations

from apps.accounts.models import User
from apps.realtime.models import Event
from apps.sessions.models import Session, Status
from tests.conftest import Api


def test_it_works(api: Api, alice: User, session: Session) -> None:
    response = api(alice).post(f"/api/v1/sessions/{session.pk}/start")
    assert response.status_code == 200
    assert response.json()["status"] == "active"
    assert set(response.json()) == {"session_id", "status", "started_at"}
    event = Event.objects.get(topic_id=session.topic)
    assert (event.number, event.type, event.body) == (1, "session_update", response.json())


def test_stranger_sees_nothing(api: Api, charlie: User, session: Session) -> None:
    response = api(charlie).post(f"/api/v1/sessions/{session.pk}/start")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "resource_not_found"
    assert Session.objects.get(pk=session.pk).status == Status.SCHEDULED


def test_second_start_is_a_conflict(api: Api, alice: User, active: Session) -> None:
    response = api(alice).post(f"/api/v1/sessions/{active.pk}/start")
    assert response.status_code == 409
    assert response.json()["error"]["details"] == {"status": "active"}
