"""Every page of the back office: it opens, under a strict policy and with nothing inline."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import User
from apps.clients.models import Client
from apps.sessions.models import Session
from tests.admin.conftest import Office, Secrets


class Inline(HTMLParser):
    """Collects what `default-src 'self'` would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        script = tag == "script" and not given.get("src") and given.get("type") != "text/json"
        handlers = [name for name in given if name.startswith("on")]
        if tag == "style" or script or handlers or "style" in given:
            self.found.append((tag, given))


LISTS = [
    "/admin/clients/client/",
    "/admin/clients/client/add/",
    "/admin/therapy_sessions/session/",
    "/admin/therapy_sessions/session/add/",
    "/admin/therapy_sessions/session/?status__exact=active&when=past7&persona=dr_morgan_hayes",
    "/admin/password_change/",
    "/admin/",
    "/admin/clients/",
]
FOR_ADMINS = [
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/apikey/",
    "/admin/accounts/apikey/add/",
    "/admin/accounts/",
]


def pages(secrets: Secrets, bob: User) -> list[str]:
    key = services.issue_api_key(user=bob, name="k", scopes=None, expires_at=None).row
    ids = {
        "clients_client": secrets.session.client_id,
        "therapy_sessions_session": secrets.session.pk,
    }
    ids |= {"accounts_user": bob.pk, "accounts_apikey": key.pk}
    views = [(name, view) for name in ids for view in ("change", "history")]
    return [
        *LISTS,
        *FOR_ADMINS,
        *(reverse(f"admin:{name}_{view}", args=(ids[name],)) for name, view in views),
        reverse("admin:accounts_user_password", args=(bob.pk,)),
    ]


def test_every_page(office: Office, bob: User, secrets: Secrets) -> None:
    browser = office(bob)
    for path in pages(secrets, bob):
        response = browser.get(path)
        assert response.status_code == 200, path
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        parser = Inline()
        parser.feed(response.content.decode())
        assert parser.found == [], path


@pytest.mark.parametrize("path", FOR_ADMINS)
def test_administration_is_for_admins(office: Office, alice: User, path: str) -> None:
    assert office(alice).get(path).status_code in (403, 404)


def test_names_are_escaped_and_stay_out_of_titles(
    office: Office, alice: User, secrets: Secrets
) -> None:
    page = office(alice).get(f"/admin/clients/client/{secrets.session.client_id}/change/")
    title = page.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert "Canary" not in title
    assert secrets.session.client_id in title


def test_times_are_the_browser_s(office: Office, alice: User, session: Session) -> None:
    browser = office(alice)
    path = f"/admin/therapy_sessions/session/{session.pk}/change/"
    browser.cookies["timezone"] = "Asia/Kolkata"
    offset = browser.get(path).content.decode()
    assert 'data-admin-utc-offset="19800"' in offset
    browser.cookies["timezone"] = "../../etc/passwd"
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/admin/clients/client/%00/change/",
        "/admin/clients/client/?q=%00",
        "/admin/therapy_sessions/session/?status__exact=%00",
        "/admin/autocomplete/?app_label=therapy_sessions&model_name=session&field_name=client&term=%00",
    ],
)
def test_a_nul_is_a_bad_request(office: Office, alice: User, path: str) -> None:
    assert office(alice).get(path).status_code == 400


def test_wrong_lookups_are_no_error(office: Office, alice: User, jane: Client) -> None:
    for query in ("first_name__exact=Jane", "email__contains=jane", "x=y", "p=99", "p=-1"):
        response = office(alice).get(f"/admin/clients/client/?{query}")
        assert response.status_code in (200, 302, 400), query
