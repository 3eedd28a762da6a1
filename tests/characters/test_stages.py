"""The script: thirteen stages that lead on, and checks that refuse a broken one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from apps.characters.script_checks import ScriptError, check
from apps.characters.script_types import FieldType, Move, Stage
from apps.characters.stages import FIELDS, PHRASES, PROMPTS, STAGE_IDS, STAGES

SPEC_STAGES = (
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
)
SPEC_FIELDS = {
    "name",
    "age_range",
    "gender_identity",
    "physical_description",
    "background",
    "values",
    "relationships",
    "primary_concerns",
    "goals",
    "preferred_intensity",
    "preferences",
    "readiness",
}


def test_the_stages_are_the_specs() -> None:
    assert STAGE_IDS == SPEC_STAGES


def test_the_first_prompt_is_the_welcome_and_says_what_it_is() -> None:
    first = STAGES[0].prompts[0]
    assert first.id == "welcome_intro"
    assert all("I'm an AI" in text for text in first.adult.content + first.minor.content)


def test_the_fields_are_there_and_asked_for_once() -> None:
    assert set(FIELDS) >= SPEC_FIELDS
    assert {prompt.asks for prompt in PROMPTS.values() if prompt.asks} == SPEC_FIELDS


def test_lists_and_scales_have_their_types() -> None:
    lists = {name for name, field in FIELDS.items() if field.type is FieldType.LIST}
    assert lists == {"values", "primary_concerns", "goals"}
    assert (FIELDS["readiness"].low, FIELDS["readiness"].high) == (0, 10)
    assert FIELDS["preferred_intensity"].values == ("low", "medium", "high")


def _with(index: int, **changes: object) -> list[Stage]:
    stages = list(STAGES)
    stages[index] = dataclasses.replace(stages[index], **changes)  # type: ignore[arg-type]
    return stages


def _one_sentence_twice() -> list[Stage]:
    prompt = STAGES[3].prompts[0]
    lines = (prompt.adult.content[0], prompt.adult.content[0])
    same = dataclasses.replace(prompt, adult=dataclasses.replace(prompt.adult, content=lines))
    return _with(3, prompts=(same,))


BROKEN: dict[str, Callable[[], list[Stage]]] = {
    "the stages must be": lambda: list(STAGES[:-1]),
    "prompt defined twice": lambda: _with(3, prompts=STAGES[3].prompts * 2),
    "field defined twice": lambda: _with(3, fields=STAGES[3].fields * 2),
    "nothing is said": lambda: _with(3, prompts=()),
    "no move for": lambda: _with(3, moves={}),
    "not its field": lambda: _with(3, fields=()),
    "never asks for": lambda: _with(3, fields=(*STAGES[3].fields, _renamed())),
    "does not lead out": lambda: _with(3, moves=STAGES[3].moves | {"skip": Move.STAY}),
    "no way leads to": lambda: _with(3, moves=dict.fromkeys(STAGES[3].moves, Move.STAY)),
    "must end on everything": lambda: _with(12, moves=STAGES[3].moves),
    "sentence defined twice": _one_sentence_twice,
    "needs two versions": lambda: _with(3, why=("One reason.",)),
}


def _renamed() -> object:
    return dataclasses.replace(STAGES[3].fields[0], name="another")


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_script_is_refused(reason: str) -> None:
    with pytest.raises(ScriptError, match=reason):
        check(BROKEN[reason](), PHRASES)
