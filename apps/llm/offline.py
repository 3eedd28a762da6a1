"""The provider that needs no account: it answers with a task's own rule."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable

from apps.llm.client import ChatRequest, Completion, Delta, Usage

OFFLINE = "offline"
_WORD = re.compile(r"\S+\s*|\s+")


class OfflineProvider:
    """Deterministic and free; `rule` is bound to one task and one context."""

    name = OFFLINE
    model = OFFLINE

    def __init__(self, rule: Callable[[], str]) -> None:
        self.rule = rule

    async def complete(self, request: ChatRequest) -> Completion:
        return self._completion(self.rule())

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta | Completion, None]:
        text = self.rule()
        for word in _WORD.findall(text):
            yield Delta(word)
        yield self._completion(text)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _completion(self, text: str) -> Completion:
        return Completion(text, self.model, self.name, Usage(0, 0), "stop")
