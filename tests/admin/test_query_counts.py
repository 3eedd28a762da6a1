"""Lists and pages ask the database as often for twenty rows as for five."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services as clients
from apps.sessions import services as sessions
from tests import factories
from tests.admin.conftest import Office


def queries(browser: Browser, path: str) -> int:
    browser.get(path)  # permissions and content types are cached at the first visit
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


@pytest.fixture
def add_clients(by_alice: Actor) -> Callable[[int], None]:
    factories.persona("dr_morgan_hayes")

    def add(count: int) -> None:
        for number in range(count):
            client = clients.create_client(
                first_name=f"C{number}", last_name="L", email="c@example.com", by=by_alice
            )
            clients.record_consent(client.pk, kind="ai_processing", granted=True, by=by_alice)
            for _ in range(2):
                session = sessions.create_session(
                    client_id=client.pk,
                    persona_id="dr_morgan_hayes",
                    duration_minutes=30,
                    by=by_alice,
                )
            sessions.start_session(session.pk, by=by_alice)

    return add


@pytest.mark.parametrize(
    ("path", "at_most"),
    [
        ("/admin/", 12),
        ("/admin/clients/client/", 12),
        ("/admin/clients/client/?q=c", 12),
        ("/admin/therapy_sessions/session/", 12),
        ("/admin/therapy_sessions/session/?q=c&status__exact=active", 12),
    ],
)
def test_lists(
    office: Office, alice: User, add_clients: Callable[[int], None], path: str, at_most: int
) -> None:
    browser = office(alice)
    add_clients(5)
    few = queries(browser, path)
    add_clients(15)
    assert queries(browser, path) == few
    assert few <= at_most


def test_a_long_session(office: Office, alice: User, by_alice: Actor, active: object) -> None:
    session_id = active.pk  # type: ignore[attr-defined]
    browser = office(alice)
    path = f"/admin/therapy_sessions/session/{session_id}/change/"

    def talk(count: int) -> None:
        for number in range(count):
            for sender in ("client", "persona"):
                sessions.send_message(
                    session_id, content=f"m{number}", sender_type=sender, by=by_alice
                )
            sessions.add_note(session_id, content="n", by=by_alice)

    talk(5)
    few = queries(browser, path)
    talk(15)
    assert queries(browser, path) == few


def test_keys_and_users(office: Office, bob: User) -> None:
    browser = office(bob)
    assert queries(browser, "/admin/accounts/user/") <= 8
    assert queries(browser, "/admin/accounts/apikey/") <= 8
