"""services.open_login: how long a chain of tokens lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore

from apps.accounts import services
from apps.accounts.models import User
from tests.conftest import Api

QUARTER = timedelta(minutes=15)


def test_refresh_does_not_outlast_the_login(api: Api, alice: User) -> None:
    issued = services.open_login(user=alice, lifetime=QUARTER)
    refreshed = api(issued.token).post("/api/v1/auth/refresh").json()
    again = datetime.fromisoformat(refreshed["expires_at"])
    assert again <= issued.expires_at + timedelta(seconds=1)


def test_token_ends_with_its_web_session(api: Api, alice: User) -> None:
    web = SessionStore()
    web.create()
    token = services.open_login(user=alice, web_session=web.session_key).token
    assert api(token).get("/api/v1/sessions").status_code == 200
    web.flush()
    assert api(token).get("/api/v1/sessions").status_code == 401
