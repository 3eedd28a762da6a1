"""/ws, `watch_desk`: staff see their part of the safety desk, and each change of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.safety import alerts
from apps.safety import services as safety
from apps.safety.models import SafetyEvent
from apps.sessions import services
from apps.sessions.models import Session
from smartsteps.lib import clock
from smartsteps.lib.threads import run_sync
from tests import checks
from tests.served import Dial, Talk

EMPTY = {"open": 0, "overdue": 0, "events": []}


async def _watch(talk: Talk) -> dict[str, Any]:
    await talk.say("watch_desk")
    return (await talk.hear("safety_desk"))["data"]


async def _danger(session: Session, by: Actor) -> None:
    await run_sync(
        services.send_message,
        session.pk,
        content="I want to kill myself",
        sender_type="client",
        by=by,
    )


async def test_it_is_live(dial: Dial, alice: User, active: Session, by_alice: Actor) -> None:
    async with dial(alice) as talk:
        assert await _watch(talk) == EMPTY
        await _danger(active, by_alice)
        view = (await talk.hear("safety_desk"))["data"]
        (event,) = view["events"]
        assert (view["open"], view["overdue"]) == (1, 0)
        assert event == {
            "event_id": event["event_id"],
            "surface": "session",
            "subject_id": active.pk,
            "client_id": active.client_id,
            "level": "high",
            "category": "suicidal_ideation",
            "state": "opened",
            "opened_at": event["opened_at"],
            "due_at": event["due_at"],
            "overdue": False,
        }
        await run_sync(safety.acknowledge_event, event["event_id"], by=by_alice)
        view = (await talk.hear("safety_desk"))["data"]
        assert view["events"][0]["state"] == "acknowledged"
        await run_sync(safety.close_event, event["event_id"], outcome="safe", by=by_alice)
        assert (await talk.hear("safety_desk"))["data"] == EMPTY


async def test_others_hear_of_what_is_theirs_alone(
    dial: Dial, alice: User, bob: User, charlie: User, active: Session, by_alice: Actor
) -> None:
    async with dial(charlie) as stranger, dial(bob) as admin:
        await _watch(stranger)
        await _watch(admin)
        await _danger(active, by_alice)
        assert (await admin.hear("safety_desk"))["data"]["open"] == 1
        assert (await stranger.hear("safety_desk"))["data"] == EMPTY


async def test_clients_and_keys_without_the_scope_are_refused(
    dial: Dial, alice: User, jane_user: User, active: Session
) -> None:
    token = await run_sync(checks.join_token, active, alice)
    key = await run_sync(checks.api_key, alice, "sessions:read")
    for credential in (jane_user, token, key):
        async with dial(credential) as talk:
            await talk.say("watch_desk")
            assert (await talk.hear())["data"]["code"] == "permission_denied"


async def test_wrong_input(dial: Dial, alice: User) -> None:
    async with dial(alice) as talk:
        await talk.say("watch_desk", client_id="c1")
        assert (await talk.hear())["data"]["code"] == "invalid_request"
        assert await _watch(talk) == EMPTY


async def test_overdue_is_pushed(dial: Dial, alice: User, active: Session, by_alice: Actor) -> None:
    await _danger(active, by_alice)
    async with dial(alice) as talk:
        assert (await _watch(talk))["overdue"] == 0
        past = clock.now() - timedelta(minutes=1)
        await run_sync(SafetyEvent.objects.update, due_at=past, remind_at=past)
        await run_sync(alerts.remind_of_overdue)
        assert (await talk.hear("safety_desk"))["data"]["overdue"] == 1


async def test_two_watches_on_one_socket_are_one(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    async with dial(alice) as talk:
        await _watch(talk)
        await _watch(talk)
        await _danger(active, by_alice)
        await talk.hear("safety_desk")
        await talk.quiet(1.2)
