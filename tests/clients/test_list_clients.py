"""GET /api/v1/clients"""

from __future__ import annotations

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services
from apps.clients.models import Client
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/clients"


@pytest.fixture
def many(by_alice: Actor) -> list[Client]:
    return [
        services.create_client(
            first_name=f"Client{number}",
            last_name="Zoë",
            email=f"c{number}@example.org",
            by=by_alice,
        )
        for number in range(12)
    ]


def test_newest_first_in_pages(api: Api, alice: User, many: list[Client]) -> None:
    pages = [api(alice).get(URL, {"limit": 5, "page": page}).json() for page in (1, 2, 3, 4)]
    ids = [row["client_id"] for page in pages for row in page["clients"]]
    assert sorted(ids) == sorted(client.pk for client in many)
    created = [row["created_at"] for page in pages for row in page["clients"]]
    assert created == sorted(created, reverse=True)
    assert [page["pagination"] for page in pages] == [
        {"total": 12, "page": page, "page_size": 5, "pages": 3} for page in (1, 2, 3, 4)
    ]
    assert pages[3]["clients"] == []


@pytest.mark.parametrize(
    "text", ["jan", "JANE", "doe", "jane doe", "Doe, Jane", "jane.doe@example.com", "example.com"]
)
def test_search_finds(api: Api, alice: User, jane: Client, many: list[Client], text: str) -> None:
    rows = api(alice).get(URL, {"search": text}).json()["clients"]
    assert [row["client_id"] for row in rows] == [jane.pk]


def test_search_folds_accents(api: Api, alice: User, many: list[Client]) -> None:
    assert api(alice).get(URL, {"search": "zoe"}).json()["pagination"]["total"] == 12


@pytest.mark.parametrize("text", ["ane", "j4ne", "jane smith", "' OR 1=1 --", "%", "_"])
def test_search_finds_nothing(api: Api, alice: User, jane: Client, text: str) -> None:
    assert api(alice).get(URL, {"search": text}).json()["clients"] == []


def test_stranger_finds_nothing(api: Api, charlie: User, jane: Client) -> None:
    for search in ("", "jane"):
        body = api(charlie).get(URL, {"search": search}).json()
        assert body["clients"] == []
        assert body["pagination"]["total"] == 0


def test_an_admin_sees_all(api: Api, bob: User, jane: Client) -> None:
    assert api(bob).get(URL).json()["pagination"]["total"] == 1


def test_needs_a_credential_and_a_scope(api: Api, alice: User) -> None:
    checks.needs_credential(api, "get", URL)
    checks.needs_scope(api, alice, "clients:read", "get", URL)


def test_a_client_and_a_join_token_may_not(
    api: Api, alice: User, jane_user: User, session: Session
) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(who).get(URL), 403, "permission_denied")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1e3", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=100000000000000000000", "page"),
        (f"page={'9' * 5000}", "page"),
        ("page=1.5", "page"),
        ("search=%00", "search"),
        ("search=" + "a" * 201, "search"),
    ],
)
def test_wrong_input(api: Api, alice: User, query: str, field: str) -> None:
    checks.problem(api(alice).get(f"{URL}?{query}"), 422, "validation_error", field)
