"""Answers to the open question, and what happens when there is none."""

from __future__ import annotations

import re

from apps.characters.dialogue import detours, digressions, flow, memory
from apps.characters.dialogue.intents import Intent, intent_of, plain
from apps.characters.dialogue.tone import is_heavy
from apps.characters.dialogue.turn import Turn
from apps.characters.extraction import Extracted
from apps.characters.facts.ages import NUMBER
from apps.characters.facts.scales import off_scale
from apps.characters.facts.text import fold, is_emoji_only
from apps.characters.script_types import FieldType
from apps.characters.stages import FIELDS

_OPEN_TYPES = {FieldType.TEXT, FieldType.LIST}
# Where "nothing" describes no one: it leaves the field empty instead of standing in it.
_NOTHING_TO_TELL = {"name", "physical_description", "background"}
_ANY_WILL_DO = {"preferred_intensity": "no_pace", "age_range": "skipped", "name": "skipped"}
_HELPS = re.compile(
    r"\b(?:helps?|helped|like|likes|love|prefer|want|need|please|rather|don'?t|no|not|avoid|listen\w*|"
    r"talk\w*|work(?:s|ed)|calms?|when i|writing|music|walk\w*)\b",
    re.IGNORECASE,
)
_HAS_NUMBER = re.compile(rf"(?<!\w){NUMBER}(?!\w)")


def handle(turn: Turn) -> bool:
    """Always true: whatever is no answer is an unclear one."""
    asked = turn.asked
    intent = intent_of(turn.text)
    if asked and _plain_reply(turn, asked, intent):
        return True
    if asked == "preferences" and is_heavy(turn.text, turn.flags) and not _HELPS.search(turn.text):
        _hear(turn)
        return True
    is_open = bool(asked) and asked != "name" and FIELDS[asked or ""].type in _OPEN_TYPES
    split = digressions.split(turn.text, open_question=is_open)
    facts = detours.news(turn, turn.extractor(split.rest, turn.context(asked)))
    changed = detours.store(turn, facts, replace=turn.state.revisiting)
    if _answers(turn, facts):
        _answered(turn, split)
    elif split.is_question:
        _questioned(turn, split)
    elif changed:
        flow.stay(turn)
    elif is_heavy(turn.text, turn.flags):
        _hear(turn)
    elif not _late_reply(turn, intent):
        flow.unclear(turn, _why_unclear(turn, intent))
    return True


def _hear(turn: Turn) -> None:
    """What hurts is met before anything is asked again."""
    turn.say("heard_heavy")
    flow.stay(turn)


def _answers(turn: Turn, facts: list[Extracted]) -> bool:
    asked = turn.asked
    if asked is None:
        return False
    if any(item.field == asked for item in facts):
        return True
    return memory.is_settled(turn.state, asked) and not (
        turn.state.revisiting or turn.state.extending
    )


def _answered(turn: Turn, split: digressions.Split) -> None:
    if split.is_question and not (split.topic and split.topic.simpler):
        detours.answer_question(turn, split)
    flow.leave_question(turn)


def _questioned(turn: Turn, split: digressions.Split) -> None:
    detours.answer_question(turn, split)
    flow.stay(turn, "simpler" if split.topic and split.topic.simpler else "again")


def _plain_reply(turn: Turn, asked: str, intent: Intent | None) -> bool:
    """Refusals anywhere; "none", "yes" and "no" only where they can't be the answer itself."""
    is_open = FIELDS[asked].type in _OPEN_TYPES
    if intent is Intent.REFUSE or (intent is Intent.NO and asked != "readiness"):
        _declined(turn, "declined" if intent is Intent.REFUSE or asked == "name" else "skipped")
    elif asked in _ANY_WILL_DO and intent in {Intent.EITHER, Intent.NONE}:
        _declined(turn, _ANY_WILL_DO[asked])
    elif intent is Intent.NONE and asked in _NOTHING_TO_TELL:
        _declined(turn, "none_noted")
    elif intent is Intent.NONE and is_open:
        memory.keep_none(turn.state, asked, turn.text.strip())
        turn.say("no_one_noted" if asked == "relationships" else "none_noted")
        flow.leave_question(turn)
    elif intent is Intent.YES and is_open:
        flow.unclear(turn, "go_on")
    elif intent is Intent.UNSURE and is_open:
        flow.unclear(turn, "unsure")
    else:
        return False
    return True


def _declined(turn: Turn, phrase: str) -> None:
    flow.skip_field(turn.state, turn.asked)
    turn.say(phrase)
    flow.leave_question(turn)


def _late_reply(turn: Turn, intent: Intent | None) -> bool:
    if intent is not Intent.NO:
        return False
    _declined(turn, "declined")
    return True


def _why_unclear(turn: Turn, intent: Intent | None) -> str:
    if intent is Intent.UNSURE:
        return "unsure"
    if detours.HESITANT.search(plain(turn.text)):
        return "hesitant"
    if is_emoji_only(turn.text):
        return "emoji"
    if turn.asked == "readiness" and off_scale(turn.text):
        return "out_of_scale"
    if turn.asked == "age_range" and _HAS_NUMBER.search(fold(turn.text)):
        return "odd_age"
    return "unclear"
