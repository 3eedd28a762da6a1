"""/ws: who may come in, and who has to leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from apps.accounts import services as accounts
from apps.accounts.models import ApiKey, User
from apps.sessions.models import Session
from smartsteps.lib import clock
from smartsteps.lib.threads import run_sync
from tests import checks
from tests.served import Dial


async def test_by_header(dial: Dial, alice: User, active: Session) -> None:
    async with dial(alice) as talk:
        frame = await talk.join(active.pk)
    assert frame["data"]["status"] == "active"


async def test_by_query(dial: Dial, alice: User, active: Session) -> None:
    token = (await run_sync(accounts.open_login, user=alice)).token
    async with dial(query=f"?token={token}") as talk:
        assert (await talk.join(active.pk))["type"] == "session_update"


async def test_by_first_frame(dial: Dial, alice: User, active: Session) -> None:
    issued = await run_sync(accounts.open_login, user=alice)
    async with dial() as talk:
        await talk.say("authenticate", token=issued.token)
        frame = await talk.hear()
        assert frame["type"] == "authenticated"
        assert frame["data"]["expires_at"] == clock.iso(issued.expires_at)
        assert (await talk.join(active.pk))["type"] == "session_update"


async def test_by_api_key_and_join_token(dial: Dial, alice: User, active: Session) -> None:
    key = await run_sync(checks.api_key, alice, "sessions:read")
    token = await run_sync(checks.join_token, active, alice)
    for credential in (key, token):
        async with dial(credential) as talk:
            assert (await talk.join(active.pk))["type"] == "session_update"


@pytest.mark.parametrize(
    "token", ["nonsense", "sk_ss_" + "a" * 32, "sk_ss_%00", "%00", "%ff%fe", "a" * 5000, "é"]
)
async def test_a_wrong_token_is_told_and_closed(dial: Dial, token: str) -> None:
    async with dial(query=f"?token={token}") as talk:
        frame = await talk.hear()
        assert frame["type"] == "error"
        assert frame["data"]["code"] == "authentication_error"
        assert await talk.closed() == 4401


async def test_a_wrong_token_in_a_frame(dial: Dial) -> None:
    async with dial() as talk:
        frame_id = await talk.say("authenticate", token="nonsense")
        frame = await talk.hear()
        assert frame["data"]["code"] == "authentication_error"
        assert frame["data"]["request_id"] == frame_id
        assert await talk.closed() == 4401


async def test_nothing_else_goes_first(dial: Dial, active: Session) -> None:
    async with dial() as talk:
        frame_id = await talk.say("join_session", session_id=active.pk)
        frame = await talk.hear()
        assert (frame["type"], frame["data"]["request_id"]) == ("error", frame_id)
        assert frame["data"]["code"] == "authentication_error"
        assert await talk.closed() == 4401


async def test_silence_is_closed(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.sessions.consumers.AUTHENTICATE_WITHIN_S", 0.2)
    async with dial() as talk:
        assert (await talk.hear())["data"]["code"] == "authentication_error"
        assert await talk.closed() == 4401


async def test_somebody_elses_token_is_refused_on_an_open_socket(
    dial: Dial, alice: User, charlie: User, active: Session
) -> None:
    other = (await run_sync(accounts.open_login, user=charlie)).token
    own = (await run_sync(accounts.open_login, user=alice)).token
    async with dial(alice) as talk:
        await talk.say("authenticate", token=other)
        assert (await talk.hear())["data"]["code"] == "invalid_request"
        await talk.say("authenticate", token=own)
        assert (await talk.hear())["type"] == "authenticated"
        assert (await talk.join(active.pk))["type"] == "session_update"


def _revoke_keys() -> None:
    ApiKey.objects.update(revoked_at=clock.now())


def _expire_keys() -> None:
    ApiKey.objects.update(expires_at=clock.now())


def _disable() -> None:
    User.objects.update(is_active=False)


def _demote() -> None:
    User.objects.update(role="integrator")


@pytest.mark.parametrize("change", [_revoke_keys, _expire_keys, _disable, _demote])
async def test_a_key_that_ends_closes_its_socket(
    dial: Dial, alice: User, active: Session, change: Any
) -> None:
    key = await run_sync(checks.api_key, alice, "sessions:read")
    async with dial(key) as talk:
        await talk.join(active.pk)
        await run_sync(change)
        frame = await talk.hear(within=2)
        assert frame["data"]["code"] == "authentication_error"
        assert await talk.closed(within=1) == 4401


def _log_out(user: User) -> None:
    accounts.end_logins(user=user)


@pytest.mark.parametrize("change", [_log_out, lambda user: _disable(), lambda user: _demote()])
async def test_a_login_that_ends_closes_its_socket(
    dial: Dial, alice: User, active: Session, change: Any
) -> None:
    async with dial(alice) as talk:
        await talk.join(active.pk)
        await run_sync(change, alice)
        assert (await talk.hear(within=2))["data"]["code"] == "authentication_error"
        assert await talk.closed(within=1) == 4401


async def test_a_token_that_expires_closes_its_socket(
    dial: Dial, alice: User, active: Session
) -> None:
    lifetime = timedelta(seconds=2)
    token = (await run_sync(accounts.open_login, user=alice, lifetime=lifetime)).token
    async with dial(token) as talk:
        await talk.join(active.pk)
        assert (await talk.hear(within=4))["data"]["code"] == "authentication_error"
        assert await talk.closed(within=1) == 4401


async def test_a_refreshed_token_keeps_it_open(dial: Dial, alice: User, active: Session) -> None:
    lifetime = timedelta(seconds=2)
    token = (await run_sync(accounts.open_login, user=alice, lifetime=lifetime)).token
    fresh = (await run_sync(accounts.open_login, user=alice)).token
    async with dial(token) as talk:
        await talk.say("authenticate", token=fresh)
        assert (await talk.hear())["type"] == "authenticated"
        await talk.quiet(3.5)


async def test_a_foreign_page_is_refused(dial: Dial, alice: User) -> None:
    for origin in ("https://evil.example", "null", "https://127.0.0.1.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            async with dial(alice, headers={"Origin": origin}):
                pass
        assert refused.value.response.status_code == 403


async def test_our_own_page_and_no_page_are_fine(dial: Dial, alice: User, active: Session) -> None:
    for headers in ({"Origin": "http://127.0.0.1:8000"}, {}):
        async with dial(alice, headers=headers) as talk:
            assert (await talk.join(active.pk))["type"] == "session_update"


async def test_an_unknown_path_is_refused(port: int) -> None:
    for path in ("/", "/ws/", "/wss", "/api/v1/sessions"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{port}{path}"):
                pass
        assert refused.value.response.status_code == 403
