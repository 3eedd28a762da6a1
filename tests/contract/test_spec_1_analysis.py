"""The examples of spec 1 for the analysis: their shape to the letter, their numbers from data."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.conftest import Api
from tests.contract.conftest import V1
from tests.contract.test_spec_1_rest import CREATE_SESSION, same


def shaped(actual: Any, example: Any, path: str = "") -> None:
    """Equal in keys, their order and types; numbers and lists hold what was really found."""
    if isinstance(example, dict):
        assert list(actual) == list(example), path
        for key, value in example.items():
            shaped(actual[key], value, f"{path}.{key}")
    elif isinstance(example, list):
        assert isinstance(actual, list), path
        for one in actual:
            shaped(one, example[0], f"{path}[]")
    elif isinstance(example, (int, float)):
        assert isinstance(actual, (int, float)), path
    else:
        assert isinstance(actual, type(example)), path


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
# What was said in five sessions: the client's number, and what they did about it.
COURSE = (
    ("04-02", "An 8.", "I tried the breathing once at work."),
    ("04-10", "A 7.", "I tried the breathing at work, and I wrote my worries down."),
    ("04-20", "A 7.", "I breathed at work, and I wrote it down like before."),
    ("05-02", "A 6.", "I breathed, I wrote it down and I went for a walk after work."),
    (
        "05-10",
        "A 5.",
        "I breathed, I wrote it down and I went for a walk. I am frustrated with work.",
    ),
)


def _lead(api: Api, user: User, client_id: str, now: Any, *told: str) -> str:
    day, number, done = told
    now(f"2025-{day}T14:00:00Z")
    client = api(user)
    sent = {**CREATE_SESSION, "client_id": client_id, "scheduled_at": f"2025-{day}T14:00:00Z"}
    session_id: str = client.post(f"{V1}/sessions", sent, format="json").json()["session_id"]
    path = f"{V1}/sessions/{session_id}"
    client.post(f"{path}/start")
    for sender, content in (
        ("persona", "How strong was the anxiety this week, from 0 to 10?"),
        ("client", f"{number} I was anxious at work before the deadline."),
        ("facilitator", "What did you do about it?"),
        ("client", done),
    ):
        body = {"content": content, "sender_type": sender}
        client.post(f"{path}/messages", body, format="json")
    client.post(f"{path}/end")
    return session_id


@pytest.mark.django_db(transaction=True)
def test_analysis(api: Api, user: User, client: APIClient, client_id: str, now: Any) -> None:
    for told in COURSE:
        session_id = _lead(api, user, client_id, now, *told)
        response = api(user).post(f"{V1}/sessions/{session_id}/analyze/summary")
        assert response.status_code == 200
    shaped(response.json(), SUMMARY)
    assert response.json()["mood_analysis"]["primary"] == "anxious"
    assert response.json()["mood_analysis"]["secondary"] == "frustrated"
    now("2025-05-11T10:00:00Z")
    asked = {
        "start_date": "2025-04-01",
        "end_date": "2025-05-11",
        "focus_areas": ["anxiety", "coping_strategies"],
    }
    report = api(user).post(f"{V1}/clients/{client_id}/analyze/progress", asked, format="json")
    assert report.status_code == 200
    shaped(report.json(), PROGRESS)
    same(report.json()["metrics"], PROGRESS["metrics"])
    for name in ("report_period", "sessions_analyzed"):
        assert report.json()[name] == PROGRESS[name]
