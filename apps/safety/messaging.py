"""Words for a person in distress: listen, ask directly, urge towards people, name the lines."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from apps.safety import languages
from apps.safety.detector.finding import Category, Level
from apps.safety.languages import ENGLISH
from apps.safety.resources import Resource, for_person

_FILE = Path(__file__).with_name("messages.yaml")
STEPS = ("listen", "ask", "urge")
# An unreviewed message is answered as carefully as a grave one.
_VOICE: dict[str, str] = {"moderate": "moderate", "high": "high", "critical": "critical",
                          "unreviewed": "high"}  # fmt: skip


@cache
def texts() -> dict[str, Any]:
    page: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return page


def support_text(
    level: Level,
    category: Category,
    *,
    resources: Sequence[Resource],
    seed: str,
    turn: int,
    third_person: bool = False,
    minor: bool = False,
    ask_country: bool = False,
    language: str = ENGLISH,
) -> str:
    """Deterministic for a seed; each step's sentence changes from one turn to the next."""
    voice = _VOICE[level]
    other = third_person and category != "abuse"  # whoever sees abuse at home lives with it too
    words = _words(language, voice, category, other=other)
    lines = [" ".join(_variant(words[step], f"{seed}:{step}", turn) for step in STEPS)]
    if minor:
        lines.append(_variant(words["minor"], f"{seed}:minor", turn))
    lines.append("\n".join([words["resources"], *map(_shown, resources)]))
    if ask_country:
        lines.append(words["ask_country"])
    return "\n\n".join(lines)


def lines_for(country: str | None, level: Level, language: str = ENGLISH) -> list[Resource]:
    return languages.translated(for_person(country, language, level), language)


def _words(language: str, voice: str, category: Category, *, other: bool) -> dict[str, Any]:
    """Variants of each step, and what stands around them."""
    if language in languages.texts():
        page = languages.texts()[language]
        steps = languages.steps(language, voice, category, other=other)
        return {**page, **steps, "minor": [page["minor"]]}
    steps = texts()["third_person"][voice] if other else _own(voice, category)
    return {**texts(), **steps, "resources": texts()["resources"][voice]}


def unreviewed_text() -> str:
    text: str = texts()["unreviewed"]
    return text


def failed_text() -> str:
    """For words of danger that staff could not be told of."""
    text: str = texts()["failed"]
    return text


def _own(voice: str, category: Category) -> dict[str, list[str]]:
    steps: dict[str, dict[str, list[str]]] = texts()[voice]
    return steps.get(category, steps["suicidal_ideation"])


def _variant(variants: list[str], seed: str, turn: int) -> str:
    return variants[(zlib.crc32(seed.encode()) + turn) % len(variants)]


def _shown(resource: Resource) -> str:
    hours = f" ({resource.hours})" if resource.hours else ""
    return f"- {resource.name}: {resource.contact}{hours}"


def every_sentence() -> Iterator[str]:
    """All English texts, for the lint that reads each of them."""
    yield from _leaves(texts())


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for child in node.values() if isinstance(node, dict) else node:
            yield from _leaves(child)
