"""POST /api/v1/sessions/{id}/start"""

from __future__ import annotations

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.realtime.models import Event
from apps.sessions import services
from apps.sessions.models import Session, Status
from tests import checks
from tests.conftest import Api
from tests.threads import at_once

URL = "/api/v1/sessions/{}/start"


def test_it_works(api: Api, alice: User, session: Session) -> None:
    response = api(alice).post(URL.format(session.pk))
    assert response.status_code == 200
    assert response.json()["status"] == "active"
    assert set(response.json()) == {"session_id", "status", "started_at"}
    event = Event.objects.get(topic_id=session.topic)
    assert (event.number, event.type, event.body) == (1, "session_update", response.json())


def test_stranger_changes_nothing(api: Api, charlie: User, session: Session) -> None:
    checks.like_unknown(api(charlie), "post", URL, session.pk)
    assert Session.objects.get(pk=session.pk).status == Status.SCHEDULED


def test_needs_a_credential_and_a_scope(api: Api, alice: User, session: Session) -> None:
    checks.needs_credential(api, "post", URL.format(session.pk))
    checks.needs_scope(api, alice, "sessions:write", "post", URL.format(session.pk))


def test_the_client_may_not(api: Api, alice: User, jane_user: User, session: Session) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(who).post(URL.format(session.pk)), 403, "permission_denied")
    assert Session.objects.get(pk=session.pk).status == Status.SCHEDULED


def test_second_start_is_a_conflict(api: Api, alice: User, active: Session) -> None:
    error = checks.problem(api(alice).post(URL.format(active.pk)), 409, "conflict")
    assert error["details"] == {"status": "active"}
    assert Session.objects.get(pk=active.pk).started_at == active.started_at


@pytest.mark.parametrize("ending", [services.end_session, services.cancel_session])
def test_not_after_the_end(
    api: Api, alice: User, session: Session, by_alice: Actor, ending: object
) -> None:
    if ending is services.end_session:
        services.start_session(session.pk, by=by_alice)
        services.end_session(session.pk, by=by_alice)
    else:
        services.cancel_session(session.pk, by=by_alice)
    checks.problem(api(alice).post(URL.format(session.pk)), 409, "conflict")


@pytest.mark.django_db(transaction=True)
def test_of_ten_starts_at_once_one_wins(api: Api, alice: User, session: Session) -> None:
    client = api(alice)
    answers = at_once(*[lambda: client.post(URL.format(session.pk)).status_code] * 10)
    assert sorted(answers) == [200] + [409] * 9
    assert Event.objects.filter(topic_id=session.topic).count() == 1
