"""The interview: one pure step from a state and a text to the next state and what is said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from apps.characters.content_rules import problem_with
from apps.characters.dialogue import answers, detours, flow, requests, review
from apps.characters.dialogue.outcome import (
    AssistantMessage,
    InputProblem,
    Outcome,
    Progress,
    progress_of,
)
from apps.characters.dialogue.preview import character_preview, collected_data
from apps.characters.dialogue.state import InterviewState
from apps.characters.dialogue.turn import Turn
from apps.characters.extraction import Extracted, Extractor, offline_extract
from apps.characters.stages import REFUSALS, STAGES

__all__ = [
    "AssistantMessage",
    "Extracted",
    "InputProblem",
    "InterviewState",
    "Outcome",
    "Progress",
    "advance",
    "character_preview",
    "collected_data",
    "progress_of",
    "resume",
    "start",
]

# The first step that knows what to do with the text does it; the last one always does.
STEPS = (
    review.after_question_of_ours,
    requests.handle,
    review.change_wanted,
    detours.welcome,
    detours.transition,
    review.summary,
    answers.handle,
)


def start(seed: str, now: datetime) -> Outcome:
    """Opens an interview; the seed (say, the conversation's id) fixes every choice of words."""
    prompt = STAGES[0].prompts[0]
    state = InterviewState(
        seed=seed, stage=STAGES[0].id, prompt=prompt.id, trail=[prompt.id], turn=-1
    )
    turn = Turn.begin(state, "", now, offline_extract, ())
    flow.ask(turn)
    return turn.finish()


def advance(
    state: InterviewState,
    text: str,
    now: datetime,
    extractor: Extractor = offline_extract,
    flags: Collection[str] = (),
) -> Outcome:
    """One answer. `state` is left as it was; `flags` are safety levels found in the text."""
    turn = Turn.begin(state, text, now, extractor, flags)
    if state.completed:
        flow.ask(turn, "again")
        return turn.finish()
    reason = problem_with(text)
    if reason:
        return _refused(turn, reason)
    if not flow.over_limit(turn):
        next(step for step in STEPS if step(turn))
    return turn.finish()


def resume(state: InterviewState, now: datetime, *, after: str = "resumed") -> Outcome:
    """After a pause or ("safe_again") a crisis: some first words, and the open question again."""
    turn = Turn.begin(state, "", now, offline_extract, ())
    turn.say(after)
    flow.ask(turn, "again")
    return turn.finish()


def _refused(turn: Turn, reason: str) -> Outcome:
    message = turn.voice.choose(reason, REFUSALS[reason])
    return turn.finish(InputProblem(reason, message))
