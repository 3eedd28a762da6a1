"""Prompt templates: Markdown files with a `# System` and a `# User` part that clinicians read."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from django.template import Context, Engine, Template

from apps.llm.client import ChatMessage

_PARTS = re.compile(
    r"\A\s*# System\n(?P<system>.+)^# User\n(?P<user>.+)\Z", re.DOTALL | re.MULTILINE
)
_MISSING = f"missing-{secrets.token_hex(8)}"
_SHINGLE_WORDS = 12
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Prompt:
    system: str
    user: str

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        return ChatMessage("system", self.system), ChatMessage("user", self.user)

    def digest(self, model: str) -> str:
        """Equal exactly when model, system part and user part are equal."""
        return hashlib.sha256(orjson.dumps([model, self.system, self.user])).hexdigest()

    def is_leaked_by(self, answer: str) -> bool:
        """Whether `answer` repeats a dozen words running of our own instructions, or a fence."""
        if any(mark in answer for mark in _fences(self.system + self.user)):
            return True
        return not _shingles(self.system).isdisjoint(_shingles(answer))


def render(template: Path, context: Mapping[str, Any]) -> Prompt:
    """Raises LookupError when the template uses a name that the context does not have."""
    # Prompts are plain text: nothing in them is to be escaped for HTML.
    plain = Context(dict(context), autoescape=False)
    system, user = (part.render(plain).strip() for part in _parts(template))
    if _MISSING in system + user:
        raise LookupError(f"{template.name} uses a name that its context does not have")
    return Prompt(system, user)


@cache
def _parts(template: Path) -> tuple[Template, Template]:
    match = _PARTS.match(template.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{template}: wants a '# System' and then a '# User' part")
    return _engine().from_string(match["system"]), _engine().from_string(match["user"])


@cache
def _engine() -> Engine:
    return Engine(string_if_invalid=_MISSING, builtins=["apps.llm.prompt_tags"])


def _fences(prompt: str) -> set[str]:
    return set(re.findall(r"<<<\S+ ([0-9a-f]{16})\n", prompt))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return {
        tuple(words[start : start + _SHINGLE_WORDS])
        for start in range(len(words) - _SHINGLE_WORDS + 1)
    }
