"""The thirteen stages of the interview, read from script/*.yaml and checked when imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from apps.characters import script_checks
from apps.characters.script_types import (
    Choice,
    Completes,
    Field,
    FieldType,
    Lines,
    Move,
    Prompt,
    Stage,
    Topic,
    Wording,
)

SCRIPT = Path(__file__).parent / "script"


def _lines(raw: list[str] | None) -> Lines:
    return tuple(line.strip() for line in raw or ())


def _read(name: str) -> Any:
    return yaml.load((SCRIPT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _choice(raw: dict[str, Any]) -> Choice:
    flags = {flag: raw.get(flag, False) for flag in ("others", "passing")}
    return Choice(raw["value"], _lines(raw["synonyms"]), **flags)


def _field(stage: str, raw: dict[str, Any]) -> Field:
    plain = {
        key: raw[key]
        for key in ("name", "label", "required", "volunteered", "open", "low", "high")
        if key in raw
    }
    return Field(
        stage=stage,
        type=FieldType(raw["type"]),
        spoken=_lines(raw["spoken"]),
        choices=tuple(_choice(choice) for choice in raw.get("choices", ())),
        acknowledgments=_lines(raw.get("acknowledgments")),
        **plain,
    )


def _wording(raw: dict[str, Any], base: Wording | None = None) -> Wording:
    if base is None:
        return Wording(
            _lines(raw["content"]),
            _lines(raw["again"]),
            _lines(raw["simpler"]),
            raw["context_text"],
        )
    content = _lines(raw["content"]) if "content" in raw else base.content
    return Wording(content, base.again, base.simpler, raw.get("context_text", base.context_text))


def _prompt(stage: str, raw: dict[str, Any]) -> Prompt:
    adult = _wording(raw)
    return Prompt(
        id=raw["id"],
        stage=stage,
        asks=raw.get("asks"),
        adult=adult,
        minor=_wording(raw.get("minor", {}), adult),
        follow_up_prompts=_lines(raw["follow_up_prompts"]),
        known=_lines(raw.get("known")),
    )


def _stage(raw: dict[str, Any]) -> Stage:
    name = raw["id"]
    return Stage(
        id=name,
        title=raw["title"],
        why=_lines(raw["why"]),
        completes=Completes(raw["completes"]),
        moves={given: Move(move) for given, move in raw["moves"].items()},
        prompts=tuple(_prompt(name, prompt) for prompt in raw["prompts"]),
        fields=tuple(_field(name, field) for field in raw.get("fields", ())),
        leaves_out=_lines(raw.get("leaves_out")),
    )


def _topic(raw: dict[str, Any]) -> Topic:
    answers = _lines(raw["answers"])
    return Topic(raw["id"], _lines(raw["patterns"]), answers, raw.get("simpler", False))


def _phrases(name: str) -> dict[str, Lines]:
    return {key: _lines(lines) for key, lines in _read(name).items()}


STAGES = tuple(_stage(_read(path.name)) for path in sorted(SCRIPT.glob("[0-9]*.yaml")))
PHRASES = _phrases("phrases.yaml")
REFUSALS = _phrases("refusals.yaml")
INTENTS = _phrases("intents.yaml")
WORDS = {key: frozenset(words.split()) for key, words in _read("words.yaml").items()}
COUNTRIES = _phrases("countries.yaml")
TOPICS = tuple(_topic(raw) for raw in _read("digressions.yaml"))

script_checks.check(
    STAGES, PHRASES | REFUSALS | {f"topic.{topic.id}": topic.answers for topic in TOPICS}
)

STAGE_IDS = tuple(stage.id for stage in STAGES)
STAGE = {stage.id: stage for stage in STAGES}
PROMPTS = {prompt.id: prompt for stage in STAGES for prompt in stage.prompts}
FIELDS = {field.name: field for stage in STAGES for field in stage.fields}
PROMPT_FOR = {prompt.asks: prompt for prompt in PROMPTS.values() if prompt.asks}
