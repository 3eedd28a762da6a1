"""The OpenAI provider against a real HTTP server that answers well and badly."""

from __future__ import annotations

import asyncio
import email.utils
import inspect
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from apps.llm.client import (
    ChatMessage,
    ChatRequest,
    Completion,
    Delta,
    Provider,
    ProviderError,
    Usage,
)
from apps.llm.offline import OfflineProvider
from apps.llm.providers import OpenAIProvider
from tests.stubs import openai_stub as says

HELLO = ChatRequest((ChatMessage("system", "Be kind."), ChatMessage("user", "Hello")))


@pytest.fixture
async def provider(stub: says.OpenAIStub) -> AsyncIterator[OpenAIProvider]:
    made = OpenAIProvider(
        api_key="sk-test", model="gpt-4.1", base_url=stub.url, timeout_s=1.0, max_retries=2
    )
    yield made
    await made.aclose()


async def failure(provider: OpenAIProvider, request: ChatRequest = HELLO) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await provider.complete(request)
    return caught.value


async def collect(provider: Provider, request: ChatRequest = HELLO) -> tuple[str, Completion]:
    parts = [part async for part in provider.stream(request)]
    whole = parts.pop()
    assert isinstance(whole, Completion)
    assert all(isinstance(part, Delta) for part in parts)
    return "".join(part.text for part in parts), whole


async def test_it_completes(stub: says.OpenAIStub, provider: OpenAIProvider) -> None:
    stub.script(says.say("Good morning."))
    request = ChatRequest(HELLO.messages, temperature=0.2, max_tokens=50)

    answer = await provider.complete(request)

    assert answer == Completion("Good morning.", "gpt-4.1", "openai", Usage(11, 7), "stop")
    assert stub.requests == [
        {
            "model": "gpt-4.1",
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "Hello"},
            ],
            "temperature": 0.2,
            "max_tokens": 50,
        }
    ]
    assert stub.headers[0]["authorization"] == "Bearer sk-test"


async def test_it_streams(stub: says.OpenAIStub, provider: OpenAIProvider) -> None:
    stub.script(says.say("One word after another."))

    text, whole = await collect(provider)

    assert text == whole.text == "One word after another."
    assert whole.usage == Usage(11, 7)
    assert stub.requests[0]["stream_options"] == {"include_usage": True}


async def test_missing_usage_is_unknown_not_zero(
    stub: says.OpenAIStub, provider: OpenAIProvider
) -> None:
    stub.script(says.say("Yes.", usage=None), says.say("Yes.", usage=None))
    assert (await provider.complete(HELLO)).usage is None
    assert (await collect(provider))[1].usage is None


@pytest.mark.parametrize(
    ("step", "code", "retryable", "calls"),
    [
        (says.status(500), "provider_unavailable", True, 3),
        (says.status(503), "provider_unavailable", True, 3),
        (says.cut(), "provider_unavailable", True, 3),
        (says.status(429), "provider_rate_limited", True, 3),
        (says.status(429, kind="insufficient_quota"), "provider_rate_limited", False, 1),
        (says.status(400), "provider_refused", False, 1),
        (says.status(401), "provider_refused", False, 1),
        (says.refuse(), "provider_refused", False, 1),
        (says.say("x", finish="content_filter"), "provider_refused", False, 1),
        (says.raw(b"<html>busy</html>", "text/html"), "provider_bad_answer", True, 1),
        (says.raw(b'{"choices": [{"mess'), "provider_bad_answer", True, 1),
        (says.raw(b"[]"), "provider_bad_answer", True, 1),
        (says.empty_choices(), "provider_bad_answer", True, 1),
        (says.say("  \n"), "provider_bad_answer", True, 1),
        (says.hang(), "provider_timeout", True, 1),
        (says.drip(), "provider_timeout", True, 1),
    ],
)
async def test_each_failure_is_typed_and_tried_as_often_as_it_makes_sense(
    stub: says.OpenAIStub,
    provider: OpenAIProvider,
    monkeypatch: pytest.MonkeyPatch,
    step: says.Step,
    code: str,
    retryable: bool,
    calls: int,
) -> None:
    monkeypatch.setattr("apps.llm.providers.FIRST_PAUSE_S", 0.02)
    stub.default = step
    began = time.monotonic()

    error = await failure(provider)

    assert (error.code, error.retryable, len(stub.requests)) == (code, retryable, calls)
    assert time.monotonic() - began < 2


async def test_a_bad_answer_tells_what_it_cost(
    stub: says.OpenAIStub, provider: OpenAIProvider
) -> None:
    stub.script(says.empty_choices())
    assert (await failure(provider)).usage == Usage(11, 7)


