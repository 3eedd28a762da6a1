"""GET /api/v1/sessions/{id}/messages"""

from __future__ import annotations

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.sessions import services
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/sessions/{}/messages"


@pytest.fixture
def ids(active: Session, by_alice: Actor) -> list[str]:
    return [
        services.send_message(
            active.pk, content=f"Line {number}", sender_type="facilitator", by=by_alice
        )[0].pk
        for number in range(5)
    ]


def test_oldest_first_and_after(api: Api, alice: User, active: Session, ids: list[str]) -> None:
    client, seen, after = api(alice), [], None
    for _ in range(3):
        query = {"limit": 2, **({"after": after} if after else {})}
        body = client.get(URL.format(active.pk), query).json()
        seen += [message["id"] for message in body["messages"]]
        after = seen[-1]
    assert seen == ids
    assert body["has_more"] is False
    assert set(body["messages"][0]) == {
        "id", "session_id", "sender_type", "sender_id", "content", "timestamp",
    }  # fmt: skip


def test_new_messages_between_pages_are_neither_missed_nor_doubled(
    api: Api, alice: User, active: Session, ids: list[str], by_alice: Actor
) -> None:
    client = api(alice)
    first = client.get(URL.format(active.pk), {"limit": 3}).json()["messages"]
    new, _ = services.send_message(
        active.pk, content="More", sender_type="facilitator", by=by_alice
    )
    rest = client.get(URL.format(active.pk), {"after": first[-1]["id"]}).json()["messages"]
    assert [message["id"] for message in first + rest] == [*ids, new.pk]


def test_the_client_reads_along(api: Api, alice: User, active: Session, ids: list[str]) -> None:
    body = api(checks.join_token(active, alice)).get(URL.format(active.pk)).json()
    assert [message["id"] for message in body["messages"]] == ids


def test_stranger_sees_nothing(api: Api, charlie: User, active: Session) -> None:
    checks.like_unknown(api(charlie), "get", URL, active.pk)


def test_needs_a_credential_and_a_scope(api: Api, alice: User, session: Session) -> None:
    checks.needs_credential(api, "get", URL.format(session.pk))
    checks.needs_scope(api, alice, "sessions:read", "get", URL.format(session.pk))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("after=m0000000000000000", "after"),
        ("after=%00", "after"),
        ("after=" + "m" * 65, "after"),
    ],
)
def test_wrong_input(api: Api, alice: User, active: Session, query: str, field: str) -> None:
    response = api(alice).get(f"{URL.format(active.pk)}?{query}")
    checks.problem(response, 422, "validation_error", field)


def test_after_another_sessions_message_is_unknown(
    api: Api, alice: User, active: Session, ids: list[str], by_alice: Actor
) -> None:
    other = services.create_session(
        client_id=active.client_id,
        persona_id=active.persona_id,
        duration_minutes=45,
        by=by_alice,
    )
    response = api(alice).get(URL.format(other.pk), {"after": ids[0]})
    checks.problem(response, 422, "validation_error", "after")
