"""Refuses a script that would leave a person stuck, repeat itself or lose an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from apps.characters.script_types import Completes, Field, FieldType, Lines, Move, Prompt, Stage

ORDER = [
    "welcome",
    "identity",
    "appearance",
    "background",
    "values",
    "relationships",
    "therapeutic_transition",
    "concerns",
    "goals",
    "preferences",
    "readiness",
    "summary",
    "completion",
]
PLACEHOLDER = re.compile(r"\{\w+\}")
INPUTS = {"answer", "skip", "unclear", "back", "correction", "digression"}
LEAVING = {Move.NEXT, Move.AGAIN_THEN_NEXT, Move.LEAVE_OUT}


class ScriptError(Exception):
    """The script's files contradict each other; the message names the place."""


def sentences(text: str) -> list[str]:
    """The sentences of a message; list lines ("- …") are data, not sentences."""
    prose = [line for line in text.splitlines() if line and not line.startswith("- ")]
    parts = (part.strip() for line in prose for part in re.split(r"(?<=[.!?])[”\"]?\s+", line))
    return [part for part in parts if part]


def check(stages: Sequence[Stage], phrases: Mapping[str, Lines]) -> None:
    _check_order(stages)
    _check_unique("prompt", [prompt.id for stage in stages for prompt in stage.prompts])
    _check_unique("field", [field.name for stage in stages for field in stage.fields])
    for stage in stages:
        _check_moves(stage)
        _check_prompts(stage)
        for field in stage.fields:
            _check_field(field)
    _check_reachable(stages)
    _check_leavable(stages)
    _check_wordings(stages, phrases)


def _check_order(stages: Sequence[Stage]) -> None:
    if [stage.id for stage in stages] != ORDER:
        raise ScriptError(f"the stages must be {ORDER}")
    if stages[0].prompts[0].id != "welcome_intro":
        raise ScriptError("the first prompt must be welcome_intro")
    if any("AI" not in text for text in stages[0].prompts[0].adult.content):
        raise ScriptError("every welcome must say that it is an AI")


def _check_unique(kind: str, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ScriptError(f"{kind} defined twice: {sorted(twice)}")


def _check_moves(stage: Stage) -> None:
    missing = INPUTS - set(stage.moves)
    if missing:
        raise ScriptError(f"{stage.id}: no move for {sorted(missing)}")
    if not stage.prompts:
        raise ScriptError(f"{stage.id}: nothing is said in this stage")


def _check_prompts(stage: Stage) -> None:
    own = {field.name for field in stage.fields}
    asked = {prompt.asks for prompt in stage.prompts if prompt.asks}
    if not asked <= own:
        raise ScriptError(f"{stage.id}: asks for {sorted(asked - own)}, which is not its field")
    silent = {field.name for field in stage.fields if not field.volunteered} - asked
    if silent:
        raise ScriptError(f"{stage.id}: never asks for {sorted(silent)}")
    if (stage.completes is Completes.ANSWERED) != bool(asked):
        raise ScriptError(f"{stage.id}: what completes it does not fit its questions")


def _check_field(field: Field) -> None:
    words = [word for choice in field.choices for word in choice.synonyms]
    _check_unique(f"{field.name}: synonym", words)
    if field.type is FieldType.CHOICE and not field.choices:
        raise ScriptError(f"{field.name}: a choice without choices")
    if field.type is FieldType.SCALE and field.low >= field.high:
        raise ScriptError(f"{field.name}: a scale needs low < high")


def _targets(stages: Sequence[Stage], index: int) -> set[int]:
    moves = set(stages[index].moves.values())
    found = {min(index + 1, len(stages) - 1)} if moves & LEAVING else set()
    return found | ({index - 1} if Move.PREVIOUS in moves else set())


def _check_reachable(stages: Sequence[Stage]) -> None:
    seen, todo = {0}, [0]
    while todo:
        new = _targets(stages, todo.pop()) - seen
        seen |= new
        todo += new
    lost = [stage.id for index, stage in enumerate(stages) if index not in seen]
    if lost:
        raise ScriptError(f"no way leads to {lost}")


def _check_leavable(stages: Sequence[Stage]) -> None:
    for stage in stages[:-1]:
        for given in ("answer", "skip", "unclear"):
            if stage.moves[given] not in LEAVING:
                raise ScriptError(f"{stage.id}: {given} does not lead out")
    if set(stages[-1].moves.values()) != {Move.END}:
        raise ScriptError("the last stage must end on everything")


def _check_wordings(stages: Sequence[Stage], phrases: Mapping[str, Lines]) -> None:
    groups = dict(phrases)
    for stage in stages:
        groups[f"{stage.id}.why"] = stage.why
        for prompt in stage.prompts:
            groups |= _wordings_of(prompt)
        for field in stage.fields:
            if field.acknowledgments:
                groups[f"{field.name}.acknowledgments"] = field.acknowledgments
    for key, lines in groups.items():
        if len(lines) < 2:
            raise ScriptError(f"{key}: needs two versions")
        if "{name}" in "".join(lines) and sum("{name}" not in line for line in lines) < 2:
            raise ScriptError(f"{key}: needs two versions without a name")
    _check_unique("sentence", list(_all_sentences(groups.values())))


def _wordings_of(prompt: Prompt) -> dict[str, Lines]:
    adult, minor = prompt.adult, prompt.minor
    found = {f"{prompt.id}.{part}": getattr(adult, part) for part in ("content", "again")}
    found[f"{prompt.id}.simpler"] = adult.simpler
    if prompt.known:
        found[f"{prompt.id}.known"] = prompt.known
    if minor.content != adult.content:
        found[f"{prompt.id}.minor"] = minor.content
    return found


def _all_sentences(groups: Iterable[Lines]) -> Iterable[str]:
    for lines in groups:
        for line in lines:
            yield from (part for part in sentences(line) if not PLACEHOLDER.fullmatch(part))
