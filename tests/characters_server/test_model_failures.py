"""A model that fails, hangs or comes too late: nothing is lost, nothing is there twice."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.characters import answering, responses
from apps.characters.models import Conversation, Turn
from apps.llm.models import UsageEntry
from smartsteps.lib.threads import run_sync
from tests.characters.player import TERSE
from tests.characters_server.conftest import Meet, Player
from tests.characters_server.reading_model import reading
from tests.stubs import openai_stub as stub_steps
from tests.stubs.openai_stub import OpenAIStub, Step

SLOW = stub_steps.hang(60)


@pytest.fixture(autouse=True)
def _reads(online: OpenAIStub) -> None:
    online.default = reading()


async def _said() -> list[str]:
    turns = await run_sync(lambda: list(Turn.objects.filter(role="player").order_by("number")))
    return [turn.content for turn in turns]


async def _values() -> dict[str, Any]:
    row = await run_sync(Conversation.objects.get)
    return {name: known["value"] for name, known in row.state["values"].items()}


async def _fails(player: Player, text: str) -> None:
    refused = await player.say(text)
    assert (refused["type"], refused["error_code"]) == ("error", "SERVICE_ERROR")
    assert refused["conversation_id"] == player.id
    assert refused["error_message"] == answering.TRY_AGAIN


@pytest.mark.parametrize(
    "step",
    [
        stub_steps.status(500),
        stub_steps.status(429, headers={"Retry-After": "60"}),
        stub_steps.status(400),
        stub_steps.hang(60),
        stub_steps.cut(),
        stub_steps.raw(b"<html>"),
        stub_steps.empty_choices(),
        stub_steps.refuse(),
    ],
    ids=["500", "429", "400", "hangs", "cut", "not JSON", "no choices", "refuses"],
)
async def test_the_same_words_again_are_the_same_answer(
    meet: Meet, dana: User, online: OpenAIStub, step: Step
) -> None:
    async with meet(dana, started=True) as player:
        question = await player.say("hi")
        online.script(step)
        await _fails(player, "Ana")
        assert await _values() == {}
        answer = await player.say("Ana")
        assert answer["prompt_id"] != question["prompt_id"]
    assert await _said() == ["hi", "Ana"]
    assert await _values() == {"name": "Ana"}


async def test_a_model_that_answers_nonsense_twice(
    meet: Meet, dana: User, online: OpenAIStub
) -> None:
    """One repair is asked for; each call is in the ledger."""
    async with meet(dana, started=True) as player:
        await player.say("hi")
        online.script(stub_steps.say("no facts here"), stub_steps.say('{"facts": 7}'))
        await _fails(player, "Ana")
        assert (await player.say("Ana"))["type"] == "assistant_message"
    outcomes = await run_sync(lambda: list(UsageEntry.objects.values_list("outcome", flat=True)))
    assert len(outcomes) == 4


async def test_other_words_instead_are_read_with_the_first(
    meet: Meet, dana: User, online: OpenAIStub
) -> None:
    async with meet(dana, started=True) as player:
        await player.say("hi")
        online.script(stub_steps.status(500), stub_steps.status(500))
        await _fails(player, "I'm Ana")
        await _fails(player, "and I'm 34")
        await player.say("a woman")
    assert await _said() == ["hi", "I'm Ana", "and I'm 34", "a woman"]
    values = await _values()
    assert (values["name"], values["age"], values["gender_identity"]) == ("Ana", 34, "female")
    assert not await run_sync(Turn.objects.filter(is_read=False).exists)


async def test_danger_is_heard_while_a_model_hangs(
    meet: Meet, dana: User, online: OpenAIStub
) -> None:
    async with meet(dana, started=True) as player:
        await player.say("hi")
        online.script(SLOW)
        await player.tell("Ana")
        await player.tell("I want to kill myself")
        await player.hear("crisis_detected", within=0.8)  # the model would take its full second
        assert (await player.hear())["prompt_id"] == "crisis_support"
        await _not_being_read()
        assert (await player.say("I don't know"))["prompt_id"] == "crisis_support"
        back = await player.say(back_words := "I'm safe now, let's go on")
    assert back["prompt_id"] == "identity_name"
    assert await _said() == ["hi", "Ana", "I want to kill myself", "I don't know", back_words]


async def test_a_pause_while_a_model_hangs(meet: Meet, dana: User, online: OpenAIStub) -> None:
    """The answer waits too; after the pause it counts with the next one."""
    async with meet(dana, started=True) as player:
        question = await player.say("hi")
        online.script(stub_steps.answer(lambda exchange: exchange.wait(0.3) or '{"facts": []}'))
        await player.tell("Ana")
        assert (await player.act("pause"))["prompt_id"] == "paused"
        await _not_being_read()
        assert (await player.act("resume"))["prompt_id"] == question["prompt_id"]
        await player.say("Ana")
        assert (await _values())["name"] == "Ana"
        await player.say(*TERSE[2:])
        await player.hear("conversation_completed")
    assert await _said() == [*TERSE[:2], *TERSE[2:]]


async def test_a_second_device_while_a_model_reads(
    meet: Meet, dana: User, online: OpenAIStub
) -> None:
    """One answer counts; the other device is shown the question that is open."""
    async with meet(dana, started=True) as one, meet(dana) as two:
        await one.say("hi")
        two.id = one.id
        asked = await two.act("resume")
        await one.hear("assistant_message")
        online.script(stub_steps.answer(lambda exchange: exchange.wait(0.3) or '{"facts": []}'))
        await one.tell("Ana")
        await _being_read()
        assert (await two.say("Beth"))["prompt_id"] == asked["prompt_id"]
        assert (await one.hear("assistant_message"))["prompt_id"] != asked["prompt_id"]
    assert await _said() == ["hi", "Ana"]


async def test_a_reader_that_comes_too_late_changes_nothing(
    meet: Meet, dana: User, online: OpenAIStub, settings: Any
) -> None:
    """After the lease another attempt reads the same answer; the first to end wins."""
    async with meet(dana, started=True) as player:
        await player.say("hi")
        late = online.default
        online.script(stub_steps.answer(lambda exchange: exchange.wait(0.6) or '{"facts": []}'))
        await player.tell("Ana")
        await _being_read()
        await run_sync(Conversation.objects.update, reading_until=None)
        online.default = late
        await run_sync(_lease_ends)
        answer = await player.say("Ana")
        assert answer["prompt_id"] == "identity_age"
        told = await player.hear("assistant_message")  # to the late reader: where it is
        assert told["message_id"] == answer["message_id"]
    assert await _said() == ["hi", "Ana"]


def _lease_ends() -> None:
    row = Conversation.objects.get()
    row.reading_until = row.created_at
    row.save(update_fields=["reading_until"])


async def _being_read() -> None:
    while (await run_sync(Conversation.objects.get)).reading_until is None:
        pass


async def _not_being_read() -> None:
    while (await run_sync(Conversation.objects.get)).is_being_read:
        pass


def test_what_is_read_together_is_no_longer_than_an_answer() -> None:
    said = [Turn(content="a" * 1500), Turn(content="b" * 600), Turn(content="c")]
    assert responses.joined(said) == "b" * 600 + "\nc"
