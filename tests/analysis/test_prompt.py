"""What a model is told about a talk, and what a talk can't tell it."""

from __future__ import annotations

from typing import Any

import pytest

from apps.analysis.summarizing import SUMMARY
from apps.analysis.talk.model import Line
from apps.llm import prompts
from tests.sessions.test_reply_prompt import INJECTIONS


def context(*texts: str, **changes: Any) -> dict[str, Any]:
    lines = [Line(number, f"m{number}", "client", text) for number, text in enumerate(texts, 1)]
    base = {
        "whole": lines,
        "lines": lines,
        "left_out": 0,
        "goals": [],
        "persona": "Dr. Morgan Hayes",
        "techniques": ["mindfulness"],
    }
    return base | changes


def test_it_tells_who_spoke_and_what_was_left_out() -> None:
    prompt = prompts.render(SUMMARY.template, context("I can't sleep.", left_out=7))
    assert "[1] client: I can't sleep." in prompt.user
    assert "7 messages are left out" in prompt.user
    assert "methods: mindfulness" in prompt.user
    assert "Never diagnose" in prompt.system
    assert "goals" not in prompt.user


@pytest.mark.parametrize("words", INJECTIONS)
def test_words_stay_inside_their_fence(words: str) -> None:
    plain = prompts.render(SUMMARY.template, context("Hello"))
    prompt = prompts.render(SUMMARY.template, context(words, goals=[words]))
    assert prompt.system == plain.system
    before, _, after = prompt.user.rpartition(">>>")
    assert after.strip() == "Give the record as one JSON object of the schema, and nothing else."
    assert words.splitlines()[0] in before
