"""Frames and bodies of the character creation API (spec 2), flat and with a timestamp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.characters.dialogue.outcome import AssistantMessage, progress_of
from apps.characters.dialogue.preview import collected_data
from apps.characters.dialogue.state import InterviewState
from apps.characters.models import Character, Conversation, Turn
from apps.safety.resources import Resource
from smartsteps.lib import clock
from smartsteps.lib.clock import iso
from smartsteps.wire.serializers import ObjectField, StrictCharField, StrictSerializer

FRAME_CHARS = 20_000  # what is longer than an answer may be is told kindly by the content rules


class FrameInput(StrictSerializer):
    type = StrictCharField(max_length=40)
    timestamp = StrictCharField(max_length=40, required=False)
    metadata = ObjectField(required=False)


class StartInput(FrameInput):
    player_id = StrictCharField(max_length=254)


class ConversationInput(FrameInput):
    conversation_id = StrictCharField(max_length=64)


class ResponseInput(ConversationInput):
    content = StrictCharField(max_length=FRAME_CHARS, allow_blank=True, trim_whitespace=False)


def _frame(type: str, conversation_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": type,
        "conversation_id": conversation_id,
        **fields,
        "timestamp": iso(clock.now()),
    }


def conversation_started(conversation: Conversation) -> dict[str, Any]:
    return _frame("conversation_started", conversation.pk)


def assistant_message(
    message: AssistantMessage, *, conversation_id: str, message_id: str
) -> dict[str, Any]:
    return _frame(
        "assistant_message",
        conversation_id,
        message_id=message_id,
        content=message.content,
        stage=message.stage,
        prompt_id=message.prompt_id,
        context_text=message.context_text,
        follow_up_prompts=message.follow_up_prompts,
    )


def assistant_turn(conversation: Conversation, turn: Turn) -> dict[str, Any]:
    message = AssistantMessage(content=turn.content, **turn.about)
    return assistant_message(message, conversation_id=conversation.pk, message_id=turn.pk)


def progress_body(state: InterviewState) -> dict[str, Any]:
    progress = progress_of(state)
    return {
        "current_stage": progress.current_stage,
        "progress_percentage": progress.progress_percentage,
        "completed_stages": progress.completed_stages,
    }


def progress_update(conversation_id: str, state: InterviewState) -> dict[str, Any]:
    return _frame("progress_update", conversation_id, progress=progress_body(state))


def conversation_completed(character: Character) -> dict[str, Any]:
    return _frame(
        "conversation_completed",
        character.conversation_id or "",
        character_preview=character.preview,
    )


def validation_error(conversation_id: str, message: str) -> dict[str, Any]:
    return _frame(
        "validation_error", conversation_id, error_message=message, error_code="INVALID_INPUT"
    )


def crisis_detected(
    conversation_id: str, level: str, support_message: str, resources: Sequence[Resource]
) -> dict[str, Any]:
    return _frame(
        "crisis_detected",
        conversation_id,
        crisis_level=level,
        support_message=support_message,
        resources=[{"name": item.name, "contact": item.contact} for item in resources],
    )


def conversation_state(conversation: Conversation) -> dict[str, Any]:
    state = InterviewState.from_dict(conversation.state)
    return {
        "conversation_id": conversation.pk,
        "player_id": conversation.player_label,
        "status": conversation.status,
        "progress": progress_body(state),
        "collected_data": collected_data(state),
        "created_at": iso(conversation.created_at),
        "updated_at": iso(conversation.updated_at),
        "crisis_detected": conversation.crisis_detected,
    }


def turn_body(turn: Turn) -> dict[str, Any]:
    return {
        "role": turn.role,
        "content": turn.content,
        "about": turn.about,
        "timestamp": iso(turn.at),
    }


def export_body(conversation: Conversation) -> dict[str, Any]:
    """All that is kept about this conversation, for the person it is about."""
    return {
        **conversation_state(conversation),
        "provenance": {
            name: known["sources"] for name, known in conversation.state["values"].items()
        },
        "turns": [turn_body(turn) for turn in conversation.turns.order_by("number")],
    }
