"""What the rest of the house may ask of a language model: run an AI task, or stream it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from django.conf import settings

from apps.llm import prompts, structured
from apps.llm.client import ChatRequest, Completion, Provider
from apps.llm.ledger import Call
from apps.llm.offline import OFFLINE, OfflineProvider
from apps.llm.openai_format import bad_answer
from apps.llm.task import AITask, Context, Result

LEAK_WINDOW_CHARS = 1000
# A connection pool belongs to one event loop; a Celery drain makes a new loop each time.
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, Provider] = WeakKeyDictionary()


async def run(task: AITask, context: Context, *, subject: str, by_label: str) -> Result:
    """Do `task` with the provider of this installation. Raises ProviderError."""
    job = _Job(task, context, subject, by_label)
    if task.schema is None:
        completion = await job.call(job.request)
        return job.result(completion.text.strip(), completion)
    value, completion = await structured.ask(job.call, job.request, task.schema)
    return job.result(value, completion)


async def stream(
    task: AITask, context: Context, *, subject: str, by_label: str
) -> AsyncGenerator[str | Result, None]:
    """The answer's text as it comes, then the Result. Raises ProviderError.

    Close it (`contextlib.aclosing`) to stop paying: the call upstream ends within a second.
    """
    job = _Job(task, context, subject, by_label)
    said = ""
    async with job.entry() as entry, aclosing(job.provider.stream(job.request)) as parts:
        async for part in parts:
            if isinstance(part, Completion):
                entry.answered(part)
                completion = job.checked(part)
                break
            said += part.text
            job.refuse_leak(said[-LEAK_WINDOW_CHARS:])
            yield part.text
        else:
            raise bad_answer("The stream ended without an answer")
    yield job.result(completion.text, completion)


async def aclose() -> None:
    """Close this event loop's connections; whoever ends a loop calls it."""
    provider = _shared.pop(asyncio.get_running_loop(), None)
    if provider is not None:
        await provider.aclose()


def model_name() -> str:
    """What answers in this installation: a model's name, or `offline`."""
    return OFFLINE if settings.LLM_PROVIDER == OFFLINE else str(settings.LLM_MODEL)


def _provider(task: AITask, context: Context) -> Provider:
    if settings.LLM_PROVIDER == OFFLINE:
        return OfflineProvider(functools.partial(_by_rule, task, context))
    loop = asyncio.get_running_loop()
    if loop not in _shared:
        _shared[loop] = _openai_provider()
    return _shared[loop]


def _openai_provider() -> Provider:
    """Loaded only where it is used: OpenAI's package is a quarter of what a process imports."""
    provider: Provider = import_module("apps.llm.providers").OpenAIProvider(
        api_key=settings.OPENAI_API_KEY,
        model=settings.LLM_MODEL,
        base_url=settings.OPENAI_BASE_URL,
        timeout_s=settings.LLM_TIMEOUT_S,
        max_retries=settings.LLM_MAX_RETRIES,
    )
    return provider


def _by_rule(task: AITask, context: Context) -> str:
    answer = task.offline(context)
    return answer if task.schema is None else orjson.dumps(answer).decode()


class _Job:
    """One run of a task: its provider, its rendered prompt, and its lines in the ledger."""

    def __init__(self, task: AITask, context: Context, subject: str, by_label: str) -> None:
        self.task = task
        self.subject = subject
        self.by_label = by_label
        self.provider = _provider(task, context)
        self.prompt = prompts.render(task.template, context)
        self.request = ChatRequest(
            self.prompt.messages,
            temperature=task.temperature,
            max_tokens=task.max_tokens,
            schema=task.schema,
        )

    def entry(self) -> Call:
        return Call(
            purpose=self.task.name,
            provider=self.provider.name,
            model=self.provider.model,
            subject=self.subject,
            by_label=self.by_label,
        )

    async def call(self, request: ChatRequest) -> Completion:
        async with self.entry() as entry:
            completion = await self.provider.complete(request)
            entry.answered(completion)
            return self.checked(completion)

    def checked(self, completion: Completion) -> Completion:
        if not completion.text.strip():
            raise bad_answer("The answer was empty")
        self.refuse_leak(completion.text)
        return completion

    def refuse_leak(self, text: str) -> None:
        if self.prompt.is_leaked_by(text):
            raise bad_answer("The answer repeated its instructions")

    def result(self, value: Any, completion: Completion) -> Result:
        return Result(
            value=value,
            text=completion.text.strip(),
            provider=completion.provider,
            model=completion.model,
            prompt_hash=self.prompt.digest(self.provider.model),
            usage=completion.usage,
        )
