"""/ws, `crisis_lines`: a client in danger is shown the lines to call, whatever else is broken."""

from __future__ import annotations

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients import services as clients
from apps.clients.models import Client
from apps.jobs import drain
from apps.safety import services as safety
from apps.safety.models import SafetyEvent
from apps.sessions import services, tasks
from apps.sessions.models import Message, Session
from smartsteps.lib.errors import DomainError
from smartsteps.lib.threads import run_sync
from tests import checks
from tests.databases import takes_no_rows
from tests.served import Dial

DANGER = "I want to kill myself"


def _country(jane: Client) -> None:
    jane.metadata = {"country": "us"}
    jane.save(update_fields=["metadata"])


async def test_the_client_s_own_lines_and_nothing_else(
    dial: Dial, alice: User, active: Session, jane: Client
) -> None:
    await run_sync(_country, jane)
    token = await run_sync(checks.join_token, active, alice)
    async with dial(token) as client, dial(alice) as staff:
        await client.join(active.pk)
        await staff.join(active.pk)
        await client.say("send_message", session_id=active.pk, sender_type="client", content=DANGER)
        data = (await client.hear("crisis_lines"))["data"]
        assert set(data) == {"session_id", "message_id", "resources"}
        assert data["resources"][0] == {
            "name": "988 Suicide & Crisis Lifeline",
            "contact": "988",
            "hours": "24/7",
            "channels": ["call", "text", "chat"],
        }
        assert (await staff.hear("safety_alert"))["data"]["level"] == "high"
        await staff.hear("crisis_lines")


async def test_they_come_back_with_the_page_until_staff_close_the_event(
    dial: Dial, alice: User, active: Session, by_alice: Actor
) -> None:
    token = await run_sync(checks.join_token, active, alice)
    async with dial(token) as talk:
        await talk.join(active.pk)
        await talk.quiet(0.2)
    await run_sync(
        services.send_message, active.pk, content=DANGER, sender_type="client", by=by_alice
    )
    async with dial(token) as talk:
        await talk.join(active.pk)
        assert (await talk.hear("crisis_lines"))["data"]["message_id"] is None
    async with dial(alice) as talk:  # they have the desk
        await talk.join(active.pk)
        await talk.quiet(0.2)
    event = await run_sync(SafetyEvent.objects.get)
    await run_sync(safety.close_event, event.pk, outcome="safe", by=by_alice)
    async with dial(token) as talk:
        await talk.join(active.pk)
        await talk.quiet(0.2)


async def test_words_of_danger_that_can_not_be_kept(
    dial: Dial, alice: User, active: Session
) -> None:
    token = await run_sync(checks.join_token, active, alice)
    async with dial(token) as talk:
        await talk.join(active.pk)
        broken = takes_no_rows("safety_staffalert")
        await run_sync(broken.__enter__)
        for content, kinds in ((DANGER, ["crisis_lines", "error"]), ("Hello", ["new_message"])):
            await talk.say(
                "send_message", session_id=active.pk, sender_type="client", content=content
            )
            assert [(await talk.hear())["type"] for _ in kinds] == kinds
        await run_sync(broken.__exit__, None, None, None)
    assert await run_sync(Message.objects.count) == 1


@pytest.mark.usefixtures("transactional_db")
def test_danger_is_heard_and_answered_without_consent_to_ai(
    active: Session, jane: Client, by_alice: Actor
) -> None:
    clients.record_consent(jane.pk, kind="ai_processing", granted=False, by=by_alice)
    with pytest.raises(DomainError) as refused:
        services.send_message(active.pk, content="Hello", sender_type="client", by=by_alice)
    assert refused.value.code == "consent_withdrawn"
    services.send_message(active.pk, content=DANGER, sender_type="client", by=by_alice)
    drain.run(tasks.REPLIES)
    assert SafetyEvent.objects.count() == 1
    assert Message.objects.get(sender_type="persona").model == "safety-rules"
