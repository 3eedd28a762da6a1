"""How many queries each endpoint makes, as a reviewed file; the same for 1 row and for 50."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.analysis.models import Analysis
from apps.analysis.summarizing import SILENCE
from apps.clients import services as clients
from apps.measures import services as measures
from apps.sessions import services as sessions
from apps.sessions.models import Session
from apps.webhooks import services as webhooks
from smartsteps.lib import clock
from tests import checks, factories, routes
from tests.conftest import PASSWORD, Api

SNAPSHOT = Path(__file__).parent / "snapshots" / "query_counts.json"
OPERATIONS = routes.operations()
# PREPARE is sent once on each connection.
UNCOUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "PREPARE")
LISTS = {
    "get clients",
    "get clients/{client_id}/consents",
    "get clients/{client_id}/measures",
    "get sessions",
    "get sessions/{session_id}",
    "get sessions/{session_id}/analyses",
    "get sessions/{session_id}/messages",
    "get sessions/{session_id}/notes",
    "get webhooks",
    "get webhooks/{webhook_id}/deliveries",
}
OPEN_BODIES = {
    "post auth/login": {"username": "alice", "password": PASSWORD},
    "post auth/password/reset": {"email": "alice@example.com"},
    "post auth/password/reset/confirm": {"token": "AAAA.x", "password": PASSWORD},
}


@pytest.fixture
def ids(alice: User, session: Session) -> dict[str, str]:
    return {
        "client_id": session.client_id,
        "session_id": session.pk,
        "persona_id": session.persona_id,
        "prefix": checks.api_key(alice, "clients:read")[:14],
        **factories.sent_webhook(alice),
    }


@pytest.fixture
def client(api: Api, alice: User) -> APIClient:
    return api(alice)


def _prepare(name: str, session_id: str, by: Actor) -> None:
    if name.endswith(("/end", "/messages", "/analyze/summary")):
        sessions.start_session(session_id, by=by)


def _count(call: Callable[[], Any]) -> int:
    """After a first call, so that what is read once per process does not count."""
    with CaptureQueriesContext(connection) as captured:
        response = call()
    assert response.status_code < 300 or response.status_code == 422, response.content
    return len([each for each in captured if not each["sql"].startswith(UNCOUNTED)])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_as_reviewed(
    operation: routes.Operation, client: APIClient, ids: dict[str, str], by_alice: Actor
) -> None:
    """After a wanted change: UPDATE_SNAPSHOTS=1 make test ARGS=tests/test_query_counts.py"""
    _prepare(operation.name, ids["session_id"], by_alice)
    body = OPEN_BODIES.get(operation.name) or operation.body(**ids)
    send = getattr(client, operation.method)
    counted = _count(lambda: send(operation.path(**ids), body, format="json"))
    reviewed = json.loads(SNAPSHOT.read_text()) if SNAPSHOT.exists() else {}
    if os.environ.get("UPDATE_SNAPSHOTS"):
        updated = {**reviewed, operation.name: counted}
        SNAPSHOT.write_text(json.dumps(updated, indent=2, sort_keys=True) + "\n")
    else:
        assert counted == reviewed[operation.name]


def _add(session: Session, webhook_id: str, by: Actor) -> None:
    """One more of everything that a list shows."""
    webhooks.create_subscription(url="https://hook.invalid/", events=["webhook.disabled"], by=by)
    webhooks.send_ping(webhook_id, by=by)
    number = session.messages.count()
    sessions.send_message(session.pk, content=f"{number}", sender_type="facilitator", by=by)
    sessions.add_note(session.pk, content="Calm.", by=by)
    clients.record_consent(session.client_id, kind="ai_processing", granted=True, by=by)
    measures.record_measure(session.client_id, instrument="gad7", answers=[1] * 7, by=by)
    Analysis.objects.create(
        session=session,
        version=number + 1,
        content={**SILENCE, "topics": {}},
        message_count=number,
        made_at=clock.now(),
    )
    other = clients.create_client(first_name="Ann", last_name="Roe", by=by)
    sessions.create_session(
        client_id=other.pk, persona_id=session.persona_id, duration_minutes=45, by=by
    )


def test_fifty_rows_cost_as_many_queries_as_one(
    client: APIClient, active: Session, alice: User, by_alice: Actor
) -> None:
    ids = {**factories.sent_webhook(alice), "client_id": active.client_id, "session_id": active.pk}
    lists = [each for each in OPERATIONS if each.name in LISTS]

    def counted() -> dict[str, int]:
        paths = {each.name: each.path(**ids) + "?limit=100" for each in lists}
        return {name: _count(partial(client.get, path)) for name, path in paths.items()}

    _add(active, ids["webhook_id"], by_alice)
    one = counted()
    assert set(one) == LISTS
    for _ in range(49):
        _add(active, ids["webhook_id"], by_alice)
    assert counted() == one


def test_every_list_is_compared() -> None:
    """A new one belongs into LISTS, or is short by nature."""
    short = {"get auth/keys", "get personas", "get instruments", "get webhooks/events"}
    single = {
        "get clients/{client_id}",
        "get personas/{persona_id}",
        "get webhooks/{webhook_id}",
    }
    reads = {each.name for each in OPERATIONS if each.method == "get"}
    assert reads == LISTS | short | single
