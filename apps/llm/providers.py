"""OpenAI, and whatever else speaks its chat completions API."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx2
import openai

from apps.llm import openai_format
from apps.llm.client import ChatRequest, Completion, Delta, ProviderError, Usage
from apps.llm.failures import CALL_ERRORS, error_from

CONNECT_TIMEOUT_S = 5.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0  # beyond this the caller's own queue waits better than we do
STREAM_LIMIT_FACTOR = 10  # a stream may last this many times the pause allowed between tokens
# A timed-out or unusable answer may have been paid for: whether to pay again is the caller's call.
RETRIED = frozenset({"provider_unavailable", "provider_rate_limited"})
_chance = random.SystemRandom()


class OpenAIProvider:
    """One connection pool; it belongs to the event loop it is used on."""

    name = "openai"

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        base_url: str = "",
        timeout_s: float = 30.0,
        max_retries: int = 2,
    ) -> None:
        self.model = model
        self.timeout_s = timeout_s
        self.max_retries = max_retries
        # Servers that imitate the API mostly know only the older name.
        self.limit_key = "max_tokens" if base_url else "max_completion_tokens"
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url or None,
            timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
            max_retries=0,
        )

    async def complete(self, request: ChatRequest) -> Completion:
        for attempt in range(self.max_retries + 1):
            try:
                return await self._complete_once(request)
            except ProviderError as error:
                await self._pause(error, attempt)
        raise AssertionError("unreachable: the last pause raises")

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta | Completion, None]:
        """A failure after the first delta is never retried: the reader has seen the beginning."""
        for attempt in range(self.max_retries + 1):
            begun = False
            try:
                async with contextlib.aclosing(self._stream_once(request)) as parts:
                    async for part in parts:
                        begun = True
                        yield part
                return
            except ProviderError as error:
                if begun:
                    raise
                await self._pause(error, attempt)

    async def aclose(self) -> None:
        await self._client.close()

    async def _pause(self, error: ProviderError, attempt: int) -> None:
        """Wait before the next attempt, or raise `error` when there is to be none."""
        if not error.retryable or error.code not in RETRIED or attempt == self.max_retries:
            raise error
        pause = _chance.uniform(0.5, 1.0) * min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempt)
        if error.retry_after_s is not None:
            if error.retry_after_s > LONGEST_PAUSE_S:
                raise error
            pause = error.retry_after_s + _chance.uniform(0, 0.25)
        await asyncio.sleep(pause)

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        return openai_format.request_body(request, model=self.model, limit_key=self.limit_key)

    async def _complete_once(self, request: ChatRequest) -> Completion:
        raw = self._client.chat.completions.with_raw_response
        try:
            # httpx2's timeout is per read; a slow drip is ended only by a limit on the whole.
            async with asyncio.timeout(self.timeout_s):
                response = await raw.create(**self._body(request))
        except CALL_ERRORS as error:
            raise error_from(error) from error
        return self._read(openai_format.parse(response.content))

    def _read(self, body: dict[str, Any]) -> Completion:
        usage, choice = openai_format.usage_of(body), openai_format.choice_of(body)
        if choice is None or not isinstance(message := choice.get("message"), dict):
            raise openai_format.bad_answer("The provider's answer held no choice", usage)
        text, finish = str(message.get("content") or ""), str(choice.get("finish_reason") or "")
        openai_format.refuse_refusal(text, message.get("refusal"), finish, usage)
        return Completion(text, str(body.get("model") or self.model), self.name, usage, finish)

    async def _stream_once(self, request: ChatRequest) -> AsyncGenerator[Delta | Completion, None]:
        answer = _Answer(request.model or self.model)
        deadline = time.monotonic() + self.timeout_s * STREAM_LIMIT_FACTOR
        try:
            async with contextlib.aclosing(self._lines(request)) as lines:
                while (line := await self._next(lines, deadline)) is not None:
                    if text := answer.add(line):
                        yield Delta(text)
        except CALL_ERRORS as error:
            raise error_from(error) from error
        yield answer.completion(self.name)

    async def _next(self, lines: AsyncIterator[str], deadline: float) -> str | None:
        # Never a timeout around a `yield`: it would strike the reader's code, not ours.
        async with asyncio.timeout(min(self.timeout_s, deadline - time.monotonic())):
            return await anext(lines, None)

    async def _lines(self, request: ChatRequest) -> AsyncGenerator[str, None]:
        """The `data:` lines up to `[DONE]`; closing this generator closes the connection."""
        body = self._body(request) | {"stream": True, "stream_options": {"include_usage": True}}
        streaming = self._client.chat.completions.with_streaming_response
        async with streaming.create(**body) as response:
            async for line in response.iter_lines():
                data = line.removeprefix("data:").strip()
                if data == "[DONE]":
                    return
                if line.startswith("data:"):
                    yield data


class _Answer:
    """What the chunks of one stream add up to."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.parts: list[str] = []
        self.refusal = ""
        self.finish_reason = ""
        self.usage: Usage | None = None

    def add(self, line: str) -> str:
        body = openai_format.parse(line)
        if "error" in body:
            message = "The provider broke the stream off with an error"
            raise ProviderError("provider_unavailable", message, retryable=True)
        self.model = str(body.get("model") or self.model)
        self.usage = openai_format.usage_of(body) or self.usage
        choice = openai_format.choice_of(body) or {}
        self.finish_reason = str(choice.get("finish_reason") or self.finish_reason)
        return self._add_delta(choice.get("delta"))

    def _add_delta(self, delta: object) -> str:
        if not isinstance(delta, dict):
            return ""
        self.refusal += str(delta.get("refusal") or "")
        text = str(delta.get("content") or "")
        self.parts.append(text)
        return text

    def completion(self, provider: str) -> Completion:
        text = "".join(self.parts)
        if not self.finish_reason:
            raise openai_format.bad_answer("The provider's stream ended early", self.usage)
        openai_format.refuse_refusal(text, self.refusal, self.finish_reason, self.usage)
        return Completion(text, self.model, provider, self.usage, self.finish_reason)
