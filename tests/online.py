"""A model server of our own, and the installation set to use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from apps.jobs import drain
from apps.llm import services as llm
from tests.stubs.openai_stub import OpenAIStub


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    with OpenAIStub() as running:
        yield running


@pytest.fixture
def forgotten_after() -> Iterator[None]:
    """The drain's loop outlives a test, and would ask its model server, which is gone, again."""
    yield
    drain.run_in_loop(llm.aclose())


@pytest.fixture
async def online(
    stub: OpenAIStub, settings: Any, transactional_db: None, forgotten_after: None
) -> AsyncIterator[OpenAIStub]:
    """Committed rows are needed: the ledger is written in other threads."""
    settings.LLM_PROVIDER = "openai"
    settings.OPENAI_API_KEY = "sk-test"
    settings.OPENAI_BASE_URL = stub.url
    settings.LLM_TIMEOUT_S = 3.0  # a busy machine takes a second to answer itself
    settings.LLM_MAX_RETRIES = 0
    yield stub
    await llm.aclose()
