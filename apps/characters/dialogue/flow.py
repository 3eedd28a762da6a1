"""The moves between questions and stages."""

from __future__ import annotations

from apps.characters.dialogue import memory
from apps.characters.dialogue.preview import is_ready_for_creation
from apps.characters.dialogue.state import InterviewState
from apps.characters.dialogue.turn import Turn, echo, joined, summary_slot
from apps.characters.script_types import Completes, Move, Prompt, Stage
from apps.characters.stages import PROMPTS, STAGE, STAGE_IDS, STAGES

MAX_DETOURS = 5  # digressions on one question before it is left open
TURNS_BEFORE_SUMMARY = 150
TURNS_BEFORE_END = 170


def ask(turn: Turn, part: str = "content") -> None:
    """Says the open question, in the given wording."""
    prompt = turn.prompt
    if turn.state.extending and prompt.asks and part != "simpler":
        value = memory.value_of(turn.state, prompt.asks)
        told = joined(value) if isinstance(value, list) else echo(value)
        turn.voice.say(f"{prompt.id}.known", prompt.known, value=told or "some of it")
        return
    options = getattr(prompt.wording(minor=turn.state.minor), part)
    turn.voice.say(f"{prompt.id}.{part}", options, summary=summary_slot(turn))


def open_prompt(state: InterviewState, prompt: Prompt) -> None:
    state.prompt, state.stage = prompt.id, prompt.stage
    state.detours, state.revisiting = 0, False
    state.extending = prompt.asks in state.values
    state.unclear_counts.pop(prompt.id, None)
    if prompt.id in state.trail:
        state.trail = state.trail[: state.trail.index(prompt.id)]
    state.trail.append(prompt.id)


def settle_stage(turn: Turn) -> None:
    """The open stage needs no more answers, whatever its questions."""
    complete(turn.state, turn.state.stage)


def complete(state: InterviewState, stage_id: str) -> None:
    if stage_id not in state.completed_stages:
        state.completed_stages.append(stage_id)
        state.completed_stages.sort(key=STAGE_IDS.index)


def move_on(turn: Turn) -> None:
    """Goes to the next question that is still open, and says it."""
    state = turn.state
    passed: list[str] = []
    while (prompt := _next_prompt(state)) is None:
        _pass_stage(turn, passed)
    open_prompt(state, prompt)
    if passed:
        turn.say("already_known", label=passed[0])
    if STAGE[state.stage].completes is Completes.ARRIVAL:
        complete(state, state.stage)
        state.completed = True
        _say_goodbye(turn)
    else:
        ask(turn)


def _say_goodbye(turn: Turn) -> None:
    """Says what became of it, and promises no more than that."""
    if is_ready_for_creation(turn.state):
        ask(turn)
    else:
        turn.say("completed_open" if turn.state.values else "completed_empty")


def _current_stage(state: InterviewState) -> Stage:
    return next(stage for stage in STAGES if stage.id not in state.completed_stages)


def _next_prompt(state: InterviewState) -> Prompt | None:
    """The first open question of the first stage that is not completed; None if it has none."""
    stage = _current_stage(state)
    if stage.leaves_out and _all_settled(state, stage.leaves_out):
        return None
    return next((prompt for prompt in stage.prompts if _is_open(state, prompt)), None)


def _is_open(state: InterviewState, prompt: Prompt) -> bool:
    if prompt.asks is None or not memory.is_settled(state, prompt.asks):
        return True
    return bool(prompt.known) and prompt.asks in state.values and prompt.id not in state.trail


def _all_settled(state: InterviewState, stage_ids: tuple[str, ...]) -> bool:
    prompts = [prompt for stage in stage_ids for prompt in STAGE[stage].prompts]
    return not any(_is_open(state, prompt) for prompt in prompts)


