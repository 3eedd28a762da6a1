"""Changes to what is noted: asked for at any time, and at the summary."""

from __future__ import annotations

import re
from collections.abc import Callable

from apps.characters.dialogue import corrections, detours, digressions, flow, memory, replies
from apps.characters.dialogue.corrections import Change, Kind
from apps.characters.dialogue.intents import Intent, field_named, intent_of, matches, plain
from apps.characters.dialogue.state import Pending
from apps.characters.dialogue.turn import Turn
from apps.characters.extraction import Extracted
from apps.characters.facts.text import fold
from apps.characters.script_types import Completes

_WISHES = {"goals", "primary_concerns"}
_WISH = re.compile(
    r"^\W*(?:i(?:'d| would)? (?:want|like|need|wish|hope)|to|forget|drop|fix|make)\b"
)
_YES_AND = re.compile(
    r"(?:oh |ok |well )?(?:yes|yep|yeah|yup|correct|perfect|thats right|looks good|all good)\b"
)
_BUT = re.compile(r"\b(?:but|except|not|only|change|wrong|should|remove|add|although)\b")
_BACK_OUT = {Intent.NO, Intent.KEEP, Intent.SKIP, Intent.UNSURE, Intent.REFUSE, Intent.NONE}


def after_question_of_ours(turn: Turn) -> bool:
    """The last message asked something in between; this text may answer that."""
    pending, turn.state.pending = turn.state.pending, None
    if pending is None:
        return False
    return _PENDING[pending.kind](turn, pending)


def _end_or_not(turn: Turn, pending: Pending) -> bool:
    intent = intent_of(turn.text)
    if intent in {Intent.YES, Intent.ABANDON} and not matches(turn.text, Intent.SKIP):
        turn.abandon = True
        turn.say("abandoned")
        return True
    if intent in {Intent.NO, Intent.KEEP, Intent.SKIP}:
        turn.say("abandon_off")
        flow.stay(turn)
        return True
    return False


def _new_value(turn: Turn, pending: Pending) -> bool:
    name = pending.field
    intent = intent_of(turn.text)
    if name is None or intent in {Intent.PAUSE, Intent.ABANDON, Intent.BACK, Intent.REVIEW}:
        return False
    if intent in _BACK_OUT and not (intent is Intent.NONE and memory.is_list(name)):
        turn.say("nothing_changed")
        flow.stay(turn)
        return True
    if corrections.change_in(turn.text, turn.state, turn.context(None)):
        return False
    split = digressions.split(turn.text, open_question=True)
    base = turn.context(name)
    facts = corrections.facts_for(name, split.rest, (0, len(split.rest)), base)
    if not facts:
        return False
    _apply_set(turn, Change(Kind.SET, name, facts))
    return True


def _named_part(turn: Turn, pending: Pending) -> bool:
    name = field_named(plain(turn.text).removeprefix("the ").removeprefix("my "))
    if name is None:
        if intent_of(turn.text) is None and not _readable(turn):
            turn.say("which_part_again")
            turn.state.detours += 1
            return True
        return False
    _ask_value(turn, Change(Kind.ASK_VALUE, name))
    return True


def _readable(turn: Turn) -> bool:
    context = turn.context(None)
    return bool(corrections.change_in(turn.text, turn.state, context)) or bool(
        turn.extractor(turn.text, context)
    )


_PENDING: dict[str, Callable[[Turn, Pending], bool]] = {
    "abandon": _end_or_not,
    "value": _new_value,
    "part": _named_part,
}


def change_wanted(turn: Turn) -> bool:
    change = corrections.change_in(turn.text, turn.state, turn.context(None))
    if change is None or _is_plain_answer(turn, change):
        return False
    _APPLY[change.kind](turn, change)
    return True


def _is_plain_answer(turn: Turn, change: Change) -> bool:
    """ "Change my job" can be a goal, "forget my father" a concern: nothing noted fits them."""
    name = change.field
    if turn.asked is None:
        return False
    if turn.asked == name and name not in turn.state.values:
        return True
    if turn.asked in _WISHES and _WISH.match(fold(turn.text)):
        return True
    if change.kind is Kind.MENTION or change.kind is Kind.EMPTY:
        noted = name in turn.state.values if name else _is_noted(turn, change.words)
        return not noted
    if change.kind in {Kind.ASK_VALUE, Kind.SET, Kind.ADD} and name not in turn.state.values:
        return name not in turn.state.skipped
    return False


