"""GET /room/{id} and POST /room/{id}/token: the page for a client, and for staff."""

from __future__ import annotations

import pytest
from django.test import Client as WebClient

from apps.accounts.models import Login, User
from apps.sessions.models import Session
from tests.conftest import Api


@pytest.fixture
def web(alice: User) -> WebClient:
    client = WebClient()
    client.force_login(alice)
    return client


def test_it_works(web: WebClient, session: Session) -> None:
    response = web.get(f"/room/{session.pk}")
    assert response.status_code == 200
    assert "Jane Doe" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_without_login_the_page_tells_nothing(session: Session) -> None:
    here = WebClient().get(f"/room/{session.pk}")
    nowhere = WebClient().get("/room/s0000000000000000")
    assert here.status_code == nowhere.status_code == 200
    assert "Jane" not in here.content.decode()
    pages = [page.content.decode().replace(session.pk, "ID") for page in (here, nowhere)]
    assert pages[0] == pages[1].replace("s0000000000000000", "ID")


def test_stranger_sees_nothing(charlie: User, session: Session) -> None:
    web = WebClient()
    web.force_login(charlie)
    assert web.get(f"/room/{session.pk}").status_code == 404
    assert web.post(f"/room/{session.pk}/token").status_code == 404


def test_client_user_is_not_staff(jane_user: User, session: Session) -> None:
    web = WebClient()
    web.force_login(jane_user)
    assert "data-staff" not in web.get(f"/room/{session.pk}").content.decode()
    assert web.post(f"/room/{session.pk}/token").status_code == 403


def test_token_works_until_log_out(api: Api, web: WebClient, session: Session) -> None:
    token = web.post(f"/room/{session.pk}/token").json()["token"]
    path = f"/api/v1/sessions/{session.pk}"
    assert api(token).get(path).status_code == 200
    web.post("/admin/logout/")
    assert api(token).get(path).status_code == 401
    assert not Login.objects.exists()


def test_token_without_login_is_refused(session: Session) -> None:
    response = WebClient().post(f"/room/{session.pk}/token")
    assert response.status_code == 403


def test_token_needs_the_csrf_token(alice: User, session: Session) -> None:
    web = WebClient(enforce_csrf_checks=True)
    web.force_login(alice)
    assert web.post(f"/room/{session.pk}/token").status_code == 403
    assert not Login.objects.exists()


def test_token_is_not_for_a_link(web: WebClient, session: Session) -> None:
    assert web.get(f"/room/{session.pk}/token").status_code == 405
