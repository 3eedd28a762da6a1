"""A talk worth summing up, and a model server of our own to ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.sessions import services as sessions
from apps.sessions.models import Session
from tests.stubs.openai_stub import OpenAIStub

TALK = (
    ("persona", "What went through your mind on Monday?"),
    ("client", "I was so anxious before the meeting that my stomach went tight."),
    ("persona", "How strong was the anxiety, from 0 to 10?"),
    ("client", "A 7. But I tried the breathing twice, and it helped a bit."),
    ("persona", "Would you be willing to try it again this week?"),
    ("client", "Yes, I'll do it before the meeting on Friday."),
)
Say = Callable[..., Session]


@pytest.fixture
def say(active: Session, by_alice: Actor) -> Say:
    """Puts a talk into jane's running session."""

    def speak(*lines: tuple[str, str]) -> Session:
        for sender, text in lines or TALK:
            sessions.send_message(
                active.pk, content=text, sender_type=sender, wants_answer=False, by=by_alice
            )
        return active

    return speak


@pytest.fixture
def ended(say: Say, by_alice: Actor) -> Session:
    session = say()
    return sessions.end_session(session.pk, by=by_alice)


@pytest.fixture
def model(settings: Any, transactional_db: None, forgotten_after: None) -> Iterator[OpenAIStub]:
    """Committed rows are needed: the ledger of calls is written in other threads."""
    with OpenAIStub() as running:
        settings.LLM_PROVIDER = "openai"
        settings.OPENAI_API_KEY = "sk-test"
        settings.OPENAI_BASE_URL = running.url
        settings.LLM_TIMEOUT_S = 3.0  # a busy machine takes a second to answer itself
        settings.LLM_MAX_RETRIES = 0
        yield running


ANSWER: dict[str, Any] = {
    "summary": [
        {
            "text": "The client spoke of anxiety before meetings.",
            "evidence": [{"message": 2, "quote": "I was so anxious before the meeting"}],
        },
        {"text": "They won a prize.", "evidence": [{"message": 2, "quote": "I won a prize"}]},
    ],
    "key_points": [
        {
            "text": "Breathing was tried twice and helped a little.",
            "evidence": [{"message": 4, "quote": "I tried the breathing twice"}],
        },
        {
            "text": "This looks like an anxiety disorder.",
            "evidence": [{"message": 2, "quote": "my stomach went tight"}],
        },
        {"text": "Of another talk.", "evidence": [{"message": 99, "quote": "stomach"}]},
    ],
    "insights": [
        {
            "type": "strength",
            "text": "Uses breathing exercises.",
            "evidence": [{"message": 4, "quote": "it helped a bit"}],
            "contrary": [{"message": 2, "quote": "my stomach went tight"}],
        },
        {"type": "goal", "text": "A goal.", "evidence": [], "contrary": []},
    ],
    "moods": [
        {"mood": "anxious", "evidence": [{"message": 2, "quote": "so anxious"}]},
        {"mood": "calm", "evidence": [{"message": 1, "quote": "your mind"}]},
    ],
    "metrics": {
        "anxiety_level": {"score": 7, "evidence": [{"message": 4, "quote": "A 7."}]},
        "coping_strategy_usage": {"score": 9, "evidence": [{"message": 4, "quote": "invented"}]},
        "mood": {"score": None, "evidence": []},
    },
    "focus_areas": [
        {"text": "Breathing before Friday", "evidence": []},
        {"text": "Prizes", "evidence": [{"message": 2, "quote": "a prize"}]},
    ],
}