async def test_it_recovers_after_a_brief_outage(
    stub: says.OpenAIStub, provider: OpenAIProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.llm.providers.FIRST_PAUSE_S", 0.02)
    stub.script(says.status(502), says.cut(), says.say("Back again."))
    assert (await provider.complete(HELLO)).text == "Back again."


async def test_it_waits_as_long_as_retry_after_says(
    stub: says.OpenAIStub, provider: OpenAIProvider
) -> None:
    stub.script(says.status(429, headers={"Retry-After": "1"}), says.say("Now."))
    began = time.monotonic()
    assert (await provider.complete(HELLO)).text == "Now."
    assert 1.0 <= time.monotonic() - began < 2.0


async def test_a_long_retry_after_is_left_to_the_callers_queue(
    stub: says.OpenAIStub, provider: OpenAIProvider
) -> None:
    later = email.utils.formatdate(time.time() + 120, usegmt=True)
    stub.script(says.status(429, headers={"Retry-After": later}))

    error = await failure(provider)

    assert error.retry_after_s == pytest.approx(120, abs=3)
    assert len(stub.requests) == 1


async def test_no_server_at_all_is_unavailable() -> None:
    with says.OpenAIStub() as gone:
        url = gone.url
    provider = OpenAIProvider(api_key="k", model="m", base_url=url, timeout_s=1, max_retries=0)
    assert (await failure(provider)).code == "provider_unavailable"
    await provider.aclose()


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (says.cut("half an"), "provider_unavailable"),
        (says.stream_error("half an"), "provider_unavailable"),
        (says.end_early("half an"), "provider_bad_answer"),
        (says.say("so far", finish="content_filter"), "provider_refused"),
    ],
)
async def test_a_stream_that_breaks_after_its_beginning_is_not_begun_again(
    stub: says.OpenAIStub, provider: OpenAIProvider, step: says.Step, code: str
) -> None:
    stub.default = step
    seen: list[str] = []

    async def read() -> None:
        async for part in provider.stream(HELLO):
            seen.append(part.text)

    with pytest.raises(ProviderError) as caught:
        await read()
    assert "".join(seen).strip() in {"half an", "so far"}
    assert caught.value.code == code
    assert len(stub.requests) == 1


async def test_a_stream_that_fails_before_its_beginning_is_tried_again(
    stub: says.OpenAIStub, provider: OpenAIProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.llm.providers.FIRST_PAUSE_S", 0.02)
    stub.script(says.status(500), says.cut(), says.say("Third time lucky."))
    assert (await collect(provider))[0] == "Third time lucky."


@pytest.mark.parametrize("step", [says.hang(), says.drip()])
async def test_a_stream_that_says_nothing_times_out(
    stub: says.OpenAIStub, provider: OpenAIProvider, step: says.Step
) -> None:
    stub.script(step)
    began = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        await collect(provider)
    assert caught.value.code == "provider_timeout"
    assert time.monotonic() - began < 2


async def test_a_cancelled_stream_closes_the_upstream_connection_within_a_second(
    stub: says.OpenAIStub, provider: OpenAIProvider
) -> None:
    stub.script(says.say("word " * 400, gap_s=0.02))
    first = asyncio.Event()

    async def read() -> None:
        async for _ in provider.stream(HELLO):
            first.set()

    reading = asyncio.create_task(read())
    await first.wait()
    reading.cancel()
    left = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await reading
    while not stub.cut and time.monotonic() - left < 2:
        await asyncio.sleep(0.01)
    assert stub.cut
    assert stub.cut[0] - left < 1


async def test_a_reader_who_stops_reading_closes_the_upstream_connection(
    stub: says.OpenAIStub, provider: OpenAIProvider
) -> None:
    stub.script(says.say("word " * 400, gap_s=0.02))
    stream = provider.stream(HELLO)
    await anext(stream)
    left = time.monotonic()
    await stream.aclose()
    while not stub.cut and time.monotonic() - left < 2:
        await asyncio.sleep(0.01)
    assert stub.cut
    assert stub.cut[0] - left < 1


def _public(cls: type) -> dict[str, Any]:
    return {
        name: (inspect.signature(member), inspect.isasyncgenfunction(member))
        for name, member in inspect.getmembers(cls, inspect.isfunction)
        if not name.startswith("_")
    }


def test_the_offline_provider_is_called_just_like_the_real_one() -> None:
    assert _public(OfflineProvider) == _public(OpenAIProvider)
    assert {"complete", "stream", "aclose"} == set(_public(OpenAIProvider))


async def test_the_offline_provider_says_the_same_streamed_or_not() -> None:
    provider: Provider = OfflineProvider(lambda: "Two  spaces,\nand a line.")
    text, whole = await collect(provider)
    assert text == whole.text == (await provider.complete(HELLO)).text
    assert (whole.model, whole.usage) == ("offline", Usage(0, 0))
