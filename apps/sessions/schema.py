"""What the API's document says about `/sessions`, with the examples of spec 1."""

from __future__ import annotations

from apps.measures.schema import RECEIPT
from apps.measures.serializers import OwnMeasureInput
from apps.sessions import views
from apps.sessions.serializers import (
    MessageInput,
    MessageQuery,
    NoteInput,
    SessionInput,
    SessionPatchInput,
    SessionQuery,
)
from smartsteps.wire.openapi import documented, loose, operation

TAG = "Sessions"
SENT = {
    "client_id": "c12345",
    "persona_id": "dr_morgan_hayes",
    "goals": ["Explore coping strategies", "Discuss recent progress"],
    "duration_minutes": 45,
    "scheduled_at": "2025-05-15T14:00:00Z",
    "metadata": {"session_number": 5, "location": "virtual"},
}
CREATED = {
    "session_id": "s67890",
    "client_id": "c12345",
    "persona_id": "dr_morgan_hayes",
    "status": "scheduled",
    "scheduled_at": "2025-05-15T14:00:00Z",
    "duration_minutes": 45,
    "created_at": "2025-05-11T10:30:00Z",
    "created_by": "user@example.com",
    "goals": SENT["goals"],
    "metadata": SENT["metadata"],
}
PAGE = {
    "sessions": [
        {
            "session_id": "s67890",
            "client_id": "c12345",
            "persona_id": "dr_morgan_hayes",
            "status": "completed",
            "started_at": "2025-05-10T14:00:00Z",
            "ended_at": "2025-05-10T14:45:00Z",
            "duration_minutes": 45,
        },
        {
            "session_id": "s67891",
            "client_id": "c12345",
            "persona_id": "dr_alex_rivera",
            "status": "scheduled",
            "scheduled_at": "2025-05-15T14:00:00Z",
            "duration_minutes": 45,
        },
    ],
    "pagination": {"total": 12, "page": 1, "page_size": 10, "pages": 2},
}
NOTE = {
    "id": "n789012",
    "content": "Client appeared more relaxed than last session.",
    "timestamp": "2025-05-10T14:15:00Z",
    "author": "user@example.com",
}
DETAIL = {
    "session_id": "s67890",
    "client_id": "c12345",
    "persona_id": "dr_morgan_hayes",
    "status": "completed",
    "scheduled_at": "2025-05-10T14:00:00Z",
    "started_at": "2025-05-10T14:00:00Z",
    "ended_at": "2025-05-10T14:45:00Z",
    "duration_minutes": 45,
    "goals": SENT["goals"],
    "summary": "Client discussed recent stressors at work and home...",
    "insights": [
        {
            "type": "pattern",
            "text": "Client frequently mentions feeling overwhelmed before social events",
            "confidence": 0.85,
        },
        {
            "type": "progress",
            "text": "Client has shown improvement in using breathing techniques",
            "confidence": 0.92,
        },
    ],
    "messages": [
        {
            "id": "m123456",
            "sender_type": "persona",
            "sender_id": "dr_morgan_hayes",
            "content": "Hello, how are you feeling today?",
            "timestamp": "2025-05-10T14:00:10Z",
        },
        {
            "id": "m123457",
            "sender_type": "client",
            "sender_id": "c12345",
            "content": "I've been feeling a bit stressed about work.",
            "timestamp": "2025-05-10T14:00:30Z",
        },
    ],
    "facilitator_notes": [NOTE],
    "metadata": SENT["metadata"],
}
STARTED = {"session_id": "s67890", "status": "active", "started_at": "2025-05-11T10:35:00Z"}
ENDED = {
    "session_id": "s67890",
    "status": "completed",
    "started_at": "2025-05-11T10:35:00Z",
    "ended_at": "2025-05-11T11:20:00Z",
    "duration_minutes": 45,
}
CANCELLED = {"session_id": "s67890", "status": "cancelled"}
JOIN = {
    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
    "expires_at": "2025-05-11T12:20:00Z",
    "session_id": "s67890",
}
MESSAGE = {
    "id": "m123456",
    "session_id": "s67890",
    "sender_type": "persona",
    "sender_id": "dr_morgan_hayes",
    "content": "Hello, how are you feeling today?",
    "timestamp": "2025-05-11T10:35:10Z",
}
BUT = loose(nullable="started_at ended_at summary confidence")
MOVE = (400, 404, 409, 422)

SessionViewSet = documented(
    views.SessionViewSet,
    list=operation(
        "List sessions",
        tag=TAG,
        query=SessionQuery,
        returns=PAGE,
        but=loose(optional="scheduled_at started_at ended_at"),
        description="`status` takes several, as in `active,completed`.",
    ),
    create=operation(
        "Create a session",
        tag=TAG,
        takes=SessionInput,
        sends=SENT,
        returns=CREATED,
        status=201,
        errors=(404,),
        description="Without `scheduled_at` it is for now.",
    ),
    retrieve=operation(
        "Get a session",
        tag=TAG,
        returns=DETAIL,
        but=BUT,
        errors=(404,),
        description="Clients and keys without `notes:read` see no summary, insights or notes.",
    ),
    partial_update=operation(
        "Change a session",
        tag=TAG,
        takes=SessionPatchInput,
        sends={"goals": ["Discuss recent progress"]},
        returns=DETAIL,
        but=BUT,
        errors=(404, 409),
    ),
    start=operation("Start a session", tag=TAG, returns=STARTED, errors=MOVE),
    end=operation("End a session", tag=TAG, returns=ENDED, errors=MOVE),
    cancel=operation("Cancel a session", tag=TAG, returns=CANCELLED, errors=MOVE),
    join_token=operation(
        "Issue a join token",
        tag=TAG,
        returns=JOIN,
        status=201,
        errors=MOVE,
        description="A short-lived token for the session's client, good in this session only.",
    ),
)

MessageViewSet = documented(
    views.MessageViewSet,
    list=operation(
        "List a session's messages",
        tag=TAG,
        query=MessageQuery,
        returns={"messages": [MESSAGE], "has_more": False},
        errors=(404,),
        description="Oldest first, from the one after the message that `after` names.",
    ),
    create=operation(
        "Send a message",
        tag=TAG,
        takes=MessageInput,
        sends={"content": "Hello, how are you feeling today?", "sender_type": "persona"},
        returns=MESSAGE,
        status=201,
        errors=(404, 409),
        description="A client's message makes the persona answer, which comes as an event. With "
        "`metadata.client_message_id` a repeated send is the same message, and answers 200.",
    ),
)

MeasureViewSet = documented(
    views.MeasureViewSet,
    create=operation(
        "Fill in a questionnaire",
        tag=TAG,
        takes=OwnMeasureInput,
        sends={"instrument": "gad7", "answers": [2, 2, 1, 3, 1, 0, 1]},
        returns=RECEIPT,
        status=201,
        but=loose(nullable="support"),
        errors=(404, 409),
        description="By the session's client, or for them. `support` is to be shown at once: kind "
        "words and crisis lines after an alarming answer.",
    ),
)

NoteViewSet = documented(
    views.NoteViewSet,
    list=operation("List a session's notes", tag=TAG, returns={"notes": [NOTE]}, errors=(404,)),
    create=operation(
        "Add a note",
        tag=TAG,
        takes=NoteInput,
        sends={"content": NOTE["content"]},
        returns=NOTE,
        status=201,
        errors=(404,),
    ),
)
