"""The shape of a professional persona as clinicians write it, and what is refused in it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from apps.personas.professional import lexicon
from apps.personas.professional.reading import GENERAL

Part = Literal["reflect", "acknowledge", "offer", "ask"]
PLACEHOLDER = re.compile(r"\{[^}]*\}")
SENTENCE_END = re.compile(r"(?<!\bDr)[.!?…](?=\s|$)")
LONGEST_LINE_CHARS = 320
STEM_CHARS = 8  # enough to recognise the line when it was used


class ContentError(Exception):
    """A persona's text can't be used; each problem names the field and the reason."""

    def __init__(self, source: str, problems: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.problems = problems


def _line(text: str) -> str:
    if len(SENTENCE_END.findall(text)) > 2:
        raise ValueError("at most two sentences in a line")
    if text.count("?") > 1:
        raise ValueError("at most one question in a line")
    if not SENTENCE_END.search(text[-1]):
        raise ValueError("must end like a sentence")
    return text


def _statement(text: str) -> str:
    if "?" in text:
        raise ValueError("must not ask a question: the rule adds one itself")
    return text


def _question(text: str) -> str:
    if not text.endswith("?"):
        raise ValueError("must end with a question mark")
    return text


def _plain(text: str) -> str:
    if PLACEHOLDER.search(text):
        raise ValueError("has no placeholders")
    return text


def _holding(placeholder: str) -> AfterValidator:
    def check(text: str) -> str:
        if PLACEHOLDER.findall(text) != [placeholder]:
            raise ValueError(f"must hold {placeholder} once, and no other placeholder")
        if len(max(PLACEHOLDER.split(text), key=len).strip()) < STEM_CHARS:
            raise ValueError(f"needs {STEM_CHARS} characters running besides {placeholder}")
        return text

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=LONGEST_LINE_CHARS),
    AfterValidator(_line),
]
Said = Annotated[Line, AfterValidator(_plain)]
Statement = Annotated[Said, AfterValidator(_statement)]
Question = Annotated[Said, AfterValidator(_question)]
Unit = Annotated[float, Field(ge=0, le=1)]
Statements = Annotated[tuple[Statement, ...], Field(min_length=3)]
Questions = Annotated[tuple[Question, ...], Field(min_length=2)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VoiceSettings(_Strict):
    pitch: Literal["low", "medium", "high"]
    rate: Literal["slow", "medium", "fast"]
    style: Short


class CommunicationStyle(_Strict):
    formality: Unit
    directiveness: Unit
    warmth: Unit
    complexity: Unit


class Responses(_Strict):
    """What the persona says to messages that tell no story."""

    short: Statements
    silence: Statements
    wordless: Statements
    personal_question: Statements
    advice_question: Statements
    are_you_ai: Statements
    medical: Statements
    steering: Statements
    insult: Statements
    thanks: Statements
    goodbye: Statements


class FollowUp(_Strict):
    """A question that makes sense only right after another one."""

    after: Question
    ask: Question


class Lines(_Strict):
    """The persona's own sentences, from which the offline rule speaks."""

    rhythm: Annotated[tuple[tuple[Part, ...], ...], Field(min_length=2)]
    openings: Annotated[tuple[Said, ...], Field(min_length=2)]
    reflections: Annotated[
        tuple[Annotated[Line, AfterValidator(_statement), _holding("{words}")], ...],
        Field(min_length=4),
    ]
    tentative_reflections: Annotated[
        tuple[Annotated[Line, AfterValidator(_statement), _holding("{words}")], ...],
        Field(min_length=4),
    ]
    feeling_reflections: Annotated[
        tuple[Annotated[Line, AfterValidator(_statement), _holding("{feeling}")], ...],
        Field(min_length=3),
    ]
    acknowledgements: dict[str, Annotated[tuple[Statement, ...], Field(min_length=2)]]
    offers: Annotated[tuple[Statement, ...], Field(min_length=5)]
    questions: dict[str, Questions]
    cues: dict[str, Annotated[tuple[Said, ...], Field(min_length=2)]]
    follow_ups: tuple[FollowUp, ...] = ()
    goal_check_ins: Annotated[tuple[Annotated[Line, _holding("{goal}")], ...], Field(min_length=2)]
    responses: Responses

    @model_validator(mode="after")
    def _themes_and_cues_are_known(self) -> Lines:
        themes = {*lexicon.THEMES, GENERAL}
        for field, given in (
            ("questions", self.questions),
            ("acknowledgements", self.acknowledgements),
        ):
            if set(given) != themes:
                missing, unknown = sorted(themes - set(given)), sorted(set(given) - themes)
                raise ValueError(f"{field}: missing themes {missing}, unknown themes {unknown}")
        if unknown := sorted(set(self.cues) - set(lexicon.CUES)):
            raise ValueError(f"cues: unknown {unknown}; known are {sorted(lexicon.CUES)}")
        if missing := sorted({"progress", "self_criticism"} - set(self.cues)):
            raise ValueError(f"cues: missing {missing}")
        asked = {question for pool in self.questions.values() for question in pool}
        if lost := [pair.after for pair in self.follow_ups if pair.after not in asked]:
            raise ValueError(f"follow_ups: no such question: {lost[0]}")
        return self


class PersonaContent(_Strict):
    persona_id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,49}$")]
    name: Short
    type: Literal["therapist", "analyst", "counselor", "companion"]
    specialization: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
    description: Short
    background: Text
    approach: Text
    techniques: Annotated[tuple[Short, ...], Field(min_length=1)]
    suitable_for: Annotated[tuple[Short, ...], Field(min_length=1)]
    boundaries: Annotated[tuple[Short, ...], Field(min_length=1)]
    avatar_url: Annotated[
        str, StringConstraints(pattern=r"^(?:/static/|https://)\S+$", max_length=300)
    ]
    voice_settings: VoiceSettings
    communication_style: CommunicationStyle
    lines: Lines

    def source_hash(self) -> str:
        """The same for the same content, however its file is laid out."""
        ordered = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(ordered).hexdigest()


def content_from(data: Any, source: str) -> PersonaContent:
    """Raises ContentError, with one problem for each field that is wrong."""
    try:
        return PersonaContent.model_validate(data)
    except ValidationError as error:
        raise ContentError(source, [_told(problem) for problem in error.errors()]) from error


def read_file(path: Path) -> PersonaContent:
    content = content_from(load_yaml(path), path.name)
    if content.persona_id != path.stem:
        raise ContentError(path.name, [f"persona_id: must be {path.stem}, as the file is named"])
    return content


def load_yaml(path: Path) -> Any:
    try:
        # S506: _Loader is a SafeLoader, the fast one in C, that refuses a key given twice.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentError(path.name, [f"is not readable YAML: {error}"]) from error


def _told(problem: Any) -> str:
    where = ".".join(str(step) for step in problem["loc"])
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {reason}" if where else reason


class _Loader(yaml.CSafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"{twice} given twice", node.start_mark
            )
        return super().construct_mapping(node, deep=deep)
