"""API keys that are good from some networks, or for signed requests alone (spec 1, Security)."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as DjangoClient
from rest_framework.test import APIClient

from apps.accounts import actors, scopes, services
from apps.accounts.callers import signature_of
from apps.accounts.models import ApiKey, User
from apps.clients.models import Client
from smartsteps.lib.threads import run_sync
from tests import checks
from tests.conftest import Api
from tests.served import Dial

CLIENTS = "/api/v1/clients"
BODY = '{"first_name": "Zoë", "last_name": "Doe"}'


def key_of(user: User, **restrictions: Any) -> str:
    return services.issue_api_key(
        user=user, name="Unity", scopes=sorted(scopes.OF_ROLE[user.role]), expires_at=None,
        **restrictions,
    ).key  # fmt: skip


def signed(key: str, body: str = BODY, at: float | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    return {
        "X-Signature-Timestamp": timestamp,
        "X-Signature": signature_of(key, body.encode(), timestamp),
    }


def post(api: Api, key: str, headers: dict[str, str], body: str = BODY) -> Any:
    client: APIClient = api(key)
    return client.post(CLIENTS, body, content_type="application/json", headers=headers)


def test_the_spec_s_own_signature() -> None:
    """The figure is openssl's, for time and body as in the spec's example."""
    body = '{"client_id":"c12345","persona_id":"dr_morgan_hayes"}'
    made = signature_of("your_api_key_secret", body.encode(), "1715438400")
    assert made == "sha256=3fed85efdb3081c1ad8d6df0ddf33d60817503d7035802900038faaaae96556c"


def test_it_works(api: Api, alice: User) -> None:
    key = key_of(alice, signed=True)
    assert post(api, key, signed(key)).status_code == 201
    assert api(key).get(CLIENTS, headers=signed(key, "")).status_code == 200


def test_without_a_signature_nothing_is_done(api: Api, alice: User) -> None:
    key = key_of(alice, signed=True)
    checks.problem(post(api, key, {}), 401, "authentication_error")
    checks.problem(api(key).get(CLIENTS), 401, "authentication_error")
    assert not Client.objects.exists()


@pytest.mark.parametrize("seconds", [-301, 302])
def test_five_minutes_at_most(api: Api, alice: User, seconds: int) -> None:
    key = key_of(alice, signed=True)
    stale = signed(key, at=time.time() + seconds)
    checks.problem(post(api, key, stale), 401, "authentication_error")


@pytest.mark.parametrize(
    "change",
    [
        {"X-Signature": "sha256=" + "0" * 64},
        {"X-Signature": "é"},
        {"X-Signature-Timestamp": "1e3"},
        {"X-Signature-Timestamp": "9" * 400},
        {"X-Signature-Timestamp": ""},
    ],
)
def test_wrong_signatures(api: Api, alice: User, change: dict[str, str]) -> None:
    """Also on a key that need not be signed: who signs wants it checked."""
    for key in (key_of(alice, signed=True), key_of(alice)):
        response = post(api, key, {**signed(key), "X-Signature": "sha256=1", **change})
        checks.problem(response, 401, "authentication_error")


def test_another_body_is_noticed(api: Api, alice: User) -> None:
    key = key_of(alice, signed=True)
    response = post(api, key, signed(key, BODY.replace("Doe", "Roe")))
    checks.problem(response, 401, "authentication_error")


def test_a_signature_is_taken_once(api: Api, alice: User) -> None:
    key = key_of(alice, signed=True)
    headers = signed(key)
    assert post(api, key, headers).status_code == 201
    checks.problem(post(api, key, headers), 401, "authentication_error")
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("networks", "status"),
    [
        (["127.0.0.0/8"], 200),
        (["10.0.0.0/8", "127.0.0.1"], 200),
        (["10.0.0.0/8"], 403),
        (["::1"], 403),
    ],
)
def test_networks(api: Api, alice: User, networks: list[str], status: int) -> None:
    assert api(key_of(alice, networks=networks)).get(CLIENTS).status_code == status


def test_ipv4_seen_through_ipv6(raw_http: DjangoClient, alice: User) -> None:
    key = key_of(alice, networks=["10.0.0.0/8"])
    headers = {"Authorization": f"Bearer {key}"}
    for address, status in {"::ffff:10.1.2.3": 200, "::ffff:11.1.2.3": 403, "": 403}.items():
        answer = raw_http.get(CLIENTS, headers=headers, REMOTE_ADDR=address)
        assert answer.status_code == status, address


def test_a_header_of_the_caller_s_own_moves_nobody(api: Api, alice: User) -> None:
    key = key_of(alice, networks=["10.0.0.0/8"])
    response = api(key).get(CLIENTS, headers={"X-Forwarded-For": "10.0.0.1"})
    checks.problem(response, 403, "permission_denied")


@pytest.mark.django_db(transaction=True)
async def test_sockets_too(dial: Dial, alice: User) -> None:
    for restriction in ({"networks": ["10.0.0.0/8"]}, {"signed": True}):
        key = await run_sync(key_of, alice, **restriction)
        async with dial(key) as talk:
            assert (await talk.hear())["type"] == "error"


def test_restrictions_by_rest(api: Api, alice: User) -> None:
    body: dict[str, Any] = {"name": "Unity", "networks": ["127.0.0.0/8"], "signed": True}
    made = api(alice).post("/api/v1/auth/keys", body, format="json").json()
    assert (made["networks"], made["signed"]) == (["127.0.0.0/8"], True)
    wrong = api(alice).post(
        "/api/v1/auth/keys", {**body, "networks": ["10.0.0.1/8"]}, format="json"
    )
    checks.problem(wrong, 422, "validation_error")


def test_a_successor_is_restricted_alike(alice: User) -> None:
    key_of(alice, networks=["127.0.0.0/8"], signed=True)

    row = ApiKey.objects.get()
    issued = services.rotate_api_key(
        prefix=row.prefix, overlap=timedelta(0), by=actors.for_user(alice)
    )
    assert (issued.row.networks, issued.row.signed) == (row.networks, True)
