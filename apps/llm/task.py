"""One AI job: its prompt, the shape of its answer, and the rule that does it without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.llm.client import Usage

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AITask:
    """`offline` gives text, or the object itself when there is a `schema`; it must be pure."""

    name: str
    template: Path
    offline: Callable[[Context], Any]
    schema: dict[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """`value` is the checked object of a task with a schema, else the same as `text`."""

    value: Any
    text: str
    provider: str
    model: str
    prompt_hash: str
    usage: Usage | None
