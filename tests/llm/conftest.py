"""A model server of our own, and the installation set to use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.llm import services as llm
from apps.llm.task import AITask
from tests.stubs.openai_stub import OpenAIStub

PROMPT = """# System

You are careful and you answer in one short sentence, in the plainest words that will still do.

# User

Topic: {{ topic }}
{% untrusted "words" %}{{ words }}{% enduntrusted %}
"""
MOOD = {
    "type": "object",
    "properties": {"mood": {"enum": ["low", "high"]}},
    "required": ["mood"],
    "additionalProperties": False,
}
CONTEXT = {"topic": "sleep", "words": "I lie awake."}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "task.md"
    path.write_text(PROMPT)
    return path


@pytest.fixture
def task(template: Path) -> AITask:
    return AITask("a_task", template, lambda context: f"On {context['topic']}: rest.")


@pytest.fixture
def mood(template: Path) -> AITask:
    return AITask("a_mood", template, lambda context: {"mood": "low"}, schema=MOOD)


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    with OpenAIStub() as running:
        yield running


@pytest.fixture
async def online(
    stub: OpenAIStub, settings: Any, transactional_db: None
) -> AsyncIterator[OpenAIStub]:
    """Committed rows are needed: the ledger is written in other threads."""
    settings.LLM_PROVIDER = "openai"
    settings.OPENAI_API_KEY = "sk-test"
    settings.OPENAI_BASE_URL = stub.url
    settings.LLM_TIMEOUT_S = 1.0
    settings.LLM_MAX_RETRIES = 0
    yield stub
    await llm.aclose()
