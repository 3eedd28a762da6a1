"""What every provider of completions takes, gives and raises."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]
ErrorCode = Literal[
    "provider_timeout",
    "provider_unavailable",
    "provider_rate_limited",
    "provider_refused",
    "provider_bad_answer",
]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`model=None` means the provider's own; `schema` asks for JSON of that JSON Schema."""

    messages: tuple[ChatMessage, ...]
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Delta:
    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """`usage` is None when the provider did not say: unknown is not zero."""

    text: str
    model: str
    provider: str
    usage: Usage | None
    finish_reason: str


class ProviderError(Exception):
    """A call that gave no usable answer.

    `retryable` says whether the same request may succeed later; `usage` is what the provider
    reported as spent on the failed call, if it did. The message never holds prompt or answer.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        retryable: bool,
        retry_after_s: float | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.usage = usage


class Provider(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    async def complete(self, request: ChatRequest) -> Completion: ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[Delta | Completion, None]:
        """Deltas as they come, then exactly one Completion with the whole text."""
        ...

    async def aclose(self) -> None: ...
