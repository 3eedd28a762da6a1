"""GET /api/v1/sessions"""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients.models import Client
from apps.sessions import services
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests import checks, factories
from tests.conftest import Api

URL = "/api/v1/sessions"


@pytest.fixture
def four(jane: Client, by_alice: Actor) -> dict[str, Session]:
    """One session of each status, the scheduled one latest."""
    factories.persona("dr_morgan_hayes")
    made = {}
    for day, status in enumerate(("completed", "cancelled", "active", "scheduled")):
        made[status] = services.create_session(
            client_id=jane.pk,
            persona_id="dr_morgan_hayes",
            duration_minutes=45,
            scheduled_at=clock.now() + timedelta(days=day),
            by=by_alice,
        )
    services.cancel_session(made["cancelled"].pk, by=by_alice)
    services.start_session(made["active"].pk, by=by_alice)
    services.start_session(made["completed"].pk, by=by_alice)
    services.end_session(made["completed"].pk, by=by_alice)
    return made


def test_each_status_tells_its_times(api: Api, alice: User, four: dict[str, Session]) -> None:
    rows = {row["status"]: row for row in api(alice).get(URL).json()["sessions"]}
    times = {status: {key for key in row if key.endswith("_at")} for status, row in rows.items()}
    assert times == {
        "completed": {"started_at", "ended_at"},
        "active": {"started_at"},
        "cancelled": {"scheduled_at"},
        "scheduled": {"scheduled_at"},
    }


def test_filters(api: Api, alice: User, four: dict[str, Session], jane: Client) -> None:
    client = api(alice)

    def found(query: str) -> set[str]:
        return {row["status"] for row in client.get(f"{URL}?{query}").json()["sessions"]}

    assert found("status=active,completed") == {"active", "completed"}
    assert found("status=scheduled") == {"scheduled"}
    assert found(f"client_id={jane.pk}") == set(four)
    assert found(f"client_id={jane.pk}x") == set()


def test_pages_do_not_overlap(api: Api, alice: User, four: dict[str, Session]) -> None:
    client = api(alice)
    pages = [client.get(URL, {"limit": 3, "page": page}).json() for page in (1, 2, 3)]
    ids = [row["session_id"] for page in pages for row in page["sessions"]]
    assert sorted(ids) == sorted(session.pk for session in four.values())
    assert len(ids) == len(set(ids))
    assert pages[0]["pagination"] == {"total": 4, "page": 1, "page_size": 3, "pages": 2}
    assert pages[2]["sessions"] == []


def test_stranger_finds_nothing(
    api: Api, charlie: User, jane: Client, four: dict[str, Session]
) -> None:
    client = api(charlie)
    for query in ("", f"?client_id={jane.pk}"):
        body = client.get(URL + query).json()
        assert body["sessions"] == []
        assert body["pagination"]["total"] == 0


def test_an_admin_sees_all(api: Api, bob: User, four: dict[str, Session]) -> None:
    assert api(bob).get(URL).json()["pagination"]["total"] == 4


def test_the_client_sees_her_own(
    api: Api, alice: User, jane_user: User, four: dict[str, Session]
) -> None:
    assert api(jane_user).get(URL).json()["pagination"]["total"] == 4
    only = api(checks.join_token(four["active"], alice)).get(URL).json()["sessions"]
    assert [row["session_id"] for row in only] == [four["active"].pk]


def test_needs_a_credential_and_a_scope(api: Api, alice: User) -> None:
    checks.needs_credential(api, "get", URL)
    checks.needs_scope(api, alice, "sessions:read", "get", URL)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=100000000000000000000", "page"),
        ("status=open", "status"),
        ("status=active,", "status"),
        ("status=active%00", "status"),
        ("client_id=%00", "client_id"),
        ("client_id=" + "c" * 65, "client_id"),
    ],
)
def test_wrong_input(api: Api, alice: User, query: str, field: str) -> None:
    checks.problem(api(alice).get(f"{URL}?{query}"), 422, "validation_error", field)


def test_the_last_possible_page_is_empty(api: Api, alice: User, four: dict[str, Session]) -> None:
    response = api(alice).get(URL, {"page": 2**31, "limit": 100})
    assert response.status_code == 200
    assert response.json()["sessions"] == []
