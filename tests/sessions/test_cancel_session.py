"""POST /api/v1/sessions/{id}/cancel"""

from __future__ import annotations

from apps.accounts.models import User
from apps.sessions.models import Session, Status
from tests import checks
from tests.conftest import Api

URL = "/api/v1/sessions/{}/cancel"


def test_it_works(api: Api, alice: User, session: Session) -> None:
    response = api(alice).post(URL.format(session.pk))
    assert response.status_code == 200
    assert response.json() == {"session_id": session.pk, "status": "cancelled"}


def test_stranger_changes_nothing(api: Api, charlie: User, session: Session) -> None:
    checks.like_unknown(api(charlie), "post", URL, session.pk)
    assert Session.objects.get(pk=session.pk).status == Status.SCHEDULED


def test_needs_a_credential_and_a_scope(api: Api, alice: User, session: Session) -> None:
    checks.needs_credential(api, "post", URL.format(session.pk))
    checks.needs_scope(api, alice, "sessions:write", "post", URL.format(session.pk))


def test_the_client_may_not(api: Api, alice: User, jane_user: User, session: Session) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(who).post(URL.format(session.pk)), 403, "permission_denied")


def test_not_once_begun_and_not_twice(api: Api, alice: User, active: Session) -> None:
    checks.problem(api(alice).post(URL.format(active.pk)), 409, "conflict")


def test_not_twice(api: Api, alice: User, session: Session) -> None:
    client = api(alice)
    client.post(URL.format(session.pk))
    checks.problem(client.post(URL.format(session.pk)), 409, "conflict")
