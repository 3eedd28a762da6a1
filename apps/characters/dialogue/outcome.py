"""What one turn of the interview gives back to its caller."""

from __future__ import annotations

from dataclasses import dataclass

from apps.characters.dialogue.state import InterviewState
from apps.characters.facts.model import Extracted
from apps.characters.stages import STAGE_IDS


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    prompt_id: str
    stage: str
    content: str
    context_text: str
    follow_up_prompts: list[str]


@dataclass(frozen=True, slots=True)
class Progress:
    current_stage: str
    progress_percentage: int
    completed_stages: list[str]


@dataclass(frozen=True, slots=True)
class InputProblem:
    """`reason` is one of empty, too_long, control, abusive, boundary, injection."""

    reason: str
    message: str
    code: str = "INVALID_INPUT"


@dataclass(frozen=True, slots=True)
class Outcome:
    state: InterviewState
    messages: list[AssistantMessage]
    progress: Progress
    extracted: list[Extracted]
    validation_error: InputProblem | None = None
    completed: bool = False
    pause_requested: bool = False
    abandon_requested: bool = False


def progress_of(state: InterviewState) -> Progress:
    """Completed stages out of thirteen; a stage that was skipped through is completed too."""
    percentage = round(100 * len(state.completed_stages) / len(STAGE_IDS))
    return Progress(state.stage, percentage, list(state.completed_stages))
