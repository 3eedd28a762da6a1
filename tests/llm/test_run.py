"""services.run: one answer, one line in the ledger, whatever happens."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from apps.llm import services as llm
from apps.llm.client import ProviderError, Usage
from apps.llm.models import UsageEntry
from apps.llm.task import AITask, Result
from smartsteps.lib.threads import run_sync
from tests.llm.conftest import CONTEXT
from tests.stubs import openai_stub as says
from tests.stubs.openai_stub import OpenAIStub

WHO = {"subject": "s67890", "by_label": "alice@example.com"}


async def ledger() -> list[UsageEntry]:
    return await run_sync(lambda: list(UsageEntry.objects.order_by("pk")))


async def entry() -> UsageEntry:
    (only,) = await ledger()
    return only


async def refusal(task: AITask) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await llm.run(task, CONTEXT, **WHO)
    return caught.value


@pytest.mark.django_db(transaction=True)
async def test_it_works_offline(task: AITask) -> None:
    result = await llm.run(task, CONTEXT, **WHO)

    assert (result.text, result.value) == ("On sleep: rest.", "On sleep: rest.")
    assert (result.provider, result.model, result.usage) == ("offline", "offline", Usage(0, 0))
    row = await entry()
    assert (row.purpose, row.provider, row.model, row.outcome) == (
        "a_task",
        "offline",
        "offline",
        "ok",
    )
    assert (row.input_tokens, row.output_tokens, row.cost_usd) == (0, 0, Decimal(0))
    assert (row.subject, row.by_label) == ("s67890", "alice@example.com")


async def test_it_works_with_a_model(online: OpenAIStub, task: AITask) -> None:
    online.script(says.say(" Go to bed later.\n"))

    result = await llm.run(replace(task, temperature=0.3, max_tokens=60), CONTEXT, **WHO)

    assert result.text == "Go to bed later."
    (sent,) = online.requests
    assert (sent["temperature"], sent["max_tokens"], sent["model"]) == (0.3, 60, "gpt-4.1")
    assert [turn["role"] for turn in sent["messages"]] == ["system", "user"]
    row = await entry()
    assert (row.model, row.input_tokens, row.output_tokens) == ("gpt-4.1", 11, 7)
    # The list price of gpt-4.1: 2 USD for a million tokens in, 8 for a million out.
    assert row.cost_usd == Decimal("0.00007800")
    assert row.latency_ms >= 0


async def test_the_hash_covers_model_and_both_parts_of_the_prompt(
    online: OpenAIStub, task: AITask, settings: Any
) -> None:
    first = await llm.run(task, CONTEXT, **WHO)
    again = await llm.run(task, dict(CONTEXT), **WHO)
    assert first.prompt_hash == again.prompt_hash
    system, user = (turn["content"] for turn in online.requests[0]["messages"])
    plain = orjson.dumps(["gpt-4.1", system, user])
    assert first.prompt_hash == hashlib.sha256(plain).hexdigest()

    other_words = await llm.run(task, {**CONTEXT, "words": "I sleep."}, **WHO)
    settings.LLM_PROVIDER = "offline"
    by_rule = await llm.run(task, CONTEXT, **WHO)
    assert len({first.prompt_hash, other_words.prompt_hash, by_rule.prompt_hash}) == 3


async def test_tokens_that_nobody_told_stay_unknown(online: OpenAIStub, task: AITask) -> None:
    online.script(says.say("Yes.", usage=None))
    assert (await llm.run(task, CONTEXT, **WHO)).usage is None
    row = await entry()
    assert (row.input_tokens, row.output_tokens, row.cost_usd) == (None, None, None)


async def test_a_model_without_a_known_price_is_not_free(
    online: OpenAIStub, task: AITask, settings: Any
) -> None:
    settings.LLM_MODEL = "house-brand-7b"
    await llm.run(task, CONTEXT, **WHO)
    row = await entry()
    assert (row.input_tokens, row.cost_usd) == (11, None)


@pytest.mark.parametrize(
    ("step", "outcome", "tokens"),
    [
        (says.status(500), "provider_unavailable", None),
        (says.status(429), "provider_rate_limited", None),
        (says.status(400), "provider_refused", None),
        (says.refuse(), "provider_refused", 11),
        (says.empty_choices(), "provider_bad_answer", 11),
        (says.say(""), "provider_bad_answer", 11),
        (says.raw(b"<html>"), "provider_bad_answer", None),
        (says.cut(), "provider_unavailable", None),
        (says.hang(), "provider_timeout", None),
    ],
)
async def test_a_failure_is_told_and_written_down_with_what_it_cost(
    online: OpenAIStub, task: AITask, step: says.Step, outcome: str, tokens: int | None
) -> None:
    online.script(step)
    assert (await refusal(task)).code == outcome
    row = await entry()
    assert (row.outcome, row.input_tokens) == (outcome, tokens)


async def test_an_answer_that_repeats_its_instructions_is_refused(
    online: OpenAIStub, task: AITask
) -> None:
    online.default = says.answer(lambda exchange: f"My instructions are: {exchange.system}")
    assert (await refusal(task)).code == "provider_bad_answer"
    assert (await entry()).input_tokens == 11


async def test_an_answer_that_shows_a_fence_is_refused(online: OpenAIStub, task: AITask) -> None:
    online.default = says.answer(lambda exchange: exchange.prompt.splitlines()[-1])
    assert (await refusal(task)).code == "provider_bad_answer"


async def test_a_cancelled_call_is_written_down(online: OpenAIStub, task: AITask) -> None:
    online.script(says.hang())
    running = asyncio.create_task(llm.run(task, CONTEXT, **WHO))
    while not online.requests:
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    row = await entry()
    assert (row.outcome, row.input_tokens) == ("cancelled", None)


async def test_structured_answers_are_checked_objects(online: OpenAIStub, mood: AITask) -> None:
    online.script(says.say('```json\n{"mood": "high"}\n```'))
    assert (await llm.run(mood, CONTEXT, **WHO)).value == {"mood": "high"}
    assert online.requests[0]["response_format"]["json_schema"]["schema"] == mood.schema


async def test_one_repair_and_both_calls_are_written_down(online: OpenAIStub, mood: AITask) -> None:
    online.script(says.say('{"mood": "so-so"}'), says.say('{"mood": "low"}'))
    assert (await llm.run(mood, CONTEXT, **WHO)).value == {"mood": "low"}
    said, asked = online.requests[1]["messages"][-2:]
    assert said == {"role": "assistant", "content": '{"mood": "so-so"}'}
    assert "$.mood: 'so-so' is not one of" in asked["content"]
    assert [row.outcome for row in await ledger()] == ["ok", "ok"]


async def test_a_second_wrong_shape_is_a_bad_answer(online: OpenAIStub, mood: AITask) -> None:
    online.default = says.say('{"mood": "low", "extra": 1}')
    assert (await refusal(mood)).code == "provider_bad_answer"
    assert len(online.requests) == 2


@pytest.mark.django_db(transaction=True)
async def test_structured_answers_by_the_offline_rule(mood: AITask) -> None:
    assert (await llm.run(mood, CONTEXT, **WHO)).value == {"mood": "low"}


async def collect(task: AITask) -> tuple[str, Result]:
    parts = [part async for part in llm.stream(task, CONTEXT, **WHO)]
    result = parts.pop()
    assert isinstance(result, Result)
    return "".join(str(part) for part in parts), result


async def test_it_streams(online: OpenAIStub, task: AITask) -> None:
    online.script(says.say("Bit by bit."))
    text, result = await collect(task)
    assert text == result.text == "Bit by bit."
    assert (await entry()).output_tokens == 7


async def test_a_reader_who_leaves_a_stream_ends_it_and_is_written_down(
    online: OpenAIStub, task: AITask
) -> None:
    online.script(says.say("word " * 200, gap_s=0.02))
    stream = llm.stream(task, CONTEXT, **WHO)
    assert await anext(stream) == "word "
    await stream.aclose()
    assert (await entry()).outcome == "cancelled"
    while not online.cut:
        await asyncio.sleep(0.02)


async def test_a_stream_that_leaks_is_broken_off(online: OpenAIStub, task: AITask) -> None:
    online.default = says.answer(lambda exchange: f"Well: {exchange.system} And more.")
    stream = llm.stream(task, CONTEXT, **WHO)
    seen = ""

    async def read() -> None:
        nonlocal seen
        async for part in stream:
            seen += str(part)

    with pytest.raises(ProviderError):
        await read()
    assert "still do" not in seen
    assert (await entry()).outcome == "provider_bad_answer"


async def test_each_event_loop_has_connections_of_its_own(online: OpenAIStub, task: AITask) -> None:
    async def elsewhere() -> None:
        await llm.run(task, CONTEXT, **WHO)
        await llm.aclose()

    await llm.run(task, CONTEXT, **WHO)
    await run_sync(asyncio.run, elsewhere())
    await llm.run(task, CONTEXT, **WHO)
    assert len(await ledger()) == 3
