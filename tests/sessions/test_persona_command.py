"""manage.py test_persona"""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.llm.models import UsageEntry
from tests import factories
from tests.stubs import openai_stub as says
from tests.stubs.openai_stub import OpenAIStub

pytestmark = pytest.mark.django_db(transaction=True)


def talk(monkeypatch: pytest.MonkeyPatch, lines: str) -> list[str]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    call_command("test_persona", persona="dr_morgan_hayes", stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()


def test_it_works_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.persona("dr_morgan_hayes")
    said = talk(monkeypatch, "I'm stressed about my boss\nare you real?\nbye")
    assert len(said) == 4
    assert "AI persona" in said[0]
    assert UsageEntry.objects.filter(subject="test_persona", model="offline").count() == 4


def test_the_model_sees_the_persona_and_fenced_words(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    factories.persona("dr_morgan_hayes")
    with OpenAIStub() as stub:
        settings.LLM_PROVIDER, settings.OPENAI_API_KEY = "openai", "k"
        settings.OPENAI_BASE_URL = stub.url
        stub.script(says.say("Hello."), says.say("I hear you."))
        assert talk(monkeypatch, "I can't sleep\n") == ["Hello.", "I hear you."]
    system, user = (turn["content"] for turn in stub.requests[1]["messages"])
    assert "You are Dr. Morgan Hayes, an AI persona" in system
    assert "I can't sleep" not in system
    assert "client: I can't sleep" in user.partition("<<<transcript ")[2].partition(">>>")[0]


def test_a_failure_of_the_model_is_told(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    factories.persona("dr_morgan_hayes")
    with OpenAIStub(default=says.status(401)) as stub:
        settings.LLM_PROVIDER, settings.OPENAI_API_KEY = "openai", "k"
        settings.OPENAI_BASE_URL = stub.url
        with pytest.raises(CommandError, match="provider_refused"):
            talk(monkeypatch, "hi\n")


def test_an_unknown_persona_is_told_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="load_personas"):
        talk(monkeypatch, "")
    factories.persona("eli_brandt")
    with pytest.raises(CommandError, match="known: eli_brandt"):
        talk(monkeypatch, "")
