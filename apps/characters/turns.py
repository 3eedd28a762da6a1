"""Writing turns and applying what the interview says to a conversation; callers hold its lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.characters import events, serializers
from apps.characters.dialogue.outcome import AssistantMessage, Outcome
from apps.characters.dialogue.preview import character_preview, collected_data
from apps.characters.dialogue.state import InterviewState
from apps.characters.models import TRANSITIONS, Character, Conversation, Role, Status, Turn
from apps.personas import services as personas
from apps.realtime.models import Topic
from smartsteps.lib import clock
from smartsteps.lib.errors import conflict
from smartsteps.lib.ids import new_id


def interview_state(conversation: Conversation) -> InterviewState:
    return InterviewState.from_dict(conversation.state)


def move(conversation: Conversation, target: Status) -> None:
    """Raises DomainError 409 if the conversation can't get there from where it is."""
    if target not in TRANSITIONS[conversation.status]:
        raise conflict(
            f"The conversation is {conversation.status}", conversation_id=conversation.pk
        )
    conversation.status = target
    if target in (Status.COMPLETED, Status.ABANDONED):
        conversation.ended_at = clock.now()


def write(conversation: Conversation, role: Role, content: str, **fields: Any) -> Turn:
    conversation.turn_count += 1
    turn = Turn(
        conversation=conversation,
        number=conversation.turn_count,
        role=role,
        content=content,
        at=clock.now(),
        **fields,
    )
    turn.save(force_insert=True)
    return turn


def unread(conversation: Conversation) -> list[Turn]:
    """Answers that no model has read yet, oldest first; there is at most a handful of them."""
    if conversation.reading_until is None:
        return []
    return list(conversation.turns.filter(is_read=False).order_by("number"))


def leave_unread(conversation: Conversation, turn: Turn, until: datetime) -> None:
    turn.is_read = False
    turn.save(update_fields=["is_read"])
    conversation.reading_until = until


def note_read(conversation: Conversation) -> None:
    """Whatever was waiting is answered now, in one with the newest."""
    if conversation.reading_until is not None:
        conversation.turns.filter(is_read=False).update(is_read=True)
        conversation.reading_until = None


def say(conversation: Conversation, message: AssistantMessage, turn_id: str | None = None) -> None:
    """Store one message of ours, make it the open question, and tell it."""
    turn = _write_and_tell(conversation, message, turn_id or new_id("t"))
    conversation.prompt_message_id = turn.pk


def notice(
    conversation: Conversation, prompt_id: str, text: str, follow_up_prompts: Sequence[str] = ()
) -> None:
    """A message of ours outside the interview: the open question stays open."""
    message = AssistantMessage(prompt_id, conversation.stage, text, "", list(follow_up_prompts))
    _write_and_tell(conversation, message, new_id("t"))


def _write_and_tell(conversation: Conversation, message: AssistantMessage, turn_id: str) -> Turn:
    about = {
        "prompt_id": message.prompt_id,
        "stage": message.stage,
        "context_text": message.context_text,
        "follow_up_prompts": message.follow_up_prompts,
    }
    turn = write(conversation, Role.ASSISTANT, message.content, about=about, id=turn_id)
    events.tell(conversation, serializers.assistant_turn(conversation, turn))
    return turn


def apply(conversation: Conversation, outcome: Outcome, answered: Turn | None = None) -> None:
    """The interview has moved: keep its state, tell progress and questions, perhaps complete."""
    conversation.state = outcome.state.to_dict()
    conversation.stage = outcome.state.stage
    if answered is not None and outcome.extracted:
        answered.about = {
            "facts": [
                {"field": fact.field, "value": fact.value, "quote": fact.quote}
                for fact in outcome.extracted
            ]
        }
        answered.save(update_fields=["about"])
    events.tell(conversation, serializers.progress_update(conversation.pk, outcome.state))
    for message in outcome.messages:
        say(conversation, message)
    if outcome.completed:
        _complete(conversation, outcome.state)
    elif outcome.abandon_requested:
        move(conversation, Status.ABANDONED)
    elif outcome.pause_requested:
        move(conversation, Status.PAUSED)


def _complete(conversation: Conversation, state: InterviewState) -> None:
    move(conversation, Status.COMPLETED)
    character_id = new_id("ch")
    character = Character.objects.create(
        id=character_id,
        player=conversation.player,
        conversation=conversation,
        preview=character_preview(state, character_id),
        data=collected_data(state),
        created_at=clock.now(),
    )
    if character.preview["ready_for_creation"]:
        personas.create_companion(
            persona_id=character_id, owner=conversation.player, profile=character.data
        )
    events.tell(conversation, serializers.conversation_completed(character))
    events.character_created(character)


def save(conversation: Conversation) -> None:
    conversation.updated_at = clock.now()
    conversation.save()


def forget(conversation: Conversation) -> None:
    """Delete the conversation with its stream. Safety events stay: they are staff's record."""
    Topic.objects.filter(pk=conversation.topic).delete()
    conversation.delete()