def _pass_stage(turn: Turn, passed: list[str]) -> None:
    stage = _current_stage(turn.state)
    complete(turn.state, stage.id)
    visited = any(prompt.id in turn.state.trail for prompt in stage.prompts)
    told = [prompt.asks for prompt in stage.prompts if _told_before(turn.state, prompt.asks)]
    if not visited and told:
        passed.append(str(turn.label_slots(str(told[0]))["label"]))


def _told_before(state: InterviewState, name: str | None) -> bool:
    known = state.values.get(name) if name else None
    return known is not None and all(source.turn < state.turn for source in known.sources)


def skip_field(state: InterviewState, name: str | None) -> None:
    if name and not memory.is_settled(state, name):
        state.skipped.append(name)


def leave_open(state: InterviewState, name: str | None) -> None:
    if name and not memory.is_settled(state, name):
        state.unknown.append(name)


def skip_stages(state: InterviewState, stage_ids: tuple[str, ...]) -> None:
    for stage_id in stage_ids:
        for prompt in STAGE[stage_id].prompts:
            skip_field(state, prompt.asks)


def leave_question(turn: Turn) -> None:
    """The open question is done with, answered or not."""
    if turn.asked is None:
        settle_stage(turn)
    move_on(turn)


def go_to(turn: Turn, prompt_id: str) -> None:
    """Opens an earlier question again; its answer stays until a new one comes."""
    state = turn.state
    prompt = PROMPTS[prompt_id]
    open_prompt(state, prompt)
    state.revisiting, state.extending = True, False
    if prompt.asks:
        state.skipped = [name for name in state.skipped if name != prompt.asks]
        state.unknown = [name for name in state.unknown if name != prompt.asks]
    state.completed_stages = [stage for stage in state.completed_stages if stage != prompt.stage]
    turn.say("back")
    if prompt.asks in state.values:
        turn.say("back_known", **turn.label_slots(prompt.asks))
    else:
        ask(turn, "again" if prompt.asks is None else "content")


def previous_prompt(state: InterviewState) -> str | None:
    before = [prompt_id for prompt_id in state.trail if prompt_id != state.prompt]
    return before[-1] if before else None


def after_change(turn: Turn) -> None:
    """Corrections are never counted: whoever puts things right has all the time there is."""
    turn.state.unclear_counts.pop(turn.state.prompt, None)
    ask(turn, "again")


def stay(turn: Turn, part: str = "again") -> None:
    """Something came in between: the open question is repeated, but not for ever."""
    turn.state.detours += 1
    if turn.state.detours > MAX_DETOURS:
        turn.say("left_unknown")
        give_up(turn)
    else:
        ask(turn, part)


def give_up(turn: Turn) -> None:
    """No answer came: the question is left open, and an unanswered summary stays unconfirmed."""
    leave_open(turn.state, turn.asked)
    if turn.stage.completes is Completes.CONFIRMATION:
        turn.say("unconfirmed")
    leave_question(turn)


def unclear(turn: Turn, kind: str) -> None:
    state = turn.state
    move = turn.stage.moves["unclear"]
    count = state.unclear_counts[state.prompt] = state.unclear_counts.get(state.prompt, 0) + 1
    if move is Move.NEXT:
        leave_question(turn)
    elif count == 1:
        turn.say(kind)
        ask(turn, "simpler")
    else:
        if turn.stage.completes is not Completes.CONFIRMATION:
            turn.say("left_unknown")
        give_up(turn)


def over_limit(turn: Turn) -> bool:
    """Very long talks are brought to the summary, and then to an end, so that each one ends."""
    state = turn.state
    if state.turn >= TURNS_BEFORE_END:
        skip_to_summary(state)
        complete(state, "summary")
        turn.say("unconfirmed")
    elif state.turn >= TURNS_BEFORE_SUMMARY and "readiness" not in state.completed_stages:
        skip_to_summary(state)
        turn.say("long_talk")
    else:
        return False
    move_on(turn)
    return True


def skip_to_summary(state: InterviewState) -> None:
    before = STAGE_IDS[: STAGE_IDS.index("summary")]
    skip_stages(state, before)
    for stage_id in before:
        complete(state, stage_id)
