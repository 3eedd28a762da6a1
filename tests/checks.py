"""What many tests assert about answers of the v1 API."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.test import APIClient

from apps.accounts import actors
from apps.accounts import scopes as known_scopes
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.sessions import services as sessions
from apps.sessions.models import Session
from tests.conftest import Api

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def problem(response: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The spec's error shape, nothing more, and the request's id in it and in the header."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details", "request_id"}
    assert error["code"] == code
    assert error["message"]
    assert REQUEST_ID.fullmatch(error["request_id"])
    assert response.headers["X-Request-ID"] == error["request_id"]
    if field is not None:
        assert error["details"]["field"] == field
        assert error["details"]["reason"]
    return error


def _but_request_id(response: Any) -> tuple[Any, ...]:
    body = response.content.replace(response.headers["X-Request-ID"].encode(), b"")
    headers = {key: value for key, value in response.items() if key != "X-Request-ID"}
    return response.status_code, body, sorted(headers.items())


def like_unknown(
    client: APIClient, method: str, path: str, real_id: str, body: Any = None, code: int = 404
) -> None:
    """To this client the real id answers, byte for byte, as an id that never was."""
    unknown_id = real_id[:-4] + ("zzzz" if not real_id.endswith("zzzz") else "yyyy")
    answers = [
        getattr(client, method)(path.format(id), body, format="json")
        for id in (real_id, unknown_id)
    ]
    assert answers[0].status_code == code, answers[0].content
    assert _but_request_id(answers[0]) == _but_request_id(answers[1])


def api_key(user: User, *scopes: str) -> str:
    return accounts.issue_api_key(
        user=user, name="a test's", scopes=list(scopes), expires_at=None
    ).key


def join_token(session: Session, user: User) -> str:
    return sessions.issue_join_token(session.pk, by=actors.for_user(user)).token


def needs_scope(api: Api, user: User, scope: str, method: str, path: str, body: Any = None) -> None:
    """A key with every scope but this one is refused, and with this one alone it is not."""
    everything = set(known_scopes.OF_ROLE[user.role])
    poor = api(api_key(user, *sorted(everything - {scope})))
    problem(getattr(poor, method)(path, body, format="json"), 403, "permission_denied")
    rich = api(api_key(user, scope))
    assert getattr(rich, method)(path, body, format="json").status_code < 300


def needs_credential(api: Api, method: str, path: str, body: Any = None) -> None:
    for credential in (None, "nonsense", "sk_ss_" + "a" * 32):
        response = getattr(api(credential), method)(path, body, format="json")
        problem(response, 401, "authentication_error")
        assert response.headers["WWW-Authenticate"] == "Bearer"
