"""The front page, the API's documentation, the password page, and error pages."""

from __future__ import annotations

import pytest
from django.test import Client as WebClient

from apps.accounts.models import User
from apps.sessions.models import Session

PAGES = ["/", "/reset-password", "/api/docs", "/room/s0000000000000000", "/nowhere"]


def _page(path: str, user: User | None = None) -> str:
    web = WebClient()
    if user is not None:
        web.force_login(user)
    return web.get(path).content.decode()


def test_front_asks_to_log_in(session: Session) -> None:
    page = _page("/")
    assert "/admin/login/?next=/" in page
    assert session.pk not in page


def test_front_lists_own_sessions(alice: User, charlie: User, session: Session) -> None:
    assert f"/room/{session.pk}" in _page("/", alice)
    assert session.pk not in _page("/", charlie)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_the_content_security_policy(path: str) -> None:
    response = WebClient().get(path)
    page = response.content.decode()
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script") == page.count('<script type="module" src=') + page.count(
        "<script src="
    )


def test_unknown_address_is_a_page_for_people() -> None:
    response = WebClient().get("/nowhere")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()


@pytest.mark.django_db
def test_reset_page_does_not_want_the_token() -> None:
    """It stays in the fragment, which no server sees."""
    assert '<form id="choose" hidden>' in _page("/reset-password")


def test_form_without_its_csrf_token_is_explained(alice: User) -> None:
    web = WebClient(enforce_csrf_checks=True)
    web.force_login(alice)
    response = web.post("/admin/logout/")
    assert response.status_code == 403
    assert "This is not open to you" in response.content.decode()