def _is_noted(turn: Turn, words: str) -> bool:
    return any(fold(words) in fold(str(known.value)) for known in turn.state.values.values())


def _apply_set(turn: Turn, change: Change) -> None:
    _store(turn, change, replace=True)
    replies.confirm_change(turn, str(change.field))
    _go_on(turn, change)


def _apply_add(turn: Turn, change: Change) -> None:
    name = str(change.field)
    if memory.is_list(name) or name not in turn.state.values:
        _store(turn, change, replace=False)
    else:
        _append(turn, change.facts[0])
    turn.say("added", **turn.label_slots(name))
    _go_on(turn, change)


def _append(turn: Turn, item: Extracted) -> None:
    text = f"{memory.value_of(turn.state, item.field)}, {item.value}"
    turn.keep([Extracted(item.field, text, item.quote, item.span)])


def _store(turn: Turn, change: Change, *, replace: bool) -> None:
    was_minor = turn.state.minor
    turn.keep(change.facts, replace=replace)
    if turn.state.minor and not was_minor:
        turn.say("minor_note")


def _apply_empty(turn: Turn, change: Change) -> None:
    name = str(change.field)
    if memory.forget(turn.state, name):
        turn.say("emptied", **turn.label_slots(name))
    else:
        turn.say("not_found")
    _go_on(turn, change)


def _apply_mention(turn: Turn, change: Change) -> None:
    touched = memory.forget_mention(turn.state, change.words)
    turn.say("removed" if touched else "not_found")
    _go_on(turn, change)


def _apply_deny(turn: Turn, change: Change) -> None:
    memory.drop_items(turn.state, "primary_concerns", change.words.split("\n"))
    facts = detours.news(turn, turn.extractor(turn.text, turn.context(None)))
    turn.keep(facts)
    turn.say("corrected", **turn.label_slots("primary_concerns"))
    _go_on(turn, change)


def _ask_value(turn: Turn, change: Change) -> None:
    turn.state.pending = Pending("value", change.field)
    turn.state.detours += 1
    turn.say("what_instead", **turn.label_slots(str(change.field)))


def _ask_part(turn: Turn, change: Change) -> None:
    turn.state.pending = Pending("part")
    turn.state.detours += 1
    turn.say("which_part")


_APPLY: dict[Kind, Callable[[Turn, Change], None]] = {
    Kind.SET: _apply_set,
    Kind.ADD: _apply_add,
    Kind.EMPTY: _apply_empty,
    Kind.MENTION: _apply_mention,
    Kind.DENY: _apply_deny,
    Kind.ASK_VALUE: _ask_value,
    Kind.ASK_PART: _ask_part,
}


def _go_on(turn: Turn, change: Change) -> None:
    """The open question comes again, unless the change has just answered it."""
    asked = turn.asked
    if asked and change.field == asked and memory.is_settled(turn.state, asked):
        flow.leave_question(turn)
    else:
        flow.after_change(turn)


def summary(turn: Turn) -> bool:
    if turn.stage.completes is not Completes.CONFIRMATION:
        return False
    if intent_of(turn.text) is Intent.NO:
        _ask_part(turn, Change(Kind.ASK_PART))
    elif _agrees(turn):
        turn.state.confirmed = True
        flow.leave_question(turn)
    else:
        _something_else(turn)
    return True


def _agrees(turn: Turn) -> bool:
    if any(matches(turn.text, intent) for intent in (Intent.YES, Intent.KEEP, Intent.NONE)):
        return True
    if intent_of(turn.text) in {Intent.YES, Intent.KEEP, Intent.NONE}:
        return True
    return bool(_YES_AND.match(plain(turn.text))) and not _BUT.search(plain(turn.text))


def _something_else(turn: Turn) -> None:
    split = digressions.split(turn.text, open_question=False)
    facts = detours.news(turn, turn.extractor(split.rest, turn.context(None)))
    changed = detours.store(turn, facts)
    if split.is_question:
        detours.answer_question(turn, split)
    if changed:
        flow.after_change(turn)
    elif split.is_question:
        flow.stay(turn)
    elif corrections.says_wrong(turn.text):
        _ask_part(turn, Change(Kind.ASK_PART))
    else:
        flow.unclear(turn, "unclear")
