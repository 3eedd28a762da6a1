"""OpenAI's chat completion bodies, made and read without the SDK's per-token models."""

from __future__ import annotations

from typing import Any

import orjson

from apps.llm.client import ChatRequest, ProviderError, Usage


def request_body(request: ChatRequest, *, model: str, limit_key: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model or model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body[limit_key] = request.max_tokens
    if request.schema is not None:
        answer = {"name": "answer", "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": answer}
    return body


def parse(raw: bytes | str) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise bad_answer("The provider's answer was not JSON") from error
    if not isinstance(body, dict):
        raise bad_answer("The provider's answer was not a JSON object")
    return body


def bad_answer(message: str, usage: Usage | None = None) -> ProviderError:
    return ProviderError("provider_bad_answer", message, retryable=True, usage=usage)


def usage_of(body: dict[str, Any]) -> Usage | None:
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return None
    spent, made = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not isinstance(spent, int) or not isinstance(made, int):
        return None
    return Usage(spent, made)


def choice_of(body: dict[str, Any]) -> dict[str, Any] | None:
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else None


def refuse_refusal(text: str, refusal: object, finish_reason: str, usage: Usage | None) -> None:
    """Raise unless the answer holds text that the model was willing to give."""
    if refusal or finish_reason == "content_filter":
        message = "The provider refused to answer"
        raise ProviderError("provider_refused", message, retryable=False, usage=usage)
    if not text.strip():
        raise bad_answer("The provider's answer was empty", usage)
