"""What the API's document says about the analysis, with the examples of spec 1."""

from __future__ import annotations

from apps.analysis import views
from apps.analysis.serializers import EvidenceQuery, ProgressInput
from smartsteps.wire.openapi import documented, loose, operation

TAG = "Analysis"
SUMMARY = {
    "session_id": "s67890",
    "summary": "In this session, the client discussed ongoing work stress and recent social "
    "anxiety...",
    "key_points": [
        "Client reported increased work stress due to upcoming project deadline",
        "Social anxiety appears to be triggered primarily in group settings",
        "Client has been practicing breathing techniques with mixed results",
    ],
    "mood_analysis": {"primary": "anxious", "secondary": "frustrated", "confidence": 0.85},
    "recommended_focus_areas": [
        "Stress management techniques",
        "Gradual exposure to social situations",
        "Self-care planning",
    ],
}
QUOTE = {"message_id": "m123457", "quote": "I've been feeling a bit stressed about work."}
POINT = {"text": "The client spoke mainly about work.", "evidence": [QUOTE]}
EVIDENCE = {
    "summary": [POINT],
    "key_points": [[QUOTE]],
    "insights": [
        {
            "type": "pattern",
            "text": "The client comes back to work: in 3 of 6 messages",
            "confidence": 0.8,
            "evidence": [QUOTE],
            "contrary": [QUOTE],
        }
    ],
    "mood_analysis": {"anxious": [QUOTE]},
    "metrics": {"anxiety_level": {"score": 6, "evidence": [QUOTE]}},
    "recommended_focus_areas": [[QUOTE]],
    "dropped": 0,
}
ANALYSIS = {
    **SUMMARY,
    "version": 2,
    "message_count": 24,
    "provider": "offline",
    "model": "offline",
    "prompt_hash": "9f2c…",
    "made_at": "2025-05-11T11:20:05Z",
    "made_by": "user@example.com",
    "evidence": EVIDENCE,
}
ASKED = {
    "start_date": "2025-04-01",
    "end_date": "2025-05-11",
    "focus_areas": ["anxiety", "coping_strategies"],
}
PROGRESS = {
    "client_id": "c12345",
    "report_period": {"start": "2025-04-01", "end": "2025-05-11"},
    "sessions_analyzed": 5,
    "progress_summary": "Jane has shown steady improvement in anxiety management over the past 6 "
    "weeks...",
    "metrics": {
        "anxiety_level": {
            "trend": "decreasing",
            "start_value": 8,
            "current_value": 5,
            "change_percentage": -37.5,
        },
        "coping_strategy_usage": {
            "trend": "increasing",
            "start_value": 2,
            "current_value": 6,
            "change_percentage": 200,
        },
    },
    "patterns": [
        {
            "description": "Client reports better anxiety management in work settings, but "
            "continues to struggle in social gatherings",
            "confidence": 0.92,
        }
    ],
    "recommendations": [
        "Continue practicing mindfulness techniques",
        "Gradual exposure to social situations with specific coping strategies",
        "Consider session focus on anticipatory anxiety before social events",
    ],
}
REST = {
    "time_zone": "Europe/Berlin",
    "sessions_in_period": 5,
    "metrics": {
        "anxiety_level": {
            "source": "the client's words in sessions",
            "n": 5,
            "first_at": "2025-04-03T14:00:00Z",
            "last_at": "2025-05-10T14:00:00Z",
            "scale": [0, 10],
            "counts_as_change": 2,
            "points": [{"at": "2025-04-03T14:00:00Z", "value": 8, "from": "s67890"}],
        }
    },
    "patterns": [["s67890", "s67891"]],
}
NULLS = "primary secondary confidence score start_value current_value time_zone first_at last_at"
BUT = loose(nullable=NULLS, optional="evidence")

SummaryViewSet = documented(
    views.SummaryViewSet,
    create=operation(
        "Analyze a session",
        tag=TAG,
        query=EvidenceQuery,
        returns=SUMMARY,
        but=BUT,
        errors=(400, 404, 409, 503),
        description="Stored as a new version and, once the session is over, on the session itself. "
        "With `include=evidence` each part comes with the messages and the words it rests on; "
        "what could not be shown was dropped. Also made by itself when a session ends.",
    ),
    list=operation(
        "List a session's analyses",
        tag=TAG,
        returns={"analyses": [ANALYSIS]},
        but=loose(nullable=NULLS, free="metrics mood_analysis"),
        errors=(404,),
        description="All versions, newest first, each with its evidence and what made it.",
    ),
)

ProgressViewSet = documented(
    views.ProgressViewSet,
    create=operation(
        "Report a client's progress",
        tag=TAG,
        query=EvidenceQuery,
        takes=ProgressInput,
        sends=ASKED,
        returns={**PROGRESS, "evidence": REST},
        but=loose(nullable=f"{NULLS} change_percentage", optional="evidence", free="metrics"),
        errors=(404,),
        description="Computed from stored analyses and questionnaires; both days count, as days "
        "are where the client lives (`metadata.time_zone`). `trend` may be `insufficient data`. "
        "`include=evidence` adds numbers, dates and sources.",
    ),
)
