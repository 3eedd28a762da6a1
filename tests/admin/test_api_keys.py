"""API keys in the back office"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session as BrowserSession

from apps.accounts import services
from apps.accounts.models import ApiKey, User
from tests.admin.conftest import Office
from tests.conftest import Api

LIST = "/admin/accounts/apikey/"


def issue(browser: Any, owner: User, **changes: Any) -> Any:
    data = {"name": "Unity", "user": owner.pk, "days": "90", "scopes": ["clients:read"]}
    return browser.post(LIST + "add/", {**data, **changes})


@pytest.fixture
def key(bob: User) -> ApiKey:
    return services.issue_api_key(user=bob, name="Old", scopes=None, expires_at=None).row


def page_of(key: ApiKey, view: str = "change") -> str:
    return f"{LIST}{key.pk}/{view}/"


def test_a_key_is_shown_once(office: Office, api: Api, alice: User, bob: User) -> None:
    browser = office(bob)
    response = issue(browser, alice)
    key = response.context["issued"].key
    assert key in response.content.decode()
    assert api(key).get("/api/v1/clients").status_code == 200
    assert api(key).post("/api/v1/clients", {}).status_code == 403
    row = ApiKey.objects.get()
    kept = [response.cookies.output(), *map(str, get_messages(response.wsgi_request))]
    kept += [entry.object_repr + entry.change_message for entry in LogEntry.objects.all()]
    kept += [str(session.get_decoded()) for session in BrowserSession.objects.all()]
    kept += [
        browser.get(path).content.decode() for path in (LIST, page_of(row), page_of(row, "history"))
    ]
    assert not [text for text in kept if key in text]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["root"]}, {"days": "7000"}, {"user": "u0"}]
)
def test_issue_wrong(office: Office, bob: User, change: dict[str, Any]) -> None:
    response = issue(office(bob), bob, **change)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not ApiKey.objects.exists()


def test_revoke(office: Office, bob: User, key: ApiKey) -> None:
    office(bob).post(page_of(key, "revoke"))
    key.refresh_from_db()
    assert key.status == "revoked"


def test_revoke_in_the_list(office: Office, bob: User, key: ApiKey) -> None:
    data = {"action": "revoke_selected", "_selected_action": key.pk, "index": "0"}
    office(bob).post(LIST, data)
    key.refresh_from_db()
    assert key.status == "revoked"


def test_rotate_shows_the_successor_once(office: Office, bob: User, key: ApiKey) -> None:
    response = office(bob).post(page_of(key, "rotate"))
    assert response.context["issued"].key in response.content.decode()
    key.refresh_from_db()
    assert key.expires_at is not None
    assert ApiKey.objects.count() == 2


def test_rotate_after_the_end_is_a_message(office: Office, bob: User, key: ApiKey) -> None:
    browser = office(bob)
    browser.post(page_of(key, "revoke"))
    response = browser.post(page_of(key, "rotate"))
    assert response.headers["Location"] == page_of(key)
    assert ApiKey.objects.count() == 1


def test_clinicians_see_no_keys(office: Office, alice: User, key: ApiKey) -> None:
    browser = office(alice)
    for path in (LIST, LIST + "add/", page_of(key)):
        assert browser.get(path).status_code == 403
    assert browser.post(page_of(key, "revoke")).status_code == 403
    key.refresh_from_db()
    assert key.status == "active"
