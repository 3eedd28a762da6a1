"""What the API's document says about `/conversations`, with the examples of spec 2."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from apps.characters import views
from smartsteps.wire.dialects import CHARACTER_CODES
from smartsteps.wire.openapi import MEANING, REQUEST_ID, documented, loose, operation

STATE = {
    "conversation_id": "cv4f0c2m9x7kq1z8ab",
    "player_id": "user123",
    "status": "active",
    "progress": {
        "current_stage": "appearance",
        "progress_percentage": 15,
        "completed_stages": ["welcome", "identity"],
    },
    "collected_data": {"name": "Alice", "age_range": "adult", "gender_identity": "female"},
    "created_at": "2024-01-15T10:00:00Z",
    "updated_at": "2024-01-15T10:30:00Z",
    "crisis_detected": False,
}
EXPORT = {
    **STATE,
    "provenance": {"name": [{"turn": 1, "quote": "Alice"}]},
    "turns": [
        {
            "role": "player",
            "content": "My name is Alice",
            "about": {},
            "timestamp": "2024-01-15T10:30:00Z",
        }
    ],
}


PREVIEW = {
    "character_id": "ch4f0c2m9x7kq1z8ab",
    "name": "Alice",
    "completeness_score": 0.85,
    "ready_for_creation": True,
    "character_preview": {
        "name": "Alice",
        "appearance": {
            "age_range": "adult",
            "gender_identity": "female",
            "physical_description": "Average height with brown hair",
        },
        "therapeutic_profile": {
            "primary_concerns": ["anxiety"],
            "preferred_intensity": "medium",
            "readiness_level": 0.7,
        },
    },
}


def refusal(status: int) -> dict[str, Any]:
    return {
        "type": "error",
        "error_message": MEANING[status],
        "error_code": CHARACTER_CODES[status],
        "conversation_id": STATE["conversation_id"],
        "timestamp": "2024-01-15T10:30:00Z",
        "details": {"request_id": REQUEST_ID},
    }


def done(what: str) -> dict[str, Any]:
    return {"success": True, "message": f"Conversation {what} successfully"}


told: Callable[..., Any] = partial(operation, tag="Characters", refusal=refusal)
FREE = loose(free="collected_data provenance about")

NULLABLE = loose(
    nullable="name age_range gender_identity physical_description preferred_intensity "
    "readiness_level"
)

CharacterViewSet = documented(
    views.CharacterViewSet,
    retrieve=told(
        "Get a character",
        returns=PREVIEW,
        but=NULLABLE,
        errors=(404,),
        description="What `conversation_completed` told, also after the conversation's purge.",
    ),
    destroy=told(
        "Delete a character",
        returns=None,
        status=204,
        errors=(404,),
        description="With its conversation, and what its companion persona knew.",
    ),
)
ConversationViewSet = documented(
    views.ConversationViewSet,
    state=told("Get a conversation's state", returns=STATE, but=FREE, errors=(404,)),
    pause=told("Pause a conversation", returns=done("paused"), errors=(404, 409, 422)),
    resume=told("Resume a conversation", returns=done("resumed"), errors=(404, 409, 422)),
    abandon=told("Abandon a conversation", returns=done("abandoned"), errors=(404, 409, 422)),
    export=told(
        "Export a conversation",
        returns=EXPORT,
        but=FREE,
        errors=(404,),
        description="All that is kept about it: every turn, and the words each fact came from.",
    ),
    destroy=told(
        "Delete a conversation",
        returns=None,
        status=204,
        errors=(404,),
        description="The turns, the collected data and the character made of them are gone.",
    ),
)
