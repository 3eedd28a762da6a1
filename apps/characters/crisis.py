"""When a conversation shows signs of danger: help is shown and kept, questions wait."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.characters import events, serializers, turns
from apps.characters.models import Conversation
from apps.clients import services as clients
from apps.safety import messaging, resources
from apps.safety import services as safety
from apps.safety.models import Surface
from apps.safety.resources import Resource
from apps.safety.services import Danger

PROMPT_ID = "crisis_support"
_WELL = r"(?:\w+\s+){0,2}?(?:safe|ok|okay|better|fine|alright|all right)\b"
SAFE = re.compile(rf"\b(?:i['’]?m|i am|feeling|feel)\s+{_WELL}", re.IGNORECASE)
NOT_SAFE = re.compile(rf"(?:\b(?:not|never|un)|n['’]?t)\s*{_WELL}", re.IGNORECASE)
GO_ON = re.compile(
    r"\b(?:go on|continue|carry on|keep going|next question|move on|proceed"
    r"|back to (?:the |my )?(?:questions?|story|character))\b",
    re.IGNORECASE,
)
NOT_ON = re.compile(
    r"(?:\b(?:not|never|cannot|why|how)|n['’]?t)\b.{0,30}"
    r"\b(?:go on|continue|carry on|keep going|move on)\b",
    re.IGNORECASE,
)


def wants_to_go_on(text: str) -> bool:
    """The person says, in so many words, that they are safe or want to go on."""
    if NOT_SAFE.search(text) or NOT_ON.search(text):
        return False
    return bool(SAFE.search(text) or GO_ON.search(text))


def show_help(row: Conversation, *, is_minor: bool) -> None:
    """The card with the lines to call, and a supportive answer."""
    danger = safety.danger_at(Surface.CONVERSATION, row.pk)
    if danger is not None:
        text, lines = _help(row, danger, is_minor=is_minor)
        events.tell(row, serializers.crisis_detected(row.pk, danger.level, text, lines))
        turns.notice(row, PROMPT_ID, text)


def stay(row: Conversation, *, is_minor: bool) -> None:
    """Still in crisis, nothing new: answer warmly, without the card again."""
    danger = safety.danger_at(Surface.CONVERSATION, row.pk)
    if danger is not None:
        text, _ = _help(row, danger, is_minor=is_minor)
        turns.notice(row, PROMPT_ID, text)


def _help(row: Conversation, danger: Danger, *, is_minor: bool) -> tuple[str, Sequence[Resource]]:
    country = clients.country_of(getattr(row.player, "client", None))
    lines = resources.for_person(country, None, danger.level)
    text = messaging.support_text(
        danger.level,
        danger.category,
        third_person=danger.third_person,
        resources=lines,
        seed=row.pk,
        turn=row.turn_count,
        minor=is_minor,
        ask_country=resources.must_ask_country(country),
    )
    return text, lines
