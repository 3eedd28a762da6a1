"""Requests about the conversation itself: skip, back, pause, stop, repeat."""

from __future__ import annotations

from collections.abc import Callable

from apps.characters.dialogue import flow
from apps.characters.dialogue.intents import Intent, back_target, intent_of, matches
from apps.characters.dialogue.preview import summary_text
from apps.characters.dialogue.state import Pending
from apps.characters.dialogue.turn import Turn
from apps.characters.script_types import Completes, Move
from apps.characters.stages import PROMPTS


def handle(turn: Turn) -> bool:
    intent = intent_of(turn.text)
    if intent is Intent.SKIP and _means_yes(turn):
        return False
    again = turn.state.revisiting or turn.state.extending
    if again and turn.asked in turn.state.values and _keeps(turn, intent):
        return True
    act = _ACTIONS.get(intent) if intent else None
    if act is None:
        return False
    act(turn)
    return True


def _means_yes(turn: Turn) -> bool:
    """ "Go on" and "continue" agree where nothing was asked for but agreement."""
    return turn.stage.completes is Completes.ANY_REPLY and matches(turn.text, Intent.YES)


def _keeps(turn: Turn, intent: Intent | None) -> bool:
    if intent not in {Intent.SKIP, Intent.YES, Intent.NO, Intent.KEEP, Intent.UNSURE, Intent.NONE}:
        return False
    if intent is Intent.NONE and turn.state.revisiting and not matches(turn.text, Intent.KEEP):
        return False
    turn.say("that_is_all" if turn.state.extending else "kept")
    flow.leave_question(turn)
    return True


def _pause(turn: Turn) -> None:
    turn.pause = True
    turn.say("paused")


def _abandon(turn: Turn) -> None:
    turn.state.pending = Pending("abandon")
    turn.say("abandon_check")


def _skip(turn: Turn) -> None:
    flow.skip_field(turn.state, turn.asked)
    turn.say("unconfirmed" if turn.stage.completes is Completes.CONFIRMATION else "skipped")
    flow.leave_question(turn)


def _skip_stage(turn: Turn) -> None:
    flow.skip_stages(turn.state, (turn.state.stage,))
    _skip(turn)


def _skip_all(turn: Turn) -> None:
    if turn.stage.completes is Completes.CONFIRMATION:
        _skip(turn)
        return
    flow.skip_to_summary(turn.state)
    turn.say("skipped_ahead")
    flow.move_on(turn)


def _back(turn: Turn) -> None:
    target = back_target(turn.text)
    if target is None:
        target = flow.previous_prompt(turn.state)
        missing = "at_start"
    else:
        missing = "not_there_yet"
    if turn.stage.moves["back"] is Move.STAY or target is None:
        turn.say("at_start")
        flow.stay(turn)
    elif target != turn.state.prompt and _was_passed(turn, target):
        flow.go_to(turn, target)
    else:
        turn.say(missing if target != turn.state.prompt else "repeat")
        flow.stay(turn)


def _was_passed(turn: Turn, target: str) -> bool:
    """Asked, or left out on the way ("skip to the end")."""
    done = turn.state.completed_stages
    return target in turn.state.trail or (target in PROMPTS and PROMPTS[target].stage in done)


def _repeat(turn: Turn) -> None:
    turn.say("repeat")
    flow.stay(turn)


def _review(turn: Turn) -> None:
    summary = summary_text(turn.state) if turn.state.values else None
    if summary:
        turn.say("notes_so_far", summary="\n" + summary + "\n")
    else:
        turn.say("nothing_yet")
    flow.stay(turn)


_ACTIONS: dict[Intent, Callable[[Turn], None]] = {
    Intent.PAUSE: _pause,
    Intent.ABANDON: _abandon,
    Intent.SKIP: _skip,
    Intent.SKIP_STAGE: _skip_stage,
    Intent.SKIP_ALL: _skip_all,
    Intent.BACK: _back,
    Intent.REPEAT: _repeat,
    Intent.REVIEW: _review,
}
