"""People of all kinds, over a real socket and with either provider: all of them end well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from apps.accounts import actors
from apps.accounts.models import User
from apps.characters.models import Character, Conversation, Turn
from apps.llm import services as llm
from apps.safety import services as safety
from apps.safety.models import SafetyEvent
from smartsteps.lib.threads import run_sync
from tests.characters.people import BACK, CHATTY, CORRECTING, MINOR
from tests.characters.player import TERSE
from tests.characters_server.conftest import PATIENCE_S, Meet, Player
from tests.characters_server.reading_model import reading
from tests.stubs.openai_stub import OpenAIStub

DANGER = "I want to kill myself"


@pytest.fixture(params=["offline", "online"])
async def provider(
    request: pytest.FixtureRequest, stub: OpenAIStub, settings: Any, transactional_db: None
) -> AsyncIterator[str]:
    stub.default = reading()
    if request.param == "online":
        settings.LLM_PROVIDER = "openai"
        settings.OPENAI_API_KEY = "sk-test"
        settings.OPENAI_BASE_URL = stub.url
    yield request.param
    assert bool(stub.requests) == (request.param == "online")
    await llm.aclose()


async def _character() -> dict[str, Any]:
    character = await run_sync(Character.objects.get)
    conversation = await run_sync(Conversation.objects.get)
    assert conversation.status == "completed"
    assert not await run_sync(Turn.objects.filter(is_read=False).exists)
    return character.data


async def _finish(player: Player, *lines: str) -> dict[str, Any]:
    await player.say(*lines)
    done = await player.hear("conversation_completed")
    preview: dict[str, Any] = done["character_preview"]
    return preview


@pytest.fixture
def talk(meet: Meet, dana: User, provider: str) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Say all of it to the end; the character's preview and its data."""

    async def to_the_end(lines: list[str]) -> dict[str, Any]:
        async with meet(dana, started=True) as player:
            preview = await _finish(player, *lines)
        return {**await _character(), "preview": preview}

    return to_the_end


Talk = Callable[[list[str]], Awaitable[dict[str, Any]]]


async def test_terse(talk: Talk) -> None:
    made = await talk(TERSE)
    assert (made["name"], made["preview"]["ready_for_creation"]) == ("Ana", True)
    assert made["preview"]["completeness_score"] == 1


async def test_chatty(talk: Talk) -> None:
    made = await talk(CHATTY)
    assert (made["name"], made["age"], made["pronouns"]) == ("Maggie", 42, "she/her")
    assert {"burnout", "sleep"} <= set(made["primary_concerns"])
    assert (made["preferred_intensity"], made["readiness"]) == ("medium", 7)


async def test_correcting(talk: Talk) -> None:
    made = await talk(CORRECTING)
    assert (made["name"], made["age"]) == ("Ana", 34)
    assert made["physical_description"] == "I'm short"
    assert "low mood" in made["primary_concerns"]
    assert "anxiety" not in made["primary_concerns"]
    assert (made["preferred_intensity"], "relationships" in made) == ("high", False)


async def test_skipping_one_by_one(talk: Talk) -> None:
    made = await talk(["hi", *["skip"] * 14])
    assert set(made) == {"preview"}
    assert not made["preview"]["ready_for_creation"]


async def test_skipping_to_the_end(talk: Talk) -> None:
    made = await talk(["hi", "Ana", "skip to the end", "yes"])
    assert made["name"] == "Ana"


async def test_going_back(talk: Talk) -> None:
    made = await talk(BACK)
    assert (made["name"], made["age"]) == ("Anna", 35)
    assert (made["background"], made["relationships"]) == ("born in Nice", "my brother")
    assert made["readiness"] == 8


async def test_a_minor(talk: Talk) -> None:
    made = await talk(MINOR)
    assert (made["name"], made["age"], made["age_range"]) == ("Kim", 14, "teen")
    assert "bullying" in made["primary_concerns"]


async def test_in_crisis_at_stage_three_then_safe(meet: Meet, dana: User, provider: str) -> None:
    async with meet(dana, started=True) as player:
        question = await player.say(*TERSE[:4])
        await player.tell(DANGER)
        assert (await player.hear())["type"] == "crisis_detected"
        assert (await player.hear())["prompt_id"] == "crisis_support"
        assert (await player.say("nobody listens anyway"))["prompt_id"] == "crisis_support"
        back = await player.say("I'm safe now and I want to go on")
        assert back["prompt_id"] == question["prompt_id"]
        await _finish(player, *TERSE[4:])
    assert (await _character())["name"] == "Ana"


async def test_in_crisis_at_stage_three_until_staff_close_it(
    meet: Meet, dana: User, bob: User, provider: str
) -> None:
    async with meet(dana, started=True) as player:
        await player.say(*TERSE[:4], DANGER, "I don't know what to do")
        event = await run_sync(SafetyEvent.objects.get)
        await run_sync(safety.close_event, event.pk, outcome="safe", by=actors.for_user(bob))
        await _finish(player, *TERSE[4:])
    assert (await _character())["name"] == "Ana"


async def test_disconnecting_at_every_stage(meet: Meet, dana: User, provider: str) -> None:
    """Each answer on a connection of its own, as from another device."""
    async with meet(dana, started=True) as player:
        conversation_id = player.id
    for line in TERSE:
        async with meet(dana) as player:
            player.id = conversation_id
            await player.act("resume")
            await player.say(line)
    assert (await _character())["name"] == "Ana"


async def test_disconnecting_before_the_answer_comes(meet: Meet, dana: User, provider: str) -> None:
    """What was sent is taken, also when nobody waits to hear so."""
    async with meet(dana, started=True) as player:
        await player.say("hi")
        await player.tell("Ana")
        conversation_id = player.id
    await _asked("identity_age")
    async with meet(dana) as player:
        player.id = conversation_id
        assert (await player.act("resume"))["prompt_id"] == "identity_age"
        await _finish(player, *TERSE[2:])
    said = await run_sync(Turn.objects.filter(role="player").count)
    assert (said, (await _character())["name"]) == (len(TERSE), "Ana")


async def _asked(prompt_id: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await run_sync(Conversation.objects.get)).state["prompt"] != prompt_id:
            await asyncio.sleep(0.02)
