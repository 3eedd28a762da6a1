"""Two AI tasks, and the model server of our own that does them."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.llm.task import AITask
from tests.online import online, stub  # noqa: F401  # fixtures

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
