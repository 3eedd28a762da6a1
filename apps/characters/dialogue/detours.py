"""The stages that only want agreement, and questions to us that come in between."""

from __future__ import annotations

import re
from dataclasses import replace

from apps.characters.dialogue import digressions, flow, memory, replies
from apps.characters.dialogue.intents import Intent, intent_of, plain
from apps.characters.dialogue.tone import is_heavy
from apps.characters.dialogue.turn import Turn
from apps.characters.extraction import Extracted
from apps.characters.facts.narrative import STORIES
from apps.characters.facts.text import fold
from apps.characters.script_types import Move
from apps.characters.stages import FIELDS, STAGE

_PLEASANTRIES = {"small_talk", "how_are_you"}
_NO_AND = re.compile(
    r"(?:um |well |hmm |sorry |oh )*(?:no|nope|nah|not really|not now|not yet|"
    r"id rather (?:not|leave)|(?:please )?dont(?! know| mind| worry)|i dont want|"
    r"i would rather not|leave (?:them|those|it|that)|i cant)\b"
)
_NO_MEANS_YES = re.compile(
    r"no (?:problem|worries|go on|its (?:fine|ok)|thats (?:fine|ok)|go ahead)"
)
HESITANT = re.compile(
    r"\b(?:not sure|dont know|idk|dunno|why im here|nervous|scared|afraid|good idea|worried|"
    r"never done this|first time|"
    r"hesitant|skeptical|sceptical)\b"
)
_UNWILLING = {Intent.NO, Intent.REFUSE}


def welcome(turn: Turn) -> bool:
    if turn.stage.moves.get("decline") is not Move.PAUSE:
        return False
    if intent_of(turn.text) in _UNWILLING or _declines(turn.text):
        turn.pause = True
        turn.say("paused")
        return True
    return _any_reply(turn)


def transition(turn: Turn) -> bool:
    if turn.stage.moves.get("decline") is not Move.LEAVE_OUT:
        return False
    if intent_of(turn.text) not in _UNWILLING and not _declines(turn.text):
        return _any_reply(turn)
    flow.skip_stages(turn.state, turn.stage.leaves_out)
    for stage_id in turn.stage.leaves_out:
        flow.complete(turn.state, stage_id)
    turn.say("left_out")
    flow.leave_question(turn)
    return True


def _declines(text: str) -> bool:
    """A "no" counts also when more words follow it; asking first would mean little otherwise."""
    words = plain(text)
    asks = "?" in text or _NO_MEANS_YES.match(words)
    return bool(_NO_AND.match(words)) and not asks


def _any_reply(turn: Turn) -> bool:
    """Anything moves on, except a real question to us: that is answered first."""
    split = digressions.split(turn.text, open_question=False)
    facts = news(turn, turn.extractor(split.rest, turn.context(None)))
    store(turn, facts)
    friendly = split.topic is not None and split.topic.id in _PLEASANTRIES
    if split.is_question and not (friendly and facts):
        answer_question(turn, split)
    if split.is_question and not friendly and not facts:
        flow.stay(turn)
        return True
    if not facts and not split.is_question:
        _meet(turn)
    flow.leave_question(turn)
    return True


def _meet(turn: Turn) -> None:
    """Words that are neither a fact nor a question, but may carry a feeling."""
    if is_heavy(turn.text, turn.flags):
        turn.say("heard_heavy")
    elif HESITANT.search(plain(turn.text)):
        turn.say("hesitant")


def answer_question(turn: Turn, split: digressions.Split) -> None:
    if split.topic is None:
        turn.say("not_a_question_for_me")
        return
    why = turn.voice.choose(f"{turn.state.stage}.why", STAGE[turn.state.stage].why)
    turn.voice.say(f"topic.{split.topic.id}", split.topic.answers, why=why)


def news(turn: Turn, facts: list[Extracted]) -> list[Extracted]:
    """Leaves out what is known; what is told of a known story is added to it."""
    known = turn.state.values
    facts = [_longer_story(turn, item) for item in facts]
    exact = any(item.field == "age" for item in facts)
    told = memory.value_of(turn.state, "age_range")
    return [
        item
        for item in facts
        if not (item.field == "age_range" and not exact and item.value == told)
        if item.field == turn.asked
        or item.field in replies.IDENTITY
        or item.field not in known
        or (item.field in STORIES and item.value != known[item.field].value)
        or (isinstance(item.value, list) and item.field != "values")
    ]


def _longer_story(turn: Turn, item: Extracted) -> Extracted:
    before = memory.value_of(turn.state, item.field)
    if item.field not in STORIES or item.field == turn.asked or not isinstance(before, str):
        return item
    if fold(str(item.value)) in fold(before):
        return replace(item, value=before)
    return replace(item, value=f"{before}. {item.value}")


def store(turn: Turn, facts: list[Extracted], *, replace: bool = False) -> list[str]:
    """Keeps facts and acknowledges them; returns the fields that changed."""
    was_minor = turn.state.minor
    known = set(turn.state.values)
    revised = turn.asked if turn.state.revisiting else None
    changed = turn.keep(facts, replace=replace)
    spoken = dict.fromkeys("age_range" if name == "age" else name for name in changed)
    corrected = [
        name
        for name in spoken
        if name in known and (name in replies.IDENTITY or name == revised) and FIELDS[name].spoken
    ]
    replies.acknowledge(turn, changed, corrected)
    if turn.state.minor and not was_minor:
        turn.say("minor_note")
    return changed
