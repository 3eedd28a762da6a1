"""The request and response examples of spec 1, as they stand there.

The clock is set to the examples' times, so everything but generated ids must be equal.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.sessions.models import Session
from apps.webhooks.models import Delivery
from tests import checks
from tests.conftest import PASSWORD, Api
from tests.contract.conftest import CREATE_CLIENT, V1

ID = re.compile(r"(wh|[csmn])\d{5,6}")
CREATE_SESSION = {
    "client_id": "c12345",
    "persona_id": "dr_morgan_hayes",
    "goals": ["Explore coping strategies", "Discuss recent progress"],
    "duration_minutes": 45,
    "scheduled_at": "2025-05-15T14:00:00Z",
    "metadata": {"session_number": 5, "location": "virtual"},
}


def same(actual: Any, example: Any, path: str = "") -> None:
    """Equal in keys, their order, types and values; an id of the example stands for any id."""
    if isinstance(example, dict):
        assert list(actual) == list(example), path
        for key, value in example.items():
            same(actual[key], value, f"{path}.{key}")
    elif isinstance(example, list):
        assert len(actual) == len(example), path
        for index, (one, other) in enumerate(zip(actual, example, strict=True)):
            same(one, other, f"{path}[{index}]")
    elif isinstance(example, str) and (match := ID.fullmatch(example)):
        assert re.fullmatch(match[1] + "[0-9a-z]{16}", actual), path
    else:
        assert (type(actual), actual) == (type(example), example), path


@pytest.fixture
def session_id(client: APIClient, client_id: str) -> str:
    body = {**CREATE_SESSION, "client_id": client_id}
    made: str = client.post(f"{V1}/sessions", body, format="json").json()["session_id"]
    return made


def test_log_in(api: Api, user: User, now: Any) -> None:
    now("2025-05-10T18:30:00Z")
    body = {"username": "user@example.com", "password": PASSWORD}
    response = api(None).post(f"{V1}/auth/login", body, format="json")
    assert response.status_code == 200
    assert response.json()["token"].startswith("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.")
    same(response.json(), {"token": response.json()["token"], "expires_at": "2025-05-11T18:30:00Z"})


def test_create_session(client: APIClient, client_id: str, now: Any) -> None:
    now("2025-05-11T10:30:00Z")
    body = {**CREATE_SESSION, "client_id": client_id}
    response = client.post(f"{V1}/sessions", body, format="json")
    assert response.status_code == 201
    same(
        response.json(),
        {
            "session_id": "s67890",
            "client_id": "c12345",
            "persona_id": "dr_morgan_hayes",
            "status": "scheduled",
            "scheduled_at": "2025-05-15T14:00:00Z",
            "duration_minutes": 45,
            "created_at": "2025-05-11T10:30:00Z",
            "created_by": "user@example.com",
            "goals": ["Explore coping strategies", "Discuss recent progress"],
            "metadata": {"session_number": 5, "location": "virtual"},
        },
    )


def test_list_sessions(client: APIClient, client_id: str, session_id: str, now: Any) -> None:
    past = {**CREATE_SESSION, "client_id": client_id, "scheduled_at": "2025-05-10T14:00:00Z"}
    done = client.post(f"{V1}/sessions", past, format="json").json()["session_id"]
    _hold(client, done, now)
    query = f"client_id={client_id}&status=completed,scheduled&limit=10&page=1"
    response = client.get(f"{V1}/sessions?{query}")
    assert response.status_code == 200
    body = response.json()
    body["sessions"].sort(key=lambda row: str(row["status"]))
    same(
        body,
        {
            "sessions": [
                {
                    "session_id": "s67890",
                    "client_id": "c12345",
                    "persona_id": "dr_morgan_hayes",
                    "status": "completed",
                    "started_at": "2025-05-10T14:00:00Z",
                    "ended_at": "2025-05-10T14:45:00Z",
                    "duration_minutes": 45,
                },
                {
                    "session_id": "s67891",
                    "client_id": "c12345",
                    "persona_id": "dr_morgan_hayes",
                    "status": "scheduled",
                    "scheduled_at": "2025-05-15T14:00:00Z",
                    "duration_minutes": 45,
                },
            ],
            "pagination": {"total": 2, "page": 1, "page_size": 10, "pages": 1},
        },
    )


def _hold(client: APIClient, session_id: str, now: Any) -> None:
    """The session of the example "Get Session Details"."""
    path = f"{V1}/sessions/{session_id}"
    now("2025-05-10T14:00:00Z")
    client.post(f"{path}/start")
    now("2025-05-10T14:00:10Z")
    greeting = {"content": "Hello, how are you feeling today?", "sender_type": "persona"}
    client.post(f"{path}/messages", greeting, format="json")
    now("2025-05-10T14:00:30Z")
    answer = {
        "content": "I've been feeling a bit stressed about work.",
        "sender_type": "client",
    }
    client.post(f"{path}/messages", answer, format="json")
    now("2025-05-10T14:15:00Z")
    note = {"content": "Client appeared more relaxed than last session."}
    client.post(f"{path}/notes", note, format="json")
    now("2025-05-10T14:45:00Z")
    client.post(f"{path}/end")


def test_session_details(client: APIClient, session_id: str, now: Any) -> None:
    client.patch(
        f"{V1}/sessions/{session_id}", {"scheduled_at": "2025-05-10T14:00:00Z"}, format="json"
    )
    _hold(client, session_id, now)
    insights = [
        {
            "type": "pattern",
            "text": "Client frequently mentions feeling overwhelmed before social events",
            "confidence": 0.85,
        },
        {
            "type": "progress",
            "text": "Client has shown improvement in using breathing techniques",
            "confidence": 0.92,
        },
    ]
    session = Session.objects.get(pk=session_id)
    session.summary = "Client discussed recent stressors at work and home..."
    session.insights = insights
    session.save(update_fields=["summary", "insights"])
    response = client.get(f"{V1}/sessions/{session_id}")
    assert response.status_code == 200
    same(
        response.json(),
        {
            "session_id": "s67890",
            "client_id": "c12345",
            "persona_id": "dr_morgan_hayes",
            "status": "completed",
            "scheduled_at": "2025-05-10T14:00:00Z",
            "started_at": "2025-05-10T14:00:00Z",
            "ended_at": "2025-05-10T14:45:00Z",
            "duration_minutes": 45,
            "goals": ["Explore coping strategies", "Discuss recent progress"],
            "summary": "Client discussed recent stressors at work and home...",
            "insights": insights,
            "messages": [
                {
                    "id": "m123456",
                    "sender_type": "persona",
                    "sender_id": "dr_morgan_hayes",
                    "content": "Hello, how are you feeling today?",
                    "timestamp": "2025-05-10T14:00:10Z",
                },
                {
                    "id": "m123457",
                    "sender_type": "client",
                    "sender_id": session.client_id,
                    "content": "I've been feeling a bit stressed about work.",
                    "timestamp": "2025-05-10T14:00:30Z",
                },
            ],
            "facilitator_notes": [
                {
                    "id": "n789012",
                    "content": "Client appeared more relaxed than last session.",
                    "timestamp": "2025-05-10T14:15:00Z",
                    "author": "user@example.com",
                }
            ],
            "metadata": {"session_number": 5, "location": "virtual"},
        },
    )


def test_start_send_and_end(client: APIClient, session_id: str, now: Any) -> None:
    path = f"{V1}/sessions/{session_id}"
    now("2025-05-11T10:35:00Z")
    started = client.post(f"{path}/start")
    assert started.status_code == 200
    same(
        started.json(),
        {"session_id": "s67890", "status": "active", "started_at": "2025-05-11T10:35:00Z"},
    )
    now("2025-05-11T10:35:10Z")
    greeting = {"content": "Hello, how are you feeling today?", "sender_type": "persona"}
    sent = client.post(f"{path}/messages", greeting, format="json")
    assert sent.status_code == 201
    same(
        sent.json(),
        {
            "id": "m123456",
            "session_id": "s67890",
            "sender_type": "persona",
            "sender_id": "dr_morgan_hayes",
            "content": "Hello, how are you feeling today?",
            "timestamp": "2025-05-11T10:35:10Z",
        },
    )
    now("2025-05-11T11:20:00Z")
    ended = client.post(f"{path}/end")
    assert ended.status_code == 200
    same(
        ended.json(),
        {
            "session_id": "s67890",
            "status": "completed",
            "started_at": "2025-05-11T10:35:00Z",
            "ended_at": "2025-05-11T11:20:00Z",
            "duration_minutes": 45,
        },
    )


CLIENT = {
    "client_id": "c12345",
    "first_name": "Jane",
    "last_name": "Doe",
    "email": "jane.doe@example.com",
    "phone": "+1-234-567-8901",
    "date_of_birth": "1990-05-15",
    "created_at": "2025-05-11T10:40:00Z",
    "created_by": "user@example.com",
}
METADATA = CREATE_CLIENT["metadata"]


def test_create_client(client: APIClient, now: Any) -> None:
    now("2025-05-11T10:40:00Z")
    response = client.post(f"{V1}/clients", CREATE_CLIENT, format="json")
    assert response.status_code == 201
    same(response.json(), {**CLIENT, "metadata": METADATA})


def test_list_clients(client: APIClient, now: Any) -> None:
    now("2025-05-11T10:40:00Z")
    client.post(f"{V1}/clients", CREATE_CLIENT, format="json")
    response = client.get(f"{V1}/clients?search=Jane&limit=10&page=1")
    assert response.status_code == 200
    same(
        response.json(),
        {
            "clients": [
                {
                    "client_id": "c12345",
                    "first_name": "Jane",
                    "last_name": "Doe",
                    "email": "jane.doe@example.com",
                    "created_at": "2025-05-11T10:40:00Z",
                }
            ],
            "pagination": {"total": 1, "page": 1, "page_size": 10, "pages": 1},
        },
    )


def test_client_details(client: APIClient, now: Any) -> None:
    now("2025-05-11T10:40:00Z")
    client_id = client.post(f"{V1}/clients", CREATE_CLIENT, format="json").json()["client_id"]
    body = {**CREATE_SESSION, "client_id": client_id}
    ids = [
        client.post(f"{V1}/sessions", body, format="json").json()["session_id"] for _ in range(5)
    ]
    for session_id in ids[:4]:
        client.post(f"{V1}/sessions/{session_id}/start")
        client.post(f"{V1}/sessions/{session_id}/end")
    response = client.get(f"{V1}/clients/{client_id}")
    assert response.status_code == 200
    same(
        response.json(),
        {
            **CLIENT,
            "updated_at": "2025-05-11T10:40:00Z",
            "metadata": METADATA,
            "session_count": {"total": 5, "completed": 4, "scheduled": 1},
        },
    )


def test_error_format(client: APIClient) -> None:
    body = {"client_id": "c12345", "persona_id": "dr_morgan_hayes", "duration_minutes": 0}
    response = client.post(f"{V1}/sessions", body, format="json")
    error = checks.problem(response, 422, "validation_error", "duration_minutes")
    assert list(response.json()["error"]) == ["code", "message", "details", "request_id"]
    assert list(error["details"]) == ["field", "reason"]


def test_an_api_key_is_a_bearer_too(client: APIClient, api: Api, user: User) -> None:
    key = checks.api_key(user, "sessions:read")
    assert key.startswith("sk_ss_")
    assert api(key).get(f"{V1}/sessions").status_code == 200


WEBHOOK = {
    "url": "https://your-system.example.com/webhook",
    "events": ["session.started", "session.ended", "client.created"],
    "secret": "your_webhook_secret",
}


def test_register_webhook(api: Api, user: User, now: Any) -> None:
    now("2025-05-11T12:00:00Z")
    response = api(user).post(f"{V1}/webhooks", WEBHOOK, format="json")
    assert response.status_code == 201
    same(
        response.json(),
        {
            "webhook_id": "wh12345",
            "url": "https://your-system.example.com/webhook",
            "events": ["session.started", "session.ended", "client.created"],
            "created_at": "2025-05-11T12:00:00Z",
            "status": "active",
        },
    )


def test_webhook_payload(api: Api, user: User, session_id: str, now: Any) -> None:
    now("2025-05-11T12:00:00Z")
    client = api(user)
    client.post(f"{V1}/webhooks", WEBHOOK, format="json")
    for moment, action in (("13:00", "start"), ("13:45", "end")):
        now(f"2025-05-11T{moment}:00Z")
        client.post(f"{V1}/sessions/{session_id}/{action}")
    same(
        orjson.loads(Delivery.objects.latest("pk").payload),
        {
            "event": "session.ended",
            "timestamp": "2025-05-11T13:45:00Z",
            "data": {
                "session_id": "s67890",
                "client_id": "c12345",
                "persona_id": "dr_morgan_hayes",
                "started_at": "2025-05-11T13:00:00Z",
                "ended_at": "2025-05-11T13:45:00Z",
            },
        },
    )
