"""POST /api/v1/clients/{id}/analyze/progress"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.analysis.models import Analysis
from apps.analysis.summarizing import SILENCE
from apps.clients import services as clients
from apps.clients.models import Client
from apps.measures import services as measures
from apps.sessions import services as sessions
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests import checks, factories
from tests.conftest import Api

URL = "/api/v1/clients/{}/analyze/progress"
APRIL = {"start_date": "2025-04-01", "end_date": "2025-04-30"}


def held(jane: Client, by: Actor, at: datetime, **scores: int | None) -> Session:
    """A session with an analysis that gave these scores."""
    factories.persona("dr_morgan_hayes")
    with clock.stopped_at(at):
        session = sessions.create_session(
            client_id=jane.pk, persona_id="dr_morgan_hayes", duration_minutes=45, by=by
        )
        sessions.start_session(session.pk, by=by)
        sessions.end_session(session.pk, by=by)
    content = {
        **SILENCE,
        "metrics": {name: {"score": score, "evidence": []} for name, score in scores.items()},
        "topics": {"work": []},
    }
    Analysis.objects.create(
        session=session, version=1, content=content, message_count=2, made_at=clock.now()
    )
    return session


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2025, 4, number, hour, tzinfo=UTC)


def ask(api: Api, who: User, jane: Client, **changes: Any) -> Any:
    return api(who).post(
        URL.format(jane.pk) + "?include=evidence", {**APRIL, **changes}, format="json"
    )


@pytest.fixture
def course(jane: Client, by_alice: Actor) -> list[Session]:
    return [
        held(jane, by_alice, day(number), anxiety_level=anxiety, coping_strategy_usage=coping)
        for number, anxiety, coping in ((2, 8, 0), (9, 7, None), (16, 6, 3), (23, 5, 6))
    ]


def test_trends_come_from_the_stored_scores(
    api: Api, alice: User, jane: Client, course: list[Session]
) -> None:
    body = ask(api, alice, jane, focus_areas=["anxiety", "coping_strategies"]).json()
    assert body["report_period"] == {"start": "2025-04-01", "end": "2025-04-30"}
    assert body["sessions_analyzed"] == 4
    assert body["metrics"] == {
        "anxiety_level": {
            "trend": "decreasing",
            "start_value": 8,
            "current_value": 5,
            "change_percentage": -37.5,
        },
        # From nothing no share can be told.
        "coping_strategy_usage": {
            "trend": "increasing",
            "start_value": 0,
            "current_value": 6,
            "change_percentage": None,
        },
    }
    shown = body["evidence"]["metrics"]["anxiety_level"]
    assert (shown["n"], shown["source"]) == (4, "the client's words in sessions")
    assert [point["from"] for point in shown["points"]] == [each.pk for each in course]
    assert shown["first_at"] == "2025-04-02T12:00:00Z"
    assert body["patterns"] == [
        {"description": "Work came up in 4 of 4 sessions", "confidence": 0.83}
    ]
    assert (
        "Anxiety in the client's words went down from 8 of 10 to 5 of 10"
        in body["progress_summary"]
    )


def test_too_little_is_said_to_be_too_little(
    api: Api, alice: User, jane: Client, by_alice: Actor
) -> None:
    held(jane, by_alice, day(2), anxiety_level=8)
    held(jane, by_alice, day(3), anxiety_level=2)
    body = ask(api, alice, jane).json()
    anxiety = body["metrics"]["anxiety_level"]
    assert (anxiety["trend"], anxiety["change_percentage"]) == ("insufficient data", None)
    nothing = {"trend": "insufficient data", "start_value": None, "current_value": None}
    assert body["metrics"]["mood"] == {**nothing, "change_percentage": None}
    assert "insufficient data (n = 2)" in body["progress_summary"]


def test_a_client_without_anything(api: Api, alice: User, jane: Client) -> None:
    body = ask(api, alice, jane).json()
    assert (body["sessions_analyzed"], body["patterns"]) == (0, [])
    assert body["progress_summary"].startswith("Jane had no completed session in this period.")


def test_a_small_change_is_no_change(api: Api, alice: User, jane: Client, by_alice: Actor) -> None:
    for number, score in ((2, 6), (9, 8), (16, 5)):
        held(jane, by_alice, day(number), anxiety_level=score)
    assert ask(api, alice, jane).json()["metrics"]["anxiety_level"]["trend"] == "stable"


def test_questionnaires_count_by_their_published_change(
    api: Api, alice: User, jane: Client, by_alice: Actor
) -> None:
    for number, answers in ((3, [2] * 7), (10, [None, *[2] * 6]), (20, [2, 2, 2, 2, 1, 1, 1])):
        with clock.stopped_at(day(number)):
            measures.record_measure(jane.pk, instrument="gad7", answers=answers, by=by_alice)
    body = ask(api, alice, jane, focus_areas=["anxiety"]).json()
    assert body["metrics"]["gad7"] == {
        "trend": "stable",  # three points are fewer than the four that count
        "start_value": 14,
        "current_value": 11,
        "change_percentage": -21.4,
    }
    assert body["evidence"]["metrics"]["gad7"]["n"] == 2  # the incomplete one has no total


@pytest.mark.parametrize(
    ("zone", "counted"), [("Pacific/Auckland", 1), ("America/Los_Angeles", 0), (None, 0)]
)
def test_days_are_the_clients_own(
    api: Api, alice: User, jane: Client, by_alice: Actor, zone: str | None, counted: int
) -> None:
    """Noon of the 30th in UTC is the 1st of May in Auckland, whose offset is 12 hours."""
    if zone:
        clients.update_client(jane.pk, changes={"metadata": {"time_zone": zone}}, by=by_alice)
    held(jane, by_alice, day(30, 12), anxiety_level=5)
    may = {"start_date": "2025-05-01", "end_date": "2025-05-01"}
    assert ask(api, alice, jane, **may).json()["sessions_analyzed"] == counted


def test_both_days_belong_to_it(api: Api, alice: User, jane: Client, by_alice: Actor) -> None:
    for moment in (day(1, 0), day(30, 23) + timedelta(minutes=59)):
        held(jane, by_alice, moment, anxiety_level=5)
    assert ask(api, alice, jane).json()["sessions_analyzed"] == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end_date": "2025-03-31"}, "end_date"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": None}, "start_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"end_date": "9999-12-31"}, "end_date"),
        ({"focus_areas": ["sleep"]}, "focus_areas"),
        ({"focus_areas": "anxiety"}, "focus_areas"),
        ({"deep": True}, "deep"),
    ],
)
def test_wrong_input(
    api: Api, alice: User, jane: Client, changes: dict[str, Any], field: str
) -> None:
    error = checks.problem(ask(api, alice, jane, **changes), 422, "validation_error")
    assert error["details"]["field"].startswith(field)


def test_the_client_may_not(api: Api, jane_user: User, jane: Client) -> None:
    checks.problem(ask(api, jane_user, jane), 403, "permission_denied")


def test_stranger(api: Api, charlie: User, jane: Client) -> None:
    checks.like_unknown(api(charlie), "post", URL, jane.pk, APRIL)
