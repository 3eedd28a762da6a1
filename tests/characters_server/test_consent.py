"""Who withdraws their consent to AI: nothing goes on, nothing is lost, help in danger stays."""

from __future__ import annotations

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.characters import services
from apps.characters.models import Conversation
from apps.clients import services as clients
from apps.clients.models import Client
from apps.llm.models import UsageEntry
from smartsteps.lib.threads import run_sync
from tests.characters_server.conftest import Meet, Player
from tests.characters_server.reading_model import reading
from tests.conftest import Api
from tests.stubs import openai_stub as stub_steps
from tests.stubs.openai_stub import OpenAIStub

pytestmark = pytest.mark.usefixtures("transactional_db")


def _consent(jane: Client, by: Actor, *, granted: bool) -> None:
    clients.record_consent(jane.pk, kind="ai_processing", granted=granted, by=by)


async def _refused(player: Player, text: str) -> None:
    error = await player.say(text)
    assert (error["type"], error["error_code"]) == ("error", "CONVERSATION_INACTIVE")
    assert (error["conversation_id"], error["error_message"]) == (
        player.id,
        services.NO_CONSENT_TEXT,
    )
    assert error["details"]["reason"] == "consent_withdrawn"


async def test_it_rests_and_goes_on_where_it_was(
    meet: Meet, api: Api, jane: Client, jane_user: User, by_alice: Actor
) -> None:
    async with meet(jane_user, started=True) as player:
        question = await player.say("hi")
        await run_sync(_consent, jane, by_alice, granted=False)
        await _refused(player, "Jane")
        assert (await player.act("resume"))["error_code"] == "CONVERSATION_INACTIVE"
        await player.act("pause")
        path = f"/api/conversations/{player.id}/resume"
        refused = await run_sync(lambda: api(jane_user).post(path))
        assert (refused.status_code, refused.json()["error_code"]) == (409, "CONVERSATION_INACTIVE")
        await run_sync(_consent, jane, by_alice, granted=True)
        assert (await player.act("resume"))["prompt_id"] == question["prompt_id"]
        await player.say("Jane")
    row = await run_sync(Conversation.objects.get)
    assert row.state["values"]["name"]["value"] == "Jane"


async def test_no_new_one_begins(
    meet: Meet, jane: Client, jane_user: User, by_alice: Actor
) -> None:
    await run_sync(_consent, jane, by_alice, granted=False)
    async with meet(jane_user) as player:
        assert (await player.start())["error_code"] == "CONVERSATION_INACTIVE"
    assert not await run_sync(Conversation.objects.exists)


async def test_help_in_danger_needs_no_consent(
    meet: Meet, jane: Client, jane_user: User, by_alice: Actor
) -> None:
    async with meet(jane_user, started=True) as player:
        question = await player.say("hi")
        await run_sync(_consent, jane, by_alice, granted=False)
        await player.tell("I want to kill myself")
        assert (await player.hear("crisis_detected"))["resources"]
        assert (await player.hear())["prompt_id"] == "crisis_support"
        assert (await player.say("nobody listens"))["prompt_id"] == "crisis_support"
        assert (await player.say("I'm safe now"))["prompt_id"] == question["prompt_id"]
        await _refused(player, "Jane")


async def test_withdrawn_while_a_model_reads(
    meet: Meet, jane: Client, jane_user: User, by_alice: Actor, online: OpenAIStub
) -> None:
    online.default = reading()
    async with meet(jane_user, started=True) as player:
        await player.say("hi")
        slow = stub_steps.answer(lambda exchange: exchange.wait(0.3) or '{"facts": []}')
        online.script(slow)
        await player.tell("Jane")
        await run_sync(_consent, jane, by_alice, granted=False)
        assert (await player.hear("error"))["error_code"] == "CONVERSATION_INACTIVE"
        assert not (await run_sync(Conversation.objects.get)).state["values"]
        calls = await run_sync(UsageEntry.objects.count)
        await _refused(player, "Jane")
        assert await run_sync(UsageEntry.objects.count) == calls  # no model was asked again
        await run_sync(_consent, jane, by_alice, granted=True)
        await player.say("Jane")
    row = await run_sync(Conversation.objects.get)
    assert row.state["values"]["name"]["value"] == "Jane"
    said = await run_sync(lambda: [t.content for t in row.turns.filter(role="player")])
    assert said == ["hi", "Jane"]
