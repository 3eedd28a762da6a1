"""When a conversation shows signs of danger: help is shown and kept, questions wait."""

from __future__ import annotations

import re

from apps.characters import events, serializers, turns
from apps.characters.dialogue.outcome import AssistantMessage
from apps.characters.models import Conversation, Role
from apps.safety import messaging, resources
from apps.safety.detector import Finding

PROMPT_ID = "crisis_support"
SAFE = re.compile(
    r"\b(?:i'?m|i am|we'?re|feeling|feel)\s+(?:\w+\s+){0,2}?(?:safe|ok|okay|better|fine|alright|all right)\b",
    re.IGNORECASE,
)
NOT_SAFE = re.compile(r"\b(?:not|n't|isn'?t|don'?t|never|un)\s*(?:\w+\s+){0,2}?(?:safe|ok|okay|better|fine)\b", re.IGNORECASE)
GO_ON = re.compile(
    r"\b(?:go on|continue|carry on|keep going|next question|back to (?:the )?(?:questions?|story|character)|"
    r"let'?s (?:go|move) on|move on|proceed)\b",
    re.IGNORECASE,
)


def wants_to_go_on(text: str) -> bool:
    """The person says, in so many words, that they are safe or want to go on."""
    return not NOT_SAFE.search(text) and bool(SAFE.search(text) or GO_ON.search(text))


def show_help(row: Conversation, finding: Finding, *, is_minor: bool) -> None:
    _show(row, finding.level, finding.category, is_minor=is_minor)


def show_again(row: Conversation, *, is_minor: bool) -> None:
    event = row.open_safety_event
    if event is not None:
        _show(row, event.level, event.category, is_minor=is_minor)


def stay(row: Conversation, *, is_minor: bool) -> None:
    """Still in crisis, nothing new: answer warmly, without the card again."""
    event = row.open_safety_event
    if event is not None:
        _support(row, event.level, event.category, is_minor=is_minor)


def _show(row: Conversation, level: str, category: str, *, is_minor: bool) -> None:
    text = _text(row, level, category, is_minor=is_minor)
    help_lines = resources.for_person(None, None, level)
    events.tell(row, serializers.crisis_detected(row.pk, level, text, help_lines))
    _support(row, level, category, is_minor=is_minor)


def _text(row: Conversation, level: str, category: str, *, is_minor: bool) -> str:
    return messaging.support(level, category, seed=f"{row.pk}.{row.turn_count}", is_minor=is_minor)


def _support(row: Conversation, level: str, category: str, *, is_minor: bool) -> None:
    """A message of ours outside the interview: the open question stays open."""
    message = AssistantMessage(
        PROMPT_ID, row.stage, _text(row, level, category, is_minor=is_minor), "", []
    )
    about = {"prompt_id": PROMPT_ID, "stage": row.stage}
    turn = turns.write(row, Role.ASSISTANT, message.content, about=about)
    frame = serializers.assistant_message(message, conversation_id=row.pk, message_id=turn.pk)
    events.tell(row, frame)
