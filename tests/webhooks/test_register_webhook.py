"""POST /webhooks"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.webhooks import catalog, services
from apps.webhooks.models import Subscription
from tests import checks
from tests.conftest import Api
from tests.webhooks.conftest import subscribe

URL = "/api/v1/webhooks"
BODY = {
    "url": "https://your-system.example.com/webhook",
    "events": ["session.started", "session.ended", "client.created"],
    "secret": "your_webhook_secret",
}


def test_it_works(api: Api, alice: User) -> None:
    response = api(alice).post(URL, BODY, format="json")
    assert response.status_code == 201
    row = Subscription.objects.get(pk=response.json()["webhook_id"])
    assert (row.owner, row.created_by, row.secret) == (alice, alice.email, BODY["secret"])
    assert "secret" not in response.json()


def test_without_a_secret_we_make_one_and_show_it_once(api: Api, alice: User) -> None:
    body = {name: value for name, value in BODY.items() if name != "secret"}
    made = api(alice).post(URL, body, format="json").json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in api(alice).get(f"{URL}/{made['webhook_id']}").json()
    assert made["secret"] not in api(alice).get(URL).text


def test_an_unknown_event_lists_the_known_ones(api: Api, alice: User) -> None:
    body = {**BODY, "events": ["session.ended", "session.exploded", "webhook.ping"]}
    error = checks.problem(api(alice).post(URL, body, format="json"), 422, "validation_error")
    assert error["details"]["field"] == "events"
    assert "session.exploded" in error["details"]["reason"]
    assert all(name in error["details"]["reason"] for name in catalog.EVENTS)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://your-system.example.com/webhook"}, "url"),
        ({"url": "https://127.0.0.1/hook"}, "url"),
        ({"url": "https://[::ffff:169.254.169.254]/latest"}, "url"),
        ({"url": "https://2130706433/"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"url": "https://a.example/" + "a" * 2048}, "url"),
        ({"url": 5}, "url"),
        ({"events": []}, "events"),
        ({"events": ["session.started"] * 51}, "events"),
        ({"events": "session.started"}, "events"),
        ({"secret": "short"}, "secret"),
        ({"secret": "whsec_not-base64"}, "secret"),
        ({"secret": "whsec_c2hvcnQ="}, "secret"),
        ({"secret": None}, "secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_input(api: Api, alice: User, body: dict[str, Any], field: str) -> None:
    response = api(alice).post(URL, {**BODY, **body}, format="json")
    assert response.status_code == 422, response.content
    assert response.json()["error"]["details"]["field"].startswith(field)
    assert not Subscription.objects.exists()


def test_repeated_events_count_once(by_alice: Actor) -> None:
    row = subscribe(by_alice, "https://a.invalid/", "session.ended", "session.ended")
    assert row.events == ["session.ended"]


def test_a_key_hears_only_what_it_may_read(api: Api, alice: User) -> None:
    key = checks.api_key(alice, "webhooks:write", "clients:read")
    allowed = {**BODY, "events": ["client.created"]}
    assert api(key).post(URL, allowed, format="json").status_code == 201
    response = api(key).post(URL, BODY, format="json")
    error = checks.problem(response, 403, "permission_denied")
    assert "sessions:read" in error["message"]


def test_clients_have_no_webhooks(api: Api, jane_user: User) -> None:
    checks.problem(api(jane_user).post(URL, BODY, format="json"), 403, "permission_denied")


def test_not_without_end(
    api: Api, alice: User, by_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_SUBSCRIPTIONS", 1)
    subscribe(by_alice)
    checks.problem(api(alice).post(URL, BODY, format="json"), 409, "conflict")
