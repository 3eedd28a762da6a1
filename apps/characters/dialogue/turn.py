"""One turn in the making: the state it changes, what is said, what was found."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from apps.characters.dialogue import memory
from apps.characters.dialogue.outcome import AssistantMessage, InputProblem, Outcome, progress_of
from apps.characters.dialogue.preview import display, summary_text
from apps.characters.dialogue.state import InterviewState
from apps.characters.dialogue.voice import Voice
from apps.characters.facts.model import Context, Extracted, Extractor
from apps.characters.script_checks import sentences
from apps.characters.script_types import Prompt, Stage
from apps.characters.stages import FIELDS, PROMPTS, STAGE

LONGEST_ECHO_CHARACTERS = 60
LONGEST_CAPITALS = 5  # beyond it they are not said back: it would sound like mockery


@dataclass(slots=True)
class Turn:
    state: InterviewState
    text: str
    extractor: Extractor
    flags: Collection[str]
    now: datetime
    voice: Voice
    extracted: list[Extracted] = field(default_factory=list)
    pause: bool = False
    abandon: bool = False

    @classmethod
    def begin(
        cls,
        before: InterviewState,
        text: str,
        now: datetime,
        extractor: Extractor,
        flags: Collection[str],
    ) -> Turn:
        state = copy.deepcopy(before)
        state.turn += 1
        return cls(state, text, extractor, flags, now, _voice(state))

    @property
    def prompt(self) -> Prompt:
        return PROMPTS[self.state.prompt]

    @property
    def stage(self) -> Stage:
        return STAGE[self.state.stage]

    @property
    def asked(self) -> str | None:
        return self.prompt.asks

    def context(self, asked: str | None) -> Context:
        return Context(asked, self.now.date(), memory.known_values(self.state))

    def keep(self, facts: list[Extracted], *, replace: bool = False) -> list[str]:
        self.extracted += facts
        changed = memory.keep(self.state, facts, replace=replace)
        self.voice.slots |= _names(self.state)
        return changed

    def say(self, key: str, **slots: str | None) -> None:
        self.voice.phrase(key, **slots)

    def label_slots(self, name: str) -> dict[str, str | None]:
        label = FIELDS[name].label
        value = display(self.state, name) if name in self.state.values else None
        return {"Label": label, "label": _in_sentence(label), "value": value}

    def finish(self, problem: InputProblem | None = None) -> Outcome:
        messages = [] if problem else [self._message()]
        said = problem.message if problem else messages[0].content
        self.state.said = sentences(said)
        return Outcome(
            state=self.state,
            messages=messages,
            progress=progress_of(self.state),
            extracted=self.extracted,
            validation_error=problem,
            completed=self.state.completed,
            pause_requested=self.pause,
            abandon_requested=self.abandon,
        )

    def _message(self) -> AssistantMessage:
        prompt = self.prompt
        return AssistantMessage(
            prompt_id=prompt.id,
            stage=prompt.stage,
            content=self.voice.text(),
            context_text=prompt.wording(minor=self.state.minor).context_text,
            follow_up_prompts=list(prompt.follow_up_prompts),
        )


def echo(value: object) -> str | None:
    """Words short and plain enough to stand inside a sentence of ours."""
    words = str(value)
    fits = 0 < len(words) <= LONGEST_ECHO_CHARACTERS and not any(c in words for c in '\n.!?“”"{}:')
    shouted = words.isupper() and len(words) > LONGEST_CAPITALS
    return words if fits and not shouted else None


def joined(items: list[str]) -> str | None:
    """ "a, b and c" when that stays short."""
    if not items or any(echo(item) is None for item in items):
        return None
    text = " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]
    return echo(text)


def _in_sentence(label: str) -> str:
    return label[:1].lower() + label[1:]


def _voice(state: InterviewState) -> Voice:
    return Voice(state, **_names(state))


def _names(state: InterviewState) -> dict[str, str | None]:
    value = memory.value_of(state, "name")
    name = echo(value) if value else None
    return {"name": name, "comma_name": f", {name}" if name else ""}


def summary_slot(turn: Turn) -> str:
    return "\n" + summary_text(turn.state) + "\n"
