"""Answers that must be JSON of a schema: read, checked, and repaired at most once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from apps.llm.client import ChatMessage, ChatRequest, Completion, ProviderError

PROBLEMS_TOLD = 10
ANSWER_SHOWN_CHARS = 8000
_FENCED = re.compile(r"\A```(?:json)?\s*\n(?P<json>.*)\n```\s*\Z", re.DOTALL)
Call = Callable[[ChatRequest], Awaitable[Completion]]


class WrongShape(Exception):
    """The answer is not what the schema says; `problems` are sentences for the repair."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read(text: str, schema: dict[str, Any]) -> Any:
    """The JSON value in `text`, which may stand in a Markdown fence. Raises WrongShape."""
    match = _FENCED.match(text.strip())
    try:
        value = orjson.loads(match["json"] if match else text)
    except orjson.JSONDecodeError as error:
        raise WrongShape([f"It was not JSON: {error}"]) from error
    problems = [_told(error) for error in Draft202012Validator(schema).iter_errors(value)]
    if problems:
        raise WrongShape(problems[:PROBLEMS_TOLD])
    return value


async def ask(call: Call, request: ChatRequest, schema: dict[str, Any]) -> tuple[Any, Completion]:
    """The checked value and the answer it came in; one repair, then provider_bad_answer."""
    first = await call(request)
    try:
        return read(first.text, schema), first
    except WrongShape as wrong:
        second = await call(_repair(request, first.text, wrong.problems))
    try:
        return read(second.text, schema), second
    except WrongShape as wrong:
        message = "The answer did not have the shape asked for, nor had its repair"
        raise ProviderError("provider_bad_answer", message, retryable=True) from wrong


def _told(error: Any) -> str:
    return f"{error.json_path}: {error.message[:200]}"


def _repair(request: ChatRequest, answer: str, problems: list[str]) -> ChatRequest:
    told = "\n".join(f"- {problem}" for problem in problems)
    correction = (
        f"That answer did not fit the schema:\n{told}\n"
        "Give the whole answer again as one JSON value that fits, and nothing else."
    )
    said = ChatMessage("assistant", answer[:ANSWER_SHOWN_CHARS])
    return replace(request, messages=(*request.messages, said, ChatMessage("user", correction)))
